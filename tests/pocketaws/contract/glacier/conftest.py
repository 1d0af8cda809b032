"""What the tests of Glacier share.  The clock starts on 2 November 2026 at 09:00 UTC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

VAULT = "records"


@pytest.fixture
def glacier(door: Any) -> Any:
    return door.client("glacier")


@pytest.fixture
def vault(glacier: Any) -> str:
    glacier.create_vault(vaultName=VAULT)
    return VAULT


@pytest.fixture
def upload(glacier: Any, vault: str) -> Callable[..., str]:
    """``upload(b"...", "description")`` stores an archive and returns its id."""

    def store(body: bytes, description: str = "") -> str:
        more = {"archiveDescription": description} if description else {}
        return str(glacier.upload_archive(vaultName=vault, body=body, **more)["archiveId"])

    return store


@pytest.fixture
def ask(glacier: Any, vault: str) -> Callable[..., str]:
    """``ask(ArchiveId=..., Tier="Bulk")`` begins a job and returns its id; without an archive, an inventory's."""

    def begin(**parameters: Any) -> str:
        kind = "archive-retrieval" if "ArchiveId" in parameters else "inventory-retrieval"
        answer = glacier.initiate_job(vaultName=vault, jobParameters={"Type": kind, **parameters})
        return str(answer["jobId"])

    return begin


@pytest.fixture
def fetch(glacier: Any, vault: str) -> Callable[..., dict[str, Any]]:
    """``fetch(job)`` returns GetJobOutput's answer with its body read."""

    def get(job: str, **parameters: Any) -> dict[str, Any]:
        answer = glacier.get_job_output(vaultName=vault, jobId=job, **parameters)
        return {**answer, "body": answer["body"].read()}

    return get


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    """``refused(glacier.describe_vault, ...)`` calls and returns the error's code and message."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return call
