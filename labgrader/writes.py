"""What a student wrote to DynamoDB, request by request: each write as a change that can be tried on any item.

A check asks what a write would have done, not which words it was written with: a condition is one that stops the write
where it must, in whatever way it is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from labgrader.account import Account
from pocketaws.engines.dynamodb.changes import Change, read_delete, read_put, read_update
from pocketaws.engines.dynamodb.errors import DynamoDBError
from pocketaws.engines.dynamodb.partiql.statements import parse
from pocketaws.engines.dynamodb.partiql.syntax import Delete, Insert, Modify
from pocketaws.engines.dynamodb.partiql.writes import change_of
from pocketaws.engines.dynamodb.tables import Table

__all__ = ["Write", "writing_requests"]

_SINGLE = {"PutItem": read_put, "UpdateItem": read_update, "DeleteItem": read_delete}
_PARTS = {"Put": read_put, "Update": read_update, "Delete": read_delete}
_STATEMENTS = ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction")


@dataclass(frozen=True)
class Write:
    """One write of one item."""

    table: Table
    change: Change

    @property
    def key(self) -> tuple[Any, ...]:
        """The values of the item's key."""
        target = _plain(self.change.target)
        return tuple(target.get(name) for name in self.table.keys.all)

    def holds(self, item: dict[str, Any]) -> bool:
        """Whether its condition would hold on an item, given as Python values; true where it has none."""
        with suppress(DynamoDBError):
            self.change.check_condition(_typed(item) or None)
            return True
        return False

    def added(self, name: str) -> int | None:
        """Return by how much it changes a number; None unless it does right by any that somebody else may have left.

        It adds or subtracts, and never below zero; or it writes what follows from the one number that it was made for.
        """
        key = dict(zip(self.table.keys.all, self.key, strict=True))
        asked = [key | {name: count} for count in range(200)]
        held = {item[name]: self.after(item).get(name) for item in asked if self.holds(item)}
        numbers = {before: after if isinstance(after, Decimal) else Decimal(-1) for before, after in held.items()}
        changes = {after - before for before, after in numbers.items()}
        is_careful = len(held) == 1 or (len(changes) == 1 and min(numbers.values()) >= 0)
        return int(changes.pop()) if is_careful else None

    def after(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return what it would make of an item; nothing where it deletes, or cannot be done."""
        with suppress(DynamoDBError):
            return _plain(self.change.outcome(self.table, _typed(item) or None) or {})
        return {}


def writing_requests(aws: Account, *tables: str) -> list[list[Write] | None]:
    """List the requests that wrote to some tables, oldest first, each with its writes to them; None if unreadable."""
    found: list[list[Write] | None] = []
    kept: dict[str, Table] = {}
    for name in tables:
        if told := aws.table(name):
            made = Table(name, told["TableArn"], told["AttributeDefinitions"], told["KeySchema"])
            kept |= {name: made, told["TableArn"]: made}
    for entry in aws.requests(*_SINGLE, "BatchWriteItem", "TransactWriteItems", *_STATEMENTS):
        if entry.outcome != "OK":
            continue
        try:
            writes: list[Write] | None = list(_writes(entry.operation, entry.parameters, kept))
        except (DynamoDBError, AttributeError, LookupError, TypeError):  # parameters may be cut
            is_ours = not entry.parameters or any(name in str(entry.parameters) for name in tables)
            writes = None if is_ours else []
        if writes != []:
            found.append(writes)
    return found


def _writes(operation: str, asked: dict[str, Any], tables: dict[str, Table]) -> Iterator[Write]:
    if operation in _SINGLE:
        parts = [(asked["TableName"], _SINGLE[operation], asked)]
    elif operation == "BatchWriteItem":
        pairs = [(name, each) for name, some in asked["RequestItems"].items() for each in some]
        parts = [(name, read_put, each["PutRequest"]) for name, each in pairs if "PutRequest" in each]
        parts += [(name, read_delete, each["DeleteRequest"]) for name, each in pairs if "DeleteRequest" in each]
    elif operation == "TransactWriteItems":
        some = [(kind, each[kind]) for each in asked["TransactItems"] for kind in _PARTS if kind in each]
        parts = [(each["TableName"], _PARTS[kind], each) for kind, each in some]
    else:
        for each in asked.get("Statements") or asked.get("TransactStatements") or [asked]:
            tree = parse(each["Statement"], each.get("Parameters") or ())
            if isinstance(tree, Insert | Modify | Delete) and tree.source.table in tables:
                yield Write(tables[tree.source.table], change_of(tree, tables[tree.source.table]))
        return
    for name, read, request in parts:
        if name in tables:
            yield Write(tables[name], read(request))


def _typed(item: dict[str, Any]) -> dict[str, Any]:
    return {name: TypeSerializer().serialize(value) for name, value in item.items()}


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
