"""How data was read, told apart by what was asked and not by the words that stand in a request.

Of a DynamoDB table: each read as conditions on its key, whether Query, GetItem, a batch, a transaction or PartiQL asked
for it.  Of files in S3: whether a statement of Athena reads a column of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from labgrader.account import Account
from pocketaws.engines.dynamodb.errors import DynamoDBError
from pocketaws.engines.dynamodb.expressions.condition import parse_condition
from pocketaws.engines.dynamodb.expressions.key_condition import KeyTerm, key_terms
from pocketaws.engines.dynamodb.expressions.placeholders import Placeholders
from pocketaws.engines.dynamodb.keys import KeyNames
from pocketaws.engines.dynamodb.legacy import key_conditions
from pocketaws.engines.dynamodb.partiql.plans import lookups
from pocketaws.engines.dynamodb.partiql.statements import parse
from pocketaws.engines.dynamodb.partiql.syntax import Select

__all__ = ["Read", "key_reads", "sql_reads", "sql_runs"]

#: Operations that read items, by any door.
_READS = ("GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems")
_STATEMENTS = ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction")


@dataclass(frozen=True)
class Read:
    """One read of a table: the conditions on key attributes that lead to its items; none for a scan.

    Examples
    --------
    >>> read = Read({"id": KeyTerm("=", ({"S": "a"},)), "at": KeyTerm("BETWEEN", ({"S": "1"}, {"S": "5"}))})
    >>> read.fixes("id", "a"), read.begins("at", "1"), read.ends("at", "5"), read.is_scan
    (True, True, True, False)
    """

    terms: dict[str, KeyTerm]

    @property
    def is_scan(self) -> bool:
        """Whether nothing leads to its items."""
        return not self.terms

    def fixes(self, name: str, value: str) -> bool:
        """Whether an attribute of text must be this value."""
        return self._values(name, "=") == [value]

    def begins(self, name: str, value: str) -> bool:
        """Whether a range of an attribute of text begins with this value, included."""
        return self._values(name, ">=", "BETWEEN")[:1] == [value]

    def ends(self, name: str, value: str) -> bool:
        """Whether a range of an attribute of text ends with this value, included."""
        return self._values(name, "<=", "BETWEEN")[-1:] == [value]

    def _values(self, name: str, *operators: str) -> list[str | None]:
        term = self.terms.get(name)
        return [value.get("S") for value in term.values] if term and term.operator in operators else []


def key_reads(aws: Account, table: str) -> list[Read]:
    """List the student's reads of a table that AWS answered, oldest first."""
    described = aws.table(table) or {}
    found = []
    for entry in aws.requests(*_READS, *_STATEMENTS):
        if entry.outcome == "OK":
            try:
                found += list(_reads(entry.operation, entry.parameters, described))
            except (DynamoDBError, AttributeError, LookupError, TypeError):  # parameters may be cut, statements are not
                text = str(entry.parameters.get("Statement"))
                if not entry.parameters or re.match(rf"\s*SELECT\b.*{re.escape(table)}", text, re.I | re.S):
                    found.append(Read({}))
    return found


def sql_reads(sql: str, table: str, column: str) -> bool:
    """Whether a statement reads a column of a table, by its name or by ``*``; comments and texts do not count.

    Examples
    --------
    >>> sql_reads("SELECT max(delay) FROM air.flights", "flights", "delay")
    True
    >>> sql_reads("SELECT 'delay' -- of flights", "flights", "delay")
    False
    """
    with suppress(SqlglotError, RecursionError):
        for tree in sqlglot.parse(re.sub(r"^\s*PREPARE\s+\S+\s+FROM\s", "", sql, flags=re.IGNORECASE), read="trino"):
            tables = {each.name.lower() for each in tree.find_all(exp.Table)} if tree else set()
            if tree and table in tables:
                stars = [each for each in tree.find_all(exp.Star) if not isinstance(each.parent, exp.Count)]
                return bool(stars) or any(each.name.lower() == column for each in tree.find_all(exp.Column))
    return False


def sql_runs(aws: Account) -> list[dict[str, Any]]:
    """List the student's queries of Athena that succeeded, whichever workgroup they ran in; one that waits runs now."""
    if not aws.requests("StartQueryExecution"):
        return []
    groups = (aws.ask("athena", "list_work_groups") or {}).get("WorkGroups", [])
    listed = ("athena", "list_query_executions", "QueryExecutionIds")
    ids = [id for group in groups for id in aws.pages(*listed, WorkGroup=group["Name"])[:100]]
    runs = [
        (aws.ask("athena", "get_query_execution", QueryExecutionId=id) or {}).get("QueryExecution", {}) for id in ids
    ]
    return [run for run in runs if run.get("Status", {}).get("State") == "SUCCEEDED"]


def _reads(operation: str, asked: dict[str, Any], described: dict[str, Any]) -> Iterator[Read]:
    if operation in _STATEMENTS:
        for each in asked.get("Statements") or asked.get("TransactStatements") or [asked]:
            yield from _of_statement(each, described)
    elif operation == "BatchGetItem":
        for name, wanted in asked["RequestItems"].items():
            yield from (_of_key(key) for key in wanted["Keys"] if _is(name, described))
    elif operation == "TransactGetItems":
        gets = [each["Get"] for each in asked["TransactItems"]]
        yield from (_of_key(each["Key"]) for each in gets if _is(each["TableName"], described))
    elif _is(asked["TableName"], described):
        yield _of_key(asked["Key"]) if operation == "GetItem" else Read(_terms(asked) if operation == "Query" else {})


def _is(name: str, described: dict[str, Any]) -> bool:
    """Whether a request names the table, by its name or its ARN."""
    return name in (described.get("TableName"), described.get("TableArn"))


def _of_key(key: dict[str, Any]) -> Read:
    return Read({name: KeyTerm("=", (value,)) for name, value in key.items()})


def _terms(asked: dict[str, Any]) -> dict[str, KeyTerm]:
    if (text := asked.get("KeyConditionExpression")) is not None:
        return key_terms(parse_condition(text, "KeyConditionExpression", Placeholders(asked)))
    return key_conditions(asked["KeyConditions"])


def _of_statement(asked: dict[str, Any], described: dict[str, Any]) -> Iterator[Read]:
    """Yield one read for each partition that a SELECT asks for; a scan where it names none."""
    tree = parse(asked["Statement"], asked.get("Parameters") or ())
    if isinstance(tree, Select) and _is(tree.source.table, described):
        indexes = [*described.get("GlobalSecondaryIndexes", []), *described.get("LocalSecondaryIndexes", [])]
        schemas = {each["IndexName"]: each["KeySchema"] for each in indexes} | {None: described["KeySchema"]}
        if tree.source.index in schemas:  # else it is there no more
            found = lookups(tree.where, KeyNames.of(schemas[tree.source.index]))
            yield from (Read(each.terms) for each in found) if found else [Read({})]
