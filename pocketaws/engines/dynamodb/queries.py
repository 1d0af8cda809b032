"""Many items of one table or index: Query and Scan, page by page.

A page ends after ``Limit`` items or 1 MB, both counted before the filter.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pocketaws.engines.dynamodb import legacy
from pocketaws.engines.dynamodb.capacity import Meter, read_units
from pocketaws.engines.dynamodb.errors import invalid_parameters, validation
from pocketaws.engines.dynamodb.expressions import (
    Condition,
    KeyCondition,
    Path,
    parse_condition,
    parse_key_condition,
    project,
)
from pocketaws.engines.dynamodb.expressions.key_condition import KeyTerm, resolve
from pocketaws.engines.dynamodb.items import with_capacity
from pocketaws.engines.dynamodb.parameters import read_placeholders, read_projection
from pocketaws.engines.dynamodb.tables import Database, Entry, Index, KeyNames, PrimaryKey, Table
from pocketaws.engines.dynamodb.values import Item, item_size, kind, normalize_item, order

__all__ = ["Page", "Source", "query", "read_page", "scan", "select_entries"]

PAGE_SIZE = 1024 * 1024


@dataclass
class Source:
    """What is read: a table, or one of its indexes."""

    table: Table
    index: Index | None = None

    @property
    def keys(self) -> KeyNames:
        """The key that partitions and sorts the source."""
        return self.index.collection.keys if self.index else self.table.keys

    @property
    def collection(self) -> Any:
        """The sorted keys of the source."""
        return self.index.collection if self.index else self.table.collection

    @property
    def key_names(self) -> list[str]:
        """What a ``LastEvaluatedKey`` holds: the source's key and the table's."""
        return list(dict.fromkeys((*self.table.keys.all, *self.keys.all)))

    def place(self, item: Item) -> Entry:
        """Return where an item (or a start key) stands in its partition."""
        primary = self.table.primary(item)
        return self.collection.entry(item, primary)  # type: ignore[no-any-return]


@dataclass
class Page:
    """What one request reads."""

    items: list[Item] = field(default_factory=list)
    scanned: int = 0
    size: int = 0
    fetched: float = 0.0
    last_key: Item | None = None


@dataclass
class Reading:
    """The parameters that Query and Scan share, as read from a request."""

    placeholders: Any
    filter: Condition | None
    paths: list[Path] | None
    select: str
    limit: int | None
    start: Item | None
    consistent: bool


def query(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``Query``."""
    reading = _read(request, "QueryFilter", ("KeyConditionExpression", "FilterExpression"), ("KeyConditions",))
    terms = _read_terms(request, reading)
    reading.placeholders.check_used()
    source = _source(database, request, reading)
    condition = resolve(terms, source.keys, source.table.types)
    _check_filter(request, reading, source)
    ascending = request.get("ScanIndexForward", True)
    partition = tuple(next(iter(value.values())) for value in condition.partition)
    entries = select_entries(source, condition, reading.start, ascending=ascending)
    return _answer(request, reading, source, (primary for _, primary in entries), partition)


