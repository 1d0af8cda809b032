"""Back to a point in time."""

from __future__ import annotations

import doctest
from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from helpers import s3, session
from helpers.errors import BucketNotFound, ObjectArchived, ObjectNotFound
from helpers.s3 import _recovery

pytestmark = pytest.mark.usefixtures("started")


@pytest.fixture
def bucket() -> str:
    return s3.create_bucket("prod-bucket", versioned=True)


@pytest.fixture
def then(bucket: str) -> datetime:
    """A time at which a, b and c were there; afterwards a is spoiled, b deleted, c untouched and d added."""
    for key in "abc":
        s3.put_object(bucket, key, f"good {key}")
    session.advance(hours=1)
    then = session.now() - timedelta(minutes=1)
    s3.put_object(bucket, "a", "spoiled")
    s3.delete_objects(bucket, ["b"])
    s3.put_object(bucket, "d", "ransom note")
    return then


def contents(bucket: str) -> dict[str, bytes]:
    return {key: s3.get_object(bucket, key) for key in s3.list_objects(bucket)["key"]}


GOOD = {key: f"good {key}".encode() for key in "abc"}


def test_the_examples_run() -> None:
    for example in doctest.DocTestFinder().find(_recovery):
        session.start(seed=7)
        assert doctest.DocTestRunner().run(example).failed == 0
        session.stop()
    session.start(seed=7)


def test_versions_at_a_time(bucket: str, then: datetime) -> None:
    found = s3.versions_at(bucket, then)
    assert found["key"].tolist() == ["a", "b", "c"]
    assert found["latest"].tolist() == [False, False, True]
    assert s3.versions_at(bucket, then, "b")["key"].tolist() == ["b"]
    assert s3.versions_at(bucket, then - timedelta(days=1)).columns.tolist() == found.columns.tolist()
    assert s3.versions_at(bucket, session.now())["key"].tolist() == ["a", "c", "d"], "b is deleted now"


def test_recover_in_place(bucket: str, then: datetime) -> None:
    assert s3.recover(bucket, then) == 2
    assert contents(bucket) == GOOD
    assert len(s3.list_versions(bucket, "d")) == 2, "what came later is hidden, not destroyed"
    assert s3.recover(bucket, then) == 2, "the versions on top are copies: other versions than those of then"


def test_recover_into_another_bucket(bucket: str, then: datetime) -> None:
    clean = s3.create_bucket("clean-bucket")
    assert s3.recover(bucket, then, into=clean) == 3
    assert contents(clean) == GOOD
    assert contents(bucket)["a"] == b"spoiled"
    assert s3.recover(bucket, then, "c", into=clean) == 1


def test_what_is_archived_must_be_restored_first(bucket: str) -> None:
    s3.put_object(bucket, "cold", b"1", storage_class="GLACIER")
    then = session.now()
    session.advance(hours=1)
    s3.put_object(bucket, "cold", b"2")
    with pytest.raises(ObjectArchived, match="ObjectNotInActiveTierError"):
        s3.recover(bucket, then)


def test_a_missing_bucket() -> None:
    with pytest.raises(BucketNotFound):
        s3.recover("no-such-bucket", session.now())


class TestRestores:
    @pytest.fixture
    def archive(self) -> str:
        bucket = s3.create_bucket("archive-bucket", versioned=True)
        for storage_class in ("STANDARD", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"):
            s3.put_object(bucket, storage_class, "1", storage_class=storage_class)
        return bucket

    def states(self, bucket: str) -> list[str]:
        return s3.list_restores(bucket).set_index("key").loc[["STANDARD", "GLACIER_IR", "GLACIER"], "state"].tolist()

    def test_from_frozen_to_frozen(self, archive: str) -> None:
        assert self.states(archive) == ["warm", "warm", "frozen"]
        s3.restore(archive, "GLACIER", tier="Expedited", days=2)
        assert self.states(archive)[2] == "thawing"
        session.advance(minutes=5)
        listed = s3.list_restores(archive, "GLACIER").set_index("key")
        assert listed.loc["GLACIER", "state"] == "readable"
        assert listed.loc["GLACIER", "lapses"] > session.now()
        session.advance(days=3)
        assert self.states(archive)[2] == "frozen"

    def test_one_version(self, archive: str) -> None:
        first = s3.list_versions(archive, "GLACIER").set_index("key").loc["GLACIER", "version"]
        session.advance(hours=1)
        then = session.now() - timedelta(minutes=1)
        s3.put_object(archive, "GLACIER", "2")
        s3.restore(archive, "GLACIER", version=str(first))
        session.advance(hours=5)
        assert s3.recover(archive, then, "GLACIER") == 1
        assert s3.get_object(archive, "GLACIER") == b"1"

    def test_refusals(self, archive: str) -> None:
        for key, tier, code in (
            ("GLACIER_IR", "Standard", "InvalidObjectState"),
            ("DEEP_ARCHIVE", "Expedited", "InvalidArgument"),
        ):
            with pytest.raises(ClientError, match=code):
                s3.restore(archive, key, tier=tier)
        with pytest.raises(ObjectNotFound):
            s3.restore(archive, "none")
        with pytest.raises(BucketNotFound):
            s3.list_restores("no-such-bucket")

    def test_empty_lists_have_their_columns(self) -> None:
        listed = s3.list_restores(s3.create_bucket("empty-bucket"))
        assert list(listed.columns) == ["key", "storage_class", "state", "lapses"]
        assert len(listed) == 0
