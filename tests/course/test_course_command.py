"""``make course`` given what it cannot do: one sentence, before any lesson runs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from _notebooks import ROOT


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--jobs", "0"), "--jobs is how many lessons run at a time, 1 or more, not 0."),
        (("--only", "9.9"), "No lesson 9.9; there are 3.1, 3.2, 3.3, 3.4, 3.5, 3.6, 3.7, 3.8, 3.9."),
    ],
)
def test_it_stops_with_a_sentence(words: tuple[str, str], told: str) -> None:
    command = [sys.executable, str(ROOT / "tools" / "course.py"), *words]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr.strip()) == (1, told)
