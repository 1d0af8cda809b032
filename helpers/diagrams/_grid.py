"""A grid to choose by: what stands in the rows against what stands in the columns."""

from __future__ import annotations

import pandas as pd

from helpers._picture import PALETTE, Picture
from helpers.diagrams._canvas import INK, LINE, PAPER, SOFT, Canvas, clip, width_of

__all__ = ["grid"]

WIDTH, EDGE, TOP, TALL = 860.0, 24.0, 64.0, 36.0
LINE_HEIGHT, SIZE = 15.0, 11.0
#: A number in a cell -> the words for it in the legend; 0 leaves the cell empty.
MARKS = {2: "made for it", 1: "can do it"}


def grid(frame: pd.DataFrame, *, title: str, note: str = "") -> Picture:
    """Draw a DataFrame as a grid: its index names the rows, its columns the columns.

    Parameters
    ----------
    frame
        Cells are short texts; or the numbers 2 (made for it), 1 (can do it) and 0 (no).
    title
        What to see, as a sentence.
    note
        A line below, for example an as-of date.

    Examples
    --------
    >>> grid(pd.DataFrame({"file": ["yes"], "object": ["no"]}, index=["append"]), title="Objects do not grow")
    Objects do not grow. append: file yes, object no.
    """
    frame, canvas = frame.astype(object), Canvas(WIDTH)
    canvas.text(EDGE, 36, title, size=16, bold=True)
    side = min(290.0, max(width_of(str(name), 12) for name in frame.index) + 16)
    width = (WIDTH - 2 * EDGE - side) / len(frame.columns)
    top = TOP + _heads(canvas, frame, side, width)
    for number, (name, row) in enumerate(frame.iterrows()):
        top += _row(canvas, top, str(name), list(row), side, width, PAPER if number % 2 else "#FFFFFF")
    is_marked = bool(frame.map(lambda cell: isinstance(cell, int)).all(axis=None))
    if is_marked:
        _legend(canvas, top + 22)
    if note:
        canvas.text(EDGE + (260 if is_marked else 0), top + 22, note, size=SIZE, color=SOFT)
    return canvas.picture(f"{title.rstrip('.')}. {_told(frame)}.")


def _heads(canvas: Canvas, frame: pd.DataFrame, side: float, width: float) -> float:
    """Write the names of the columns and return how high they stand."""
    wrapped = [_wrap(str(name), width - 8, 12) for name in frame.columns]
    high = max(len(lines) for lines in wrapped)
    for number, lines in enumerate(wrapped):
        for place, line in enumerate(lines):
            x, y = EDGE + side + (number + 0.5) * width, TOP + 12 + (high - len(lines) + place) * LINE_HEIGHT
            canvas.text(x, y, line, size=12, bold=True, anchor="middle")
    return high * LINE_HEIGHT + 8


def _row(canvas: Canvas, top: float, name: str, cells: list[object], side: float, width: float, fill: str) -> float:
    """Draw a row and return how high it is."""
    texts = [[] if isinstance(cell, int) else _wrap(str(cell), width - 10, SIZE) for cell in cells]
    heads = _wrap(name, side - 12, 12)
    high = max(TALL, max(len(lines) for lines in [heads, *texts]) * LINE_HEIGHT + 14)
    canvas.box(EDGE, top, WIDTH - 2 * EDGE, high, fill=fill, stroke=LINE, radius=0)
    _lines(canvas, heads, EDGE + 8, top, high, size=12, anchor="start")
    for number, (cell, lines) in enumerate(zip(cells, texts, strict=True)):
        middle = EDGE + side + (number + 0.5) * width
        if isinstance(cell, int):
            _mark(canvas, middle, top + high / 2, cell)
        _lines(canvas, lines, middle, top, high, size=SIZE, anchor="middle")
    return high


def _lines(canvas: Canvas, lines: list[str], x: float, top: float, high: float, *, size: float, anchor: str) -> None:
    first = top + (high - len(lines) * LINE_HEIGHT) / 2 + 11
    for number, line in enumerate(lines):
        canvas.text(x, first + number * LINE_HEIGHT, line, size=size, color=INK, anchor=anchor)


def _mark(canvas: Canvas, x: float, y: float, value: int) -> None:
    """Draw a full circle, an open one, or nothing."""
    if value:
        fill = PALETTE[0] if value > 1 else "#FFFFFF"
        canvas.box(x - 8, y - 8, 16, 16, fill=fill, stroke=PALETTE[0], radius=8)


def _legend(canvas: Canvas, y: float) -> None:
    for number, (value, words) in enumerate(MARKS.items()):
        _mark(canvas, EDGE + 10 + number * 120, y - 4, value)
        canvas.text(EDGE + 26 + number * 120, y, words, size=SIZE, color=SOFT)


def _wrap(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines that fit."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(clip(word, width, size))
    return lines


def _told(frame: pd.DataFrame) -> str:
    words: dict[object, str] = {2: MARKS[2], 1: MARKS[1]}
    rows = []
    for name, row in frame.iterrows():
        cells = [f"{column} {words.get(cell, cell)}" for column, cell in row.items() if cell not in (0, "")]
        rows.append(f"{name}: {', '.join(cells) or 'nothing'}")
    return "; ".join(rows)
