"""The first door: boto3 in this very process, without threads or sockets (so also in a browser's Python)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import botocore.auth
import botocore.compat
import botocore.signers
import moto.core.utils
from moto import mock_aws
from moto.core.models import MockAWS

from pocketaws import clock, credentials, doors, endpoint, journal, loader, mototime, network, processes
from pocketaws.errors import AlreadyStarted, NotStarted

__all__ = ["CONFIG", "is_running", "reset", "start", "stop"]

#: What moto is told about itself in both doors: no Docker; state machines run by our engine.
CONFIG = {
    "core": {"mock_credentials": False, "reset_boto3_session": True},
    "lambda": {"use_docker": False},
    "batch": {"use_docker": False},
    "stepfunctions": {"execute_state_machine": False},
}
_machine_time = botocore.compat.get_current_datetime


class _Running:
    """What has to be undone at the stop."""

    mock: MockAWS | None = None
    environment: Mapping[str, str] = {}


def is_running() -> bool:
    """Whether pocketaws answers boto3 in this process."""
    return _Running.mock is not None


def start(*, region: str = credentials.REGION, at: datetime | None = None) -> None:
    """Answer every AWS call of this process from memory, until :func:`stop`.

    Real credentials, profiles and the metadata address are put out of reach; a request to a host that
    pocketaws does not play is refused.

    Parameters
    ----------
    region
        The Region of clients that are not told one.
    at
        Freeze the clock at this (aware) time; by default it runs with the machine's.

    Raises
    ------
    AlreadyStarted
        pocketaws runs in this process already.

    Examples
    --------
    >>> import boto3, pocketaws
    >>> pocketaws.start()
    >>> boto3.client("s3").create_bucket(Bucket="my-first-bucket")["Location"]
    '/my-first-bucket'
    >>> pocketaws.stop()
    """
    if is_running():
        raise AlreadyStarted("pocketaws runs in this process already; go on with it, or call pocketaws.stop() first.")
    clock.reset()
    _Running.environment = credentials.shield(region)
    doors.in_process()
    loader.share()
    mototime.use_clock(moto.core.utils)
    _sign_with(_simulated_time)
    clock.clients_share(True)
    _Running.mock = mock_aws(config=CONFIG)
    _Running.mock.start()
    network.close()
    if at is not None:
        clock.freeze(at)


def stop() -> None:
    """Forget everything, and give the process its own environment and network back.

    Raises
    ------
    NotStarted
        pocketaws does not run in this process.
    """
    if _Running.mock is None:
        raise NotStarted("pocketaws does not run in this process; nothing to stop.")
    processes.stop_all()
    journal.stop()
    endpoint.close()
    network.open_()
    _Running.mock.stop()
    _Running.mock = None
    _sign_with(_machine_time)
    loader.unshare()
    credentials.restore(_Running.environment)
    clock.reset()


def reset() -> None:
    """Forget every resource, object and booking; the clock runs with the machine's again.

    Raises
    ------
    NotStarted
        pocketaws does not run in this process.
    """
    if _Running.mock is None:
        raise NotStarted("pocketaws does not run in this process; call pocketaws.start() first.")
    processes.stop_all()
    journal.clear()
    _Running.mock.reset()
    _Running.mock._enable_patching(reset=False)
    clock.reset()
    clock.clients_share(True)


def _simulated_time(remove_tzinfo: bool = True) -> datetime:
    present = clock.now()
    return present.replace(tzinfo=None) if remove_tzinfo else present


def _sign_with(time_source: Any) -> None:
    """Let botocore sign with a clock: URLs then grow old when the simulated clock moves."""
    botocore.auth.get_current_datetime = time_source  # type: ignore[attr-defined]
    botocore.signers.get_current_datetime = time_source  # type: ignore[attr-defined]
    # URLs signed the older way, S3's default in boto3, ask here.
    botocore.auth.time = SimpleNamespace(  # type: ignore[attr-defined]
        time=lambda: time_source(remove_tzinfo=False).timestamp(), strftime=time.strftime, gmtime=time.gmtime
    )
