"""SHA-256 tree hashes, and the byte ranges that they can vouch for.

Sources: https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations.html,
https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations-range.html
"""

from __future__ import annotations

import hashlib
import re

from pocketaws.engines.glacier.errors import invalid

__all__ = ["MB", "is_megabyte_aligned", "is_tree_hash_aligned", "parse_range", "tree_hash"]

MB = 2**20
_RANGE = re.compile(r"(\d+)-(\d+)")


def tree_hash(content: bytes) -> str:
    """Return the tree hash: of each megabyte a hash, of each pair of hashes a hash, up to one root."""
    view = memoryview(content)
    level = [hashlib.sha256(view[start : start + MB]).digest() for start in range(0, max(1, len(view)), MB)]
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0].hex()


def is_megabyte_aligned(start: int, end: int, size: int) -> bool:
    """Whether a range (``end`` included) begins at a megabyte, and ends at one or at the end of the archive."""
    return start % MB == 0 and ((end + 1) % MB == 0 or end == size - 1)


def is_tree_hash_aligned(start: int, end: int, size: int) -> bool:
    """Whether the tree hash of a range is a node in the tree of the whole, so that it can be checked against it."""
    step = MB
    while step < 2 * size + MB:
        if start % step == 0 and end + 1 == min(start + step, size):
            return True
        step *= 2
    return False


def parse_range(text: str, size: int) -> tuple[int, int]:
    """Return the first and last byte of ``0-1048575``, the last at most the content's.

    Raises
    ------
    GlacierError
        InvalidParameterValueException: it is no range, or begins behind the content's end.
    """
    found = _RANGE.fullmatch(text.strip())
    start, end = (int(found[1]), int(found[2])) if found else (1, 0)
    if start > end or start >= size:
        raise invalid(f"Invalid range: {text}. The content has {size} bytes.")
    return start, min(end, size - 1)
