"""Reading DQDL, the language of data quality rules.

Source: https://docs.aws.amazon.com/glue/latest/dg/dqdl.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Condition", "Malformed", "Node", "Rule", "Together", "read"]

Value: TypeAlias = "str | float | Keyword"

#: Kind of rule -> how many columns (least, most) and whether it needs an expression.
KINDS = {
    "ColumnCorrelation": (2, 2, True),
    "ColumnCount": (0, 0, True),
    "ColumnExists": (1, 1, False),
    "ColumnLength": (1, 1, True),
    "ColumnValues": (1, 1, True),
    "Completeness": (1, 1, True),
    "CustomSql": (1, 1, True),
    "DistinctValuesCount": (1, 1, True),
    "IsComplete": (1, 1, False),
    "IsPrimaryKey": (1, 99, False),
    "IsUnique": (1, 1, False),
    "Mean": (1, 1, True),
    "RowCount": (0, 0, True),
    "StandardDeviation": (1, 1, True),
    "Sum": (1, 1, True),
    "UniqueValueRatio": (1, 1, True),
    "Uniqueness": (1, 1, True),
}
_ELSEWHERE = {
    "AggregateMatch", "ColumnDataType", "ColumnNamesMatchPattern", "DataFreshness", "DatasetMatch", "DetectAnomalies",
    "Entropy", "FileFreshness", "FileMatch", "FileSize", "FileUniqueness", "ReferentialIntegrity", "RowCountMatch",
    "SchemaMatch",
}  # fmt: skip
_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)|(?P<string>"(?:\\.|[^"\\])*")|(?P<number>-?\d+(?:\.\d+)?)
    |(?P<word>[A-Za-z_]\w*)|(?P<sign>>=|<=|!=|[=<>\[\](),])""",
    re.VERBOSE,
)


class Malformed(Exception):
    """Text that is no ruleset, or a rule that this engine does not have."""


class Keyword(str):
    """``NULL``, ``EMPTY`` or ``WHITESPACES_ONLY``."""


