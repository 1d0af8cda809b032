"""What activities do: copy objects, or run a shell command between folders that are fetched from and sent to S3."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pocketaws import calls, processes
from pocketaws.engines.datapipeline.definition import Definition, Object, period

__all__ = ["ActivityFailed", "Work"]


class ActivityFailed(Exception):
    """An attempt that failed, with what is told about it."""


class Work:
    """One attempt of an activity.

    Parameters
    ----------
    moments
        The times that expressions may name.
    started
        Hears of the process that was started, so that it can be stopped.
    """

    def __init__(
        self,
        definition: Definition,
        activity: Object,
        moments: Mapping[str, datetime],
        here: dict[str, str],
        started: Callable[[Any], None],
    ) -> None:
        self._definition, self._activity, self._moments = definition, activity, moments
        self._here, self._started = here, started
        self.output: dict[str, bytes] = {}

    def run(self) -> None:
        """Do it.

        Raises
        ------
        ActivityFailed
            With the reason.
        """
        try:
            if self._activity.type == "CopyActivity":
                self._copy()
            else:
                self._command()
        except calls.CallFailed as error:
            raise ActivityFailed(f"{error.code}: {error.message}") from None

    def _s3(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return calls.call("s3", operation, parameters, **self._here)

    def _place(self, node: Object) -> tuple[str, str, bool]:
        """Return bucket, key or prefix of a data node, and whether it is a folder."""
        is_folder = not node.get("filePath")
        path = self._definition.text(node, "directoryPath" if is_folder else "filePath", self._moments)
        bucket, _, key = path.removeprefix("s3://").partition("/")
        return bucket, f"{key.rstrip('/')}/" if is_folder and key else key, is_folder

    def _node(self, key: str) -> Object:
        return self._definition.objects[self._activity.get(key)]

    def _keys(self, node: Object) -> list[tuple[str, str]]:
        """Return the keys that a data node holds, each with its name in it."""
        bucket, key, is_folder = self._place(node)
        if not is_folder:
            return [(key, key.rpartition("/")[2])]
        found: list[tuple[str, str]] = []
        token: dict[str, str] = {}
        while True:
            page = self._s3("ListObjectsV2", Bucket=bucket, Prefix=key, **token)
            found += [(each["Key"], each["Key"].removeprefix(key)) for each in page.get("Contents", [])]
            if not page.get("IsTruncated"):
                return [(whole, name) for whole, name in found if name]
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _copy(self) -> None:
        source, target = self._node("input"), self._node("output")
        from_bucket, (bucket, key, is_folder) = self._place(source)[0], self._place(target)
        keys = self._keys(source)
        if not keys:
            raise ActivityFailed(f"Input {source.name} holds no data")
        if len(keys) > 1 and not is_folder:
            raise ActivityFailed(f"{len(keys)} objects do not fit into one file")
        for whole, name in keys:
            place = {"Bucket": from_bucket, "Key": whole}
            self._s3("CopyObject", Bucket=bucket, Key=f"{key}{name}" if is_folder else key, CopySource=place)

    def _command(self) -> None:
        with tempfile.TemporaryDirectory(prefix="pipeline-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            variables = processes.environment(folder, self._here["region"])
            staged = self._activity.get("stage").lower() == "true"
            if staged:
                variables |= self._stage(folder)
            command = self._definition.text(self._activity, "command", self._moments) or self._script(folder)
            words = self._activity.fields.get("scriptArgument", [])
            process = processes.start(
                ["/bin/sh", "-c", command, "activity", *words], folder=folder, environment=variables
            )
            self._started(process)
            limit = period(self._activity.get("attemptTimeout"))
            code = process.wait(limit.total_seconds() if limit else None)
            if code is None:
                process.stop()
                raise ActivityFailed(f"The attempt took longer than {self._activity.get('attemptTimeout')}")
            self.output = {each: processes.read(folder / each) for each in processes.OUTPUT}
            self._keep_streams()
            if code:
                told = self.output[processes.OUTPUT[1]].decode("utf-8", "replace").strip().splitlines()
                raise ActivityFailed(
                    f"Activity failed to run with exit code {code}: {told[-1] if told else ''}".strip()
                )
            if staged:
                self._send(folder)

    def _script(self, folder: Path) -> str:
        bucket, _, key = self._definition.text(self._activity, "scriptUri", self._moments)[5:].partition("/")
        script = folder / "script.sh"
        script.write_bytes(self._s3("GetObject", Bucket=bucket, Key=key)["Body"].read())
        return 'exec /bin/sh script.sh "$@"'

    def _stage(self, folder: Path) -> dict[str, str]:
        """Fetch the inputs, make folders for the outputs; return the variables that name them."""
        variables = {}
        for key in ("input", "output"):
            for number, id in enumerate(self._activity.references.get(key, ()), start=1):
                inside = folder / f"{key}{number}"
                inside.mkdir()
                variables[f"{key.upper()}{number}_STAGING_DIR"] = str(inside)
                node = self._definition.objects[id]
                for whole, name in self._keys(node) if key == "input" else ():
                    target = (inside / name).resolve()
                    if inside.resolve() not in target.parents:
                        raise ActivityFailed(f"The key {whole!r} leads out of its folder")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    content = self._s3("GetObject", Bucket=self._place(node)[0], Key=whole)["Body"].read()
                    target.write_bytes(content)
        return variables

    def _send(self, folder: Path) -> None:
        for number, id in enumerate(self._activity.references.get("output", ()), start=1):
            bucket, key, is_folder = self._place(self._definition.objects[id])
            inside = folder / f"output{number}"
            for path in sorted(path for path in inside.rglob("*") if path.is_file() and not path.is_symlink()):
                name = f"{key}{path.relative_to(inside).as_posix()}" if is_folder else key
                self._s3("PutObject", Bucket=bucket, Key=name, Body=processes.read(path))

    def _keep_streams(self) -> None:
        for key, name in zip(("stdout", "stderr"), processes.OUTPUT, strict=True):
            if path := self._definition.text(self._activity, key, self._moments):
                bucket, _, place = path.removeprefix("s3://").partition("/")
                self._s3("PutObject", Bucket=bucket, Key=place, Body=self.output[name])
