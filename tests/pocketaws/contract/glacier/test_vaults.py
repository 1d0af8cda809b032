"""Vaults, tags, and the inventory that is about a day old."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/amazonglacier/latest/dev"
INVENTORY = f"{GUIDE}/vault-inventory.html"


@pytest.mark.aws(f"{GUIDE}/api-vault-put.html", operation="CreateVault")
def test_creating_a_vault_twice_changes_nothing(glacier: Any, clock: Any, refused: Any) -> None:
    assert glacier.create_vault(vaultName="a.b_c-1")["ResponseMetadata"]["HTTPStatusCode"] == 201
    created = glacier.describe_vault(vaultName="a.b_c-1")["CreationDate"]
    clock.advance(days=1)
    assert glacier.create_vault(vaultName="a.b_c-1")["location"].endswith("/vaults/a.b_c-1")
    assert glacier.describe_vault(vaultName="a.b_c-1")["CreationDate"] == created == "2026-11-02T09:00:00.000Z"
    code, _ = refused(glacier.create_vault, vaultName="no space")
    assert code == "InvalidParameterValueException"


@pytest.mark.aws(f"{GUIDE}/api-vault-get.html", operation="DescribeVault")
def test_a_vault_tells_what_its_last_inventory_saw(glacier: Any, upload: Any, clock: Any, refused: Any) -> None:
    upload(b"12345")
    fresh = glacier.describe_vault(vaultName="records")
    assert (fresh["NumberOfArchives"], fresh["SizeInBytes"]) == (0, 0)
    assert "LastInventoryDate" not in fresh
    clock.advance(hours=24)
    seen = glacier.describe_vault(vaultName="records")
    assert (seen["NumberOfArchives"], seen["SizeInBytes"]) == (1, 5)
    assert seen["LastInventoryDate"] > "2026-11-02"
    code, message = refused(glacier.describe_vault, vaultName="none")
    assert code == "ResourceNotFoundException"
    assert message == "Vault not found for ARN: arn:aws:glacier:us-east-1:123456789012:vaults/none"


@pytest.mark.aws(INVENTORY, operation="DescribeVault")
def test_the_inventory_follows_writes_about_once_a_day(glacier: Any, upload: Any, clock: Any) -> None:
    def seen() -> tuple[int, str]:
        shown = glacier.describe_vault(vaultName="records")
        return shown["NumberOfArchives"], shown["LastInventoryDate"]

    upload(b"1")
    clock.advance(hours=24)
    first = seen()
    clock.advance(days=3)
    assert seen() == first, "without a write the inventory's date stays"
    upload(b"2")
    assert seen()[0] == 1
    clock.advance(hours=24)
    assert seen()[0] == 2


@pytest.mark.aws(f"{GUIDE}/api-vault-delete.html", operation="DeleteVault")
def test_a_vault_goes_only_when_its_inventory_is_empty_and_fresh(
    glacier: Any, upload: Any, clock: Any, refused: Any
) -> None:
    full = ("InvalidParameterValueException", "Vault not empty or recently written to: ")
    archive = upload(b"1")
    for _ in range(2):  # just written to; then full by its inventory
        code, message = refused(glacier.delete_vault, vaultName="records")
        assert code == full[0]
        assert message.startswith(full[1])
        clock.advance(days=1)
    glacier.delete_archive(vaultName="records", archiveId=archive)
    assert refused(glacier.delete_vault, vaultName="records")[0] == full[0]
    clock.advance(days=1)
    glacier.delete_vault(vaultName="records")
    assert refused(glacier.describe_vault, vaultName="records")[0] == "ResourceNotFoundException"
    glacier.delete_vault(vaultName="records")  # idempotent


@pytest.mark.aws(f"{GUIDE}/api-vault-delete.html", operation="DeleteVault")
def test_a_vault_never_written_to_goes_at_once(glacier: Any, vault: str) -> None:
    glacier.delete_vault(vaultName=vault)
    assert glacier.list_vaults()["VaultList"] == []


@pytest.mark.aws(f"{GUIDE}/api-vaults-get.html", operation="ListVaults")
def test_vaults_are_listed_by_name_in_pages_of_ten(glacier: Any, refused: Any) -> None:
    names = [f"v{number:02}" for number in range(12)]
    for name in reversed(names):
        glacier.create_vault(vaultName=name)
    first = glacier.list_vaults()
    assert [each["VaultName"] for each in first["VaultList"]] == names[:10]
    assert first["Marker"].endswith(":vaults/v10")
    pages = glacier.get_paginator("list_vaults").paginate(PaginationConfig={"PageSize": 5})
    assert [each["VaultName"] for page in pages for each in page["VaultList"]] == names
    assert refused(glacier.list_vaults, limit="1001")[0] == "InvalidParameterValueException"


@pytest.mark.aws(f"{GUIDE}/api-vaults-get.html", operation="ListVaults")
def test_the_account_in_the_path_must_be_the_callers(glacier: Any, vault: str, refused: Any) -> None:
    assert len(glacier.list_vaults(accountId="123456789012")["VaultList"]) == 1
    assert refused(glacier.list_vaults, accountId="999999999999")[0] == "AccessDeniedException"


@pytest.mark.aws(f"{GUIDE}/tagging.html", operation="AddTagsToVault, RemoveTagsFromVault, ListTagsForVault")
def test_tags(glacier: Any, vault: str, refused: Any) -> None:
    glacier.add_tags_to_vault(vaultName=vault, Tags={"team": "ops", "year": "2013"})
    glacier.add_tags_to_vault(vaultName=vault, Tags={"team": "dev"})
    assert glacier.list_tags_for_vault(vaultName=vault)["Tags"] == {"team": "dev", "year": "2013"}
    glacier.remove_tags_from_vault(vaultName=vault, TagKeys=["team", "none"])
    assert glacier.list_tags_for_vault(vaultName=vault)["Tags"] == {"year": "2013"}
    many = {f"key{number}": "" for number in range(10)}
    assert refused(glacier.add_tags_to_vault, vaultName=vault, Tags=many)[0] == "LimitExceededException"
    assert refused(glacier.list_tags_for_vault, vaultName="none")[0] == "ResourceNotFoundException"


@pytest.mark.aws(f"{GUIDE}/api-initiate-job-post.html", operation="InitiateJob")
def test_an_inventory_lists_what_the_last_day_knew(
    upload: Any, ask: Any, fetch: Any, clock: Any, glacier: Any, refused: Any
) -> None:
    known = upload(b"12345", "the first")
    inventory = {"Type": "inventory-retrieval"}
    assert refused(glacier.initiate_job, vaultName="records", jobParameters=inventory)[0] == "ResourceNotFoundException"
    clock.advance(days=1)
    upload(b"67")
    job = ask()
    clock.advance(hours=3)
    assert glacier.describe_job(vaultName="records", jobId=job)["StatusCode"] == "InProgress"
    clock.advance(hours=2)
    answer = fetch(job)
    listed = json.loads(answer["body"])
    assert answer["contentType"] == "application/json"
    assert listed["VaultARN"] == "arn:aws:glacier:us-east-1:123456789012:vaults/records"
    assert listed["InventoryDate"] < "2026-11-03T09"
    assert [(each["ArchiveId"], each["ArchiveDescription"], each["Size"]) for each in listed["ArchiveList"]] == [
        (known, "the first", 5)
    ]
    described = glacier.describe_job(vaultName="records", jobId=job)
    assert described["InventorySizeInBytes"] == len(answer["body"])
    assert described["InventoryRetrievalParameters"]["Format"] == "JSON"


@pytest.mark.aws(f"{GUIDE}/api-initiate-job-post.html", operation="InitiateJob")
def test_an_inventory_can_be_csv_and_cut_by_date_and_number(
    upload: Any, ask: Any, fetch: Any, clock: Any, glacier: Any, refused: Any
) -> None:
    old = upload(b"1", 'says "old", twice')
    clock.advance(days=1)
    new = [upload(body) for body in (b"2", b"3")]
    clock.advance(days=1)
    whole = ask(Format="CSV")
    since = ask(InventoryRetrievalParameters={"StartDate": "2026-11-03T00:00:00Z"})
    first = ask(InventoryRetrievalParameters={"Limit": "2"})
    clock.advance(hours=5)
    answer = fetch(whole)
    rows = list(csv.DictReader(io.StringIO(answer["body"].decode())))
    assert answer["contentType"] == "text/csv"
    assert [row["ArchiveId"] for row in rows] == [old, *new]
    assert rows[0]["ArchiveDescription"] == 'says "old", twice'
    assert [each["ArchiveId"] for each in json.loads(fetch(since)["body"])["ArchiveList"]] == new
    assert [each["ArchiveId"] for each in json.loads(fetch(first)["body"])["ArchiveList"]] == [old, new[0]]
    marker = glacier.describe_job(vaultName="records", jobId=first)["InventoryRetrievalParameters"]["Marker"]
    rest = ask(InventoryRetrievalParameters={"Marker": marker})
    clock.advance(hours=5)
    assert [each["ArchiveId"] for each in json.loads(fetch(rest)["body"])["ArchiveList"]] == [new[1]]
    for wrong in ({"Limit": "0"}, {"StartDate": "yesterday"}):
        parameters = {"Type": "inventory-retrieval", "InventoryRetrievalParameters": wrong}
        code, _ = refused(glacier.initiate_job, vaultName="records", jobParameters=parameters)
        assert code == "InvalidParameterValueException"