@dataclass(frozen=True)
class Condition:
    """An expression: an operator (``=``, ``in``, ``between``, ``matches``, ...), negated or not, and its values."""

    operator: str
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule; ``columns`` holds the SQL of a ``CustomSql``."""

    kind: str
    columns: tuple[str, ...]
    condition: Condition | None
    threshold: Condition | None
    where: str | None
    text: str


@dataclass(frozen=True)
class Together:
    """Rules joined by ``and`` or ``or``."""

    operator: str
    parts: tuple[Node, ...]
    text: str


Node: TypeAlias = "Rule | Together"


def read(text: str) -> list[Node]:
    """Read a ruleset.

    Raises
    ------
    Malformed
        It is none.

    Examples
    --------
    >>> rule = read('Rules = [ Completeness "tailnum" > 0.9 ]')[0]
    >>> rule.kind, rule.columns, rule.condition
    ('Completeness', ('tailnum',), Condition(operator='>', values=(0.9,), negated=False))
    """
    return _Reader(text).ruleset()


class _Reader:
    """The tokens of a ruleset and a place among them."""

    def __init__(self, text: str) -> None:
        self._text, self._place = text, 0
        self._tokens: list[tuple[str, str, int, int]] = []
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                raise Malformed(
                    f"Parsing Error: {self._where(position)} token recognition error at: '{text[position]}'"
                )
            if found.lastgroup != "space":
                self._tokens.append((found.lastgroup or "", found[0], found.start(), found.end()))
            position = found.end()

    def _where(self, position: int) -> str:
        before = self._text[:position]
        return f"line {before.count(chr(10)) + 1}:{position - (before.rfind(chr(10)) + 1)}"

    def _peek(self, ahead: int = 0) -> str:
        place = self._place + ahead
        return self._tokens[place][1] if place < len(self._tokens) else ""

    def _kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else "end"

    def _next(self) -> str:
        text = self._peek()
        self._place += 1
        return text

    def _wrong(self, wanted: str) -> Malformed:
        at = self._tokens[self._place][2] if self._place < len(self._tokens) else len(self._text)
        return Malformed(f"Parsing Error: {self._where(at)} expecting {wanted} at '{self._peek() or '<EOF>'}'")

    def _expect(self, text: str) -> None:
        if self._peek() != text:
            raise self._wrong(f"'{text}'")
        self._place += 1

    def _string(self) -> str:
        if self._kind() != "string":
            raise self._wrong("a text in double quotes")
        return re.sub(r'\\(["\\])', r"\1", self._next()[1:-1])

    def ruleset(self) -> list[Node]:
        """Read ``Rules = [...]``."""
        if self._peek() == "Analyzers":
            raise Malformed("Analyzers are not supported by pocketaws; use Rules.")
        for text in ("Rules", "=", "["):
            self._expect(text)
        found = [self._node()]
        while self._peek() == ",":
            self._next()
            found.append(self._node())
        self._expect("]")
        if self._peek():
            raise self._wrong("the end")
        return found

    def _node(self) -> Node:
        start = self._place
        if self._peek() != "(":
            return self._rule()
        parts, joined = [self._inner()], ""
        while (word := self._peek().lower()) in ("and", "or"):
            if joined not in ("", word):
                raise self._wrong("parentheses between 'and' and 'or'")
            joined = word
            self._next()
            parts.append(self._inner())
        return parts[0] if not joined else Together(joined, tuple(parts), self._since(start))

    def _inner(self) -> Node:
        self._expect("(")
        found = self._node()
        self._expect(")")
        return found

    def _since(self, start: int) -> str:
        return " ".join(self._text[self._tokens[start][2] : self._tokens[self._place - 1][3]].split())

    def _rule(self) -> Rule:
        start, kind = self._place, self._next()
        if kind in _ELSEWHERE:
            raise Malformed(f"Rule type {kind} is not supported by pocketaws; it has {', '.join(KINDS)}.")
        if kind not in KINDS:
            self._place = start
            raise self._wrong("a rule type")
        least, most, needs = KINDS[kind]
        columns: list[str] = []
        while self._kind() == "string" and len(columns) < most:
            columns.append(self._string())
        if len(columns) < least:
            raise self._wrong("a text in double quotes")
        condition = self._condition() if needs else None
        threshold = where = None
        while (word := self._peek()) in ("with", "where"):
            self._next()
            if word == "with":
                self._expect("threshold")
                threshold = self._condition()
            else:
                where = self._string()
        if threshold and kind not in ("ColumnValues", "ColumnLength"):
            raise Malformed(f"Parsing Error: a threshold does not go with {kind}")
        return Rule(kind, tuple(columns), condition, threshold, where, self._since(start))

    def _condition(self) -> Condition:
        negated = self._peek() == "not"
        if negated:
            self._next()
        operator = self._peek()
        if operator in ("=", "!=", ">", ">=", "<", "<=") and not negated:
            self._next()
            return Condition(operator, (self._value(),))
        if operator == "between":
            self._next()
            low = self._value()
            self._expect("and")
            return Condition("between", (low, self._value()), negated)
        if operator == "matches":
            self._next()
            return Condition("matches", (self._string(),), negated)
        if operator == "in":
            self._next()
            return Condition("in", self._list(), negated)
        raise self._wrong("an expression such as > 0.9, between 1 and 5, in [...]")

    def _list(self) -> tuple[Value, ...]:
        self._expect("[")
        found = [self._value()]
        while self._peek() == ",":
            self._next()
            found.append(self._value())
        self._expect("]")
        return tuple(found)

    def _value(self) -> Value:
        if self._kind() == "string":
            return self._string()
        if self._kind() == "number":
            return float(self._next())
        if self._peek() in ("NULL", "EMPTY", "WHITESPACES_ONLY"):
            return Keyword(self._next())
        if self._peek() in ("now", "avg", "last", "min", "max", "sum", "std", "median", "percentile"):
            raise Malformed(f"Values computed by {self._peek()}() are not supported by pocketaws.")
        raise self._wrong("a number or a text in double quotes")
