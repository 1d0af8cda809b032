"""What Query and Scan ask for: the table or index, the filter, what to return, where to start.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pocketaws.engines.dynamodb import legacy
from pocketaws.engines.dynamodb.errors import DynamoDBError, counted, invalid_parameters, validation
from pocketaws.engines.dynamodb.expressions import (
    Condition,
    Path,
    Placeholders,
    key_terms,
    parse_condition,
    parse_projection,
    paths_in,
)
from pocketaws.engines.dynamodb.expressions.key_condition import KeyTerm
from pocketaws.engines.dynamodb.keys import Collection, Entry, KeyNames
from pocketaws.engines.dynamodb.parameters import check_expressions, check_key_paths
from pocketaws.engines.dynamodb.tables import Database, Index, Table
from pocketaws.engines.dynamodb.values import Item, kind, normalize_item

__all__ = ["Reading", "Source", "check_filter", "read", "read_segment", "read_source", "roots"]


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
    def collection(self) -> Collection:
        """The sorted keys of the source."""
        return self.index.collection if self.index else self.table.collection

    @property
    def key_names(self) -> list[str]:
        """What a ``LastEvaluatedKey`` holds: the source's key and the table's."""
        return list(dict.fromkeys((*self.table.keys.all, *self.keys.all)))

    def place(self, item: Item) -> Entry:
        """Return where an item (or a start key) stands in its partition."""
        primary = self.table.primary(item)
        return self.collection.entry(item, primary)


@dataclass
class Reading:
    """The parameters that Query and Scan share, as read from a request."""

    terms: dict[str, KeyTerm]
    filter: Condition | None
    paths: list[Path] | None
    select: str
    limit: int | None
    start: Item | None
    consistent: bool


def read_segment(request: dict[str, Any]) -> tuple[int, int]:
    """Return the segment that a Scan reads and the number of segments, checked."""
    segment, total = request.get("Segment"), request.get("TotalSegments")
    if segment is None and total is None:
        return 0, 1
    if total is None:
        raise validation(
            "The TotalSegments parameter is required but was not present in the request "
            "when Segment parameter is present"
        )
    if segment is None:
        raise validation(
            "The Segment parameter is required but was not present in the request "
            "when parameter TotalSegments is present"
        )
    if segment >= total:
        raise validation("The Segment parameter is zero-based and must be less than parameter TotalSegments")
    return segment, total


def read(
    request: dict[str, Any], legacy_filter: str, expressions: tuple[str, ...], legacy_keys: tuple[str, ...]
) -> Reading:
    """Read the parameters of a Query or Scan, before any table is looked at."""
    old = ("AttributesToGet", legacy_filter, "ConditionalOperator", *legacy_keys)
    check_expressions(request, ("ProjectionExpression", *expressions), old)
    condition = legacy.conditions(request.get(legacy_filter), request.get("ConditionalOperator"))
    paths = legacy.attributes_to_get(request.get("AttributesToGet"))
    start = _read_start(request.get("ExclusiveStartKey"))
    placeholders = Placeholders(request)
    keys: Condition | None = None
    if request.get("KeyConditionExpression") is not None:
        keys = parse_condition(request["KeyConditionExpression"], "KeyConditionExpression", placeholders)
    if request.get("FilterExpression") is not None:
        condition = parse_condition(request["FilterExpression"], "FilterExpression", placeholders)
    if request.get("ProjectionExpression") is not None:
        paths = parse_projection(request["ProjectionExpression"], placeholders)
    placeholders.check_used()
    return Reading(
        _read_terms(request, keys) if legacy_filter == "QueryFilter" else {},
        condition,
        paths,
        _read_select(request, paths),
        request.get("Limit"),
        start,
        bool(request.get("ConsistentRead")),
    )


def _read_start(key: dict[str, Any] | None) -> Item | None:
    try:
        return normalize_item(key) if key is not None else None
    except DynamoDBError as error:
        if any(part in error.message for part in _UNPREFIXED):
            raise
        raise validation(f"The provided starting key is invalid: {error.message}") from None


#: What AWS says of a start key's values without naming the start key.
_UNPREFIXED = ("contains duplicates", "number set", "numeric value", "significant digits", "number with magnitude")


def _read_select(request: dict[str, Any], paths: list[Path] | None) -> str:
    select: str | None = request.get("Select")
    if paths is not None and select not in (None, "SPECIFIC_ATTRIBUTES"):
        parameter = "ProjectionExpression" if request.get("ProjectionExpression") is not None else "AttributesToGet"
        raise validation(counted(f"Cannot specify the {parameter} when choosing to get {_SELECTED[str(select)]}"))
    if select == "SPECIFIC_ATTRIBUTES" and paths is None:
        raise validation(
            counted("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
        )
    if select == "ALL_PROJECTED_ATTRIBUTES" and request.get("IndexName") is None:
        raise validation(counted("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"))
    return select or ("SPECIFIC_ATTRIBUTES" if paths is not None else "")


_SELECTED = {
    "ALL_ATTRIBUTES": "ALL_ATTRIBUTES",
    "ALL_PROJECTED_ATTRIBUTES": "ALL_PROJECTED_ATTRIBUTES",
    "COUNT": "only the Count",
}


def _read_terms(request: dict[str, Any], keys: Condition | None) -> dict[str, KeyTerm]:
    if keys is not None:
        return key_terms(keys)
    if request.get("KeyConditions") is not None:
        return legacy.key_conditions(request["KeyConditions"])
    raise validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")


def read_source(database: Database, request: dict[str, Any], reading: Reading) -> Source:
    """Return the table or index that is read, checked against what is asked of it."""
    table = database.table(request["TableName"])
    name = request.get("IndexName")
    index = table.index(name) if name is not None else None
    if name is not None and (index is None or index.status == "CREATING"):
        raise validation(f"The table does not have the specified index: {name}")
    if index is not None and index.is_global:
        _check_global(index, reading)
    source = Source(table, index)
    if reading.start is not None:
        _check_start(source, reading.start)
    check_key_paths(table, reading.paths, reading.filter)
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
    if start.keys() != set(names):
        raise validation("The provided starting key is invalid")
    mismatch = "The provided key element does not match the schema"
    if any(kind(start[name]) != types[name] for name in source.keys.all):
        raise validation(mismatch)
    if any(kind(start[name]) != types[name] for name in names):
        raise validation(f"The provided starting key is invalid: {mismatch}")


def check_filter(request: dict[str, Any], reading: Reading, source: Source) -> None:
    """Refuse key attributes in the filter of a query."""
    used = roots(reading.filter)
    if named := [name for name in source.keys.all if name in used]:
        if request.get("FilterExpression") is not None:
            raise validation(
                f"Filter Expression can only contain non-primary key attributes: Primary key attribute: {named[0]}"
            )
        raise validation(f"QueryFilter can only contain non-primary key attributes: Primary key attribute: {named[0]}")


def roots(tree: object) -> set[str]:
    """Return the attributes that a tree names."""
    return {path.root for path in paths_in(tree)}
