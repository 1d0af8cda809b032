"""A session for every test of the helpers: in process, nothing in it, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpers import session


@pytest.fixture
def started() -> Iterator[session.Backend]:
    yield session.start(seed=7)
    session.stop()
