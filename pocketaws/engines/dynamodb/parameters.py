"""The parameters that operations share: expressions or their legacy forms, keys and items of a table."""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb import legacy
from pocketaws.engines.dynamodb.errors import invalid_parameters, validation
from pocketaws.engines.dynamodb.expressions import (
    Condition,
    Path,
    Placeholders,
    parse_condition,
    parse_projection,
    paths_in,
)
from pocketaws.engines.dynamodb.expressions.key_condition import KeyTerm
from pocketaws.engines.dynamodb.keys import KeyNames
from pocketaws.engines.dynamodb.tables import Index, Table
from pocketaws.engines.dynamodb.values import AttributeValue, Item, kind, value_size

__all__ = [
    "MAX_ITEM",
    "check_expressions",
    "check_filled",
    "check_index_keys",
    "check_item_keys",
    "check_key",
    "check_key_paths",
    "check_key_terms",
    "check_updated_index_keys",
    "read_condition",
    "read_projection",
]

MAX_ITEM = 400 * 1024
_MAX_HASH, _MAX_RANGE = 2048, 1024


def check_expressions(
    request: dict[str, Any], expressions: tuple[str, ...], legacy_parameters: tuple[str, ...] = ()
) -> None:
    """Check that expressions and legacy parameters do not mix, and that names and values have an expression.

    Parameters
    ----------
    request
        The request, or the part of it with the expressions.
    expressions, legacy_parameters
        What the operation can have of both kinds, in AWS's order.
    """
    old = [name for name in legacy_parameters if request.get(name) is not None]
    new = [name for name in expressions if request.get(name) is not None]
    if old and new:
        raise validation(
            "Can not use both expression and non-expression parameters in the same request: "
            f"Non-expression parameters: {{{', '.join(old)}}} Expression parameters: {{{', '.join(new)}}}"
        )
    if request.get("ExpressionAttributeNames") is not None and not new:
        raise validation("ExpressionAttributeNames can only be specified when using expressions")
    with_values = [name for name in expressions if name != "ProjectionExpression"]
    if request.get("ExpressionAttributeValues") is not None and all(name not in new for name in with_values):
        said = "ExpressionAttributeValues can only be specified when using expressions"
        null = f"{' and '.join(with_values)} {'are' if len(with_values) > 1 else 'is'} null"
        raise validation(f"{said}: {null}", newly=said)


def read_condition(request: dict[str, Any], placeholders: Placeholders) -> Condition | None:
    """Return the condition of a write, from ``ConditionExpression`` or ``Expected``."""
    if request.get("ConditionExpression") is not None:
        return parse_condition(request["ConditionExpression"], "ConditionExpression", placeholders)
    return legacy.expected(request.get("Expected"), request.get("ConditionalOperator"))


def read_projection(request: dict[str, Any]) -> list[Path] | None:
    """Return the paths to return of a request without other expressions."""
    placeholders = Placeholders(request)
    paths = legacy.attributes_to_get(request.get("AttributesToGet"))
    if request.get("ProjectionExpression") is not None:
        paths = parse_projection(request["ProjectionExpression"], placeholders)
    placeholders.check_used()
    return paths


def check_key(table: Table, key: Item) -> Item:
    """Return a key after checking that it is one of the table."""
    types = table.types
    if key.keys() != set(table.keys.all) or any(kind(key[name]) != types[name] for name in table.keys.all):
        raise validation("The provided key element does not match the schema")
    check_filled(table.keys, key)
    _check_sizes(table.keys, key)
    return key


def check_filled(keys: KeyNames, item: Item) -> None:
    """Refuse an empty value of a table's key."""
    for name in keys.all:
        if name in item and (what := _empty(item[name])):
            raise validation(
                "One or more parameter values are not valid. The AttributeValue for a key attribute "
                f"cannot contain an empty {what} value. Key: {name}"
            )


