"""Which function answers which operation.

To add an operation: write ``def operation(backend, request) -> answer`` in the module it belongs to (``backend`` is
moto's ``GlueBackend`` of the account and Region, both others are the JSON of the wire; raise
:class:`~pocketaws.engines.glue.errors.GlueError` for AWS's errors) and name it here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.glue.responses import GlueResponse

from pocketaws.engines.glue import (
    functions,
    indexes,
    orchestration,
    partitions,
    registry,
    statistics,
    tables,
    workflows,
)
from pocketaws.engines.glue.crawlers import api as crawlers
from pocketaws.engines.glue.errors import not_found
from pocketaws.engines.glue.jobs import api as jobs
from pocketaws.engines.glue.quality import api as quality
from pocketaws.engines.glue.state import of

__all__ = ["OPERATIONS", "Operation", "install", "perform"]

Operation: TypeAlias = Callable[[Any, dict[str, Any]], dict[str, Any] | None]

CATALOG: dict[str, Operation] = {
    "BatchCreatePartition": partitions.batch_create_partition,
    "BatchDeletePartition": partitions.batch_delete_partition,
    "BatchDeleteTable": tables.batch_delete_table,
    "BatchDeleteTableVersion": tables.batch_delete_table_version,
    "BatchGetPartition": partitions.batch_get_partition,
    "BatchUpdatePartition": partitions.batch_update_partition,
    "CreatePartition": partitions.create_partition,
    "CreatePartitionIndex": indexes.create_partition_index,
    "CreateTable": tables.create_table,
    "CreateUserDefinedFunction": functions.create_user_defined_function,
    "DeleteColumnStatisticsForPartition": statistics.delete_column_statistics,
    "DeleteColumnStatisticsForTable": statistics.delete_column_statistics,
    "DeletePartition": partitions.delete_partition,
    "DeletePartitionIndex": indexes.delete_partition_index,
    "DeleteTableVersion": tables.delete_table_version,
    "DeleteUserDefinedFunction": functions.delete_user_defined_function,
    "GetColumnStatisticsForPartition": statistics.get_column_statistics,
    "GetColumnStatisticsForTable": statistics.get_column_statistics,
    "GetDatabases": tables.get_databases,
    "GetPartition": partitions.get_partition,
    "GetPartitionIndexes": indexes.get_partition_indexes,
    "GetPartitions": partitions.get_partitions,
    "GetTableVersions": tables.get_table_versions,
    "GetTables": tables.get_tables,
    "GetUserDefinedFunction": functions.get_user_defined_function,
    "GetUserDefinedFunctions": functions.get_user_defined_functions,
    "SearchTables": tables.search_tables,
    "UpdateColumnStatisticsForPartition": statistics.update_column_statistics,
    "UpdateColumnStatisticsForTable": statistics.update_column_statistics,
    "UpdateDatabase": tables.update_database,
    "UpdatePartition": partitions.update_partition,
    "UpdateTable": tables.update_table,
    "UpdateUserDefinedFunction": functions.update_user_defined_function,
}

OPERATIONS: dict[str, Operation] = {
    **CATALOG,
    **crawlers.OPERATIONS,
    **jobs.OPERATIONS,
    **orchestration.OPERATIONS,
    **quality.OPERATIONS,
    "CheckSchemaVersionValidity": registry.check_schema_version_validity,
}


def perform(backend: Any, name: str, request: dict[str, Any]) -> dict[str, Any]:
    """Run an operation and return its answer.

    Parameters
    ----------
    backend
        moto's ``GlueBackend`` of the account and Region.
    name
        The operation, for example ``StartCrawler``.
    request
        The JSON of the request.

    Raises
    ------
    GlueError
        Whatever AWS answers with an error.
    """
    catalog = request.get("CatalogId")
    if name in CATALOG and catalog not in (None, backend.account_id):
        raise not_found(f"Catalog {catalog} not found.")
    with of(backend).lock:
        return OPERATIONS[name](backend, request) or {}


def _method(name: str) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return ActionResult(perform(self.glue_backend, name, json.loads(self.body or "{}")))

    return method


def install() -> None:
    """Give moto's handler a method for each operation."""
    workflows.install()
    for name in OPERATIONS:
        setattr(GlueResponse, camelcase_to_underscores(name), _method(name))
