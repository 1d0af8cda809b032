"""Partitions of a table: listed, chosen by the catalog itself, and registered many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers.catalog._errors import catalog_errors
from helpers.errors import PartitionsNotCreated

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["create_partitions", "list_partitions"]

#: Partitions that one request may create.
BATCH = 100


def create_partitions(
    database: str,
    table: str,
    values: Iterable[str | Sequence[str]],
    *,
    location: str | None = None,
    client: GlueClient | None = None,
) -> int:
    """Register partitions, a hundred a request; S3 is not asked whether anything is there.

    Parameters
    ----------
    database, table
        The table.
    values
        For each partition its values in the order of the keys, for example ``[("2013", "06")]``; a table with one key
        may name the values alone, ``["2013-06-01"]``.
    location
        Where a partition lies, with the keys in braces, for example ``"s3://bucket/old/{day}/"``; by default
        ``day=2013-06-01/`` under the table's place.
    client
        Glue client; by default the session's.

    Returns
    -------
    How many are new; those that exist already stay as they are and are not counted.

    Raises
    ------
    DatabaseNotFound
        There is no such database or table.
    PartitionsNotCreated
        AWS answered "success" and listed partitions that failed; ``failed`` holds their values.

    Examples
    --------
    >>> keys = {"day": "string"}
    >>> _ = create_table(create_database("harbor"), "trips", {"id": "int"}, "s3://harbor/", "csv", partitions=keys)
    >>> create_partitions("harbor", "trips", ["2013-06-01", "2013-06-02"])
    2
    >>> list_partitions("harbor", "trips")["location"].tolist()
    ['s3://harbor/day=2013-06-01/', 's3://harbor/day=2013-06-02/']
    """
    client = client or session.client("glue")
    with catalog_errors(database, table):
        found = client.get_table(DatabaseName=database, Name=table)["Table"]
        wanted = [_partition(found, [one] if isinstance(one, str) else list(one), location) for one in values]
        failed: list[Any] = []
        for start in range(0, len(wanted), BATCH):
            batch: Any = wanted[start : start + BATCH]
            answer = client.batch_create_partition(DatabaseName=database, TableName=table, PartitionInputList=batch)
            failed += answer.get("Errors", [])
    return len(wanted) - _existed(failed)


def list_partitions(database: str, table: str, where: str = "", *, client: GlueClient | None = None) -> pd.DataFrame:
    """List the partitions of a table that are registered in the catalog.

    Parameters
    ----------
    database, table
        The table.
    where
        A condition on the keys in SQL, for example ``"day >= '2013-06-05'"``: the catalog sends only what meets it.
    client
        Glue client; by default the session's.

    Returns
    -------
    One column for each partition key, as text, and ``location``.

    Raises
    ------
    DatabaseNotFound
        There is no such database or table.

    Examples
    --------
    >>> keys = {"month": "int"}
    >>> _ = create_table(create_database("harbor"), "trips", {"id": "int"}, "s3://harbor/", "csv", partitions=keys)
    >>> list_partitions("harbor", "trips").columns.tolist()
    ['month', 'location']
    """
    client = client or session.client("glue")
    condition: Any = {"Expression": where} if where else {}
    with catalog_errors(database, table):
        keys = client.get_table(DatabaseName=database, Name=table)["Table"].get("PartitionKeys", [])
        pages = client.get_paginator("get_partitions").paginate(DatabaseName=database, TableName=table, **condition)
        found = [[*one["Values"], one["StorageDescriptor"]["Location"]] for page in pages for one in page["Partitions"]]
    return pd.DataFrame(found, columns=[*(key["Name"] for key in keys), "location"])


def _partition(table: Any, values: Sequence[str], location: str | None) -> dict[str, Any]:
    """Describe a partition as its table is described, but at its own place."""
    keys = [key["Name"] for key in table.get("PartitionKeys", [])]
    named = dict(zip(keys, map(str, values), strict=False))
    if len(values) != len(keys):
        raise ValueError(f"The table {table['Name']!r} has the keys {keys}; {list(values)} does not fit them.")
    usual = "/".join([table["StorageDescriptor"]["Location"].rstrip("/"), *(f"{k}={v}" for k, v in named.items()), ""])
    place = location.format(**named) if location else usual
    return {"Values": list(named.values()), "StorageDescriptor": {**table["StorageDescriptor"], "Location": place}}


def _existed(errors: Sequence[Any]) -> int:
    """Count the partitions that were there already; any other error is raised."""
    others = [each for each in errors if each["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException"]
    if others:
        reason = others[0]["ErrorDetail"].get("ErrorMessage", "no reason given")
        raise PartitionsNotCreated(
            f"{len(others)} partitions were not created ({reason}).", [each["PartitionValues"] for each in others]
        )
    return len(errors)
