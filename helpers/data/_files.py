"""The packaged data files, checked before they are used."""

from __future__ import annotations

import hashlib
import io
from importlib.resources import files

from helpers.errors import DataFileBroken

__all__ = ["open_file"]


def open_file(name: str) -> io.BytesIO:
    """Return the content of a packaged file whose SHA-256 is the one that ``SHA256SUMS`` holds.

    Parameters
    ----------
    name
        For example ``"flights.parquet"``.

    Raises
    ------
    DataFileBroken
        The file is missing, truncated or changed.
    """
    folder = files("helpers.data")
    try:
        content = (folder / name).read_bytes()
        expected = {line[66:]: line[:64] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()}
    except OSError as error:
        raise DataFileBroken(f"{name} cannot be read ({error}); install aws-storage-course again.") from error
    if hashlib.sha256(content).hexdigest() != expected.get(name):
        raise DataFileBroken(f"{name} is truncated or was changed; install aws-storage-course again.")
    return io.BytesIO(content)
