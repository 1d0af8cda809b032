"""The inside of a Parquet file, drawn from its footer: row groups, column chunks, statistics, dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from helpers import s3
from helpers._amounts import amount
from helpers._picture import PALETTE, Picture
from helpers.diagrams._canvas import INK, LINE, PAPER, SOFT, Canvas, clip

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["parquet"]

WIDTH, EDGE, LABEL, TOTAL, ROW, TOP = 860.0, 24.0, 110.0, 70.0, 17.0, 118.0
#: So many row groups have a strip of their own; of more, those at both ends are drawn.
STRIPS = 12
WITH_DICTIONARY, WITHOUT, SKIPPED = PALETTE[0], PALETTE[1], "#E4E7EB"


@dataclass(frozen=True)
class _Chunk:
    """What the footer says of one column in one row group."""

    column: str
    size: int
    has_dictionary: bool
    low: Any
    high: Any


def parquet(
    bucket: str,
    key: str,
    *,
    columns: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    client: S3Client | None = None,
) -> Picture:
    """Draw a Parquet object from its footer; only the footer is fetched.

    Each strip is a row group, each bar in it a column chunk, as long as it has bytes.  What a question does not
    need is gray.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object.
    columns
        The columns that the question reads; by default all.
    where
        Column to the value that is looked for: row groups whose statistics exclude it are gray.
    client
        S3 client; by default the session's.

    Raises
    ------
    BucketNotFound, ObjectNotFound
        There is no such bucket or object.
    pyarrow.ArrowInvalid
        The object is no Parquet file, or its end is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> bucket = s3.create_bucket("harbor-photos")
    >>> _ = s3.write_parquet(bucket, "ferries.parquet", pd.DataFrame({"deck": [1, 2]}))
    >>> str(parquet(bucket, "ferries.parquet", where={"deck": 3})).split("; ")[-1]
    'a question with deck = 3 fetches 0 of 1 row groups and 0 B of data.'
    """
    footer = pq.read_metadata(s3.open_object(bucket, key, client=client))
    groups = [_chunks(footer.row_group(number)) for number in range(footer.num_row_groups)]
    wanted, sought = set(columns), dict(where or {})
    read = [_may_hold(group, sought) for group in groups]
    drawn = _drawn(len(groups))
    canvas = Canvas(WIDTH)
    canvas.text(EDGE, 36, clip(key.split("/")[-1], 400, 16), size=16, bold=True)
    canvas.text(EDGE, 58, _said(footer, groups), color=SOFT)
    _names(canvas, groups, wanted)
    for place, number in enumerate(drawn):
        x, width = _strip(place, len(drawn))
        _head(canvas, x, width, number, footer.row_group(number).num_rows, groups[number], sought)
        _bars(canvas, x, width, groups[number], _scale(groups), wanted if read[number] else {""})
    _foot(canvas, TOP + len(groups[0]) * ROW + 30 if groups else TOP, footer.serialized_size)
    return canvas.picture(_told(key, footer, groups, read, wanted, sought))


def _chunks(group: Any) -> list[_Chunk]:
    found = []
    for chunk in map(group.column, range(group.num_columns)):
        told = chunk.statistics if chunk.is_stats_set and chunk.statistics.has_min_max else None
        low, high = (told.min, told.max) if told else (None, None)
        name, size = chunk.path_in_schema, chunk.total_compressed_size
        found.append(_Chunk(name, size, chunk.has_dictionary_page, low, high))
    return found


def _may_hold(group: list[_Chunk], sought: Mapping[str, Any]) -> bool:
    """Whether the statistics leave it open that a row group has a row with these values."""
    known = [chunk for chunk in group if chunk.column in sought and chunk.low is not None]
    return all(chunk.low <= sought[chunk.column] <= chunk.high for chunk in known)


def _drawn(count: int) -> list[int]:
    half = STRIPS // 2
    return list(range(count)) if count <= STRIPS else [*range(half), *range(count - half, count)]


def _strip(place: int, count: int) -> tuple[float, float]:
    room = (WIDTH - 2 * EDGE - LABEL - TOTAL) / max(1, count)
    return EDGE + LABEL + place * room, room - 6


def _scale(groups: list[list[_Chunk]]) -> int:
    return max((chunk.size for group in groups for chunk in group), default=1)


def _names(canvas: Canvas, groups: list[list[_Chunk]], wanted: set[str]) -> None:
    """Write the columns on the left and their bytes on the right."""
    for row, chunk in enumerate(groups[0] if groups else []):
        y, is_read = TOP + row * ROW + 12, not wanted or chunk.column in wanted
        color = INK if is_read else SOFT
        canvas.text(EDGE, y, clip(chunk.column, LABEL - 8, 11), size=11, color=color, bold=is_read and bool(wanted))
        total = amount(sum(group[row].size for group in groups))
        canvas.text(WIDTH - EDGE, y, total, size=11, color=color, anchor="end")


def _head(
    canvas: Canvas, x: float, width: float, number: int, rows: int, group: list[_Chunk], sought: Mapping[str, Any]
) -> None:
    """Write a row group's number, and under it its rows or, a line each, the statistics that decide over it."""
    canvas.box(x, TOP - 4, width, len(group) * ROW + 6, fill=PAPER, radius=3)
    told = [(chunk.column, f"{chunk.low}–{chunk.high}") for chunk in group if chunk.column in sought]
    told = _two_lines(told) or [("rows", f"{rows:,}")]
    canvas.text(x + 2, TOP - 10 - 13 * len(told), f"#{number}", size=11, color=INK)
    for line, (name, text) in enumerate(reversed(told)):
        canvas.text(x + 2, TOP - 10 - 13 * line, clip(text, width, 11), size=11, color=SOFT)
        if x == EDGE + LABEL:
            canvas.text(EDGE, TOP - 10 - 13 * line, clip(name, LABEL - 8, 11), size=11, color=SOFT)


