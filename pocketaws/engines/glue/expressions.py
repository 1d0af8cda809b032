"""The filter of ``GetPartitions``: a condition on partition keys, as in the WHERE clause of SQL.

``=``, ``<>``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``IN``, ``BETWEEN``, ``LIKE``, ``IS NULL``, ``NOT``, ``AND``,
``OR`` and parentheses.  Values compare by the type of their key: numbers as numbers, dates and times as
such, texts as texts.

Source: https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from pocketaws.engines.glue.errors import GlueError, invalid
from pocketaws.engines.glue.values import family, read

__all__ = ["compile_expression"]

Row: TypeAlias = Sequence[str]
Test: TypeAlias = Callable[[Row], bool]

NULL = "__HIVE_DEFAULT_PARTITION__"
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?P<number>-?\d+(?:\.\d+)?(?:[eE]\d+)?)|(?P<name>`[^`]+`|[A-Za-z_][\w.]*)"""
    r"""|(?P<sign><>|!=|<=|>=|[=<>(),]))"""
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compile_expression(expression: str, keys: Sequence[tuple[str, str]]) -> Test:
    """Return the test of a partition's values that an expression stands for.

    Parameters
    ----------
    expression
        For example ``year = 2026 AND month IN ('01', '02')``.
    keys
        Names and types of the table's partition keys.

    Raises
    ------
    GlueError
        ``InvalidInputException``: the expression cannot be read, or names what is no partition key.

    Examples
    --------
    >>> compile_expression("NOT (year < 2026)", [("year", "int")])(["2026"])
    True
    """
    return _Parser(expression, keys).parse()


class _Parser:
    """Recursive descent: ``or`` over ``and`` over ``not`` over conditions."""

    def __init__(self, expression: str, keys: Sequence[tuple[str, str]]) -> None:
        self._expression = expression
        self._keys = {name.lower(): (index, kind.lower()) for index, (name, kind) in enumerate(keys)}
        self._tokens = self._split()
        self._at = 0

    def parse(self) -> Test:
        test = self._or()
        if self._at < len(self._tokens):
            raise self._bad()
        return test

    def _split(self) -> list[tuple[str, str]]:
        tokens, at, text = [], 0, self._expression.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise self._bad()
            tokens.append((str(match.lastgroup), match.group(str(match.lastgroup))))
            at = match.end()
        return tokens

    def _bad(self) -> GlueError:
        return invalid(f"Unsupported expression '{self._expression}'")

    def _peek(self) -> str:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        return text if kind in ("sign", "") else text.upper() if kind == "name" else f"\0{kind}"

    def _take(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise self._bad()
        self._at += 1
        return self._tokens[self._at - 1]

    def _accept(self, *wanted: str) -> bool:
        if self._peek() in wanted:
            self._at += 1
            return True
        return False

    def _expect(self, wanted: str) -> None:
        if not self._accept(wanted):
            raise self._bad()

    def _or(self) -> Test:
        tests = [self._and()]
        while self._accept("OR"):
            tests.append(self._and())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _and(self) -> Test:
        tests = [self._not()]
        while self._accept("AND"):
            tests.append(self._not())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _not(self) -> Test:
        if self._accept("NOT"):
            test = self._not()
            return lambda row: not test(row)
        if self._accept("("):
            test = self._or()
            self._expect(")")
            return test
        return self._condition()

    def _condition(self) -> Test:
        first = self._take()
        if first[0] in ("text", "number"):
            sign = self._take()[1]
            index, kind = self._key(self._take())
            return self._comparison(index, kind, _MIRRORED.get(sign, sign), first)
        index, kind = self._key(first)
        negated = self._accept("NOT")
        test = self._rest(index, kind)
        return (lambda row: not test(row)) if negated else test

    def _rest(self, index: int, kind: str) -> Test:
        if self._accept("IS"):
            absent = not self._accept("NOT")
            self._expect("NULL")
            return lambda row: (row[index] == NULL) is absent
        if self._accept("IN"):
            choices = self._list(kind)
            return self._guarded(index, kind, lambda value: value in choices)
        if self._accept("BETWEEN"):
            low = self._literal(self._take(), kind)
            self._expect("AND")
            high = self._literal(self._take(), kind)
            return self._guarded(index, kind, lambda value: bool(low <= value <= high))
        if self._accept("LIKE"):
            if kind != "string":
                raise invalid(f"{kind.title()} data type doesn't support operation 'LIKE'")
            pattern = _like(_unquoted(self._take()))
            return lambda row: bool(pattern.fullmatch(row[index]))
        return self._comparison(index, kind, self._take()[1], self._take())

    def _comparison(self, index: int, kind: str, sign: str, literal: tuple[str, str]) -> Test:
        compare, wanted = _COMPARE.get(sign), self._literal(literal, kind)
        if compare is None:
            raise self._bad()
        return self._guarded(index, kind, lambda value: compare(value, wanted))

    def _guarded(self, index: int, kind: str, test: Callable[[Any], bool]) -> Test:
        def guarded(row: Row) -> bool:
            value = _value(row[index], kind)
            return value is not None and test(value)

        return guarded

    def _list(self, kind: str) -> list[Any]:
        self._expect("(")
        found = [self._literal(self._take(), kind)]
        while self._accept(","):
            found.append(self._literal(self._take(), kind))
        self._expect(")")
        return found

    def _key(self, token: tuple[str, str]) -> tuple[int, str]:
        name = token[1].strip("`").lower()
        if token[0] != "name" or name not in self._keys:
            raise invalid("Invalid partition expression!")
        index, kind = self._keys[name]
        return index, family(kind)

    def _literal(self, token: tuple[str, str], kind: str) -> Any:
        if token[0] == "name" and token[1].upper() in ("DATE", "TIMESTAMP"):
            token = self._take()
        if token[0] not in ("text", "number"):
            raise self._bad()
        try:
            return read(_unquoted(token), kind)
        except ValueError as error:
            raise invalid(str(error)) from None


def _unquoted(token: tuple[str, str]) -> str:
    kind, text = token
    return text[1:-1].replace(text[0] * 2, text[0]) if kind == "text" else text


def _like(pattern: str) -> re.Pattern[str]:
    parts = (".*" if char == "%" else "." if char == "_" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.DOTALL)


def _value(text: str, kind: str) -> Any:
    """Read a partition's value; None for a null."""
    if text == NULL:
        return None
    try:
        return read(text, kind)
    except ValueError as error:
        raise GlueError("InvalidStateException", str(error)) from None