def scan(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``Scan``."""
    segment, total = _read_segment(request)
    reading = _read(request, "ScanFilter", ("FilterExpression",), ())
    reading.placeholders.check_used()
    source = _source(database, request, reading)
    after: tuple[PrimaryKey, Entry] | None = None
    if reading.start is not None:
        start = reading.start
        partition = tuple(next(iter(start[name].values())) for name in source.keys.hash)
        after = (partition, source.place(start))
    return _answer(request, reading, source, source.collection.walk(segment, total, after), ())


def _read_segment(request: dict[str, Any]) -> tuple[int, int]:
    segment, total = request.get("Segment"), request.get("TotalSegments")
    if segment is None and total is None:
        return 0, 1
    if total is None:
        raise validation(
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present"
        )
    if segment is None:
        raise validation(
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present"
        )
    if segment >= total:
        raise validation(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            f"Segment: {segment} is not less than TotalSegments: {total}"
        )
    return segment, total


def _read(
    request: dict[str, Any], legacy_filter: str, expressions: tuple[str, ...], legacy_keys: tuple[str, ...]
) -> Reading:
    old = ("AttributesToGet", legacy_filter, "ConditionalOperator", *legacy_keys)
    placeholders = read_placeholders(request, ("ProjectionExpression", *reversed(expressions)), old)
    select = request.get("Select")
    paths = read_projection(request, placeholders)
    if paths is not None and select not in (None, "SPECIFIC_ATTRIBUTES"):
        parameter = "ProjectionExpression" if request.get("ProjectionExpression") is not None else "AttributesToGet"
        raise validation(f"Cannot specify the {parameter} when choosing to get {_SELECTED[select]}")
    if select == "SPECIFIC_ATTRIBUTES" and paths is None:
        raise validation(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
        )
    if request.get("FilterExpression") is not None:
        condition: Condition | None = parse_condition(request["FilterExpression"], "FilterExpression", placeholders)
    else:
        condition = legacy.conditions(request.get(legacy_filter), request.get("ConditionalOperator"))
    start = request.get("ExclusiveStartKey")
    return Reading(
        placeholders,
        condition,
        paths,
        select or ("SPECIFIC_ATTRIBUTES" if paths is not None else ""),
        request.get("Limit"),
        normalize_item(start) if start is not None else None,
        bool(request.get("ConsistentRead")),
    )


_SELECTED = {
    "ALL_ATTRIBUTES": "ALL_ATTRIBUTES",
    "ALL_PROJECTED_ATTRIBUTES": "ALL_PROJECTED_ATTRIBUTES",
    "COUNT": "only the Count",
}


def _read_terms(request: dict[str, Any], reading: Reading) -> dict[str, KeyTerm]:
    if request.get("KeyConditionExpression") is not None:
        return parse_key_condition(request["KeyConditionExpression"], reading.placeholders)
    if request.get("KeyConditions") is not None:
        return legacy.key_conditions(request["KeyConditions"])
    raise validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")


def _source(database: Database, request: dict[str, Any], reading: Reading) -> Source:
    table = database.table(request["TableName"])
    name = request.get("IndexName")
    index = table.index(name) if name is not None else None
    if name is not None and (index is None or index.status == "CREATING"):
        raise validation(f"The table does not have the specified index: {name}")
    if reading.select == "ALL_PROJECTED_ATTRIBUTES" and index is None:
        raise validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
    if index is not None and index.is_global:
        _check_global(index, reading)
    source = Source(table, index)
    if reading.start is not None:
        _check_start(source, reading.start)
    return source


def _check_global(index: Index, reading: Reading) -> None:
    if reading.consistent:
        raise validation("Consistent reads are not supported on global secondary indexes")
    if reading.select == "ALL_ATTRIBUTES" and not index.projects_all:
        raise invalid_parameters(
            "Select type ALL_ATTRIBUTES is not supported for global secondary index "
            f"{index.name} because its projection type is not ALL"
        )
    held = index.projected_names
    missing = [path.root for path in reading.paths or () if held is not None and path.root not in held]
    if missing:
        listed = ", ".join(dict.fromkeys(missing))
        raise invalid_parameters(f"Global secondary index {index.name} does not project [{listed}]")


def _check_start(source: Source, start: Item) -> None:
    types = source.table.types
    names = source.key_names
    if start.keys() != set(names) or any(kind(start[name]) != types[name] for name in names):
        raise validation("The provided starting key is invalid")


def _check_filter(request: dict[str, Any], reading: Reading, source: Source) -> None:
    """Refuse key attributes in the filter of a query."""
    used = roots(reading.filter) if reading.filter is not None else set()
    if named := [name for name in source.keys.all if name in used]:
        if request.get("FilterExpression") is not None:
            raise validation(
                "Filter Expression can only contain non-primary key attributes: "
                f"Primary key attribute: {named[0]}"
            )
        raise validation(
            "QueryFilter can only contain non-primary key attributes: "
            f"Primary key attribute: {named[0]}"
        )


def roots(tree: Any) -> set[str]:
    """Return the attributes that a condition names."""
    if isinstance(tree, Path):
        return {tree.root}
    if isinstance(tree, tuple):
        return set().union(*map(roots, tree))
    slots = getattr(tree, "__slots__", ())
    return set().union(*(roots(getattr(tree, name)) for name in slots if name != "literal"))


def select_entries(source: Source, condition: KeyCondition, start: Item | None, *, ascending: bool) -> list[Entry]:
    """Return the entries of a partition that a key condition reads, in the order asked for."""
    partition = tuple(next(iter(value.values())) for value in condition.partition)
    entries: list[Entry] = source.collection.partitions.get(partition, [])
    low, high = _bounds(entries, condition)
    if start is not None:
        place = source.place(start)
        within = tuple(next(iter(start[name].values())) for name in source.keys.hash) == partition
        if not within or not _in_range(place, condition):
            raise validation("The provided starting key is outside query boundaries based on provided conditions")
        if ascending:
            low = max(low, bisect_right(entries, place))
        else:
            high = min(high, bisect_left(entries, place))
    found = entries[low:high]
    return found if ascending else found[::-1]


def _in_range(place: Entry, condition: KeyCondition) -> bool:
    low, high = _bounds([place], condition)
    return low < high


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
    iterator = iter(primaries)
    item: Item | None = None
    for primary in iterator:
        record = source.table.records[primary]
        held = record.item
        entry = source.index.projected(held) if source.index else held
        size = record.size if entry is held else item_size(entry)
        if page.scanned and page.size + size > PAGE_SIZE:
            page.last_key = _last_key(source, item)
            return page
        item = held
        page.size += size
        page.scanned += 1
        if fetch:
            page.fetched += read_units(record.size, consistent=reading.consistent)
        visible = held if fetch else entry
        if reading.filter is None or reading.filter.holds(visible):
            page.items.append(visible)
        if page.scanned == reading.limit:
            page.last_key = _last_key(source, item)
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


def _last_key(source: Source, item: Item | None) -> Item | None:
    return {name: item[name] for name in source.key_names} if item is not None else None


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
