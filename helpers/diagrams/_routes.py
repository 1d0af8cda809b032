"""Routes on a map: dots at their places, lines between them, one way in color."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import cos, radians

import pandas as pd

from helpers._picture import PALETTE, Picture
from helpers.diagrams._canvas import INK, LINE, SOFT, Canvas

__all__ = ["routes"]

WIDTH, EDGE, TOP = 860.0, 40.0, 70.0
Point = tuple[float, float]


def routes(edges: Iterable[tuple[str, str]], places: pd.DataFrame, *, way: Sequence[str] = (), title: str) -> Picture:
    """Draw routes where they are, north up.

    Parameters
    ----------
    edges
        Pairs of names; a route of which an end has no place is left out.
    places
        One row a name, columns ``lon`` and ``lat`` in degrees.
    way
        Names along a way to highlight.
    title
        What to see, as a sentence.

    Examples
    --------
    >>> places = pd.DataFrame({"lon": [-73.8, -71.0], "lat": [40.6, 42.4]}, index=["JFK", "BOS"])
    >>> routes([("JFK", "BOS")], places, way=["JFK", "BOS"], title="One hop")
    Map: One hop. 1 route between 2 places; highlighted JFK - BOS.
    """
    kept = [(start, end) for start, end in edges if {start, end} <= set(places.index)]
    spots = _project(places.loc[sorted({name for edge in kept for name in edge})])
    canvas = Canvas(WIDTH)
    canvas.text(24, 36, title, size=16, bold=True)
    for start, end in kept:
        canvas.line([spots[start], spots[end]], color=LINE)
    for start, end in pairwise(way):
        canvas.line([spots[start], spots[end]], color=PALETTE[3], width=3)
    for name, (x, y) in spots.items():
        canvas.box(x - 2.5, y - 2.5, 5, 5, fill=PALETTE[3] if name in way else SOFT, stroke="none", radius=2.5)
    for name in way:
        canvas.text(spots[name][0], spots[name][1] - 8, name, size=13, color=INK, bold=True, anchor="middle")
    told = f"; highlighted {' - '.join(way)}" if way else ""
    return canvas.picture(f"Map: {title}. {_count(len(kept), 'route')} between {_count(len(spots), 'place')}{told}.")


def _project(places: pd.DataFrame) -> dict[str, Point]:
    """Return where each place lies on the canvas: degrees of longitude shrink toward the poles."""
    shrink = cos(radians(float(places["lat"].mean())))
    east, north = places["lon"] * shrink, places["lat"]
    scale = (WIDTH - 2 * EDGE) / max(float(east.max() - east.min()), 1e-9)
    x, y = EDGE + (east - east.min()) * scale, TOP + (north.max() - north) * scale
    return {str(name): (round(float(x[name]), 1), round(float(y[name]), 1)) for name in places.index}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
