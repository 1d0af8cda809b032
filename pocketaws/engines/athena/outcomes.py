"""What became of queries: their state, their figures, their rows.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pocketaws.engines.athena import rights
from pocketaws.engines.athena.errors import invalid_request
from pocketaws.engines.athena.executions import find, finished
from pocketaws.engines.athena.paging import start_of
from pocketaws.engines.athena.state import Account, Execution

__all__ = [
    "batch_get_query_execution",
    "get_query_execution",
    "get_query_results",
    "get_query_runtime_statistics",
]

_MOST_ROWS, _MOST_IDS = 1000, 50


def get_query_execution(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetQueryExecution``."""
    return {"QueryExecution": _describe(finished(account, find(account, request)))}


def batch_get_query_execution(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetQueryExecution``."""
    wanted = request["QueryExecutionIds"]
    if len(wanted) > _MOST_IDS:
        raise invalid_request(f"At most {_MOST_IDS} query executions can be asked for")
    known = [finished(account, account.executions[each]) for each in wanted if each in account.executions]
    missing = [each for each in wanted if each not in account.executions]
    return {
        "QueryExecutions": [_describe(each) for each in known],
        "UnprocessedQueryExecutionIds": [
            {
                "QueryExecutionId": each,
                "ErrorCode": "INVALID_INPUT",
                "ErrorMessage": f"QueryExecution {each} was not found",
            }
            for each in missing
        ],
    }


def _describe(execution: Execution) -> dict[str, Any]:
    status: dict[str, Any] = {"State": execution.state, "SubmissionDateTime": execution.submitted}
    if execution.completed:
        status["CompletionDateTime"] = execution.completed
    if execution.reason:
        status["StateChangeReason"] = execution.reason
    if execution.error:
        status["AthenaError"] = execution.error
    results = dict(execution.request.get("ResultConfiguration") or {})
    reuse = execution.request.get("ResultReuseConfiguration") or {"ResultReuseByAgeConfiguration": {"Enabled": False}}
    described = {
        "QueryExecutionId": execution.id,
        "Query": execution.sql,
        "StatementType": execution.kind,
        "SubstatementType": execution.substatement,
        "ResultConfiguration": {**results, "OutputLocation": execution.location},
        "ResultReuseConfiguration": reuse,
        "QueryExecutionContext": _context(execution),
        "Status": status,
        "Statistics": _statistics(execution),
        "WorkGroup": execution.work_group.name,
        "EngineVersion": execution.work_group.configuration["EngineVersion"],
    }
    if "ExecutionParameters" in execution.request:
        described["ExecutionParameters"] = execution.request["ExecutionParameters"]
    return described


def _context(execution: Execution) -> dict[str, str]:
    asked = execution.request.get("QueryExecutionContext") or {}
    return {name: str(value).lower() for name, value in asked.items()}


def _timeline(execution: Execution) -> dict[str, int]:
    taken = execution.completed - execution.submitted if execution.completed else timedelta(0)
    millis = int(taken.total_seconds() * 1000)
    return {
        "EngineExecutionTimeInMillis": millis,
        "TotalExecutionTimeInMillis": millis,
        "QueryQueueTimeInMillis": 0,
        "ServicePreProcessingTimeInMillis": 0,
        "QueryPlanningTimeInMillis": 0,
        "ServiceProcessingTimeInMillis": 0,
    }


def _statistics(execution: Execution) -> dict[str, Any]:
    found: dict[str, Any] = {
        **_timeline(execution),
        "DataScannedInBytes": execution.scanned,
        "ResultReuseInformation": {"ReusedPreviousResult": execution.reused},
    }
    if execution.manifest:
        found["DataManifestLocation"] = execution.manifest
    return found


def get_query_results(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetQueryResults``: pages of at most 1,000 rows, the names first."""
    execution = finished(account, find(account, request))
    if execution.state != "SUCCEEDED" or execution.result is None:
        raise invalid_request(f"Query did not finish successfully. Final query state: {execution.state}")
    size = request.get("MaxResults") or _MOST_ROWS
    if size > _MOST_ROWS:
        raise invalid_request(f"MaxResults is more than maximum allowed length {_MOST_ROWS}")
    _check_result_may_be_read(account, execution)
    start = start_of(request)
    found: dict[str, Any] = {"ResultSet": execution.result.page(start, size)}
    if execution.result.update_count is not None:
        found["UpdateCount"] = execution.result.update_count
    elif execution.substatement == "SELECT":
        found["UpdateCount"] = 0
    if execution.result.length > start + size:
        found["NextToken"] = str(start + size)
    return found


def _check_result_may_be_read(account: Account, execution: Execution) -> None:
    from pocketaws.engines.athena.storage import Store

    if not execution.suffix:
        return
    location = str(execution.location)
    if told := rights.current().refusal("s3:GetObject", f"arn:aws:s3:::{location.removeprefix('s3://')}"):
        raise invalid_request(told, "ACCESS_DENIED")
    if Store(account.account_id, account.partition).find(location) is None:
        raise invalid_request("Could not find results")


def get_query_runtime_statistics(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetQueryRuntimeStatistics``."""
    execution = finished(account, find(account, request))
    rows = execution.result.row_count if execution.result else 0
    return {
        "QueryRuntimeStatistics": {
            "Timeline": _timeline(execution),
            "Rows": {
                "InputRows": execution.rows_read,
                "InputBytes": execution.scanned,
                "OutputRows": rows,
                "OutputBytes": len(execution.result.csv()) if execution.result and execution.result.columns else 0,
            },
        }
    }
