"""The address of this pocketaws for other processes.

On a server it is the server's own.  In process there is none until somebody asks; then a small server starts in a
thread, on a free port of the loopback interface, before the same resources.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
import types
from typing import Any

__all__ = ["address", "announce", "close"]


class _Here:
    """Where pocketaws listens, and the server in a thread of this process, if one was needed."""

    address: str | None = None
    server: Any = None
    lock = threading.Lock()


def announce(url: str) -> None:
    """Say where a server listens."""
    _Here.address = url


def address() -> str:
    """Return the URL at which other processes reach this pocketaws.

    Raises
    ------
    ModuleNotFoundError
        The extra ``server`` is not installed.
    """
    with _Here.lock:
        if _Here.address is None:
            _do_without_cors()
            from pocketaws import server

            _Here.server = server.make("127.0.0.1", 0, control=False)
            threading.Thread(target=_Here.server.serve_forever, name="pocketaws-endpoint", daemon=True).start()
        return str(_Here.address)


def _do_without_cors() -> None:
    """Let the server start where flask_cors is missing, as in Colab: whom it serves here are no browsers."""
    if importlib.util.find_spec("flask_cors") is None:
        stand_in: Any = types.ModuleType("flask_cors")
        stand_in.CORS = lambda app: app
        sys.modules["flask_cors"] = stand_in


def close() -> None:
    """Stop the server in this process; other processes no longer reach pocketaws."""
    with _Here.lock:
        if _Here.server is not None:
            _Here.server.shutdown()
            _Here.server.server_close()
            _Here.server = None
            _Here.address = None
