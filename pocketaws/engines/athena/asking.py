"""Questions of other engines to the tables of the catalog: SQL without a query execution or a result in S3."""

from __future__ import annotations

from typing import Any

__all__ = ["NoAnswer", "rows"]


class NoAnswer(Exception):
    """A query that cannot be run; the text is Athena's reason."""


def rows(sql: str, database: str, *, account: str, region: str) -> list[tuple[Any, ...]]:
    """Run a query and return its rows as Python's values.

    Parameters
    ----------
    sql
        In Athena's dialect.
    database
        Of tables that the query names without one.
    account, region
        Whose catalog and objects.

    Raises
    ------
    NoAnswer
        The query cannot be run, or what it reads is not what a table says.
    """
    from pocketaws.engines.athena.catalog import Catalog
    from pocketaws.engines.athena.errors import AthenaError, QueryCancelled, QueryFailed
    from pocketaws.engines.athena.query.engine import ask
    from pocketaws.engines.athena.query.scan import Reading
    from pocketaws.engines.athena.storage import Store

    try:
        found = ask(sql, Catalog(account, region), database, Reading(Store(account, "aws"))).table
    except QueryFailed as failure:
        raise NoAnswer(failure.reason) from None
    except AthenaError as refusal:
        raise NoAnswer(refusal.message) from None
    except QueryCancelled as cancelled:
        raise NoAnswer(str(cancelled)) from None
    return list(zip(*(column.to_pylist() for column in found.columns), strict=True))
