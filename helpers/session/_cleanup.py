"""Deleting what a session created, last first, and telling what is left."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from botocore.exceptions import ClientError

from helpers.session._resources import KINDS
from helpers.trace import Created, Trace

__all__ = ["Cleanup", "delete_all", "still_there"]

log = logging.getLogger(__name__)
Clients = Callable[[str], Any]
COLUMNS = ["service", "kind", "name"]
MIME = "application/vnd.aws-storage-course+json"


@dataclass(frozen=True)
class Cleanup:
    """What a cleanup deleted and what it had to leave."""

    deleted: pd.DataFrame
    left: pd.DataFrame
    calls: int
    dollars: float

    def __repr__(self) -> str:
        """Say it in one line."""
        return f"deleted: {len(self.deleted)} | left behind: {len(self.left)}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        figures = {"calls": self.calls, "dollars": round(self.dollars, 4), "left_behind": len(self.left)}
        return {"text/plain": repr(self), MIME: json.loads(json.dumps(figures))}


def delete_all(clients: Clients, ledger: Trace) -> Cleanup:
    """Delete what the ledger holds, last created first."""
    calls, dollars = len(ledger), ledger.dollars
    created = ledger.created()
    for thing in reversed(created):
        try:
            KINDS[thing.service, thing.kind].delete(clients, thing)
        except ClientError as error:
            log.debug("could not delete %s: %s", thing, error)
    left = still_there(clients, created)
    rows = [(thing.service, thing.kind, thing.name) for thing in created]
    kept = set(left.itertuples(index=False, name=None))
    deleted = pd.DataFrame([row for row in rows if row not in kept], columns=COLUMNS)
    return Cleanup(deleted, left, calls, dollars)


def still_there(clients: Clients, created: list[Created]) -> pd.DataFrame:
    """Ask AWS which of these resources exist."""
    rows = [(thing.service, thing.kind, thing.name) for thing in created if _exists(clients, thing)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _exists(clients: Clients, thing: Created) -> bool:
    try:
        return KINDS[thing.service, thing.kind].exists(clients, thing) is not False
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        code = error.response["Error"]["Code"]
        return not (status == 404 or "NotFound" in code or "NonExistent" in code or "NoSuch" in code)
