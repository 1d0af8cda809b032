"""Archives: uploaded whole or in parts, with tree hashes that are checked."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazonglacier/latest/dev"
PARTS = f"{GUIDE}/uploading-archive-mpu.html"
CHECKSUMS = f"{GUIDE}/checksum-calculations.html"
MB = 2**20


def sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


@pytest.mark.aws(CHECKSUMS, operation="UploadArchive")
def test_the_checksum_is_a_tree_of_hashes_of_megabytes(glacier: Any, vault: str) -> None:
    body = bytes(MB) + b"a" * MB + b"b" * 10
    answer = glacier.upload_archive(vaultName=vault, body=body)
    pair = sha(sha(body[:MB]) + sha(body[MB : 2 * MB]))
    assert answer["checksum"] == sha(pair + sha(body[2 * MB :])).hex()
    assert len(answer["archiveId"]) == 138
    assert answer["location"] == f"/123456789012/vaults/{vault}/archives/{answer['archiveId']}"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201


@pytest.mark.aws(f"{GUIDE}/api-archive-post.html", operation="UploadArchive")
def test_what_an_upload_refuses(glacier: Any, vault: str, refused: Any) -> None:
    wrong = {"checksum": sha(b"other").hex(), "body": b"content"}
    assert refused(glacier.upload_archive, vaultName=vault, **wrong)[0] == "InvalidParameterValueException"
    for bad in ({"body": b""}, {"body": b"1", "archiveDescription": "x" * 1025}):
        assert refused(glacier.upload_archive, vaultName=vault, **bad)[0] == "InvalidParameterValueException"
    assert refused(glacier.upload_archive, vaultName="none", body=b"1")[0] == "ResourceNotFoundException"


@pytest.mark.aws(f"{GUIDE}/api-archive-delete.html", operation="DeleteArchive")
def test_a_deleted_archive_cannot_be_retrieved(glacier: Any, upload: Any, vault: str, refused: Any) -> None:
    archive = upload(b"1")
    glacier.delete_archive(vaultName=vault, archiveId=archive)
    glacier.delete_archive(vaultName=vault, archiveId=archive)  # idempotent
    wanted = {"Type": "archive-retrieval", "ArchiveId": archive}
    code, message = refused(glacier.initiate_job, vaultName=vault, jobParameters=wanted)
    assert code == "ResourceNotFoundException"
    assert archive in message


@pytest.mark.aws(PARTS, operation="InitiateMultipartUpload, UploadMultipartPart, ListParts, CompleteMultipartUpload")
def test_parts_make_an_archive(glacier: Any, vault: str, ask: Any, fetch: Any, clock: Any, refused: Any) -> None:
    body = b"".join(bytes([letter]) * MB for letter in b"abc") + b"rest"
    upload = glacier.initiate_multipart_upload(vaultName=vault, partSize=str(MB), archiveDescription="in parts")
    which = {"vaultName": vault, "uploadId": upload["uploadId"]}
    for start in (2 * MB, 0, 3 * MB, MB):  # in any order
        part = body[start : start + MB]
        glacier.upload_multipart_part(**which, range=f"bytes {start}-{start + len(part) - 1}/*", body=part)
    listed = glacier.list_parts(**which)
    ranges = [part["RangeInBytes"] for part in listed["Parts"]]
    assert ranges == [f"{start}-{min(start + MB, len(body)) - 1}" for start in range(0, len(body), MB)]
    assert listed["Parts"][0]["SHA256TreeHash"] == sha(body[:MB]).hex()
    left, right = sha(sha(body[:MB]) + sha(body[MB : 2 * MB])), sha(sha(body[2 * MB : 3 * MB]) + sha(b"rest"))
    whole = {"archiveSize": str(len(body)), "checksum": sha(left + right).hex()}
    assert refused(glacier.complete_multipart_upload, **which, **{**whole, "checksum": "0" * 64})[0] == (
        "InvalidParameterValueException"
    )
    archive = glacier.complete_multipart_upload(**which, **whole)["archiveId"]
    assert glacier.complete_multipart_upload(**which, **whole)["archiveId"] == archive, "it is idempotent"
    assert refused(glacier.list_parts, **which)[0] == "ResourceNotFoundException"
    job = ask(ArchiveId=archive, Tier="Expedited")
    clock.advance(minutes=5)
    assert fetch(job)["body"] == body
    assert fetch(job)["archiveDescription"] == "in parts"


@pytest.mark.aws(f"{GUIDE}/api-multipart-complete-upload.html", operation="CompleteMultipartUpload")
def test_a_gap_between_parts_is_found(glacier: Any, vault: str, refused: Any) -> None:
    upload = glacier.initiate_multipart_upload(vaultName=vault, partSize=str(MB))["uploadId"]
    which = {"vaultName": vault, "uploadId": upload}
    glacier.upload_multipart_part(**which, range=f"bytes {MB}-{MB + 1}/*", body=b"22")
    whole = {"archiveSize": "2", "checksum": sha(b"22").hex()}
    assert refused(glacier.complete_multipart_upload, **which, **whole)[0] == "InvalidParameterValueException"
    glacier.upload_multipart_part(**which, range="bytes 0-1/*", body=b"11")
    assert refused(glacier.complete_multipart_upload, **which, **whole)[0] == "InvalidParameterValueException"


@pytest.mark.aws(f"{GUIDE}/api-upload-part.html", operation="UploadMultipartPart")
def test_what_a_part_refuses(glacier: Any, vault: str, refused: Any) -> None:
    upload = glacier.initiate_multipart_upload(vaultName=vault, partSize=str(MB))["uploadId"]
    which = {"vaultName": vault, "uploadId": upload}
    for wrong in (
        {"range": "bytes 10-11/*", "body": b"22"},  # not at a multiple of the part size
        {"range": f"bytes 0-{2 * MB - 1}/*", "body": bytes(2 * MB)},  # too large
        {"range": "bytes 0-5/*", "body": b"22"},  # another length
        {"range": "0-1", "body": b"22"},
        {"range": "bytes 0-1/*", "body": b"22", "checksum": sha(b"other").hex()},
    ):
        assert refused(glacier.upload_multipart_part, **which, **wrong)[0] == "InvalidParameterValueException"
    assert glacier.list_parts(**which)["Parts"] == []
    for size in (str(3 * MB), "1024", "x"):
        wrong_size = {"vaultName": vault, "partSize": size}
        assert refused(glacier.initiate_multipart_upload, **wrong_size)[0] == "InvalidParameterValueException"


@pytest.mark.aws(f"{GUIDE}/api-multipart-abort-upload.html", operation="AbortMultipartUpload, ListMultipartUploads")
def test_an_upload_is_aborted_or_forgotten_after_a_day(glacier: Any, vault: str, clock: Any, refused: Any) -> None:
    uploads = [glacier.initiate_multipart_upload(vaultName=vault, partSize=str(MB))["uploadId"] for _ in range(3)]
    listed = glacier.get_paginator("list_multipart_uploads").paginate(vaultName=vault, PaginationConfig={"PageSize": 2})
    assert [each["MultipartUploadId"] for page in listed for each in page["UploadsList"]] == uploads
    for _ in range(2):
        glacier.abort_multipart_upload(vaultName=vault, uploadId=uploads[0])
    part = {"range": "bytes 0-1/*", "body": b"22"}
    code, _ = refused(glacier.upload_multipart_part, vaultName=vault, uploadId=uploads[0], **part)
    assert code == "ResourceNotFoundException"
    clock.advance(hours=20)
    glacier.upload_multipart_part(vaultName=vault, uploadId=uploads[2], **part)
    clock.advance(hours=5)
    assert [each["MultipartUploadId"] for each in glacier.list_multipart_uploads(vaultName=vault)["UploadsList"]] == [
        uploads[2]
    ]
