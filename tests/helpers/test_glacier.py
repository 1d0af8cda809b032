"""Vaults: upload, inventory, retrieval, waited for in simulated time."""

from __future__ import annotations

import doctest
import hashlib
from typing import Any

import pytest

from helpers import glacier, session
from helpers.errors import InventoryNotReady, VaultNotFound

pytestmark = pytest.mark.usefixtures("started")
MB = 2**20


@pytest.fixture
def vault() -> str:
    session.client("glacier").create_vault(vaultName="ledgers")
    return "ledgers"


def test_the_examples_run() -> None:
    for example in doctest.DocTestFinder().find(glacier):
        session.start(seed=7)
        result = doctest.DocTestRunner().run(example)
        assert result.failed == 0
        session.stop()
    session.start(seed=7)


@pytest.mark.parametrize("size", [0, 1, MB, MB + 1, 3 * MB, 5 * MB + 7])
def test_the_tree_hash_is_the_one_of_boto3(size: int) -> None:
    import io

    from botocore.utils import calculate_tree_hash

    payload = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    if size:
        assert glacier.tree_hash(payload) == calculate_tree_hash(io.BytesIO(payload))
    else:
        assert glacier.tree_hash(payload) == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(("tier", "hours"), [("Expedited", 0.1), ("Standard", 5), ("Bulk", 12)])
def test_retrieve_waits_as_long_as_the_tier_takes(vault: str, tier: str, hours: float) -> None:
    body = b"ledger" * MB
    archive = glacier.upload(vault, body)
    asked = session.now()
    assert glacier.retrieve(vault, archive, tier=tier) == body
    assert (session.now() - asked).total_seconds() <= hours * 3600 * 1.25
    jobs = glacier.list_jobs(vault)
    assert jobs[["tier", "state", "archive"]].values.tolist() == [[tier, "Succeeded", archive]]
    assert (jobs["completed"] > jobs["created"]).all()


def test_the_inventory_is_a_day_behind(vault: str) -> None:
    with pytest.raises(InventoryNotReady, match="ask again a day after"):
        glacier.list_archives(vault)
    archive = glacier.upload(vault, b"1912", "the ledger of 1912")
    session.advance(days=1)
    glacier.upload(vault, b"1913")
    listed = glacier.list_archives(vault)
    assert listed[["archive", "description", "size"]].values.tolist() == [[archive, "the ledger of 1912", 4]]
    assert listed["tree_hash"].iloc[0] == glacier.tree_hash(b"1912")
    assert listed["created"].iloc[0] < session.now()


def test_empty_lists_have_their_columns(vault: str) -> None:
    assert list(glacier.list_jobs(vault).columns) == glacier.JOBS
    archive = glacier.upload(vault, b"1912")
    session.client("glacier").delete_archive(vaultName=vault, archiveId=archive)
    session.advance(days=1)
    listed = glacier.list_archives(vault)
    assert len(listed) == 0
    assert list(listed.columns) == glacier.ARCHIVES


def test_what_is_not_there(vault: str) -> None:
    calls: list[Any] = [
        lambda: glacier.upload("none", b"1"),
        lambda: glacier.retrieve("none", "x"),
        lambda: glacier.retrieve(vault, "x"),
        lambda: glacier.list_archives("none"),
        lambda: glacier.list_jobs("none"),
    ]
    for call in calls:
        with pytest.raises(VaultNotFound, match=r"ResourceNotFoundException"):
            call()


def test_cleanup_deletes_an_empty_vault_and_tells_of_a_full_one(vault: str) -> None:
    session.client("glacier").create_vault(vaultName="empty")
    glacier.upload(vault, b"1")
    done = session.cleanup()
    assert done.left["name"].tolist() == [vault]
    assert done.deleted["name"].tolist() == ["empty"]
