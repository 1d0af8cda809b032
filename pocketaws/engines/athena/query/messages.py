"""What DuckDB says of a query, in Athena's words and with Athena's places."""

from __future__ import annotations

import re
from collections.abc import Callable

from pocketaws.engines.athena.errors import DATA, QueryFailed
from pocketaws.engines.athena.tokens import place, tokenize

__all__ = ["explain"]

_NO_COLUMN = "Column '{0}' cannot be resolved or requester is not authorized to access requested resources"
#: Pattern of DuckDB's message -> Athena's code, its words, whether the first group has a place in the query.
_MESSAGES: list[tuple[str, str, str, bool]] = [
    (r'Referenced column "([^"]+)" not found', "COLUMN_NOT_FOUND", _NO_COLUMN, True),
    (r'Referenced column "([^"]+)" was not found', "COLUMN_NOT_FOUND", _NO_COLUMN, True),
    (r'does not have a column named "([^"]+)"', "COLUMN_NOT_FOUND", _NO_COLUMN, True),
    (r'Referenced table "([^"]+)" not found', "COLUMN_NOT_FOUND", _NO_COLUMN, True),
    (r'Ambiguous reference to column name "([^"]+)"', "AMBIGUOUS_NAME", "Column '{0}' is ambiguous", True),
    (
        r'column "?([^"\s]+)"? must appear in the GROUP BY clause',
        "EXPRESSION_NOT_AGGREGATE",
        "'{0}' must be an aggregate expression or appear in GROUP BY clause",
        True,
    ),
    (
        r"Cannot compare values of type (\w+).*? (?:and type|and) (\w+)",
        "TYPE_MISMATCH",
        "Cannot apply operator: {0} = {1}",
        False,
    ),
    (r"with name (?:trino_)?(\w+) does not exist", "FUNCTION_NOT_FOUND", "Function '{0}' not registered", True),
    (
        r"No function matches the given name and argument types '(?:trino_)?([^']+)'",
        "FUNCTION_NOT_FOUND",
        "Unexpected parameters for function {0}",
        False,
    ),
    (r"Macro function (?:trino_)?(\w+)\(", "FUNCTION_NOT_FOUND", "Unexpected parameters for function {0}", True),
    (r"Could not convert string '([^']*)' to (\w+)", "INVALID_CAST_ARGUMENT", "Cannot cast '{0}' to {1}", False),
    (r'invalid \w+ field format: "([^"]*)"', "INVALID_CAST_ARGUMENT", "Value cannot be cast to timestamp: {0}", False),
    (r'Could not parse string "([^"]*)"', "INVALID_FUNCTION_ARGUMENT", 'Invalid format: "{0}"', False),
    (r"Division by zero", "DIVISION_BY_ZERO", "Division by zero", False),
    (r"Overflow in .*?of (\w+)", "NUMERIC_VALUE_OUT_OF_RANGE", "{0} overflow", False),
    (r"out of range for the destination type (\w+)", "NUMERIC_VALUE_OUT_OF_RANGE", "Out of range for {0}", False),
    (r"More than one row returned by a subquery", "SUBQUERY_MULTIPLE_ROWS",
     "Scalar sub-query has returned multiple rows", False),
    (r"Set operations can only apply to expressions with the same number", "TYPE_MISMATCH",
     "UNION query has different number of fields", False),
    (r"WHERE clause cannot contain aggregates", "EXPRESSION_NOT_SCALAR",
     "WHERE clause cannot contain aggregations, window functions or grouping operations", False),
]  # fmt: skip
_TRINO = {
    "VARCHAR": "varchar",
    "INTEGER": "integer",
    "INTEGER_LITERAL": "integer",
    "BIGINT": "bigint",
    "INT32": "integer",
    "INT64": "bigint",
    "DOUBLE": "double",
    "DATE": "date",
    "TIMESTAMP": "timestamp(3)",
    "BOOLEAN": "boolean",
}
_DATA_ERRORS = ("INVALID_CAST_ARGUMENT", "DIVISION_BY_ZERO", "NUMERIC_VALUE_OUT_OF_RANGE", "INVALID_FUNCTION_ARGUMENT")


def explain(sql: str, error: Exception, rename: Callable[[str], str] = str) -> QueryFailed:
    """Return the failure that Athena would report.

    Parameters
    ----------
    sql
        The query as it was sent.
    error
        What DuckDB raised.
    rename
        Gives a table its own name, where the message holds DuckDB's.
    """
    text = rename(str(error))
    for pattern, code, words, has_place in _MESSAGES:
        if match := re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            groups = [_TRINO.get(group, group) for group in match.groups()]
            if code == "COLUMN_NOT_FOUND":
                groups[0] = groups[0].lower()
            where = f"{_place(sql, match[1])}: " if has_place else _operator(sql, code)
            return QueryFailed(f"{code}: {where}{words.format(*groups)}", *_kind(code))
    first = re.sub(r"^[A-Z][\w ]+ Error: ", "", text.split("\n")[0])
    return QueryFailed(f"GENERIC_USER_ERROR: {first}")


def _kind(code: str) -> tuple[int, ...]:
    return (DATA,) if code in _DATA_ERRORS else ()


def _operator(sql: str, code: str) -> str:
    if code != "TYPE_MISMATCH":
        return ""
    found = [token.start for token in tokenize(sql) if token.text in ("=", "<", ">", "<=", ">=", "<>", "!=")]
    return f"{place(sql, found[0])}: " if found else ""


def _place(sql: str, name: str) -> str:
    last = name.rpartition(".")[2].lower()
    found = [token.start for token in tokenize(sql) if token.value.lower() == last]
    return place(sql, found[0] if found else 0)
