"""How the catalog describes the files of a table: formats, serializers and the parameters that crawlers write.

Source: https://docs.aws.amazon.com/glue/latest/dg/table-properties-crawler.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.glue.crawlers.schemas import Schema

__all__ = ["descriptor", "parameters"]

_TEXT = ("org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat")
_FORMATS = {
    "parquet": (
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    ),
    "orc": (
        "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
        "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
        "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
    ),
    "avro": (
        "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
        "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
        "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
    ),
    "json": (*_TEXT, "org.openx.data.jsonserde.JsonSerDe"),
    "csv": (*_TEXT, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
    "grok": (*_TEXT, "com.amazonaws.glue.serde.GrokSerDe"),
}


def parameters(schema: Schema, crawler: str) -> dict[str, str]:
    """Return the parameters of a table or partition."""
    records = round(schema.records)
    found = {
        "CrawlerSchemaDeserializerVersion": "1.0",
        "CrawlerSchemaSerializerVersion": "1.0",
        "UPDATED_BY_CRAWLER": crawler,
        "averageRecordSize": str(round(schema.size / records) if records else 0),
        "classification": schema.classification,
        "compressionType": schema.compression,
        "objectCount": str(schema.objects),
        "recordCount": str(records),
        "sizeKey": str(schema.size),
        "typeOfData": "file",
    }
    if schema.classification == "csv":
        found |= {
            "areColumnsQuoted": "false",
            "columnsOrdered": "true",
            "delimiter": schema.setting("delimiter") or ",",
        }
        if schema.setting("header"):
            found["skip.header.line.count"] = "1"
    if schema.setting("grok"):
        found["grokPattern"] = schema.setting("grok") or ""
    return found


def descriptor(schema: Schema, location: str, crawler: str) -> dict[str, Any]:
    """Return the ``StorageDescriptor`` of a table or partition."""
    kind = "grok" if schema.setting("grok") else schema.classification
    reads, writes, library = _FORMATS[kind]
    settings = _serializer(schema, kind)
    if kind == "csv" and schema.setting("serde") == "OpenCSVSerDe":
        library = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
        settings = {"separatorChar": schema.setting("delimiter") or ",", "quoteChar": schema.setting("quote") or '"'}
    return {
        "Columns": [{"Name": name, "Type": type_} for name, type_ in schema.columns],
        "Location": location,
        "InputFormat": reads,
        "OutputFormat": writes,
        "Compressed": schema.compression != "none",
        "NumberOfBuckets": -1,
        "SerdeInfo": {"SerializationLibrary": library, "Parameters": settings},
        "BucketColumns": [],
        "SortColumns": [],
        "Parameters": parameters(schema, crawler),
        "StoredAsSubDirectories": False,
    }


def _serializer(schema: Schema, kind: str) -> dict[str, str]:
    if kind == "csv":
        return {"field.delim": schema.setting("delimiter") or ","}
    if kind == "json":
        return {"paths": ",".join(sorted(name for name, _ in schema.columns))}
    if kind == "avro":
        return {"avro.schema.literal": schema.setting("avro.schema.literal") or "", "serialization.format": "1"}
    if kind == "grok":
        custom = schema.setting("patterns")
        return {"input.format": schema.setting("grok") or ""} | ({"input.grokCustomPatterns": custom} if custom else {})
    return {"serialization.format": "1"}
