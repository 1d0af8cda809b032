"""The life of a vault, told once from its first day to its last.  The clock starts on 2 November 2026 at 09:00 UTC."""

from __future__ import annotations

import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazonglacier/latest/dev"
MB = 2**20


@pytest.mark.aws(
    f"{GUIDE}/introduction.html",
    operation="CreateVault, UploadArchive, InitiateJob, GetJobOutput, CompleteVaultLock, DeleteArchive, DeleteVault",
)
def test_two_years_of_a_vault(glacier: Any, upload: Any, ask: Any, fetch: Any, clock: Any, refused: Any) -> None:
    ledgers = {year: str(year).encode() * MB for year in (1911, 1912)}
    ids = {year: upload(body, f"ledger of {year}") for year, body in ledgers.items()}
    clock.advance(days=1)

    # Retention for a year: tried, then locked.
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "glacier:DeleteArchive",
        "Resource": glacier.describe_vault(vaultName="records")["VaultARN"],
        "Condition": {"NumericLessThan": {"glacier:ArchiveAgeInDays": "365"}},
    }
    document = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
    lock = glacier.initiate_vault_lock(vaultName="records", policy=document)["lockId"]
    assert refused(glacier.delete_archive, vaultName="records", archiveId=ids[1911])[0] == "AccessDeniedException"
    glacier.complete_vault_lock(vaultName="records", lockId=lock)

    # Somebody lost the ids, and wants half a ledger.
    listing = ask()
    clock.advance(hours=5)
    found = {each["ArchiveDescription"]: each for each in json.loads(fetch(listing)["body"])["ArchiveList"]}
    assert found["ledger of 1912"]["ArchiveId"] == ids[1912]
    half = ask(ArchiveId=ids[1912], RetrievalByteRange=f"0-{2 * MB - 1}", Tier="Bulk")
    clock.advance(hours=12)
    answer = fetch(half)
    assert answer["body"] == ledgers[1912][: 2 * MB]
    assert answer["checksum"] == glacier.describe_job(vaultName="records", jobId=half)["SHA256TreeHash"]
    clock.advance(days=1)
    assert glacier.list_jobs(vaultName="records")["JobList"] == []

    # The years pass, and the vault with them.
    clock.advance(days=365)
    for archive in ids.values():
        glacier.delete_archive(vaultName="records", archiveId=archive)
    assert refused(glacier.delete_vault, vaultName="records")[0] == "InvalidParameterValueException"
    clock.advance(days=1)
    assert glacier.describe_vault(vaultName="records")["NumberOfArchives"] == 0
    glacier.delete_vault(vaultName="records")
    assert glacier.list_vaults()["VaultList"] == []
