"""The statements of PartiQL: SELECT, INSERT, UPDATE and DELETE, and EXISTS in transactions.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.expressions import Condition, Path
from pocketaws.engines.dynamodb.partiql.assignments import Assignments
from pocketaws.engines.dynamodb.partiql.syntax import Delete, Exists, Insert, Modify, Select, Source, Statement, label
from pocketaws.engines.dynamodb.partiql.tokens import not_well_formed
from pocketaws.engines.dynamodb.values import AttributeValue, normalize_item

__all__ = ["parse"]

_TABLE_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}\Z")
_CLAUSES = (
    "GROUP",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "JOIN",
    "INNER",
    "LEFT",
    "RIGHT",
    "CROSS",
    "UNION",
    "EXCEPT",
    "INTERSECT",
)


def parse(statement: str, parameters: Sequence[AttributeValue] = ()) -> Statement:
    """Return the tree of a statement.

    Parameters
    ----------
    statement
        The PartiQL.
    parameters
        What the question marks stand for, in order; values in canonical spelling.

    Raises
    ------
    DynamoDBError
        ``ValidationException``: the statement is not PartiQL, or not of the part that DynamoDB supports.

    Examples
    --------
    >>> parse("SELECT Title FROM Music WHERE Artist=?", [{"S": "Acme"}]).source
    Source(table='Music', index=None)
    """
    try:
        reader = _Statements(statement, parameters)
        tree = reader.statement()
        reader.finish()
    except RecursionError:
        raise not_well_formed() from None
    return tree


class _Statements(Assignments):
    def statement(self) -> Statement:
        word = self.current.word
        readers: dict[str, Any] = {
            "SELECT": self._select,
            "INSERT": self._insert,
            "UPDATE": self._update,
            "DELETE": self._delete,
            "FROM": self._from_first,
        }
        if word in readers:
            self.take()
            return readers[word]()  # type: ignore[no-any-return]
        if word == "EXISTS" and self.following.text == "(":
            self.take()
            self.take()
            if not self.skip_word("SELECT"):
                raise not_well_formed("Unexpected term")
            select = self._select()
            self.expect(")", "RIGHT_PAREN")
            return Exists(select)
        raise not_well_formed("Expected data manipulation")

    def _source(self) -> Source:
        parts = [self._source_name()]
        while self.skip("."):
            parts.append(self._source_name())
        if len(parts) > 2:
            raise validation("A path may contain at most 2 components in the FROM clause")
        if not _TABLE_NAME.match(parts[0]):
            raise validation(
                "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'."
            )
        return Source(parts[0], parts[1] if len(parts) > 1 else None)

    def _source_name(self) -> str:
        return self.name("Expected identifier for simple path")

    def _check_no_alias(self) -> None:
        token = self.current
        if token.word == "AS" or (token.kind in ("word", "name") and not token.is_keyword):
            raise validation("Aliasing is not supported")

    def _table(self) -> Source:
        source = self._source()
        self._check_no_alias()
        if source.index is not None:
            raise validation("This operation is not supported on an index")
        return source

    # SELECT

    def _select(self) -> Select:
        paths = self._projection()
        if not self.skip_word("FROM"):
            raise not_well_formed("Expected FROM") if self.current.kind == "end" else self._clause_error()
        if self.current.kind not in ("word", "name") or self.current.is_keyword:
            self.unexpected()
        select = Select(self._source(), paths)
        if self.at(","):
            raise validation("Only select from a single table or index is supported.")
        if self.at("-", "+", "*", "["):
            raise validation("Unexpected from source")
        if not self.at_word(*_CLAUSES):
            self._check_no_alias()
        select.where = self._where()
        if self.skip_word("ORDER"):
            select.order = self._order()
        if self.at_word(*_CLAUSES):
            raise self._clause_error()
        return select

    def _clause_error(self) -> DynamoDBError:
        clause = self.current.word
        if clause not in _CLAUSES:
            return not_well_formed("Unexpected token after expression")
        self.take()
        if clause == "GROUP" and self.skip_word("BY"):
            clause = "GROUP BY"
        return validation(f"Unsupported clause: {clause} at {self.current.place}")

    def _projection(self) -> list[Path]:
        if self.at_word("DISTINCT"):
            raise validation("Unsupported clause: DISTINCT")
        if self.at_word("VALUE", "PIVOT"):
            raise validation("Select projection doesn't support value or pivot keywords")
        if self.skip("*"):
            if self.at(","):
                raise validation("Other attributes should not be present in the projection when '*' is used.")
            return []
        paths = [self._projected()]
        while self.skip(","):
            paths.append(self._projected())
        names = [label(path) for path in paths]
        if repeated := [name for position, name in enumerate(names) if name in names[:position]]:
            raise validation(f"Duplicate identifiers in select clause: {repeated[0]}")
        return paths

    def _projected(self) -> Path:
        token = self.current
        if token.kind == "symbol" and token.text == "*":
            raise validation("Other attributes should not be present in the projection when '*' is used.")
        if token.kind in ("text", "number", "parameter") or (token.kind == "word" and self.following.text == "("):
            raise validation(f"Unexpected path component at {token.place}")
        path = self.path()
        if self.at_word("AS") or (self.current.kind in ("word", "name") and not self.current.is_keyword):
            raise validation("Aliasing is not supported")
        return path

    def _where(self) -> Condition | None:
        return self.condition() if self.skip_word("WHERE") else None

    def _order(self) -> list[tuple[str, bool]]:
        if not self.skip_word("BY"):
            raise not_well_formed("Expected BY after ORDER")
        order = [self._order_key()]
        while self.skip(","):
            order.append(self._order_key())
        return order

    def _order_key(self) -> tuple[str, bool]:
        path = self.path()
        descending = self.skip_word("DESC")
        if not descending:
            self.skip_word("ASC")
        return path.root, descending

    # INSERT, UPDATE, DELETE

    def _insert(self) -> Insert:
        if not self.skip_word("INTO"):
            raise not_well_formed("Expected identifier for simple path")
        source = self._source()
        if source.index is not None:
            raise validation("This operation is not supported on an index")
        if self.at("<<") or self.at_word("VALUES"):
            raise validation(
                "Unsupported operation: Inserting multiple items in a single statement is not supported, use "
                '"INSERT INTO tableName VALUE item" instead'
            )
        if not self.skip_word("VALUE"):
            raise not_well_formed("Unexpected keyword" if self.at("(") else "Unexpected token after expression")
        if not self.at("{"):
            raise validation(
                "Unsupported format in item expression. Please use struct format {...} to express item values "
                "for insert statement."
            )
        insert = Insert(source, normalize_item(self.item()))
        if self.at_word("RETURNING"):
            raise validation("RETURNING is not supported in INSERT")
        return insert

    def _update(self) -> Modify:
        modify = Modify(self._table(), self.changes())
        modify.where = self._where()
        modify.returning = self._returning()
        return modify

    def _from_first(self) -> Modify:
        source = self._table()
        where = self._where()
        return Modify(source, self.changes(), where, self._returning())

    def _delete(self) -> Delete:
        if not self.skip_word("FROM"):
            raise not_well_formed("Expected identifier for simple path")
        delete = Delete(self._table(), self._where(), self._returning())
        if delete.returning not in (None, "ALL OLD"):
            raise validation(
                f"Invalid returning clause: RETURNING {delete.returning} *. "
                "Only RETURNING ALL OLD * is allowed in DELETE statements."
            )
        return delete

    def _returning(self) -> str | None:
        if not self.skip_word("RETURNING"):
            return None
        words = (self.take().word, self.take().word)
        if words[0] not in ("ALL", "MODIFIED") or words[1] not in ("OLD", "NEW") or not self.skip("*"):
            raise validation("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause")
        if self.at(","):
            raise validation("Invalid syntax with multiple returning elements in RETURNING clause")
        return " ".join(words)
