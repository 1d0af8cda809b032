"""Keys in order: partitions found by the hash key, entries sorted by the range key inside them.

A table and each of its indexes is a :class:`Collection`.  Scans walk its partitions in a stable order, by a hash
of their key, which also bounds the segments of a parallel scan.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.Partitions.html
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pocketaws.engines.dynamodb.values import Item, Orderable, order

__all__ = ["Collection", "Entry", "KeyNames", "PrimaryKey", "reindex", "spelled"]

#: The spelled values of an item's primary key: ``("user#1",)`` or ``("user#1", "2026")``.
PrimaryKey: TypeAlias = tuple[str, ...]
#: The order of an entry in its partition: the values of the range key, then the primary key.
Entry: TypeAlias = tuple[tuple[Orderable, ...], PrimaryKey]


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

    def walk(
        self, segment: int = 0, total: int = 1, after: tuple[PrimaryKey, Entry] | None = None
    ) -> Iterator[PrimaryKey]:
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


def reindex(collection: Collection, primary: PrimaryKey, old: Item | None, new: Item | None) -> None:
    """Move an item's entry of a collection from where it was to where it belongs."""
    was, is_ = old is not None and collection.holds(old), new is not None and collection.holds(new)
    if was and is_ and _same_key(collection.keys, old, new):
        return
    if was and old is not None:
        collection.remove(old, primary)
    if is_ and new is not None:
        collection.add(new, primary)


def _same_key(keys: KeyNames, old: Item | None, new: Item | None) -> bool:
    return old is not None and new is not None and all(old[name] == new[name] for name in keys.all)
