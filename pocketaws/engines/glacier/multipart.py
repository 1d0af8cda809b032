"""Archives uploaded in parts.

Source: https://docs.aws.amazon.com/amazonglacier/latest/dev/uploading-archive-mpu.html
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pocketaws import clock
from pocketaws.engines.glacier.archives import check_body, check_hash, store, told
from pocketaws.engines.glacier.call import Answer, Call, page
from pocketaws.engines.glacier.errors import invalid, not_found
from pocketaws.engines.glacier.hashes import MB, tree_hash
from pocketaws.engines.glacier.state import State, Upload, Vault, new_id, stamp

__all__ = ["OPERATIONS"]

_PART_SIZES = {MB << power for power in range(13)}  # 1 MB to 4 GB
_MOST_PARTS = 10_000
_IDLE = timedelta(hours=24)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/\*")


def initiate_multipart_upload(call: Call) -> Answer:
    """InitiateMultipartUpload: the size of parts is chosen once."""
    vault, size = call.vault, call.whole_number("x-amz-part-size")
    if size not in _PART_SIZES:
        raise invalid("Invalid part size: a part has a megabyte multiplied by a power of 2, from 1 MB to 4 GB.")
    upload = Upload(new_id(92), call.description, size, clock.now())
    vault.uploads[upload.id] = upload
    _keep(call.state, vault, upload)
    path = f"/{call.state.account}/vaults/{vault.name}/multipart-uploads/{upload.id}"
    return Answer(201, headers={"Location": path, "x-amz-multipart-upload-id": upload.id})


def _keep(state: State, vault: Vault, upload: Upload) -> None:
    """Forget the upload when nothing has come for a day."""

    def forget() -> None:
        with state.lock:
            vault.uploads.pop(upload.id, None)

    if upload.lapse is not None:
        upload.lapse.cancel()
    upload.lapse = clock.at(clock.now() + _IDLE, forget)


def _existing(call: Call) -> Upload:
    upload_id = call.names["uploadId"]
    found = call.vault.uploads.get(upload_id)
    if found is None:
        raise not_found(f"The upload ID was not found: {upload_id}")
    return found


def upload_multipart_part(call: Call) -> Answer:
    """UploadMultipartPart: checked by its hashes, its size and its place."""
    upload, claimed = _existing(call), call.header("x-amz-sha256-tree-hash")
    text = call.header("Content-Range")
    found = _RANGE.fullmatch(text)
    start, end = (int(found[1]), int(found[2])) if found else (1, 0)
    if start > end or end - start + 1 != len(call.body):
        raise invalid(f"Invalid Content-Range: {text}")
    if start % upload.part_size or len(call.body) > upload.part_size or start // upload.part_size >= _MOST_PARTS:
        raise invalid(f"Content-Range: {text} is incompatible with partSize: {upload.part_size}")
    check_body(call, claimed)
    upload.parts[start] = call.body
    _keep(call.state, call.vault, upload)
    return Answer(204, headers={"x-amz-sha256-tree-hash": claimed})


def complete_multipart_upload(call: Call) -> Answer:
    """CompleteMultipartUpload; to complete it once more gives the same archive."""
    vault = call.vault
    if (done := vault.finished_uploads.get(call.names["uploadId"])) is not None:
        return Answer(201, headers=told(call, vault, done))
    upload = _existing(call)
    size, claimed = call.whole_number("x-amz-archive-size"), call.header("x-amz-sha256-tree-hash")
    content = _joined(upload, size)
    check_hash(claimed, tree_hash(content))
    headers = store(call, vault, upload.description, content, claimed)
    _forget(vault, upload)
    vault.finished_uploads[upload.id] = vault.archives[headers["x-amz-archive-id"]]
    return Answer(201, headers=headers)


def _joined(upload: Upload, size: int) -> bytes:
    """Join the parts; refuse gaps and a size that is another than announced."""
    content = bytearray()
    for start, part in sorted(upload.parts.items()):
        if start != len(content):
            raise invalid(f"Missing content range: bytes {len(content)}-{start - 1}")
        content += part
    if len(content) != size or not content:
        raise invalid(f"Archive size mismatch: expected {size}, uploaded parts have {len(content)} bytes")
    return bytes(content)


def _forget(vault: Vault, upload: Upload) -> None:
    if upload.lapse is not None:
        upload.lapse.cancel()
    vault.uploads.pop(upload.id, None)


def abort_multipart_upload(call: Call) -> Answer:
    """AbortMultipartUpload."""
    vault, upload_id = call.vault, call.names["uploadId"]
    if upload_id in vault.finished_uploads:
        raise not_found(f"The upload ID was not found: {upload_id}")
    if (upload := vault.uploads.get(upload_id)) is not None:
        _forget(vault, upload)
    return Answer()


def _shown(vault: Vault, upload: Upload) -> dict[str, Any]:
    return {
        "ArchiveDescription": upload.description or None,
        "CreationDate": stamp(upload.created),
        "MultipartUploadId": upload.id,
        "PartSizeInBytes": upload.part_size,
        "VaultARN": vault.arn,
    }


def list_multipart_uploads(call: Call) -> Answer:
    """ListMultipartUploads."""
    rows = [_shown(call.vault, upload) for upload in call.vault.uploads.values()]
    shown, marker = page(call, rows, "MultipartUploadId", 50)
    return Answer(200, {"UploadsList": shown, "Marker": marker})


def list_parts(call: Call) -> Answer:
    """ListParts, by their place."""
    upload = _existing(call)
    rows = [
        {"RangeInBytes": f"{start}-{start + len(part) - 1}", "SHA256TreeHash": tree_hash(part)}
        for start, part in sorted(upload.parts.items())
    ]
    shown, marker = page(call, rows, "RangeInBytes", 50)
    return Answer(200, {**_shown(call.vault, upload), "Parts": shown, "Marker": marker})


OPERATIONS = {
    "InitiateMultipartUpload": initiate_multipart_upload,
    "UploadMultipartPart": upload_multipart_part,
    "CompleteMultipartUpload": complete_multipart_upload,
    "AbortMultipartUpload": abort_multipart_upload,
    "ListMultipartUploads": list_multipart_uploads,
    "ListParts": list_parts,
}
