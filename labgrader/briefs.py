"""A brief: what is personal in one student's lab.  Names, data, thresholds and traps all follow from it.

Pure functions of lab, seed and student, the same in the lab and in the grader.  While grading the seed is a keyed hash
(HMAC) that nobody can guess, so a submission that holds its author's own values does not fit.  The kernel is told the
facts (:class:`Told`) but not the seed: what is given to it, it can only read from AWS.

>>> brief = Brief("3.9", seed=7, student="ada")
>>> brief.name("inbox")
'inbox-c6a3dc05'
>>> brief.fact("days", brief.random("days").randint(20, 90), "days until a reminder expires")
84
>>> brief.days
84
"""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import random
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Brief", "Fact", "Told", "grading_seed", "told_seed"]


@dataclass(frozen=True)
class Fact:
    """One personal value, with a few words on what it is."""

    name: str
    value: Any
    about: str


class Brief:
    """The personal facts of a lab; each is an attribute.

    Parameters
    ----------
    lab
        Number of the lab, for example ``3.9``.
    seed
        What all values follow from, with ``student``.
    student
        Whose lab it is.
    """

    def __init__(self, lab: str, *, seed: int | str, student: str = "") -> None:
        self.lab = lab
        self._identity = f"{lab}/{seed}/{student}"
        self._facts: dict[str, Fact] = {}

    def fact(self, name: str, value: Any, about: str) -> Any:
        """Add a value that the student is told, as an attribute of this name; return the value."""
        self._facts[name] = Fact(name, value, about)
        return value

    def name(self, stem: str) -> str:
        """Return a name that is this student's alone: stem, hyphen, eight hex digits."""
        return f"{stem}-{self._digest(f'name/{stem}')[:8]}"

    def random(self, topic: str) -> random.Random:
        """Return a random generator of this student's, for one topic; the same one each time it is asked for."""
        return random.Random(int(self._digest(f"random/{topic}"), 16))

    @property
    def number(self) -> int:
        """A whole number of this student's, for functions that take a seed."""
        return int(self._digest("number")[:8], 16)

    def facts(self) -> list[Fact]:
        """List what the student is told, in order."""
        return list(self._facts.values())

    def __getattr__(self, name: str) -> Any:
        facts: dict[str, Fact] = self.__dict__.get("_facts", {})
        if name in facts:
            return facts[name].value
        raise AttributeError(f"lab {self.__dict__.get('lab')} has no {name!r}; it has {', '.join(facts)}.")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._facts]

    def __repr__(self) -> str:
        """Show the facts, one a line."""
        widest = max((len(fact.name) for fact in self.facts()), default=0)
        lines = [f"lab.{fact.name:<{widest}}  {fact.value!r}  {fact.about}" for fact in self.facts()]
        return "\n".join([f"Lab {self.lab}, yours alone:", *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'><code>lab.{html.escape(fact.name)}</code></td>"
            f"<td style='text-align:left'><code>{html.escape(repr(fact.value))}</code></td>"
            f"<td style='text-align:left'>{html.escape(fact.about)}</td></tr>"
            for fact in self.facts()
        )
        head = "".join(f"<th style='text-align:left'>{word}</th>" for word in ("name", "your value", "what it is"))
        return f"<table><caption>Lab {self.lab}, yours alone</caption><tr>{head}</tr>{rows}</table>"

    def _digest(self, topic: str) -> str:
        return hashlib.sha256(f"{self._identity}/{topic}".encode()).hexdigest()


@dataclass(frozen=True)
class Told:
    """What a graded kernel is told of its lab: the facts, and the seed that stands in its parameters."""

    lab: str
    seed: str
    student: str
    facts: list[Fact]

    def as_json(self) -> str:
        """Return it as text for the kernel's environment."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Told:
        """Return what :meth:`as_json` wrote."""
        told = json.loads(text)
        return cls(told["lab"], told["seed"], told["student"], [Fact(**each) for each in told["facts"]])

    def brief(self, lab: str, *, seed: int | str, student: str) -> Brief | None:
        """Return the brief with these facts; None for another lab, seed or student than the one that is graded."""
        if (lab, str(seed), student) != (self.lab, self.seed, self.student):
            return None
        made = Brief(lab, seed=seed, student=student)
        for each in self.facts:
            made.fact(each.name, each.value, each.about)
        return made


def grading_seed(secret: str, *, lab: str, student: str) -> str:
    """Return the seed under which a submission is graded: nobody without the course's secret can tell it."""
    return hmac.new(secret.encode(), f"{lab}/{student}".encode(), hashlib.sha256).hexdigest()[:16]


def told_seed(seed: str) -> str:
    """Return the seed that a graded kernel gets: it stands for the real one, which cannot be told from it."""
    return hashlib.sha256(f"told/{seed}".encode()).hexdigest()[:16]
