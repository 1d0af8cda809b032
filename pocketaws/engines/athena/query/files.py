"""Rows written as objects: the formats that Athena writes, in folders by partition."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pocketaws import clock
from pocketaws.engines.athena.catalog import Table
from pocketaws.engines.athena.errors import QueryFailed, not_supported
from pocketaws.engines.athena.query.results import from_arrow
from pocketaws.engines.athena.query.session import Session
from pocketaws.engines.athena.types import Type

__all__ = ["Form", "Written", "aligned", "write", "write_manifest"]

_DEFAULT = "__HIVE_DEFAULT_PARTITION__"
_CODECS = {"PARQUET": "GZIP", "ORC": "ZLIB", "AVRO": "GZIP", "JSON": "GZIP", "TEXTFILE": "GZIP"}


@dataclass(frozen=True)
class Form:
    """A format: its name, its compression, the delimiter of text."""

    name: str
    codec: str
    delimiter: str = "\x01"

    @classmethod
    def of(cls, options: dict[str, Any], default: str) -> Form:
        """Return the format that a WITH asks for."""
        name = str(options.get("format", default)).upper()
        if name not in _CODECS:
            raise QueryFailed(f"INVALID_TABLE_PROPERTY: Unable to set table property [format] to [{name}]")
        chosen = (options.get(key) for key in ("write_compression", "parquet_compression", "orc_compression"))
        codec = next((str(each).upper() for each in chosen if each), _CODECS[name])
        return cls(name, codec, str(options.get("field_delimiter", "\x01")))

    @classmethod
    def of_table(cls, table: Table) -> Form:
        """Return the format of a table that exists."""
        serde = table.storage.serde.rpartition(".")[2].lower()
        names = {
            "parquethiveserde": "PARQUET", "orcserde": "ORC", "avroserde": "AVRO", "jsonserde": "JSON",
            "lazysimpleserde": "TEXTFILE",
        }  # fmt: skip
        if serde not in names:
            raise not_supported(f"INSERT INTO a table with the SerDe {table.storage.serde}")
        told = {name.lower(): value for name, value in table.parameters.items()}
        named = [told.get(key) for key in ("write.compression", "parquet.compression", "orc.compress", "compression")]
        codec = next((each.upper() for each in named if each), _CODECS[names[serde]])
        return cls(names[serde], codec, table.storage.serde_parameters.get("field.delim", "\x01"))

    @property
    def table_parameters(self) -> dict[str, str]:
        """What a table's properties say of it."""
        key = {"PARQUET": "parquet.compression", "ORC": "orc.compress"}.get(self.name, "write.compression")
        return {key: self.codec}

    @property
    def serde_parameters(self) -> dict[str, str]:
        """What its SerDe is told."""
        if self.name == "TEXTFILE":
            return {"field.delim": self.delimiter, "serialization.format": self.delimiter}
        return {"serialization.format": "1"}


@dataclass
class Written:
    """The locations of the objects, and of the partitions by their values."""

    locations: list[str] = field(default_factory=list)
    partitions: dict[tuple[str, ...], str] = field(default_factory=dict)


def aligned(table: Any, names: list[str], kinds: dict[str, Type]) -> Any:
    """Return a table with the columns and types of the one that it goes into; what is not named is NULL."""
    given = dict(zip(names, table.columns, strict=True))
    columns = []
    for name, kind in kinds.items():
        columns.append(given[name].cast(kind.arrow, safe=False) if name in given else pa.nulls(len(table), kind.arrow))
    return pa.table(columns, names=list(kinds))


def write(
    session: Session,
    table: Any,
    kinds: dict[str, Type],
    keys: list[str],
    form: Form,
    location: str,
    buckets: tuple[list[str], int],
) -> Written:
    """Write a table under a location, one object for each partition and bucket."""
    written = Written()
    groups: list[tuple[tuple[str, ...], Any]] = _split(table, kinds, keys) if keys else [((), table)]
    for values, rows in groups:
        folder = location
        if keys:
            path = "/".join(f"{key}={quote(value, safe=' -_.,()@')}" for key, value in zip(keys, values, strict=True))
            folder = f"{location}{path}/"
            written.partitions[values] = folder
        for part in _in_buckets(rows.drop_columns(keys) if keys else rows, *buckets):
            if part.num_rows:
                name = f"{folder}{_name(session, len(written.locations))}{_ending(form)}"
                stored = {column: kind for column, kind in kinds.items() if column not in keys}
                written.locations.append(session.store.put(name, _encode(part, stored, form)))
    return written


