"""What may not be done to a vault: access policies, and the lock with its 24 hours."""

from __future__ import annotations

import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazonglacier/latest/dev"
LOCK = f"{GUIDE}/vault-lock.html"
ARN = "arn:aws:glacier:us-east-1:123456789012:vaults/records"


def policy(action: str = "glacier:DeleteArchive", **more: Any) -> dict[str, str]:
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": ARN, **more}
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


YOUNG = {"Condition": {"NumericLessThan": {"glacier:ArchiveAgeInDays": "365"}}}


@pytest.mark.aws(LOCK, operation="InitiateVaultLock, GetVaultLock, CompleteVaultLock, AbortVaultLock")
def test_a_lock_is_on_trial_for_a_day_then_for_ever(
    glacier: Any, upload: Any, clock: Any, vault: str, refused: Any
) -> None:
    archive = upload(b"1")
    which = {"vaultName": vault, "archiveId": archive}
    lock = glacier.initiate_vault_lock(vaultName=vault, policy=policy(**YOUNG))["lockId"]
    shown = glacier.get_vault_lock(vaultName=vault)
    assert (shown["State"], shown["ExpirationDate"]) == ("InProgress", "2026-11-03T09:00:00.000Z")
    assert json.loads(shown["Policy"])["Statement"][0]["Action"] == "glacier:DeleteArchive"
    assert refused(glacier.delete_archive, **which)[0] == "AccessDeniedException", "it holds while on trial"
    assert refused(glacier.initiate_vault_lock, vaultName=vault, policy=policy())[0] == "AccessDeniedException"
    wrong = {"vaultName": vault, "lockId": "wrong"}
    assert refused(glacier.complete_vault_lock, **wrong)[0] == "InvalidParameterValueException"
    clock.advance(hours=23)
    glacier.complete_vault_lock(vaultName=vault, lockId=lock)
    glacier.complete_vault_lock(vaultName=vault, lockId=lock)  # idempotent
    assert refused(glacier.complete_vault_lock, **wrong)[0] == "AccessDeniedException"
    clock.advance(days=300)
    assert glacier.get_vault_lock(vaultName=vault)["State"] == "Locked"
    assert refused(glacier.abort_vault_lock, vaultName=vault)[0] == "AccessDeniedException"
    assert refused(glacier.initiate_vault_lock, vaultName=vault, policy=policy())[0] == "AccessDeniedException"
    assert refused(glacier.delete_archive, **which)[0] == "AccessDeniedException"
    clock.advance(days=70)
    glacier.delete_archive(**which)


@pytest.mark.aws(LOCK, operation="InitiateVaultLock, GetVaultLock")
def test_a_lock_that_nobody_completes_lapses(glacier: Any, upload: Any, clock: Any, vault: str, refused: Any) -> None:
    lock = glacier.initiate_vault_lock(vaultName=vault, policy=policy())["lockId"]
    clock.advance(hours=25)
    assert refused(glacier.get_vault_lock, vaultName=vault)[0] == "ResourceNotFoundException"
    assert refused(glacier.complete_vault_lock, vaultName=vault, lockId=lock)[0] == "ResourceNotFoundException"
    glacier.delete_archive(vaultName=vault, archiveId=upload(b"1"))


@pytest.mark.aws(f"{GUIDE}/api-AbortVaultLock.html", operation="AbortVaultLock")
def test_a_lock_on_trial_can_be_aborted(glacier: Any, upload: Any, vault: str, refused: Any) -> None:
    glacier.initiate_vault_lock(vaultName=vault, policy=policy())
    for _ in range(2):
        glacier.abort_vault_lock(vaultName=vault)
    assert refused(glacier.get_vault_lock, vaultName=vault)[0] == "ResourceNotFoundException"
    glacier.delete_archive(vaultName=vault, archiveId=upload(b"1"))
    glacier.initiate_vault_lock(vaultName=vault, policy=policy())


@pytest.mark.aws(
    f"{GUIDE}/vault-access-policy.html",
    operation="SetVaultAccessPolicy, GetVaultAccessPolicy, DeleteVaultAccessPolicy",
)
def test_an_access_policy_refuses_what_it_denies(glacier: Any, upload: Any, vault: str, refused: Any) -> None:
    assert refused(glacier.get_vault_access_policy, vaultName=vault)[0] == "ResourceNotFoundException"
    glacier.add_tags_to_vault(vaultName=vault, Tags={"stage": "test"})
    tagged = {"Condition": {"StringEquals": {"glacier:ResourceTag/stage": "test"}}}
    glacier.set_vault_access_policy(vaultName=vault, policy=policy("glacier:Upload*", **tagged))
    kept = glacier.get_vault_access_policy(vaultName=vault)["policy"]["Policy"]
    assert json.loads(kept)["Statement"][0]["Action"] == "glacier:Upload*"
    code, message = refused(glacier.upload_archive, vaultName=vault, body=b"1")
    assert code == "AccessDeniedException"
    assert f"not authorized to perform: glacier:UploadArchive on resource: {ARN}" in message
    glacier.remove_tags_from_vault(vaultName=vault, TagKeys=["stage"])
    upload(b"1")
    glacier.delete_vault_access_policy(vaultName=vault)
    assert refused(glacier.get_vault_access_policy, vaultName=vault)[0] == "ResourceNotFoundException"


@pytest.mark.aws(f"{GUIDE}/vault-lock-policy.html", operation="InitiateVaultLock, SetVaultAccessPolicy")
def test_a_policy_must_be_one(glacier: Any, vault: str, refused: Any) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "glacier:*", "Resource": ARN}
    for wrong in (
        "{",
        "[]",
        json.dumps({"Statement": [{**statement, "Effect": "Maybe"}]}),
        json.dumps({"Statement": [{**statement, "Action": "s3:GetObject"}]}),
        json.dumps({"Statement": [{**statement, "Resource": "arn:aws:glacier:us-east-1:123456789012:vaults/other"}]}),
        json.dumps({"Statement": [{**statement, "Condition": {"Guess": {}}}]}),
        json.dumps({"Statement": [{**statement, "Sid": "x" * 21_000}]}),
    ):
        for operation in (glacier.initiate_vault_lock, glacier.set_vault_access_policy):
            code, _ = refused(operation, vaultName=vault, policy={"Policy": wrong})
            assert code == "InvalidParameterValueException", wrong[:80]
