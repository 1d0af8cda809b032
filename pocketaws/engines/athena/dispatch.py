"""Which function answers which operation, and the envelope of requests and answers.

To add an operation: write ``def operation(account, request) -> answer`` in the module it belongs to (both are the JSON
of the wire; raise :class:`~pocketaws.engines.athena.errors.AthenaError` for AWS's errors) and name it here.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

import botocore.session
from botocore.validate import ParamValidator

from pocketaws.engines.athena import catalogs, executions, outcomes, prepared, tags, work_groups
from pocketaws.engines.athena.errors import AthenaError, QueryFailed, invalid_request, metadata_error
from pocketaws.engines.athena.state import Account, accounts

__all__ = ["OPERATIONS", "answer", "perform"]

Operation: TypeAlias = Callable[[Account, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "BatchGetNamedQuery": prepared.batch_get_named_query,
    "BatchGetPreparedStatement": prepared.batch_get_prepared_statement,
    "BatchGetQueryExecution": outcomes.batch_get_query_execution,
    "CreateDataCatalog": catalogs.create_data_catalog,
    "CreateNamedQuery": prepared.create_named_query,
    "CreatePreparedStatement": prepared.create_prepared_statement,
    "CreateWorkGroup": work_groups.create_work_group,
    "DeleteDataCatalog": catalogs.delete_data_catalog,
    "DeleteNamedQuery": prepared.delete_named_query,
    "DeletePreparedStatement": prepared.delete_prepared_statement,
    "DeleteWorkGroup": work_groups.delete_work_group,
    "GetDataCatalog": catalogs.get_data_catalog,
    "GetDatabase": catalogs.get_database,
    "GetNamedQuery": prepared.get_named_query,
    "GetPreparedStatement": prepared.get_prepared_statement,
    "GetQueryExecution": outcomes.get_query_execution,
    "GetQueryResults": outcomes.get_query_results,
    "GetQueryRuntimeStatistics": outcomes.get_query_runtime_statistics,
    "GetTableMetadata": catalogs.get_table_metadata,
    "GetWorkGroup": work_groups.get_work_group,
    "ListDataCatalogs": catalogs.list_data_catalogs,
    "ListDatabases": catalogs.list_databases,
    "ListEngineVersions": work_groups.list_engine_versions,
    "ListNamedQueries": prepared.list_named_queries,
    "ListPreparedStatements": prepared.list_prepared_statements,
    "ListQueryExecutions": executions.list_query_executions,
    "ListTableMetadata": catalogs.list_table_metadata,
    "ListTagsForResource": tags.list_tags_for_resource,
    "ListWorkGroups": work_groups.list_work_groups,
    "StartQueryExecution": executions.start_query_execution,
    "StopQueryExecution": executions.stop_query_execution,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateNamedQuery": prepared.update_named_query,
    "UpdatePreparedStatement": prepared.update_prepared_statement,
    "UpdateWorkGroup": work_groups.update_work_group,
}


@cache
def _model() -> Any:
    return botocore.session.get_session().get_service_model("athena")


def perform(name: str, account_id: str, region: str, body: bytes | str) -> dict[str, Any]:
    """Run an operation and return its answer.

    Raises
    ------
    AthenaError
        Whatever AWS answers with an error.
    """
    operation = OPERATIONS.get(name)
    if operation is None:
        raise AthenaError("UnknownOperationException", f"{name} is not supported by pocketaws.")
    try:
        request = json.loads(body or "{}")
    except ValueError:
        raise AthenaError("SerializationException", "The request body is not JSON") from None
    report = ParamValidator().validate(request, _model().operation_model(name).input_shape)
    if report.has_errors():
        raise invalid_request(str(report.generate_report()))
    account = accounts[account_id][region]
    try:
        with account.lock:
            return operation(account, request)
    except QueryFailed as refused:  # the caller may not see the catalog
        raise metadata_error(refused.reason) from None


def answer(run: Callable[[], dict[str, Any]]) -> tuple[int, dict[str, str], str]:
    """Run something and return status, headers and body as AWS sends them."""
    try:
        status, content = 200, run()
    except AthenaError as error:
        status, content = error.status, error.body()
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": str(uuid.uuid4())}
    return status, headers, json.dumps(content, default=_json)


def _json(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    raise TypeError(f"{type(value).__name__} cannot be answered")
