"""Each submission of the zoo earns what it is worth, on one seed; ``tools/rehearse.py`` runs five."""

from __future__ import annotations

import pytest
from zoo import Animal, animals

from labgrader import labs
from labgrader.rehearsal import Stage
from labgrader.submission import code_cells

LABS = labs.available()
ZOO = [animal for lab in LABS for animal in animals(lab)]


@pytest.mark.parametrize("lab", LABS)
def test_the_zoo_has_at_least_eight(lab: str) -> None:
    found = [animal.path.stem for animal in animals(lab)]
    assert len(found) >= 8, f"lab {lab} has {len(found)} submissions in its zoo: {found}"


@pytest.mark.parametrize("animal", ZOO, ids=lambda animal: f"{animal.lab}-{animal.path.stem}")
def test_the_zoo_earns_what_it_is_worth(stage: Stage, animal: Animal) -> None:
    told = stage.perform(code_cells(animal.notebook(), seed=11, student="zoe"), animal.lab, seed=11, student="zoe")
    assert told.points == animal.earns(), f"{animal.path.name}: {told.lost}, cells that raised: {told.errors}"
    assert not any(each.broken for each in told.outcomes), [each.broken for each in told.outcomes]
