"""The outcome of a statement: its columns, its rows as Athena writes them, the files and pages made of them.

Source: https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pocketaws.engines.athena.types import Type

__all__ = ["Result", "from_arrow", "lines"]

_STEP = 10_000
_HEX = re.compile("..")


@dataclass
class Result:
    """Columns with their types, and for each column its values as text."""

    columns: list[tuple[str, Type]] = field(default_factory=list)
    texts: list[Any] = field(default_factory=list)
    has_header: bool = False
    #: Whether pages show a row's cells as one, parted by tabs, as those of DESCRIBE.
    joined: bool = False
    update_count: int | None = None
    update_type: str | None = None

    @property
    def row_count(self) -> int:
        """The number of rows."""
        return len(self.texts[0]) if self.texts else 0

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[str | None, ...]]:
        """Yield rows of text; NULL is None."""
        end = self.row_count if stop is None else min(stop, self.row_count)
        for at in range(start, end, _STEP):
            size = min(_STEP, end - at)
            yield from zip(*(column.slice(at, size).to_pylist() for column in self.texts), strict=True)

    def csv(self) -> bytes:
        """Return the result file of a query: every value in quotes, NULL as nothing."""
        out = [",".join(_quoted(name) for name, _ in self.columns)]
        out += [",".join("" if each is None else _quoted(each) for each in row) for row in self.rows()]
        return "".join(f"{line}\n" for line in out).encode()

    def text(self) -> bytes:
        """Return the result file of a DDL statement."""
        return "".join("\t".join(each or "" for each in row) + "\n" for row in self.rows()).encode()

    def metadata(self) -> bytes:
        """Return the companion that names the columns (AWS's own is binary and undocumented; this one is JSON)."""
        return json.dumps([kind.column_info(name) for name, kind in self.columns]).encode()

    def page(self, start: int, size: int) -> dict[str, Any]:
        """Return a ``ResultSet`` of some rows; the first row of a query's result holds the names."""
        offset = 1 if self.has_header else 0
        shown: list[tuple[str | None, ...]] = []
        if offset and start == 0 and size:
            shown.append(tuple(name for name, _ in self.columns))
        first = max(0, start - offset)
        rows = self.rows(first, first + size - len(shown))
        shown += [("\t".join(each or "" for each in row),) for row in rows] if self.joined else rows
        return {
            "Rows": [{"Data": [{} if each is None else {"VarCharValue": each} for each in row]} for row in shown],
            "ResultSetMetadata": {"ColumnInfo": [kind.column_info(name) for name, kind in self.columns]},
        }

    @property
    def length(self) -> int:
        """The number of rows that pages hold in all."""
        return self.row_count + (1 if self.has_header else 0)


def lines(columns: list[str], rows: list[tuple[str, ...]], *, joined: bool = False) -> Result:
    """Return the result of a DDL statement."""
    texts = [pa.array([row[number] for row in rows], pa.string()) for number in range(len(columns))]
    return Result([(name, Type("varchar")) for name in columns], texts, joined=joined)


def from_arrow(table: Any, names: list[str], kinds: list[Type]) -> Result:
    """Return the result of a query from what DuckDB computed."""
    texts = [
        _texts(table.column(number).combine_chunks(), kind) if table.num_rows else pa.array([], pa.string())
        for number, kind in enumerate(kinds)
    ]
    return Result(list(zip(names, kinds, strict=True)), texts, has_header=True)


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _texts(column: Any, kind: Type) -> Any:
    if kind.name in ("varchar", "char"):
        return column.cast(pa.string())
    if kind.name in ("tinyint", "smallint", "integer", "bigint", "boolean", "date", "decimal"):
        return column.cast(pa.string())
    if kind.name == "timestamp":
        return pc.strftime(column.cast(pa.timestamp("ms"), safe=False), "%Y-%m-%d %H:%M:%S")
    if kind.name == "double":
        distinct = pc.dictionary_encode(column)
        words = pa.array([_float(each) for each in distinct.dictionary.to_pylist()], pa.string())
        return pa.DictionaryArray.from_arrays(distinct.indices, words).cast(pa.string())
    write = _writer(kind)
    return pa.array([None if each is None else write(each) for each in column.to_pylist()], pa.string())


def _writer(kind: Type) -> Callable[[Any], str]:
    if kind.name == "float":
        return _real
    if kind.name == "varbinary":
        return lambda value: " ".join(_HEX.findall(value.hex()))
    if kind.name == "array":
        inner = _inside(kind.inner[0])
        return lambda value: f"[{', '.join(map(inner, value))}]"
    if kind.name == "map":
        keys, values = map(_inside, kind.inner)
        return lambda value: "{" + ", ".join(f"{keys(key)}={values(each)}" for key, each in value) + "}"
    if kind.name == "row":
        writers = dict(zip(kind.fields, map(_inside, kind.inner), strict=True))
        return lambda value: "{" + ", ".join(f"{name}={writers[name](value[name])}" for name in writers) + "}"
    return _plain


def _inside(kind: Type) -> Callable[[Any], str]:
    write = _writer(kind)
    return lambda value: "null" if value is None else write(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(_float(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        zone = " UTC" if value.tzinfo else ""
        moment = value.astimezone(timezone.utc) if value.tzinfo else value
        return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}{zone}"
    if isinstance(value, time):
        return value.strftime("%H:%M:%S.") + f"{value.microsecond // 1000:03d}"
    if isinstance(value, timedelta):
        return f"{value.days} {timedelta(seconds=value.seconds)}.{value.microseconds // 1000:03d}"
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "nanoseconds"):
        hours, rest = divmod(value.nanoseconds // 1_000_000, 3_600_000)
        minutes, millis = divmod(rest, 60_000)
        return f"{value.days} {hours:02d}:{minutes:02d}:{millis // 1000:02d}.{millis % 1000:03d}"
    return str(value)


def _real(value: float) -> str:
    import numpy as np

    return _java(str(np.float32(value)), value)


def _float(value: Any) -> Any:
    return None if value is None else _java(repr(value), value)


def _java(shortest: str, value: float) -> str:
    """Write a number as Java does: ``1.0E10`` from ten million on and below a thousandth."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return shortest if "e" not in shortest and "." in shortest else format(Decimal(shortest), "f")
    sign, digits, exponent = Decimal(shortest).normalize().as_tuple()
    assert isinstance(exponent, int)
    mantissa = "".join(map(str, digits))
    shown = f"{mantissa[0]}.{mantissa[1:] or '0'}E{len(digits) - 1 + exponent}"
    return f"-{shown}" if sign else shown
