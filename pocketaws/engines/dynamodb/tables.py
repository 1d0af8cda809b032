"""Tables and their items: keys, indexes, and the order in which items are read.

A table and each of its indexes is a :class:`Collection`: partitions found by the hash key, entries sorted by
the range key inside them, partitions in a stable order by a hash of their key, as scans walk them.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from moto.core.base_backend import BackendDict, BaseBackend

from pocketaws import clock
from pocketaws.engines.dynamodb.errors import not_found, table_not_found
from pocketaws.engines.dynamodb.values import Item, Orderable, item_size, order

__all__ = ["Collection", "Database", "Index", "KeyNames", "PrimaryKey", "Record", "Table", "WriteListener", "databases", "listeners"]

#: The spelled values of an item's primary key: ``("user#1",)`` or ``("user#1", "2026")``.
PrimaryKey: TypeAlias = tuple[str, ...]
#: The order of an entry in its partition: the values of the range key, then the primary key.
Entry: TypeAlias = tuple[tuple[Orderable, ...], PrimaryKey]
WriteListener: TypeAlias = "Callable[[Table, Item | None, Item | None, dict[str, str] | None], None]"

#: Called after every write with (table, old, new, user_identity); named in ``dispatch``.
listeners: list[WriteListener] = []


@dataclass(frozen=True, slots=True)
class KeyNames:
    """The attributes of a key: one or more (only indexes have more) of each kind."""

    hash: tuple[str, ...]
    range: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every attribute of the key, hash first."""
        return self.hash + self.range

    @classmethod
    def of(cls, schema: list[dict[str, str]]) -> KeyNames:
        """Read a ``KeySchema``."""
        names = {t: tuple(e["AttributeName"] for e in schema if e["KeyType"] == t) for t in ("HASH", "RANGE")}
        return cls(names["HASH"], names["RANGE"])


@dataclass(frozen=True, slots=True)
class Record:
    """An item as stored.  Items are never changed in place: a write stores another one."""

    item: Item
    size: int


def spelled(item: Item, names: tuple[str, ...]) -> PrimaryKey:
    """Return the spelled values of key attributes."""
    return tuple(next(iter(item[name].values())) for name in names)


class Collection:
    """Keys of items, in partitions sorted by range key."""

    def __init__(self, keys: KeyNames) -> None:
        self.keys = keys
        self.partitions: dict[PrimaryKey, list[Entry]] = {}
        self._ring: list[tuple[int, PrimaryKey]] = []

    def holds(self, item: Item) -> bool:
        """Whether an item has every attribute of this key (an index is sparse)."""
        return all(name in item for name in self.keys.all)

    def entry(self, item: Item, primary: PrimaryKey) -> Entry:
        """Return where an item stands in its partition."""
        return tuple(order(item[name]) for name in self.keys.range), primary

    def add(self, item: Item, primary: PrimaryKey) -> None:
        """Enter an item."""
        partition = spelled(item, self.keys.hash)
        entries = self.partitions.get(partition)
        if entries is None:
            self.partitions[partition] = [self.entry(item, primary)]
            insort(self._ring, (ring_position(partition), partition))
        else:
            insort(entries, self.entry(item, primary))

    def remove(self, item: Item, primary: PrimaryKey) -> None:
        """Take an item out."""
        partition = spelled(item, self.keys.hash)
        entries = self.partitions[partition]
        del entries[bisect_left(entries, self.entry(item, primary))]
        if not entries:
            del self.partitions[partition]
            position = (ring_position(partition), partition)
            del self._ring[bisect_left(self._ring, position)]

    def walk(self, segment: int = 0, total: int = 1, after: tuple[PrimaryKey, Entry] | None = None) -> Iterator[PrimaryKey]:
        """Yield primary keys in the order of a scan, those of one segment, after a place."""
        low, high = -(-segment * _RING // total), -(-(segment + 1) * _RING // total)
        start = bisect_left(self._ring, (low, ()))
        if after is not None:
            partition, place = after
            here = (ring_position(partition), partition)
            start = max(start, bisect_left(self._ring, here))
            if start < len(self._ring) and self._ring[start] == here:
                entries = self.partitions[partition]
                first = bisect_left(entries, place)
                first += first < len(entries) and entries[first] == place
                yield from [primary for _, primary in entries[first:]]
                start += 1
        for position, partition in self._ring[start:]:
            if position >= high:
                return
            for _, primary in self.partitions[partition]:
                yield primary


_RING = 1 << 64


def ring_position(partition: PrimaryKey) -> int:
    """Return where a partition key falls among 2^64 places: the order of scans and the bounds of segments."""
    digest = hashlib.blake2b("\0".join(partition).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "big")


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
    stream_specification: dict[str, Any] | None = None
    stream_label: str | None = None
    resource_policy: tuple[str, str] | None = None
    billing_changed: datetime | None = None
    restore_summary: dict[str, Any] | None = None
    records: dict[PrimaryKey, Record] = field(default_factory=dict)
    size: int = 0

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


def reindex(collection: Collection, primary: PrimaryKey, old: Item | None, new: Item | None) -> None:
    """Move an item's entry of a collection from where it was to where it belongs."""
    was, is_ = old is not None and collection.holds(old), new is not None and collection.holds(new)
    if was and is_ and all(old[name] == new[name] for name in collection.keys.all):  # type: ignore[index]
        return
    if was and old is not None:
        collection.remove(old, primary)
    if is_ and new is not None:
        collection.add(new, primary)


class Database(BaseBackend):
    """DynamoDB in one account and Region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lock = threading.RLock()
        self.tables: dict[str, Table] = {}
        #: Client request tokens of finished transactions, kept by ``transactions``.
        self.tokens: dict[str, Any] = {}

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
