"""What kinds of statement there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pocketaws.engines.athena.query.results import Result
from pocketaws.engines.athena.query.session import Session

__all__ = ["Run", "Statement"]

Run: TypeAlias = Callable[[Session], Result]


@dataclass(frozen=True)
class Statement:
    """A statement that has been read: how AWS classes it, the ending of its result file, how it runs."""

    kind: str
    name: str
    suffix: str
    run: Run
