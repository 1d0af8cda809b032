"""Presigned URLs and forms: they expire by the clock, and their signatures are checked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.config import Config

V4 = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"
SHARING = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html"
POST = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html"


@pytest.fixture(params=["s3v4", "s3"], ids=["version-4", "version-2"])
def signer(request: pytest.FixtureRequest, client: Any) -> Any:
    return client("s3", config=Config(signature_version=request.param))


@pytest.mark.aws(SHARING, operation="s3:GetObject")
def test_a_url_works_until_it_expires(s3: Any, signer: Any, bucket: str, clock: Any, http: Any) -> None:
    s3.put_object(Bucket=bucket, Key="a b/ü.txt", Body=b"shared")
    url = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a b/ü.txt"}, ExpiresIn=600)
    assert http("GET", url).text == "shared"
    clock.advance(minutes=9)
    assert http("GET", url).text == "shared"
    clock.advance(minutes=2)
    answer = http("GET", url)
    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in answer.text
    assert re.search(r"<Expires>2026-11-02T09:(10:00|09:59)Z</Expires>", answer.text), (
        "to the second that it was signed"
    )
    assert "<ServerTime>2026-11-02T09:11:00Z</ServerTime>" in answer.text


@pytest.mark.aws(V4, operation="s3:GetObject")
def test_a_changed_url_is_refused(s3: Any, signer: Any, bucket: str, http: Any) -> None:
    for key in ("mine", "other"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    url = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "mine"})
    answer = http("GET", url.replace("mine", "other"))
    assert (answer.status_code, "<Code>SignatureDoesNotMatch</Code>" in answer.text) == (403, True)
    assert http("PUT", url, data=b"new").status_code == 403
    assert http("GET", url).text == "mine"


@pytest.mark.aws(V4, operation="s3:PutObject")
def test_a_url_for_upload_and_its_signed_content_type(signer: Any, s3: Any, bucket: str, http: Any) -> None:
    params = {"Bucket": bucket, "Key": "up", "ContentType": "text/csv"}
    url = signer.generate_presigned_url("put_object", Params=params)
    assert http("PUT", url, data=b"a,b", headers={"Content-Type": "text/html"}).status_code == 403
    assert http("PUT", url, data=b"a,b", headers={"Content-Type": "text/csv"}).status_code == 200
    assert s3.head_object(Bucket=bucket, Key="up")["ContentType"] == "text/csv"


@pytest.mark.aws(V4, operation="s3:GetObject")
def test_at_most_a_week_and_all_parameters(client: Any, bucket: str, http: Any) -> None:
    signer = client("s3", config=Config(signature_version="s3v4"))
    params = {"Bucket": bucket, "Key": "k"}
    answer = http("GET", signer.generate_presigned_url("get_object", Params=params, ExpiresIn=604_801))
    assert answer.status_code == 400
    assert "<Code>AuthorizationQueryParametersError</Code>" in answer.text
    url = signer.generate_presigned_url("get_object", Params=params)
    assert http("GET", url.replace("X-Amz-Expires", "X-Amz-Expected")).status_code == 400


@pytest.mark.aws(V4, operation="s3:GetObject")
def test_the_key_of_an_iam_user_is_checked_too(client: Any, s3: Any, bucket: str, http: Any) -> None:
    iam = client("iam")
    iam.create_user(UserName="ada")
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"for ada")
    url = {}
    for name, secret in (("right", key["SecretAccessKey"]), ("wrong", "not-the-secret")):
        signer = client("s3", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=secret)
        url[name] = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    assert http("GET", url["right"]).text == "for ada"
    assert http("GET", url["wrong"]).status_code == 403


@pytest.mark.aws(POST, operation="s3:PostObject")
def test_a_form_uploads_under_its_policy(signer: Any, s3: Any, bucket: str, clock: Any, http: Any) -> None:
    conditions = [["starts-with", "$key", "in/"], ["content-length-range", 1, 10], {"x-amz-meta-by": "ada"}]
    made = signer.generate_presigned_post(
        bucket, "in/${filename}", Fields={"x-amz-meta-by": "ada"}, Conditions=conditions, ExpiresIn=600
    )

    def upload(body: bytes = b"12345", **changes: str) -> Any:
        return http("POST", made["url"], data={**made["fields"], **changes}, files={"file": ("f.txt", body)})

    assert upload().status_code == 204
    head = s3.head_object(Bucket=bucket, Key="in/f.txt")
    assert (head["ContentLength"], head["Metadata"]) == (5, {"by": "ada"})
    for changes, body, status, code in [
        ({"key": "out/f"}, b"1", 403, "Policy Condition failed"),
        ({"x-amz-meta-by": "eve"}, b"1", 403, "Policy Condition failed"),
        ({"x-amz-meta-new": "1"}, b"1", 403, "Extra input fields: x-amz-meta-new"),
        ({}, b"12345678901", 400, "<Code>EntityTooLarge</Code>"),
        ({"policy": "eyJ4IjoxfQ=="}, b"1", 403, "<Code>SignatureDoesNotMatch</Code>"),
    ]:
        answer = upload(body, **changes)
        assert (answer.status_code, code in answer.text) == (status, True), answer.text
    clock.advance(minutes=11)
    answer = upload()
    assert (answer.status_code, "Invalid according to Policy: Policy expired." in answer.text) == (403, True)
