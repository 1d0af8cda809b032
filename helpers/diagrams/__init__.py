"""Pictures of what is there: buckets, lifecycles, the catalog, Parquet files, tables, streams, workflows, pipelines.

Each function asks AWS for the state and returns a :class:`~helpers.diagrams.Picture`, which a notebook shows.
"""

from helpers._picture import CLASS_COLORS, PALETTE, Picture
from helpers.diagrams._bucket import bucket
from helpers.diagrams._catalog import catalog
from helpers.diagrams._grid import grid
from helpers.diagrams._lifecycle import lifecycle
from helpers.diagrams._parquet import parquet
from helpers.diagrams._partitions import partitions
from helpers.diagrams._pipeline import pipeline
from helpers.diagrams._routes import routes
from helpers.diagrams._shards import shards
from helpers.diagrams._states import states
from helpers.diagrams._table import table
from helpers.diagrams._timeline import timeline
from helpers.diagrams._workflow import workflow

__all__ = [
    "CLASS_COLORS",
    "PALETTE",
    "Picture",
    "bucket",
    "catalog",
    "grid",
    "lifecycle",
    "parquet",
    "partitions",
    "pipeline",
    "routes",
    "shards",
    "states",
    "table",
    "timeline",
    "workflow",
]
