"""SELECT carried out: queries or a scan, page by page.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pocketaws.engines.dynamodb.capacity import Meter, read_units
from pocketaws.engines.dynamodb.errors import invalid_parameters, validation
from pocketaws.engines.dynamodb.expressions import Condition, KeyCondition, Path
from pocketaws.engines.dynamodb.expressions.key_condition import resolve
from pocketaws.engines.dynamodb.keys import PrimaryKey
from pocketaws.engines.dynamodb.partiql.plans import Lookup, lookups
from pocketaws.engines.dynamodb.partiql.syntax import Select, label
from pocketaws.engines.dynamodb.queries import PAGE_SIZE, read_page, select_entries
from pocketaws.engines.dynamodb.reading import Reading, Source, roots
from pocketaws.engines.dynamodb.tables import Database, Index
from pocketaws.engines.dynamodb.values import Item, order

__all__ = ["Cursor", "Result", "read", "shown", "source_of"]


@dataclass
class Cursor:
    """Where a page ends: in which of the queries, and after which key."""

    lookup: int = 0
    start: Item | None = None

    def token(self, statement: str) -> str:
        """Return the ``NextToken`` of a statement's next page."""
        state = {"of": _fingerprint(statement), "lookup": self.lookup, "start": self.start}
        return base64.urlsafe_b64encode(json.dumps(state, sort_keys=True).encode()).decode()

    @classmethod
    def of(cls, token: str, statement: str) -> Cursor:
        """Read a ``NextToken``."""
        try:
            state = json.loads(base64.urlsafe_b64decode(token))
            cursor, fingerprint = cls(state["lookup"], state["start"]), state["of"]
        except (ValueError, KeyError, TypeError):
            raise validation("Invalid NextToken") from None
        if fingerprint != _fingerprint(statement):
            raise validation("NextToken does not match request")
        return cursor


