"""From folders to tables: which folder is the root of a table and which are its partitions.

Folders side by side become partitions of one table when the majority of them hold similar schemas; folders named
``key=value`` need only the same format.  What does not fit becomes a table of its own.

Source: https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-folder-table-partition.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from pocketaws.engines.glue.crawlers.schemas import Schema

__all__ = ["Folder", "Found", "Partition", "find_tables", "tree"]


@dataclass
class Folder:
    """A folder: what lies in it and below."""

    path: str
    files: list[Any] = field(default_factory=list)
    folders: dict[str, Folder] = field(default_factory=dict)

    @property
    def level(self) -> int:
        """How deep it lies; a bucket is level 1."""
        return self.path.rstrip("/").count("/") + 1


@dataclass
class Partition:
    """A partition: its values, where it is, what it holds."""

    values: list[str]
    path: str
    schema: Schema


@dataclass
class Found:
    """A table: its root (``bucket/folder/`` or the path of a file), its schema, its partitions."""

    path: str
    schema: Schema
    keys: list[str | None] = field(default_factory=list)
    partitions: list[Partition] = field(default_factory=list)

    @property
    def key_names(self) -> list[str]:
        """Names of the partition keys; those that folders do not name are ``partition_0`` and so on."""
        unnamed = iter(range(len(self.keys)))
        return [key or f"partition_{next(unnamed)}" for key in self.keys]


@dataclass
class Grouping:
    """How tables are told apart: AWS's ``Grouping`` in a crawler's configuration."""

    combine: bool = False
    level: int = 0

    def together(self, one: Schema, other: Schema) -> bool:
        """Whether two schemas belong to one table."""
        return one.is_compatible(other) if self.combine else one.is_similar(other)


def tree(root: str, objects: Iterable[Any]) -> Folder:
    """Return the folders below a root (``bucket/prefix/``) with the objects in them."""
    top = Folder(root)
    start = len(root.partition("/")[2])
    for stored in objects:
        *names, last = stored.name[start:].split("/")
        folder = top
        for name in names:
            folder = folder.folders.setdefault(name, Folder(f"{folder.path}{name}/"))
        if last:
            folder.files.append(stored)
    return top


def find_tables(
    folder: Folder, schemas: Callable[[Folder], list[tuple[Any, Schema]]], grouping: Grouping
) -> list[Found]:
    """Return the tables in a folder and below.

    Parameters
    ----------
    folder
        Where to look.
    schemas
        Answers the schemas in a folder itself: of each sampled file, scaled to the folder.
    grouping
        The crawler's grouping.
    """
    own = _own_tables(folder, schemas(folder), grouping)
    below = [(name, find_tables(child, schemas, grouping)) for name, child in folder.folders.items()]
    below = [(name, found) for name, found in below if found]
    if folder.level < grouping.level or not below:
        return own + [each for _, found in below for each in found]
    merged, rest = _merge(folder, below, grouping)
    if merged is None:
        return own + rest
    return [*own, merged, *rest]


def _own_tables(folder: Folder, files: list[tuple[Any, Schema]], grouping: Grouping) -> list[Found]:
    if not files:
        return []
    whole = files[0][1]
    for _, schema in files[1:]:
        if not grouping.together(whole, schema):
            return [Found(f"{stored.bucket_name}/{stored.name}", one) for stored, one in files]
        whole = whole.merged(schema)
    if folder.folders:
        return [Found(f"{stored.bucket_name}/{stored.name}", one) for stored, one in files]
    return [Found(folder.path, whole)]


def _merge(
    folder: Folder, below: list[tuple[str, list[Found]]], grouping: Grouping
) -> tuple[Found | None, list[Found]]:
    """Return the table that most of the folders below make together, and the tables of the others."""
    groups: list[list[tuple[str, Found]]] = []
    for name, found in below:
        for table in found if len(found) == 1 and found[0].path == f"{folder.path}{name}/" else []:
            fitting = (group for group in groups if _fits(group[0], (name, table), grouping))
            group = next(fitting, None)
            groups.append([(name, table)]) if group is None else group.append((name, table))
    largest = max(groups, key=len, default=[])
    everything = [each for _, found in below for each in found]
    if 2 * len(largest) <= len(below):
        return None, everything
    members = [table for _, table in largest]
    return _table(folder, largest), [each for each in everything if each not in members]


def _fits(one: tuple[str, Found], other: tuple[str, Found], grouping: Grouping) -> bool:
    if one[1].keys != other[1].keys or _key(one[0]) != _key(other[0]):
        return False
    schemas = one[1].schema, other[1].schema
    return schemas[0].is_compatible(schemas[1]) if _key(one[0]) else grouping.together(*schemas)


def _key(name: str) -> str | None:
    key, equals, _ = name.partition("=")
    return key.lower() if equals and key else None


def _table(folder: Folder, children: list[tuple[str, Found]]) -> Found:
    schema = children[0][1].schema
    for _, child in children[1:]:
        schema = schema.merged(child.schema)
    name = _key(children[0][0])
    table = Found(folder.path, schema, [name, *children[0][1].keys])
    for folder_name, child in children:
        value = unquote(folder_name.partition("=")[2]) if name else folder_name
        inner = child.partitions or [Partition([], child.path, child.schema)]
        table.partitions += [Partition([value, *each.values], each.path, each.schema) for each in inner]
    return table
