"""The trusted side of one submission: a private AWS, with the given data in it, and the checks.

It runs as a fork of a warm process (:mod:`labgrader.warm`).  The student's kernel reaches it over HTTP and in no other
way: control paths are off, except that the clock may be moved forward, as a lab asks for.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

import boto3

import pocketaws
from labgrader import checks, confine, labs
from labgrader.account import Account
from labgrader.briefs import Brief, Told, told_seed
from labgrader.forks import in_a_fork
from labgrader.tasks import Outcome, Task, run_all
from labgrader.warm import Line
from pocketaws import clock, credentials, doors, endpoint, journal, processes, server

__all__ = ["CHECKING", "START", "prepare", "work"]

#: Seconds that one check may take; those of the solutions take less than ten.
CHECKING = 90.0

#: Requests that are kept: more than a submission can send in its time, so that none is pushed out of the log.
REQUESTS = 1_000_000

#: What the clock shows when a lab begins, as in the lessons.
START = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)
#: What a flood of a student's data may take of this process, in bytes.
MEMORY = 8 * 2**30


def prepare() -> None:
    """Import what labs need, and read the models of the commonest services once."""
    for lab in labs.available():
        checks.tasks(lab)
    pocketaws.start()
    for service in ("s3", "dynamodb", "dynamodbstreams", "sqs", "kms"):
        boto3.client(service)
        doors.load(service.removesuffix("streams"))
    pocketaws.stop()


def work(line: Line, request: dict[str, Any]) -> None:
    """Play AWS for one submission, then check what is there.

    The request names lab, seed and student, and the submission's cell.  The answer is its ``address``, the ``seed``
    that the kernel gets in place of the real one, and what the kernel is ``told`` of its lab; upon ``{"check": true}``
    the outcomes follow.
    """
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    cell = confine.Cell.of(request["cell"])
    processes.start, tempfile.tempdir = cell.start, str(cell.jobs)
    os.environ["MOTO_S3_DEFAULT_KEY_BUFFER_SIZE"] = str(MEMORY)  # objects stay in memory, under its limit
    pocketaws.start(at=START)
    clock.clients_share(False)  # the student's clients sign with the machine's time
    brief = labs.brief(request["lab"], seed=request["seed"], student=request["student"])
    serving = server.make("127.0.0.1", 0, control="forward", tls=True)
    aws = _account()
    with aws.unlogged():
        labs.place(brief, aws)
    journal.start(most=REQUESTS)
    door = threading.Thread(target=serving.serve_forever, daemon=True)
    door.start()
    told = Told(brief.lab, told_seed(request["seed"]), request["student"], brief.facts())
    line.send({"address": endpoint.address(), "seed": told.seed, "told": told.as_json()})
    if line.receive() is None:
        return
    with contextlib.suppress(Exception):
        processes.stop_all()
    _wait_for_threads(door)
    asked = len(journal.entries())
    outcomes = [_outcome(each, brief, aws) for each in checks.tasks(request["lab"])]
    line.send({"outcomes": outcomes, "requests": asked})


def _wait_for_threads(door: threading.Thread) -> None:
    """Let the last requests and jobs come to their end: a lock that a thread holds at a fork is held for ever there."""
    until = time.monotonic() + 10
    for thread in threading.enumerate():
        if thread not in (threading.main_thread(), door) and not isinstance(thread, threading._DummyThread):
            thread.join(max(0.0, until - time.monotonic()))


def _outcome(task: Task, brief: Brief, aws: Account) -> dict[str, Any]:
    """Run a check in a fork, so that what a student made can cost no other task: a crash, all memory, no end in C."""
    told = in_a_fork(lambda: asdict(run_all([task], brief, aws, seconds=CHECKING)[0]), seconds=CHECKING + 10)
    if told is None:
        sentence, broken = "What you made could not be looked at; make it smaller.", "the check died or hung"
        return asdict(Outcome(task.number, task.title, 0, task.points, sentence, broken))
    return dict(told)


def _account() -> Account:
    session = boto3.session.Session(credentials.ACCESS_KEY, credentials.SECRET_KEY, region_name=credentials.REGION)
    return Account(session, now=clock.now, advance=clock.advance, addresses=[endpoint.address()])
