"""Trino's SQL for sqlglot, with the functions that this engine translates left under their own names."""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, TokenError

from pocketaws.engines.athena.errors import AthenaError, QueryFailed, invalid_request
from pocketaws.engines.athena.query.functions import KNOWN, MACROS, NOT_FUNCTIONS, UNSUPPORTED
from pocketaws.engines.athena.tokens import place, tokenize

__all__ = ["check_functions", "parse"]

#: How the name of a column begins that has none.
UNNAMED = "_pocketaws_unnamed"
#: Trino's function -> DuckDB's with the same arguments.
RENAMED = {"date_diff": "date_sub"}
_OURS = {*MACROS, "date_diff", "reduce", "any_match", "all_match", "none_match"}


class Athena3(Trino):
    """Athena engine version 3."""

    class Parser(Trino.Parser):  # type: ignore[valid-type, misc]
        """A parser that leaves our functions anonymous."""

        FUNCTIONS = {  # noqa: RUF012
            name: build for name, build in Trino.Parser.FUNCTIONS.items() if name.lower() not in _OURS
        }
        FUNCTION_PARSERS = {  # noqa: RUF012
            name: build for name, build in Trino.Parser.FUNCTION_PARSERS.items() if name.lower() not in _OURS
        }


def parse(sql: str) -> Any:
    """Return the tree of one query.

    Raises
    ------
    AthenaError
        The statement is malformed, as ``StartQueryExecution`` says it.
    """
    return _parsed(sql).copy()


@lru_cache(maxsize=8)
def _parsed(sql: str) -> Any:
    try:
        found = [each for each in sqlglot.parse(sql, read=Athena3) if each is not None]
    except (ParseError, TokenError) as error:
        raise _malformed(sql, error) from None
    _refuse_empty_lists(sql)
    if len(found) != 1:
        raise invalid_request("Only one sql statement is allowed. Got: " + sql, "MALFORMED_QUERY")
    if isinstance(found[0], exp.Values):
        return _select_values(found[0])
    if not isinstance(found[0], exp.Query):
        raise invalid_request("Queries of this type are not supported", "MALFORMED_QUERY")
    for node in found[0].walk():
        if isinstance(node, (exp.Command, exp.Insert, exp.Create, exp.Pragma)):
            raise invalid_request("Queries of this type are not supported", "MALFORMED_QUERY")
    return found[0]


def _refuse_empty_lists(sql: str) -> None:
    """Refuse SELECT without anything, which sqlglot lets through."""
    tokens = tokenize(sql)
    for before, token in itertools.pairwise(tokens):
        if before.is_word("SELECT") and token.is_word("FROM"):
            where = place(sql, token.start)
            raise invalid_request(
                f"{where}: mismatched input '{token.text}'. Expecting: <expression>", "MALFORMED_QUERY"
            )


def _select_values(values: Any) -> Any:
    first = values.expressions[0]
    width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
    names = [exp.to_identifier(f"{UNNAMED}{number}") for number in range(width)]
    values.set("alias", exp.TableAlias(this=exp.to_identifier("listed"), columns=names))
    return exp.select("*").from_(values)


def _malformed(sql: str, error: Exception) -> AthenaError:
    details = getattr(error, "errors", None) or [{}]
    word = str(details[0].get("highlight") or "")
    line = details[0].get("line")
    at = _offset(sql, line, details[0].get("col"), word) if line else len(sql.rstrip())
    found = word or "<EOF>"
    return invalid_request(f"{place(sql, at)}: mismatched input '{found}'. Expecting: <expression>", "MALFORMED_QUERY")


def _offset(sql: str, line: int, column: int, word: str) -> int:
    """Return where a word begins that sqlglot saw end at a line and column."""
    start = sum(len(each) + 1 for each in sql.split("\n")[: line - 1])
    near = [token.start for token in tokenize(sql) if token.text == word and token.start <= start + column]
    return near[-1] if near else min(start + max(column - 1, 0), len(sql))


def check_functions(sql: str, names: set[str]) -> None:
    """Refuse functions that Athena does not have.

    Parameters
    ----------
    sql
        The query.
    names
        Names that stand before a bracket and are not functions: those of common tables and aliases.
    """
    tokens = tokenize(sql)
    for before, token, after in zip([None, *tokens], tokens, tokens[1:], strict=False):
        if after.text != "(" or token.kind not in ("word", "quoted"):
            continue
        name = token.value.lower()
        is_alias = (before is not None and before.is_word("AS", "WITH", "RECURSIVE")) or (before and before.text == ")")
        if name in NOT_FUNCTIONS and token.kind == "word":
            continue
        if name in names and (is_alias or ((before is not None and before.text in (",", ")")) or _is_name(before))):
            continue
        where = place(sql, token.start)
        if name in UNSUPPORTED:
            raise QueryFailed(f"NOT_SUPPORTED: {where}: Function '{name}' is not supported by pocketaws")
        if name not in KNOWN or token.kind == "quoted":
            raise QueryFailed(f"FUNCTION_NOT_FOUND: {where}: Function '{name}' not registered")


def _is_name(token: Any) -> bool:
    return token is not None and token.kind in ("word", "quoted")
