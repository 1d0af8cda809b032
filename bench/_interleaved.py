"""Time two ways of doing one thing in turn, A B A B ..., and print the ratio of their medians.

A machine that is busy for a moment then slows both alike; ratios hold where milliseconds do not.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable


class Worker:
    """A process of its own that does a named job when asked, and says how many seconds it took."""

    def __init__(self, script: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, job: str) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(job, file=self._process.stdin, flush=True)
        return float(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve(jobs: dict[str, Callable[[], object]]) -> None:
    """Be a worker: do the jobs whose names come in."""
    for line in sys.stdin:
        job = jobs[line.strip()]
        began = time.perf_counter()
        job()
        print(json.dumps(time.perf_counter() - began), flush=True)


def compare(title: str, ours: Callable[[], float], baseline: Callable[[], float], *, rounds: int = 11) -> None:
    """Run both in turn and print milliseconds and ratio; the first round does not count."""
    pairs = [(ours(), baseline()) for _ in range(rounds + 1)][1:]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{title:<42} {mine * 1000:>9.2f} ms {theirs * 1000:>9.2f} ms   ratio {mine / theirs:.2f}")
