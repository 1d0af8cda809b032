"""The columns of a table, now and in its earlier versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers.catalog._errors import catalog_errors
from helpers.errors import TableChanged, explained

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["list_columns", "list_versions", "update_columns"]


def list_columns(
    database: str, table: str, version: str | None = None, *, client: GlueClient | None = None
) -> pd.DataFrame:
    """List the columns of a table, those of its partition keys last.

    Parameters
    ----------
    database, table
        The table.
    version
        An earlier version, for example ``"0"``; by default the current one.
    client
        Glue client; by default the session's.

    Returns
    -------
    Columns ``column``, ``type``, ``is_key``.

    Raises
    ------
    DatabaseNotFound
        There is no such database, table or version.

    Examples
    --------
    >>> _ = create_table(create_database("harbor"), "trips", {"id": "int"}, "s3://harbor/", "csv")
    >>> list_columns("harbor", "trips")
      column type  is_key
    0     id  int   False
    """
    client = client or session.client("glue")
    with catalog_errors(database, table):
        if version is None:
            found: Any = client.get_table(DatabaseName=database, Name=table)["Table"]
        else:
            asked: Any = {"DatabaseName": database, "TableName": table, "VersionId": version}
            found = client.get_table_version(**asked)["TableVersion"]["Table"]
    rows = [
        (each["Name"], each.get("Type", ""), False) for each in found.get("StorageDescriptor", {}).get("Columns", [])
    ]
    rows += [(each["Name"], each.get("Type", ""), True) for each in found.get("PartitionKeys", [])]
    return pd.DataFrame(rows, columns=["column", "type", "is_key"])


def list_versions(database: str, table: str, *, client: GlueClient | None = None) -> pd.DataFrame:
    """List the versions of a table that the catalog keeps, the oldest first.

    Parameters
    ----------
    database, table
        The table.
    client
        Glue client; by default the session's.

    Returns
    -------
    Columns ``version`` and ``columns``, the latter as a text, ``carrier string, dep_delay int``.

    Raises
    ------
    DatabaseNotFound
        There is no such database or table.

    Examples
    --------
    >>> _ = create_table(create_database("harbor"), "trips", {"id": "int"}, "s3://harbor/", "csv")
    >>> list_versions("harbor", "trips")
      version columns
    0       0  id int
    """
    client = client or session.client("glue")
    with catalog_errors(database, table):
        pages = client.get_paginator("get_table_versions").paginate(DatabaseName=database, TableName=table)
        found = [version for page in pages for version in page["TableVersions"]]
    rows = [(each["VersionId"], _columns(each["Table"])) for each in sorted(found, key=lambda v: int(v["VersionId"]))]
    return pd.DataFrame(rows, columns=["version", "columns"])


def update_columns(
    database: str,
    table: str,
    columns: Mapping[str, str],
    *,
    version: str | None = None,
    client: GlueClient | None = None,
) -> str:
    """Replace the columns of a table; everything else stays, and so do the files.

    Parameters
    ----------
    database, table
        The table.
    columns
        All columns but the partition keys, name to type, as they shall be.
    version
        The version that you read before you decided; if the table has changed since, nothing is written.  By default
        the one that this call reads, which protects against a writer in the same moment only.
    client
        Glue client; by default the session's.

    Returns
    -------
    The table's new version.

    Raises
    ------
    DatabaseNotFound
        There is no such database or table.
    TableChanged
        Somebody else changed the table since that version.

    Examples
    --------
    >>> _ = create_table(create_database("harbor"), "trips", {"id": "int"}, "s3://harbor/", "csv")
    >>> update_columns("harbor", "trips", {"id": "bigint"}, version="0")
    '1'
    """
    client = client or session.client("glue")
    changed = TableChanged(f"{table!r} was changed by somebody else since version {version}; read it again.")
    with catalog_errors(database, table), explained({"ConcurrentModificationException": changed}):
        now: Any = client.get_table(DatabaseName=database, Name=table)["Table"]
        model: Any = client.meta.service_model.shape_for("TableInput")  # GetTable answers more than may be sent
        wanted: Any = {name: value for name, value in now.items() if name in model.members}
        described = [{"Name": name, "Type": type_} for name, type_ in columns.items()]
        wanted["StorageDescriptor"] = {**now["StorageDescriptor"], "Columns": described}
        client.update_table(DatabaseName=database, TableInput=wanted, VersionId=version or now["VersionId"])
        return client.get_table(DatabaseName=database, Name=table)["Table"]["VersionId"]


def _columns(table: Any) -> str:
    return ", ".join(f"{each['Name']} {each['Type']}" for each in table["StorageDescriptor"]["Columns"])
