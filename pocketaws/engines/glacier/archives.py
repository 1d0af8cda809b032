"""Archives: uploaded whole, checked by two hashes, deleted by their id."""

from __future__ import annotations

import hashlib

from pocketaws import clock
from pocketaws.engines.glacier.call import Answer, Call
from pocketaws.engines.glacier.errors import GlacierError, invalid
from pocketaws.engines.glacier.hashes import tree_hash
from pocketaws.engines.glacier.state import Archive, Vault, new_id
from pocketaws.engines.glacier.vaults import written

__all__ = ["OPERATIONS", "check_body", "check_hash", "existing", "store", "told"]

_MOST = 4 * 2**30


def upload_archive(call: Call) -> Answer:
    """UploadArchive: 1 byte to 4 GB in one request."""
    vault, description, claimed = call.vault, call.description, call.header("x-amz-sha256-tree-hash")
    check_body(call, claimed)
    return Answer(201, headers=store(call, vault, description, call.body, claimed))


def check_body(call: Call, claimed: str) -> None:
    """Refuse a body that is empty, too large, or not the one whose hashes the request names."""
    if not 1 <= len(call.body) <= _MOST:
        raise invalid(f"Invalid Content-Length: {len(call.body)}")
    linear = call.headers.get("x-amz-content-sha256") or ""
    if len(linear) == 64 and hashlib.sha256(call.body).hexdigest() != linear.lower():
        text = "The value passed in as x-amz-content-sha256 does not match the computed payload hash."
        raise GlacierError("InvalidSignatureException", text, 403)
    check_hash(claimed, tree_hash(call.body))


def check_hash(claimed: str, computed: str) -> None:
    """Refuse a tree hash that is not the one computed."""
    if claimed.lower() != computed:
        raise invalid(f"Checksum mismatch: expected {claimed} computed {computed}")


def store(call: Call, vault: Vault, description: str, body: bytes, root: str) -> dict[str, str]:
    """Keep an archive and return the headers that tell of it."""
    archive = Archive(new_id(138), description, body, root.lower(), clock.now())
    vault.archives[archive.id] = archive
    written(call.state, vault)
    return told(call, vault, archive)


def told(call: Call, vault: Vault, archive: Archive) -> dict[str, str]:
    """Return the headers that tell of a stored archive."""
    return {
        "Location": f"/{call.state.account}/vaults/{vault.name}/archives/{archive.id}",
        "x-amz-archive-id": archive.id,
        "x-amz-sha256-tree-hash": archive.tree_hash,
    }


def existing(vault: Vault, archive_id: str) -> Archive:
    """Return an archive; ResourceNotFoundException otherwise."""
    if archive_id not in vault.archives:
        raise GlacierError("ResourceNotFoundException", f"The archive ID was not found: {archive_id}", 404)
    return vault.archives[archive_id]


def delete_archive(call: Call) -> Answer:
    """DeleteArchive; one that is gone already succeeds."""
    vault = call.vault
    if vault.archives.pop(call.names["archiveId"], None) is not None:
        written(call.state, vault)
    return Answer()


OPERATIONS = {"UploadArchive": upload_archive, "DeleteArchive": delete_archive}
