"""Paths: JSONPath as the Amazon States Language takes it, and the reference paths of ``ResultPath``.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pocketaws.engines.stepfunctions.errors import path_failed, runtime

__all__ = ["Path", "parse", "put"]

#: What one step of a path finds in a value.
Step = Callable[[Any], Iterator[Any]]
_NAME = re.compile(r"[^\s.\[\]'\"()*,?@|&!=<>]+")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_SLICE = re.compile(r"(-?\d*):(-?\d*)(?::(-?\d+))?")
_TEST = re.compile(r"\s*(@[^\s=<>!&|]*)\s*(?:(==|!=|<=|>=|<|>)\s*(.+?))?\s*$")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True)
class Path:
    """A path, read.

    Parameters
    ----------
    text
        As it was written.
    root
        ``""`` for the data, ``"$"`` for the context object, else the name of a variable.
    steps
        One finder a step.
    keys
        Names and numbers, if the path is a reference path: one place; None if it may lead to several.
    """

    text: str
    root: str
    steps: tuple[Step, ...]
    keys: tuple[str | int, ...] | None

    def find(self, value: Any) -> list[Any]:
        """Return everything that the path leads to."""
        found = [value]
        for step in self.steps:
            found = [each for one in found for each in step(one)]
        return found

    def read(self, value: Any) -> Any:
        """Return what the path leads to; of a path with several ends a list.

        Raises
        ------
        StateFailed
            It leads nowhere.
        """
        found = self.find(value)
        if self.keys is None:
            return found
        if not found:
            raise path_failed(f"The JSONPath '{self.text}' could not be found in the input")
        return found[0]


@lru_cache(maxsize=1024)
def parse(text: str) -> Path:
    """Read a path.

    Raises
    ------
    ValueError
        The text is no path.
    """
    if not text.startswith("$"):
        raise ValueError(f"{text!r} is no path: it does not start with $")
    place, root = 1, ""
    if text.startswith("$$"):
        place, root = 2, "$"
    elif (named := _NAME.match(text, 1)) and text[1] not in ".[":
        place, root = named.end(), named[0]
    steps: list[Step] = []
    keys: list[str | int] | None = []
    while place < len(text):
        step, key, place = _step(text, place)
        steps.append(step)
        keys = [*keys, key] if keys is not None and key is not None else None
    return Path(text, root, tuple(steps), None if keys is None else tuple(keys))


def _step(text: str, place: int) -> tuple[Step, str | int | None, int]:
    if text.startswith("..", place):
        if text.startswith("..[", place):
            inner, _, end = _step(text, place + 2)
        else:
            inner, _, end = _step(text, place + 1)
        return (lambda value: (each for one in _all(value) for each in inner(one))), None, end
    if text.startswith(".*", place):
        return _children, None, place + 2
    if text[place] == ".":
        match = _NAME.match(text, place + 1)
        if not match:
            raise ValueError(f"{text!r} is no path: a name is missing at {place + 1}")
        return _member(match[0]), match[0], match.end()
    if text[place] != "[":
        raise ValueError(f"{text!r} is no path: unexpected {text[place]!r} at {place}")
    end = _closing(text, place)
    step, key = _bracket(text, text[place + 1 : end].strip())
    return step, key, end + 1


def _closing(text: str, place: int) -> int:
    depth, quote = 0, ""
    for index in range(place, len(text)):
        letter = text[index]
        if quote:
            quote = "" if letter == quote and text[index - 1] != "\\" else quote
        elif letter in "'\"":
            quote = letter
        else:
            depth += (letter in "[(") - (letter in "])")
            if depth == 0:
                return index
    raise ValueError(f"{text!r} is no path: a bracket is open")


def _bracket(text: str, inner: str) -> tuple[Step, str | int | None]:
    if inner == "*":
        return _children, None
    if inner.startswith("?(") and inner.endswith(")"):
        test = _test(inner[2:-1])
        return (lambda value: (each for each in _children(value) if test(each))), None
    if quoted := _QUOTED.fullmatch(inner):
        name = re.sub(r"\\(.)", r"\1", quoted[1] if quoted[1] is not None else quoted[2])
        return _member(name), name
    if re.fullmatch(r"-?\d+", inner):
        return _item(int(inner)), int(inner)
    if span := _SLICE.fullmatch(inner):
        first, last, step = (int(part) if part else None for part in span.groups())
        return (lambda value: iter(value[first:last:step] if isinstance(value, list) else ())), None
    if "," in inner:
        parts = [_bracket(text, part.strip())[0] for part in inner.split(",")]
        return (lambda value: (each for part in parts for each in part(value))), None
    raise ValueError(f"{text!r} is no path: [{inner}] is not understood")


def _member(name: str) -> Step:
    return lambda value: iter([value[name]] if isinstance(value, dict) and name in value else ())


def _item(number: int) -> Step:
    def step(value: Any) -> Iterator[Any]:
        return iter([value[number]] if isinstance(value, list) and -len(value) <= number < len(value) else ())

    return step


def _children(value: Any) -> Iterator[Any]:
    return iter(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())


def _all(value: Any) -> Iterator[Any]:
    yield value
    for child in _children(value):
        yield from _all(child)


def _test(text: str) -> Callable[[Any], bool]:
    """Read the condition of a filter: comparisons and existence, joined by && and ||."""
    for sign, join in (("||", any), ("&&", all)):
        if len(parts := text.split(sign)) > 1:
            tests = [_test(part) for part in parts]
            return lambda value: join(test(value) for test in tests)
    if text.strip().startswith("!"):
        negated = _test(text.strip()[1:])
        return lambda value: not negated(value)
    match = _TEST.fullmatch(text.strip().removeprefix("(").removesuffix(")"))
    if not match:
        raise ValueError(f"the filter {text!r} is not understood")
    path, sign, right = parse("$" + match[1][1:]), match[2], match[3]
    if not sign:
        return lambda value: bool(path.find(value))
    wanted = _literal(right)
    compare = _ORDER[sign]
    same = (int, float) if isinstance(wanted, (int, float)) and not isinstance(wanted, bool) else type(wanted)

    def holds(value: Any) -> bool:
        found = path.find(value)
        return bool(found) and (isinstance(found[0], same) or sign == "!=") and compare(found[0], wanted)

    return holds


def _literal(text: str) -> Any:
    if quoted := _QUOTED.fullmatch(text):
        return quoted[1] if quoted[1] is not None else quoted[2]
    known = {"true": True, "false": False, "null": None}
    if text in known:
        return known[text]
    return float(text) if re.search(r"[.eE]", text) else int(text)


def put(path: str, value: Any, into: Any) -> Any:
    """Return a copy of some data with a value at the place that a reference path names.

    Raises
    ------
    StateFailed
        The place cannot be: ``States.ResultPathMatchFailure``.
    """
    keys = parse(path).keys
    if keys is None:
        raise runtime(f"The ResultPath '{path}' is not a reference path")
    return _put(path, list(keys), value, into)


def _put(path: str, keys: list[str | int], value: Any, into: Any) -> Any:
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(key, int):
        if not isinstance(into, list) or not 0 <= key < len(into):
            raise _mismatch(path)
        return [_put(path, rest, value, each) if place == key else each for place, each in enumerate(into)]
    if not isinstance(into, dict):
        raise _mismatch(path)
    return {**into, key: _put(path, rest, value, into.get(key, {}))}


def _mismatch(path: str) -> Exception:
    from pocketaws.engines.stepfunctions.errors import StateFailed

    return StateFailed("States.ResultPathMatchFailure", f"Unable to apply ResultPath '{path}' to the state's input")
