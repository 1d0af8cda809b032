"""A run of a state machine: its states from top to bottom, the way it took, and how each state ended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers._picture import Picture
from helpers.diagrams._canvas import INK, LINE, PAPER, SOFT, Canvas, clip

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

__all__ = ["states"]

WIDTH, EDGE, TOP = 860.0, 24.0, 64.0
BOX, TALL, GAP, BELOW = 308.0, 62.0, 34.0, 34.0
#: How a state ended -> color (Okabe and Ito) and words.
ENDS = {
    "done": ("#009E73", "done"),
    "mended": ("#E69F00", "done after a failure"),
    "caught": ("#D55E00", "failed, caught"),
    "failed": ("#D55E00", "failed"),
    "running": ("#0072B2", "running"),
    "": ("#CBD2D9", "not reached"),
}
State = Mapping[str, Any]


@dataclass
class Visit:
    """What the history tells of one state."""

    tries: int = 0
    failures: int = 0
    fails: bool = False
    left: bool = False
    seconds: float = 0.0
    error: str = ""
    entered: datetime | None = None

    def leave(self, when: datetime) -> None:
        """Note that the run left the state."""
        self.left = True
        self.seconds += (when - self.entered).total_seconds() if self.entered else 0.0

    def end(self, is_over: bool) -> str:
        """Return how it ended, a key of :data:`ENDS`."""
        if self.left:
            return "caught" if self.fails else "mended" if self.failures else "done"
        return "failed" if is_over else "running"


def states(execution: str, *, client: SFNClient | None = None) -> Picture:
    """Draw the way that a run took through its state machine.

    Parameters
    ----------
    execution
        ARN of the run.
    client
        Step Functions client; by default the session's.

    Examples
    --------
    >>> from helpers import workflows
    >>> definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    >>> machine = workflows.create_machine("ferry", definition, role="arn:aws:iam::123456789012:role/states")
    >>> states(workflows.run(machine, name="first").arn)
    Run first of ferry: SUCCEEDED. Done (Succeed): done.
    """
    client = client or session.client("stepfunctions")
    told = client.describe_execution(executionArn=execution)
    machine = client.describe_state_machine_for_execution(executionArn=execution)
    found: dict[str, Any] = json.loads(machine["definition"])
    pages = client.get_paginator("get_execution_history").paginate(executionArn=execution)
    visits, way = _visits([event for page in pages for event in page["events"]], found["States"])
    title = f"Run {told['name']} of {machine['name']}: {told['status']}"
    return _draw(title, found, visits, way, told["status"] != "RUNNING")


def _visits(events: list[Any], known: State) -> tuple[dict[str, Visit], set[tuple[str, str]]]:
    """Return what happened in each state, and which state followed which."""
    visits: dict[str, Visit] = {}
    way: set[tuple[str, str]] = set()
    here = ""
    for event in events:
        details: dict[str, Any] = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
        name = str(details.get("name", ""))
        if event["type"].endswith("StateEntered") and name in known:
            way.add((here, name))
            here = name
            visits.setdefault(name, Visit()).entered = event["timestamp"]
        elif event["type"].endswith("StateExited") and name in known:
            visits[name].leave(event["timestamp"])
        elif here:
            _note(visits[here], event["type"], details)
    return visits, way


def _note(visit: Visit, event: str, details: Mapping[str, Any]) -> None:
    visit.tries += event in ("TaskScheduled", "LambdaFunctionScheduled")
    visit.fails = event.endswith(("Failed", "TimedOut"))
    if visit.fails:
        visit.failures += not event.startswith("Execution")
        visit.error = details.get("error") or visit.error


def _targets(state: State) -> Iterator[str]:
    """Yield the states that may follow, the usual one first."""
    for rule in state.get("Choices", []):
        yield rule["Next"]
    yield from (state[field] for field in ("Next", "Default") if field in state)
    yield from (rule["Next"] for rule in state.get("Catch", []))


def _rows(found: State) -> list[list[str]]:
    """Put states into rows, each below all that lead to it (a way back does not count)."""
    depth = {found["StartAt"]: 0}
    waiting: list[tuple[str, tuple[str, ...]]] = [(found["StartAt"], (found["StartAt"],))]
    while waiting:
        name, path = waiting.pop(0)
        for target in _targets(found["States"][name]):
            if target not in path and depth.get(target, -1) < len(path):
                depth[target] = len(path)
                waiting.append((target, (*path, target)))
    rows: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, level in depth.items():
        rows[level].append(name)
    return rows


def _draw(title: str, found: State, visits: dict[str, Visit], way: set[tuple[str, str]], is_over: bool) -> Picture:
    canvas = Canvas(WIDTH)
    canvas.text(EDGE, 36, title, size=16, bold=True)
    places: dict[str, tuple[float, float]] = {}
    for level, row in enumerate(_rows(found)):
        width = min(BOX, (WIDTH - 2 * EDGE - GAP * (len(row) - 1)) / len(row))
        for number, name in enumerate(row):
            middle = WIDTH / 2 + (number - (len(row) - 1) / 2) * (width + GAP)
            places[name] = (middle, TOP + level * (TALL + BELOW))
            _box(canvas, places[name], width, name, found["States"][name], visits.get(name), is_over)
    pairs = [(name, target) for name in places for target in dict.fromkeys(_targets(found["States"][name]))]
    for name, target in sorted(pairs, key=way.__contains__):  # the way taken lies on top
        _arrow(canvas, places[name], places[target], (name, target) in way)
    return canvas.picture(f"{title}. {_told(found, visits, places, is_over)}.")


def _box(
    canvas: Canvas, place: tuple[float, float], width: float, name: str, state: State, visit: Visit | None, over: bool
) -> None:
    x, y = place[0] - width / 2, place[1]
    color, _ = ENDS[visit.end(over) if visit else ""]
    canvas.box(x, y, width, TALL, fill=PAPER if visit else "#FFFFFF", radius=6, dashed=visit is None)
    canvas.box(x, y, 6, TALL, fill=color, stroke="none", radius=2)
    canvas.text(x + 16, y + 20, clip(name, width - 24, 13), size=13, bold=True, color=INK if visit else SOFT)
    canvas.text(x + 16, y + 37, clip(_kind(state), width - 24, 11), size=11, color=SOFT)
    canvas.text(x + 16, y + 53, clip(_outcome(visit, over), width - 24, 11), size=11, color=INK if visit else SOFT)


def _kind(state: State) -> str:
    if state["Type"] == "Task":
        return f"Task {state['Resource'].removeprefix('arn:aws:states:::').rpartition('function:')[2]}"
    if state["Type"] in ("Map", "Parallel"):
        blocks = state.get("Branches") or [state.get("ItemProcessor") or state["Iterator"]]
        return f"{state['Type']}: {', '.join(name for block in blocks for name in block['States'])}"
    return str(state["Type"])


def _outcome(visit: Visit | None, is_over: bool) -> str:
    if visit is None:
        return ENDS[""][1]
    words = ENDS[visit.end(is_over)][1]
    parts = [words, f"{visit.tries} tries" if visit.tries > 1 else ""]
    parts += [f"{visit.seconds:,.0f} s" if visit.seconds >= 1 else "", visit.error]
    return ", ".join(part for part in parts if part)


def _arrow(canvas: Canvas, start: tuple[float, float], end: tuple[float, float], taken: bool) -> None:
    """Point from a state to one below; a way back runs along the left edge."""
    (x, y), (to_x, to_y) = start, end
    look: dict[str, Any] = {"color": INK if taken else LINE, "width": 2 if taken else 1, "arrow": "down"}
    if to_y <= y:
        path = [(x, y + TALL), (x, y + TALL + 8), (12, y + TALL + 8), (12, to_y - 12), (to_x, to_y - 12), (to_x, to_y)]
    elif to_y - y > TALL + BELOW + 1 and abs(x - to_x) < BOX / 2:
        side = WIDTH - 12
        turn, back = y + TALL + BELOW / 2, to_y - BELOW / 2
        path = [(x, y + TALL), (x, turn), (side, turn), (side, back), (to_x, back), (to_x, to_y)]
    else:
        turn = to_y - BELOW / 2 if abs(x - to_x) >= BOX / 2 and to_y - y > TALL + BELOW + 1 else y + TALL + BELOW / 2
        path = [(x, y + TALL), (x, turn), (to_x, turn), (to_x, to_y)]
    canvas.line(path, **look)


def _told(found: State, visits: dict[str, Visit], order: Mapping[str, Any], is_over: bool) -> str:
    return "; ".join(
        f"{name} ({found['States'][name]['Type']}): {_outcome(visits.get(name), is_over)}" for name in order
    )
