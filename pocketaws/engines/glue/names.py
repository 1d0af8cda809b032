"""moto's catalog, changed where every way into it passes: also Athena's engine reads and writes here.

Names of databases and tables are folded to lower case, versions of a table begin at 0, and filters of partitions are
those of :mod:`pocketaws.engines.glue.expressions`.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-tables.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.glue.models import FakeTable, GlueBackend

from pocketaws.engines.glue.errors import invalid

__all__ = ["install"]

#: Method of GlueBackend -> how many names come first.
_NAMED = {
    "create_database": 1,
    "get_database": 1,
    "update_database": 1,
    "delete_database": 1,
    "create_table": 2,
    "get_table": 2,
    "get_tables": 1,
    "delete_table": 2,
    "update_table": 2,
}


def _folding(moto: Callable[..., Any], count: int) -> Callable[..., Any]:
    @wraps(moto)
    def folded(self: Any, *args: Any, **kwargs: Any) -> Any:
        names = [str(name).lower() for name in args[:count]]
        for key in ("database_name", "table_name"):
            if key in kwargs:
                kwargs[key] = str(kwargs[key]).lower()
        return moto(self, *names, *args[count:], **kwargs)

    return folded


def _create_table(moto: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(moto)
    def create_table(self: Any, database_name: str, table_name: str, table_input: Any, *args: Any, **kw: Any) -> Any:
        table = moto(self, database_name, table_name, {**table_input, "Name": table_name}, *args, **kw)
        table.versions = {"0": table.versions["1"]}
        table._current_version = 0
        table.updated_time = table.created_time
        return table

    return create_table


def _update(moto: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(moto)
    def update(self: Any, table_input: dict[str, Any]) -> None:
        moto(self, {**table_input, "Name": self.name})

    return update


def _as_dict(moto: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(moto)
    def as_dict(self: Any, version: str | None = None) -> Any:
        return moto(self, str(self._current_version) if version is None else version)

    return as_dict


def _get_partitions(self: Any, expression: str | None) -> list[Any]:
    from pocketaws.engines.glue.expressions import compile_expression

    found = list(self.partitions.values())
    if not expression or not expression.strip():
        return found
    keys = self.as_dict().get("PartitionKeys") or []
    accepts = compile_expression(expression, [(key["Name"], key.get("Type", "string")) for key in keys])
    return [partition for partition in found if accepts(partition.values)]


def _create_partition(moto: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(moto)
    def create_partition(self: Any, partition_input: dict[str, Any]) -> None:
        keys = self.as_dict().get("PartitionKeys") or []
        if len(partition_input.get("Values") or []) != len(keys):
            raise invalid("The number of partition keys do not match the number of partition values")
        moto(self, partition_input)

    return create_partition


def install() -> None:
    """Change ``GlueBackend`` and ``FakeTable``."""
    GlueBackend.create_table = _create_table(GlueBackend.create_table)
    for name, count in _NAMED.items():
        setattr(GlueBackend, name, _folding(getattr(GlueBackend, name), count))
    FakeTable.update = _update(FakeTable.update)
    FakeTable.as_dict = _as_dict(FakeTable.as_dict)
    FakeTable.get_partitions = _get_partitions
    FakeTable.create_partition = _create_partition(FakeTable.create_partition)
