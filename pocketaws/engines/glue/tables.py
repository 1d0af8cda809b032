"""Tables of the catalog: versions, optimistic locking, search.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html
"""

from __future__ import annotations

import fnmatch
import re
from typing import Any

from moto.core.exceptions import JsonRESTError

from pocketaws.engines.glue import indexes
from pocketaws.engines.glue.errors import GlueError, detail, invalid, not_found
from pocketaws.engines.glue.paging import page

__all__ = [
    "batch_delete_table",
    "batch_delete_table_version",
    "create_table",
    "delete_table_version",
    "get_databases",
    "get_table_versions",
    "get_tables",
    "save",
    "search_tables",
    "table_of",
    "update_database",
    "update_table",
]


def table_of(backend: Any, request: dict[str, Any]) -> Any:
    """Return the table that a request names."""
    return backend.get_table(request["DatabaseName"], request.get("TableName") or request["Name"])


def update_database(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``UpdateDatabase``."""
    if request["DatabaseInput"]["Name"].lower() != request["Name"].lower():
        raise invalid("Database name cannot be changed")
    backend.update_database(request["Name"], request["DatabaseInput"])


def get_databases(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetDatabases``."""
    return page([database.as_dict() for database in backend.get_databases()], request, "DatabaseList")


def create_table(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``CreateTable``."""
    given = request.get("TableInput") or {}
    name = request.get("Name") or given.get("Name")
    if not name:
        raise invalid("Table name is required")
    _check(given)
    for index in request.get("PartitionIndexes") or []:
        indexes.check(index, given.get("PartitionKeys") or [])
    table = backend.create_table(request["DatabaseName"], name, given, request.get("OpenTableFormatInput"))
    for index in request.get("PartitionIndexes") or []:
        indexes.add(table, index)


def _check(given: dict[str, Any]) -> None:
    columns = [*((given.get("StorageDescriptor") or {}).get("Columns") or []), *(given.get("PartitionKeys") or [])]
    names = [column["Name"].lower() for column in columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise invalid(f"Duplicate column name: {twice[0]}")


def update_table(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``UpdateTable``; a ``VersionId`` that is no longer the current one is refused."""
    given = request.get("TableInput") or {}
    table = backend.get_table(request["DatabaseName"], request.get("Name") or given["Name"])
    _check(given)
    expected = request.get("VersionId")
    if expected is not None and expected != str(table._current_version):
        raise GlueError("ConcurrentModificationException", "Update table failed due to concurrent modifications.")
    save(table, given, skip_archive=bool(request.get("SkipArchive")))


def save(table: Any, given: dict[str, Any], *, skip_archive: bool = False) -> None:
    """Make a new version of a table; the old one is kept unless the archive is skipped."""
    old = str(table._current_version)
    table.update(given)
    if skip_archive:
        table.versions.pop(old, None)


def get_tables(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetTables``; ``Expression`` is a pattern in which ``*`` stands for any text."""
    tables = backend.get_database(request["DatabaseName"]).tables
    pattern = request.get("Expression")
    if pattern:
        try:
            matches = re.compile(re.sub(r"(?<!\.)\*", ".*", pattern), re.IGNORECASE)
        except re.error:
            raise invalid(f"Invalid expression: {pattern}") from None
        tables = {name: table for name, table in tables.items() if matches.fullmatch(name)}
    return page([table.as_dict() for table in tables.values()], request, "TableList")


def get_table_versions(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetTableVersions``, the newest first."""
    table = table_of(backend, request)
    numbers = sorted(table.versions, key=int, reverse=True)
    versions = [{"Table": table.as_dict(number), "VersionId": number} for number in numbers]
    return page(versions, request, "TableVersions")


def delete_table_version(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``DeleteTableVersion``; the current version stays."""
    _drop_version(table_of(backend, request), request["VersionId"])


def _drop_version(table: Any, number: str) -> None:
    if number not in table.versions:
        raise not_found(f"Table version {number} not found.")
    if number == str(table._current_version):
        raise invalid("Cannot delete the current version of a table")
    table.delete_version(number)


def batch_delete_table_version(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchDeleteTableVersion``."""
    table, errors = table_of(backend, request), []
    for number in request["VersionIds"]:
        try:
            _drop_version(table, number)
        except GlueError as error:
            errors.append({"TableName": table.name, "VersionId": number, "ErrorDetail": detail(error)})
    return {"Errors": errors}


def batch_delete_table(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchDeleteTable``."""
    backend.get_database(request["DatabaseName"])
    errors = []
    for name in request["TablesToDelete"]:
        try:
            backend.delete_table(request["DatabaseName"], name)
        except JsonRESTError as error:
            errors.append({"TableName": name, "ErrorDetail": detail(error)})
    return {"Errors": errors}


def search_tables(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``SearchTables``: by text in any name, description or parameter, and by filters on properties."""
    found = [table.as_dict() for database in backend.get_databases() for table in database.tables.values()]
    text = request.get("SearchText")
    if text:
        wanted = text.strip('"').lower()
        found = [table for table in found if any(wanted in each.lower() for each in _texts(table))]
    for condition in request.get("Filters") or []:
        found = [table for table in found if _meets(table, condition)]
    for criterion in reversed(request.get("SortCriteria") or []):
        name, descending = criterion.get("FieldName", "Name"), criterion.get("Sort") == "DESC"
        found.sort(key=lambda table: str(_property(table, name) or ""), reverse=descending)
    return page(found, request, "TableList")


def _texts(table: dict[str, Any]) -> list[str]:
    columns = [*((table.get("StorageDescriptor") or {}).get("Columns") or []), *(table.get("PartitionKeys") or [])]
    texts = [table["Name"], table["DatabaseName"], table.get("Description") or "", table.get("Owner") or ""]
    texts += [part for column in columns for part in (column["Name"], column.get("Comment") or "")]
    return texts + [str(part) for pair in (table.get("Parameters") or {}).items() for part in pair]


def _property(table: dict[str, Any], key: str) -> Any:
    by_key = {name.lower(): value for name, value in table.items()}
    parameters = {name.lower(): value for name, value in (table.get("Parameters") or {}).items()}
    return by_key.get(key.lower(), parameters.get(key.lower()))


def _meets(table: dict[str, Any], condition: dict[str, Any]) -> bool:
    value, wanted = _property(table, condition.get("Key", "")), condition.get("Value", "")
    if value is None:
        return False
    comparator, held = condition.get("Comparator", "EQUALS"), str(value)
    if comparator == "EQUALS":
        return fnmatch.fnmatchcase(held.lower(), wanted.lower()) if "*" in wanted else held.lower() == wanted.lower()
    order = (float(held), float(wanted)) if _numeric(held) and _numeric(wanted) else (held, wanted)
    return bool(
        {
            "GREATER_THAN": order[0] > order[1],  # type: ignore[operator]
            "LESS_THAN": order[0] < order[1],  # type: ignore[operator]
            "GREATER_THAN_EQUALS": order[0] >= order[1],  # type: ignore[operator]
            "LESS_THAN_EQUALS": order[0] <= order[1],  # type: ignore[operator]
        }[comparator]
    )


def _numeric(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", text))
