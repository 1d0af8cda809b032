"""ORC: of each file the footer, then the streams of the wanted columns; scanned is what those reads fetch.

Columns are taken by their place, as Athena does, and by name where the table says ``orc.column.index.access = false``.

Source: https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from pocketaws.engines.athena.errors import bad_data
from pocketaws.engines.athena.formats.job import Job, rows_without_columns, to_columns, where
from pocketaws.engines.athena.storage import ObjectFile, cannot_open

__all__ = ["read"]


def read(job: Job) -> Iterator[pa.Table]:
    """Yield the rows of an ORC file, stripe by stripe."""
    from pyarrow import orc

    source = ObjectFile(job.store, job.stored)
    try:
        file = orc.ORCFile(pa.PythonFile(source, mode="r"))
    except (pa.ArrowInvalid, OSError) as error:
        raise cannot_open(job.stored, str(error)) from None
    found = _own_columns(job, file.schema.names)
    if not found:
        job.tally.rows += file.nrows
        yield to_columns(job, {}, file.nrows) if job.wanted else rows_without_columns(file.nrows)
        return
    source.fetched = 0
    for stripe in range(file.nstripes):
        batch = file.read_stripe(stripe, columns=list(found.values()))
        job.tally.rows += batch.num_rows
        job.tally.scanned, source.fetched = job.tally.scanned + source.fetched, 0
        try:
            columns = {name: batch.column(own).cast(job.wanted[name].arrow, safe=False) for name, own in found.items()}
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise bad_data(f"HIVE_BAD_DATA: ORC file {where(job)}: {error}") from None
        yield to_columns(job, columns, batch.num_rows)


def _own_columns(job: Job, names: list[str]) -> dict[str, str]:
    """Return the wanted columns that a file has, with the names as it writes them."""
    settings = {**job.parameters, **job.storage.serde_parameters}
    if settings.get("orc.column.index.access", "true").lower() == "false":
        own = {name.lower(): name for name in reversed(names)}
    else:
        own = dict(zip((column.name for column in job.storage.columns), names, strict=False))
    return {name: own[name] for name in job.wanted if name in own}
