"""What IAM must allow for the queries of Athena: they read and write with their caller's rights, not with Athena's.

Where a query's tables lie, its call does not say; the calls that made the tables do.

Source: https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["permissions", "places", "settled"]

Permission = tuple[str, str]

#: Stands for the buckets of the tables until they are known.
TABLES = "{tables}"
_READ = ("GetTable", "GetPartitions")
_ADD = (*_READ, "BatchCreatePartition")
#: How a statement begins -> its actions on the catalog.
CATALOG = {
    r"CREATE\s+(DATABASE|SCHEMA)": ("GetDatabase", "CreateDatabase"),
    r"CREATE\s+EXTERNAL": ("GetDatabase", "GetTable", "CreateTable"),
    r"CREATE\s+TABLE": ("GetDatabase", "CreateTable", *_ADD),
    r"CREATE.+?VIEW": ("GetDatabase", "GetTable", "CreateTable", "UpdateTable"),
    r"DROP\s+(DATABASE|SCHEMA)": ("GetDatabase", "GetTables", "DeleteDatabase", "DeleteTable"),
    r"DROP\s+(TABLE|VIEW)": ("GetTable", "DeleteTable"),
    r"ALTER\s+TABLE.+?\s(DROP|PARTITION\s*\(.+?\)\s*(SET|RENAME))": (*_READ, "DeletePartition", "UpdatePartition"),
    r"(MSCK|INSERT|ALTER\s+TABLE.+?\sADD\s+(IF|PARTITION))": _ADD,
    r"ALTER": ("GetTable", "UpdateTable"),
    r"SHOW\s+(DATABASES|SCHEMAS)": ("GetDatabases",),
    r"SHOW\s+(TABLES|VIEWS)": ("GetDatabase", "GetTables"),
    r"": _READ,
}
_READS_DATA = re.compile(r"\s*(WITH|SELECT|VALUES|UNLOAD|INSERT|CREATE\s+TABLE|EXECUTE)\b", re.IGNORECASE)
_LISTS_DATA = re.compile(r"\s*MSCK\b", re.IGNORECASE)
_WRITES = re.compile(r"(?:external_location\s*=|\bTO)\s*'s3://([^/']+)", re.IGNORECASE)
_PLACE = re.compile(r"s3://([^/'\"\s]+)")
_TELL_PLACES = {
    "CreateTable",
    "UpdateTable",
    "CreatePartition",
    "BatchCreatePartition",
    "CreateCrawler",
    "UpdateCrawler",
}


def permissions(params: dict[str, Any]) -> Iterator[Permission]:
    """Yield what the caller of a query needs beside the right to start it."""
    sql = params.get("QueryString", "")
    begins = (actions for start, actions in CATALOG.items() if re.match(rf"\s*{start}", sql, re.I | re.S))
    yield from ((f"glue:{action}", "*") for action in next(begins))
    for bucket in _PLACE.findall((params.get("ResultConfiguration") or {}).get("OutputLocation", "")):
        yield "s3:GetBucketLocation", f"arn:aws:s3:::{bucket}"
        yield from ((f"s3:{action}", f"arn:aws:s3:::{bucket}/*") for action in ("PutObject", "GetObject"))
    yield from (("s3:PutObject", f"arn:aws:s3:::{bucket}/*") for bucket in _WRITES.findall(sql))
    if _READS_DATA.match(sql):
        yield from (("s3:ListBucket", f"arn:aws:s3:::{TABLES}"), ("s3:GetObject", f"arn:aws:s3:::{TABLES}/*"))
    elif _LISTS_DATA.match(sql):
        yield "s3:ListBucket", f"arn:aws:s3:::{TABLES}"
    if re.match(r"\s*INSERT\b", sql, re.IGNORECASE):
        yield "s3:PutObject", f"arn:aws:s3:::{TABLES}/*"


def places(service: str, operation: str, params: dict[str, Any]) -> Iterator[Permission]:
    """Yield the buckets in which a call lets tables lie, as permissions without an action."""
    told = params.get("QueryString", "") if service == "athena" else ""
    if service == "glue" and operation in _TELL_PLACES:
        told = str({name: value for name, value in params.items() if name != "Role"})
    yield from (("", bucket) for bucket in _PLACE.findall(told))


def settled(permissions: Iterable[Permission]) -> Iterator[Permission]:
    """Yield permissions with the buckets of the tables in their place."""
    known = list(permissions)
    buckets = dict.fromkeys(bucket for action, bucket in known if not action)
    for action, arn in known:
        if TABLES in arn:
            yield from ((action, arn.replace(TABLES, bucket)) for bucket in buckets)
        elif action:
            yield action, arn
