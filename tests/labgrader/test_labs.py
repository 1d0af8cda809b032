"""Each lab: its solution earns everything, the blank lab nothing, and each submission of the zoo what it is worth.

Two seeds for solutions and one for the rest; ``tools/rehearse.py`` runs all (20 and 5).
"""

from __future__ import annotations

import pytest
from zoo import Animal, animals, blank, solution

from labgrader import checks, labs
from labgrader.rehearsal import Stage
from labgrader.submission import code_cells

LABS = labs.available()
ZOO = [animal for lab in LABS for animal in animals(lab)]
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
def test_the_zoo_has_at_least_eight(lab: str) -> None:
    found = [animal.path.stem for animal in animals(lab)]
    assert len(found) >= 8, f"lab {lab} has {len(found)} submissions in its zoo: {found}"


@pytest.mark.parametrize("animal", ZOO, ids=lambda animal: f"{animal.lab}-{animal.path.stem}")
def test_the_zoo_earns_what_it_is_worth(stage: Stage, animal: Animal) -> None:
    told = stage.perform(code_cells(animal.notebook(), seed=11, student="zoe"), animal.lab, seed=11, student="zoe")
    assert told.points == animal.earns(), f"{animal.path.name}: {told.lost}, cells that raised: {told.errors}"
    assert not any(each.broken for each in told.outcomes), [each.broken for each in told.outcomes]


@each_lab
def test_a_solution_of_other_values_does_not_fit(stage: Stage, lab: str) -> None:
    """What a classmate hands in under another seed earns little: names and data are personal."""
    told = stage.perform(code_cells(solution(lab), seed=1, student="ada"), lab, seed=1, student="bob")
    assert sum(told.points.values()) == 0, f"another student's work earns {told.points}"
