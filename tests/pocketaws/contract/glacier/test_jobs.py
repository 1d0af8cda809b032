"""Retrieval: asked for now, there after hours, gone a day later."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazonglacier/latest/dev"
TIERS = f"{GUIDE}/downloading-an-archive-two-steps.html"
INITIATE = f"{GUIDE}/api-initiate-job-post.html"
OUTPUT = f"{GUIDE}/api-job-output-get.html"
MB = 2**20


@pytest.mark.aws(TIERS, operation="InitiateJob, DescribeJob")
@pytest.mark.parametrize(
    ("tier", "not_before", "by"), [("Expedited", 1 / 60, 5 / 60), (None, 3, 5), ("Standard", 3, 5), ("Bulk", 5, 12)]
)
def test_each_tier_takes_its_time(
    glacier: Any, upload: Any, ask: Any, fetch: Any, clock: Any, refused: Any, tier: str, not_before: float, by: float
) -> None:
    job = ask(ArchiveId=upload(b"frozen"), **({"Tier": tier} if tier else {}))
    clock.advance(hours=not_before)
    shown = glacier.describe_job(vaultName="records", jobId=job)
    assert (shown["StatusCode"], shown["Completed"], shown["Tier"]) == ("InProgress", False, tier or "Standard")
    code, message = refused(glacier.get_job_output, vaultName="records", jobId=job)
    assert code == "InvalidParameterValueException"
    assert message == f"The job is not currently available for download: {job}"
    clock.advance(hours=by - not_before)
    assert glacier.describe_job(vaultName="records", jobId=job)["StatusCode"] == "Succeeded"
    assert fetch(job)["body"] == b"frozen"


@pytest.mark.aws(OUTPUT, operation="GetJobOutput")
def test_a_job_and_its_output_stay_for_a_day(
    glacier: Any, upload: Any, ask: Any, fetch: Any, clock: Any, refused: Any
) -> None:
    job = ask(ArchiveId=upload(b"frozen"))
    clock.advance(hours=27)
    assert fetch(job)["body"] == b"frozen"
    clock.advance(hours=2)
    for operation in (glacier.get_job_output, glacier.describe_job):
        assert refused(operation, vaultName="records", jobId=job)[0] == "ResourceNotFoundException"


@pytest.mark.aws(f"{GUIDE}/checksum-calculations-range.html", operation="GetJobOutput")
def test_ranges_of_the_output_carry_a_checksum_where_the_tree_has_one(
    upload: Any, ask: Any, fetch: Any, clock: Any, glacier: Any, refused: Any
) -> None:
    body = b"".join(bytes([letter]) * MB for letter in b"abcd") + b"rest"
    job = ask(ArchiveId=upload(body), Tier="Expedited")
    clock.advance(minutes=5)
    part = fetch(job, range=f"bytes={MB}-{2 * MB - 1}")
    assert part["body"] == body[MB : 2 * MB]
    assert part["checksum"] == hashlib.sha256(part["body"]).hexdigest()
    assert (part["status"], part["contentRange"]) == (206, f"bytes {MB}-{2 * MB - 1}/{len(body)}")
    assert part["acceptRanges"] == "bytes"
    two = fetch(job, range=f"bytes=0-{2 * MB - 1}")
    hashes = [hashlib.sha256(body[start : start + MB]).digest() for start in (0, MB)]
    assert two["checksum"] == hashlib.sha256(b"".join(hashes)).hexdigest()
    tail = fetch(job, range=f"bytes={4 * MB}-{len(body) + 99}")
    assert (tail["body"], tail["checksum"]) == (b"rest", hashlib.sha256(b"rest").hexdigest())
    for askew in (f"bytes={MB}-{3 * MB - 1}", "bytes=1-10"):
        assert "checksum" not in fetch(job, range=askew)
    for wrong in ("bytes=10-5", f"bytes={len(body)}-{len(body) + 1}", "0-1"):
        code, _ = refused(glacier.get_job_output, vaultName="records", jobId=job, range=wrong)
        assert code == "InvalidParameterValueException"
    assert (fetch(job)["status"], fetch(job)["body"]) == (200, body)


@pytest.mark.aws(INITIATE, operation="InitiateJob")
def test_a_job_can_retrieve_a_range_of_whole_megabytes(
    glacier: Any, upload: Any, ask: Any, fetch: Any, clock: Any, refused: Any
) -> None:
    body = b"".join(bytes([letter]) * MB for letter in b"abc") + b"rest"
    archive = upload(body)
    job = ask(ArchiveId=archive, RetrievalByteRange=f"{2 * MB}-{len(body) - 1}", Tier="Expedited")
    wrong = {"Type": "archive-retrieval", "ArchiveId": archive}
    for askew in ("1-1048575", "0-1048576", "x", f"{8 * MB}-{9 * MB - 1}"):
        wanted = {**wrong, "RetrievalByteRange": askew}
        code, _ = refused(glacier.initiate_job, vaultName="records", jobParameters=wanted)
        assert code == "InvalidParameterValueException"
    clock.advance(minutes=5)
    answer = fetch(job)
    assert answer["body"] == body[2 * MB :]
    shown = glacier.describe_job(vaultName="records", jobId=job)
    assert shown["RetrievalByteRange"] == f"{2 * MB}-{len(body) - 1}"
    assert shown["SHA256TreeHash"] == answer["checksum"] != shown["ArchiveSHA256TreeHash"]
    assert shown["ArchiveSizeInBytes"] == len(body)


@pytest.mark.aws(INITIATE, operation="InitiateJob")
def test_what_a_job_refuses(glacier: Any, upload: Any, vault: str, refused: Any) -> None:
    archive = upload(b"1")
    for code, wanted in (
        ("MissingParameterValueException", {}),
        ("MissingParameterValueException", {"Type": "archive-retrieval"}),
        ("InvalidParameterValueException", {"Type": "magic"}),
        ("InvalidParameterValueException", {"Type": "select", "ArchiveId": archive}),
        ("InvalidParameterValueException", {"Type": "archive-retrieval", "ArchiveId": archive, "Tier": "Warp"}),
        ("InvalidParameterValueException", {"Type": "archive-retrieval", "ArchiveId": archive, "SNSTopic": "bell"}),
        ("ResourceNotFoundException", {"Type": "archive-retrieval", "ArchiveId": "none"}),
    ):
        assert refused(glacier.initiate_job, vaultName=vault, jobParameters=wanted)[0] == code, wanted


@pytest.mark.aws(f"{GUIDE}/api-archive-delete.html", operation="DeleteArchive")
def test_deleting_an_archive_fails_its_running_jobs_and_spares_the_finished(
    glacier: Any, upload: Any, ask: Any, fetch: Any, clock: Any
) -> None:
    archive = upload(b"frozen")
    done, running = ask(ArchiveId=archive, Tier="Expedited"), ask(ArchiveId=archive)
    clock.advance(hours=1)
    glacier.delete_archive(vaultName="records", archiveId=archive)
    clock.advance(hours=5)
    assert fetch(done)["body"] == b"frozen"
    shown = glacier.describe_job(vaultName="records", jobId=running)
    assert (shown["StatusCode"], shown["Completed"]) == ("Failed", True)


@pytest.mark.aws(f"{GUIDE}/api-jobs-get.html", operation="ListJobs")
def test_jobs_are_listed_by_state(glacier: Any, upload: Any, ask: Any, clock: Any, refused: Any) -> None:
    archive = upload(b"frozen")
    fast, slow = ask(ArchiveId=archive, Tier="Expedited", Description="quick"), ask(ArchiveId=archive, Tier="Bulk")
    clock.advance(hours=1)

    def listed(**which: str) -> list[str]:
        return [job["JobId"] for job in glacier.list_jobs(vaultName="records", **which)["JobList"]]

    assert listed() == [fast, slow]
    assert listed(statuscode="Succeeded") == listed(completed="true") == [fast]
    assert listed(statuscode="InProgress") == listed(completed="false") == [slow]
    page = glacier.list_jobs(vaultName="records", limit="1")
    assert page["JobList"][0]["JobDescription"] == "quick"
    assert listed(marker=page["Marker"]) == [slow]
    code, _ = refused(glacier.list_jobs, vaultName="records", statuscode="Done")
    assert code == "InvalidParameterValueException"


@pytest.mark.aws(
    f"{GUIDE}/configuring-notifications.html",
    operation="SetVaultNotifications, GetVaultNotifications, DeleteVaultNotifications",
)
def test_topics_are_told_when_a_job_is_done(
    client: Any, glacier: Any, upload: Any, ask: Any, clock: Any, refused: Any
) -> None:
    sqs, sns = client("sqs"), client("sns")
    queue = sqs.create_queue(QueueName="done")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="done")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    wanted = {"SNSTopic": topic, "Events": ["ArchiveRetrievalCompleted"]}
    glacier.set_vault_notifications(vaultName="records", vaultNotificationConfig=wanted)
    assert glacier.get_vault_notifications(vaultName="records")["vaultNotificationConfig"] == wanted

    def told() -> list[Any]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(json.loads(message["Body"])["Message"]) for message in found]

    archive = upload(b"frozen")
    job = ask(ArchiveId=archive, SNSTopic=topic)
    assert told() == []
    clock.advance(hours=5)
    message = told()
    assert [(each["JobId"], each["StatusCode"], each["ArchiveId"]) for each in message] == [(job, "Succeeded", archive)]
    glacier.delete_vault_notifications(vaultName="records")
    assert refused(glacier.get_vault_notifications, vaultName="records")[0] == "ResourceNotFoundException"
    ask(ArchiveId=archive)
    clock.advance(hours=5)
    assert told() == []
    odd = {"SNSTopic": topic, "Events": ["Everything"]}
    code, _ = refused(glacier.set_vault_notifications, vaultName="records", vaultNotificationConfig=odd)
    assert code == "InvalidParameterValueException"


@pytest.mark.aws(
    f"{GUIDE}/data-retrieval-policy.html", operation="SetDataRetrievalPolicy, GetDataRetrievalPolicy, InitiateJob"
)
def test_a_retrieval_policy_limits_standard_retrievals(
    glacier: Any, upload: Any, ask: Any, clock: Any, refused: Any
) -> None:
    rule = {"Strategy": "BytesPerHour", "BytesPerHour": 1500}
    glacier.set_data_retrieval_policy(Policy={"Rules": [rule]})
    assert glacier.get_data_retrieval_policy()["Policy"]["Rules"] == [rule]
    archive = upload(bytes(4000))  # 1,000 bytes an hour over four hours
    wanted = {"Type": "archive-retrieval", "ArchiveId": archive}
    ask(ArchiveId=archive)
    assert refused(glacier.initiate_job, vaultName="records", jobParameters=wanted)[0] == "PolicyEnforcedException"
    ask(ArchiveId=archive, Tier="Bulk")
    clock.advance(hours=5)
    ask(ArchiveId=archive)
    for wrong in ([], [{"Strategy": "Half"}], [{"Strategy": "BytesPerHour"}], [{"Strategy": "None"}, rule]):
        code, _ = refused(glacier.set_data_retrieval_policy, Policy={"Rules": wrong})
        assert code == "InvalidParameterValueException"


@pytest.mark.aws(
    f"{GUIDE}/api-PurchaseProvisionedCapacity.html", operation="PurchaseProvisionedCapacity, ListProvisionedCapacity"
)
def test_capacity_is_bought_for_a_month(glacier: Any, clock: Any, refused: Any) -> None:
    units = [glacier.purchase_provisioned_capacity()["capacityId"] for _ in range(2)]
    listed = glacier.list_provisioned_capacity()["ProvisionedCapacityList"]
    assert [each["CapacityId"] for each in listed] == units
    assert refused(glacier.purchase_provisioned_capacity)[0] == "LimitExceededException"
    clock.advance(days=32)
    assert glacier.list_provisioned_capacity()["ProvisionedCapacityList"] == []
