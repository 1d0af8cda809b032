"""Rehearsals: run a notebook's cells in a fork of a warm process and check them, in about a second.

For those who write labs: solutions on many seeds, and the zoo of mistakes.  It trusts the code, so it is not how a
class is graded: ``labgrader run`` keeps the student's code away from the checks.  Needs ``os.fork``.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

from labgrader.tasks import Outcome

__all__ = ["Rehearsal", "Stage"]

#: Cells that only show or undo what was done; the checks run once, at the end.
_ASIDE = re.compile(r"^(check\(\d+\)|check_all\(\)|close_lab\(\))$")
SECONDS = 120


@dataclass(frozen=True)
class Rehearsal:
    """What a notebook earned, and what its cells raised: ``(number of the cell, error)``."""

    outcomes: list[Outcome]
    errors: list[tuple[int, str]]
    output: str = ""

    @property
    def points(self) -> dict[int, int]:
        """The points of each task."""
        return {each.task: each.points for each in self.outcomes}

    @property
    def lost(self) -> dict[int, str]:
        """What the tasks that are not done say."""
        return {each.task: each.message for each in self.outcomes if not each.is_done}


class Stage:
    """A warm process; use it in a ``with`` block, for many rehearsals.

    Examples
    --------
    ``with Stage() as stage: stage.perform(cells, "3.9", seed=7).points``
    """

    def __enter__(self) -> Stage:
        quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "labgrader.rehearsal"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **quiet},
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.stdout.close()
        self._process.wait(30)

    def perform(self, cells: Sequence[str], lab: str, *, seed: int | str, student: str = "") -> Rehearsal:
        """Run code cells in a process of their own, then the lab's checks."""
        asked = {"cells": list(cells), "lab": lab, "seed": seed, "student": student}
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the stage has no pipes")
        stdin.write(json.dumps(asked) + "\n")
        stdin.flush()
        told = json.loads(stdout.readline() or '{"outcomes": [], "errors": [[0, "the stage broke down"]]}')
        return Rehearsal(
            [Outcome(**each) for each in told["outcomes"]],
            [(number, text) for number, text in told["errors"]],
            told.get("output", ""),
        )


def _serve() -> None:
    """Answer requests, one a line, each in a fork."""
    _warm()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what cells print to the descriptor must not mix with the answers
    for line in sys.stdin:
        answers.write(_in_a_fork(json.loads(line)) + "\n")
        answers.flush()


def _in_a_fork(asked: dict[str, Any]) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(reading)
        try:
            told = json.dumps(_perform(asked), default=str)
        except BaseException:
            told = json.dumps({"outcomes": [], "errors": [[0, traceback.format_exc()[-3000:]]]})
        with os.fdopen(writing, "w") as pipe:
            pipe.write(told)
        os._exit(0)
    os.close(writing)
    chunks: list[bytes] = []
    while select.select([reading], [], [], SECONDS)[0]:
        if not (chunk := os.read(reading, 1 << 16)):
            break
        chunks.append(chunk)
    os.close(reading)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    lost = json.dumps({"outcomes": [], "errors": [[0, f"no answer: over {SECONDS} s, or the process died"]]})
    return b"".join(chunks).decode() or lost


def _warm() -> None:
    """Import what labs import, and read the models of the commonest services once."""
    import boto3
    import matplotlib

    import pocketaws
    from helpers import charts, data, dynamodb, s3
    from labgrader import check, checks, labs
    from pocketaws import doors

    del charts, data, dynamodb, s3, check
    matplotlib.use("Agg")
    for lab in labs.available():
        checks.tasks(lab)
    pocketaws.start()
    for service in ("s3", "dynamodb", "dynamodbstreams", "sqs", "kms"):
        boto3.client(service)
        doors.load(service.removesuffix("streams"))
    pocketaws.stop()


def _perform(asked: dict[str, Any]) -> dict[str, Any]:
    from labgrader import check, checks, labs
    from labgrader.tasks import run_all

    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        errors = _run_cells([cell for cell in asked["cells"] if not _ASIDE.match(cell.strip())])
    brief = labs.brief(asked["lab"], seed=asked["seed"], student=asked["student"])
    try:
        outcomes = run_all(checks.tasks(asked["lab"]), brief, check.account())
    except Exception as error:  # without a session there is no AWS to look at
        return {"outcomes": [], "errors": [*errors, (0, repr(error))], "output": shown.getvalue()[-5000:]}
    return {
        "outcomes": [asdict(each) for each in outcomes],
        "errors": errors,
        "output": shown.getvalue()[-5000:],
    }


def _run_cells(cells: Sequence[str]) -> list[tuple[int, str]]:
    """Run cells as a kernel does: one namespace, the value of a last expression shown, errors do not stop the rest."""
    from IPython.core.inputtransformer2 import TransformerManager

    magics, errors = TransformerManager(), []
    space: dict[str, Any] = {"__name__": "__main__"}
    for number, source in enumerate(cells, start=1):
        try:
            parsed = ast.parse(magics.transform_cell(source))
            last = parsed.body.pop() if parsed.body and isinstance(parsed.body[-1], ast.Expr) else None
            exec(compile(parsed, f"cell {number}", "exec"), space)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), space)
                if value is not None:
                    sys.stdout.write(f"{value!r}\n")
        except BaseException as error:
            errors.append((number, f"{type(error).__name__}: {error}"))
    return errors


if __name__ == "__main__":
    _serve()
