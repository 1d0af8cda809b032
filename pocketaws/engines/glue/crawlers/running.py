"""How a crawler's state moves: READY, RUNNING, STOPPING, READY.

While the clock runs, a crawl is RUNNING for a second, does its work, and is STOPPING for another.  While the clock
stands still, a crawl takes no time: it is over when ``StartCrawler`` answers, so that a loop that waits for READY ends.
Reading the state never moves it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pocketaws import clock, cron, logs
from pocketaws.engines.glue.bookings import book
from pocketaws.engines.glue.crawlers.crawl import CrawlFailed, crawl
from pocketaws.engines.glue.crawlers.records import LOG_GROUP, Crawler, Run
from pocketaws.engines.glue.errors import GlueError, invalid

__all__ = ["finished", "set_schedule", "start", "stop"]

STEP = timedelta(seconds=1)

#: Who hears that a crawl is over: called with backend, crawler and run.
finished: list[Callable[[Any, Crawler, Run], None]] = []


def start(backend: Any, crawler: Crawler, trigger: tuple[str, str] | None = None, action: Any = None) -> Run:
    """Start a crawl.

    Parameters
    ----------
    trigger
        The trigger that starts it and its workflow's run, if any does.
    action
        What shall know of the run (as its ``run``) before the run can be over.

    Raises
    ------
    GlueError
        ``CrawlerRunningException``.
    """
    if crawler.state != "READY":
        raise GlueError("CrawlerRunningException", f"Crawler with name {crawler.name} has already started")
    run = Run(trigger)
    crawler.runs.append(run)
    if action is not None:
        action.run = run
    crawler.state = "RUNNING"
    _log(backend, crawler, run, f"BENCHMARK : Running Start Crawl for Crawler {crawler.name}")
    if clock.is_frozen():
        _work(backend, crawler, run)
        _end(backend, crawler, run)
    else:
        crawler.step = book(backend, clock.now() + STEP, lambda: _work_and_stop(backend, crawler, run))
    return run


def _work_and_stop(backend: Any, crawler: Crawler, run: Run) -> None:
    _work(backend, crawler, run)
    crawler.state = "STOPPING"
    crawler.step = book(backend, clock.now() + STEP, lambda: _end(backend, crawler, run))


def _work(backend: Any, crawler: Crawler, run: Run) -> None:
    try:
        crawl(backend, crawler, run)
        run.state = "COMPLETED"
        _log(backend, crawler, run, "BENCHMARK : Classification complete, writing results to database")
        _log(backend, crawler, run, "BENCHMARK : Finished writing to Catalog")
    except CrawlFailed as failure:
        run.state, run.error = "FAILED", str(failure)
        _log(backend, crawler, run, f"ERROR : {failure}")
    except Exception as failure:
        run.state, run.error = "FAILED", f"Internal Service Exception: {failure}"
        _log(backend, crawler, run, f"ERROR : {failure}")
        raise


def _end(backend: Any, crawler: Crawler, run: Run) -> None:
    run.ended = clock.now()
    crawler.state, crawler.step = "READY", None
    _log(backend, crawler, run, "BENCHMARK : Crawler has finished running and is in state READY")
    for listener in finished:
        listener(backend, crawler, run)


def stop(backend: Any, crawler: Crawler) -> None:
    """Stop a crawl; what it has not written is not written.

    Raises
    ------
    GlueError
        ``CrawlerNotRunningException`` or ``CrawlerStoppingException``.
    """
    if crawler.state == "READY":
        raise GlueError("CrawlerNotRunningException", f"Crawler with name {crawler.name} isn't running.")
    if crawler.state == "STOPPING" or crawler.step is None:
        raise GlueError("CrawlerStoppingException", f"Crawler with name {crawler.name} is stopping")
    run = crawler.runs[-1]
    crawler.step.cancel()
    crawler.state, run.state = "STOPPING", "STOPPED"
    crawler.step = book(backend, clock.now() + STEP, lambda: _end(backend, crawler, run))


def set_schedule(backend: Any, crawler: Crawler, expression: str | None) -> None:
    """Book the next crawl of a schedule; None takes the schedule away.

    Raises
    ------
    GlueError
        ``InvalidInputException``: the expression is no schedule.
    """
    if crawler.schedule:
        crawler.schedule.cancel()
    crawler.schedule = None
    crawler.settings["Schedule"] = expression
    crawler.schedule_state = "SCHEDULED" if expression else "NOT_SCHEDULED"
    if expression:
        _book(backend, crawler, expression)


def _book(backend: Any, crawler: Crawler, expression: str) -> None:
    try:
        when = cron.next_time(expression, clock.now())
    except ValueError:
        raise invalid(f"Invalid schedule expression: {expression}") from None

    def due() -> None:
        _book(backend, crawler, expression)
        if crawler.state == "READY":
            start(backend, crawler)

    crawler.schedule = book(backend, when, due) if when else None


def _log(backend: Any, crawler: Crawler, run: Run, text: str) -> None:
    logs.write(backend, LOG_GROUP, crawler.name, [f"[{run.id}] {text}"])
