"""Tables of the catalog: described, listed, found by a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers.catalog._errors import catalog_errors

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["create_table", "list_tables", "search_tables"]

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


def search_tables(text: str, *, client: GlueClient | None = None) -> pd.DataFrame:
    """Find tables, in all databases, that mention a text: in a name, a description, a column, a comment, a property.

    Parameters
    ----------
    text
        A word or a part of one.
    client
        Glue client; by default the session's.

    Returns
    -------
    Columns ``database``, ``table``, ``format``, ``location``, sorted; nothing found gives no rows.

    Examples
    --------
    >>> _ = create_table(create_database("harbor"), "trips", {"ferry": "string"}, "s3://harbor/", "csv")
    >>> search_tables("ferry")["table"].tolist()
    ['trips']
    """
    client = client or session.client("glue")
    found: list[Any] = []
    more: Any = {}
    while page := client.search_tables(SearchText=text, **more):  # boto3 has no paginator for it
        found += page["TableList"]
        if not page.get("NextToken"):
            break
        more = {"NextToken": page["NextToken"]}
    rows = sorted([table["DatabaseName"], *(_row(table)[place] for place in (0, 1, 4))] for table in found)
    return pd.DataFrame(rows, columns=["database", "table", "format", "location"])


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
