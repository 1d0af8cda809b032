"""What Glue keeps of an account in a Region beyond the catalog; it lives and dies with moto's backend."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moto.glue.models import glue_backends

if TYPE_CHECKING:
    from pocketaws.engines.glue.crawlers.records import Crawler
    from pocketaws.engines.glue.jobs.records import Job
    from pocketaws.engines.glue.quality.runs import Evaluation, Ruleset
    from pocketaws.engines.glue.triggers import Trigger
    from pocketaws.engines.glue.workflows import Workflow

__all__ = ["State", "backend_of", "of"]


@dataclass
class State:
    """Of one account in one Region."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    crawlers: dict[str, Crawler] = field(default_factory=dict)
    classifiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    workflows: dict[str, Workflow] = field(default_factory=dict)
    rulesets: dict[str, Ruleset] = field(default_factory=dict)
    evaluations: list[Evaluation] = field(default_factory=list)
    functions: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)


def of(backend: Any) -> State:
    """Return what we know of an account; ``backend`` is moto's ``GlueBackend``."""
    state: State | None = backend.__dict__.get("pocketaws")
    if state is None:
        state = backend.__dict__.setdefault("pocketaws", State())
    return state


def backend_of(account: str, region: str) -> Any:
    """Return moto's ``GlueBackend`` of an account in a Region."""
    return glue_backends[account][region]
