"""Each lab: its solution earns everything, the blank lab nothing.

Two seeds for solutions and one for the rest; ``tools/rehearse.py`` runs 20.
"""

from __future__ import annotations

import pytest
from zoo import blank, solution

from labgrader import checks, labs
from labgrader.rehearsal import Stage
from labgrader.submission import code_cells

LABS = labs.available()
each_lab = pytest.mark.parametrize("lab", LABS)


@each_lab
@pytest.mark.parametrize("seed", [1, "2f6c9d"])
def test_the_solution_earns_everything(stage: Stage, lab: str, seed: int | str) -> None:
    told = stage.perform(code_cells(solution(lab), seed=seed, student="ada"), lab, seed=seed, student="ada")
    assert not told.errors, f"cells of the solution fail: {told.errors}"
    assert told.lost == {}, f"the solution of lab {lab} loses points on seed {seed}: {told.lost}"
    assert told.points == {each.number: each.points for each in checks.tasks(lab)}


@each_lab
def test_the_blank_lab_earns_nothing_and_runs_to_its_end(stage: Stage, lab: str) -> None:
    told = stage.perform(code_cells(blank(lab), seed=3), lab, seed=3)
    assert not told.errors, f"the blank lab must run: {told.errors}"
    assert set(told.points.values()) == {0}, f"points for no work: {told.points}"
    assert len(told.lost) == len(checks.tasks(lab))


@each_lab
def test_a_solution_of_other_values_does_not_fit(stage: Stage, lab: str) -> None:
    """What a classmate hands in under another seed earns little: names and data are personal."""
    told = stage.perform(code_cells(solution(lab), seed=1, student="ada"), lab, seed=1, student="bob")
    assert sum(told.points.values()) == 0, f"another student's work earns {told.points}"
