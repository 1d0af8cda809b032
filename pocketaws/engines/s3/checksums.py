"""The checksums of S3.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

from __future__ import annotations

import hashlib
import zlib
from base64 import b64encode
from collections.abc import Callable

__all__ = ["ALGORITHMS", "compute", "digest"]


def _crc32c(body: bytes) -> bytes:
    from pocketaws.engines.s3.crc import crc32c  # loads NumPy, which most sessions of S3 need not wait for

    return crc32c(body).to_bytes(4, "big")


def _crc64nvme(body: bytes) -> bytes:
    from pocketaws.engines.s3.crc import crc64nvme

    return crc64nvme(body).to_bytes(8, "big")


#: Algorithm, as AWS names it -> the raw digest of a body.
ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "CRC32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "CRC32C": _crc32c,
    "CRC64NVME": _crc64nvme,
    "SHA1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "SHA256": lambda body: hashlib.sha256(body).digest(),
    "SHA512": lambda body: hashlib.sha512(body).digest(),
    "MD5": lambda body: hashlib.md5(body, usedforsecurity=False).digest(),
}


def digest(algorithm: str, body: bytes) -> str:
    """Return a checksum as S3 writes it, in base64."""
    return b64encode(ALGORITHMS[algorithm](body)).decode()


def compute(body: bytes, algorithm: str, encode_base64: bool = True) -> bytes:
    """Return a checksum; in place of moto's function of the same arguments, which falls back to CRC32."""
    raw = ALGORITHMS[algorithm.upper()](body)
    return b64encode(raw) if encode_base64 else raw