def check_key_terms(table: Table, index: Index | None, terms: dict[str, KeyTerm]) -> None:
    """Refuse an empty value in a condition on a key."""
    for name, value in ((name, value) for name, term in terms.items() for value in term.values):
        if index is not None and name not in table.keys.all:
            _check_filled_index_key(index, name, value)
        else:
            check_filled(table.keys, {name: value})


def check_key_paths(table: Table, *trees: object) -> None:
    """Refuse document paths that go into a key attribute: keys are scalars."""
    nested = {path.root for path in paths_in(trees) if len(path.parts) > 1}
    if not nested:
        return
    rule = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed"
    for what, names in (("Key", table.keys.all), ("IndexKey", tuple(table.types))):
        for name in names:
            if name in nested:
                raise validation(f"{rule}: {what}: {name}")


def check_item_keys(table: Table, item: Item) -> None:
    """Check that an item has the keys of the table, and index keys of the right type."""
    types = table.types
    for name in table.keys.all:
        if name not in item:
            raise invalid_parameters(f"Missing the key {name} in the item")
        if kind(item[name]) != types[name]:
            raise invalid_parameters(f"Type mismatch for key {name} expected: {types[name]} actual: {kind(item[name])}")
    check_filled(table.keys, item)
    _check_sizes(table.keys, item)
    check_index_keys(table, item)


def check_updated_index_keys(table: Table, item: Item) -> None:
    """Check the index keys of an item that an update expression made."""
    types = table.types
    for name in types:
        if name in item and kind(item[name]) != types[name]:
            raise validation("The update expression attempted to update the secondary index key to unsupported type")
        if name in item and (what := _empty(item[name])):
            raise validation(
                "One or more parameter values are not valid. The update expression attempted to update a secondary "
                "index key to a value that is not supported. "
                f"The AttributeValue for a key attribute cannot contain an empty {what} value."
            )
    changeable = {name: value for name, value in item.items() if name not in table.keys.all}
    if any(_excess(index.collection.keys, changeable) for index in table.indexes.values()):
        raise validation("The update expression attempted to update the secondary index key beyond allowed size limits")


def check_index_keys(table: Table, item: Item) -> None:
    """Check the type and size of an item's index keys; an item without them just is not in the index."""
    types = table.types
    for index in table.indexes.values():
        keys = index.collection.keys
        for name in keys.all:
            if name in item and name not in table.keys.all:
                _check_index_key(index, name, item[name], types[name])
        _check_sizes(keys, item)


def _check_index_key(index: Index, name: str, value: AttributeValue, wanted: str) -> None:
    if kind(value) != wanted:
        raise invalid_parameters(
            f"Type mismatch for Index Key {name} Expected: {wanted} Actual: {kind(value)} IndexName: {index.name}"
        )
    _check_filled_index_key(index, name, value)


def _check_filled_index_key(index: Index, name: str, value: AttributeValue) -> None:
    if what := _empty(value):
        raise validation(
            "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
            f"The AttributeValue for a key attribute cannot contain an empty {what} value. "
            f"IndexName: {index.name}, IndexKey: {name}"
        )


def _check_sizes(keys: KeyNames, item: Item) -> None:
    if excess := _excess(keys, item):
        raise invalid_parameters(excess)


def _excess(keys: KeyNames, item: Item) -> str | None:
    """Return what AWS says of a key attribute that is too long, None if there is none."""
    if any(name in item and value_size(item[name]) > _MAX_HASH for name in keys.hash):
        return f"Size of hashkey has exceeded the maximum size limit of{_MAX_HASH} bytes"
    if any(name in item and value_size(item[name]) > _MAX_RANGE for name in keys.range):
        return f"Aggregated size of all range keys has exceeded the size limit of {_MAX_RANGE} bytes"
    return None


def _empty(value: AttributeValue) -> str | None:
    ((name, held),) = value.items()
    return {"S": "string", "B": "binary"}.get(name) if held == "" else None
