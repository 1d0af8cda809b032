"""The address of this pocketaws for other processes.

On a server it is the server's own.  In process there is none until somebody asks; then a small server
(:mod:`pocketaws.relay`) starts in a thread, on a free port of the loopback interface, before the same resources.
"""

from __future__ import annotations

import threading

from werkzeug.serving import BaseWSGIServer

from pocketaws import relay

__all__ = ["address", "announce", "close"]


class _Here:
    """Where pocketaws listens: at a server that was announced, or at a relay that was started when one was needed."""

    address = ""
    server: BaseWSGIServer | None = None
    relay: BaseWSGIServer | None = None
    lock = threading.Lock()


def announce(url: str, server: BaseWSGIServer) -> None:
    """Say where a server listens; once it is closed it is forgotten."""
    _Here.address, _Here.server = url, server


def address() -> str:
    """Return the URL at which other processes reach this pocketaws."""
    with _Here.lock:
        if _Here.server is None or _Here.server.socket.fileno() == -1:
            _Here.server = _Here.relay = relay.make("127.0.0.1", 0)
            _Here.address = f"http://127.0.0.1:{_Here.relay.server_port}"
            threading.Thread(target=_Here.relay.serve_forever, name="pocketaws-relay", daemon=True).start()
        return _Here.address


def close() -> None:
    """Stop the relay, if there is one; other processes no longer reach a pocketaws that runs in this process."""
    with _Here.lock:
        if _Here.relay is not None:
            _Here.relay.shutdown()
            _Here.relay.server_close()
            _Here.relay = None
