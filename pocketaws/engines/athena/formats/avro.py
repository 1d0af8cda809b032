"""Avro: rows by the schema in the file's header, matched by name; the whole file is scanned."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator

import pyarrow as pa

from pocketaws.engines.athena.formats.job import Job, rows_without_columns
from pocketaws.engines.athena.formats.json_lines import coerce
from pocketaws.engines.athena.storage import cannot_open

__all__ = ["read"]

_BATCH = 50_000


def read(job: Job) -> Iterator[pa.Table]:
    """Yield the rows of an Avro file."""
    import fastavro

    job.tally.scanned += job.stored.size
    content = io.BytesIO(job.store.read(job.stored))
    try:
        rows = fastavro.reader(content)
        while batch := list(itertools.islice(rows, _BATCH)):
            job.tally.rows += len(batch)
            lowered = [{str(key).lower(): value for key, value in row.items()} for row in batch]
            columns = [
                pa.array([coerce(job, kind, row.get(name), name) for row in lowered], kind.arrow)
                for name, kind in job.wanted.items()
            ]
            yield pa.table(columns, schema=job.schema) if columns else rows_without_columns(len(batch))
    except (ValueError, EOFError, OSError) as error:
        raise cannot_open(job.stored, str(error) or "Not an Avro data file") from None
