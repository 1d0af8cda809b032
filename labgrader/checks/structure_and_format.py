"""The checks of lab 3.4."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from labgrader.account import Account
from labgrader.briefs import Brief
from labgrader.labs import structure_and_format as given
from labgrader.tasks import Part, Step, task

__all__ = ["clean", "compact", "layout", "types"]

#: An object larger than this is not one of this lab, and is not opened.
LARGEST = 40_000_000
#: Read as dictionaries, each text once: a file of some kilobytes can repeat a long one until memory is full.
TEXTS = ["date", "origin", "dest", "carrier", "tailnum", "gate"]
#: A file with more rows is not read.
MOST_ROWS = 400_000
#: Shares of the table's bytes that the two questions of task 4 may need.
DAY_SHARE, AIRPORT_SHARE = 0.30, 0.45


@task(
    1,
    "Turn a mess into one file",
    points=7,
    hint="Give both CSV readers and the JSON reader the same columns and types, drop the file that came twice, sort by "
    "date, and try row_group_size between 1,000 and 10,000: groups must be skippable, and the footer small.",
)
def clean(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare the rows, and count what the question needs by the footer."""
    content = _content(aws, lab.lake, "clean/flights.parquet")
    file = _parquet(content)
    if content is None or file is None:
        yield 0, False, f"There is no Parquet file clean/flights.parquet in {lab.lake}."
        return
    wanted, found = given.month(lab), _columns(_read(file, given.COLUMNS), given.COLUMNS)
    if found is None:
        yield 0, False, f"It lacks columns; there are {', '.join(file.schema_arrow.names[:12])}."
        return
    whole = _rows(found) == _rows(wanted)
    yield 3, whole, f"It holds {len(found):,} rows that are not the {len(wanted):,} of the mess, each once."
    wrong = [field.name for field in given.SCHEMA if not _alike(_kind(found, field.name), field.type)]
    yield 1, whole and not wrong, f"The types of {', '.join(wrong) or 'its columns'} are not those asked for."
    needs = _needed(content, file, ["date", "carrier", "dep_delay"], {"date": lab.day})
    yield 3, whole and needs <= lab.budget, f"For {lab.day} a reader needs {needs:,} bytes, more than {lab.budget:,}."


