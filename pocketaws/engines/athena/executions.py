"""Queries: started, run, stopped.

A query waits until somebody asks for it, or for a second of the clock, and then runs to its end; so it can be stopped
before, a loop that waits for it ends, and nothing depends on how often it is asked.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from pocketaws import clock
from pocketaws.engines.athena import rights, work_groups
from pocketaws.engines.athena.errors import AthenaError, QueryCancelled, QueryFailed, invalid_request
from pocketaws.engines.athena.paging import page
from pocketaws.engines.athena.state import Account, Execution

__all__ = ["find", "finished", "list_query_executions", "start_query_execution", "stop_query_execution"]

log = logging.getLogger(__name__)
_LONGEST = 262_144
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
    execution = Execution(
        request, group, statement.kind, statement.name, output, statement.suffix, statement.run, rights.current()
    )
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
    may_see = rights.current().refusal("s3:GetBucketLocation", f"arn:aws:s3:::{bucket}") is None
    if not (may_see and Store(account.account_id, account.partition).has_bucket(location)):
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


def find(account: Account, request: dict[str, Any]) -> Execution:
    """Return the query that a request names."""
    found = account.executions.get(request["QueryExecutionId"])
    if found is None:
        raise invalid_request(f"QueryExecution {request['QueryExecutionId']} was not found")
    return found


def finished(account: Account, execution: Execution) -> Execution:
    """Return a query that is over; what was started before it has had its turn."""
    if execution.is_over:
        return execution
    for each in list(account.executions.values()):
        if each.booking is not None and not each.is_over:
            each.booking.cancel()
            _run(account, each)
        if each is execution:
            break
    return execution


def list_query_executions(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListQueryExecutions``, the latest first."""
    group = work_groups.find(account, request.get("WorkGroup"))
    found = [each.id for each in reversed(account.executions.values()) if each.work_group is group]
    shown, following = page(found, request)
    return {"QueryExecutionIds": shown, **following}


def stop_query_execution(account: Account, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``StopQueryExecution``; one that is over stays as it is."""
    execution = find(account, request)
    if not execution.is_over:
        if execution.booking is not None:
            execution.booking.cancel()
        execution.state, execution.completed = "CANCELLED", clock.now()
        execution.reason = "Query cancelled by user"
    return {}
