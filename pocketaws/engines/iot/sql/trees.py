"""The parts of a rule's SQL, once read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = [
    "Array",
    "Case",
    "Column",
    "Everything",
    "Expression",
    "Function",
    "In",
    "Literal",
    "Object",
    "Operation",
    "Path",
    "Query",
    "Subquery",
    "Unary",
]


@dataclass(frozen=True)
class Literal:
    """A value written out."""

    value: Any


@dataclass(frozen=True)
class Path:
    """An attribute of the message: names, and numbers of array elements; ``start`` is what it begins from."""

    parts: tuple[str | int, ...]
    start: Expression | None = None


@dataclass(frozen=True)
class Everything:
    """``*``: the whole message."""


@dataclass(frozen=True)
class Unary:
    """``-x`` or ``NOT x``."""

    sign: str
    operand: Expression


@dataclass(frozen=True)
class Operation:
    """Two operands and the sign between them."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class In:
    """``x IN (1, 2)`` or ``x IN an.array``."""

    operand: Expression
    among: Expression


@dataclass(frozen=True)
class Case:
    """``CASE x WHEN 1 THEN 'one' ELSE 'more' END``."""

    operand: Expression
    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression


@dataclass(frozen=True)
class Array:
    """``[a, b]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Object:
    """``{'a': b}``."""

    items: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Function:
    """A call of a function."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Column:
    """One entry of the SELECT list; without ``alias`` it is named after what it is."""

    expression: Expression
    alias: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """A whole statement; ``topic`` is its FROM, a topic filter (in a subquery: a path)."""

    columns: tuple[Column, ...]
    is_value: bool
    topic: Any
    where: Expression | None


@dataclass(frozen=True)
class Subquery:
    """``(SELECT a FROM list WHERE b)``: one result for each element of an array of the message."""

    query: Query


Expression: TypeAlias = (
    Literal | Path | Everything | Unary | Operation | In | Case | Array | Object | Function | Subquery
)
