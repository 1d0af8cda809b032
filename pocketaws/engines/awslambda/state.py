"""What Lambda keeps of an account in a Region beyond moto's functions; it lives and dies with moto's backend."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.awslambda_simple.models import lambda_simple_backends

if TYPE_CHECKING:
    from pocketaws.engines.awslambda.environments import Environment
    from pocketaws.engines.awslambda.sources.records import Source

__all__ = ["State", "backend_of", "known", "of"]


@dataclass
class State:
    """Of one account in one Region."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    #: Idle environments by what they were made of, and how many are at work by function.
    idle: dict[str, list[Environment]] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)
    #: Event source mappings by UUID: where each has read to.
    sources: dict[str, Source] = field(default_factory=dict)
    #: Clients that read sources, by service, role, and whether the role is asked.
    clients: dict[tuple[str, str, bool], Any] = field(default_factory=dict)


def of(backend: Any) -> State:
    """Return what we know of an account; ``backend`` is moto's ``LambdaBackend``."""
    state: State | None = backend.__dict__.get("pocketaws")
    if state is None:
        state = backend.__dict__.setdefault("pocketaws", State())
    return state


def backend_of(account: str, region: str) -> Any:
    """Return moto's ``LambdaBackend`` of an account in a Region."""
    return lambda_simple_backends[account][region]


def known(arn: str) -> Any | None:
    """Return the backend that may know an ARN of any service; None if nobody used Lambda there."""
    _, _, _, region, account, *_ = arn.split(":")
    regions = lambda_simple_backends.get(account)
    return regions.get(region) if regions else None
