"""Encryption at rest."""

from __future__ import annotations

from typing import Any

import pytest

DEFAULT = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html"
KMS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"
CUSTOMER = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html"
BLOCKED = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-s3-c-encryption-setting-faq.html"


@pytest.mark.aws(DEFAULT, operation="s3:PutObject")
def test_everything_is_encrypted_with_s3s_keys_at_least(s3: Any, bucket: str) -> None:
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"")["ServerSideEncryption"] == "AES256"
    assert s3.head_object(Bucket=bucket, Key="k")["ServerSideEncryption"] == "AES256"
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    assert copied["ServerSideEncryption"] == "AES256"
    begun = s3.create_multipart_upload(Bucket=bucket, Key="parts")
    assert begun["ServerSideEncryption"] == "AES256"


@pytest.mark.aws(
    "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html", operation="s3:GetBucketEncryption"
)
def test_the_default_is_shown_changed_and_reset(s3: Any, client: Any, bucket: str) -> None:
    def rule() -> Any:
        return s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]

    assert rule()["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert rule()["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}
    arn = client("kms").create_key()["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    rules = [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
    assert (rule()["ApplyServerSideEncryptionByDefault"], rule()["BucketKeyEnabled"]) == (default, True)
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert (put["ServerSideEncryption"], put["SSEKMSKeyId"]) == ("aws:kms", arn)
    s3.delete_bucket_encryption(Bucket=bucket)
    assert rule()["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


@pytest.mark.aws(KMS, operation="s3:PutObject")
def test_kms_keys_must_exist_and_be_enabled(s3: Any, client: Any, bucket: str, refused: Any) -> None:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    name = {"Bucket": bucket, "Key": "k"}
    for way in (key["KeyId"], key["Arn"], "alias/mine"):
        put = s3.put_object(**name, Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=way)
        assert put["SSEKMSKeyId"] == key["Arn"]
    missing = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    with refused("KMS.NotFoundException", f"Key '{missing}' does not exist", 400):
        s3.put_object(**name, Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=missing)
    kms.disable_key(KeyId=key["KeyId"])
    with refused("KMS.DisabledException", f"{key['Arn']} is disabled.", 400):
        s3.put_object(**name, Body=b"x", ServerSideEncryption="aws:kms", SSEKMSKeyId=key["Arn"])
    with refused("KMS.DisabledException", status=400):
        s3.get_object(**name)
    kms.enable_key(KeyId=key["KeyId"])
    assert s3.get_object(**name)["Body"].read() == b"x"
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    with refused("KMS.KMSInvalidStateException", f"{key['Arn']} is pending deletion.", 400):
        s3.get_object(**name)


@pytest.mark.aws(KMS, operation="s3:PutObject")
def test_kms_without_a_key_uses_the_accounts_own(s3: Any, bucket: str, refused: Any) -> None:
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"", ServerSideEncryption="aws:kms")
    assert put["SSEKMSKeyId"].startswith("arn:aws:kms:us-east-1:123456789012:key/")
    with refused("InvalidArgument", "The encryption method specified is not supported", 400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"", ServerSideEncryption="rot13")
    with refused("InvalidArgument", status=400):
        s3.put_object(Bucket=bucket, Key="k", Body=b"", ServerSideEncryption="AES256", SSEKMSKeyId="alias/mine")


def customer(key: bytes) -> dict[str, Any]:
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}


@pytest.mark.aws(BLOCKED, operation="s3:PutObject")
def test_customers_keys_are_blocked_until_unblocked(s3: Any, bucket: str, refused: Any) -> None:
    with refused("AccessDenied", status=403):
        s3.put_object(Bucket=bucket, Key="k", Body=b"", **customer(b"k" * 32))
    unblock(s3, bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"", **customer(b"k" * 32))


def unblock(s3: Any, bucket: str) -> None:
    rules = [{"BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}}]
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


@pytest.mark.ministack
@pytest.mark.aws(CUSTOMER, operation="s3:GetObject")
def test_an_object_under_a_customers_key_needs_that_key(s3: Any, bucket: str, refused: Any) -> None:
    unblock(s3, bucket)
    right, wrong, name = b"k" * 32, b"w" * 32, {"Bucket": bucket, "Key": "k"}
    put = s3.put_object(**name, Body=b"secret", **customer(right))
    assert (put["SSECustomerAlgorithm"], "ServerSideEncryption" in put) == ("AES256", False)
    assert s3.get_object(**name, **customer(right))["Body"].read() == b"secret"
    needed = (
        "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
        "retrieve the object."
    )
    with refused("InvalidRequest", needed, 400):
        s3.get_object(**name)
    with refused("400", status=400):
        s3.head_object(**name)
    must = "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key."
    with refused("AccessDenied", must, 403):
        s3.get_object(**name, **customer(wrong))
    with refused("InvalidArgument", "The secret key was invalid for the specified algorithm.", 400):
        s3.put_object(**name, Body=b"", **customer(b"short"))
    with refused("InvalidRequest", needed, 400):
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=name)
    s3.copy_object(
        Bucket=bucket,
        Key="copy",
        CopySource=name,
        CopySourceSSECustomerAlgorithm="AES256",
        CopySourceSSECustomerKey=right,
    )
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"secret"
    with refused("InvalidRequest", "The encryption parameters are not applicable to this object.", 400):
        s3.get_object(Bucket=bucket, Key="copy", **customer(right))


@pytest.mark.aws(CUSTOMER, operation="s3:UploadPart")
def test_all_parts_of_an_upload_need_the_same_key(s3: Any, bucket: str, refused: Any) -> None:
    unblock(s3, bucket)
    right = customer(b"k" * 32)
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k", **right)["UploadId"]
    part = {"Bucket": bucket, "Key": "k", "UploadId": upload_id, "PartNumber": 1, "Body": b"x"}
    with refused("InvalidRequest", status=400):
        s3.upload_part(**part)
    with refused("InvalidRequest", "The provided encryption parameters did not match the ones used originally.", 400):
        s3.upload_part(**part, **customer(b"w" * 32))
    etag = s3.upload_part(**part, **right)["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id, MultipartUpload=parts)
    with refused("InvalidRequest", status=400):
        s3.get_object(Bucket=bucket, Key="k")
    assert s3.get_object(Bucket=bucket, Key="k", **right)["Body"].read() == b"x"
