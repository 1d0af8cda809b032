"""The events of an execution, in the order in which they happened, each with the one before it in its branch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pocketaws import clock
from pocketaws.engines.stepfunctions.errors import StateFailed

if TYPE_CHECKING:
    from pocketaws.engines.stepfunctions.tasks import Token

__all__ = ["Branch", "Event", "History"]

#: AWS ends an execution whose history is longer.
LIMIT = 25_000


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    id: int
    previous: int
    kind: str
    when: datetime
    details: dict[str, Any]

    def describe(self, with_data: bool = True) -> dict[str, Any]:
        """Return the event as ``GetExecutionHistory`` answers it."""
        found: dict[str, Any] = {
            "timestamp": self.when,
            "type": self.kind,
            "id": self.id,
            "previousEventId": self.previous,
        }
        hidden = () if with_data else ("input", "inputDetails", "output", "outputDetails", "parameters")
        details = {name: value for name, value in self.details.items() if name not in hidden}
        if self.details:
            found[_field(self.kind)] = details
        return found


def _field(kind: str) -> str:
    if kind.endswith(("StateEntered", "StateExited")):
        return f"state{kind.rpartition('State')[2]}EventDetails"
    if kind.startswith("MapIteration"):
        return f"mapIteration{kind.removeprefix('MapIteration')}EventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"


@dataclass
class History:
    """All events of an execution."""

    events: list[Event] = field(default_factory=list)

    def add(self, kind: str, previous: int, details: dict[str, Any]) -> int:
        """Note an event and return its number."""
        if len(self.events) >= LIMIT and not kind.startswith("Execution"):
            raise StateFailed("States.Runtime", "The execution reached the maximum number of history events (25000).")
        event = Event(len(self.events) + 1, previous, kind, clock.now(), details)
        self.events.append(event)
        return event.id


@dataclass
class Branch:
    """A line of states, one after the other: the whole execution, a branch, or an iteration."""

    history: History
    region: str
    account: str
    tokens: dict[str, Token]
    last: int = 0

    def add(self, kind: str, **details: Any) -> None:
        """Note an event after the last one of this branch."""
        self.last = self.history.add(kind, self.last, details)

    def fork(self) -> Branch:
        """Return a branch that begins here."""
        return Branch(self.history, self.region, self.account, self.tokens, self.last)
