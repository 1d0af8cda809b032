"""Statements kept by name: prepared ones, which take values, and named ones, which are notes."""

from __future__ import annotations

import uuid
from typing import Any

from pocketaws import clock
from pocketaws.engines.athena import work_groups
from pocketaws.engines.athena.errors import AthenaError, invalid_request
from pocketaws.engines.athena.paging import page
from pocketaws.engines.athena.state import Account

__all__ = [
    "batch_get_named_query",
    "batch_get_prepared_statement",
    "create_named_query",
    "create_prepared_statement",
    "delete_named_query",
    "delete_prepared_statement",
    "get_named_query",
    "get_prepared_statement",
    "list_named_queries",
    "list_prepared_statements",
    "update_named_query",
    "update_prepared_statement",
]


def _key(account: Account, request: dict[str, Any]) -> tuple[str, str]:
    return work_groups.find(account, request["WorkGroup"]).name, request["StatementName"]


def _find(account: Account, key: tuple[str, str]) -> dict[str, Any]:
    found = account.prepared.get(key)
    if found is None:
        message = f"PreparedStatement {key[1]} was not found in workGroup {key[0]}"
        raise AthenaError("ResourceNotFoundException", message, ResourceName=key[1])
    return found


def create_prepared_statement(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreatePreparedStatement``."""
    key = _key(account, request)
    if key in account.prepared:
        raise invalid_request(f"Prepared statement {key[1]} already exists in WorkGroup {key[0]}")
    account.prepared[key] = _statement(key, request)
    return {}


def _statement(key: tuple[str, str], request: dict[str, Any]) -> dict[str, Any]:
    made = {
        "StatementName": key[1],
        "QueryStatement": request["QueryStatement"],
        "WorkGroupName": key[0],
        "LastModifiedTime": clock.now(),
    }
    return {**made, **({"Description": request["Description"]} if "Description" in request else {})}


def update_prepared_statement(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdatePreparedStatement``."""
    key = _key(account, request)
    _find(account, key)
    account.prepared[key] = _statement(key, request)
    return {}


def get_prepared_statement(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetPreparedStatement``."""
    return {"PreparedStatement": _find(account, _key(account, request))}


def batch_get_prepared_statement(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetPreparedStatement``."""
    group = work_groups.find(account, request["WorkGroup"]).name
    names = request["PreparedStatementNames"]
    missing = [name for name in names if (group, name) not in account.prepared]
    return {
        "PreparedStatements": [account.prepared[group, name] for name in names if name not in missing],
        "UnprocessedPreparedStatementNames": [
            {"StatementName": name, "ErrorCode": "STATEMENT_NOT_FOUND", "ErrorMessage": "Not found"} for name in missing
        ],
    }


def delete_prepared_statement(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeletePreparedStatement``."""
    key = _key(account, request)
    _find(account, key)
    del account.prepared[key]
    return {}


def list_prepared_statements(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListPreparedStatements``."""
    group = work_groups.find(account, request["WorkGroup"]).name
    found = [
        {"StatementName": key[1], "LastModifiedTime": each["LastModifiedTime"]}
        for key, each in sorted(account.prepared.items())
        if key[0] == group
    ]
    shown, following = page(found, request)
    return {"PreparedStatements": shown, **following}


def create_named_query(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreateNamedQuery``."""
    group = work_groups.find(account, request.get("WorkGroup")).name
    kept = ("Name", "Description", "Database", "QueryString")
    made: dict[str, Any] = {name: request[name] for name in kept if name in request}
    made |= {"NamedQueryId": str(uuid.uuid4()), "WorkGroup": group}
    account.named[made["NamedQueryId"]] = made
    return {"NamedQueryId": made["NamedQueryId"]}


def _named(account: Account, name: str) -> dict[str, Any]:
    found = account.named.get(name)
    if found is None:
        raise invalid_request(f"NamedQuery {name} was not found")
    return found


def get_named_query(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetNamedQuery``."""
    return {"NamedQuery": _named(account, request["NamedQueryId"])}


def update_named_query(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateNamedQuery``."""
    found = _named(account, request["NamedQueryId"])
    found |= {name: request[name] for name in ("Name", "Description", "QueryString") if name in request}
    return {}


def batch_get_named_query(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetNamedQuery``."""
    wanted = request["NamedQueryIds"]
    return {
        "NamedQueries": [account.named[each] for each in wanted if each in account.named],
        "UnprocessedNamedQueryIds": [
            {"NamedQueryId": each, "ErrorCode": "INTERNAL_FAILURE", "ErrorMessage": f"NamedQuery {each} was not found"}
            for each in wanted
            if each not in account.named
        ],
    }


def delete_named_query(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeleteNamedQuery``."""
    _named(account, request["NamedQueryId"])
    del account.named[request["NamedQueryId"]]
    return {}


def list_named_queries(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListNamedQueries``."""
    group = work_groups.find(account, request.get("WorkGroup")).name
    shown, following = page([key for key, each in account.named.items() if each["WorkGroup"] == group], request)
    return {"NamedQueryIds": shown, **following}
