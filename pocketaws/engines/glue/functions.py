"""User-defined functions of the catalog: registered, found by pattern; Athena does not run them.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-functions.html
"""

from __future__ import annotations

import re
from typing import Any

from pocketaws import clock
from pocketaws.engines.glue.errors import already_exists, not_found
from pocketaws.engines.glue.paging import page
from pocketaws.engines.glue.state import of

__all__ = [
    "create_user_defined_function",
    "delete_user_defined_function",
    "get_user_defined_function",
    "get_user_defined_functions",
    "update_user_defined_function",
]


def _key(backend: Any, request: dict[str, Any], name: str) -> tuple[str, str]:
    return backend.get_database(request["DatabaseName"]).name, name.lower()


def _existing(backend: Any, request: dict[str, Any]) -> tuple[str, str]:
    key = _key(backend, request, request["FunctionName"])
    if key not in of(backend).functions:
        raise not_found(f"Function {request['FunctionName']} not found.")
    return key


def create_user_defined_function(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``CreateUserDefinedFunction``."""
    given = request["FunctionInput"]
    key = _key(backend, request, given["FunctionName"])
    if key in of(backend).functions:
        raise already_exists("Function already exists.")
    own = {"DatabaseName": key[0], "FunctionName": key[1], "CreateTime": clock.now(), "CatalogId": backend.account_id}
    of(backend).functions[key] = {**given, **own}


def get_user_defined_function(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetUserDefinedFunction``."""
    return {"UserDefinedFunction": of(backend).functions[_existing(backend, request)]}


def get_user_defined_functions(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetUserDefinedFunctions``."""
    pattern = re.compile(re.sub(r"(?<!\.)\*", ".*", request["Pattern"]), re.IGNORECASE)
    wanted = (request.get("DatabaseName") or "").lower()
    found = [
        function
        for (database, name), function in of(backend).functions.items()
        if wanted in ("", database) and pattern.fullmatch(name)
    ]
    return page(found, request, "UserDefinedFunctions")


def update_user_defined_function(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``UpdateUserDefinedFunction``."""
    key = _existing(backend, request)
    of(backend).functions[key] |= {**request["FunctionInput"], "FunctionName": key[1]}


def delete_user_defined_function(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``DeleteUserDefinedFunction``."""
    del of(backend).functions[_existing(backend, request)]
