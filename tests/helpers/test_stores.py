"""The tables to choose a store by."""

from __future__ import annotations

import doctest

import pandas as pd
import pytest

from helpers import diagrams, stores


@pytest.mark.parametrize("name", stores.__all__)
def test_the_examples_run(name: str) -> None:
    for each in doctest.DocTestFinder().find(getattr(stores, name), name, globs=vars(stores).copy()):
        assert doctest.DocTestRunner().run(each).failed == 0


def test_each_question_has_one_style_that_was_made_for_it() -> None:
    found = stores.access_patterns()
    assert (found.eq(2).sum(axis=1) == 1).all()
    assert found.isin([0, 1, 2]).all(axis=None)
    assert "columnar made for it" in diagrams.grid(found, title="Choose").alt


def test_services_have_a_kind_and_a_place() -> None:
    found = stores.storage_services()
    assert list(found.index) == ["block", "file", "object"]
    assert found.loc["object", "inside one machine"] == ""


def test_routes_without_a_place_are_left_out() -> None:
    places = pd.DataFrame({"lon": [-73.8, -71.0], "lat": [40.6, 42.4]}, index=["JFK", "BOS"])
    picture = diagrams.routes([("JFK", "BOS"), ("JFK", "XXX")], places, title="Two")
    assert picture.alt == "Map: Two. 1 route between 2 places."


def test_the_example_of_routes_runs() -> None:
    module = __import__("helpers.diagrams._routes", fromlist=["x"])
    assert doctest.testmod(module).failed == 0
