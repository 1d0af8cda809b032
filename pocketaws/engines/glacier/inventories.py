"""A vault's inventory as a job hands it over: JSON or CSV, all of it or a part.

Source: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-initiate-job-post.html
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from pocketaws.engines.glacier.errors import invalid
from pocketaws.engines.glacier.state import Archive, Job, Vault, stamp

__all__ = ["FORMATS", "check_wanted", "write"]

FORMATS = {"JSON": "application/json", "CSV": "text/csv"}
_COLUMNS = ("ArchiveId", "ArchiveDescription", "CreationDate", "Size", "SHA256TreeHash")


def check_wanted(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the InventoryRetrievalParameters of a job that are given, validated."""
    for name in ("StartDate", "EndDate"):
        if wanted.get(name):
            _moment(wanted[name])
    limit = wanted.get("Limit")
    if limit is not None and not (str(limit).isdecimal() and int(limit) >= 1):
        raise invalid(f"Invalid Limit: {limit}")
    return {name: value for name, value in wanted.items() if value is not None}


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise invalid(f"Invalid date: {text}. It must be in ISO 8601, such as 2026-11-02T00:00:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def write(vault: Vault, job: Job) -> bytes:
    """Write the inventory for a job; where it is cut by a limit, the job's parameters get the next marker."""
    assert vault.inventory is not None
    wanted = job.wanted
    chosen = [archive for archive in vault.inventory.archives if _is_between(archive, wanted)]
    if marker := wanted.get("Marker"):
        places = [place for place, archive in enumerate(chosen) if archive.id == marker]
        chosen = chosen[places[0] :] if places else []
    if "Limit" in wanted:
        limit = int(wanted["Limit"])
        job.wanted = {**wanted, "Marker": chosen[limit].id if len(chosen) > limit else None}
        chosen = chosen[:limit]
    rows = [_row(archive) for archive in chosen]
    return _WRITERS[job.format or "JSON"](vault.arn, vault.inventory.taken, rows)


def _is_between(archive: Archive, wanted: dict[str, Any]) -> bool:
    starts, ends = wanted.get("StartDate"), wanted.get("EndDate")
    return (not starts or archive.created >= _moment(starts)) and (not ends or archive.created < _moment(ends))


def _row(archive: Archive) -> tuple[str, str, str, int, str]:
    return archive.id, archive.description, stamp(archive.created), archive.size, archive.tree_hash


def _json(arn: str, taken: datetime, rows: list[tuple[str, str, str, int, str]]) -> bytes:
    archives = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    return json.dumps({"VaultARN": arn, "InventoryDate": stamp(taken), "ArchiveList": archives}).encode()


def _csv(_: str, __: datetime, rows: list[tuple[str, str, str, int, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode()


_WRITERS: dict[str, Callable[[str, datetime, list[tuple[str, str, str, int, str]]], bytes]] = {
    "JSON": _json,
    "CSV": _csv,
}
