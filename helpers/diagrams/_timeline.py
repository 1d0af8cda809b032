"""What was in which state from when to when, as bars on a line of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

import pandas as pd

from helpers._picture import CLASS_COLORS, PALETTE, Picture
from helpers.diagrams._canvas import INK, LINE, PAPER, SOFT, Canvas, clip, width_of

__all__ = ["timeline"]

WIDTH, EDGE, LABEL = 860.0, 24.0, 190.0
BAR, ROW, TOP = 20.0, 32.0, 92.0
#: States that occur again and again look the same in every picture.
STATE_COLORS = {
    "frozen": "#56B4E9",
    "thawing": "#E69F00",
    "readable": "#009E73",
    "good": "#009E73",
    "locked": "#0072B2",
    "scrambled": "#D55E00",
}
KNOWN = {**CLASS_COLORS, **STATE_COLORS}
HOURS = (0.5, 1, 2, 3, 6, 12, 24, 48, 24 * 7, 24 * 30)
LIGHT = {"#E69F00", "#56B4E9", "#F0E442", "#CC79A7", "#999999"}
LEFT, RIGHT = EDGE + LABEL, WIDTH - EDGE - 16


def timeline(
    spans: pd.DataFrame, *, title: str, unit: str = "hours", marks: Mapping[str, float] | None = None
) -> Picture:
    """Draw spans of time as bars, one row a thing, one color a state.

    Parameters
    ----------
    spans
        Columns ``what``, ``state``, ``start``, ``end``; times are numbers of ``unit``.  Rows in the order they appear.
    title
        What to see.
    unit
        Of the times, for example ``"hours since the request"``.
    marks
        Moments to name: text to time, each a line from top to bottom.

    Examples
    --------
    >>> rows = [("a.csv", "thawing", 0, 4), ("a.csv", "readable", 4, 9)]
    >>> spans = pd.DataFrame(rows, columns=["what", "state", "start", "end"])
    >>> timeline(spans, title="Four hours to thaw", marks={"asked": 0})
    Four hours to thaw (hours). a.csv: thawing 0 to 4, readable 4 to 9. asked at 0.
    """
    canvas = Canvas(WIDTH)
    canvas.text(EDGE, 36, title, size=16, bold=True)
    last = float(max([*spans["end"], *(marks or {}).values()]))
    ticks = _ticks(last, HOURS if unit.startswith("hour") and last > 2 else ())
    scale = (RIGHT - LEFT) / max(last, ticks[-1] if ticks[-1] <= last * 1.02 else last)
    things, states = list(dict.fromkeys(spans["what"])), list(dict.fromkeys(spans["state"]))
    colors = {state: KNOWN.get(state, PALETTE[place % len(PALETTE)]) for place, state in enumerate(states)}
    bottom = TOP + ROW * len(things)
    _draw_axis(canvas, ticks, scale, bottom, unit)
    for place, thing in enumerate(things):
        _draw_row(canvas, TOP + ROW * place, thing, spans[spans["what"] == thing], colors, scale)
    _draw_marks(canvas, marks or {}, scale, bottom)
    _draw_legend(canvas, colors, bottom + 46)
    return canvas.picture(_told(title, unit, spans, things, marks or {}))


def _ticks(last: float, steps: Sequence[float]) -> list[float]:
    """Return round numbers from 0 to the last time, five to ten of them; ``steps`` are round for the unit."""
    raw = last / 8
    power = 10 ** floor(log10(raw))
    usual = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= raw)
    step = next((size for size in steps if size >= raw), usual)
    return [step * number for number in range(ceil(last / step) + 1) if step * number <= last]


def _draw_axis(canvas: Canvas, ticks: Sequence[float], scale: float, bottom: float, unit: str) -> None:
    canvas.text(LEFT - 10, bottom + 17, clip(unit, LABEL - 10, 11), size=11, color=SOFT, anchor="end")
    for tick in ticks:
        x = LEFT + tick * scale
        canvas.line([(x, TOP - 6), (x, bottom)], color=LINE)
        canvas.text(x, bottom + 17, f"{tick:g}", size=11, color=SOFT, anchor="middle")


def _draw_row(
    canvas: Canvas, y: float, thing: str, spans: pd.DataFrame, colors: Mapping[str, str], scale: float
) -> None:
    canvas.box(LEFT, y, RIGHT - LEFT, BAR, fill=PAPER, stroke="none", radius=2)
    canvas.text(LEFT - 10, y + 14, clip(thing, LABEL - 10, 12), anchor="end")
    for state, start, end in zip(spans["state"], spans["start"], spans["end"], strict=True):
        x, width = LEFT + start * scale, max(2.0, (end - start) * scale)
        canvas.box(x, y, width, BAR, fill=colors[state], stroke="#FFFFFF", radius=2)
        if width > width_of(state, 10) + 10:
            ink = INK if colors[state] in LIGHT else "#FFFFFF"
            canvas.text(x + 6, y + 14, state, size=10, color=ink)


def _draw_marks(canvas: Canvas, marks: Mapping[str, float], scale: float, bottom: float) -> None:
    """Name moments above the rows, on two levels so that neighbors do not collide."""
    for place, (text, when) in enumerate(sorted(marks.items(), key=lambda mark: mark[1])):
        x, level = LEFT + when * scale, 62.0 + 16 * (place % 2)
        canvas.line([(x, level + 4), (x, bottom)], color="#B42318", width=1.5, dashed=True)
        flips = x + width_of(text, 11) + 6 > WIDTH - EDGE
        canvas.text(
            x - 5 if flips else x + 5, level, text, size=11, color="#B42318", anchor="end" if flips else "start"
        )


def _draw_legend(canvas: Canvas, colors: Mapping[str, str], y: float) -> None:
    x = LEFT
    for state, fill in colors.items():
        canvas.box(x, y - 9, 11, 11, fill=fill, stroke="none", radius=2)
        canvas.text(x + 17, y, state, size=11, color=SOFT)
        x += width_of(state, 11) + 40


def _told(title: str, unit: str, spans: pd.DataFrame, things: Sequence[str], marks: Mapping[str, float]) -> str:
    told = []
    for thing in things:
        rows = spans[spans["what"] == thing]
        parts = zip(rows["state"], rows["start"], rows["end"], strict=True)
        told.append(f"{thing}: {', '.join(f'{state} {start:g} to {end:g}' for state, start, end in parts)}.")
    told += [f"{text} at {when:g}." for text, when in sorted(marks.items(), key=lambda mark: mark[1])]
    return " ".join([f"{title.rstrip('.')} ({unit}).", *told])
