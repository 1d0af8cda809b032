"""Avro: rows by the schema in the file's header, matched by name; the whole file is scanned."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pocketaws.engines.athena.formats.job import Job, rows_without_columns
from pocketaws.engines.athena.formats.json_lines import coerce
from pocketaws.engines.athena.storage import cannot_open

__all__ = ["read"]

_BATCH = 10_000


def read(job: Job) -> Iterator[pa.Table]:
    """Yield the rows of an Avro file."""
    import fastavro

    job.tally.scanned += job.stored.size
    content = io.BytesIO(job.store.read(job.stored))
    try:
        schema = _narrowed(job, fastavro.reader(content).writer_schema)
        content.seek(0)
        rows = fastavro.reader(content, schema)
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


def _narrowed(job: Job, written: Any) -> Any:
    """Return the part of a file's schema that is asked for; None where its types name one another."""
    fields = written.get("fields") or []
    kinds = [kind for each in fields for kind in (each["type"] if isinstance(each["type"], list) else [each["type"]])]
    kept = [each for each in fields if each["name"].lower() in job.wanted]
    if not kept or not all(isinstance(kind, str) for kind in kinds):
        return None
    return {**written, "fields": kept}
