"""The examples in the documentation of the helpers that draw, count and trace."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    "_amounts",
    "_capacity",
    "batch",
    "charts",
    "diagrams._bucket",
    "diagrams._lifecycle",
    "diagrams._partitions",
    "diagrams._pipeline",
    "diagrams._table",
    "diagrams._timeline",
    "functions",
    "models",
    "plans",
    "diagrams._workflow",
    "prices",
    "trace",
    "trace._watch",
)


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"helpers.{name}"))
    assert result.attempted
    assert result.failed == 0
