"""Reading a statement: which kind it is and how it runs.

To add a statement: write a function that reads its tokens and returns how it runs, and name it here.
"""

from __future__ import annotations

from pocketaws.engines.athena.errors import QueryFailed, invalid_request
from pocketaws.engines.athena.query import alter, ddl, show, writes
from pocketaws.engines.athena.query.dialect import parse
from pocketaws.engines.athena.query.engine import explain_plan
from pocketaws.engines.athena.query.results import Result, lines
from pocketaws.engines.athena.query.session import Session
from pocketaws.engines.athena.query.statement import Run, Statement
from pocketaws.engines.athena.state import Account
from pocketaws.engines.athena.tokens import Tokens, place, tokenize

__all__ = ["bind", "read"]

_FIRST = "'ALTER', 'CREATE', 'DEALLOCATE', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'INSERT', 'MSCK', 'PREPARE', "
_LAST = "'SELECT', 'SHOW', 'UNLOAD', 'VALUES', 'WITH'"


def read(sql: str, parameters: list[str] | None, account: Account, work_group: str) -> Statement:
    """Read a statement.

    Parameters
    ----------
    sql
        Its text.
    parameters
        The values of its question marks, as SQL text.
    account, work_group
        Where prepared statements are kept.

    Raises
    ------
    AthenaError
        It is malformed, or Athena does not have it.
    """
    bound = bind(sql, parameters)
    tokens = Tokens(bound)
    first = tokens.current
    if first is None:
        raise invalid_request("Query string must not be empty", "MALFORMED_QUERY")
    if first.text == "(" or first.is_word("SELECT", "WITH", "VALUES", "TABLE"):
        return Statement("DML", "SELECT", ".csv", _select(bound))
    word = tokens.next().value.upper()
    if word in ("PREPARE", "EXECUTE", "DEALLOCATE"):
        return _prepared(word, tokens, parameters, account, work_group)
    if word == "SHOW":
        name, run = show.show(tokens)
        return Statement("UTILITY" if name != "SHOW_CREATE_TABLE" else "DDL", name, ".txt", run)
    if word in ("DESCRIBE", "DESC"):
        return Statement("UTILITY", "DESCRIBE_TABLE", ".txt", show.describe(tokens))
    if word == "EXPLAIN":
        return Statement("UTILITY", "EXPLAIN", ".txt", _explain(tokens))
    if word == "CREATE":
        return _create(tokens)
    if word == "DROP":
        return _drop(tokens)
    if word == "ALTER":
        tokens.expect("TABLE")
        return Statement("DDL", "ALTER_TABLE", ".txt", alter.alter_table(tokens))
    if word == "MSCK":
        return Statement("DDL", "MSCK_REPAIR", ".txt", ddl.repair(tokens))
    if word == "INSERT":
        tokens.expect("INTO")
        return Statement("DML", "INSERT", "", writes.insert(tokens))
    if word == "UNLOAD":
        return Statement("DML", "UNLOAD", "", writes.unload(tokens))
    if word in ("UPDATE", "DELETE", "MERGE", "VACUUM", "OPTIMIZE", "ANALYZE", "TRUNCATE"):
        raise invalid_request(f"Queries of this type are not supported: {word}", "NOT_SUPPORTED")
    where = place(bound, first.start)
    raise invalid_request(f"{where}: mismatched input '{first.text}'. Expecting: {_FIRST}{_LAST}", "MALFORMED_QUERY")


def bind(sql: str, parameters: list[str] | None) -> str:
    """Return a statement with its question marks replaced by values.

    Raises
    ------
    AthenaError
        There are more or fewer values than question marks.
    """
    marks = [token.start for token in tokenize(sql) if token.text == "?"]
    if parameters is None and (not marks or Tokens(sql).peek("PREPARE")):
        return sql
    values = parameters or []
    if len(values) != len(marks) and not Tokens(sql).peek("EXECUTE"):
        raise invalid_request(
            f"Incorrect number of parameters: expected {len(marks)} but found {len(values)}", "INVALID_PARAMETER_USAGE"
        )
    parts, last = [], 0
    for start, value in zip(marks, values, strict=False):
        parts += [sql[last:start], value]
        last = start + 1
    return "".join([*parts, sql[last:]])


