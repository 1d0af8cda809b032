"""Partition projection: partitions reckoned from a table's properties instead of read from the catalog.

Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from pocketaws import clock
from pocketaws.engines.athena.catalog import Partition, Storage, Table
from pocketaws.engines.athena.errors import QueryFailed

__all__ = ["is_projected", "project"]

_MOST = 1_000_000
_SECONDS = {"SECONDS": 1, "MINUTES": 60, "HOURS": 3600, "DAYS": 86400, "WEEKS": 604800}
_NOW = re.compile(r"NOW(?:\s*([+-])\s*(\d+)\s*(\w+?)S?)?\s*\Z", re.IGNORECASE)
#: Java's letters of a date -> strftime's.
_LETTERS = [
    ("yyyy", "%Y"), ("yy", "%y"), ("MMM", "%b"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("mm", "%M"), ("ss", "%S"),
]  # fmt: skip

#: For a key, the values that the query names with ``=`` or ``IN``; None where it names none.
Named = Callable[[str], "list[str] | None"]


def is_projected(table: Table) -> bool:
    """Whether a table's partitions are projected."""
    return table.parameters.get("projection.enabled", "").lower() == "true"


def project(table: Table, named: Named) -> Iterator[Partition]:
    """Yield the partitions that a table's properties describe, whether or not they hold anything.

    Raises
    ------
    QueryFailed
        The properties are incomplete, or an injected key has no value in the query.
    """
    choices = [list(_values(table, key.name, named)) for key in table.keys]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > _MOST:
        raise QueryFailed(f"INVALID_TABLE_PROPERTY: {count} projected partitions are more than {_MOST}")
    template = table.parameters.get("storage.location.template")
    for values in itertools.product(*choices):
        yield Partition(values, _at(table, _location(table, template, values)))


def _at(table: Table, location: str) -> Storage:
    return replace(table.storage, location=location)


def _location(table: Table, template: str | None, values: tuple[str, ...]) -> str:
    if template is None:
        path = "/".join(f"{key.name}={value}" for key, value in zip(table.keys, values, strict=True))
        return f"{table.storage.location.rstrip('/')}/{path}/"
    for key, value in zip(table.keys, values, strict=True):
        template = re.compile(re.escape(f"${{{key.name}}}"), re.IGNORECASE).sub(value.replace("\\", "/"), template)
    return template if template.endswith("/") else f"{template}/"


def _values(table: Table, key: str, named: Named) -> Iterable[str]:
    def setting(name: str, default: str | None = None) -> str:
        value = table.parameters.get(f"projection.{key}.{name}", default)
        if value is None:
            raise _invalid(table, key, f"the property projection.{key}.{name} is missing")
        return value

    kind = setting("type").lower()
    if kind == "injected":
        values = named(key)
        if values is None:
            raise QueryFailed(
                f"CONSTRAINT_VIOLATION: For the injected projected partition column {key}, the WHERE clause must "
                "contain only static equality conditions, and at least one such condition must be present."
            )
        return values
    if kind == "enum":
        return [value.strip() for value in setting("values").split(",")]
    if kind == "integer":
        low, high = (int(bound) for bound in setting("range").split(","))
        width = int(setting("digits", "0"))
        return [f"{number:0{width}d}" for number in range(low, high + 1, int(setting("interval", "1")))]
    if kind == "date":
        return _dates(table, key, setting)
    raise _invalid(table, key, f"the type {kind} is unknown")


def _dates(table: Table, key: str, setting: Callable[..., str]) -> list[str]:
    format_ = setting("format")
    pattern, step = _pattern(format_), _unit(format_)
    low, high = (_moment(bound.strip(), pattern) for bound in setting("range").split(","))
    unit = setting("interval.unit", step).upper()
    unit = unit if unit.endswith("S") else f"{unit}S"
    every = int(setting("interval", "1"))
    found = []
    while low <= high:
        found.append(low.strftime(pattern))
        if len(found) > _MOST:
            raise _invalid(table, key, "the range is too long")
        low = _later(low, every, unit)
    return list(dict.fromkeys(found))


def _pattern(format_: str) -> str:
    pattern = format_.replace("'", "")
    for letters, code in _LETTERS:
        pattern = pattern.replace(letters, code)
    return pattern


def _unit(format_: str) -> str:
    for letters, unit in (("ss", "SECONDS"), ("mm", "MINUTES"), ("HH", "HOURS"), ("dd", "DAYS"), ("MM", "MONTHS")):
        if letters in format_:
            return unit
    return "YEARS"


def _later(moment: datetime, count: int, unit: str) -> datetime:
    if unit in _SECONDS:
        return moment + timedelta(seconds=count * _SECONDS[unit])
    months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "YEARS" else 1)
    return moment.replace(year=months // 12, month=months % 12 + 1, day=1)


def _moment(bound: str, pattern: str) -> datetime:
    if match := _NOW.match(bound):
        sign, count, unit = match.groups()
        steps = int(count or 0) * (-1 if sign == "-" else 1)
        return _later(clock.now(), steps, f"{(unit or 'DAY').upper()}S")
    return datetime.strptime(bound, pattern).replace(tzinfo=timezone.utc)


def _invalid(table: Table, key: str, why: str) -> QueryFailed:
    return QueryFailed(f"INVALID_TABLE_PROPERTY: Table {table.database}.{table.name}, column {key}: {why}")
