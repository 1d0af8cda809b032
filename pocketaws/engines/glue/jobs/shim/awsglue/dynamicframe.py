"""Dynamic frames, as a thin layer over Spark's data frames."""

from __future__ import annotations

from typing import Any

__all__ = ["DynamicFrame", "cast"]

_TYPES = {"long": "bigint", "short": "smallint", "byte": "tinyint"}


def cast(name: str, kind: str) -> Any:
    """Return a column in a type of the catalog; what is no value of that type becomes null, as in Glue."""
    from pyspark.sql.functions import col

    column, kind = col(f"`{name}`"), _TYPES.get(kind, kind)
    return column.try_cast(kind) if hasattr(column, "try_cast") else column.cast(kind)


class DynamicFrame:
    """A data frame under the name that Glue's scripts use."""

    def __init__(self, frame: Any, glue_context: Any, name: str = "") -> None:
        self._frame, self.glue_ctx, self.name = frame, glue_context, name

    @classmethod
    def fromDF(cls, dataframe: Any, glue_ctx: Any, name: str = "") -> DynamicFrame:
        """Wrap a data frame."""
        return cls(dataframe, glue_ctx, name)

    def toDF(self) -> Any:
        """Return the data frame."""
        return self._frame

    def count(self) -> int:
        """Return how many records there are."""
        return int(self._frame.count())

    def printSchema(self) -> None:
        """Print the columns."""
        self._frame.printSchema()

    def schema(self) -> Any:
        """Return the columns."""
        return self._frame.schema

    def _with(self, frame: Any) -> DynamicFrame:
        return DynamicFrame(frame, self.glue_ctx, self.name)

    def apply_mapping(self, mappings: list[tuple[str, str, str, str]], transformation_ctx: str = "") -> DynamicFrame:
        """Rename and cast columns; those not named are left out."""
        made = [cast(old, kind).alias(new) for old, _, new, kind in mappings]
        return self._with(self._frame.select(*made))

    def select_fields(self, paths: list[str]) -> DynamicFrame:
        """Keep columns."""
        return self._with(self._frame.select(*paths))

    def drop_fields(self, paths: list[str]) -> DynamicFrame:
        """Leave columns out."""
        return self._with(self._frame.drop(*paths))

    def rename_field(self, oldName: str, newName: str) -> DynamicFrame:
        """Rename a column."""
        return self._with(self._frame.withColumnRenamed(oldName, newName))

    def filter(self, f: Any) -> DynamicFrame:
        """Keep the records for which ``f`` is true."""
        kept = self._frame.rdd.filter(f)
        return self._with(self._frame.sparkSession.createDataFrame(kept, self._frame.schema))

    def map(self, f: Any) -> DynamicFrame:
        """Replace each record by what ``f`` makes of it as a dictionary."""
        made = self._frame.rdd.map(lambda row: f(row.asDict()))
        return self._with(self._frame.sparkSession.createDataFrame(made))