def _two_lines(told: list[tuple[str, str]]) -> list[tuple[str, str]]:
    rest = told[1:]
    return told[:1] + ([(", ".join(name for name, _ in rest), ", ".join(text for _, text in rest))] if rest else [])


def _bars(canvas: Canvas, x: float, width: float, group: list[_Chunk], most: int, wanted: set[str]) -> None:
    for row, chunk in enumerate(group):
        fill = WITH_DICTIONARY if chunk.has_dictionary else WITHOUT
        color = fill if not wanted or chunk.column in wanted else SKIPPED
        length = max(2.0, round((width - 6) * chunk.size / most, 1))
        canvas.box(x + 3, TOP + row * ROW + 2, length, ROW - 5, fill=color, stroke="none", radius=2)


def _foot(canvas: Canvas, y: float, size: int) -> None:
    for number, (color, text) in enumerate(
        [(WITH_DICTIONARY, "chunk with a dictionary"), (WITHOUT, "without"), (SKIPPED, "not fetched")]
    ):
        canvas.box(EDGE + number * 170, y - 9, 11, 11, fill=color, stroke="none", radius=2)
        canvas.text(EDGE + number * 170 + 17, y, text, size=11, color=SOFT)
    canvas.box(WIDTH - EDGE - 190, y - 15, 190, 22, stroke=LINE)
    canvas.text(WIDTH - EDGE - 95, y, f"footer, about {amount(round(size, -2))}", size=11, anchor="middle")


def _said(footer: Any, groups: list[list[_Chunk]]) -> str:
    data = amount(sum(chunk.size for group in groups for chunk in group))
    shown = f", {STRIPS} of them drawn" if len(groups) > STRIPS else ""
    return f"{footer.num_rows:,} rows in {len(groups)} row groups{shown}; {data} of data"


def _told(
    key: str, footer: Any, groups: list[list[_Chunk]], read: list[bool], wanted: set[str], sought: Mapping[str, Any]
) -> str:
    asked = " and ".join([*([f"columns {', '.join(sorted(wanted))}"] if wanted else []), *_equals(sought)])
    fetched = [group for group, is_read in zip(groups, read, strict=True) if is_read]
    size = sum(chunk.size for group in fetched for chunk in group if not wanted or chunk.column in wanted)
    question = (
        f"; a question with {asked} fetches {len(fetched)} of {len(groups)} row groups and {amount(size)} of data"
    )
    return f"Parquet file {key.split('/')[-1]}: {_said(footer, groups)}{question if asked else ''}."


def _equals(sought: Mapping[str, Any]) -> list[str]:
    return [f"{column} = {value}" for column, value in sought.items()]
