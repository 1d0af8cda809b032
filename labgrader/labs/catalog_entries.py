"""Lab 3.3: a lake with an odd partition, a late day to make visible, a schema, an index kept by events."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers import data
from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = ["COLUMNS", "arrivals", "days", "definition", "folder", "place", "tell", "withdrawn"]

#: Column of the lake's files -> its type in the catalog.
COLUMNS = {"carrier": "string", "flight": "int", "dest": "string", "dep_delay": "int", "air_time": "int"}
_PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
_ODD = ("late-delivery", "from-usb-stick", "resent", "copy-of-backup")


def tell(brief: Brief) -> None:
    """Add the facts of this lab."""
    draw = brief.random("facts")
    first = date(2013, draw.randint(1, 12), draw.randint(1, 14))
    found = [f"{first + timedelta(days=n)}" for n in range(11)]
    brief.fact("lake", brief.name("lake"), "the bucket with the files")
    brief.fact("database", brief.name("air").replace("-", "_"), "the database of the catalog; it is there already")
    brief.fact("table", f"flights_{draw.randint(100, 999)}", "the table that you make in it")
    brief.fact("odd_day", found[draw.randint(2, 8)], "the day that lies in an odd folder")
    brief.fact("odd_folder", f"{draw.choice(_ODD)}-{draw.randint(10, 99)}", "the name of that folder, under flights/")
    brief.fact("late_day", found[10], "the day that has just landed under late/")
    brief.fact("until", f"{first + timedelta(days=draw.randint(40, 90))}", "the last day that projection must find")
    brief.fact("by_api", f"by_api_{draw.randint(10, 99)}", "a table over late/")
    brief.fact("by_sql", f"by_sql_{draw.randint(10, 99)}", "another table over late/")
    brief.fact("by_rule", f"by_rule_{draw.randint(10, 99)}", "a third table over late/")
    brief.fact("registry", brief.name("registry"), "the schema registry; it is there already")
    brief.fact("field", draw.choice(["gate", "seat", "aircraft", "runway", "stand"]), "the field that is new")
    brief.fact("index", brief.name("objects"), "the DynamoDB table that you make")
    brief.fact("queue", brief.name("arrivals"), "the queue that you make")


def days(brief: Brief) -> list[str]:
    """Return the ten days of the lake."""
    last = date.fromisoformat(brief.late_day)
    return [f"{last - timedelta(days=n)}" for n in range(10, 0, -1)]


def folder(brief: Brief, day: str) -> str:
    """Return where a day lies, under ``flights/``."""
    return brief.odd_folder if day == brief.odd_day else f"day={day}"


def definition(brief: Brief) -> dict[str, Any]:
    """Return the first version of the schema ``departure``."""
    kinds = [("carrier", "string"), ("flight", "int"), ("dep_delay", "int")]
    fields = [{"name": name, "type": kind} for name, kind in kinds]
    return {"type": "record", "name": "departure", "fields": fields}


def arrivals(brief: Brief) -> dict[str, bytes]:
    """Return what arrives: name -> content."""
    draw = brief.random("arrivals")
    names = [f"day={draw.choice(days(brief))}/part {number:02}+{draw.randint(10, 99)}.csv" for number in range(9)]
    return {name: b"x" * draw.randint(100, 5_000) for name in names}


def withdrawn(brief: Brief) -> list[str]:
    """Return the names of what is withdrawn again."""
    return sorted(brief.random("withdrawn").sample(sorted(arrivals(brief)), 3))


def place(brief: Brief, aws: Account) -> None:
    """Fill the lake, make database, three tables that lack a day, and the registry; put arrivals into the inbox."""
    aws.create_bucket(brief.lake)
    for day in days(brief):
        aws.put(brief.lake, f"flights/{folder(brief, day)}/flights.parquet", _file(day))
    aws.put(brief.lake, "flights/_notes/read-me.txt", "Nothing to count here.")
    for day in (*days(brief)[-3:], brief.late_day):
        aws.put(brief.lake, f"late/day={day}/flights.parquet", _file(day))
    _describe(brief, aws)
    glue = aws.client("glue")
    glue.create_registry(RegistryName=brief.registry)
    wanted = {"RegistryId": {"RegistryName": brief.registry}, "SchemaName": "departure", "DataFormat": "AVRO"}
    glue.create_schema(**wanted, Compatibility="BACKWARD", SchemaDefinition=json.dumps(definition(brief)))
    for name, content in arrivals(brief).items():
        aws.put(brief.inbox, f"arrivals/{name}", content)
    aws.put(brief.inbox, "withdrawn.txt", "\n".join(withdrawn(brief)) + "\n")


def _describe(brief: Brief, aws: Account) -> None:
    glue = aws.client("glue")
    glue.create_database(DatabaseInput={"Name": brief.database})
    columns = [{"Name": name, "Type": kind} for name, kind in COLUMNS.items()]
    for name in (brief.by_api, brief.by_sql, brief.by_rule):
        storage = {**_PARQUET, "Columns": columns, "Location": f"s3://{brief.lake}/late/"}
        table = {"Name": name, "TableType": "EXTERNAL_TABLE", "Parameters": {"classification": "parquet"}}
        table |= {"StorageDescriptor": storage, "PartitionKeys": [{"Name": "day", "Type": "string"}]}
        glue.create_table(DatabaseName=brief.database, TableInput=table)
        entries = [
            {"Values": [day], "StorageDescriptor": {**storage, "Location": f"s3://{brief.lake}/late/day={day}/"}}
            for day in days(brief)[-3:]
        ]
        glue.batch_create_partition(DatabaseName=brief.database, TableName=name, PartitionInputList=entries)


@lru_cache(maxsize=40)
def _file(day: str) -> bytes:
    when = date.fromisoformat(day)
    rows = data.flights([when.month], ["day", *COLUMNS])
    rows = rows[rows["day"] == when.day][list(COLUMNS)]
    kinds = [(name, pa.string() if kind == "string" else pa.int32()) for name, kind in COLUMNS.items()]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(pd.DataFrame(rows), pa.schema(kinds), preserve_index=False), out)
    return out.getvalue()