@task(
    2,
    "Compact the crumbs",
    points=6,
    hint="Read all files of a day, leave out those that hold the same rows as another, write one, then delete what "
    "you have read. Two flights can never be alike in all columns.",
)
def compact(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare each day's files with its rows."""
    wanted: dict[str, Counter[Any]] = {}
    for key, rows in given.crumbs(lab).items():
        if not key.endswith("-retry.parquet"):
            wanted.setdefault(key.split("/")[1], Counter()).update(_rows(rows))
    objects = aws.objects(lab.lake, "crumbs/")
    of_day = {day: [key for key in objects if key.startswith(f"crumbs/{day}/")] for day in wanted}
    held = {day: _held(lab, aws, keys) for day, keys in of_day.items()}
    single = [day for day in wanted if len(of_day[day]) == 1]
    kept = [day for day in single if set(held[day]) == set(wanted[day])]
    if not single:
        yield 0, False, f"No day has one file yet; crumbs/ holds {len(objects)} files for {len(wanted)} days."
        return
    yield (
        2,
        Part(len(kept), len(wanted)),
        f"{len(single)} of {len(wanted)} days have one file, {len(kept)} with all rows.",
    )
    exact = [day for day in kept if held[day] == wanted[day]]
    yield (
        3,
        Part(len(exact), len(wanted)),
        f"{len(exact)} of {len(wanted)} days have each flight once in their one file.",
    )
    strays = len(objects) - sum(len(keys) for keys in of_day.values())
    yield 1, exact and not strays, f"{strays} files lie under crumbs/ beside the days." if exact else "No day is right."


@task(
    3,
    "Keep the types",
    points=6,
    hint="Read every column as text first, then convert each with the type that it should have: Decimal for money, "
    "int64 for numbers that a double cannot hold, a time zone for times, and null for what is empty.",
)
def types(lab: Brief, aws: Account) -> Iterator[Step]:
    """Compare each column, its type and its values."""
    file = _parquet(_content(aws, lab.lake, "typed/orders.parquet"))
    if file is None:
        yield 0, False, f"There is no Parquet file typed/orders.parquet in {lab.lake}."
        return
    wanted, found = given.orders(lab), _read(file, given.orders(lab).column_names)
    if len(found) != len(wanted):
        yield 0, False, f"It has {len(found):,} rows; orders.csv has {len(wanted):,}."
        return
    for field in wanted.schema:
        right, why = _same_column(found, wanted, field)
        yield 1, right, why


@task(
    4,
    "One layout for two questions",
    points=6,
    hint="A key in the folders serves one of the questions, the order inside each file the other. Register every "
    "partition, and choose row groups small enough to skip most of a file.",
)
def layout(lab: Brief, aws: Account) -> Iterator[Step]:
    """Read the table through the catalog, as a query engine would, and count what each question needs."""
    named = {"DatabaseName": lab.database, "Name": lab.table}
    table = (aws.ask("glue", "get_table", **named) or {}).get("Table", {})
    keys = [key["Name"] for key in table.get("PartitionKeys", [])]
    if not keys:
        yield 0, False, f"The catalog has no partitioned table {lab.database}.{lab.table}."
        return
    if why := _unreadable(table, keys):
        yield 0, False, f"Nobody can read {lab.table} by its entry: {why}."
        return
    partitions = aws.pages("glue", "get_partitions", "Partitions", DatabaseName=lab.database, TableName=lab.table)
    files = list(_files(aws, keys, partitions[:200]))
    rows: Counter[Any] = Counter()
    for values, _, file in files:
        found = _columns(_with(_read(file, given.COLUMNS), values), given.COLUMNS)
        rows.update(_rows(found) if found is not None else [()])
    wanted = given.month(lab)
    whole = rows == _rows(wanted)
    held = sum(rows.values())
    yield (
        2,
        whole,
        f"Its {len(partitions)} partitions hold {held:,} rows that are not the {len(wanted):,} of the mess, each once.",
    )
    yield 1, whole and len(files) <= lab.files, f"The table has {len(files)} files, more than {lab.files}."
    for points, question, most in (
        (2, {"date": lab.day}, DAY_SHARE),
        (1, {"origin": lab.airport}, AIRPORT_SHARE),
    ):
        share = _share(files, question)
        ((column, value),) = question.items()
        text = f"The question for {column} {value} needs {share:.0%} of the table's bytes, more than {most:.0%}."
        yield points, whole and share <= most, text


def _content(aws: Account, bucket: str, key: str) -> bytes | None:
    head = aws.ask("s3", "head_object", Bucket=bucket, Key=key)
    return aws.read(bucket, key) if head and head["ContentLength"] <= LARGEST else None


def _files(
    aws: Account, keys: Sequence[str], partitions: Sequence[dict[str, Any]]
) -> Iterator[tuple[dict[str, str], bytes, pq.ParquetFile]]:
    """Yield the Parquet files of partitions with the values of their keys, so many bytes in all as one may have."""
    left = LARGEST
    for each in partitions:
        place = urlsplit(each.get("StorageDescriptor", {}).get("Location", ""))
        prefix = unquote(place.path.lstrip("/"))
        prefix = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
        for key in list(aws.objects(place.netloc, prefix))[:200] if place.netloc else []:
            content = _content(aws, place.netloc, key) if left > 0 else None
            left -= len(content or b"")
            if content and (file := _parquet(content)):
                yield dict(zip(keys, each["Values"], strict=False)), content, file


def _parquet(content: bytes | None) -> pq.ParquetFile | None:
    with suppress(pa.ArrowException, OSError, ValueError):
        if content:
            there = pq.ParquetFile(io.BytesIO(content)).schema
            texts = [path for n in range(len(there)) if (path := there.column(n).path) in TEXTS]
            return pq.ParquetFile(io.BytesIO(content), read_dictionary=texts)
    return None


def _read(file: pq.ParquetFile, names: Sequence[str]) -> pa.Table:
    """Return those of some columns that a file has."""
    if file.metadata.num_rows > MOST_ROWS:
        raise ValueError(f"more than {MOST_ROWS:,} rows")
    return file.read(columns=list(names))


def _unreadable(table: dict[str, Any], keys: Sequence[str]) -> str:
    """Say why no engine reads flights by a table's entry in the catalog; nothing if it does."""
    storage = table.get("StorageDescriptor", {})
    named = {str(each["Name"]).lower() for each in storage.get("Columns", [])} | set(keys)
    if lacking := [name for name in given.COLUMNS if name not in named]:
        return f"it has no column {', '.join(lacking)}"
    told = f"{storage.get('InputFormat')} {storage.get('SerdeInfo', {}).get('SerializationLibrary')}"
    return "" if "parquet" in told.lower() else "it does not say that the files are Parquet"


def _with(table: pa.Table, values: dict[str, str]) -> pa.Table:
    """Return a partition's rows with its keys as columns; a column of that name in the files counts for nothing."""
    for name, value in values.items():
        table = table.drop_columns([name] if name in table.column_names else [])
        table = table.append_column(name, pa.array([value] * len(table), pa.string()))
    return table


def _columns(table: pa.Table, names: Sequence[str]) -> pa.Table | None:
    """Return these columns, in this order; None if one is missing, or there twice."""
    return table.select(list(names)) if all(table.column_names.count(name) == 1 for name in names) else None


def _kind(table: pa.Table, name: str) -> pa.DataType:
    """Return a column's type; of a dictionary that of its values."""
    kind = table.schema.field(name).type
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Return a column's values; equal ones of a dictionary are one object."""
    if not pa.types.is_dictionary(column.type):
        return list(column.to_pylist())
    pairs = [(chunk.dictionary.to_pylist(), chunk.indices.to_pylist()) for chunk in column.chunks]
    return [None if at is None else words[at] for words, places in pairs for at in places]


def _rows(table: pa.Table) -> Counter[Any]:
    """Return the rows as a multiset: numbers as whole numbers, dates as their text."""
    columns = [[_plain(value) for value in _values(column)] for column in table.columns]
    return Counter(zip(*columns, strict=True))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if value != value else int(value) if value.is_integer() else value
    return value.isoformat()[:10] if hasattr(value, "isoformat") else value


def _held(lab: Brief, aws: Account, keys: Sequence[str]) -> Counter[Any]:
    """Return the rows of some crumbs."""
    names = [name for name in given.COLUMNS if name != "date"]
    found: Counter[Any] = Counter()
    for key in keys[:50]:
        file = _parquet(_content(aws, lab.lake, key))
        table = _columns(_read(file, names), names) if file else None
        found.update(_rows(table) if table is not None else [])
    return found


def _alike(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether a type serves: any text for text, a date or text for the date, whole numbers for whole numbers."""
    if pa.types.is_string(wanted):
        return bool(pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_date(found))
    return bool(pa.types.is_integer(found))


def _same_column(found: pa.Table, wanted: pa.Table, field: pa.Field) -> tuple[bool, str]:
    """Whether a column has its type and its values, in the order of the file; and what is not so."""
    if field.name not in found.column_names:
        return False, f"The column {field.name} is missing."
    column, kind = found[field.name], _kind(found, field.name)
    good = {
        "order_id": kind == pa.int64(),
        "gate": pa.types.is_string(kind) or pa.types.is_large_string(kind),
        "fee": pa.types.is_decimal(kind) and kind.scale == 2,
        "bags": pa.types.is_integer(kind),
        "at": pa.types.is_timestamp(kind) and kind.tz is not None,
        "late": pa.types.is_boolean(kind),
    }[field.name]
    if not good:
        return False, f"The column {field.name} has the type {kind}; see what the task says of it."
    same = [_moment(value) for value in _values(column)] == [_moment(each) for each in wanted[field.name].to_pylist()]
    return same, f"The column {field.name} has its type, and values that are not those of the file."


def _moment(value: Any) -> Any:
    return value.timestamp() if hasattr(value, "timestamp") else value


def _needed(content: bytes, file: pq.ParquetFile, columns: Sequence[str], where: dict[str, str]) -> int:
    """Return the bytes that a reader needs: the footer, and the chunks of row groups that the statistics keep.

    Statistics can lie: a row group that they rule out is needed all the same if it has such a row.
    """
    metadata, total = file.metadata, int.from_bytes(content[-8:-4], "little") + 8
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        chunks = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
        if all(_may_hold(chunks.get(name), value) for name, value in where.items()) or _holds(file, number, where):
            total += sum(chunk.total_compressed_size for name, chunk in chunks.items() if name in columns)
    return total


def _holds(file: pq.ParquetFile, number: int, where: dict[str, str]) -> bool:
    rows = _columns(file.read_row_group(number, columns=list(where)), list(where))
    return rows is not None and tuple(where.values()) in _rows(rows)


def _may_hold(chunk: Any, value: str) -> bool:
    if chunk is None or chunk.statistics is None or not chunk.statistics.has_min_max:
        return True
    return bool(str(chunk.statistics.min)[:10] <= value <= str(chunk.statistics.max)[:10])


def _share(files: Sequence[tuple[dict[str, str], bytes, pq.ParquetFile]], where: dict[str, str]) -> float:
    """Return the share of the table's bytes that a question needs: keys are looked at first, then footers.

    Bytes of other columns count nowhere, so that nothing can be put into the files to make a share small.
    """
    total = sum(_needed(content, file, given.COLUMNS, {}) for _, content, file in files)
    kept = [each for each in files if all(each[0].get(name, value) == value for name, value in where.items())]
    needs = sum(
        _needed(content, file, given.COLUMNS, {name: v for name, v in where.items() if name not in values})
        for values, content, file in kept
    )
    return needs / max(total, 1)
