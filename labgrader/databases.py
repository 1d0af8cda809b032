"""SQLite files that students upload: opened as a copy in memory, with bounds on all that they can make SQLite do."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

__all__ = ["LARGEST", "ask", "takes"]

#: A file or a value larger than this is not one of a lab, and is not opened.
LARGEST = 5_000_000


def _opened(content: bytes | None) -> sqlite3.Connection:
    """Open a copy of a database in memory: no other file, no extension, bounded work and values."""
    if not content or not content.startswith(b"SQLite format 3\0"):
        raise sqlite3.DatabaseError("no database")
    copy = sqlite3.connect(":memory:", isolation_level=None)
    copy.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
    copy.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    copy.deserialize(content[:18] + b"\x01\x01" + content[20:])  # a journal, where the file says write-ahead log
    left = iter(range(2_000))
    copy.set_progress_handler(lambda: next(left, None) is None, 10_000)
    copy.execute("PRAGMA trusted_schema = OFF")
    copy.execute("PRAGMA foreign_keys = ON")
    return copy


def _with(content: bytes | None, work: Callable[[sqlite3.Connection], Any]) -> Any:
    with suppress(sqlite3.Error, sqlite3.Warning, ValueError), closing(_opened(content)) as copy:
        return work(copy)
    return None


def ask(content: bytes | None, sql: str, table: str = "") -> list[tuple[Any, ...]] | None:
    """Return the rows of a query; None where there is no such database or table (a view is none), or far too much."""
    kind = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"

    def work(copy: sqlite3.Connection) -> list[tuple[Any, ...]] | None:
        if table and not copy.execute(kind, [table]).fetchone():
            return None
        rows, left = [], LARGEST * 4
        for row in copy.execute(sql):
            rows.append(row)
            left -= sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
            if left < 0:
                return None
        return rows

    found: list[tuple[Any, ...]] | None = _with(content, work)
    return found


def takes(content: bytes | None, sql: str, values: list[str]) -> bool | None:
    """Whether a copy of the database takes a row, or its rules refuse it; None where it cannot say."""

    def work(copy: sqlite3.Connection) -> bool:
        try:
            copy.execute(sql, values)
        except sqlite3.IntegrityError:
            return False
        return True

    taken: bool | None = _with(content, work)
    return taken
