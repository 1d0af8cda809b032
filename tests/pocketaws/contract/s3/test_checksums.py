"""Integrity of uploads: MD5, checksums, parts."""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from typing import Any

import pytest

from pocketaws.engines.s3.crc import crc32c, crc64nvme

UPLOADS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html"
PUT = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html"
COMPLETE = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html"
ATTRIBUTES = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html"
MIB = 1024 * 1024


def b64(raw: bytes) -> str:
    return b64encode(raw).decode()


SUMS = {
    "CRC32": lambda body: b64(zlib.crc32(body).to_bytes(4, "big")),
    "CRC32C": lambda body: b64(crc32c(body).to_bytes(4, "big")),
    "CRC64NVME": lambda body: b64(crc64nvme(body).to_bytes(8, "big")),
    "SHA1": lambda body: b64(hashlib.sha1(body).digest()),
    "SHA256": lambda body: b64(hashlib.sha256(body).digest()),
}


@pytest.mark.aws(PUT, operation="s3:PutObject")
def test_content_md5_must_match(s3: Any, bucket: str, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"abc", ContentMD5=b64(hashlib.md5(b"abc").digest()))
    with refused("BadDigest", "The Content-MD5 you specified did not match what we received.", 400):
        s3.put_object(Bucket=bucket, Key="other", Body=b"abc", ContentMD5=b64(hashlib.md5(b"abd").digest()))
    with refused("InvalidDigest", "The Content-MD5 you specified was invalid.", 400):
        s3.put_object(Bucket=bucket, Key="other", Body=b"abc", ContentMD5="bm9uZQ==")
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["k"]


@pytest.mark.aws(UPLOADS, operation="s3:PutObject")
@pytest.mark.parametrize("algorithm", list(SUMS))
def test_checksums_are_verified_kept_and_shown(s3: Any, bucket: str, refused: Any, algorithm: str) -> None:
    name, body = f"Checksum{algorithm}", bytes(range(256)) * 40
    answer = s3.put_object(Bucket=bucket, Key="k", Body=body, **{name: SUMS[algorithm](body)})
    assert answer[name] == SUMS[algorithm](body)
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head[name], head["ChecksumType"]) == (SUMS[algorithm](body), "FULL_OBJECT")
    with refused("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=body, **{name: SUMS[algorithm](b"else")})
    with refused("InvalidRequest", f"Value for x-amz-checksum-{algorithm.lower()} header is invalid.", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=body, **{name: "bm9uZQ=="[:4]})


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html", operation="s3:HeadObject"
)
def test_s3_adds_crc64nvme_to_what_came_without(client: Any, bucket: str) -> None:
    from botocore.config import Config

    plain = client("s3", config=Config(request_checksum_calculation="when_required"))
    plain.put_object(Bucket=bucket, Key="k", Body=b"123456789")
    head = plain.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert head["ChecksumCRC64NVME"] == b64(bytes.fromhex("ae8b14860a799888"))


def upload(s3: Any, bucket: str, bodies: list[bytes], algorithm: str = "CRC32", **kwargs: Any) -> tuple[str, list[Any]]:
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k", ChecksumAlgorithm=algorithm, **kwargs)["UploadId"]
    parts = []
    for number, body in enumerate(bodies, 1):
        part = s3.upload_part(
            Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number, Body=body, ChecksumAlgorithm=algorithm
        )
        name = f"Checksum{algorithm}"
        parts.append({"PartNumber": number, "ETag": part["ETag"], name: part[name]})
    return upload_id, parts


@pytest.mark.aws(COMPLETE, operation="s3:CompleteMultipartUpload")
def test_parts_make_a_composite_checksum(s3: Any, bucket: str) -> None:
    bodies = [b"a" * (5 * MIB), b"b"]
    upload_id, parts = upload(s3, bucket, bodies, "SHA256")
    done = s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload={"Parts": parts})
    expected = b64(hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in bodies)).digest())
    assert (done["ChecksumSHA256"], done["ChecksumType"]) == (f"{expected}-2", "COMPOSITE")
    assert done["ETag"].endswith('-2"')
    wanted = ["ETag", "Checksum", "ObjectParts", "ObjectSize", "StorageClass"]
    got = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=wanted)
    assert (got["ObjectSize"], got["StorageClass"]) == (5 * MIB + 1, "STANDARD")
    assert got["Checksum"] == {"ChecksumSHA256": expected, "ChecksumType": "COMPOSITE"}
    assert got["ObjectParts"]["TotalPartsCount"] == 2
    assert [part["Size"] for part in got["ObjectParts"]["Parts"]] == [5 * MIB, 1]
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    assert s3.head_object(Bucket=bucket, Key="copy", ChecksumMode="ENABLED")["ChecksumType"] == "FULL_OBJECT"
    second = s3.get_object(Bucket=bucket, Key="k", PartNumber=2)
    assert (second["Body"].read(), second["PartsCount"], second["ContentRange"]) == (
        b"b",
        2,
        f"bytes {5 * MIB}-{5 * MIB}/{5 * MIB + 1}",
    )


