"""Amazon Glacier's vaults in small calls: upload, inventory, and retrieval jobs that are waited for.

The service has been closed to new customers since 15 December 2025; who needs an archive today stores objects in the S3
Glacier storage classes (``s3.put_object(..., storage_class="DEEP_ARCHIVE")``, ``s3.wait_for_restore``).  Every function
takes the vault first, then the archive; ``client`` last, by default the session's.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import session
from helpers._waiting import wait_until
from helpers.errors import InventoryNotReady, VaultNotFound, explained

if TYPE_CHECKING:
    from mypy_boto3_glacier import GlacierClient

__all__ = ["list_archives", "list_jobs", "retrieve", "tree_hash", "upload"]

HOUR = 3600
FIRST_PAUSE = 300  # an Expedited retrieval takes 1 to 5 minutes
MB = 2**20
ARCHIVES = ["archive", "description", "size", "created", "tree_hash"]
JOBS = ["job", "action", "archive", "tier", "state", "created", "completed"]


def tree_hash(payload: bytes) -> str:
    """Return the SHA-256 tree hash that Glacier calls a checksum: hashes of megabytes, hashed in pairs up to one.

    Parameters
    ----------
    payload
        The bytes.

    Examples
    --------
    >>> tree_hash(b"one megabyte or less") == hashlib.sha256(b"one megabyte or less").hexdigest()
    True
    """
    level = [hashlib.sha256(payload[start : start + MB]).digest() for start in range(0, max(1, len(payload)), MB)]
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0].hex()


def upload(vault: str, payload: bytes, description: str = "", *, client: GlacierClient | None = None) -> str:
    """Store bytes as an archive, which has no name and cannot be changed.

    Parameters
    ----------
    vault
        Name of the vault.
    payload
        1 byte to 4 GB.
    description
        What the inventory says of it.
    client
        Glacier client; by default the session's.

    Returns
    -------
    The archive's id.  Keep it: until the next inventory nobody else knows it.

    Raises
    ------
    VaultNotFound
        There is no such vault.

    Examples
    --------
    >>> _ = session.client("glacier").create_vault(vaultName="ledgers")
    >>> len(upload("ledgers", b"1912", "the ledger of 1912"))
    138
    """
    client = client or session.client("glacier")
    with _explained(vault):
        answer = client.upload_archive(vaultName=vault, archiveDescription=description, body=payload)
    return answer["archiveId"]


def retrieve(
    vault: str, archive: str, *, tier: str = "Standard", hours: float = 24, client: GlacierClient | None = None
) -> bytes:
    """Ask for an archive, wait until the job is done, fetch its output and check it.

    Simulated time passes at once; a real account's takes its hours.

    Parameters
    ----------
    vault, archive
        Name of the vault, id of the archive.
    tier
        ``Expedited``, ``Standard`` or ``Bulk``.
    hours
        How long to wait at most.
    client
        Glacier client; by default the session's.

    Raises
    ------
    VaultNotFound
        There is no such vault or archive.
    WaitTimedOut
        It took longer than ``hours``.

    Examples
    --------
    >>> _ = session.client("glacier").create_vault(vaultName="ledgers")
    >>> retrieve("ledgers", upload("ledgers", b"1912"), tier="Bulk")
    b'1912'
    """
    client = client or session.client("glacier")
    output = _output(vault, {"Type": "archive-retrieval", "ArchiveId": archive, "Tier": tier}, hours, client)
    payload: bytes = output["body"].read()
    if tree_hash(payload) != output["checksum"]:
        raise ValueError(f"What came for archive {archive} is not what AWS sent; fetch it again.")
    return payload


def list_archives(vault: str, *, hours: float = 24, client: GlacierClient | None = None) -> pd.DataFrame:
    """Ask for the vault's last inventory and wait for it: one row an archive.

    Parameters
    ----------
    vault
        Name of the vault.
    hours
        How long to wait at most.
    client
        Glacier client; by default the session's.

    Returns
    -------
    Columns ``archive``, ``description``, ``size`` (bytes), ``created`` (UTC), ``tree_hash``, as of the inventory's day.

    Raises
    ------
    VaultNotFound
        There is no such vault.
    InventoryNotReady
        AWS has made no inventory yet.

    Examples
    --------
    >>> _ = session.client("glacier").create_vault(vaultName="ledgers")
    >>> _ = upload("ledgers", b"1912", "the ledger of 1912"), session.advance(days=1)
    >>> list_archives("ledgers")[["description", "size"]]
              description  size
    0  the ledger of 1912     4
    """
    client = client or session.client("glacier")
    if "LastInventoryDate" not in _describe(vault, client):
        raise InventoryNotReady(f"Vault {vault!r} has no inventory yet; ask again a day after its first upload.")
    output = _output(vault, {"Type": "inventory-retrieval", "Format": "JSON"}, hours, client)
    listed = pd.DataFrame(json.load(output["body"])["ArchiveList"], columns=_FIELDS).set_axis(ARCHIVES, axis=1)
    return listed.assign(created=pd.to_datetime(listed["created"], utc=True))


_FIELDS = ["ArchiveId", "ArchiveDescription", "Size", "CreationDate", "SHA256TreeHash"]


def list_jobs(vault: str, *, client: GlacierClient | None = None) -> pd.DataFrame:
    """List the jobs of a vault, running and done in the last day, oldest first.

    Parameters
    ----------
    vault
        Name of the vault.
    client
        Glacier client; by default the session's.

    Returns
    -------
    Columns ``job``, ``action``, ``archive``, ``tier``, ``state``, ``created``, ``completed`` (UTC).

    Raises
    ------
    VaultNotFound
        There is no such vault.

    Examples
    --------
    >>> _ = session.client("glacier").create_vault(vaultName="ledgers")
    >>> _ = retrieve("ledgers", upload("ledgers", b"1912"))
    >>> list_jobs("ledgers")[["action", "tier", "state"]]
                 action      tier      state
    0  ArchiveRetrieval  Standard  Succeeded
    """
    client = client or session.client("glacier")
    with _explained(vault):
        pages = list(client.get_paginator("list_jobs").paginate(accountId="-", vaultName=vault))
    names = ["JobId", "Action", "ArchiveId", "Tier", "StatusCode", "CreationDate", "CompletionDate"]
    jobs = pd.DataFrame([job for page in pages for job in page["JobList"]], columns=names).set_axis(JOBS, axis=1)
    times = {name: pd.to_datetime(jobs[name], utc=True) for name in ("created", "completed")}
    return jobs.assign(**times)


def _output(vault: str, parameters: Any, hours: float, client: GlacierClient) -> Any:
    """Run a job to its end and return GetJobOutput's answer."""
    with _explained(vault):
        job = client.initiate_job(vaultName=vault, jobParameters=parameters)["jobId"]

    def done() -> bool | None:
        return client.describe_job(vaultName=vault, jobId=job)["Completed"] or None

    wait_until(done, what=f"job {job[:8]} of {vault!r}", every=FIRST_PAUSE, at_most=hours * HOUR, growth=1.25)
    return client.get_job_output(vaultName=vault, jobId=job)


def _describe(vault: str, client: GlacierClient) -> Any:
    with _explained(vault):
        return client.describe_vault(vaultName=vault)


def _explained(vault: str) -> Any:
    text = f"There is no vault {vault!r} here, or no such archive in it; client.list_vaults() shows the vaults."
    return explained({"ResourceNotFoundException": VaultNotFound(text)})
