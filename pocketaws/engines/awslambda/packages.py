"""Deployment packages: a zip of a function's or a layer's files, checked as Lambda checks them, and unpacked.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

from pocketaws.engines.awslambda.errors import LambdaError, invalid

__all__ = ["check", "unpack"]

#: Bytes, unpacked, of a function with its layers.
MOST_UNPACKED = 250 * 2**20
#: Bytes of a zip that comes with the request rather than from S3.
MOST_SENT = 50 * 2**20
MOST_FILES = 20_000


def check(code: bytes, *, sent: bool) -> None:
    """Look whether a package can be a function's code.

    Parameters
    ----------
    code
        The zip.
    sent
        Whether it came with the request.

    Raises
    ------
    LambdaError
        It is no zip, or larger than AWS takes, or a file of it climbs out of its folder.
    """
    if sent and len(code) > MOST_SENT:
        text = f"Request must be smaller than {MOST_SENT} bytes for the CreateFunction operation"
        raise LambdaError("RequestEntityTooLargeException", text, 413)
    with _open(code) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED or len(entries) > MOST_FILES:
            raise invalid(f"Unzipped size must be smaller than {MOST_UNPACKED} bytes")
        for entry in entries:
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or (entry.external_attr >> 28) == 0xA:
                raise invalid(f"Could not unzip uploaded file: {entry.filename} lies outside of the package.")


def unpack(code: bytes, folder: Path) -> None:
    """Write the files of a checked package to a folder; a zip that says less than it holds is cut off."""
    left = MOST_UNPACKED
    with _open(code) as archive:
        for entry in archive.infolist():
            target = folder / entry.filename
            if entry.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as packed:
                content = packed.read(left + 1)
            left -= len(content)
            if left < 0:
                raise invalid(f"Unzipped size must be smaller than {MOST_UNPACKED} bytes")
            target.write_bytes(content)


def _open(code: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(code))
    except (zipfile.BadZipFile, ValueError):
        text = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise invalid(text) from None
