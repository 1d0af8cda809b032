"""The AWS Glue Data Catalog in small calls: databases, tables over files in S3, their partitions, versions and schemas.

The catalog holds descriptions only: which columns, which format, which place in S3.  Athena, Glue and Spark read them.
"""

from helpers.catalog._databases import create_database, delete_database
from helpers.catalog._partitions import create_partitions, list_partitions
from helpers.catalog._schemas import register_schema
from helpers.catalog._state import Folder, State, TableState, describe
from helpers.catalog._tables import create_table, list_tables, search_tables
from helpers.catalog._versions import list_columns, list_versions, update_columns

__all__ = [
    "Folder",
    "State",
    "TableState",
    "create_database",
    "create_partitions",
    "create_table",
    "delete_database",
    "describe",
    "list_columns",
    "list_partitions",
    "list_tables",
    "list_versions",
    "register_schema",
    "search_tables",
    "update_columns",
]