def _select(sql: str) -> Run:
    parse(sql)
    return lambda session: session.ask(sql).result()


def _explain(tokens: Tokens) -> Run:
    if tokens.peek("ANALYZE"):
        raise invalid_request("EXPLAIN ANALYZE is not supported by pocketaws's Athena", "NOT_SUPPORTED")
    if tokens.peek("("):
        tokens.bracketed()
    query = tokens.rest()
    parse(query)

    def run(session: Session) -> Result:
        plan = explain_plan(query, session.catalog, session.execution.database)
        return lines(["Query Plan"], [(line,) for line in plan.split("\n")])

    return run


def _create(tokens: Tokens) -> Statement:
    if tokens.accept("DATABASE") or tokens.accept("SCHEMA"):
        return Statement("DDL", "CREATE_DATABASE", ".txt", ddl.create_database(tokens))
    if tokens.accept("OR", "REPLACE", "VIEW"):
        return Statement("DDL", "CREATE_VIEW", ".txt", ddl.create_view(tokens, replace=True))
    if tokens.accept("VIEW"):
        return Statement("DDL", "CREATE_VIEW", ".txt", ddl.create_view(tokens, replace=False))
    if tokens.accept("EXTERNAL", "TABLE"):
        return Statement("DDL", "CREATE_TABLE", ".txt", ddl.create_table(tokens))
    tokens.expect("TABLE")
    quietly = tokens.accept("IF", "NOT", "EXISTS")
    parts = tokens.qualified_name()
    if tokens.peek("("):
        raise invalid_request("External table is required: use CREATE EXTERNAL TABLE (pocketaws has no Iceberg tables)")
    run = writes.create_table_as(tokens, parts, quietly=quietly)
    return Statement("DDL", "CREATE_TABLE_AS_SELECT", "", run)


def _drop(tokens: Tokens) -> Statement:
    if tokens.accept("DATABASE") or tokens.accept("SCHEMA"):
        return Statement("DDL", "DROP_DATABASE", ".txt", ddl.drop_database(tokens))
    if tokens.accept("VIEW"):
        return Statement("DDL", "DROP_VIEW", ".txt", ddl.drop_table(tokens, view=True))
    tokens.expect("TABLE")
    return Statement("DDL", "DROP_TABLE", ".txt", ddl.drop_table(tokens, view=False))


def _prepared(word: str, tokens: Tokens, parameters: list[str] | None, account: Account, work_group: str) -> Statement:
    if word == "DEALLOCATE":
        tokens.expect("PREPARE")
    key = (work_group, tokens.next().value)
    if word == "PREPARE":
        tokens.expect("FROM")
        text = tokens.rest()
        return Statement("DDL", "PREPARE", ".txt", lambda session: _keep(account, key, text))
    if key not in account.prepared:
        message = f"PreparedStatement {key[1]} was not found in workGroup {work_group}"
        raise invalid_request(message, "PREPARED_STATEMENT_NOT_FOUND")
    if word == "DEALLOCATE":
        tokens.end()
        return Statement("DDL", "DEALLOCATE", ".txt", lambda session: _forget(account, key))
    values = _using(tokens) or parameters
    return read(str(account.prepared[key]["QueryStatement"]), values, account, work_group)


def _using(tokens: Tokens) -> list[str] | None:
    """Return the values after USING, cut at the commas that stand in no brackets."""
    if not tokens.accept("USING"):
        tokens.end()
        return None
    found, start, depth = [], tokens.rest(), 0
    pieces: list[str] = []
    for token in tokenize(start):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            found.append(" ".join(pieces))
            pieces = []
        else:
            pieces.append(token.text)
    return [*found, " ".join(pieces)]


def _keep(account: Account, key: tuple[str, str], text: str) -> Result:
    from pocketaws import clock

    account.prepared[key] = {
        "StatementName": key[1],
        "QueryStatement": text,
        "WorkGroupName": key[0],
        "LastModifiedTime": clock.now(),
    }
    return Result()


def _forget(account: Account, key: tuple[str, str]) -> Result:
    if account.prepared.pop(key, None) is None:
        raise QueryFailed(f"PREPARED_STATEMENT_NOT_FOUND: {key[1]}")
    return Result()
