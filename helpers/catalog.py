"""The AWS Glue Data Catalog in small calls: databases, tables over files in S3, partitions.

The catalog holds descriptions only: which columns, which format, which place in S3.  Athena, Glue and Spark read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers.errors import CatalogNameTaken, DatabaseNotFound, explained

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["create_database", "create_table", "delete_database", "list_partitions", "list_tables"]

HIVE = "org.apache.hadoop.hive."
TEXT = ("org.apache.hadoop.mapred.TextInputFormat", f"{HIVE}ql.io.HiveIgnoreKeyTextOutputFormat")
PARQUET, ORC, AVRO = f"{HIVE}ql.io.parquet.", f"{HIVE}ql.io.orc.Orc", f"{HIVE}ql.io.avro.AvroContainer"
MAPRED = f"{PARQUET}MapredParquet"
#: Format -> the Java classes that read it, write it, and turn its records into columns
#: (https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html).
CLASSES = {
    "parquet": (f"{MAPRED}InputFormat", f"{MAPRED}OutputFormat", f"{PARQUET}serde.ParquetHiveSerDe"),
    "orc": (f"{ORC}InputFormat", f"{ORC}OutputFormat", f"{ORC}Serde"),
    "avro": (f"{AVRO}InputFormat", f"{AVRO}OutputFormat", f"{HIVE}serde2.avro.AvroSerDe"),
    "json": (*TEXT, "org.openx.data.jsonserde.JsonSerDe"),
    "csv": (*TEXT, f"{HIVE}serde2.lazy.LazySimpleSerDe"),
}  # fmt: skip


def create_database(database: str, *, client: GlueClient | None = None) -> str:
    """Create a database, which is a folder for tables in the catalog; no data moves.

    Parameters
    ----------
    database
        Its name; the catalog keeps it in lower case.
    client
        Glue client; by default the session's.

    Returns
    -------
    The name.

    Raises
    ------
    CatalogNameTaken
        There is a database of this name.

    Examples
    --------
    >>> create_database("harbor")
    'harbor'
    """
    client = client or session.client("glue")
    with catalog_errors(database):
        client.create_database(DatabaseInput={"Name": database})
    return database.lower()


def delete_database(database: str, *, client: GlueClient | None = None) -> int:
    """Delete a database with the tables in it; the files in S3 stay where they are.

    Parameters
    ----------
    database
        Its name.
    client
        Glue client; by default the session's.

    Returns
    -------
    How many tables were deleted with it.

    Raises
    ------
    DatabaseNotFound
        There is no such database.

    Examples
    --------
    >>> delete_database(create_database("harbor"))
    0
    """
    client = client or session.client("glue")
    tables = list_tables(database, client=client)
    client.delete_database(Name=database)
    return len(tables)


def create_table(
    database: str,
    table: str,
    columns: Mapping[str, str],
    location: str,
    format: str,
    *,
    partitions: Mapping[str, str] | None = None,
    client: GlueClient | None = None,
) -> str:
    """Describe files in S3 as a table.

    Nothing is read: a wrong type is found out by the first query.  A table with partitions has no rows until they
    are registered (``MSCK REPAIR TABLE`` in Athena, or a crawler).

    Parameters
    ----------
    database
        The database.
    table
        Name of the table; the catalog keeps it in lower case.
    columns
        Name to type, for example ``{"carrier": "string", "dep_delay": "int"}``; types in Hive's words.
    location
        Where the files are, for example ``"s3://bucket/flights/"``; everything under it belongs to the table.
    format
        ``"parquet"``, ``"orc"``, ``"avro"``, ``"json"`` (one record a line) or ``"csv"`` (with a header, no quotes).
    partitions
        Columns that stand in the keys, such as ``month=06/``, name to type.
    client
        Glue client; by default the session's.

    Returns
    -------
    The table's name.

    Raises
    ------
    DatabaseNotFound, CatalogNameTaken
        There is no such database, or there is a table of this name.
    ValueError
        A format that this helper does not know.

    Examples
    --------
    >>> create_table(create_database("harbor"), "Ferries", {"name": "string"}, "s3://harbor/ferries/", "csv")
    'ferries'
    """
    client = client or session.client("glue")
    storage = {"Columns": _columns(columns), "Location": location, **_storage(format)}
    parameters = {"classification": format, "EXTERNAL": "TRUE"}
    parameters |= {"skip.header.line.count": "1"} if format == "csv" else {}
    described: Any = {"Name": table, "TableType": "EXTERNAL_TABLE", "Parameters": parameters}
    described |= {"StorageDescriptor": storage, "PartitionKeys": _columns(partitions or {})}
    with catalog_errors(database, table):
        client.create_table(DatabaseName=database, TableInput=described)
    return table.lower()


def list_tables(database: str, *, client: GlueClient | None = None) -> pd.DataFrame:
    """List the tables of a database.

    Parameters
    ----------
    database
        The database.
    client
        Glue client; by default the session's.

    Returns
    -------
    Columns ``table``, ``format``, ``columns`` (how many, those of partitions included), ``partition_keys``,
    ``location``.

    Raises
    ------
    DatabaseNotFound
        There is no such database.

    Examples
    --------
    >>> list_tables(create_database("harbor")).empty
    True
    """
    client = client or session.client("glue")
    with catalog_errors(database):
        pages = client.get_paginator("get_tables").paginate(DatabaseName=database)
        found = [_row(table) for page in pages for table in page["TableList"]]
    return pd.DataFrame(found, columns=["table", "format", "columns", "partition_keys", "location"])


def list_partitions(database: str, table: str, *, client: GlueClient | None = None) -> pd.DataFrame:
    """List the partitions of a table that are registered in the catalog.

    Parameters
    ----------
    database, table
        The table.
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
    with catalog_errors(database, table):
        keys = client.get_table(DatabaseName=database, Name=table)["Table"].get("PartitionKeys", [])
        pages = client.get_paginator("get_partitions").paginate(DatabaseName=database, TableName=table)
        found = [[*one["Values"], one["StorageDescriptor"]["Location"]] for page in pages for one in page["Partitions"]]
    return pd.DataFrame(found, columns=[*(key["Name"] for key in keys), "location"])


def catalog_errors(database: str, table: str = "") -> AbstractContextManager[None]:
    """Explain what can be wrong with a database or table, in a ``with`` block."""
    what = f"table {table!r} or database {database!r}" if table else f"database {database!r}"
    return explained(
        {
            "EntityNotFoundException": DatabaseNotFound(f"There is no {what} in the catalog of this Region."),
            "AlreadyExistsException": CatalogNameTaken(f"{table or database!r} exists in the catalog."),
        }
    )


def _storage(format: str) -> dict[str, Any]:
    if format not in CLASSES:
        raise ValueError(f"The format is one of {', '.join(CLASSES)}, not {format!r}.")
    reads, writes, records = CLASSES[format]
    serde: dict[str, Any] = {"SerializationLibrary": records}
    if format == "csv":
        serde["Parameters"] = {"field.delim": ",", "serialization.format": ","}
    return {"InputFormat": reads, "OutputFormat": writes, "SerdeInfo": serde}


def _columns(columns: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Type": type_} for name, type_ in columns.items()]


def _row(table: Any) -> list[object]:
    storage, keys = table.get("StorageDescriptor", {}), table.get("PartitionKeys", [])
    classification = table.get("Parameters", {}).get("classification", "")
    columns = len(storage.get("Columns", [])) + len(keys)
    return [table["Name"], classification, columns, ", ".join(k["Name"] for k in keys), storage.get("Location", "")]
