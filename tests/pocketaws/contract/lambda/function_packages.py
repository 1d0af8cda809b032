"""Deployment packages for the tests of Lambda."""

from __future__ import annotations

import io
import zipfile


def zipped(source: str, name: str = "index.py", **others: str) -> bytes:
    """A deployment package of one module, and of further ones by their names."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, source)
        for each, text in others.items():
            archive.writestr(f"{each}.py", text)
    return content.getvalue()
