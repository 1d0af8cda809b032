from __future__ import annotations

import gzip
import io
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from botocore.exceptions import ClientError

from helpers import errors, s3, session

MIB = 1024 * 1024


pytestmark = pytest.mark.usefixtures("started")


@pytest.fixture
def bucket() -> str:
    return s3.create_bucket("course-tests")


@pytest.fixture
def versioned() -> str:
    return s3.create_bucket("course-tests-versioned", versioned=True)


def refuse(event: str, status: int, code: str, *, after: int = 0) -> Any:
    """Let an operation of the session's S3 client answer an error, once ``after`` calls went through."""
    client = session.client("s3")
    seen = []

    def answer(**_: Any) -> Any:
        seen.append(1)
        if len(seen) > after:
            http = type("Answer", (), {"status_code": status, "headers": {}, "content": b"", "text": ""})()
            return http, {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return None

    client.meta.events.register(f"before-call.s3.{event}", answer)
    return lambda: client.meta.events.unregister(f"before-call.s3.{event}", answer)


class TestBuckets:
    def test_create_gives_the_name(self) -> None:
        assert s3.create_bucket("course-tests") == "course-tests"
        assert s3.bucket_exists("course-tests")

    def test_versioned_from_the_start(self, versioned: str) -> None:
        status = session.client("s3").get_bucket_versioning(Bucket=versioned)
        assert status["Status"] == "Enabled"

    def test_another_region(self) -> None:
        client = session.boto3_session().client("s3", region_name="eu-west-1")
        s3.create_bucket("course-tests-eu", client=client)
        assert client.get_bucket_location(Bucket="course-tests-eu")["LocationConstraint"] == "eu-west-1"
        with pytest.raises(errors.BucketNameTaken, match="AWS: BucketAlreadyOwnedByYou"):
            s3.create_bucket("course-tests-eu", client=client)

    def test_name_of_somebody_else(self) -> None:
        refuse("CreateBucket", 409, "BucketAlreadyExists")
        with pytest.raises(errors.BucketNameTaken, match=r"session.unique_name.*BucketAlreadyExists"):
            s3.create_bucket("course-tests")

    def test_exists_lets_forbidden_through(self) -> None:
        assert not s3.bucket_exists("course-tests")
        refuse("HeadBucket", 403, "403")
        with pytest.raises(ClientError, match="403"):
            s3.bucket_exists("course-tests")

    def test_list(self, bucket: str) -> None:
        s3.create_bucket("another-bucket")
        listed = s3.list_buckets()
        assert listed.columns.tolist() == ["bucket", "created"]
        assert listed["bucket"].tolist() == ["another-bucket", bucket]

    def test_list_when_there_is_none(self) -> None:
        listed = s3.list_buckets()
        assert listed.empty
        assert listed.columns.tolist() == ["bucket", "created"]

    def test_empty_counts_versions_and_markers(self, versioned: str) -> None:
        s3.put_object(versioned, "a", "1")
        s3.put_object(versioned, "a", "2")
        s3.delete_objects(versioned, ["a"])
        session.client("s3").create_multipart_upload(Bucket=versioned, Key="half")
        assert s3.empty_bucket(versioned) == 3
        assert s3.list_versions(versioned).empty
        assert "Uploads" not in session.client("s3").list_multipart_uploads(Bucket=versioned)
        assert s3.empty_bucket(versioned) == 0

    def test_delete_takes_everything_along(self, bucket: str) -> None:
        s3.put_object(bucket, "a", "1")
        assert s3.delete_bucket(bucket) == 1
        assert not s3.bucket_exists(bucket)

    def test_delete_stops_when_something_stays(self, bucket: str) -> None:
        s3.put_object(bucket, "a", "1")
        refuse("DeleteBucket", 409, "BucketNotEmpty")
        with pytest.raises(errors.BucketNotEmpty, match="AWS: BucketNotEmpty"):
            s3.delete_bucket(bucket)

    @pytest.mark.parametrize(
        "call",
        [
            s3.empty_bucket,
            s3.delete_bucket,
            s3.list_objects,
            s3.list_versions,
            s3.storage_by_class,
            lambda bucket: s3.put_object(bucket, "a", ""),
            lambda bucket: s3.get_object(bucket, "a"),
            lambda bucket: s3.delete_objects(bucket, ["a"]),
            lambda bucket: s3.upload_file(bucket, "a", b""),
            lambda bucket: s3.resume_upload(bucket, "a", b""),
            lambda bucket: s3.undelete(bucket, "a"),
        ],
    )
    def test_no_such_bucket(self, call: Any) -> None:
        with pytest.raises(errors.BucketNotFound, match=r"'nowhere'.*list_buckets.*AWS: NoSuchBucket") as caught:
            call("nowhere")
        assert isinstance(caught.value.__cause__, ClientError)


class TestObjects:
    def test_put_and_get(self, bucket: str) -> None:
        assert s3.put_object(bucket, "raw/é.txt", "né") == "raw/é.txt"
        assert s3.get_object(bucket, "raw/é.txt") == "né".encode()

    @pytest.mark.parametrize(
        ("span", "expected"),
        [
            ({}, b"0123456789"),
            ({"start": 2}, b"23456789"),
            ({"end": 3}, b"012"),
            ({"start": 2, "end": 5}, b"234"),
            ({"start": -3}, b"789"),
            ({"start": 8, "end": 99}, b"89"),
        ],
    )
    def test_ranges_are_slices(self, bucket: str, span: dict[str, int], expected: bytes) -> None:
        s3.put_object(bucket, "digits", b"0123456789")
        assert s3.get_object(bucket, "digits", **span) == expected

    @pytest.mark.parametrize("span", [{"start": 3, "end": 3}, {"end": 0}, {"end": -1}, {"start": -3, "end": 9}])
    def test_ranges_that_cannot_be_asked_for(self, bucket: str, span: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="One request cannot ask"):
            s3.get_object(bucket, "digits", **span)

    def test_only_the_range_travels(self, bucket: str) -> None:
        s3.put_object(bucket, "zeros", bytes(100_000))
        lengths = []
        session.client("s3").meta.events.register(
            "after-call.s3.GetObject", lambda parsed, **_: lengths.append(parsed["ContentLength"])
        )
        s3.get_object(bucket, "zeros", start=5, end=15)
        assert lengths == [10]

    def test_no_such_key(self, bucket: str) -> None:
        with pytest.raises(errors.ObjectNotFound, match=r"'nothing'.*AWS: NoSuchKey"):
            s3.get_object(bucket, "nothing")

    def test_archived(self, bucket: str) -> None:
        s3.put_object(bucket, "old", "1", storage_class="DEEP_ARCHIVE")
        with pytest.raises(errors.ObjectArchived, match=r"wait_for_restore.*AWS: InvalidObjectState"):
            s3.get_object(bucket, "old")

    def test_list_when_there_is_none(self, bucket: str) -> None:
        assert s3.list_objects(bucket).columns.tolist() == ["key", "size", "storage_class"]
        assert s3.list_objects(bucket).empty

    def test_list_follows_pages(self, bucket: str) -> None:
        for number in range(1003):
            s3.put_object(bucket, f"many/{number:04}", b"")
        s3.put_object(bucket, "one", b"12", storage_class="STANDARD_IA")
        assert len(s3.list_objects(bucket)) == 1004
        assert s3.list_objects(bucket, "one").to_dict("records") == [
            {"key": "one", "size": 2, "storage_class": "STANDARD_IA"}
        ]
        assert s3.delete_objects(bucket, s3.list_objects(bucket, "many/")["key"]) == 1003

    def test_delete_nothing(self, bucket: str) -> None:
        assert s3.delete_objects(bucket, []) == 0

    def test_delete_looks_inside_the_success(self, versioned: str) -> None:
        client = session.client("s3")
        s3.put_object(versioned, "free", "1")
        client.create_bucket(Bucket="course-tests-locked", ObjectLockEnabledForBucket=True)
        until = session.now() + timedelta(days=400)
        client.put_object(
            Bucket="course-tests-locked",
            Key="kept",
            Body=b"",
            ObjectLockMode="COMPLIANCE",
            ObjectLockRetainUntilDate=until,
        )
        s3.put_object("course-tests-locked", "free", "1")
        with pytest.raises(errors.ObjectsNotDeleted, match=r"1 deleted, 1 keys not.*'kept' \(AWS: Acc") as no:
            s3.empty_bucket("course-tests-locked")
        assert no.value.failed == {"kept": "AccessDenied"}

    def test_presign_makes_no_request_and_names_the_minutes(self, bucket: str) -> None:
        url = s3.presign(bucket, "a b.txt", minutes=2)
        assert "a%20b.txt?" in url
        assert "X-Amz-Expires=120" in url


class TestVersions:
    def test_columns_even_when_empty(self, versioned: str) -> None:
        columns = ["key", "version", "latest", "delete_marker", "size", "storage_class", "modified"]
        assert s3.list_versions(versioned).columns.tolist() == columns
        assert s3.storage_by_class(versioned).columns.tolist() == ["storage_class", "objects", "bytes"]

    def test_latest_first(self, versioned: str) -> None:
        for body in ("1", "22", "333"):
            s3.put_object(versioned, "b", body)
            session.advance(hours=1)
        s3.put_object(versioned, "a", "")
        s3.delete_objects(versioned, ["b"])
        found = s3.list_versions(versioned)
        assert found["key"].tolist() == ["a", "b", "b", "b", "b"]
        assert found["size"].tolist() == [0, 0, 3, 2, 1]
        assert found["delete_marker"].tolist() == [False, True, False, False, False]
        assert found["latest"].tolist() == [True, True, False, False, False]

    def test_never_versioned(self, bucket: str) -> None:
        s3.put_object(bucket, "a", "1")
        assert s3.list_versions(bucket)["version"].tolist() == ["null"]

    def test_undelete_removes_every_marker_on_top(self, versioned: str) -> None:
        s3.put_object(versioned, "a", "kept")
        s3.put_object(versioned, "ab", "neighbour")
        s3.delete_objects(versioned, ["a"])
        s3.delete_objects(versioned, ["a", "ab"])
        version = s3.undelete(versioned, "a")
        assert s3.get_object(versioned, "a") == b"kept"
        assert s3.list_versions(versioned, "a")["version"].tolist()[0] == version
        with pytest.raises(errors.ObjectNotFound):
            s3.get_object(versioned, "ab")

    def test_undelete_what_is_there(self, versioned: str) -> None:
        s3.put_object(versioned, "a", "1")
        with pytest.raises(errors.ObjectNotDeleted, match="not deleted"):
            s3.undelete(versioned, "a")

    def test_undelete_what_never_was(self, versioned: str) -> None:
        s3.delete_objects(versioned, ["a"])
        with pytest.raises(errors.ObjectNotFound, match="no version"):
            s3.undelete(versioned, "a")
        assert len(s3.list_versions(versioned)) == 1  # the marker stays where it was

    def test_storage_counts_old_versions_but_no_markers(self, versioned: str) -> None:
        s3.put_object(versioned, "a", "1")
        s3.put_object(versioned, "a", "22")
        s3.put_object(versioned, "b", "333", storage_class="GLACIER_IR")
        s3.delete_objects(versioned, ["a"])
        assert s3.storage_by_class(versioned).values.tolist() == [["GLACIER_IR", 1, 3], ["STANDARD", 2, 3]]


class TestUploads:
    @pytest.mark.parametrize("threads", [1, 4])
    def test_in_parts(self, bucket: str, threads: int) -> None:
        body = bytes(range(256)) * (11 * MIB // 256)
        assert s3.upload_file(bucket, "big", body, part_size=5 * MIB, threads=threads) == "big"
        assert s3.get_object(bucket, "big") == body
        assert session.client("s3").head_object(Bucket=bucket, Key="big")["ETag"].endswith('-3"')

    def test_from_a_path_and_an_open_file(self, bucket: str, tmp_path: Any) -> None:
        path = tmp_path / "big"
        path.write_bytes(b"x" * (6 * MIB))
        s3.upload_file(bucket, "from-path", path, part_size=5 * MIB)
        s3.upload_file(bucket, "from-file", io.BytesIO(path.read_bytes()), part_size=5 * MIB)
        assert s3.get_object(bucket, "from-path") == s3.get_object(bucket, "from-file") == path.read_bytes()

    def test_nothing_at_all(self, bucket: str) -> None:
        s3.upload_file(bucket, "empty", b"")
        assert s3.get_object(bucket, "empty") == b""

    def test_resume_sends_only_what_is_missing(self, bucket: str) -> None:
        body = b"".join(bytes([number]) * (5 * MIB) for number in range(4)) + b"the end"
        mend = refuse("UploadPart", 400, "RequestTimeout", after=3)
        with pytest.raises(errors.UploadInterrupted, match=r"s3.resume_upload.*RequestTimeout"):
            s3.upload_file(bucket, "big", body, part_size=5 * MIB, threads=1)
        mend()
        assert s3.list_objects(bucket).empty
        assert s3.resume_upload(bucket, "big", body, part_size=5 * MIB, threads=2) == 2
        assert s3.get_object(bucket, "big") == body
        with pytest.raises(errors.UploadNotFound, match="upload_file"):
            s3.resume_upload(bucket, "big", body)

    def test_resume_sends_again_what_changed(self, bucket: str) -> None:
        mend = refuse("CompleteMultipartUpload", 400, "RequestTimeout")
        with pytest.raises(errors.UploadInterrupted):
            s3.upload_file(bucket, "big", b"a" * (6 * MIB), part_size=5 * MIB)
        mend()
        changed = b"a" * (5 * MIB) + b"b" * MIB
        assert s3.resume_upload(bucket, "big", changed, part_size=5 * MIB) == 1
        assert s3.get_object(bucket, "big") == changed

    def test_source_that_breaks(self, bucket: str) -> None:
        class Torn(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                if self.tell():
                    raise OSError("cable pulled")
                return super().read(size)

        with pytest.raises(errors.UploadInterrupted, match="cable pulled"):
            s3.upload_file(bucket, "big", Torn(bytes(11 * MIB)), part_size=5 * MIB, threads=1)
        assert s3.resume_upload(bucket, "big", bytes(11 * MIB), part_size=5 * MIB) == 2

    def test_path_that_is_not_there(self, bucket: str, tmp_path: Any) -> None:
        with pytest.raises(FileNotFoundError):
            s3.upload_file(bucket, "big", tmp_path / "missing")
        assert "Uploads" not in session.client("s3").list_multipart_uploads(Bucket=bucket)


class TestFrames:
    def test_parquet_keeps_types(self, bucket: str) -> None:
        frame = pd.DataFrame({"when": pd.to_datetime(["2013-01-01T05:00Z"]), "n": [1], "x": [0.5], "who": ["é"]})
        pd.testing.assert_frame_equal(s3.read_parquet(bucket, s3.write_parquet(bucket, "f.parquet", frame)), frame)

    def test_csv_plain_and_packed(self, bucket: str) -> None:
        s3.put_object(bucket, "f.csv", "a,b\n1,x\n")
        s3.put_object(bucket, "f.csv.gz", gzip.compress(b"a,b\n1,x\n"))
        expected = pd.DataFrame({"a": [1], "b": ["x"]})
        pd.testing.assert_frame_equal(s3.read_csv(bucket, "f.csv"), expected)
        pd.testing.assert_frame_equal(s3.read_csv(bucket, "f.csv.gz"), expected)

    def test_no_such_key(self, bucket: str) -> None:
        with pytest.raises(errors.ObjectNotFound):
            s3.read_parquet(bucket, "nothing")


class TestRestore:
    def test_nobody_asked(self, bucket: str) -> None:
        s3.put_object(bucket, "old", "1", storage_class="GLACIER")
        with pytest.raises(errors.RestoreNotStarted, match="restore_object"):
            s3.wait_for_restore(bucket, "old")
        with pytest.raises(errors.ObjectNotFound, match="AWS: 404"):
            s3.wait_for_restore(bucket, "nothing")

    def test_waits_until_the_copy_is_there(self, bucket: str) -> None:
        s3.put_object(bucket, "old", "1", storage_class="GLACIER")
        request = {"Days": 3, "GlacierJobParameters": {"Tier": "Standard"}}
        session.client("s3").restore_object(Bucket=bucket, Key="old", RestoreRequest=request)
        asked = session.now()
        gone = s3.wait_for_restore(bucket, "old")
        assert timedelta(hours=3) <= session.now() - asked <= timedelta(hours=6.5)
        assert gone > session.now() + timedelta(days=2)
        assert s3.get_object(bucket, "old") == b"1"

    def test_gives_up(self, bucket: str) -> None:
        s3.put_object(bucket, "old", "1", storage_class="GLACIER")
        before = session.now()
        session.client("s3").meta.events.register(
            "after-call.s3.HeadObject", lambda parsed, **_: parsed.update(Restore='ongoing-request="true"')
        )
        with pytest.raises(errors.WaitTimedOut, match="restore of 'old'"):
            s3.wait_for_restore(bucket, "old", hours=1)
        assert session.now() - before == timedelta(hours=1)
