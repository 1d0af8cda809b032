"""Data catalogs, and the databases and tables of the one that is Glue's.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_GetTableMetadata.html
"""

from __future__ import annotations

import re
from typing import Any

from pocketaws.engines.athena import rights, tags
from pocketaws.engines.athena.catalog import Catalog, Table
from pocketaws.engines.athena.errors import invalid_request, metadata_error
from pocketaws.engines.athena.paging import page
from pocketaws.engines.athena.state import CATALOG, Account

__all__ = [
    "create_data_catalog",
    "delete_data_catalog",
    "get_data_catalog",
    "get_database",
    "get_table_metadata",
    "list_data_catalogs",
    "list_databases",
    "list_table_metadata",
]


def list_data_catalogs(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListDataCatalogs``."""
    found = [{"CatalogName": CATALOG, "Type": "GLUE"}]
    found += [{"CatalogName": each["Name"], "Type": each["Type"]} for each in account.catalogs.values()]
    shown, following = page(found, request)
    return {"DataCatalogsSummary": shown, **following}


def create_data_catalog(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CreateDataCatalog``: it is kept; queries know only Glue's."""
    name = request["Name"]
    if name in account.catalogs or name == CATALOG:
        raise invalid_request("DataCatalog already exists")
    kept = ("Name", "Type", "Description", "Parameters")
    account.catalogs[name] = {key: request[key] for key in kept if key in request}
    tags.put(account, account.arn(f"datacatalog/{name}"), request.get("Tags"))
    return {"DataCatalog": {**account.catalogs[name], "Status": "CREATE_COMPLETE"}}


def get_data_catalog(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetDataCatalog``."""
    if request["Name"].lower() == CATALOG.lower():
        return {"DataCatalog": {"Name": CATALOG, "Type": "GLUE", "Parameters": {"catalog-id": account.account_id}}}
    if request["Name"] not in account.catalogs:
        raise invalid_request(f"Data catalog {request['Name']} was not found")
    return {"DataCatalog": account.catalogs[request["Name"]]}


def delete_data_catalog(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeleteDataCatalog``."""
    if account.catalogs.pop(request["Name"], None) is None:
        raise invalid_request(f"Data catalog {request['Name']} was not found")
    return {}


def _catalog(account: Account, request: dict[str, Any]) -> Catalog:
    if request["CatalogName"].lower() != CATALOG.lower():
        raise metadata_error(f"Catalog {request['CatalogName']} is not supported by pocketaws")
    return Catalog(account.account_id, account.region_name, rights.current())


def _not_found(kind: str, name: str) -> Exception:
    return metadata_error(
        f"{kind} {name} not found. (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException)"
    )


def get_database(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetDatabase``."""
    found = _catalog(account, request).database(request["DatabaseName"].lower())
    if found is None:
        raise _not_found("Database", request["DatabaseName"])
    return {"Database": _database(found)}


def list_databases(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListDatabases``."""
    shown, following = page(list(_catalog(account, request).databases().values()), request)
    return {"DatabaseList": [_database(each) for each in shown], **following}


def _database(entry: dict[str, Any]) -> dict[str, Any]:
    shown = {name: entry[name] for name in ("Name", "Description") if entry.get(name)}
    return {**shown, "Parameters": entry.get("Parameters") or {}}


def get_table_metadata(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetTableMetadata``."""
    found = _catalog(account, request).find(request["DatabaseName"].lower(), request["TableName"].lower())
    if found is None:
        raise _not_found("Table", request["TableName"])
    return {"TableMetadata": _metadata(found)}


def list_table_metadata(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListTableMetadata``; ``Expression`` is a regular expression on the name."""
    catalog, database = _catalog(account, request), request["DatabaseName"].lower()
    if catalog.database(database) is None:
        raise _not_found("Database", request["DatabaseName"])
    try:
        pattern = re.compile(request.get("Expression") or ".*", re.IGNORECASE)
    except re.error:
        raise invalid_request(f"Invalid expression: {request['Expression']}") from None
    found = [table for table in catalog.tables(database) if pattern.fullmatch(table.name)]
    shown, following = page(found, request)
    return {"TableMetadataList": [_metadata(each) for each in shown], **following}


def _metadata(table: Table) -> dict[str, Any]:
    storage = table.storage
    parameters = {
        **table.parameters,
        "location": storage.location,
        "inputformat": storage.input_format,
        "outputformat": (table.entry.get("StorageDescriptor") or {}).get("OutputFormat") or "",
        "serde.serialization.lib": storage.serde,
        **{f"serde.param.{name}": value for name, value in storage.serde_parameters.items()},
    }
    return {
        "Name": table.name,
        "CreateTime": table.entry["CreateTime"].timestamp(),
        "TableType": table.entry.get("TableType") or "EXTERNAL_TABLE",
        "Columns": [_column(each) for each in table.columns],
        "PartitionKeys": [_column(each) for each in table.keys],
        "Parameters": parameters,
    }


def _column(column: Any) -> dict[str, str]:
    return {"Name": column.name, "Type": column.type, **({"Comment": column.comment} if column.comment else {})}
