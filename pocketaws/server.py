"""The second door: an HTTP server in its own process, for the AWS CLI, other languages and other processes.

Besides AWS it answers, unless the control paths are switched off:

=======================  ======  ==============================================================================
``/pocketaws/health``    GET     ``{"status": "ok", "version": …, "clock": …, "frozen": …}``
``/pocketaws/reset``     POST    forget every resource; ``{"status": "ok"}``
``/pocketaws/clock``     GET     ``{"now": "2026-11-02T09:00:00+00:00", "frozen": true}``
``/pocketaws/clock``     POST    a JSON object: ``{"advance": seconds}`` (and ``"continues": true`` if nothing was
                                 signed since the last advance), ``{"freeze": "2026-11-02T09:00:00Z"}``
                                 or ``{"run": true}``; answers as GET
``/pocketaws/iam``       GET     ``{"enforce": false}``
``/pocketaws/iam``       POST    ``{"enforce": true}``: policies of IAM users are enforced from now on
``/pocketaws/requests``  GET     the request log (``pocketaws.journal``): a list of objects, oldest first
``/pocketaws/requests``  POST    ``{"record": true}``: forget the log and record from now on; ``false``: stop
=======================  ======  ==============================================================================

With ``control=False`` these paths, and moto's own control paths, are 404 for everybody.  With ``control="forward"``
the clock alone answers, to read it or to advance it: enough for somebody who waits, and nothing to cheat with.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any, Literal

import flask
import moto.core.utils
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from pocketaws import clock, credentials, doors, endpoint, iam, journal, loader, mototime, processes
from pocketaws.errors import ClockError, PortTaken
from pocketaws.inprocess import CONFIG
from pocketaws.unsupported import unsupported

__all__ = ["Application", "make"]

log = logging.getLogger(__name__)
WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Application:
    """The WSGI application: control paths, then AWS."""

    def __init__(self, *, control: bool | Literal["forward"] = True, tls: bool = False) -> None:
        self._control, self._tls = control, tls
        self._aws = DomainDispatcherApplication(_service_app)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith(("/pocketaws/", "/moto-api")):
            return self._answer_control(Request(environ))(environ, start_response)
        environ["pocketaws.tls"] = self._tls
        return self._aws(environ, start_response)  # type: ignore[no-any-return]

    def _answer_control(self, request: Request) -> Response | HTTPException:
        if not self._control or request.path.startswith("/moto-api"):
            return NotFound()
        if self._control == "forward" and not _only_waits(request):
            return NotFound()
        paths: dict[tuple[str, str], Callable[[Request], Any]] = {
            ("GET", "/pocketaws/health"): _health,
            ("POST", "/pocketaws/reset"): _reset,
            ("GET", "/pocketaws/clock"): _read_clock,
            ("POST", "/pocketaws/clock"): _set_clock,
            ("GET", "/pocketaws/iam"): _read_enforcement,
            ("POST", "/pocketaws/iam"): _enforce,
            ("GET", "/pocketaws/requests"): _read_requests,
            ("POST", "/pocketaws/requests"): _record_requests,
        }
        answer = paths.get((request.method, request.path))
        if answer is None:
            return NotFound()
        try:
            return Response(json.dumps(answer(request)), mimetype="application/json")
        except (ClockError, ValueError, TypeError, KeyError, OverflowError) as error:
            return BadRequest(str(error))


def make(
    host: str,
    port: int,
    *,
    control: bool | Literal["forward"] = True,
    at: datetime | None = None,
    tls: bool = False,
) -> BaseWSGIServer:
    """Return a server that listens already; call its ``serve_forever``.

    Parameters
    ----------
    host, port
        Where to listen; port 0 takes a free one (``server.server_port`` tells which).
    control
        Whether the control paths answer; ``"forward"`` lets only the clock be read and advanced.
    at
        Freeze the clock at this time.
    tls
        Whether requests count as encrypted where a policy asks (``aws:SecureTransport``), as those to AWS's addresses
        are, though this server speaks plain HTTP.

    Raises
    ------
    PortTaken
        Another program listens there.
    """
    os.environ.update(credentials.environment())
    default_user_config.update(CONFIG)
    loader.share()
    mototime.use_clock(moto.core.utils)
    if at is not None:
        clock.freeze(at)
    listening = _listen(host, port)
    server = make_server(
        host, port, Application(control=control, tls=tls), threaded=True, request_handler=_Quiet, fd=listening.fileno()
    )
    server.server_port = listening.getsockname()[1]
    listening.close()  # the server holds a duplicate
    endpoint.announce(f"http://{_reachable(host)}:{server.server_port}", server)
    return server


class _Quiet(MotoRequestHandler):  # type: ignore[misc]
    """Requests are logged at debug, not printed."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        log.debug("%s %s", self.requestline, code)


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise PortTaken(f"Cannot listen on {host}:{port} ({error.strerror}); choose another with --port.") from error
    listening.listen(128)
    return listening


