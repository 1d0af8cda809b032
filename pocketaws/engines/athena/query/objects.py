"""Objects of S3 as files that DuckDB opens by itself: its own Parquet reader is far faster than Arrow's stream.

DuckDB takes a file system only from fsspec, which comes with Colab, JupyterLab's tools and most libraries of the field;
where it is not installed, tables are read through Arrow.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from moto.s3.models import FakeKey

from pocketaws.engines.athena.storage import ObjectFile, Store

__all__ = ["SCHEME", "Objects", "file_system"]

SCHEME = "pocketaws"
_LONG_AGO = datetime(2006, 3, 14, tzinfo=timezone.utc)


class Objects:
    """What DuckDB may open at this moment, by names that cannot be guessed."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[Store, list[FakeKey]]] = {}

    @contextmanager
    def show(self, store: Store, found: list[FakeKey]) -> Iterator[str]:
        """Let some objects be opened for a while, as ``<what is given>/.../<number>.parquet``."""
        name = secrets.token_hex(16)
        self._shown[name] = (store, found)
        try:
            yield f"{SCHEME}://{name}"
        finally:
            del self._shown[name]

    def open(self, path: str) -> ObjectFile:
        """Open an object by its path."""
        name, _, rest = path.partition("://")[2].partition("/")
        if name not in self._shown:
            raise FileNotFoundError(path)
        store, found = self._shown[name]
        return ObjectFile(store, found[int(rest.rpartition("/")[2].removesuffix(".parquet"))])


def file_system(objects: Objects) -> Any:
    """Return the register as a file system of fsspec; None where that is not installed."""
    try:
        from fsspec import AbstractFileSystem
    except ImportError:
        return None

    class ObjectFileSystem(AbstractFileSystem):  # type: ignore[misc]
        """The register, read only."""

        protocol = SCHEME
        cachable = False

        def open(self, path: str, mode: str = "rb", **options: Any) -> ObjectFile:
            if mode != "rb":
                raise PermissionError(path)
            return objects.open(path)

        def info(self, path: str, **options: Any) -> dict[str, Any]:
            return {"name": path, "size": objects.open(path).size, "type": "file"}

        def exists(self, path: str, **options: Any) -> bool:
            try:
                objects.open(path)
            except FileNotFoundError:
                return False
            return True

        def glob(self, path: str, **options: Any) -> list[str]:
            return [path]

        def modified(self, path: str) -> datetime:
            return _LONG_AGO

    return ObjectFileSystem()
