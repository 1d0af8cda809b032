"""Pictures of what is really there: a bucket, its lifecycle, a Parquet file, a table, hot partitions, a pipeline.

Each function asks AWS for the state and returns a :class:`~helpers.diagrams.Picture`, which a notebook shows.
"""

from helpers._picture import CLASS_COLORS, PALETTE, Picture
from helpers.diagrams._bucket import bucket
from helpers.diagrams._lifecycle import lifecycle
from helpers.diagrams._parquet import parquet
from helpers.diagrams._partitions import partitions
from helpers.diagrams._pipeline import pipeline
from helpers.diagrams._table import table

__all__ = ["CLASS_COLORS", "PALETTE", "Picture", "bucket", "lifecycle", "parquet", "partitions", "pipeline", "table"]
