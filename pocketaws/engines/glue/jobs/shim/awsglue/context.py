"""Reading and writing dynamic frames: by path or from the catalog, with bookmarks."""

from __future__ import annotations

from typing import Any

import boto3
from awsglue.dynamicframe import DynamicFrame, cast
from awsglue.job import Job

__all__ = ["GlueContext"]


class GlueContext:
    """What a script makes of its SparkContext."""

    def __init__(self, sparkContext: Any, **options: Any) -> None:
        from pyspark.sql import SparkSession

        self.spark_session = SparkSession.builder.getOrCreate()
        self.create_dynamic_frame, self.write_dynamic_frame = _Reader(self), _Writer(self)

    def get_logger(self) -> Any:
        """Return a logger."""
        import logging

        return logging.getLogger("glue")


class _Reader:
    def __init__(self, context: GlueContext) -> None:
        self._context = context

    def from_options(
        self,
        connection_type: str,
        connection_options: dict[str, Any],
        format: str = "parquet",
        format_options: dict[str, Any] | None = None,
        transformation_ctx: str = "",
    ) -> DynamicFrame:
        """Read objects of S3."""
        if connection_type != "s3":
            raise NotImplementedError(f"connection type {connection_type} is not supported by pocketaws")
        return self._read(connection_options["paths"], format, format_options or {}, transformation_ctx)

    def from_catalog(
        self,
        database: str,
        table_name: str,
        transformation_ctx: str = "",
        push_down_predicate: str = "",
        **options: Any,
    ) -> DynamicFrame:
        """Read a table of the catalog; a predicate chooses partitions."""
        glue = boto3.client("glue")
        table = glue.get_table(DatabaseName=database, Name=table_name)["Table"]
        location = table["StorageDescriptor"]["Location"]
        paths = [location]
        if table.get("PartitionKeys") and push_down_predicate:
            pages = glue.get_paginator("get_partitions").paginate(
                DatabaseName=database, TableName=table_name, Expression=push_down_predicate
            )
            paths = [each["StorageDescriptor"]["Location"] for page in pages for each in page["Partitions"]]
        parameters = table.get("Parameters") or {}
        settings = {"separator": parameters.get("delimiter", ","), "withHeader": "skip.header.line.count" in parameters}
        frame = self._read(paths, parameters.get("classification", "parquet"), settings, transformation_ctx, location)
        columns = [column["Name"] for column in table["StorageDescriptor"]["Columns"]]
        described = [*table["StorageDescriptor"]["Columns"], *(table.get("PartitionKeys") or [])]
        kinds = {column["Name"].lower(): column.get("Type") or "string" for column in described}
        found = frame.toDF()
        if not settings["withHeader"] and parameters.get("classification") == "csv" and len(found.columns):
            found = found.toDF(*columns, *found.columns[len(columns) :])
        typed = [cast(name, kinds[name.lower()]).alias(name) for name in found.columns if name.lower() in kinds]
        return DynamicFrame(found.select(*typed), self._context)

    def _read(
        self, paths: list[str], kind: str, options: dict[str, Any], context: str, base: str | None = None
    ) -> DynamicFrame:
        import spark_runner

        session = self._context.spark_session
        local = spark_runner.fetch(paths, lambda found: Job.new_only(context, found))
        if local is None:
            from pyspark.sql.types import StructType

            return DynamicFrame(session.createDataFrame([], StructType([])), self._context)
        reader = session.read
        if kind == "csv":
            # Text is text until the catalog or the script gives it a type: guessing would take 0515 for a number.
            reader = reader.option("sep", options.get("separator", ","))
            reader = reader.option("header", bool(options.get("withHeader")))
        root = spark_runner.local_path(base or paths[0])
        found = reader.option("basePath", root).format(kind).load(local)
        return DynamicFrame(found, self._context)


class _Writer:
    def __init__(self, context: GlueContext) -> None:
        self._context = context

    def from_options(
        self,
        frame: DynamicFrame,
        connection_type: str,
        connection_options: dict[str, Any],
        format: str = "parquet",
        format_options: dict[str, Any] | None = None,
        transformation_ctx: str = "",
    ) -> DynamicFrame:
        """Write objects to S3, beside those that are there."""
        if connection_type != "s3":
            raise NotImplementedError(f"connection type {connection_type} is not supported by pocketaws")
        data = frame.toDF()
        if data.columns:
            writer = data.write.mode("append").format("parquet" if format == "glueparquet" else format)
            if format == "csv":
                writer = writer.option("header", True)
            writer.partitionBy(*connection_options.get("partitionKeys", [])).save(connection_options["path"])
        return frame
