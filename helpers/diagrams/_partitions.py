"""Partitions against time: which one is hot, and where it is throttled."""

from __future__ import annotations

import pandas as pd

from helpers._picture import Picture
from helpers.diagrams._canvas import INK, SOFT, Canvas, clip

__all__ = ["partitions"]

WIDTH, EDGE, LABEL, CELL = 860.0, 24.0, 150.0, 28.0
#: From idle to the limit, light to dark, then the color of too much.
STEPS = ("#F5F7FA", "#D6E6F4", "#9CC7E4", "#5AA2D0", "#0072B2")
TOO_MUCH = "#D55E00"


def partitions(frame: pd.DataFrame, *, limit: float, unit: str, title: str = "Load of each partition") -> Picture:
    """Draw a heat map: a row a partition, a column a moment, darker the more units, crossed above the limit.

    Parameters
    ----------
    frame
        One row a partition (its name is the index), one column a moment, the units asked for as values.
    limit
        Units that one partition can serve in a moment: 1,000 WCU or 3,000 RCU a second in DynamoDB.
    unit
        For example ``"WCU"``.
    title
        What to see.

    Examples
    --------
    >>> asked = pd.DataFrame({"0 s": [200, 100], "1 s": [1400, 90]}, index=["Los Angeles", "Alpine"])
    >>> partitions(asked, limit=1000, unit="WCU", title="One county is hot")
    One county is hot. 2 partitions, 2 moments, limit 1,000 WCU. Above it: Los Angeles (1 of 2 moments, at most 1,400).
    """
    canvas = Canvas(WIDTH)
    canvas.text(EDGE, 36, title, size=16, bold=True)
    canvas.text(EDGE, 55, f"{unit} asked of each partition; one partition serves {limit:,.6g}", color=SOFT)
    width = min(90.0, (WIDTH - 2 * EDGE - LABEL) / max(1, len(frame.columns)))
    _moments(canvas, [str(moment) for moment in frame.columns], width)
    for row, (name, values) in enumerate(frame.iterrows()):
        y = 88 + row * CELL
        canvas.text(EDGE + LABEL - 12, y + 18, clip(str(name), LABEL - 20), anchor="end")
        for number, value in enumerate(values):
            _cell(canvas, EDGE + LABEL + number * width, y, width, float(value), limit)
    _scale(canvas, 88 + len(frame) * CELL + 26, limit, unit)
    return canvas.picture(_told(frame, limit, unit, title))


def _moments(canvas: Canvas, names: list[str], width: float) -> None:
    """Write the names of the columns, as many as there is room for."""
    every = max(1, round(44 / width))
    for number, name in enumerate(names):
        if number % every == 0:
            canvas.text(EDGE + LABEL + (number + 0.5) * width, 80, name, size=11, color=SOFT, anchor="middle")


def _cell(canvas: Canvas, x: float, y: float, width: float, value: float, limit: float) -> None:
    is_over = value > limit
    step = min(len(STEPS) - 1, int(value / limit * len(STEPS)))
    canvas.box(x, y, width, CELL, fill=TOO_MUCH if is_over else STEPS[step], stroke="#FFFFFF", radius=2)
    if is_over:
        canvas.line([(x + 3, y + 3), (x + 9, y + 9)], color="#FFFFFF", width=1.5)
        canvas.line([(x + 3, y + 9), (x + 9, y + 3)], color="#FFFFFF", width=1.5)
    if width >= 40:
        ink = "#FFFFFF" if is_over or step >= 4 else INK
        canvas.text(x + width / 2, y + 18, f"{value:,.4g}", size=11, color=ink, anchor="middle")


def _scale(canvas: Canvas, y: float, limit: float, unit: str) -> None:
    x = EDGE + LABEL
    canvas.text(x - 12, y, unit, size=11, color=SOFT, anchor="end")
    for number, color in enumerate(STEPS):
        canvas.box(x + number * 62, y - 10, 12, 12, fill=color, radius=2)
        canvas.text(x + number * 62 + 17, y, f"{number * limit / len(STEPS):,.4g}+", size=11, color=SOFT)
    over = x + len(STEPS) * 62 + 10
    canvas.box(over, y - 10, 12, 12, fill=TOO_MUCH, stroke="none", radius=2)
    canvas.line([(over + 3, y - 7), (over + 9, y - 1)], color="#FFFFFF", width=1.5)
    canvas.line([(over + 3, y - 1), (over + 9, y - 7)], color="#FFFFFF", width=1.5)
    canvas.text(over + 17, y, f"over {limit:,.6g}: throttled", size=11, color=SOFT)


def _told(frame: pd.DataFrame, limit: float, unit: str, title: str) -> str:
    hot = []
    for name, values in frame.iterrows():
        over = int((values > limit).sum())
        if over:
            hot.append(f"{name} ({over} of {len(values)} moments, at most {values.max():,.6g})")
    size = f"{len(frame):,} partitions, {len(frame.columns):,} moments, limit {limit:,.6g} {unit}"
    return f"{title.rstrip('.')}. {size}. Above it: {', '.join(hot) or 'none'}."
