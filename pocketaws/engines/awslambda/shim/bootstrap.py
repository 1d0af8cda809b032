"""The runtime of a function: imports its handler once, then calls it for each event until its process is stopped.

pocketaws puts an event into the folder as ``request.json``; the answer goes there as ``response.json``.  Both appear at
once and whole, because they are renamed into place.

Source: https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html and .../python-exceptions.html
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["POCKETAWS_FOLDER"])
TASK = os.environ["LAMBDA_TASK_ROOT"]
IDLE = (0.001, 0.02)
Handler = Callable[[Any, Any], Any]


class Failure(Exception):
    """An event that cannot be answered, as the function's caller is told."""

    def __init__(self, kind: str, text: str, stack: list[str] | None = None) -> None:
        super().__init__(text)
        self.answer = {"errorMessage": text, "errorType": kind, "requestId": "", "stackTrace": stack or []}


class Context:
    """What a handler is given beside the event."""

    identity = None
    client_context = None

    def __init__(self, told: dict[str, Any]) -> None:
        self.aws_request_id = told["request_id"]
        self.invoked_function_arn = told["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._until = time.monotonic() + told["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the timeout."""
        return max(0, int((self._until - time.monotonic()) * 1000))

    def log(self, text: object) -> None:
        """Write to the log."""
        sys.stdout.write(str(text))


class _Log(logging.Handler):
    """Log lines as the Python runtime writes them."""

    request_id = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        sys.stdout.write(f"[{record.levelname}]\t{stamp}\t{self.request_id}\t{self.format(record)}\n")


def find(name: str) -> Handler:
    """Import the handler named ``module.function``."""
    module, _, attribute = name.rpartition(".")
    if not module:
        raise Failure("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack")
    try:
        imported = importlib.import_module(module.replace("/", "."))
    except SyntaxError as error:
        text = (
            f"Syntax error in module '{module}': {error.msg} ({Path(error.filename or '').name}, line {error.lineno})"
        )
        raise Failure("Runtime.UserCodeSyntaxError", text) from None
    except ImportError as error:
        raise Failure("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}") from None
    found = getattr(imported, attribute, None)
    if found is None:
        raise Failure("Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module}'")
    handler: Handler = found
    return handler


def told(error: BaseException) -> Failure:
    """Return an exception of the function's own code as Lambda answers it; frames of this file are left out."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    frames = traceback.extract_tb(trace)
    stack = [line.replace(TASK, "/var/task") for line in traceback.format_list(frames) if "importlib" not in line]
    return Failure(type(error).__name__, str(error), stack)


def answer(handler: Handler, request: dict[str, Any]) -> str:
    """Call the handler and return its answer as JSON."""
    try:
        result = handler(request["event"], Context(request))
    except Exception as error:
        raise told(error) from None
    try:
        return json.dumps(result, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise Failure("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def put(name: str, content: dict[str, Any]) -> None:
    """Let a file appear in the folder, whole."""
    sys.stdout.flush()
    part = FOLDER / f"{name}.part"
    part.write_text(json.dumps(content), "utf-8")
    part.replace(FOLDER / f"{name}.json")


def take() -> dict[str, Any]:
    """Wait for the next request."""
    place, since = FOLDER / "request.json", time.monotonic()
    while True:
        try:
            request: dict[str, Any] = json.loads(place.read_text("utf-8"))
            place.unlink()
            return request
        except FileNotFoundError:
            time.sleep(IDLE[time.monotonic() - since > 1])


def watch_memory(limit: int) -> None:
    """End the process once it holds more memory than the function has, as the system does on AWS."""
    page = os.sysconf("SC_PAGE_SIZE")
    while True:
        held = int(Path("/proc/self/statm").read_text().split()[1]) * page
        if held > limit:
            (FOLDER / "out-of-memory").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.01)


def main() -> None:
    """Run until stopped."""
    os.dup2(1, 2)
    sys.path[0] = TASK
    log = _Log()
    logging.getLogger().addHandler(log)
    if Path("/proc/self/statm").exists():
        limit = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) * 2**20
        threading.Thread(target=watch_memory, args=(limit,), daemon=True).start()
    broken, handler, begun = None, None, time.perf_counter()
    try:
        handler = find(os.environ["_HANDLER"])
    except Failure as failure:
        broken = failure
    except Exception as error:
        broken = told(error)
    put("ready", {"seconds": time.perf_counter() - begun})
    while True:
        request = take()
        log.request_id = request["request_id"]
        begun = time.perf_counter()
        try:
            if broken is not None or handler is None:
                raise broken or Failure("Runtime.HandlerNotFound", "")
            response = {"payload": answer(handler, request), "failed": False}
        except Failure as failure:
            failure.answer["requestId"] = request["request_id"]
            shown = failure.answer
            lines = [f"[ERROR] {shown['errorType']}: {shown['errorMessage']}", *shown["stackTrace"]]
            sys.stdout.write("\n".join(lines) + "\n")
            response = {"payload": json.dumps(shown), "failed": True}
        put("response", {**response, "seconds": time.perf_counter() - begun})


if __name__ == "__main__":
    main()
