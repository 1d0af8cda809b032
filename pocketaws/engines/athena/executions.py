"""Queries: started, run, watched, stopped, read.

A query waits until somebody asks for it, or for a second of the clock, and then runs to its end; so it can be stopped
before, a loop that waits for it ends, and nothing depends on how often it is asked.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from pocketaws import clock
from pocketaws.engines.athena import work_groups
from pocketaws.engines.athena.errors import AthenaError, QueryCancelled, QueryFailed, invalid_request
from pocketaws.engines.athena.paging import page, start_of
from pocketaws.engines.athena.state import Account, Execution

__all__ = [
    "batch_get_query_execution",
    "get_query_execution",
    "get_query_results",
    "get_query_runtime_statistics",
    "list_query_executions",
    "start_query_execution",
    "stop_query_execution",
]

log = logging.getLogger(__name__)
_LONGEST, _MOST_ROWS, _MOST_IDS = 262_144, 1000, 50
_SOON = timedelta(seconds=1)


def start_query_execution(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``StartQueryExecution``: the statement is read, its outcome comes later."""
    from pocketaws.engines.athena.query.statements import read

    token = request.get("ClientRequestToken")
    if token in account.tokens:
        before = account.tokens[token]
        if before.request != request:
            raise invalid_request("Idempotent parameters do not match")
        return {"QueryExecutionId": before.id}
    group = work_groups.find(account, request.get("WorkGroup"))
    if group.state != "ENABLED":
        raise invalid_request(f"WorkGroup {group.name} is disabled.")
    if len(request["QueryString"]) > _LONGEST:
        raise invalid_request(f"Query string is longer than {_LONGEST} characters")
    statement = read(request["QueryString"], request.get("ExecutionParameters"), account, group.name)
    output = _output(account, group, request)
    execution = Execution(request, group, statement.kind, statement.name, output, statement.suffix, statement.run)
    if (earlier := _reusable(account, execution)) is not None:
        execution.result, execution.reused = earlier.result, True
    account.executions[execution.id] = execution
    if token:
        account.tokens[token] = execution
    execution.booking = clock.at(clock.now() + _SOON, lambda: _run(account, execution))
    return {"QueryExecutionId": execution.id}


def _output(account: Account, group: Any, request: dict[str, Any]) -> str:
    from pocketaws.engines.athena.storage import Store, split

    own = (request.get("ResultConfiguration") or {}).get("OutputLocation")
    shared = group.configuration["ResultConfiguration"].get("OutputLocation")
    location = (shared or own) if group.enforces else (own or shared)
    if not location:
        raise invalid_request(
            "No output location provided. An output location is required either through the Workgroup result "
            "configuration setting or as an API input."
        )
    try:
        bucket, _ = split(location)
    except QueryFailed:
        raise invalid_request("outputLocation is not a valid S3 path.") from None
    if not Store(account.account_id, account.partition).has_bucket(location):
        raise invalid_request(f"Unable to verify/create output bucket {bucket}")
    return str(location).rstrip("/") + "/"


def _reusable(account: Account, execution: Execution) -> Execution | None:
    """Return an earlier run of the same query whose result may serve again."""
    wish = (execution.request.get("ResultReuseConfiguration") or {}).get("ResultReuseByAgeConfiguration") or {}
    if not wish.get("Enabled") or execution.substatement != "SELECT":
        return None
    oldest = clock.now() - timedelta(minutes=wish.get("MaxAgeInMinutes", 60))
    compared = ("QueryString", "QueryExecutionContext", "ExecutionParameters")
    for each in reversed(account.executions.values()):
        same = all(each.request.get(name) == execution.request.get(name) for name in compared)
        if same and each.state == "SUCCEEDED" and each.work_group is execution.work_group and each.submitted >= oldest:
            return each
    return None


