"""Tables, their indexes and their items, and the one place where items change.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from moto.core.base_backend import BackendDict, BaseBackend

from pocketaws import clock
from pocketaws.engines.dynamodb.errors import not_found, table_not_found
from pocketaws.engines.dynamodb.keys import Collection, KeyNames, PrimaryKey, reindex, spelled
from pocketaws.engines.dynamodb.values import Item, item_size

__all__ = ["Database", "Index", "Record", "Table", "WriteListener", "database_of", "databases", "listeners"]

WriteListener: TypeAlias = "Callable[[Table, Item | None, Item | None, dict[str, str] | None], None]"

#: Called after every write with (table, old, new, user_identity); named in ``dispatch``.
listeners: list[WriteListener] = []


@dataclass(frozen=True, slots=True)
class Record:
    """An item as stored.  Items are never changed in place: a write stores another one."""

    item: Item
    size: int


@dataclass
class Index:
    """A secondary index: local (shares the table's partitions) or global."""

    name: str
    is_global: bool
    key_schema: list[dict[str, str]]
    projection: dict[str, Any]
    collection: Collection
    table_keys: tuple[str, ...]
    throughput: dict[str, Any] | None = None
    on_demand: dict[str, int] | None = None
    warm: dict[str, int] | None = None
    status: str = "ACTIVE"

    @property
    def projects_all(self) -> bool:
        """Whether the index holds whole items."""
        return bool(self.projection.get("ProjectionType") == "ALL")

    @property
    def projected_names(self) -> set[str] | None:
        """The attributes that the index holds, None for all."""
        if self.projects_all:
            return None
        return {*self.table_keys, *self.collection.keys.all, *self.projection.get("NonKeyAttributes", ())}

    def projected(self, item: Item) -> Item:
        """Return the part of an item that the index holds."""
        names = self.projected_names
        return item if names is None else {name: value for name, value in item.items() if name in names}


@dataclass
class Table:
    """A table: its settings and its items."""

    name: str
    arn: str
    attribute_definitions: list[dict[str, str]]
    key_schema: list[dict[str, str]]
    billing_mode: str = "PROVISIONED"
    throughput: dict[str, Any] = field(default_factory=lambda: {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0})
    on_demand: dict[str, int] | None = None
    warm: dict[str, int] | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: datetime = field(default_factory=clock.now)
    status: str = "ACTIVE"
    indexes: dict[str, Index] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    deletion_protected: bool = False
    table_class: str | None = None
    encryption: dict[str, Any] | None = None
    ttl_attribute: str | None = None
    ttl_changed: datetime | None = None
    stream_specification: dict[str, Any] | None = None
    stream_label: str | None = None
    resource_policy: tuple[str, str] | None = None
    billing_changed: datetime | None = None
    restore_summary: dict[str, Any] | None = None
    records: dict[PrimaryKey, Record] = field(default_factory=dict)
    size: int = 0
    #: What the modules ``throttling``, ``ttl`` and ``recovery`` keep of the table.
    buckets: dict[Any, Any] = field(default_factory=dict)
    sweep: clock.Booking | None = None
    journal: Any = None

    def __post_init__(self) -> None:
        self.keys = KeyNames.of(self.key_schema)
        self.collection = Collection(self.keys)

    @property
    def types(self) -> dict[str, str]:
        """The declared types of key attributes."""
        return {d["AttributeName"]: d["AttributeType"] for d in self.attribute_definitions}

    @property
    def region(self) -> str:
        """The Region the table is in."""
        return self.arn.split(":")[3]

    @property
    def stream_arn(self) -> str | None:
        """The ARN of the latest stream, also after it was disabled."""
        return f"{self.arn}/stream/{self.stream_label}" if self.stream_label else None

    def index(self, name: str) -> Index | None:
        """Return an index by name."""
        return self.indexes.get(name)

    def key_of(self, item: Item) -> Item:
        """Return the primary key of an item as attributes."""
        return {name: item[name] for name in self.keys.all}

    def primary(self, key: Item) -> PrimaryKey:
        """Return the spelled primary key of an item or of a key."""
        return spelled(key, self.keys.all)

    def get(self, key: Item) -> Item | None:
        """Return the item with a primary key; callers must not change it."""
        record = self.records.get(self.primary(key))
        return record.item if record else None

    def items(self) -> Iterator[Item]:
        """Yield every item in the order of a scan."""
        for primary in self.collection.walk():
            yield self.records[primary].item

    def write(self, old: Item | None, new: Item | None, *, user_identity: dict[str, str] | None = None) -> None:
        """Store, replace (``old`` given) or remove (``new`` is None) an item: the one place where items change.

        Parameters
        ----------
        old, new
            The item before and after, with the same primary key; values in canonical spelling.
        user_identity
            Who wrote, when it was not a user: the stream record of a TTL deletion holds it.
        """
        some = new if new is not None else old
        if some is None:
            return
        primary = self.primary(some)
        for index in self.indexes.values():
            reindex(index.collection, primary, old, new)
        if old is None or new is None:
            reindex(self.collection, primary, old, new)
        if old is not None:
            self.size -= self.records.pop(primary).size if new is None else self.records[primary].size
        if new is not None:
            record = Record(new, item_size(new))
            self.records[primary] = record
            self.size += record.size
        for listener in listeners:
            listener(self, old, new, user_identity)


class Database(BaseBackend):  # type: ignore[misc]
    """DynamoDB in one account and Region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        self.tables: dict[str, Table] = {}
        #: Client request tokens of finished transactions, kept by ``transactions``.
        self.tokens: dict[str, Any] = {}
        #: What ``streams``, ``backups``, ``exports`` and ``imports`` keep, by ARN.
        self.streams: dict[str, Any] = {}
        self.backups: dict[str, Any] = {}
        self.exports: dict[str, Any] = {}
        self.imports: dict[str, Any] = {}

    def arn(self, resource: str) -> str:
        """Return the ARN of a resource, for example ``table/Orders``."""
        return f"arn:{self.partition}:dynamodb:{self.region_name}:{self.account_id}:{resource}"

    def table(self, name_or_arn: str) -> Table:
        """Return a table for the data plane, by name or ARN.

        Raises
        ------
        DynamoDBError
            ``ResourceNotFoundException`` without the table's name, as the data plane answers.
        """
        table = self.tables.get(name_or_arn.rpartition(":table/")[2])
        if table is None or table.status in ("CREATING", "DELETING"):
            raise not_found()
        return table

    def described(self, name_or_arn: str) -> Table:
        """Return a table for the control plane; the error names the table."""
        name = name_or_arn.rpartition(":table/")[2]
        if name not in self.tables:
            raise table_not_found(name)
        return self.tables[name]


databases: BackendDict[Database] = BackendDict(Database, "dynamodb")


def database_of(table: Table) -> Database:
    """Return the database of a table's account and Region."""
    database: Database = databases[table.arn.split(":")[4]][table.region]
    return database
