"""A write of one item, as read from a request: shared by single writes, transactions and PartiQL.

Reading a change needs no table, so that AWS's order holds: first the request must be valid, then the table must
exist, then keys must fit, then the condition must hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pocketaws.engines.dynamodb import legacy
from pocketaws.engines.dynamodb.errors import condition_failed, invalid_parameters, validation
from pocketaws.engines.dynamodb.expressions import Condition, Placeholders, Update, parse_update
from pocketaws.engines.dynamodb.parameters import (
    MAX_ITEM,
    check_expressions,
    check_index_keys,
    check_item_keys,
    check_key,
    check_key_paths,
    check_updated_index_keys,
    read_condition,
)
from pocketaws.engines.dynamodb.tables import Table
from pocketaws.engines.dynamodb.values import Item, item_size, normalize_item

__all__ = ["Change", "read_check", "read_delete", "read_put", "read_update"]


@dataclass
class Change:
    """One item's write: what it does, and the condition on the item as it is.

    Parameters
    ----------
    target
        The item of a put, else the key.
    replaces
        Whether ``target`` is the item to store.
    condition
        What the item must meet; None for anything.
    update
        The update to apply, None where there is none.
    deletes
        Whether the item goes.
    return_old
        Whether a failed condition answers the item.
    creates
        Whether the item comes to be even without an update, as with an UpdateItem of nothing.
    """

    target: Item
    replaces: bool = False
    condition: Condition | None = None
    update: Update | None = None
    deletes: bool = False
    return_old: bool = False
    creates: bool = False

    def check_keys(self, table: Table) -> None:
        """Check the keys against the table's schema."""
        if self.replaces:
            check_item_keys(table, self.target)
        else:
            check_key(table, self.target)
        paths = self.update.paths if self.update else []
        for path in paths:
            if path.root in table.keys.all:
                raise invalid_parameters(f"Cannot update attribute {path.root}. This attribute is part of the key")
        check_key_paths(table, self.condition, paths)
        if self.update is not None and self.update.legacy:
            check_index_keys(table, self.update.given)

    def check_condition(self, old: Item | None) -> None:
        """Raise ``ConditionalCheckFailedException`` unless the item as it is meets the condition."""
        if self.condition is not None and not self.condition.holds(old or {}):
            raise condition_failed(old if self.return_old else None)

    def outcome(self, table: Table, old: Item | None) -> Item | None:
        """Return the item after the change, None if there is none."""
        if self.replaces:
            return self.target
        if self.deletes:
            return None
        if self.update is None:
            return old if old is not None or not self.creates else dict(self.target)
        new = self.update.apply(old if old is not None else self.target)
        check_updated_index_keys(table, new)
        if item_size(new) > MAX_ITEM:
            raise validation("Item size to update has exceeded the maximum allowed size")
        return new


def read_put(request: dict[str, Any], *, legacy_allowed: bool = True) -> Change:
    """Read a put."""
    check_expressions(request, ("ConditionExpression",), ("Expected",) if legacy_allowed else ())
    item = normalize_item(request["Item"])
    _check_return_values(request)
    if item_size(item) > MAX_ITEM:
        raise validation("Item size has exceeded the maximum allowed size", counts=False)
    condition = _read_conditions(request)
    return Change(item, replaces=True, condition=condition, return_old=_returns_old(request))


def read_delete(request: dict[str, Any], *, legacy_allowed: bool = True) -> Change:
    """Read a delete."""
    change = read_check(request, legacy_allowed=legacy_allowed)
    change.deletes = True
    return change


def read_check(request: dict[str, Any], *, legacy_allowed: bool = False) -> Change:
    """Read a condition check: a key and a condition."""
    check_expressions(request, ("ConditionExpression",), ("Expected",) if legacy_allowed else ())
    key = normalize_item(request["Key"])
    _check_return_values(request)
    return Change(key, condition=_read_conditions(request), return_old=_returns_old(request))


def read_update(request: dict[str, Any], *, legacy_allowed: bool = True) -> Change:
    """Read an update."""
    check_expressions(
        request,
        ("UpdateExpression", "ConditionExpression"),
        ("AttributeUpdates", "Expected") if legacy_allowed else (),
    )
    key = normalize_item(request["Key"])
    update: Update | None = None
    if request.get("AttributeUpdates"):
        update = legacy.attribute_updates(request["AttributeUpdates"])
    placeholders = Placeholders(request)
    if request.get("UpdateExpression") is not None:
        update = parse_update(request["UpdateExpression"], placeholders)
    condition = read_condition(request, placeholders)
    placeholders.check_used()
    return Change(key, condition=condition, update=update, return_old=_returns_old(request), creates=True)


def _read_conditions(request: dict[str, Any]) -> Condition | None:
    placeholders = Placeholders(request)
    condition = read_condition(request, placeholders)
    placeholders.check_used()
    return condition


def _check_return_values(request: dict[str, Any]) -> None:
    if request.get("ReturnValues", "NONE") not in ("ALL_OLD", "NONE"):
        raise validation("ReturnValues can only be ALL_OLD or NONE")


def _returns_old(request: dict[str, Any]) -> bool:
    return request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
