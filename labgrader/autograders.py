"""Grading elsewhere: a zip for Gradescope's autograder, and a workflow for GitHub Classroom.

Sources: gradescope-autograders.readthedocs.io ("Autograder specifications": ``setup.sh``, ``run_autograder``,
``/autograder/results/results.json``); docs.github.com, "Use the GitHub Classroom autograder".
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from labgrader.classroom import Graded

__all__ = ["GRADESCOPE", "gradescope_results", "gradescope_student", "gradescope_zip", "workflow"]

#: Where Gradescope puts things.
GRADESCOPE = Path("/autograder")

_SETUP = """#!/usr/bin/env bash
# Runs once, when Gradescope builds the image.
set -euo pipefail
apt-get update && apt-get install -y --no-install-recommends git python3 python3-pip python3-venv
python3 -m venv /opt/course
/opt/course/bin/python -m pip install --quiet "aws-storage-course[grade,server] @ {source}"
chmod 600 /autograder/source/secret
"""

_RUN = """#!/usr/bin/env bash
# Runs for each submission.
cd /autograder
exec /opt/course/bin/python -m labgrader gradescope --lab {lab} --secret-file /autograder/source/secret
"""

_WORKFLOW = """# Made by: labgrader workflow --lab {lab}
# Grades what is pushed.  Set the secret LABGRADER_SECRET in the organization; students cannot read it.
name: Lab {lab}
on:
  push:
    paths: ["**.ipynb"]
  workflow_dispatch:
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: python -m pip install --quiet "aws-storage-course[grade,server] @ {source}"
      - name: Grade
        env:
          LABGRADER_SECRET: ${{{{ secrets.LABGRADER_SECRET }}}}
          STUDENT: ${{{{ github.actor }}}}
        run: labgrader run "{notebook}" --student "$STUDENT"
"""


def gradescope_zip(lab: str, secret: str, source: str) -> bytes:
    """Return the zip that a Gradescope assignment takes as its autograder.

    Parameters
    ----------
    lab
        Number of the lab.
    secret
        The course's secret.  It lies in the image: keep the zip as you keep the secret.
    source
        Where pip finds the course, for example ``git+https://…``.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text, mode in (
            ("setup.sh", _SETUP.format(source=source), 0o755),
            ("run_autograder", _RUN.format(lab=lab), 0o755),
            ("secret", secret + "\n", 0o600),
        ):
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.external_attr = mode << 16
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def gradescope_results(result: Graded) -> dict[str, Any]:
    """Return ``results.json``: a test for each task, its message as output."""
    shown = [
        {
            "name": f"Task {each.task}: {each.name}",
            "score": each.points,
            "max_score": each.out_of,
            "status": "passed" if each.is_done else "failed",
            "output": each.message,
            "visibility": "visible",
        }
        for each in result.tasks
    ]
    return {
        "score": sum(each.points for each in result.tasks),
        "execution_time": round(result.seconds),
        "output": " ".join([*result.notes, result.failure]).strip(),
        "visibility": "visible",
        "tests": shown,
    }


def gradescope_student(metadata: Path) -> str:
    """Return who handed in, from Gradescope's ``submission_metadata.json``; ``unknown`` where it does not say."""
    try:
        users = json.loads(metadata.read_text(encoding="utf-8"))["users"]
        return str(users[0].get("sid") or users[0]["email"])
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return "unknown"


def workflow(lab: str, notebook: str, source: str) -> str:
    """Return a workflow of GitHub Actions that grades what a student of GitHub Classroom pushes."""
    return _WORKFLOW.format(lab=lab, notebook=notebook, source=source)
