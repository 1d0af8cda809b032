"""INSERT, UPDATE and DELETE as changes of one item, carried out like those of the other operations.

An INSERT stops at an item that is there, an UPDATE at one that is not; a DELETE of nothing does nothing.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
"""

from __future__ import annotations

from pocketaws.engines.dynamodb.changes import Change
from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.expressions import Path, project
from pocketaws.engines.dynamodb.expressions.trees import And, AttributeExists, Not, Or
from pocketaws.engines.dynamodb.parameters import MAX_ITEM
from pocketaws.engines.dynamodb.partiql.plans import key_and_condition
from pocketaws.engines.dynamodb.partiql.syntax import Delete, Exists, Insert, Modify
from pocketaws.engines.dynamodb.tables import Table
from pocketaws.engines.dynamodb.values import Item, item_size, kind

__all__ = ["Write", "change_of", "returned"]

Write = Insert | Modify | Delete | Exists


class _Insertion(Change):
    """The change of an INSERT, whose failure has a name of its own."""

    def check_condition(self, old: Item | None) -> None:
        """Raise ``DuplicateItemException`` if there is an item with the key."""
        if old is not None:
            extra = {"Item": old} if self.return_old else {}
            raise DynamoDBError("DuplicateItemException", "Duplicate primary key exists in table", **extra)


def change_of(statement: Write, table: Table, *, return_old: bool = False) -> Change:
    """Return the change that a statement makes.

    Raises
    ------
    DynamoDBError
        ``ValidationException``: a key attribute is absent, or of another type than the table's.
    """
    if isinstance(statement, Insert):
        _check_key(table, statement.item)
        if item_size(statement.item) > MAX_ITEM:
            raise validation("Item size has exceeded the maximum allowed size")
        return _Insertion(statement.item, replaces=True, return_old=return_old)
    if isinstance(statement, Exists):
        return _check_of(statement, table, return_old)
    key, rest = key_and_condition(statement.where, table.keys)
    _check_key(table, key)
    exists = AttributeExists(Path((table.keys.hash[0],)))
    if isinstance(statement, Delete):
        condition = Or(Not(exists), rest) if rest is not None else None
        return Change(key, condition=condition, deletes=True, return_old=return_old)
    found = And(exists, rest) if rest is not None else exists
    return Change(key, condition=found, update=statement.update, return_old=return_old)


def _check_of(statement: Exists, table: Table, return_old: bool) -> Change:
    if statement.source.index is not None:
        raise validation("Operations on indices are not supported in transactions")
    try:
        key, rest = key_and_condition(statement.select.where, table.keys)
    except DynamoDBError:
        rest = None
    if rest is None:
        raise validation("EXISTS() must contain a single item read with additional condition")
    _check_key(table, key)
    return Change(key, condition=And(AttributeExists(Path((table.keys.hash[0],))), rest), return_old=return_old)


def _check_key(table: Table, item: Item) -> None:
    types = table.types
    for name in table.keys.all:
        if name not in item:
            raise validation(f"Key attribute should be present in the item: Key {name}")
        if kind(item[name]) != types[name]:
            raise validation(f"Key attribute's data type should match its data type in table's schema: Key {name}")


def returned(statement: Write, old: Item | None, new: Item | None) -> Item | None:
    """Return what a RETURNING clause asks for, None for nothing."""
    wanted = getattr(statement, "returning", None)
    if wanted is None:
        return None
    item = old if wanted.endswith("OLD") else new
    if item is not None and wanted.startswith("MODIFIED") and isinstance(statement, Modify):
        item = project(item, statement.update.paths)
    return item or None
