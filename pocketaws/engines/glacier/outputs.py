"""GetJobOutput: the bytes of a finished job, whole or in ranges.

Source: https://docs.aws.amazon.com/amazonglacier/latest/dev/api-job-output-get.html
"""

from __future__ import annotations

from pocketaws.engines.glacier.call import Answer, Call
from pocketaws.engines.glacier.errors import invalid
from pocketaws.engines.glacier.hashes import is_tree_hash_aligned, parse_range, tree_hash
from pocketaws.engines.glacier.inventories import FORMATS
from pocketaws.engines.glacier.jobs import existing_job
from pocketaws.engines.glacier.state import Job

__all__ = ["OPERATIONS"]


def get_job_output(call: Call) -> Answer:
    """GetJobOutput; the checksum comes along where the tree hash can vouch for the range."""
    job = existing_job(call)
    if job.output is None:
        raise invalid(f"The job is not currently available for download: {job.id}")
    asked = call.headers.get("Range") or ""
    if asked and not asked.startswith("bytes="):
        raise invalid(f"Invalid Range: {asked}")
    size = len(job.output)
    first, last = parse_range(asked.removeprefix("bytes="), size) if asked else (0, size - 1)
    content = job.output[first : last + 1]
    headers = {"Accept-Ranges": "bytes", **_described(job), **_vouched(job, first, last, content)}
    if asked:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Answer(206 if asked else 200, content, headers)


def _described(job: Job) -> dict[str, str]:
    if job.archive is None:
        return {"content-type": FORMATS[job.format or "JSON"]}
    return {"x-amz-archive-description": job.archive.description} if job.archive.description else {}


def _vouched(job: Job, first: int, last: int, content: bytes) -> dict[str, str]:
    """Return the checksum, if the range is a node in the archive's tree."""
    if job.archive is None or job.byte_range is None:
        return {}
    start = job.byte_range[0]
    if not is_tree_hash_aligned(start + first, start + last, job.archive.size):
        return {}
    return {"x-amz-sha256-tree-hash": tree_hash(content)}


OPERATIONS = {"GetJobOutput": get_job_output}
