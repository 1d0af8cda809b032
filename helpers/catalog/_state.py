"""What the catalog says and what really lies in S3, side by side, at one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers.catalog._errors import catalog_errors

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["Folder", "State", "TableState", "describe"]

#: Codes with which S3 says that a place cannot be looked at; then no file is counted there.
UNSEEN = ("NoSuchBucket", "AccessDenied", "AllAccessDisabled")
#: Class that reads a table -> the format.
SERDES = {
    "ParquetHiveSerDe": "parquet",
    "OrcSerde": "orc",
    "AvroSerDe": "avro",
    "JsonSerDe": "json",
    "LazySimpleSerDe": "csv",
    "OpenCSVSerde": "csv",
}


@dataclass(frozen=True)
class Folder:
    """A partition, or a place under a table that holds files.

    Parameters
    ----------
    label
        What tells it apart, for example ``day=2013-06-01``.
    files
        How many files lie there; Athena ignores names that begin with ``_`` or ``.``, and so does this.
    is_known
        Whether a query of the table finds it.
    """

    label: str
    files: int
    is_known: bool


@dataclass(frozen=True)
class TableState:
    """A table: what the catalog says, and what lies at its place.

    Parameters
    ----------
    name, format, version, location
        As in the catalog; a view has no location.
    columns
        Name to type, without the keys of partitions.
    keys
        Partition keys, name to type.
    folders
        Partitions, and folders with files that no partition knows, sorted by label.
    is_projected
        Whether its partitions are computed from its properties.
    """

    name: str
    format: str
    version: str
    location: str
    columns: Mapping[str, str]
    keys: Mapping[str, str]
    folders: tuple[Folder, ...] = ()
    is_projected: bool = False


@dataclass(frozen=True)
class State:
    """What some databases held at one moment.

    Parameters
    ----------
    databases
        Their names.
    tables
        ``(database, table)`` to the table.
    """

    databases: tuple[str, ...]
    tables: Mapping[tuple[str, str], TableState] = field(default_factory=dict)

    def __repr__(self) -> str:
        folders = [folder for table in self.tables.values() for folder in table.folders]
        unknown = sum(not folder.is_known for folder in folders)
        return f"{len(self.tables)} tables, {len(folders) - unknown} partitions known, {unknown} not"


def describe(*databases: str, client: GlueClient | None = None) -> State:
    """Note what the catalog says about databases and what lies in S3, for a later comparison.

    Calls GetTables, GetPartitions and ListObjectsV2.

    Parameters
    ----------
    databases
        Their names.
    client
        Glue client; by default the session's.

    Raises
    ------
    DatabaseNotFound
        There is no such database.

    Examples
    --------
    >>> _ = create_table(create_database("harbor"), "trips", {"id": "int"}, "s3://harbor/", "csv")
    >>> describe("harbor")
    1 tables, 0 partitions known, 0 not
    """
    client = client or session.client("glue")
    tables: dict[tuple[str, str], TableState] = {}
    for database in databases:
        with catalog_errors(database):
            pages = client.get_paginator("get_tables").paginate(DatabaseName=database)
            found = sorted((table for page in pages for table in page["TableList"]), key=lambda each: each["Name"])
        tables |= {(database, table["Name"]): _table(client, database, table) for table in found}
    return State(databases, tables)


def _table(client: GlueClient, database: str, table: Any) -> TableState:
    storage, parameters = table.get("StorageDescriptor", {}), table.get("Parameters", {})
    keys = {key["Name"]: key.get("Type", "") for key in table.get("PartitionKeys", [])}
    location = storage.get("Location", "")
    is_projected = parameters.get("projection.enabled", "").lower() == "true"
    files = _files(location)
    if keys and not is_projected:
        folders = _folders(files, _partitions(client, database, table["Name"], list(keys)), location)
    else:
        folders = [Folder(label, count, is_known=True) for label, count in sorted(files.items())]
    columns = {column["Name"]: column.get("Type", "") for column in storage.get("Columns", [])}
    format = parameters.get("classification") or _serde(storage)
    version = table.get("VersionId", "")
    return TableState(table["Name"], format, version, location, columns, keys, tuple(folders), is_projected)


def _partitions(client: GlueClient, database: str, table: str, keys: list[str]) -> dict[str, str]:
    """Return what each partition is called, ``day=2013-06-01``, by the place where it lies."""
    named: Any = {"DatabaseName": database, "TableName": table, "ExcludeColumnSchema": True}
    pages = client.get_paginator("get_partitions").paginate(**named)
    found = {}
    for one in (partition for page in pages for partition in page["Partitions"]):
        label = "/".join(f"{key}={value}" for key, value in zip(keys, one["Values"], strict=True))
        found[_closed(one["StorageDescriptor"]["Location"])] = label
    return found


def _folders(files: Counter[str], partitions: dict[str, str], location: str) -> list[Folder]:
    """Put partitions and files together: which files each partition holds, which no partition does."""
    here = _closed(location)
    known = Counter(dict.fromkeys(partitions.values(), 0))
    strays: Counter[str] = Counter()
    for folder, count in files.items():
        parts = folder.split("/")
        places = [_closed(here + "/".join(parts[:depth])) for depth in range(len(parts), 0, -1)]
        label = next((partitions[place] for place in places if place in partitions), None)
        (strays if label is None else known)[label or folder] += count
    for place, label in partitions.items():
        if not place.startswith(here):
            known[label] += sum(_files(place).values())
    found = [Folder(label, count, is_known=True) for label, count in known.items()]
    return sorted(found + [Folder(name, n, is_known=False) for name, n in strays.items()], key=lambda each: each.label)


def _closed(place: str) -> str:
    return place.rstrip("/") + "/"


def _files(location: str) -> Counter[str]:
    """Count the files under a place, folder by folder."""
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    prefix = prefix.rstrip("/") + "/" if prefix else ""
    s3 = session.client("s3")
    counted: Counter[str] = Counter()
    if not location.startswith("s3://"):
        return counted
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            keys = [each["Key"].removeprefix(prefix) for each in page.get("Contents", [])]
            counted.update(key.rpartition("/")[0] for key in keys if key.rpartition("/")[2][:1] not in ("", "_", "."))
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in UNSEEN:
            raise
    return counted


def _serde(storage: Any) -> str:
    """Name the format by the class that reads it, where nobody wrote it down."""
    library = storage.get("SerdeInfo", {}).get("SerializationLibrary", "").rpartition(".")[2]
    return SERDES.get(library, library or "view")