def _split(table: Any, kinds: dict[str, Type], keys: list[str]) -> list[tuple[tuple[str, ...], Any]]:
    texts = from_arrow(table.select(keys), keys, [kinds[key] for key in keys]).texts if table.num_rows else []
    columns = [pc.fill_null(each, _DEFAULT) for each in texts]
    labels = pc.binary_join_element_wise(*columns, "\x00") if columns else pa.array([], pa.string())
    found = []
    for label in sorted(pc.unique(labels).to_pylist()):
        found.append((tuple(label.split("\x00")), table.filter(pc.equal(labels, label))))
    return found


def _in_buckets(table: Any, columns: list[str], count: int) -> list[Any]:
    if not columns or count < 1:
        return [table]
    rows = zip(*(table.column(name).to_pylist() for name in columns), strict=True)
    number = pa.array([zlib.crc32(repr(row).encode()) % count for row in rows])
    return [table.filter(pc.equal(number, bucket)) for bucket in range(count)]


def _name(session: Session, number: int) -> str:
    return f"{clock.now():%Y%m%d_%H%M%S}_{number:05d}_{session.execution.id}"


def _ending(form: Form) -> str:
    if form.name in ("JSON", "TEXTFILE"):
        return {"GZIP": ".gz", "ZSTD": ".zst", "BZIP2": ".bz2", "DEFLATE": ".deflate"}.get(form.codec, "")
    return ""


def _encode(table: Any, kinds: dict[str, Type], form: Form) -> bytes:
    typed = pa.table([table.column(name).cast(kind.arrow) for name, kind in kinds.items()], names=list(kinds))
    out = io.BytesIO()
    if form.name == "PARQUET":
        codec = {"UNCOMPRESSED": "NONE"}.get(form.codec, form.codec)
        pq.write_table(typed, out, compression=codec)
    elif form.name == "ORC":
        from pyarrow import orc

        orc.write_table(typed, out, compression={"GZIP": "ZLIB", "NONE": "UNCOMPRESSED"}.get(form.codec, form.codec))
    elif form.name == "AVRO":
        _write_avro(typed, kinds, out, form)
    elif form.name == "JSON":
        rows = typed.to_pylist()
        out.write("".join(json.dumps(_without_nulls(row), default=str) + "\n" for row in rows).encode())
    else:
        result = from_arrow(typed, list(kinds), list(kinds.values()))
        lines = (form.delimiter.join("\\N" if each is None else each for each in row) for row in result.rows())
        out.write("".join(f"{line}\n" for line in lines).encode())
    return _compress(out.getvalue(), form) if form.name in ("JSON", "TEXTFILE") else out.getvalue()


def _without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _compress(content: bytes, form: Form) -> bytes:
    if form.codec in ("NONE", "UNCOMPRESSED"):
        return content
    if form.codec == "GZIP":
        return gzip.compress(content, mtime=0)
    if form.codec == "DEFLATE":
        return zlib.compress(content)
    if form.codec in ("ZSTD", "BZIP2"):
        sink = io.BytesIO()
        with pa.CompressedOutputStream(sink, "zstd" if form.codec == "ZSTD" else "bz2") as stream:
            stream.write(content)
            stream.flush()
            held = sink
        return bytes(held.getvalue()) if not held.closed else content
    raise not_supported(f"{form.codec} compression of {form.name}")


def _write_avro(table: Any, kinds: dict[str, Type], out: io.BytesIO, form: Form) -> None:
    import fastavro

    fields = [{"name": name, "type": ["null", _avro(kind, name)], "default": None} for name, kind in kinds.items()]
    schema = fastavro.parse_schema({"type": "record", "name": "row", "fields": fields})
    codec = {"GZIP": "deflate", "SNAPPY": "snappy", "NONE": "null"}.get(form.codec, "deflate")
    fastavro.writer(out, schema, table.to_pylist(), codec=codec)


def _avro(kind: Type, name: str) -> Any:
    if kind.name == "array":
        return {"type": "array", "items": ["null", _avro(kind.inner[0], name)]}
    if kind.name == "decimal":
        precision, scale = kind.numbers
        return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
    simple = {
        "tinyint": "int", "smallint": "int", "integer": "int", "bigint": "long", "boolean": "boolean",
        "float": "float", "double": "double", "varbinary": "bytes", "varchar": "string", "char": "string",
        "date": {"type": "int", "logicalType": "date"},
        "timestamp": {"type": "long", "logicalType": "timestamp-micros"},
    }  # fmt: skip
    if kind.name not in simple:
        raise not_supported(f"Avro for the type {kind.trino} of column {name}")
    return simple[kind.name]


def write_manifest(session: Session, written: Written) -> None:
    """Write the list of the objects beside the place of the result."""
    content = "".join(f"{each}\n" for each in written.locations).encode()
    manifest = f"{session.execution.output}{session.execution.id}-manifest.csv"
    session.execution.manifest = session.store.put(manifest, content)
