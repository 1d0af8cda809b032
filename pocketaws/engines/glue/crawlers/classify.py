"""What a file is: custom classifiers in their order, then Avro, ORC, Parquet, JSON and CSV, in AWS's.

Source: https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html
"""

from __future__ import annotations

import bz2
import io
import logging
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pocketaws.engines.glue.crawlers.columnar import arrow_columns, avro_columns
from pocketaws.engines.glue.crawlers.grok import classify_grok
from pocketaws.engines.glue.crawlers.schemas import Schema
from pocketaws.engines.glue.crawlers.text import classify_csv, classify_json

__all__ = ["classify"]

log = logging.getLogger(__name__)

#: A crawler looks at the first megabyte of a text.
SAMPLE = 1 << 20


def classify(content: bytes, classifiers: Sequence[dict[str, Any]] = ()) -> Schema | None:
    """Return what a file holds; None if no classifier recognizes it.

    Parameters
    ----------
    content
        The whole file.
    classifiers
        Custom classifiers as ``GetClassifier`` describes them, the first one that fits wins.
    """
    schema = _columnar(content)
    if schema is None:
        raw, compression = _decompressed(content)
        try:
            whole = len(raw) <= SAMPLE
            text = raw[:SAMPLE].decode("utf-8-sig", "strict" if whole else "ignore")
        except UnicodeDecodeError:
            return None
        if "\0" in text:
            return None
        schema = _text(text, whole, classifiers)
        if schema is None:
            return None
        share = min(1.0, SAMPLE / max(len(raw), 1))
        schema = replace(schema, compression=compression, records=schema.records / share)
    return replace(schema, size=len(content), objects=1)


def _text(text: str, whole: bool, classifiers: Sequence[dict[str, Any]]) -> Schema | None:
    for kind, custom in (next(iter(each.items())) for each in classifiers):
        found = None
        if kind == "GrokClassifier":
            found = classify_grok(text, whole, custom)
        elif kind == "JsonClassifier":
            found = classify_json(text, whole, custom["JsonPath"])
        elif kind == "CsvClassifier":
            found = classify_csv(text, whole, custom)
        if found:
            return found
    return classify_json(text, whole) or classify_csv(text, whole)


def _columnar(content: bytes) -> Schema | None:
    """Read the schema of Avro, ORC and Parquet; a file that only begins like one is not recognized."""
    try:
        if content[:4] == b"Obj\x01":
            return avro_columns(content)
        if content[:3] == b"ORC":
            import pyarrow.orc as orc

            found = orc.ORCFile(io.BytesIO(content))
            return Schema("orc", arrow_columns(found.schema), records=found.nrows)
        if content[:4] == b"PAR1":
            import pyarrow.parquet as parquet

            footer = parquet.ParquetFile(io.BytesIO(content))
            return Schema("parquet", arrow_columns(footer.schema_arrow), records=footer.metadata.num_rows)
    except (OSError, ValueError, EOFError, KeyError) as error:
        log.info("a file that looks columnar cannot be read: %s", error)
    return None


def _decompressed(content: bytes) -> tuple[bytes, str]:
    try:
        if content[:2] == b"\x1f\x8b":
            return zlib.decompressobj(31).decompress(content, SAMPLE + 1), "gzip"
        if content[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(content, SAMPLE + 1), "bzip2"
    except (OSError, zlib.error) as error:
        log.info("a compressed file cannot be read: %s", error)
    return content, "none"
