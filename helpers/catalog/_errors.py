"""What can be wrong with a name in the catalog, in our words."""

from __future__ import annotations

from contextlib import AbstractContextManager

from helpers.errors import CatalogNameTaken, DatabaseNotFound, explained

__all__ = ["catalog_errors"]


def catalog_errors(database: str, table: str = "") -> AbstractContextManager[None]:
    """Explain what can be wrong with a database or table, in a ``with`` block."""
    what = f"table {table!r} or database {database!r}" if table else f"database {database!r}"
    return explained(
        {
            "EntityNotFoundException": DatabaseNotFound(f"There is no {what} in the catalog of this Region."),
            "AlreadyExistsException": CatalogNameTaken(f"{table or database!r} exists in the catalog."),
        }
    )
