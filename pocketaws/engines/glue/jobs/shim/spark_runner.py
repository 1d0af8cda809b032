"""Runs a script with Spark on this machine, where ``s3://`` paths work without a jar of Hadoop's.

What a script reads from S3 is copied to local files first; what it writes goes to local files and from there to S3.
"""

from __future__ import annotations

import os
import runpy
import shutil
import sys
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import boto3

__all__ = ["fetch", "local_path", "main"]

STAGE = Path(os.environ.get("TMPDIR", ".")) / "s3"


def local_path(path: str) -> str:
    """Return where the copy of an S3 path is."""
    return str(STAGE / path.split("://", 1)[1])


def _split(path: str) -> tuple[str, str]:
    bucket, _, key = path.split("://", 1)[1].partition("/")
    return bucket, key


def fetch(paths: Sequence[str], choose: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> list[str] | None:
    """Copy the objects under paths to local files; return these, None if there are none.

    Parameters
    ----------
    paths
        In S3: objects or prefixes.
    choose
        Picks among the objects as S3 lists them.
    """
    s3, found = boto3.client("s3"), []
    for path in paths:
        bucket, key = _split(path)
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
        listed: list[Any] = [
            each for page in pages for each in page.get("Contents", []) if not each["Key"].endswith("/")
        ]
        for each in choose(listed):
            target = STAGE / bucket / each["Key"]
            target.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, each["Key"], str(target))
            found.append(str(target))
    return found or None


def _is_s3(path: Any) -> bool:
    return isinstance(path, str) and path.startswith(("s3://", "s3a://", "s3n://"))


def _reading(load: Callable[..., Any]) -> Callable[..., Any]:
    def read(self: Any, path: Any = None, *args: Any, **kwargs: Any) -> Any:
        paths = [path] if isinstance(path, str) else list(path or [])
        if any(_is_s3(each) for each in paths):
            if fetch(paths, lambda found: found) is None:
                raise FileNotFoundError(f"Path does not exist: {paths[0]}")
            local = [local_path(each) for each in paths]
            path = local[0] if isinstance(path, str) else local
        return load(self, path, *args, **kwargs)

    return read


def _writing(save: Callable[..., Any]) -> Callable[..., Any]:
    def write(self: Any, path: str | None = None, *args: Any, **kwargs: Any) -> None:
        if not _is_s3(path):
            save(self, path, *args, **kwargs)
            return
        mode = str(kwargs.pop("mode", None) or getattr(self, "_stage_mode", "error")).lower()
        bucket, key = _split(str(path))
        prefix, s3 = key.rstrip("/") + "/", boto3.client("s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        present = [each["Key"] for page in pages for each in page.get("Contents", [])]
        if present and mode in ("error", "errorifexists"):
            raise FileExistsError(f"[PATH_ALREADY_EXISTS] Path {path} already exists")
        if present and mode == "ignore":
            return
        folder = STAGE / f"out-{uuid.uuid4().hex}"
        save(self.mode("overwrite"), str(folder), *args, **kwargs)
        for old in present if mode == "overwrite" else []:
            s3.delete_object(Bucket=bucket, Key=old)
        for each in sorted(folder.rglob("*")):
            if each.is_file() and not each.name.startswith((".", "_")):
                s3.upload_file(str(each), bucket, prefix + each.relative_to(folder).as_posix())
        shutil.rmtree(folder)

    return write


def _remembering(mode: Callable[..., Any]) -> Callable[..., Any]:
    def remember(self: Any, saveMode: str | None) -> Any:
        if saveMode and not hasattr(self, "_stage_mode"):
            self._stage_mode = saveMode
        return mode(self, saveMode)

    return remember


def main() -> None:
    """Run the script named by the first argument."""
    from pyspark.sql import DataFrameReader, DataFrameWriter

    for name in ("load", "csv", "json", "parquet", "orc", "text"):
        setattr(DataFrameReader, name, _reading(getattr(DataFrameReader, name)))
    for name in ("save", "csv", "json", "parquet", "orc", "text"):
        setattr(DataFrameWriter, name, _writing(getattr(DataFrameWriter, name)))
    DataFrameWriter.mode = _remembering(DataFrameWriter.mode)
    sys.modules["spark_runner"] = sys.modules["__main__"]
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
