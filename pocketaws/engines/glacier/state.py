"""What Glacier keeps of an account in a Region; it lives and dies with moto's backend."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime
from string import ascii_letters
from typing import Any

from pocketaws import clock
from pocketaws.clock import Booking

__all__ = ["Archive", "Inventory", "Job", "Lock", "State", "Upload", "Vault", "new_id", "of", "stamp"]


@dataclass(frozen=True, eq=False)
class Archive:
    """Bytes that nobody can change."""

    id: str
    description: str
    body: bytes
    tree_hash: str
    created: datetime

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.body)


@dataclass(frozen=True)
class Inventory:
    """What was in a vault at some time."""

    taken: datetime
    archives: tuple[Archive, ...] = ()


@dataclass(eq=False)
class Upload:
    """A multipart upload under way; ``parts`` by their first byte."""

    id: str
    description: str
    part_size: int
    created: datetime
    parts: dict[int, bytes] = field(default_factory=dict)
    lapse: Booking | None = None


@dataclass(eq=False)
class Job:
    """A retrieval; ``output`` is there when it has succeeded."""

    id: str
    action: str
    created: datetime
    tier: str | None = None
    description: str | None = None
    topic: str | None = None
    archive: Archive | None = None
    byte_range: tuple[int, int] | None = None
    format: str | None = None
    wanted: dict[str, Any] = field(default_factory=dict)
    status: str = "InProgress"
    message: str | None = None
    completed: datetime | None = None
    output: bytes | None = None
    booking: Booking | None = None


@dataclass(eq=False)
class Lock:
    """A vault lock, on trial until it is completed."""

    id: str
    policy: str
    created: datetime
    expires: datetime
    lapse: Booking
    is_complete: bool = False


@dataclass(eq=False)
class Vault:
    """A vault; what is really in it, and what its last inventory says."""

    name: str
    arn: str
    created: datetime
    archives: dict[str, Archive] = field(default_factory=dict)
    inventory: Inventory | None = None
    next_inventory: Booking | None = None
    uploads: dict[str, Upload] = field(default_factory=dict)
    finished_uploads: dict[str, Archive] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    access_policy: str | None = None
    notifications: dict[str, Any] | None = None
    lock: Lock | None = None


@dataclass
class State:
    """Of one account in one Region."""

    account: str
    region: str
    lock: threading.RLock = field(default_factory=threading.RLock)
    vaults: dict[str, Vault] = field(default_factory=dict)
    retrieval_rules: list[dict[str, Any]] = field(default_factory=lambda: [{"Strategy": "None"}])
    capacity: list[dict[str, Any]] = field(default_factory=list)


def of(backend: Any) -> State:
    """Return what we know of an account; ``backend`` is moto's ``GlacierBackend``."""
    state: State | None = backend.__dict__.get("pocketaws")
    if state is None:
        state = backend.__dict__.setdefault("pocketaws", State(backend.account_id, backend.region_name))
    return state


def new_id(length: int) -> str:
    """Return an opaque id as long as AWS's; it begins with a letter, so that no command line takes it for an option."""
    return f"{secrets.choice(ascii_letters)}{secrets.token_urlsafe(length)}"[:length]


def stamp(when: datetime | None = None) -> str:
    """Write a time, by default now, as Glacier does."""
    return f"{when or clock.now():%Y-%m-%dT%H:%M:%S}.{(when or clock.now()).microsecond // 1000:03}Z"
