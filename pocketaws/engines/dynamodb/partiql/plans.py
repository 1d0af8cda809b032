"""Where a WHERE clause leads: to the keys of items, to partitions, or nowhere in particular.

A SELECT whose every alternative names a partition is answered by queries, any other by a scan.  A write needs
the whole primary key; what else its WHERE clause says is the condition of the write.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from typing import Any, TypeGuard

from pocketaws.engines.dynamodb.errors import validation
from pocketaws.engines.dynamodb.expressions import Condition, Path
from pocketaws.engines.dynamodb.expressions.key_condition import KeyTerm
from pocketaws.engines.dynamodb.expressions.trees import And, BeginsWith, Between, Comparison, In, Literal, Or
from pocketaws.engines.dynamodb.keys import KeyNames
from pocketaws.engines.dynamodb.values import AttributeValue, Item

__all__ = ["Lookup", "key_and_condition", "lookups"]

MAX_LOOKUPS = 50
_FLIPPED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Lookup:
    """One query: conditions on key attributes, and the filter."""

    terms: dict[str, KeyTerm]
    filter: Condition | None

    def partition(self, keys: KeyNames) -> tuple[AttributeValue, ...]:
        """Return the values of the partition key."""
        return tuple(self.terms[name].values[0] for name in keys.hash)


def lookups(where: Condition | None, keys: KeyNames) -> list[Lookup] | None:
    """Return the queries that answer a WHERE clause, None if only a scan does.

    Raises
    ------
    DynamoDBError
        There are too many, or two of one partition overlap.
    """
    found: list[Lookup] = []
    for alternative in _parts(where, Or):
        expanded = _expand(alternative, keys)
        if expanded is None:
            return None
        for lookup in expanded:
            _add(found, lookup, keys)
    if len(found) > MAX_LOOKUPS:
        raise validation("Too many decomposed read operations for a given query.")
    return found


def _parts(tree: Condition | None, joint: type[And] | type[Or]) -> list[Condition]:
    if tree is None:
        return []
    if isinstance(tree, joint):
        return _parts(tree.left, joint) + _parts(tree.right, joint)
    return [tree]


def _joined(conditions: list[Condition]) -> Condition | None:
    return reduce(And, conditions) if conditions else None


def _expand(alternative: Condition, keys: KeyNames) -> list[Lookup] | None:
    """Return one lookup for each choice of key values that an alternative leaves."""
    choices: dict[str, list[KeyTerm]] = {}
    rest: list[Condition] = []
    for condition in _parts(alternative, And):
        name, terms = _key_terms(condition)
        if name in keys.all and name not in choices and (name in keys.range or terms[0].operator == "="):
            choices[name] = terms
        else:
            rest.append(condition)
    if any(name not in choices for name in keys.hash):
        return None
    usable = _usable_range(choices, keys)
    for condition in _parts(alternative, And):
        name, terms = _key_terms(condition)
        if name in choices and name not in usable and choices[name] == terms:
            rest.append(condition)
    names = [name for name in keys.all if name in usable]
    joined = _joined(rest)
    return [Lookup(dict(zip(names, terms, strict=True)), joined) for terms in product(*(choices[n] for n in names))]


def _usable_range(choices: dict[str, list[KeyTerm]], keys: KeyNames) -> set[str]:
    """Return the key attributes a query can use: equal leading range attributes, and a range of the next one."""
    usable = set(keys.hash)
    for name in keys.range:
        if name not in choices:
            break
        usable.add(name)
        if choices[name][0].operator != "=":
            break
    return usable


def _key_terms(condition: Condition) -> tuple[str, list[KeyTerm]]:
    """Return the attribute and the terms of a condition that a key can meet; an empty name if it is another one."""
    if isinstance(condition, Comparison) and condition.operator in _FLIPPED:
        left, right, operator = condition.left, condition.right, condition.operator
        if isinstance(left, Literal):
            left, right, operator = right, left, _FLIPPED[operator]
        if _is_name(left) and isinstance(right, Literal):
            return left.root, [KeyTerm(operator, (right.literal,))]
    if isinstance(condition, In) and _is_name(condition.operand):
        literals = [choice.literal for choice in condition.choices if isinstance(choice, Literal)]
        return condition.operand.root, [KeyTerm("=", (literal,)) for literal in literals]
    if isinstance(condition, Between) and _is_name(condition.operand):
        low, high = condition.low, condition.high
        if isinstance(low, Literal) and isinstance(high, Literal):
            return condition.operand.root, [KeyTerm("BETWEEN", (low.literal, high.literal))]
    if isinstance(condition, BeginsWith) and _is_name(condition.operand) and isinstance(condition.prefix, Literal):
        return condition.operand.root, [KeyTerm("begins_with", (condition.prefix.literal,))]
    return "", []


def _is_name(operand: Any) -> TypeGuard[Path]:
    return isinstance(operand, Path) and len(operand.parts) == 1


def _add(found: list[Lookup], lookup: Lookup, keys: KeyNames) -> None:
    for position, other in enumerate(found):
        if other.partition(keys) != lookup.partition(keys):
            continue
        if other.terms == lookup.terms:
            both = None if other.filter is None or lookup.filter is None else Or(other.filter, lookup.filter)
            found[position] = replace(other, filter=both)
            return
        pairs = [(other.terms.get(name), lookup.terms.get(name)) for name in keys.range]
        if not any(one and two and one.operator == two.operator == "=" and one != two for one, two in pairs):
            raise validation("Overlapping conditions with range keys are not supported in where clause")
    found.append(lookup)


def key_and_condition(where: Condition | None, keys: KeyNames) -> tuple[Item, Condition | None]:
    """Return the primary key that a write's WHERE clause names, and what else it says.

    Raises
    ------
    DynamoDBError
        The clause does not say what each key attribute equals, or says it twice.
    """
    key: Item = {}
    rest: list[Condition] = []
    for condition in _parts(where, And):
        name, terms = _key_terms(condition)
        if name in keys.all and len(terms) == 1 and terms[0].operator == "=":
            if name in key:
                raise validation(
                    f"Multiple conditions on same key {name}. Only single item Update/Insert/Delete are supported"
                )
            key[name] = terms[0].values[0]
        else:
            rest.append(condition)
    if len(key) < len(keys.all):
        raise validation("Where clause does not contain a mandatory equality on all key attributes")
    return key, _joined(rest)
