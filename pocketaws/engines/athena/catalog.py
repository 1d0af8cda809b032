"""Databases, tables and partitions, read from and written to Glue's catalog of the same account and Region."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.glue.models import glue_backends

from pocketaws.engines.athena.errors import DDL, QueryFailed
from pocketaws.engines.athena.rights import UNLIMITED, Rights

__all__ = ["Catalog", "Column", "Partition", "Storage", "Table"]


@dataclass(frozen=True)
class Column:
    """A column: its name, Hive's name of its type, its comment."""

    name: str
    type: str
    comment: str = ""


@dataclass(frozen=True)
class Storage:
    """Where data lies and how it is written."""

    location: str
    input_format: str
    serde: str
    serde_parameters: dict[str, str]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Partition:
    """A partition: its values as text, in the order of the keys, and its storage."""

    values: tuple[str, ...]
    storage: Storage


@dataclass(frozen=True)
class Table:
    """A table or view as the catalog has it."""

    database: str
    name: str
    storage: Storage
    keys: tuple[Column, ...]
    parameters: dict[str, str]
    entry: dict[str, Any] = field(compare=False)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are not partition keys."""
        return self.storage.columns

    @property
    def is_view(self) -> bool:
        """Whether it is a view."""
        return bool(self.entry.get("TableType") == "VIRTUAL_VIEW")

    def view_sql(self) -> tuple[str, str]:
        """Return a view's statement and the database that its names mean."""
        text = str(self.entry.get("ViewOriginalText") or "")
        if not text.startswith("/* Presto View:"):
            raise QueryFailed(f"INVALID_VIEW: View '{self.database}.{self.name}' is not an Athena view")
        view = json.loads(base64.b64decode(text.removeprefix("/* Presto View:").removesuffix("*/").strip()))
        return str(view["originalSql"]), str(view.get("schema") or self.database)