def _fingerprint(statement: str) -> str:
    return hashlib.blake2b(statement.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@dataclass
class Result:
    """What a page holds."""

    items: list[Item] = field(default_factory=list)
    next: Cursor | None = None


def source_of(database: Database, select: Select) -> Source:
    """Return the table or index that a SELECT reads."""
    table = database.table(select.source.table)
    if select.source.index is None:
        return Source(table)
    index = table.index(select.source.index)
    if index is None:
        raise validation("The table does not have the specified index")
    return Source(table, index)


def read(
    source: Source, select: Select, meter: Meter, *, consistent: bool, limit: int | None, cursor: Cursor
) -> Result:
    """Return one page of what a SELECT finds.

    Parameters
    ----------
    source
        What it reads.
    select
        The statement.
    meter
        Counts what the page consumes.
    consistent
        Whether the read is strongly consistent.
    limit
        How many items to read at most, None for as many as 1 MB holds.
    cursor
        Where the page begins.
    """
    if source.index is not None:
        _check_index(source.index, select, consistent)
    found = lookups(select.where, source.keys) if select.where is not None else None
    if select.order:
        _check_order(source, select, found)
    result = Result()
    if found is None:
        pages = _Pages(source, select, meter, consistent, limit)
        result.next = pages.read(_walk(source, cursor.start), select.where, (), None)
        result.items = pages.items
        return result
    return _read_lookups(source, select, found, cursor, _Pages(source, select, meter, consistent, limit))


def _walk(source: Source, start: Item | None) -> Iterable[PrimaryKey]:
    after = None
    if start is not None:
        after = (tuple(next(iter(start[name].values())) for name in source.keys.hash), source.place(start))
    return source.collection.walk(0, 1, after)


class _Pages:
    """Reads pages of several queries as one: the limit and the megabyte count for all of them."""

    def __init__(self, source: Source, select: Select, meter: Meter, consistent: bool, limit: int | None) -> None:
        self._source, self._paths, self._meter = source, select.paths, meter
        self._consistent, self._limit = consistent, limit
        self._size = 0
        self.items: list[Item] = []

    @property
    def is_full(self) -> bool:
        """Whether nothing more fits."""
        return self._limit == 0 or self._size >= PAGE_SIZE

    def read(
        self, primaries: Iterable[PrimaryKey], condition: Condition | None, partition: PrimaryKey, number: int | None
    ) -> Cursor | None:
        """Read one query or the scan; return where it stopped before its end."""
        reading = Reading({}, condition, self._paths or None, "", self._limit, None, self._consistent)
        page = read_page(self._source, primaries, reading)
        self._meter.read(read_units(page.size, consistent=self._consistent), partition, self._source.index)
        if page.fetched:
            self._meter.read(page.fetched, partition)
        self._size += page.size
        if self._limit is not None:
            self._limit -= page.scanned
        self.items += [shown(item, self._paths) for item in page.items]
        return Cursor(number or 0, page.last_key) if page.last_key is not None else None


def _read_lookups(source: Source, select: Select, found: list[Lookup], cursor: Cursor, pages: _Pages) -> Result:
    plans = [(resolve(lookup.terms, source.keys, source.table.types), lookup.filter) for lookup in found]
    directions = dict(select.order)
    ascending = not any(directions.get(name) for name in source.keys.range)
    if select.order:
        _sort(plans, ascending=ascending, hash_ascending=not any(directions.get(name) for name in source.keys.hash))
    for number in range(cursor.lookup, len(plans)):
        if pages.is_full:
            return Result(pages.items, Cursor(number))
        condition, rest = plans[number]
        start = cursor.start if number == cursor.lookup else None
        entries = select_entries(source, condition, start, ascending=ascending)
        partition = tuple(next(iter(value.values())) for value in condition.partition)
        stopped = pages.read((primary for _, primary in entries), rest, partition, number)
        if stopped is not None:
            return Result(pages.items, stopped)
    return Result(pages.items)


def _sort(plans: list[tuple[KeyCondition, Condition | None]], *, ascending: bool, hash_ascending: bool) -> None:
    def ranges(plan: tuple[KeyCondition, Condition | None]) -> Any:
        return [order(value) for value in plan[0].prefix]

    def partitions(plan: tuple[KeyCondition, Condition | None]) -> Any:
        return [order(value) for value in plan[0].partition]

    plans.sort(key=ranges, reverse=not ascending)
    plans.sort(key=partitions, reverse=not hash_ascending)


def _check_index(index: Index, select: Select, consistent: bool) -> None:
    if index.is_global and consistent:
        raise validation("Strongly consistent read is not supported on Global Secondary Indexes")
    held = index.projected_names
    if held is None:
        return
    filtered = sorted(roots(select.where) - held) if select.where is not None else []
    if filtered:
        raise invalid_parameters(
            f"Secondary index {index.name} does not project one or more filter attributes: [{', '.join(filtered)}]"
        )
    missing = dict.fromkeys(path.root for path in select.paths if path.root not in held)
    if index.is_global and missing:
        raise invalid_parameters(f"Global secondary index {index.name} does not project [{', '.join(missing)}]")


def _check_order(source: Source, select: Select, found: Sequence[Lookup] | None) -> None:
    if select.where is None:
        raise validation("Must have WHERE clause in the statement when using ORDER BY clause.")
    if found is None:
        raise validation(
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."
        )
    names = [name for name, _ in select.order]
    for name in names:
        if name not in source.keys.all:
            raise validation(f"Attribute {name} in ORDER BY clause must be part of the primary key")
    partitions = {json.dumps(lookup.partition(source.keys)) for lookup in found}
    if len(partitions) > 1 and not set(source.keys.hash) <= set(names):
        raise validation(
            "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause."
        )


def shown(item: Item, paths: Sequence[Path]) -> Item:
    """Return the part of an item that a SELECT asks for, all of it without paths."""
    if not paths:
        return item
    found = ((label(path), path.value(item)) for path in paths)
    return {name: value for name, value in found if value is not None}