@pytest.mark.aws("https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html", operation="s3:ListParts")
def test_the_stored_parts_are_listed_with_their_checksums(s3: Any, bucket: str) -> None:
    upload_id, parts = upload(s3, bucket, [b"a" * (5 * MIB), b"b"], "SHA256")
    listed = s3.list_parts(Bucket=bucket, Key="k", UploadId=upload_id)
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == ("SHA256", "COMPOSITE")
    assert [{name: part[name] for name in parts[0]} for part in listed["Parts"]] == parts
    assert [part["Size"] for part in listed["Parts"]] == [5 * MIB, 1]
    plain = s3.create_multipart_upload(Bucket=bucket, Key="plain")["UploadId"]
    assert "ChecksumAlgorithm" not in s3.list_parts(Bucket=bucket, Key="plain", UploadId=plain)


@pytest.mark.aws(COMPLETE, operation="s3:CompleteMultipartUpload")
def test_a_full_object_checksum_is_that_of_the_whole(s3: Any, bucket: str, refused: Any) -> None:
    bodies = [b"a" * (5 * MIB), b"b"]
    upload_id, parts = upload(s3, bucket, bodies, "CRC32", ChecksumType="FULL_OBJECT")
    name = {"Bucket": bucket, "Key": "k", "UploadId": upload_id, "MultipartUpload": {"Parts": parts}}
    with refused("BadDigest", status=400):
        s3.complete_multipart_upload(**name, ChecksumCRC32=SUMS["CRC32"](b"else"), ChecksumType="FULL_OBJECT")
    expected = SUMS["CRC32"](b"".join(bodies))
    done = s3.complete_multipart_upload(**name, ChecksumCRC32=expected, ChecksumType="FULL_OBJECT")
    assert (done["ChecksumCRC32"], done["ChecksumType"]) == (expected, "FULL_OBJECT")
    with refused("InvalidRequest", status=400):
        s3.create_multipart_upload(Bucket=bucket, Key="k", ChecksumAlgorithm="SHA256", ChecksumType="FULL_OBJECT")


@pytest.mark.aws(COMPLETE, operation="s3:CompleteMultipartUpload")
def test_wrong_parts_wrong_order_small_parts_no_upload(s3: Any, bucket: str, refused: Any) -> None:
    upload_id, (first, second) = upload(s3, bucket, [b"a" * (5 * MIB), b"b"])
    name = {"Bucket": bucket, "Key": "k", "UploadId": upload_id}

    def complete(*parts: Any) -> None:
        s3.complete_multipart_upload(**name, MultipartUpload={"Parts": list(parts)})

    with refused("InvalidPartOrder", status=400):
        complete(second, first)
    for wrong in ({**second, "ETag": '"00000000000000000000000000000000"'}, {**second, "PartNumber": 3}):
        with refused("InvalidPart", status=400):
            complete(first, wrong)
    with refused("MalformedXML", status=400):
        complete()
    again = s3.upload_part(**name, PartNumber=3, Body=b"c")
    with refused("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400):
        complete(second, {"PartNumber": 3, "ETag": again["ETag"]})
    with refused("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", 400):
        s3.upload_part(**name, PartNumber=10_001, Body=b"c")
    complete(first, second)
    complete(first, second)
    with refused("NoSuchUpload", status=404):
        s3.upload_part(Bucket=bucket, Key="k", UploadId="none", PartNumber=1, Body=b"c")
    with refused("NoSuchUpload", status=404):
        s3.abort_multipart_upload(Bucket=bucket, Key="k", UploadId="none")


@pytest.mark.ministack
@pytest.mark.aws(ATTRIBUTES, operation="s3:GetObjectAttributes")
def test_attributes_only_those_asked_for(s3: Any, bucket: str, refused: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"abc", StorageClass="GLACIER")
    got = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["StorageClass"])
    assert (got["StorageClass"], "ETag" in got, "ObjectSize" in got) == ("GLACIER", False, False)
    with refused("NoSuchKey", status=404):
        s3.get_object_attributes(Bucket=bucket, Key="none", ObjectAttributes=["ETag"])
