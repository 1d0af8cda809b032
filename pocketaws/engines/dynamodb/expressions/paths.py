"""Document paths: where a value is inside an item, and what a projection of paths returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pocketaws.engines.dynamodb.values import AttributeValue, Item

__all__ = ["Path", "find_overlap", "project"]


@dataclass(frozen=True, slots=True)
class Path:
    """A document path: attribute name, then names of map members and indexes of list elements."""

    parts: tuple[str | int, ...]

    @property
    def root(self) -> str:
        """The attribute of the item that the path starts with."""
        return str(self.parts[0])

    def __str__(self) -> str:
        return "[" + ", ".join(f"[{part}]" if isinstance(part, int) else part for part in self.parts) + "]"

    def value(self, item: Item) -> AttributeValue | None:
        """Return the value at this path, None if there is none."""
        found: Any = item.get(self.root)
        for part in self.parts[1:]:
            if found is None:
                return None
            found = _member(found, part)
        return found  # type: ignore[no-any-return]


def _member(value: AttributeValue, part: str | int) -> AttributeValue | None:
    if isinstance(part, str):
        return value["M"].get(part) if "M" in value else None
    elements = value.get("L", ())
    return elements[part] if part < len(elements) else None


def find_overlap(paths: Sequence[Path]) -> tuple[str, Path, Path] | None:
    """Return two paths of which one holds the other, or else two that treat a value as map and as list.

    Returns
    -------
    ``("overlap", one, two)``, ``("conflict", one, two)`` or None.
    """
    pairs = [(one, two) for position, two in enumerate(paths) for one in paths[:position]]
    for wanted in ("overlap", "conflict"):
        for one, two in pairs:
            if _relation(one.parts, two.parts) == wanted:
                return wanted, one, two
    return None


def _relation(one: tuple[str | int, ...], two: tuple[str | int, ...]) -> str | None:
    for left, right in zip(one, two, strict=False):
        if isinstance(left, str) != isinstance(right, str):
            return "conflict"
        if left != right:
            return None
    return "overlap"


class _Branch(dict[str | int, "_Branch | None"]):
    """A tree of the paths to keep; None keeps a value whole."""


def project(item: Item, paths: Sequence[Path]) -> Item:
    """Return the parts of an item at some paths.

    Elements of lists keep their order and close up, as DynamoDB returns them.
    """
    tree = _Branch()
    for path in paths:
        branch = tree
        for part in path.parts[:-1]:
            deeper = branch.setdefault(part, _Branch())
            branch = branch if deeper is None else deeper
        branch[path.parts[-1]] = None
    if all(branch is None for branch in tree.values()):
        return {name: item[name] for name in tree if name in item}
    return _keep_members(item, tree)


def _keep_members(members: Item, tree: _Branch) -> Item:
    kept = {}
    for name, branch in tree.items():
        if isinstance(name, str) and name in members:
            part = members[name] if branch is None else _keep(members[name], branch)
            if part is not None:
                kept[name] = part
    return kept


def _keep(value: AttributeValue, tree: _Branch) -> AttributeValue | None:
    if "M" in value:
        members = _keep_members(value["M"], tree)
        return {"M": members} if members else None
    if "L" in value:
        elements = value["L"]
        kept = []
        for index in sorted(part for part in tree if isinstance(part, int)):
            if index < len(elements):
                branch = tree[index]
                part = elements[index] if branch is None else _keep(elements[index], branch)
                if part is not None:
                    kept.append(part)
        return {"L": kept} if kept else None
    return None
