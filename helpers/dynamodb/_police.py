"""The case study of lesson 3.9: California's police departments, and the function that the old lesson ended with."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers.dynamodb._items import get_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource

__all__ = [
    "POLICE_DEPARTMENTS_TABLE",
    "dynamodb_resource",
    "log",
    "query_police_department_record_by_guid",
    "show_log",
]

POLICE_DEPARTMENTS_TABLE = "PoliceDepartments"
RECORD = ("PoliceDepartmentName", "UpdateTime", "guid")

#: The logger of the case study; what a call passes as ``extra`` is part of the record.
log = logging.getLogger("helpers.dynamodb")


def dynamodb_resource() -> DynamoDBServiceResource:
    """Return boto3's DynamoDB resource, the object-oriented form of the client.

    Examples
    --------
    >>> dynamodb_resource().Table("PoliceDepartments").name
    'PoliceDepartments'
    """
    resource: DynamoDBServiceResource = session.resource("dynamodb")
    return resource


def query_police_department_record_by_guid(guid: str) -> dict[str, Any]:
    """Return the record of one police department: its name, when it was updated, its guid.

    Calls GetItem on the table ``PoliceDepartments``.

    Parameters
    ----------
    guid
        Key of the department, for example ``"7e607b82-9e18-49dc-a9d7-e9628a9147ad"`` for Hollister.

    Raises
    ------
    TableNotFound
        The table was not created.
    ItemNotFound
        No department has this guid.

    Examples
    --------
    >>> from helpers import data, dynamodb
    >>> _ = dynamodb.create_table("PoliceDepartments", "guid")
    >>> _ = dynamodb.put_items("PoliceDepartments", data.departments().rename(columns={"name": "PoliceDepartmentName"}))
    >>> query_police_department_record_by_guid("7e607b82-9e18-49dc-a9d7-e9628a9147ad")["UpdateTime"]
    'Fri Mar  2 12:43:43 2018'
    """
    extra = {
        "region_name": session.region(),
        "aws_service": "dynamodb",
        "police_department_table": POLICE_DEPARTMENTS_TABLE,
        "guid": guid,
    }
    log.info("Get police department record by GUID", extra=extra)
    item = get_item(POLICE_DEPARTMENTS_TABLE, {"guid": guid})
    return {name: item[name] for name in RECORD if name in item}


def show_log(level: int = logging.INFO) -> None:
    """Show what :data:`log` records, one line each: the message, then its ``extra`` as JSON.

    Parameters
    ----------
    level
        Show records of this level and above.

    Examples
    --------
    >>> show_log()
    >>> log.info("Table is ready", extra={"aws_service": "dynamodb", "items": 329})
    Table is ready {"aws_service": "dynamodb", "items": 329}
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Structured())
    log.handlers, log.propagate = [handler], False
    log.setLevel(level)


class _Structured(logging.Formatter):
    """The message, and as JSON whatever the caller added to the record."""

    _usual = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in sorted(vars(record).items()) if name not in self._usual}
        return f"{record.getMessage()} {json.dumps(extra, default=str)}" if extra else record.getMessage()
