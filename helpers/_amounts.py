"""Numbers as people say them."""

from __future__ import annotations

__all__ = ["amount"]


def amount(size: float) -> str:
    """Say a number of bytes as people do, in steps of 1,024.

    Examples
    --------
    >>> amount(0), amount(1023), amount(3 * 2**30)
    ('0 B', '1,023 B', '3 GB')
    """
    units = ["TB", "GB", "MB", "KB", "B"]
    while size >= 1024 and len(units) > 1:
        size, _ = size / 1024, units.pop()
    return f"{size:,.0f} {units[-1]}" if size >= 1000 else f"{size:.3g} {units[-1]}"
