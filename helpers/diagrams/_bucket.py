"""A bucket: prefixes as lanes, objects as boxes, versions behind each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from helpers import session
from helpers._amounts import amount
from helpers._picture import CLASS_COLORS, Picture
from helpers.diagrams._canvas import INK, PAPER, SOFT, Canvas, clip
from helpers.errors import BucketNotFound, explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["bucket"]

WIDTH, EDGE, LABEL = 860.0, 24.0, 150.0
BOX_WIDTH, BOX_HEIGHT, GAP = 124.0, 50.0, 14.0
ACROSS, LANES = 4, 9
#: Rows of boxes in a lane: one of several, and one alone.
DOWN, ALONE = 2, 3
EDGES = "#9AA5B1"


@dataclass(frozen=True)
class _Stored:
    """A key with all its versions, the latest first."""

    key: str
    sizes: list[int]
    storage_class: str
    is_deleted: bool


def bucket(bucket: str, prefix: str = "", *, client: S3Client | None = None) -> Picture:
    """Draw what is in a bucket: a lane a prefix, a box a key, older versions behind it, delete markers crossed.

    Calls GetBucketVersioning and ListObjectVersions.

    Parameters
    ----------
    bucket
        Bucket name.
    prefix
        Draw only keys that begin with this text.
    client
        S3 client; by default the session's.

    Raises
    ------
    BucketNotFound
        There is no such bucket.

    Examples
    --------
    >>> _ = session.client("s3").create_bucket(Bucket="picture-demo")
    >>> _ = session.client("s3").put_object(Bucket="picture-demo", Key="raw/a.csv", Body=b"1,2")
    >>> bucket("picture-demo")
    Bucket picture-demo: 1 object, 3 B, versioning off. Prefix raw/: a.csv (STANDARD, 3 B).
    """
    client = client or session.client("s3")
    with explained({"NoSuchBucket": BucketNotFound(f"There is no bucket {bucket!r}.")}):
        versioning = client.get_bucket_versioning(Bucket=bucket).get("Status", "off").lower()
        stored = _stored(client, bucket, prefix)
    return _draw(bucket, stored, versioning)


def _stored(client: S3Client, bucket: str, prefix: str) -> list[_Stored]:
    """Ask for all versions and put those of one key together."""
    keys: dict[str, list[tuple[bool, int, str, bool]]] = {}
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for version in page.get("Versions", []):
            row = (version["IsLatest"], version["Size"], str(version.get("StorageClass", "STANDARD")), False)
            keys.setdefault(version["Key"], []).append(row)
        for marker in page.get("DeleteMarkers", []):
            keys.setdefault(marker["Key"], []).append((marker["IsLatest"], 0, "", True))
    return [_summed(key, rows) for key, rows in sorted(keys.items())]


def _summed(key: str, rows: list[tuple[bool, int, str, bool]]) -> _Stored:
    rows = sorted(rows, key=lambda row: not row[0])
    objects = [row for row in rows if not row[3]]
    storage_class = objects[0][2] if objects else ""
    return _Stored(key, [row[1] for row in objects], storage_class, is_deleted=rows[0][3])


def _draw(bucket: str, stored: list[_Stored], versioning: str) -> Picture:
    canvas = Canvas(WIDTH)
    live = sum(not each.is_deleted for each in stored)
    counted = f"{live:,} object{'' if live == 1 else 's'}, {amount(_bytes(stored))}, versioning {versioning}"
    canvas.text(EDGE, 36, bucket, size=16, bold=True)
    canvas.text(EDGE, 55, counted, color=SOFT)
    lanes = _lanes(stored)
    y = 72.0
    for lane, members in lanes[:LANES]:
        y = _draw_lane(canvas, y, lane, members, ACROSS * (DOWN if len(lanes) > 1 else ALONE))
    more = f"and {len(lanes) - LANES:,} more prefixes" if len(lanes) > LANES else ""
    canvas.text(EDGE, y + 16, more or ("" if stored else "The bucket is empty."), color=SOFT)
    classes = {each.storage_class for each in stored if not each.is_deleted}
    canvas.legend(EDGE, y + (42 if more else 18), [name for name in CLASS_COLORS if name in classes])
    told = [f"Prefix {lane or '(none)'}: {_told(lane, members)}." for lane, members in lanes[:LANES]]
    return canvas.picture(" ".join([f"Bucket {bucket}: {counted}.", *told]))


def _bytes(stored: list[_Stored]) -> int:
    return sum(sum(each.sizes) for each in stored)


def _lanes(stored: list[_Stored]) -> list[tuple[str, list[_Stored]]]:
    """Group keys by their prefix, as many parts of it as there is room for lanes."""
    deepest = max((each.key.count("/") for each in stored), default=0)
    fitting = [depth for depth in range(1, deepest + 1) if len({_head(each.key, depth) for each in stored}) <= LANES]
    groups: dict[str, list[_Stored]] = {}
    for each in stored:
        groups.setdefault(_head(each.key, max(fitting, default=1)), []).append(each)
    return [(_shared(members), members) for members in groups.values()]


def _head(key: str, depth: int) -> str:
    """Return the first parts of a key's prefix."""
    return "/".join(key.split("/")[:-1][:depth])


