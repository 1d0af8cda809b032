"""Many items of one table or index: Query and Scan, page by page.

A page ends after ``Limit`` items or with the item that completes 1 MB, both counted before the filter.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pocketaws.engines.dynamodb.capacity import Meter, read_units
from pocketaws.engines.dynamodb.errors import validation, with_new_checks
from pocketaws.engines.dynamodb.expressions import KeyCondition, project
from pocketaws.engines.dynamodb.expressions.key_condition import resolve
from pocketaws.engines.dynamodb.items import with_capacity
from pocketaws.engines.dynamodb.keys import Entry, PrimaryKey
from pocketaws.engines.dynamodb.parameters import check_key_terms
from pocketaws.engines.dynamodb.reading import (
    Reading,
    Source,
    check_filter,
    read,
    read_segment,
    read_source,
)
from pocketaws.engines.dynamodb.tables import Database
from pocketaws.engines.dynamodb.values import Item, item_size, order

__all__ = ["Page", "query", "read_page", "scan", "select_entries"]

PAGE_SIZE = 1024 * 1024


@dataclass
class Page:
    """What one request reads."""

    items: list[Item] = field(default_factory=list)
    scanned: int = 0
    size: int = 0
    fetched: float = 0.0
    last_key: Item | None = None


def query(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``Query``."""
    # The legacy KeyConditions may stand with expressions that are not the key's.
    legacy_keys = ("KeyConditions",) if request.get("KeyConditionExpression") is not None else ()
    expressions = ("FilterExpression", "KeyConditionExpression")
    reading = with_new_checks(read, request, "QueryFilter", expressions, legacy_keys)
    source = read_source(database, request, reading)
    condition = resolve(reading.terms, source.keys, source.table.types)
    check_key_terms(source.table, source.index, reading.terms)
    check_filter(request, reading, source)
    ascending = request.get("ScanIndexForward", True)
    partition = tuple(next(iter(value.values())) for value in condition.partition)
    entries = select_entries(source, condition, reading.start, ascending=ascending)
    return _answer(request, reading, source, (primary for _, primary in entries), partition)


def scan(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``Scan``."""
    reading = read(request, "ScanFilter", ("FilterExpression",), ())
    segment, total = read_segment(request)
    source = read_source(database, request, reading)
    after: tuple[PrimaryKey, Entry] | None = None
    if reading.start is not None:
        start = reading.start
        partition = tuple(next(iter(start[name].values())) for name in source.keys.hash)
        after = (partition, source.place(start))
    return _answer(request, reading, source, source.collection.walk(segment, total, after), ())


def select_entries(source: Source, condition: KeyCondition, start: Item | None, *, ascending: bool) -> list[Entry]:
    """Return the entries of a partition that a key condition reads, in the order asked for."""
    partition = tuple(next(iter(value.values())) for value in condition.partition)
    entries: list[Entry] = source.collection.partitions.get(partition, [])
    low, high = _bounds(entries, condition)
    if start is not None:
        place = source.place(start)
        _check_boundaries(source, condition, start, place)
        if ascending:
            low = max(low, bisect_right(entries, place))
        else:
            high = min(high, bisect_left(entries, place))
    found = entries[low:high]
    return found if ascending else found[::-1]


def _check_boundaries(source: Source, condition: KeyCondition, start: Item, place: Entry) -> None:
    """Refuse to start where the query does not read."""
    ranged = bool(condition.prefix or condition.term)
    low, high = _bounds([place], condition)
    if ranged and low >= high:
        raise validation("The provided starting key does not match the range key predicate")
    if any(start[name] != value for name, value in zip(source.keys.hash, condition.partition, strict=True)):
        if ranged:
            raise validation("The query can return at most one row and cannot be restarted")
        raise validation("The provided starting key is outside query boundaries based on provided conditions")


def _bounds(entries: list[Entry], condition: KeyCondition) -> tuple[int, int]:
    prefix = tuple(order(value) for value in condition.prefix)
    depth = len(prefix)
    low = bisect_left(entries, prefix, key=lambda entry: entry[0][:depth])
    high = bisect_right(entries, prefix, key=lambda entry: entry[0][:depth])
    if condition.term is None:
        return low, high
    operator = condition.term.operator
    values: list[Any] = [order(value) for value in condition.term.values]

    def at(entry: Entry) -> Any:
        return entry[0][depth]

    if operator == "begins_with":
        low = bisect_left(entries, values[0], low, high, key=at)
        return low, bisect_left(entries, True, low, high, key=lambda entry: not at(entry).startswith(values[0]))
    if operator in (">", ">=", "BETWEEN"):
        side = bisect_right if operator == ">" else bisect_left
        low = side(entries, values[0], low, high, key=at)
    if operator in ("<", "<=", "BETWEEN"):
        side = bisect_left if operator == "<" else bisect_right
        high = side(entries, values[-1], low, high, key=at)
    return low, high


def read_page(source: Source, primaries: Iterable[PrimaryKey], reading: Reading) -> Page:
    """Read items until ``Limit`` or 1 MB, and keep those that the filter lets through."""
    page = Page()
    fetch = _fetches(source, reading)
    for primary in primaries:
        record = source.table.records[primary]
        held = record.item
        entry = source.index.projected(held) if source.index else held
        size = record.size if entry is held else item_size(entry)
        page.size += size
        page.scanned += 1
        if fetch:
            page.fetched += read_units(record.size, consistent=reading.consistent)
        visible = held if fetch else entry
        if reading.filter is None or reading.filter.holds(visible):
            page.items.append(visible)
        if page.scanned == reading.limit or page.size >= PAGE_SIZE:
            page.last_key = {name: held[name] for name in source.key_names}
            return page
    return page


def _fetches(source: Source, reading: Reading) -> bool:
    """Whether a local index lacks something asked for, which is then read from the table."""
    if source.index is None or source.index.is_global or source.index.projects_all:
        return False
    if reading.select == "ALL_ATTRIBUTES":
        return True
    held = source.index.projected_names or set()
    return any(path.root not in held for path in reading.paths or ())


def _answer(
    request: dict[str, Any],
    reading: Reading,
    source: Source,
    primaries: Iterable[PrimaryKey],
    partition: PrimaryKey,
) -> dict[str, Any]:
    page = read_page(source, primaries, reading)
    meter = Meter(source.table)
    meter.read(read_units(page.size, consistent=reading.consistent), partition, source.index)
    if page.fetched:
        meter.read(page.fetched, partition)
    answer: dict[str, Any] = {"Count": len(page.items), "ScannedCount": page.scanned}
    if reading.select != "COUNT":
        paths = reading.paths
        answer["Items"] = page.items if paths is None else [project(item, paths) for item in page.items]
    if page.last_key is not None:
        answer["LastEvaluatedKey"] = page.last_key
    return with_capacity(answer, meter, request)
