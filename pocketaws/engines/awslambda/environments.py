"""An execution environment: the process in which a function's handler runs, used again as long as it lives.

Its folder holds the code (``task``), layers (``opt``) and the one request and response under way.  What the process
writes there is the user's: it is read as data, and never more than a limit.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
import uuid
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pocketaws import clock, processes
from pocketaws.engines.awslambda import packages

__all__ = ["Environment", "Outcome"]

BOOTSTRAP = Path(__file__).parent / "shim" / "bootstrap.py"
#: Seconds of the machine that importing the code may take (AWS: ten; machines of students are slower).
INIT = 30.0
MOST_RESPONSE = 6_291_556
MOST_LOG = 2**20


@dataclass
class Outcome:
    """What became of one event."""

    payload: str
    failed: bool
    seconds: float
    log: str
    init: float | None = None


class Environment:
    """One process of a function.

    Parameters
    ----------
    function
        moto's ``LambdaFunction``.
    layers
        The zips of its layers.
    variables
        The credentials of its role; none for those of pocketaws.
    """

    def __init__(self, function: Any, layers: list[bytes], variables: dict[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lambda-")).resolve()
        self._cleanup = weakref.finalize(self, shutil.rmtree, self.folder, True)
        self.stream = f"{clock.now():%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
        self._said = 0
        self._init: float | None = None
        self.is_ready = False
        task, opt = self.folder / "task", self.folder / "opt"
        task.mkdir()
        packages.unpack(function.code_bytes, task)
        for layer in layers:
            packages.unpack(layer, opt)
        environment = {
            **processes.environment(self.folder, function.region),
            "PYTHONPATH": str(opt / "python"),
            "LAMBDA_TASK_ROOT": str(task),
            "LAMBDA_RUNTIME_DIR": str(BOOTSTRAP.parent),
            "_HANDLER": function.handler or "",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.stream,
            **variables,
            **function.environment_vars,
            "POCKETAWS_FOLDER": str(self.folder),
        }
        command = [sys.executable, str(BOOTSTRAP)]
        self.process = processes.start(command, folder=self.folder, environment=environment)

    def run(self, event: Any, *, request_id: str, arn: str, timeout: float) -> Outcome:
        """Hand the function an event and wait for what becomes of it."""
        if not self.is_ready and not self._wait("ready", INIT):
            return self._lost(request_id, INIT, "Runtime.InitError" if self._is_alive() else "")
        init = None if self.is_ready else self._take("ready").get("seconds", 0.0)
        self.is_ready = True
        request = {"event": event, "request_id": request_id, "arn": arn, "timeout": timeout}
        part = self.folder / "request.part"
        processes.write(part, json.dumps(request).encode())
        begun = time.monotonic()
        part.replace(self.folder / "request.json")
        if not self._wait("response", timeout):
            lost = self._lost(request_id, min(time.monotonic() - begun, timeout), "Sandbox.Timedout")
            lost.init = init
            return lost
        answer = self._take("response")
        if not isinstance(answer.get("payload"), str):
            text = f"Response payload size exceeded maximum allowed payload size ({MOST_RESPONSE} bytes)."
            kind = "Function.ResponseSizeTooLarge"
            answer = {"payload": json.dumps({"errorMessage": text, "errorType": kind}), "failed": True}
        seconds = answer.get("seconds")
        took = seconds if isinstance(seconds, float) else time.monotonic() - begun
        return Outcome(answer["payload"], bool(answer.get("failed")), took, self._log(), init)

    def stop(self) -> None:
        """Kill the process and remove its folder."""
        self.process.stop()
        self.process.wait(5)
        self._cleanup()

    def is_usable(self) -> bool:
        """Whether it can take another event."""
        return self.folder.exists() and self._is_alive()

    def _is_alive(self) -> bool:
        return self.process.wait(0) is None

    def _wait(self, name: str, seconds: float) -> bool:
        """Wait for a file; False if the process ends, or the time passes, without it."""
        place, until = self.folder / f"{name}.json", time.monotonic() + seconds
        _wait_for(lambda: place.exists() or not self._is_alive() or time.monotonic() > until)
        return place.exists()

    def _lost(self, request_id: str, seconds: float, timed_out: str) -> Outcome:
        """Return the outcome of an event whose process ended, or had to be ended, without an answer."""
        code = self.process.wait(0)
        memory = (self.folder / "out-of-memory").exists()
        log = self._log()
        if code is None:
            kind, text = timed_out, f"Task timed out after {seconds:.2f} seconds"
            log += f"{_stamp()} {request_id} {text}\n"
        else:
            how = "signal: killed" if code == -9 else f"exit status {code}"
            kind = "Runtime.OutOfMemory" if memory else "Runtime.ExitError"
            text = f"Runtime exited with error: {how}"
        self.stop()
        shown = {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {text}"}
        return Outcome(json.dumps(shown), True, seconds, log)

    def _take(self, name: str) -> dict[str, Any]:
        """Read and remove a file of the process."""
        place = self.folder / f"{name}.json"
        text = processes.read(place, 0, 2 * MOST_RESPONSE)
        place.unlink(missing_ok=True)
        try:
            found = json.loads(text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _log(self) -> str:
        """Return what the process has written since the last event."""
        text = processes.read(self.folder / processes.OUTPUT[0], self._said, MOST_LOG)
        self._said += len(text)
        return text.decode("utf-8", "replace")


def _wait_for(is_over: Callable[[], bool]) -> None:
    clock.stand_by(is_over)
    while not is_over():
        time.sleep(0.001)


def _stamp() -> str:
    return clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
