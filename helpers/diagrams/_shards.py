"""A stream's shards: the hash keys each one owns, where it came from, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import pandas as pd

from helpers import streams
from helpers._picture import PALETTE, Picture
from helpers.diagrams._canvas import INK, LINE, PAPER, SOFT, Canvas, clip

__all__ = ["shards"]

WIDTH, EDGE, TOP, ROW, HEIGHT = 860.0, 24.0, 86.0, 84.0, 46.0
#: From few records to many.
STEPS = ("#D6E6F4", "#9CC7E4", "#5AA2D0", "#0072B2")
SPAN = 2**128
Place: TypeAlias = tuple[float, float, float]


def shards(stream: str, *, records: Mapping[str, float] | None = None, unit: str = "records") -> Picture:
    """Draw the shards of a stream: a row a generation, as wide as their range of hash keys, parents above children.

    Parameters
    ----------
    stream
        Name of the stream.
    records
        Shard id to what it holds, for example ``streams.read_stream(...)["shard"].value_counts()``; darker means more.
    unit
        What is counted.

    Examples
    --------
    >>> shards("departures", records={"shardId-000000000000": 120})
    Shards of the stream departures: 2, 2 of them open. shard 0: 50 % of the hash keys, open, 120 records; shard 1: …
    """
    listed = streams.list_shards(stream)
    counts = {str(name): float(count) for name, count in (records.items() if records is not None else ())}
    canvas = Canvas(WIDTH)
    canvas.text(EDGE, 36, f"Stream {stream}", size=16, bold=True)
    canvas.text(EDGE, 55, "Each box is a shard, as wide as its share of the hash keys (MD5 of the key)", color=SOFT)
    canvas.text(EDGE, TOP - 8, "0", size=11, color=SOFT)
    canvas.text(WIDTH - EDGE, TOP - 8, "2¹²⁸", size=11, color=SOFT, anchor="end")
    places = _places(listed)
    _lineage(canvas, listed, places)
    for shard in listed.to_dict("records"):
        _box(canvas, shard, places[shard["shard"]], counts, unit)
    return canvas.picture(_told(stream, listed, counts, unit))


def _places(listed: pd.DataFrame) -> dict[str, Place]:
    """Return left edge, top and width of each box."""
    rows, room = _generations(listed), WIDTH - 2 * EDGE
    places = {}
    for shard in listed.to_dict("records"):
        left, width = int(shard["starting_hash"]) / SPAN * room, float(shard["share"]) * room
        places[str(shard["shard"])] = (EDGE + left, TOP + rows[str(shard["shard"])] * ROW, width - 4)
    return places


def _generations(listed: pd.DataFrame) -> dict[str, int]:
    """Return the row of each shard: 0 for those without parents, one more than its lowest parent else."""
    rows: dict[str, int] = {}
    for shard in listed.to_dict("records"):
        parents = [rows[str(shard[name])] for name in ("parent", "adjacent_parent") if str(shard[name]) in rows]
        rows[str(shard["shard"])] = max(parents, default=-1) + 1
    return rows


def _lineage(canvas: Canvas, listed: pd.DataFrame, places: dict[str, Place]) -> None:
    """Draw an arrow from each parent to each child."""
    for shard in listed.to_dict("records"):
        child = places[str(shard["shard"])]
        for parent in (places.get(str(shard[name])) for name in ("parent", "adjacent_parent")):
            if parent:
                x = child[0] + child[2] / 2
                start = min(max(x, parent[0] + 8), parent[0] + parent[2] - 8)
                middle = (parent[1] + HEIGHT + child[1]) / 2
                points = [(start, parent[1] + HEIGHT), (start, middle), (x, middle), (x, child[1])]
                canvas.line(points, color=SOFT, arrow="down")


def _box(canvas: Canvas, shard: Mapping[Any, Any], place: Place, counts: dict[str, float], unit: str) -> None:
    x, y, width = place
    count, most, is_open = counts.get(str(shard["shard"]), 0.0), max(counts.values(), default=0.0), shard["is_open"]
    step = min(len(STEPS) - 1, int(count / most * len(STEPS))) if most and is_open else 0
    fill, stroke = (STEPS[step], PALETTE[0]) if is_open else (PAPER, LINE)
    canvas.box(x, y, width, HEIGHT, fill=fill, stroke=stroke, dashed=not is_open)
    ink = "#FFFFFF" if step == len(STEPS) - 1 else INK
    name = f"shard {_number(str(shard['shard']))}" + ("" if is_open else ", closed")
    canvas.text(x + width / 2, y + 19, clip(name, width - 8), color=ink, bold=True, anchor="middle")
    told = f"{count:,.6g} {unit}" if counts else f"{float(shard['share']):.3g} of the keys"
    canvas.text(x + width / 2, y + 37, clip(told, width - 8, 11), size=11, color=ink, anchor="middle")


def _number(shard_id: str) -> int:
    return int(shard_id.rpartition("-")[2])


def _told(stream: str, listed: pd.DataFrame, counts: dict[str, float], unit: str) -> str:
    parts = []
    for shard in listed.to_dict("records"):
        name = f"shard {_number(shard['shard'])}"
        born = " and ".join(str(_number(each)) for each in (shard["parent"], shard["adjacent_parent"]) if each)
        state = "open" if shard["is_open"] else "closed"
        told = f"{name}: {shard['share']:.3g} of the hash keys, {state}"
        told += f", from {born}" if born else ""
        told += f", {counts.get(shard['shard'], 0):,.6g} {unit}" if counts else ""
        parts.append(told)
    head = f"Shards of the stream {stream}: {len(listed)}, {int(listed['is_open'].sum())} of them open."
    return f"{head} {'; '.join(parts)}."