class Catalog:
    """Glue's catalog of one account in one Region, as far as somebody's rights go."""

    def __init__(self, account_id: str, region: str, rights: Rights = UNLIMITED) -> None:
        self._glue = glue_backends[account_id][region]
        self._rights, self._prefix = rights, f"arn:aws:glue:{region}:{account_id}:"

    def _may(self, action: str, database: str = "*", table: str | None = None) -> None:
        """Refuse an action that the rights do not hold on the catalog, the database and the table."""
        touched = ["catalog", f"database/{database}", *([f"table/{database}/{table}"] if table else [])]
        self._rights.require_in_catalog(f"glue:{action}", *(self._prefix + each for each in touched))

    def database(self, name: str) -> dict[str, Any] | None:
        """Return a database, None where there is none."""
        self._may("GetDatabase", name)
        return self._databases().get(name)

    def databases(self) -> dict[str, dict[str, Any]]:
        """Return the databases by name; ``default`` is always there, as in Athena."""
        self._may("GetDatabases")
        return self._databases()

    def _databases(self) -> dict[str, dict[str, Any]]:
        found = {each.name.lower(): each.as_dict() for each in self._glue.get_databases()}
        return dict(sorted({"default": {"Name": "default", "Description": "Default Hive database"}, **found}.items()))

    def create_database(self, name: str, description: str, location: str, parameters: dict[str, str]) -> None:
        """Make a database."""
        self._may("CreateDatabase", name)
        wish = {"Name": name, "Description": description, "LocationUri": location, "Parameters": parameters}
        with _failing():
            self._glue.create_database(name, {key: value for key, value in wish.items() if value})

    def drop_database(self, name: str) -> None:
        """Delete a database and its tables."""
        self._may("DeleteDatabase", name)
        with _failing():
            self._glue.delete_database(name)

    def tables(self, database: str) -> list[Table]:
        """Return the tables and views of a database, by name."""
        self._may("GetTables", database, "*")
        return self._tables(database)

    def _tables(self, database: str) -> list[Table]:
        if database not in {each.name.lower() for each in self._glue.get_databases()}:
            return []
        found = [_table(each.as_dict()) for each in self._glue.get_tables(database, "")]
        return sorted(found, key=lambda table: table.name)

    def find(self, database: str, name: str) -> Table | None:
        """Return a table or view, None where there is none."""
        self._may("GetTable", database, name)
        try:
            return _table(self._glue.get_table(database, name).as_dict())
        except JsonRESTError:
            return None

    def get(self, database: str, name: str) -> Table:
        """Return a table or view of a DDL statement."""
        found = self.find(database, name)
        if found is None:
            raise QueryFailed(f"FAILED: SemanticException [Error 10001]: Table not found {database}.{name}", DDL)
        return found

    def create_table(self, database: str, entry: dict[str, Any]) -> None:
        """Make a table or view from Glue's ``TableInput``."""
        self._may("CreateTable", database, entry["Name"])
        if database == "default" and not self._tables("default"):
            with _failing(quietly=True):
                self._glue.create_database("default", {"Name": "default", "Description": "Default Hive database"})
        with _failing():
            self._glue.create_table(database, entry["Name"], entry)

    def update_table(self, table: Table, **changes: Any) -> None:
        """Change members of a table's entry."""
        self._may("UpdateTable", table.database, table.name)
        kept = (
            "Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "ViewOriginalText",
            "ViewExpandedText", "TableType", "Parameters",
        )  # fmt: skip
        entry = {name: table.entry[name] for name in kept if name in table.entry} | changes
        with _failing():
            self._glue.update_table(table.database, table.name, entry)

    def drop_table(self, table: Table) -> None:
        """Delete a table or view; its objects stay."""
        self._may("DeleteTable", table.database, table.name)
        with _failing():
            self._glue.delete_table(table.database, table.name)

    def partitions(self, table: Table) -> list[Partition]:
        """Return the registered partitions, in the order of their values."""
        self._may("GetPartitions", table.database, table.name)
        found = self._glue.get_table(table.database, table.name).partitions.values()
        made = [
            Partition(tuple(map(str, each.values)), _storage(each.as_dict().get("StorageDescriptor"), table.storage))
            for each in list(found)
        ]
        return sorted(made, key=lambda partition: partition.values)

    def add_partition(self, table: Table, values: tuple[str, ...], location: str) -> None:
        """Register a partition that lies at a location."""
        self._may("BatchCreatePartition", table.database, table.name)
        descriptor = {**table.entry["StorageDescriptor"], "Location": location}
        with _failing():
            self._glue.create_partition(
                table.database, table.name, {"Values": list(values), "StorageDescriptor": descriptor, "Parameters": {}}
            )

    def move_partition(self, table: Table, values: tuple[str, ...], location: str) -> None:
        """Say that a partition lies elsewhere."""
        self._may("UpdatePartition", table.database, table.name)
        with _failing():
            before = self._glue.get_partition(table.database, table.name, list(values)).as_dict()
            entry = {**before, "StorageDescriptor": {**(before.get("StorageDescriptor") or {}), "Location": location}}
            self._glue.update_partition(table.database, table.name, entry, list(values))

    def drop_partition(self, table: Table, values: tuple[str, ...]) -> None:
        """Unregister a partition."""
        self._may("DeletePartition", table.database, table.name)
        with _failing():
            self._glue.delete_partition(table.database, table.name, list(values))


@contextmanager
def _failing(quietly: bool = False) -> Iterator[None]:
    """Let what Glue refuses fail the query."""
    try:
        yield
    except JsonRESTError as refusal:
        if not quietly:
            words = str(refusal.message)
            reason = f"FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. {words}"
            raise QueryFailed(reason, DDL) from None


def _columns(entries: list[dict[str, Any]] | None) -> tuple[Column, ...]:
    return tuple(
        Column(str(each["Name"]).lower(), str(each.get("Type") or "string"), each.get("Comment") or "")
        for each in entries or ()
    )


def _storage(entry: dict[str, Any] | None, default: Storage | None = None) -> Storage:
    entry = entry or {}
    serde = entry.get("SerdeInfo") or {}
    columns = _columns(entry.get("Columns"))
    return Storage(
        location=entry.get("Location") or "",
        input_format=entry.get("InputFormat") or (default.input_format if default else ""),
        serde=serde.get("SerializationLibrary") or (default.serde if default else ""),
        serde_parameters=serde.get("Parameters") or (default.serde_parameters if default else {}),
        columns=columns or (default.columns if default else ()),
    )


def _table(entry: dict[str, Any]) -> Table:
    return Table(
        database=str(entry["DatabaseName"]).lower(),
        name=str(entry["Name"]).lower(),
        storage=_storage(entry.get("StorageDescriptor")),
        keys=_columns(entry.get("PartitionKeys")),
        parameters=entry.get("Parameters") or {},
        entry=entry,
    )