def _run(account: Account, execution: Execution) -> None:
    """Run a query that still waits."""
    from pocketaws.engines.athena.query.session import Session

    with account.lock:
        if execution.is_over or execution.state == "RUNNING":
            return
        execution.state = "RUNNING"
        session = Session.of(account, execution)
        try:
            if not execution.reused:
                execution.result = execution.run(session)
            _write_result(session)
            execution.state = "SUCCEEDED"
        except QueryCancelled as cancelled:
            execution.state, execution.reason = "CANCELLED", str(cancelled)
        except QueryFailed as failure:
            _fail(execution, failure.reason, failure.kind)
        except AthenaError as refusal:
            _fail(execution, refusal.message, 1006)
        except Exception as error:
            log.exception("pocketaws failed on the query %s", execution.id)
            _fail(execution, f"GENERIC_INTERNAL_ERROR: pocketaws failed on this query ({error})", 233, category=1)
        execution.completed = clock.now()
        execution.scanned = session.reading.tally.scanned
        execution.rows_read = session.reading.tally.rows
        execution.s3_requests = session.store.requests
        log.debug(
            "query %s %s: %d bytes scanned, %d fetched by %d requests to S3",
            execution.id, execution.state, execution.scanned, session.store.bytes_read, session.store.requests,
        )  # fmt: skip


def _write_result(session: Any) -> None:
    execution = session.execution
    result = execution.result
    if execution.suffix == ".csv":
        session.store.put(execution.location, result.csv())
        session.store.put(f"{execution.location}.metadata", result.metadata())
    elif execution.suffix == ".txt":
        session.store.put(execution.location, result.text())
        if result.columns:
            session.store.put(f"{execution.location}.metadata", result.metadata())


def _fail(execution: Execution, reason: str, kind: int, *, category: int = 2) -> None:
    execution.state, execution.reason = "FAILED", reason
    execution.error = {"ErrorCategory": category, "ErrorType": kind, "Retryable": False, "ErrorMessage": reason}


def _find(account: Account, request: dict[str, Any]) -> Execution:
    found = account.executions.get(request["QueryExecutionId"])
    if found is None:
        raise invalid_request(f"QueryExecution {request['QueryExecutionId']} was not found")
    return found


def _finished(account: Account, execution: Execution) -> Execution:
    if execution.booking is not None and not execution.is_over:
        execution.booking.cancel()
        _run(account, execution)
    return execution


def get_query_execution(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetQueryExecution``."""
    return {"QueryExecution": _describe(_finished(account, _find(account, request)))}


def batch_get_query_execution(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetQueryExecution``."""
    wanted = request["QueryExecutionIds"]
    if len(wanted) > _MOST_IDS:
        raise invalid_request(f"At most {_MOST_IDS} query executions can be asked for")
    known = [_finished(account, account.executions[each]) for each in wanted if each in account.executions]
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
    execution = _finished(account, _find(account, request))
    if execution.state != "SUCCEEDED" or execution.result is None:
        raise invalid_request(f"Query did not finish successfully. Final query state: {execution.state}")
    size = request.get("MaxResults") or _MOST_ROWS
    if size > _MOST_ROWS:
        raise invalid_request(f"MaxResults is more than maximum allowed length {_MOST_ROWS}")
    _check_result_is_there(account, execution)
    start = start_of(request)
    found: dict[str, Any] = {"ResultSet": execution.result.page(start, size)}
    if execution.result.update_count is not None:
        found["UpdateCount"] = execution.result.update_count
    elif execution.substatement == "SELECT":
        found["UpdateCount"] = 0
    if execution.result.length > start + size:
        found["NextToken"] = str(start + size)
    return found


def _check_result_is_there(account: Account, execution: Execution) -> None:
    from pocketaws.engines.athena.storage import Store

    if execution.suffix and Store(account.account_id, account.partition).find(str(execution.location)) is None:
        raise invalid_request("Could not find results")


def get_query_runtime_statistics(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetQueryRuntimeStatistics``."""
    execution = _finished(account, _find(account, request))
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


def list_query_executions(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListQueryExecutions``, the latest first."""
    group = work_groups.find(account, request.get("WorkGroup"))
    found = [each.id for each in reversed(account.executions.values()) if each.work_group is group]
    shown, following = page(found, request)
    return {"QueryExecutionIds": shown, **following}


def stop_query_execution(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``StopQueryExecution``; one that is over stays as it is."""
    execution = _find(account, request)
    if not execution.is_over:
        if execution.booking is not None:
            execution.booking.cancel()
        execution.state, execution.completed = "CANCELLED", clock.now()
        execution.reason = "Query cancelled by user"
    return {}
