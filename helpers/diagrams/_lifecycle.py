"""A bucket's lifecycle rules on a line of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from helpers import session
from helpers._amounts import amount
from helpers._picture import CLASS_COLORS, Picture
from helpers.diagrams._canvas import INK, LINE, PAPER, SOFT, Canvas, clip
from helpers.errors import BucketNotFound, aws_code, explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["lifecycle"]

WIDTH, EDGE, LABEL = 860.0, 24.0, 210.0
BAR, ROW = 22.0, 34.0
LIGHT = {"STANDARD_IA", "EXPRESS_ONEZONE", "GLACIER_IR", "INTELLIGENT_TIERING"}


@dataclass(frozen=True)
class _Track:
    """What happens to one kind of version under a rule: (day, class) steps, the day it goes, a remark."""

    what: str
    steps: list[tuple[int, str]] = field(default_factory=list)
    ends: int | None = None
    remark: str = ""

    @property
    def height(self) -> float:
        return ROW + (16 if self.remark and self.steps else 0)


@dataclass(frozen=True)
class _Rule:
    name: str
    scope: str
    is_enabled: bool
    tracks: list[_Track]


def lifecycle(bucket: str, *, client: S3Client | None = None) -> Picture:
    """Draw each lifecycle rule as a bar: in which storage class an object lies from which day, and when it goes.

    Calls GetBucketLifecycleConfiguration.  Days count from the upload, for noncurrent versions from the day
    they were replaced; the line is not to scale.

    Parameters
    ----------
    bucket
        Bucket name.
    client
        S3 client; by default the session's.

    Raises
    ------
    BucketNotFound
        There is no such bucket.

    Examples
    --------
    >>> _ = session.client("s3").create_bucket(Bucket="no-rules")
    >>> lifecycle("no-rules")
    Lifecycle of no-rules: no rules, objects stay where they are put.
    """
    client = client or session.client("s3")
    with explained({"NoSuchBucket": BucketNotFound(f"There is no bucket {bucket!r}.")}):
        rules = _rules(client, bucket)
    return _draw(bucket, rules)


def _rules(client: S3Client, bucket: str) -> list[_Rule]:
    try:
        found: Any = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        return [_Rule(r.get("ID", ""), _scope(r), r["Status"] == "Enabled", _tracks(r)) for r in found]
    except ClientError as error:
        if aws_code(error) == "NoSuchLifecycleConfiguration":
            return []
        raise


def _scope(rule: Mapping[str, Any]) -> str:
    """Say which objects a rule is about."""
    chosen = rule.get("Filter", {})
    chosen = {**chosen, **chosen.get("And", {})}
    prefix = chosen.get("Prefix") or rule.get("Prefix") or ""
    tags = chosen.get("Tags") or ([chosen["Tag"]] if "Tag" in chosen else [])
    parts = [prefix, *(f"{tag['Key']}={tag['Value']}" for tag in tags)]
    parts += [f"over {amount(chosen['ObjectSizeGreaterThan'])}"] if "ObjectSizeGreaterThan" in chosen else []
    parts += [f"under {amount(chosen['ObjectSizeLessThan'])}"] if "ObjectSizeLessThan" in chosen else []
    return ", ".join(filter(None, parts)) or "all objects"


def _tracks(rule: Mapping[str, Any]) -> list[_Track]:
    """Return a track for current versions and one for noncurrent ones, as far as the rule is about them."""
    moves = [(each["Days"], each["StorageClass"]) for each in rule.get("Transitions", []) if "Days" in each]
    last = rule.get("Expiration", {}).get("Days")
    gone: Mapping[str, int] = rule.get("NoncurrentVersionExpiration", {})
    older = [(each["NoncurrentDays"], each["StorageClass"]) for each in rule.get("NoncurrentVersionTransitions", [])]
    kept = f"{gone['NewerNoncurrentVersions']} newest kept" if "NewerNoncurrentVersions" in gone else ""
    tracks = []
    if moves or last is not None:
        tracks.append(_Track("current", [(0, "STANDARD"), *sorted(moves)], last))
    if older or gone:
        tracks.append(_Track("noncurrent", [(0, "STANDARD"), *sorted(older)], gone.get("NoncurrentDays"), kept))
    return [*tracks, *(_Track("", remark=remark) for remark in filter(None, [_remarks(rule)]))]


def _remarks(rule: Mapping[str, Any]) -> str:
    """Say what a rule does that is no bar."""
    dated = [f"{e['StorageClass']} on {e['Date']:%Y-%m-%d}" for e in rule.get("Transitions", []) if "Date" in e]
    expiration = rule.get("Expiration", {})
    if "Date" in expiration:
        dated.append(f"expires on {expiration['Date']:%Y-%m-%d}")
    if expiration.get("ExpiredObjectDeleteMarker"):
        dated.append("lone delete markers removed")
    if abort := rule.get("AbortIncompleteMultipartUpload"):
        dated.append(f"unfinished uploads aborted after {abort['DaysAfterInitiation']} days")
    return ", ".join(dated)


def _draw(bucket: str, rules: Sequence[_Rule]) -> Picture:
    canvas = Canvas(WIDTH)
    canvas.text(EDGE, 36, f"Lifecycle of {bucket}", size=16, bold=True)
    if not rules:
        canvas.text(EDGE, 60, "No rules: objects stay where they are put.", color=SOFT)
        return canvas.picture(f"Lifecycle of {bucket}: no rules, objects stay where they are put.")
    tracks = [track for rule in rules for track in rule.tracks]
    places = _axis(canvas, tracks)
    y = 78.0
    for rule in rules:
        y = _draw_rule(canvas, y, rule, places)
    classes = {name for track in tracks for _, name in track.steps}
    canvas.legend(EDGE, y + 18, [name for name in CLASS_COLORS if name in classes])
    return canvas.picture(" ".join([f"Lifecycle of {bucket}.", *map(_told, rules)]))


def _axis(canvas: Canvas, tracks: Sequence[_Track]) -> dict[int, float]:
    """Write the days on which something happens, evenly spaced, and return where each stands."""
    days = sorted({0} | {day for t in tracks for day, _ in t.steps} | {t.ends for t in tracks if t.ends is not None})
    step = (WIDTH - 2 * EDGE - LABEL - 40) / len(days)
    places = {day: EDGE + LABEL + number * step for number, day in enumerate(days)}
    canvas.text(EDGE, 66, "days (not to scale)", size=11, color=SOFT)
    for day, x in places.items():
        canvas.text(x, 66, f"{day:,}", size=11, color=SOFT, anchor="middle")
    return places


def _draw_rule(canvas: Canvas, y: float, rule: _Rule, places: Mapping[int, float]) -> float:
    height = max(52.0 if rule.is_enabled else 68.0, sum(track.height for track in rule.tracks) + 12)
    canvas.box(EDGE, y, WIDTH - 2 * EDGE, height, fill=PAPER, stroke="none", radius=6)
    canvas.text(EDGE + 12, y + 23, clip(rule.name or rule.scope, LABEL - 90, 12), bold=True)
    canvas.text(EDGE + 12, y + 40, clip(rule.scope if rule.name else "", LABEL - 90, 11), size=11, color=SOFT)
    if not rule.is_enabled:
        canvas.text(EDGE + 12, y + 56, "disabled", size=11, color="#B44D12")
    for x in places.values():
        canvas.line([(x, y + 2), (x, y + height - 2)], color=LINE, dashed=True)
    top = y + 9
    for track in rule.tracks:
        _draw_track(canvas, top, track, places)
        top += track.height
    return y + height + 10


def _draw_track(canvas: Canvas, y: float, track: _Track, places: Mapping[int, float]) -> None:
    canvas.text(EDGE + LABEL - 10, y + 15, track.what, size=11, color=SOFT, anchor="end")
    below = y + (BAR + 14 if track.steps else 15)
    canvas.text(EDGE + LABEL + 7, below, track.remark, size=11, color=SOFT)
    end = places[track.ends] if track.ends is not None else WIDTH - EDGE - 22
    starts = [*(places[day] for day, _ in track.steps), end]
    for (_, name), left, right in zip(track.steps, starts, starts[1:], strict=False):
        width = max(0.0, right - left)
        canvas.box(left, y, width, BAR, fill=CLASS_COLORS.get(name, SOFT), stroke="#FFFFFF", radius=2)
        text = clip(name, width - 12, 10) if width > 30 else ""
        canvas.text(left + 7, y + 15, text, size=10, color=INK if name in LIGHT else "#FFFFFF")
    if track.steps:
        _draw_end(canvas, end, y + BAR / 2, goes_on=track.ends is None)


def _draw_end(canvas: Canvas, x: float, y: float, *, goes_on: bool) -> None:
    """Draw an arrow, or a cross where the object goes."""
    if goes_on:
        canvas.line([(x, y), (x + 12, y)], color=SOFT, width=2, arrow="right")
        return
    for way in (-1, 1):
        canvas.line([(x - 5, y - 5 * way), (x + 5, y + 5 * way)], color="#B42318", width=2.5)


def _told(rule: _Rule) -> str:
    told = []
    for track in rule.tracks:
        steps = ", ".join(f"{name} from day {day}" for day, name in track.steps)
        end = f"deleted on day {track.ends}" if track.ends is not None else "kept" if steps else ""
        told.append(", ".join(filter(None, [f"{track.what} {steps}".strip(), end, track.remark])))
    state = "enabled" if rule.is_enabled else "disabled"
    return f"Rule {rule.name or rule.scope} ({rule.scope}, {state}): {'; '.join(told)}."
