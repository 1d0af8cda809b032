"""``labgrader doctor`` tries things, and so finds what does not work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from labgrader import confine, doctor


def found() -> dict[str, doctor.Finding]:
    return {each.name: each for each in doctor.examine()}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes long and is tried elsewhere."""
    monkeypatch.setattr(doctor, "_kernel", lambda: "not tried")


def test_grading_is_safe_on_this_machine(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "labgrader", "doctor", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    answer = json.loads(told.stdout)
    wrong = [each for each in answer["findings"] if each["needed"] and not each["works"]]
    assert (told.returncode, answer["safe"], wrong) == (0, True, [])
    says = {each["name"]: each["says"] for each in answer["findings"]}
    assert "A kernel has asked its own AWS" in says["AWS and a kernel"]


def test_without_limits_it_says_what_a_submission_can_do(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlimited(self: confine.Cell, command: Sequence[str]) -> list[str]:
        return list(command)

    monkeypatch.setattr(confine.Cell, "command", unlimited)
    told = found()
    assert not doctor.is_safe(list(told.values()))
    assert [told[name].works for name in ("memory", "file size")] == [False, False]
    assert "fill the disk" in told["file size"].says
    assert told["nothing survives"].works, "The one that slipped away is found by its descent."


def test_an_environment_that_leaks_is_found(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(self: confine.Cell, address: str, told: str) -> dict[str, str]:
        return {**os.environ, "HOME": str(self.folder)}

    monkeypatch.setattr(confine.Cell, "environment", leaking)
    told = found()
    assert (told["environment"].works, told["environment"].says) == (False, "It finds your variables.")
    assert told["memory"].works


def test_where_no_confined_process_starts_nothing_is_assumed(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(self: confine.Cell, command: Sequence[str]) -> list[str]:
        return ["/no/such/program"]

    monkeypatch.setattr(confine.Cell, "command", missing)
    told = found()
    assert not any(told[name].works for name in ("environment", "memory", "file size", "your processes"))
    assert told["memory"].says == "No confined process could be started."


def test_a_full_disk_is_told(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_DISK", 2**60)
    told = found()
    assert "Set TMPDIR to a larger place" in told["disk"].says
    assert not doctor.is_safe(list(told.values()))


def test_the_table_ends_with_a_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = doctor.Finding("disk", True, True, "1 GiB"), doctor.Finding("memory", False, True, "none")
    advice = doctor.Finding("network", False, False, "open")
    doctor.show([good, advice])
    told = " ".join(capsys.readouterr().out.split())
    assert "Grading is safe here. What the table marks as without stays open to submissions." in told
    doctor.show([good])
    assert "stays open" not in capsys.readouterr().out
    doctor.show([good, advice, bad])
    assert "Do not grade here" in capsys.readouterr().out
