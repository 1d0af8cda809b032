"""The syntax trees of PartiQL's statements.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from pocketaws.engines.dynamodb.expressions import Condition, Path, Update
from pocketaws.engines.dynamodb.values import Item

__all__ = ["Delete", "Exists", "Insert", "Modify", "Select", "Source", "Statement", "label"]


@dataclass(frozen=True)
class Source:
    """What FROM names: a table, or an index of it."""

    table: str
    index: str | None = None


@dataclass
class Select:
    """``SELECT paths FROM source WHERE where ORDER BY order``; no paths for ``*``."""

    source: Source
    paths: list[Path] = field(default_factory=list)
    where: Condition | None = None
    order: list[tuple[str, bool]] = field(default_factory=list)


@dataclass
class Insert:
    """``INSERT INTO table VALUE item``."""

    source: Source
    item: Item


@dataclass
class Modify:
    """``UPDATE table SET ... REMOVE ... WHERE where RETURNING returning``."""

    source: Source
    update: Update
    where: Condition | None = None
    returning: str | None = None


@dataclass
class Delete:
    """``DELETE FROM table WHERE where RETURNING returning``."""

    source: Source
    where: Condition | None = None
    returning: str | None = None


@dataclass
class Exists:
    """``EXISTS(SELECT ...)``: a condition of a transaction."""

    select: Select

    @property
    def source(self) -> Source:
        """What the condition is about."""
        return self.select.source


Statement: TypeAlias = Select | Insert | Modify | Delete | Exists


def label(path: Path) -> str:
    """Return what a projected path is called in the result: its last name, with the indexes after it.

    Examples
    --------
    >>> label(Path(("Devices", "Watched", 0)))
    'Watched[0]'
    """
    last = max(position for position, part in enumerate(path.parts) if isinstance(part, str))
    return str(path.parts[last]) + "".join(f"[{part}]" for part in path.parts[last + 1 :])