def _service_app(service: str | None) -> WSGI:
    """Make moto's Flask application for a service, its engine installed and its handlers prepared."""
    if service is None or doors.load(service) is None:  # the request's signature names a service that is not here
        return _unknown_service
    app = create_backend_app(service)
    for view in app.view_functions.values():
        view.callback = doors.prepare(view.callback)
    app.register_error_handler(NotFound, _no_such_url)
    app.register_error_handler(MethodNotAllowed, _no_such_url)
    return app  # type: ignore[no-any-return]


def _no_such_url(error: HTTPException) -> Any:
    request = flask.request
    if request.routing_exception is None:  # an answer of AWS, such as NoSuchKey
        return error
    status, headers, body = unsupported(f"{request.method} {request.path}", request.headers)
    return Response(body, status=status, headers=headers)


def _unknown_service(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    request = Request(environ)
    status, headers, body = unsupported(f"{request.method} {request.path}", dict(request.headers))
    return Response(body, status=status, headers=headers)(environ, start_response)


def _health(_: Request) -> dict[str, Any]:
    return {"status": "ok", "version": version("aws-storage-course"), **_read_clock(_)}


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0", "::", "localhost") else host


def _reset(_: Request) -> dict[str, Any]:
    processes.stop_all()
    BackendDict.reset()
    iam.enforce(False)
    journal.clear()
    frozen = clock.now() if clock.is_frozen() else None
    clock.reset()
    if frozen:
        clock.freeze(frozen)
    return {"status": "ok"}


def _read_clock(_: Request) -> dict[str, Any]:
    return {"now": clock.now().isoformat(), "frozen": clock.is_frozen()}


def _set_clock(request: Request) -> dict[str, Any]:
    wish = dict(request.get_json(force=True))
    if "advance" in wish:
        step = float(wish["advance"])
        if step >= 60 and not wish.get("continues"):  # a new second: see Clock.signing_time
            time.sleep(1 - time.time() % 1)
        clock.advance(seconds=step)
    elif "freeze" in wish:
        when = wish["freeze"]
        clock.freeze(datetime.fromisoformat(when).astimezone(timezone.utc) if when else None)
    elif wish.get("run"):
        clock.run()
    else:
        raise ValueError('say {"advance": seconds}, {"freeze": "2026-11-02T09:00:00Z"} or {"run": true}')
    return _read_clock(request)


def _enforce(request: Request) -> dict[str, Any]:
    iam.enforce(bool(request.get_json(force=True)["enforce"]))
    return _read_enforcement(request)


def _read_enforcement(_: Request) -> dict[str, Any]:
    return {"enforce": iam.is_enforced()}


def _only_waits(request: Request) -> bool:
    """Whether a request reads the clock, or moves it forward and does nothing else."""
    if request.path != "/pocketaws/clock":
        return False
    wish = request.get_json(force=True, silent=True) if request.method == "POST" else {"advance": 0}
    return isinstance(wish, dict) and {"advance"} <= set(wish) <= {"advance", "continues"}


def _read_requests(_: Request) -> list[dict[str, Any]]:
    return journal.as_json()


def _record_requests(request: Request) -> dict[str, Any]:
    if request.get_json(force=True)["record"]:
        journal.start()
    else:
        journal.stop()
    return {"record": journal.is_recording()}
