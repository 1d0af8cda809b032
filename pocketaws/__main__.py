"""The command ``pocketaws``: ``pocketaws serve`` plays AWS on a port of this machine."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import datetime, timezone
from types import FrameType
from typing import Annotated

from pocketaws.errors import PocketAWSError

try:
    import flask  # noqa: F401  (moto's server needs it)
    import typer
except ModuleNotFoundError as missing:
    sys.exit(f"pocketaws serve needs {missing.name}; install it with: pip install 'aws-storage-course[server]'")

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def _about() -> None:
    """Play AWS on this machine: moto, engines where moto only pretends, and a clock."""


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")] = 5000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    control: Annotated[bool, typer.Option(help="Answer the control paths under /pocketaws/.")] = True,
    freeze: Annotated[str, typer.Option(help="Stop the clock at this time, such as 2026-11-02T09:00:00Z.")] = "",
) -> None:
    """Serve until stopped by Ctrl-C or SIGTERM; clients set AWS_ENDPOINT_URL."""
    from pocketaws import processes, server

    try:
        at = datetime.fromisoformat(freeze) if freeze else None
    except ValueError:
        raise SystemExit(f"--freeze takes a time such as 2026-11-02T09:00:00Z, not {freeze!r}.") from None
    if at and at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    try:
        running = server.make(host, port, control=control, at=at)
    except PocketAWSError as error:
        raise SystemExit(str(error)) from None

    def stop(_: int, __: FrameType | None) -> None:
        threading.Thread(target=running.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    address = f"http://{host}:{running.server_port}"
    typer.echo(f"pocketaws plays AWS at {address}; clients set AWS_ENDPOINT_URL={address}. Ctrl-C stops it.")
    sys.stdout.flush()
    running.serve_forever()
    running.server_close()
    processes.stop_all()
    typer.echo("pocketaws has stopped; everything it held is gone.")


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
