"""A table where a query mentions it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pocketaws.engines.athena.catalog import Table

__all__ = ["Mention"]


@dataclass
class Mention:
    """A table as a query mentions it: DuckDB knows it by ``alias``; ``conditions`` are on its partition keys alone."""

    alias: str
    table: Table
    conditions: list[str] = field(default_factory=list)
    named: dict[str, list[str]] = field(default_factory=dict)