def _shared(members: list[_Stored]) -> str:
    """Return the prefix that keys have in common, up to a slash."""
    first, last = (each.key.split("/")[:-1] for each in (members[0], members[-1]))  # they are sorted
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(f"{part}/" for part, _ in shared)


def _labels(lane: str, members: list[_Stored]) -> list[str]:
    """Name keys by what tells them apart: without the lane, and without a file name that all share."""
    names = [each.key.removeprefix(lane) or "/" for each in members]
    lasts = {name.rpartition("/")[2] for name in names}
    if len(names) > 1 and len(lasts) == 1 and all("/" in name for name in names):
        return [name.rpartition("/")[0] + "/…" for name in names]
    return names


def _draw_lane(canvas: Canvas, y: float, lane: str, members: list[_Stored], room: int) -> float:
    shown = len(members) if len(members) <= room else room - 1
    height = -(-min(len(members), room) // ACROSS) * (BOX_HEIGHT + GAP) + GAP + 4
    canvas.box(EDGE, y, WIDTH - 2 * EDGE, height, fill=PAPER, stroke="none", radius=6)
    canvas.text(EDGE + 14, y + 28, clip(lane or "no prefix", LABEL - 26, 13), size=13, bold=True)
    canvas.text(EDGE + 14, y + 46, f"{len(members):,} key{'' if len(members) == 1 else 's'}", size=11, color=SOFT)
    canvas.text(EDGE + 14, y + 61, amount(_bytes(members)), size=11, color=SOFT)
    for number, label in enumerate(_labels(lane, members)[:shown]):
        _draw_object(canvas, *_place(number, y), members[number], label)
    if shown < len(members):
        x, top = _place(shown, y)
        canvas.text(x + 4, top + 30, f"+ {len(members) - shown:,} more", color=SOFT)
    return y + height + 10


def _place(number: int, y: float) -> tuple[float, float]:
    x = EDGE + LABEL + number % ACROSS * (BOX_WIDTH + GAP + 16)
    return x, y + GAP + 2 + number // ACROSS * (BOX_HEIGHT + GAP)


def _draw_object(canvas: Canvas, x: float, y: float, stored: _Stored, label: str) -> None:
    behind = min(len(stored.sizes) - (not stored.is_deleted), 2)
    for depth in range(behind, 0, -1):
        canvas.box(x + depth * 5, y - depth * 4, BOX_WIDTH, BOX_HEIGHT, stroke=EDGES)
    canvas.box(x, y, BOX_WIDTH, BOX_HEIGHT, stroke=EDGES, dashed=stored.is_deleted)
    if stored.is_deleted:
        right, low = x + BOX_WIDTH - 4, y + BOX_HEIGHT - 4
        canvas.line([(x + 4, y + 4), (right, low)], width=1.5)
        canvas.line([(x + 4, low), (right, y + 4)], width=1.5)
    else:
        canvas.box(x, y, 6, BOX_HEIGHT, fill=CLASS_COLORS.get(stored.storage_class, SOFT), stroke="none", radius=2)
    canvas.text(x + 14, y + 20, clip(label, BOX_WIDTH - 22, 12), color=SOFT if stored.is_deleted else INK)
    canvas.text(x + 14, y + 38, _note(stored), size=11, color=SOFT)


def _note(stored: _Stored) -> str:
    count = len(stored.sizes)
    versions = f"{count} version{'' if count == 1 else 's'}" if count > 1 or stored.is_deleted else ""
    return ", ".join(filter(None, ["deleted" if stored.is_deleted else amount(stored.sizes[0]), versions]))


def _told(lane: str, members: list[_Stored]) -> str:
    """Say in words what a lane shows."""
    told = []
    for each, label in list(zip(members, _labels(lane, members), strict=True))[:4]:
        storage_class = "" if each.is_deleted else f"{each.storage_class}, "
        told.append(f"{label} ({storage_class}{_note(each)})")
    more = f" and {len(members) - 4:,} more" if len(members) > 4 else ""
    return ", ".join(told) + more
