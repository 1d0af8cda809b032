"""Runs: started, watched from a thread, ended by their process, a timeout or a user; tried again where the job says so.

A run is RUNNING as long as its process is; reading its state never moves it.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pocketaws import clock, logs, processes
from pocketaws.engines.glue.bookings import book
from pocketaws.engines.glue.errors import GlueError
from pocketaws.engines.glue.jobs.launch import BOOKMARK, CannotStart, launch
from pocketaws.engines.glue.jobs.records import Job, Run
from pocketaws.engines.glue.state import of

__all__ = ["finished", "start", "stop"]

log = logging.getLogger(__name__)

#: Who hears that a run is over: called with backend and run.
finished: list[Callable[[Any, Run], None]] = []

_EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception|Exit|Interrupt|Warning)\b.*", re.MULTILINE)
_ENABLED = "job-bookmark-enable"
#: Of what a script wrote, so many bytes are kept: the last ones.
_MOST = 4 * 2**20


def start(backend: Any, job: Job, run: Run) -> Run:
    """Start a run; it goes on in a process of its own.

    Raises
    ------
    GlueError
        ``ConcurrentRunsExceededException``.
    """
    if sum(each.is_active for each in job.runs) >= job.limit:
        raise GlueError("ConcurrentRunsExceededException", f"Concurrent runs exceeded for {job.name}")
    job.runs.append(run)
    folder = tempfile.TemporaryDirectory(prefix="glue-", ignore_cleanup_errors=True)
    try:
        run.process = launch(run, Path(folder.name), backend.account_id, backend.region_name)
    except (CannotStart, OSError) as failure:
        folder.cleanup()
        _say(backend, run, "error", [str(failure)])
        # AWS, too, answers StartJobRun first and fails afterwards.
        run.process = None
        run.state = "RUNNING"
        clock.at(clock.now(), partial(_end, backend, run, "FAILED", str(failure), 0))
        return run
    run.state = "RUNNING"
    run.expiry = book(backend, run.started + timedelta(minutes=run.timeout), lambda: _expire(run))
    threading.Thread(target=_watch, args=(backend, run, folder), name=f"glue-{run.id}", daemon=True).start()
    return run


def _watch(backend: Any, run: Run, folder: tempfile.TemporaryDirectory[str]) -> None:
    begun = time.monotonic()
    code = run.process.wait(run.timeout * 60)
    if code is None:
        _expire(run)
        code = run.process.wait()
    seconds = max(1, round(time.monotonic() - begun))
    out, err = (_text(Path(folder.name, name)) for name in processes.OUTPUT)
    bookmark = _text(Path(folder.name, BOOKMARK))
    folder.cleanup()
    with of(backend).lock:
        if of(backend).jobs.get(run.job.name) is not run.job:
            return  # the job was deleted, or everything was reset
        _say(backend, run, "output", out.splitlines())
        _say(backend, run, "error", err.splitlines())
        if run.arguments.get("--job-bookmark-option") == _ENABLED:
            _keep_bookmark(run, bookmark)
        state = "FAILED" if code else "SUCCEEDED"
        if run.state == "STOPPING":
            state = "TIMEOUT" if run.is_expired else "STOPPED"
        _end(backend, run, state, _message(code or 0, err) if state == "FAILED" else None, seconds)


def _text(path: Path) -> str:
    return processes.read(path, -_MOST).decode("utf-8", "replace")


def _message(code: int, err: str) -> str:
    """Return the error as Glue words it: the last exception of the script, or how its command ended."""
    _, found, trail = err.rpartition("Traceback (most recent call last):\n")
    if found:
        return next((line for line in trail.splitlines() if line[:1].strip()), f"Command failed with exit code {code}")
    named = _EXCEPTION.findall(err) if "SyntaxError" in err or "IndentationError" in err else []
    return named[-1] if named else f"Command failed with exit code {code}"


def _keep_bookmark(run: Run, text: str) -> None:
    try:
        state = json.loads(text or "{}")
    except (ValueError, RecursionError):  # the script has written there itself
        return
    if state != run.job.bookmark:
        run.job.bookmark, run.job.bookmark_run = state, run
        run.job.bookmark_version += 1


def _end(backend: Any, run: Run, state: str, error: str | None, seconds: int) -> None:
    with of(backend).lock:
        if not run.is_active:
            return
        if run.expiry:
            run.expiry.cancel()
        run.state, run.seconds = state, seconds
        run.error = f"Job run exceeded its timeout of {run.timeout} minutes" if state == "TIMEOUT" else error
        run.completed = run.changed = clock.now()
        if state == "FAILED" and run.attempt < int(run.job.settings.get("MaxRetries") or 0):
            _retry(backend, run)
            return
        for listener in finished:
            listener(backend, run)


def _retry(backend: Any, run: Run) -> None:
    attempt = run.attempt + 1
    again = Run(
        run.job,
        run.arguments,
        run.settings,
        id=f"{run.id.partition('_attempt_')[0]}_attempt_{attempt}",
        attempt=attempt,
        previous=run.id,
        trigger=run.trigger,
        workflow_run=run.workflow_run,
    )
    try:
        start(backend, run.job, again)
    except GlueError as error:
        log.info("no retry of %s: %s", run.id, error)


def _expire(run: Run) -> None:
    """Kill a run whose time is up, unless it ends by itself just now."""
    if run.state == "RUNNING" and run.process is not None and run.process.wait(2) is None:
        run.is_expired = True
        stop(run)


def stop(run: Run) -> None:
    """Kill a run; it is STOPPING until its process is gone."""
    run.state, run.changed = "STOPPING", clock.now()
    if run.process is not None:
        run.process.stop()


def _say(backend: Any, run: Run, stream: str, lines: list[str]) -> None:
    logs.write(backend, f"{run.job.log_group}/{stream}", run.id, [line for line in lines if line.strip()])
