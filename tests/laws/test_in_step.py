"""What is said twice says the same: environment, workflow, notebooks' opening cells, the table of operations."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml
from law_sources import ROOT, project


def test_environment_yml_asks_for_the_project_and_its_pythons() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    told = project()["project"]
    assert environment["name"] == told["name"]
    *conda, through_pip = environment["dependencies"]
    python = next(line for line in conda if line.startswith("python"))
    lowest = told["requires-python"].removeprefix(">=")
    assert f">={lowest}" in python, f"environment.yml asks for {python}, pyproject.toml for {told['requires-python']}."
    newest = max(int(line.split(".")[-1]) for line in told["classifiers"] if re.search(r":: 3\.\d+$", line))
    assert f"<3.{newest + 1}" in python, f"environment.yml asks for {python}; the classifiers end at 3.{newest}."
    assert {"python", "pip"} == {re.split(r"[<>=]", line)[0] for line in conda}, "Dependencies live in pyproject.toml."
    (wanted,) = through_pip["pip"]
    extras = set(re.findall(r"[a-z]+", wanted.split("[")[1]))
    assert wanted.startswith("-e .["), "environment.yml installs this project, and nothing that it names itself."
    assert extras <= set(told["optional-dependencies"]), f"environment.yml asks for unknown extras {extras}."


def test_ci_runs_make_test() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert script.rstrip().endswith("exec make test"), ".ci/run calls make test and nothing else."
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111, ".ci/run must be executable."


def test_the_workflow_runs_what_a_contributor_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    jobs = workflow["jobs"]
    ran = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}
    assert ran["ci"] == ["./.ci/run"], "The job ci runs .ci/run and nothing else."
    assert ran["weekly"][-1] == "./.ci/run"
    assert "schedule" in workflow[True], "The newest dependencies are tried every week."  # YAML reads `on` as True
    assert all(line.startswith("python tools/colab.py") for line in ran["colab"])
    lowest = project()["project"]["requires-python"].removeprefix(">=")
    assert lowest in jobs["ci"]["strategy"]["matrix"]["python"], f"The job ci runs the lowest Python, {lowest}."


@pytest.mark.parametrize("command", ["refresh.py", "operations.py"])
def test_nothing_generated_has_drifted(command: str) -> None:
    told = subprocess.run(
        [sys.executable, str(ROOT / "tools" / command), "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr + told.stdout


def test_every_command_of_the_makefile_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    described = set(re.findall(r"^([a-z]+):.*## \w", makefile, re.MULTILINE))
    assert targets == described, f"Makefile: {targets - described} have no '## what it does'."
    assert {"setup", "course", "test", "study", "labs", "lint", "clean"} <= targets
