"""A table: its keys and attributes, and each index with what it projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers._amounts import amount
from helpers._picture import PALETTE, Picture
from helpers.diagrams._canvas import LINE, PAPER, SOFT, Canvas, clip, width_of
from helpers.errors import TableNotFound, explained

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["table"]

WIDTH, EDGE, LEFT, RIGHT = 860.0, 24.0, 350.0, 356.0
TOP, ROW, HEAD = 74.0, 24.0, 34.0
ROLES = {"HASH": "partition key", "RANGE": "sort key"}
COLORS = {"HASH": PALETTE[0], "RANGE": PALETTE[1]}
TYPES = {"S": "string", "N": "number", "B": "binary"}
MOST = 10


@dataclass(frozen=True)
class _Index:
    """An index, or the table itself: its attributes with their roles, and a note."""

    name: str
    kind: str
    keys: list[tuple[str, str]]
    projects: str


def table(table: str, *, client: DynamoDBClient | None = None) -> Picture:
    """Draw a table: keys, the attributes that its items have, and its indexes with their projections.

    Calls DescribeTable, and Scan for the attributes of the first 25 items.

    Parameters
    ----------
    table
        Table name.
    client
        DynamoDB client; by default the session's.

    Raises
    ------
    TableNotFound
        There is no such table in this Region.

    Examples
    --------
    >>> _ = session.client("dynamodb").create_table(
    ...     TableName="Prisons",
    ...     KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
    ...     AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
    ...     BillingMode="PAY_PER_REQUEST",
    ... )
    >>> table("Prisons")
    Table Prisons: 0 items, 0 B, on-demand. Keys: name (partition key). Other attributes: none. Indexes: none.
    """
    client = client or session.client("dynamodb")
    with explained({"ResourceNotFoundException": TableNotFound(f"There is no table {table!r} in this Region.")}):
        found: Mapping[str, Any] = client.describe_table(TableName=table)["Table"]
        items = client.scan(TableName=table, Limit=25)["Items"]
    types = {each["AttributeName"]: TYPES[each["AttributeType"]] for each in found["AttributeDefinitions"]}
    seen = dict.fromkeys(name for item in items for name in sorted(item))
    return _draw(found, types, list(dict.fromkeys([*types, *seen])), _indexes(found))


def _indexes(found: Mapping[str, Any]) -> list[_Index]:
    kinds = (("GlobalSecondaryIndexes", "global index"), ("LocalSecondaryIndexes", "local index"))
    return [
        _Index(index["IndexName"], kind, _keys(index), _projects(index["Projection"]))
        for member, kind in kinds
        for index in sorted(found.get(member, []), key=lambda each: str(each["IndexName"]))
    ]


def _keys(schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key["AttributeName"], key["KeyType"]) for key in schema["KeySchema"]]


def _projects(projection: Mapping[str, Any]) -> str:
    if projection["ProjectionType"] == "INCLUDE":
        return f"projects keys and {', '.join(sorted(projection['NonKeyAttributes']))}"
    return "projects all attributes" if projection["ProjectionType"] == "ALL" else "projects keys only"


def _draw(
    found: Mapping[str, Any], types: Mapping[str, str], attributes: Sequence[str], indexes: Sequence[_Index]
) -> Picture:
    canvas, keys = Canvas(WIDTH), _keys(found)
    items = found.get("ItemCount", 0)
    counted = f"{items:,} item{'' if items == 1 else 's'}, {amount(found.get('TableSizeBytes', 0))}, {_billing(found)}"
    canvas.text(EDGE, 36, found["TableName"], size=16, bold=True)
    canvas.text(EDGE, 55, counted, color=SOFT)
    others = [name for name in attributes if name not in dict(keys)]
    shown, rest = (others, "") if len(others) <= MOST else (others[:MOST], f"+ {len(others) - MOST} more attributes")
    whole = _Index("Table", "", [*keys, *((name, "") for name in shown)], rest)
    _card(canvas, EDGE, TOP, LEFT, whole, types)
    y = TOP
    for index in indexes:
        _arrow(canvas, y)
        y = _card(canvas, WIDTH - EDGE - RIGHT, y, RIGHT, index, types) + 16
    return canvas.picture(_told(found["TableName"], counted, keys, others, indexes))


def _arrow(canvas: Canvas, y: float) -> None:
    """Lead from the table's head to the head of an index."""
    start, end = EDGE + LEFT, WIDTH - EDGE - RIGHT - 4
    turn, from_y, to_y = (start + end) / 2, TOP + HEAD / 2, y + HEAD / 2
    canvas.line([(start, from_y), (turn, from_y), (turn, to_y), (end, to_y)], color=SOFT, width=1.2, arrow="right")


def _card(canvas: Canvas, x: float, y: float, width: float, index: _Index, types: Mapping[str, str]) -> float:
    """Draw a box with a head, a row for each attribute and perhaps a note; return where it ends."""
    end = y + HEAD + len(index.keys) * ROW + 6
    height = end - y + (ROW if index.projects else 0)
    canvas.box(x, y, width, height, radius=6)
    canvas.box(x + 0.5, y + 0.5, width - 1, HEAD - 4, fill=PAPER, stroke="none", radius=6)
    canvas.text(x + 14, y + 20, clip(index.name, width - 120, 13), size=13, bold=True)
    canvas.text(x + width - 14, y + 20, index.kind, size=11, color=SOFT, anchor="end")
    for number, (attribute, role) in enumerate(index.keys):
        _row(canvas, x, y + HEAD + number * ROW + 16, width, (attribute, role, types.get(attribute, "")))
    if index.projects:
        canvas.line([(x + 14, end - 5), (x + width - 14, end - 5)], color=LINE)
        canvas.text(x + 14, end + 11, clip(index.projects, width - 28, 11), size=11, color=SOFT)
    return y + height


def _row(canvas: Canvas, x: float, line: float, width: float, shown: tuple[str, str, str]) -> None:
    attribute, role, type_name = shown
    canvas.text(x + 14, line, clip(attribute, width - 190, 12), bold=bool(role))
    canvas.text(x + width - 14, line, type_name, size=11, color=SOFT, anchor="end")
    if role:
        _badge(canvas, x + width - 168, line, role)


def _badge(canvas: Canvas, x: float, line: float, role: str) -> None:
    canvas.box(x, line - 12, width_of(ROLES[role], 10) + 14, 16, fill=COLORS[role], stroke="none", radius=8)
    ink = "#FFFFFF" if role == "HASH" else "#1F2933"
    canvas.text(x + 7, line, ROLES[role], size=10, color=ink)


def _billing(found: Mapping[str, Any]) -> str:
    if found.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST":
        return "on-demand"
    capacity = found.get("ProvisionedThroughput", {})
    return f"provisioned {capacity.get('ReadCapacityUnits', 0)} RCU and {capacity.get('WriteCapacityUnits', 0)} WCU"


def _told(
    name: str, counted: str, keys: Sequence[tuple[str, str]], others: Sequence[str], indexes: Sequence[_Index]
) -> str:
    named = ", ".join(f"{key} ({ROLES[role]})" for key, role in keys)
    each = [f"{i.name} ({i.kind} by {' and '.join(key for key, _ in i.keys)}, {i.projects})" for i in indexes]
    rest = f"Other attributes: {', '.join(others) or 'none'}. Indexes: {', '.join(each) or 'none'}."
    return f"Table {name}: {counted}. Keys: {named}. {rest}"
