"""Schemas: columns with Hive's type names, how similar two are, and what both become in one table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["Schema", "column_name", "merge_types", "split_top"]

SIMILAR = 0.7
_WIDTH = {"tinyint": 1, "smallint": 2, "int": 3, "bigint": 4, "float": 5, "double": 6}


@dataclass(frozen=True)
class Schema:
    """What a file, a folder or a table holds."""

    classification: str
    columns: tuple[tuple[str, str], ...]
    compression: str = "none"
    #: What makes the serializer: delimiter, header, pattern, ...
    settings: tuple[tuple[str, str], ...] = ()
    records: float = 0
    size: int = 0
    objects: int = 0
    comments: dict[str, str] = field(default_factory=dict, compare=False)

    def setting(self, name: str) -> str | None:
        """Return a setting of the serializer."""
        return dict(self.settings).get(name)

    @property
    def described(self) -> list[dict[str, str]]:
        """The columns as the catalog keeps them."""
        return [{"Name": name, "Type": kind} for name, kind in self.columns]

    def is_compatible(self, other: Schema) -> bool:
        """Whether both can be read by one table: same format, compression and delimiter."""
        mine, its = (self.classification, self.compression), (other.classification, other.compression)
        return mine == its and self.setting("delimiter") == other.setting("delimiter")

    def is_similar(self, other: Schema) -> bool:
        """Whether more than 70 percent of the columns are the same."""
        names, others = {name for name, _ in self.columns}, {name for name, _ in other.columns}
        return self.is_compatible(other) and 2 * len(names & others) > SIMILAR * (len(names) + len(others))

    def merged(self, other: Schema) -> Schema:
        """Return the schema that holds both; columns that only the other has come last."""
        mine = dict(self.columns)
        for name, kind in other.columns:
            mine[name] = merge_types(mine[name], kind) if name in mine else kind
        return replace(
            self,
            columns=tuple(mine.items()),
            records=self.records + other.records,
            size=self.size + other.size,
            objects=self.objects + other.objects,
        )


def column_name(name: Any, number: int) -> str:
    """Return a column's name as a crawler writes it: in lower case, ``col0`` where there is none."""
    return str(name).strip().lower() or f"col{number}"


def merge_types(one: str, other: str) -> str:
    """Return the type that holds values of both.

    Examples
    --------
    >>> merge_types("bigint", "double"), merge_types("date", "int"), merge_types("struct<a:int>", "struct<b:int>")
    ('double', 'string', 'struct<a:int,b:int>')
    """
    if one == other or other == "null":
        return one
    if one == "null":
        return other
    if one in _WIDTH and other in _WIDTH:
        return max(one, other, key=lambda kind: _WIDTH[kind])
    for outer in ("array", "struct"):
        if one.startswith(f"{outer}<") and other.startswith(f"{outer}<"):
            inside = one[len(outer) + 1 : -1], other[len(outer) + 1 : -1]
            if outer == "array":
                return f"array<{merge_types(*inside)}>"
            fields = dict(part.split(":", 1) for part in split_top(inside[0]))
            for name, kind in (part.split(":", 1) for part in split_top(inside[1])):
                fields[name] = merge_types(fields[name], kind) if name in fields else kind
            return "struct<" + ",".join(f"{name}:{kind}" for name, kind in fields.items()) + ">"
    return "string"


def split_top(text: str) -> list[str]:
    """Split at the commas that no bracket holds."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"[<>(),]", text):
        if match[0] == "," and depth == 0:
            parts.append(text[start : match.start()])
            start = match.end()
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(match[0], 0)
    return [*parts, text[start:]] if text else []
