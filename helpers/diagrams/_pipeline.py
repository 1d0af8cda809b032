"""A pipeline: its steps in a row, what went from one to the next on the arrows."""

from __future__ import annotations

from collections.abc import Sequence

from helpers._picture import PALETTE, Picture
from helpers.diagrams._canvas import INK, PAPER, SOFT, Canvas, clip

__all__ = ["pipeline"]

WIDTH, EDGE = 860.0, 24.0
ACROSS, HEIGHT, GAP, BELOW = 5, 64.0, 60.0, 46.0


def pipeline(steps: Sequence[str], counts: Sequence[int | None] = (), *, title: str = "Pipeline") -> Picture:
    """Draw steps from left to right, with how many things passed each arrow.

    Parameters
    ----------
    steps
        Names; what stands after a colon becomes a second line, for example ``"SQS: departments-queue"``.
    counts
        One number an arrow, that is one less than steps; None or nothing leaves the arrow bare.
    title
        What to see.

    Examples
    --------
    >>> pipeline(["DynamoDB: PoliceDepartments", "SQS: jobs", "S3: enriched"], [329, 329])
    Pipeline: DynamoDB (PoliceDepartments), 329 to SQS (jobs), 329 to S3 (enriched).
    """
    canvas = Canvas(WIDTH)
    canvas.text(EDGE, 36, title, size=16, bold=True)
    across = min(ACROSS, max(2, len(steps)))
    width = (WIDTH - 2 * EDGE - (across - 1) * GAP) / across
    numbers = [*counts, *[None] * len(steps)][: max(0, len(steps) - 1)]
    places = [(EDGE + n % across * (width + GAP), 60 + n // across * (HEIGHT + BELOW)) for n in range(len(steps))]
    for number, (step, (x, y)) in enumerate(zip(steps, places, strict=True)):
        _step(canvas, x, y, width, step, PALETTE[number % len(PALETTE)])
    for count, start, end in zip(numbers, places, places[1:], strict=False):
        _arrow(canvas, start, end, width, count)
    return canvas.picture(_told(title, steps, numbers))


def _step(canvas: Canvas, x: float, y: float, width: float, step: str, color: str) -> None:
    name, _, detail = (part.strip() for part in step.partition(":"))
    canvas.box(x, y, width, HEIGHT, fill=PAPER, radius=6)
    canvas.box(x, y, width, 5, fill=color, stroke="none", radius=2)
    middle = x + width / 2
    canvas.text(middle, y + (30 if detail else 40), clip(name, width - 14, 13), size=13, bold=True, anchor="middle")
    if detail:
        canvas.text(middle, y + 49, clip(detail, width - 14, 11), size=11, color=SOFT, anchor="middle")


def _arrow(
    canvas: Canvas, start: tuple[float, float], end: tuple[float, float], width: float, count: int | None
) -> None:
    """Point to the next box, or around to the row below."""
    (x, y), (to_x, to_y) = start, end
    if to_y == y:
        middle = y + HEIGHT / 2
        canvas.line([(x + width + 4, middle), (to_x - 4, middle)], color=SOFT, width=1.5, arrow="right")
        where = ((x + width + to_x) / 2 - 2, middle - 8)
    else:
        turn = y + HEIGHT + BELOW / 2
        from_x, into_x = x + width / 2, to_x + width / 2
        path = [(from_x, y + HEIGHT + 4), (from_x, turn), (into_x, turn), (into_x, to_y - 4)]
        canvas.line(path, color=SOFT, width=1.5, arrow="down")
        where = ((from_x + into_x) / 2, turn - 6)
    if count is not None:
        canvas.text(*where, f"{count:,}", size=12, color=INK, bold=True, anchor="middle")


def _told(title: str, steps: Sequence[str], numbers: Sequence[int | None]) -> str:
    named = [f"{name} ({detail.strip()})" if detail else name for name, _, detail in (s.partition(":") for s in steps)]
    passed = [f"{count:,} to " if count is not None else "to " for count in numbers]
    return f"{title}: {', '.join(a + b for a, b in zip(['', *passed], named, strict=False)) or 'no steps'}."
