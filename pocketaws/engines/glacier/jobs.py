"""Jobs: what lies in a vault is asked for now and fetched hours later.

How long one takes: fixed times inside what AWS promises, so that a lesson runs the same each time.

=================  =========  ========  ====
job                Expedited  Standard  Bulk
=================  =========  ========  ====
archive-retrieval  3 min      4 h       8 h
inventory          4 h, whatever the tier
=================  =========  ========  ====

A finished job and its output stay for 24 hours.

Sources: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-initiate-job-post.html,
https://docs.aws.amazon.com/amazonglacier/latest/dev/downloading-an-archive-two-steps.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pocketaws import clock
from pocketaws.engines.glacier import notifications, retrieval
from pocketaws.engines.glacier.archives import existing
from pocketaws.engines.glacier.call import Answer, Call, page
from pocketaws.engines.glacier.errors import invalid, missing, not_found
from pocketaws.engines.glacier.hashes import is_megabyte_aligned, is_tree_hash_aligned, parse_range, tree_hash
from pocketaws.engines.glacier.inventories import FORMATS, check_wanted, write
from pocketaws.engines.glacier.state import Job, State, Vault, new_id, stamp

__all__ = ["OPERATIONS", "TIMES", "existing_job"]

TIMES = {"Expedited": timedelta(minutes=3), "Standard": timedelta(hours=4), "Bulk": timedelta(hours=8)}
_INVENTORY = timedelta(hours=4)
_KEPT = timedelta(hours=24)
_STATES = ("InProgress", "Succeeded", "Failed")


def initiate_job(call: Call) -> Answer:
    """InitiateJob: retrieve an archive, or the inventory."""
    vault, wish = call.vault, call.json
    kind = wish.get("Type")
    if not kind:
        raise missing("Required parameter missing: Type")
    if kind == "select" or wish.get("OutputLocation"):
        raise invalid("Glacier Select is closed: retrieve the archive and query it where you keep it.")
    if kind not in _MAKERS:
        raise invalid(f"Invalid type: {kind}. It is one of {', '.join(_MAKERS)}.")
    job = _MAKERS[kind](vault, wish)
    job.description, job.topic = _text(wish), _topic(wish)
    retrieval.check(call.state, job)
    vault.jobs[job.id] = job
    takes = TIMES[job.tier] if job.tier else _INVENTORY
    job.booking = clock.at(clock.now() + takes, lambda: _finish(call.state, vault, job))
    path = f"/{call.state.account}/vaults/{vault.name}/jobs/{job.id}"
    return Answer(202, headers={"Location": path, "x-amz-job-id": job.id})


def _text(wish: dict[str, Any]) -> str | None:
    text = wish.get("Description")
    if text and (len(text) > 1024 or not all(" " <= letter <= "~" for letter in text)):
        raise invalid("Invalid Description: at most 1024 printable ASCII characters.")
    return text or None


def _topic(wish: dict[str, Any]) -> str | None:
    topic = wish.get("SNSTopic")
    return notifications.check_topic(topic) if topic else None


def _archive_job(vault: Vault, wish: dict[str, Any]) -> Job:
    if wish.get("Format") or wish.get("InventoryRetrievalParameters"):
        raise invalid("Format and InventoryRetrievalParameters belong to inventory-retrieval.")
    if not wish.get("ArchiveId"):
        raise missing("Required parameter missing: ArchiveId")
    archive, tier = existing(vault, wish["ArchiveId"]), wish.get("Tier") or "Standard"
    if tier not in TIMES:
        raise invalid(f"Invalid tier: {tier}. It is one of {', '.join(TIMES)}.")
    first, last = 0, archive.size - 1
    if asked := wish.get("RetrievalByteRange"):
        first, last = parse_range(asked, archive.size)
        if not is_megabyte_aligned(first, last, archive.size):
            raise invalid(f"Invalid retrieval byte range: {asked} is not megabyte aligned.")
    return Job(new_id(92), "ArchiveRetrieval", clock.now(), tier, archive=archive, byte_range=(first, last))


def _inventory_job(vault: Vault, wish: dict[str, Any]) -> Job:
    if wish.get("ArchiveId") or wish.get("RetrievalByteRange"):
        raise invalid("ArchiveId and RetrievalByteRange belong to archive-retrieval.")
    form = wish.get("Format") or "JSON"
    if form not in FORMATS:
        raise invalid(f"Invalid format: {form}. It is one of {', '.join(FORMATS)}.")
    if vault.inventory is None:
        raise not_found(f"There is no inventory of {vault.arn} yet; it is made within a day of the first upload.")
    wanted = check_wanted(wish.get("InventoryRetrievalParameters") or {})
    return Job(new_id(92), "InventoryRetrieval", clock.now(), format=form, wanted=wanted)


_MAKERS = {"archive-retrieval": _archive_job, "inventory-retrieval": _inventory_job}


def _finish(state: State, vault: Vault, job: Job) -> None:
    with state.lock:
        job.completed = clock.now()
        job.booking = clock.at(clock.now() + _KEPT, lambda: _forget(state, vault, job))
        if job.archive is None:
            job.output = write(vault, job)
        elif job.archive.id in vault.archives and job.byte_range is not None:
            job.output = job.archive.body[job.byte_range[0] : job.byte_range[1] + 1]
        job.status = "Failed" if job.output is None else "Succeeded"
        job.message = "The archive was deleted meanwhile." if job.output is None else "Succeeded"
        told = shown(vault, job)
    notifications.send(state, vault, job, told)


def _forget(state: State, vault: Vault, job: Job) -> None:
    with state.lock:
        vault.jobs.pop(job.id, None)


def existing_job(call: Call) -> Job:
    """Return the job named; ResourceNotFoundException otherwise."""
    job = call.vault.jobs.get(call.names["jobId"])
    if job is None:
        raise not_found(f"The job ID was not found: {call.names['jobId']}")
    return job


def shown(vault: Vault, job: Job) -> dict[str, Any]:
    """Return a job as DescribeJob and notifications tell of it."""
    told = {
        "Action": job.action,
        "Completed": job.completed is not None,
        "CompletionDate": stamp(job.completed) if job.completed else None,
        "CreationDate": stamp(job.created),
        "JobDescription": job.description,
        "JobId": job.id,
        "SNSTopic": job.topic,
        "StatusCode": job.status,
        "StatusMessage": job.message,
        "VaultARN": vault.arn,
    }
    return {**told, **(_of_archive(job) if job.archive is not None else _of_inventory(job))}


def _of_archive(job: Job) -> dict[str, Any]:
    assert job.archive is not None and job.byte_range is not None  # noqa: PT018
    first, last = job.byte_range
    is_checkable = is_tree_hash_aligned(first, last, job.archive.size)
    return {
        "ArchiveId": job.archive.id,
        "ArchiveSHA256TreeHash": job.archive.tree_hash,
        "ArchiveSizeInBytes": job.archive.size,
        "InventorySizeInBytes": None,
        "RetrievalByteRange": f"{first}-{last}",
        "SHA256TreeHash": tree_hash(job.archive.body[first : last + 1]) if is_checkable else None,
        "Tier": job.tier,
    }


def _of_inventory(job: Job) -> dict[str, Any]:
    size = len(job.output) if job.output is not None else None
    return {"InventorySizeInBytes": size, "InventoryRetrievalParameters": {"Format": job.format, **job.wanted}}


def describe_job(call: Call) -> Answer:
    """DescribeJob."""
    return Answer(200, shown(call.vault, existing_job(call)))


def list_jobs(call: Call) -> Answer:
    """ListJobs, oldest first."""
    jobs = list(call.vault.jobs.values())
    if state := call.query.get("statuscode"):
        if state not in _STATES:
            raise invalid(f"Invalid statuscode: {state}. It is one of {', '.join(_STATES)}.")
        jobs = [job for job in jobs if job.status == state]
    if completed := call.query.get("completed"):
        if completed not in ("true", "false"):
            raise invalid(f"Invalid completed: {completed}. It is true or false.")
        jobs = [job for job in jobs if (job.completed is not None) == (completed == "true")]
    rows, marker = page(call, [shown(call.vault, job) for job in jobs], "JobId", 50)
    return Answer(200, {"JobList": rows, "Marker": marker})


OPERATIONS = {"InitiateJob": initiate_job, "DescribeJob": describe_job, "ListJobs": list_jobs}
