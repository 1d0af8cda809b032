"""Tables and their settings: the control plane."""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb.tables import Database

__all__ = ["list_tables"]


def list_tables(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListTables``."""
    return {"TableNames": sorted(database.tables)}
