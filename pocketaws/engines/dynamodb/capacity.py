"""Capacity units: what reads and writes consume, and how an answer reports it.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html (writes to indexes)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pocketaws.engines.dynamodb.keys import PrimaryKey, spelled
from pocketaws.engines.dynamodb.tables import Index, Table
from pocketaws.engines.dynamodb.throttling import charge
from pocketaws.engines.dynamodb.values import Item, item_size

__all__ = ["Meter", "read_units", "write_units"]

READ_UNIT = 4096
WRITE_UNIT = 1024


def read_units(size: int, *, consistent: bool = False) -> float:
    """Return the units of reading that many bytes at once.

    Parameters
    ----------
    size
        Bytes; what is not there still costs one block.
    consistent
        Whether the read is strongly consistent; eventually consistent ones cost half.

    Examples
    --------
    >>> read_units(9_000), read_units(9_000, consistent=True), read_units(0)
    (1.5, 3.0, 0.5)
    """
    blocks = max(1, -(-size // READ_UNIT))
    return float(blocks) if consistent else blocks / 2


def write_units(size: int) -> float:
    """Return the units of writing an item of that many bytes.

    Examples
    --------
    >>> write_units(0), write_units(1_025)
    (1.0, 2.0)
    """
    return float(max(1, -(-size // WRITE_UNIT)))


@dataclass
class _Units:
    read: float = 0.0
    write: float = 0.0

    @property
    def total(self) -> float:
        return self.read + self.write


@dataclass
class Meter:
    """Counts what one request consumes of one table and its indexes.

    Parameters
    ----------
    table
        The table.
    transactional
        Transactions consume twice the units and report reads and writes apart.
    """

    table: Table
    transactional: bool = False
    used: dict[str | None, _Units] = field(default_factory=dict)

    def read(self, units: float, partition: PrimaryKey, index: Index | None = None) -> None:
        """Count a read of the table or of an index."""
        units *= 2 if self.transactional else 1
        self._of(index).read += units
        charge(self.table, index.name if index else None, partition, units, 0.0)

    def write(self, units: float, partition: PrimaryKey, index: Index | None = None) -> None:
        """Count a write to the table or to an index."""
        units *= 2 if self.transactional else 1
        self._of(index).write += units
        charge(self.table, index.name if index else None, partition, 0.0, units)

    def write_item(self, old: Item | None, new: Item | None) -> None:
        """Count the write of an item with its writes to indexes: none, one or two an index."""
        some = new if new is not None else old
        if some is None:
            return
        sizes = [item_size(item) for item in (old, new) if item is not None]
        self.write(write_units(max(sizes)), spelled(some, self.table.keys.hash))
        for index in self.table.indexes.values():
            for units, partition in index_writes(index, old, new):
                self.write(units, partition, index)

    def failed_condition(self, old: Item | None, key: Item) -> None:
        """Count a write that its condition stopped: it costs what the item that is there costs."""
        self.write(write_units(item_size(old) if old else 0), spelled(key, self.table.keys.hash))

    def answer(self, mode: str | None) -> dict[str, Any] | None:
        """Return the ``ConsumedCapacity`` that a request asked for, None for ``NONE``."""
        if mode not in ("TOTAL", "INDEXES"):
            return None
        total = _Units(sum(u.read for u in self.used.values()), sum(u.write for u in self.used.values()))
        report: dict[str, Any] = {"TableName": self.table.name, **self._shown(total)}
        if mode == "INDEXES":
            report["Table"] = self._shown(self.used.get(None, _Units()))
            for member, is_global in (("LocalSecondaryIndexes", False), ("GlobalSecondaryIndexes", True)):
                part = {
                    name: self._shown(units)
                    for name, units in self.used.items()
                    if name is not None and self.table.indexes[name].is_global == is_global
                }
                if part:
                    report[member] = part
        return report

    def _of(self, index: Index | None) -> _Units:
        return self.used.setdefault(index.name if index else None, _Units())

    def _shown(self, units: _Units) -> dict[str, float]:
        shown = {"CapacityUnits": units.total}
        if self.transactional and units.read:
            shown["ReadCapacityUnits"] = units.read
        if self.transactional and units.write:
            shown["WriteCapacityUnits"] = units.write
        return shown


def index_writes(index: Index, old: Item | None, new: Item | None) -> list[tuple[float, PrimaryKey]]:
    """Return the writes that a change of an item causes in an index: (units, partition) each."""
    before = index.projected(old) if old is not None and index.collection.holds(old) else None
    after = index.projected(new) if new is not None and index.collection.holds(new) else None
    if before == after:
        return []
    names = index.collection.keys
    if before is not None and after is not None and all(before[name] == after[name] for name in names.all):
        return [(write_units(max(item_size(before), item_size(after))), spelled(after, names.hash))]
    return [(write_units(item_size(entry)), spelled(entry, names.hash)) for entry in (before, after) if entry]
