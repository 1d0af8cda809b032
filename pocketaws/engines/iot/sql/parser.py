"""From the text of a rule's SQL to its parts.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-reference.html
"""

from __future__ import annotations

from decimal import Decimal

from pocketaws.engines.iot.errors import SqlError
from pocketaws.engines.iot.sql import functions
from pocketaws.engines.iot.sql.tokens import Token, tokenize
from pocketaws.engines.iot.sql.trees import (
    Array,
    Case,
    Column,
    Everything,
    Expression,
    Function,
    In,
    Literal,
    Object,
    Operation,
    Path,
    Query,
    Subquery,
    Unary,
)

__all__ = ["Query", "parse", "parse_expression"]

LEVELS = (("or",), ("and",), ("=", "<>", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"))


def parse(sql: str) -> Query:
    """Read a statement.

    Raises
    ------
    SqlError
        It is wrong; the message says where and what was expected.
    """
    reader = _Reader(sql)
    query = reader.query(is_inner=False)
    reader.expect("end")
    return query


def parse_expression(text: str) -> Expression:
    """Read a single expression, as in ``${topic(2)}``."""
    reader = _Reader(text)
    found = reader.expression()
    reader.expect("end")
    return found


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, sql: str) -> None:
        self._tokens = tokenize(sql)
        self._place = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._place]

    def take(self, *texts: str) -> str:
        """Take a keyword or sign if it is one of these; else return an empty text."""
        token = self.token
        if token.kind in ("keyword", "sign") and token.text in texts:
            self._place += 1
            return token.text
        return ""

    def expect(self, wanted: str) -> str:
        """Take a keyword or sign, or any token of a kind."""
        token = self.token
        if (token.kind in ("keyword", "sign") and token.text == wanted) or token.kind == wanted:
            self._place += 1
            return token.text
        shown = {"name": "a name", "string": "a string", "end": "the end"}.get(wanted, wanted.upper())
        raise SqlError(f"Expected {shown} but found {token.text!r} at position {token.place}.")

    def query(self, *, is_inner: bool) -> Query:
        self.expect("select")
        is_value = bool(self.take("value"))
        columns = [self._column()]
        while not is_value and self.take(","):
            columns.append(self._column())
        self.expect("from")
        topic = self._path() if is_inner else self.expect("string")
        where = self.expression() if self.take("where") else None
        return Query(tuple(columns), is_value, topic, where)

    def _column(self) -> Column:
        expression = Everything() if self.take("*") else self.expression()
        alias: list[str] = []
        if self.take("as"):
            alias.append(self.expect("name"))
            while self.take("."):
                alias.append(self.expect("name"))
        return Column(expression, tuple(alias))

    def expression(self, level: int = 0) -> Expression:
        if level == len(LEVELS):
            return self._unary()
        if LEVELS[level] == ("and",):
            found = self._negated(level + 1)
            while self.take("and"):
                found = Operation("and", found, self._negated(level + 1))
            return found
        found = self.expression(level + 1)
        while sign := self.take(*LEVELS[level], *(("in",) if level == 2 else ())):
            found = In(found, self._among()) if sign == "in" else Operation(sign, found, self.expression(level + 1))
        return found

    def _negated(self, level: int) -> Expression:
        if self.take("not"):
            return Unary("not", self._negated(level))
        return self.expression(level)

    def _among(self) -> Expression:
        if self.token.text == "(" and self._tokens[self._place + 1].text != "select":
            self.expect("(")
            return Array(self._list(")"))
        return self._unary()

    def _unary(self) -> Expression:
        if self.take("-"):
            return Unary("-", self._unary())
        found = self._primary()
        parts: list[str | int] = []
        while sign := self.take(".", "["):
            parts.append(self._member() if sign == "." else self._index())
        if not parts:
            return found
        if isinstance(found, Path) and found.start is None:
            return Path((*found.parts, *parts))
        return Path(tuple(parts), found)

    def _primary(self) -> Expression:
        token = self.token
        if token.kind in ("number", "string"):
            self._place += 1
            return Literal(_number(token.text) if token.kind == "number" else token.text)
        if word := self.take("true", "false", "null", "undefined"):
            values = {"true": True, "false": False, "null": None, "undefined": functions.UNDEFINED}
            return Literal(values[word])
        if self.take("case"):
            return self._case()
        if self.take("["):
            return Array(self._list("]"))
        if self.take("{"):
            return self._object()
        if self.take("("):
            if self.token.text == "select" and self.token.kind == "keyword":
                inner: Expression = Subquery(self.query(is_inner=True))
            else:
                inner = self.expression()
            self.expect(")")
            return inner
        if token.kind == "sign" and token.text == "*":
            self._place += 1
            return Everything()
        name = self._member()
        if self.take("("):
            return self._function(name, token)
        return Path((name,))

    def _member(self) -> str:
        token = self.token
        if token.kind == "name" or (token.kind == "keyword" and token.text in ("value", "end", "in")):
            self._place += 1
            return token.text
        raise SqlError(f"Expected an expression but found {token.text!r} at position {token.place}.")

    def _index(self) -> int:
        number = self.expect("number")
        self.expect("]")
        return int(float(number))

    def _path(self) -> Path:
        found = self._unary()
        if not isinstance(found, Path):
            raise SqlError("The FROM of an inner SELECT must be an attribute of the message.")
        return found

    def _function(self, name: str, token: Token) -> Function:
        arguments = self._list(")")
        problem = functions.problem(name, len(arguments))
        if problem:
            raise SqlError(f"{problem} at position {token.place}.")
        return Function(name.lower(), arguments)

    def _list(self, closing: str) -> tuple[Expression, ...]:
        items: list[Expression] = []
        if self.take(closing):
            return ()
        items.append(self.expression())
        while self.take(","):
            items.append(self.expression())
        self.expect(closing)
        return tuple(items)

    def _object(self) -> Object:
        items: list[tuple[str, Expression]] = []
        if self.take("}"):
            return Object(())
        while True:
            key = self.expect("string")
            self.expect(":")
            items.append((key, self.expression()))
            if not self.take(","):
                self.expect("}")
                return Object(tuple(items))

    def _case(self) -> Case:
        operand = self.expression()
        branches = []
        while self.take("when"):
            tested = self.expression()
            self.expect("then")
            branches.append((tested, self.expression()))
        otherwise: Expression = self.expression() if self.take("else") else Literal(functions.UNDEFINED)
        if not branches:
            self.expect("when")
        self.expect("end")
        return Case(operand, tuple(branches), otherwise)


def _number(text: str) -> int | Decimal:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else value
