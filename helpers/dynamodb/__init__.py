"""Amazon DynamoDB in small calls: tables, items, queries, capacity units, and the course's case study.

Every function takes the table first, then the key or condition; ``client`` last, by default the session's.
Items are plain dictionaries: numbers come back as ``int`` or ``float``, sets as sets.
"""

from helpers import session
from helpers.dynamodb._history import read_export, read_stream, wait_for_export
from helpers.dynamodb._indexes import create_index, wait_for_table
from helpers.dynamodb._items import get_item, put_items
from helpers.dynamodb._police import (
    POLICE_DEPARTMENTS_TABLE,
    dynamodb_resource,
    log,
    query_police_department_record_by_guid,
    show_log,
)
from helpers.dynamodb._reads import query, scan
from helpers.dynamodb._tables import create_table, delete_table, table_exists
from helpers.dynamodb._units import consumed, item_size, read_units, write_units

__all__ = [
    "POLICE_DEPARTMENTS_TABLE",
    "REGION",
    "consumed",
    "create_index",
    "create_table",
    "delete_table",
    "dynamodb_resource",
    "get_item",
    "item_size",
    "log",
    "put_items",
    "query",
    "query_police_department_record_by_guid",
    "read_export",
    "read_stream",
    "read_units",
    "scan",
    "show_log",
    "table_exists",
    "wait_for_export",
    "wait_for_table",
    "write_units",
]


def __getattr__(name: str) -> str:
    if name == "REGION":  # the old lesson's constant; which Region it is, the session says
        return session.region()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
