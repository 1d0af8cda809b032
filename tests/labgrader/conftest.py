"""One warm stage a test process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labgrader.rehearsal import Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with Stage() as warm:
        yield warm
