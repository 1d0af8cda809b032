"""Amazon Athena in small calls: SQL over the tables of the catalog, and what it scanned."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import prices, session
from helpers._waiting import wait_until
from helpers.errors import QueryFailed

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient

__all__ = ["Result", "dollars", "query", "run"]

MB, TB = 2**20, 2**40
#: Athena's type -> pandas' type; what is not here stays text.
TYPES = {
    **dict.fromkeys(["tinyint", "smallint", "integer", "int", "bigint"], "Int64"),
    **dict.fromkeys(["float", "real", "double", "decimal"], "float64"),
}


@dataclass(frozen=True)
class Result:
    """What a statement gave and what it took.

    Parameters
    ----------
    frame
        The rows, typed.
    scanned_bytes
        What Athena read in S3.
    dollars
        What that costs at list price, see :func:`dollars`.
    milliseconds
        How long Athena says that it worked.
    """

    frame: pd.DataFrame
    scanned_bytes: int
    dollars: float
    milliseconds: int


def query(
    sql: str,
    *,
    database: str,
    output: str | None = None,
    workgroup: str = "primary",
    client: AthenaClient | None = None,
) -> pd.DataFrame:
    """Run a statement and return its rows.

    Parameters
    ----------
    sql
        One statement, in Athena's dialect, which is Trino's; DDL in Hive's.
    database
        Where tables are looked for that the statement names without a database.
    output
        Where Athena writes the result, for example ``"s3://bucket/results/"``; by default where the workgroup says.
    workgroup
        The workgroup, which may limit what is scanned.
    client
        Athena client; by default the session's.

    Returns
    -------
    Numbers, booleans, dates and timestamps as pandas' own types, everything else as text.

    Raises
    ------
    QueryFailed
        Athena could not run it; the message is Athena's.

    Examples
    --------
    >>> from helpers import catalog, s3
    >>> output = f"s3://{s3.create_bucket('harbor-results')}/"
    >>> query("SELECT 1 + 1 AS two", database=catalog.create_database("harbor"), output=output)
       two
    0    2
    """
    return run(sql, database=database, output=output, workgroup=workgroup, client=client).frame


def run(
    sql: str,
    *,
    database: str,
    output: str | None = None,
    workgroup: str = "primary",
    client: AthenaClient | None = None,
) -> Result:
    """Run a statement and return its rows, the bytes it scanned, its price and its time.

    Parameters
    ----------
    sql, database, output, workgroup, client
        As for :func:`query`.

    Raises
    ------
    QueryFailed
        Athena could not run it; the message is Athena's.

    Examples
    --------
    >>> from helpers import catalog, s3
    >>> output = f"s3://{s3.create_bucket('harbor-results')}/"
    >>> run("SELECT 1 AS one", database=catalog.create_database("harbor"), output=output).scanned_bytes
    0
    """
    client = client or session.client("athena")
    where: dict[str, Any] = {"ResultConfiguration": {"OutputLocation": output}} if output else {}
    started = client.start_query_execution(
        QueryString=sql, QueryExecutionContext={"Database": database}, WorkGroup=workgroup, **where
    )
    execution = _finished(client, started["QueryExecutionId"])
    statistics = execution.get("Statistics", {})
    scanned = statistics.get("DataScannedInBytes", 0)
    billed = scanned > 0 or execution.get("StatementType") == "DML"  # a CTAS is DDL that scans
    cost = dollars(scanned) if billed else 0.0
    return Result(_frame(client, execution), scanned, cost, statistics.get("EngineExecutionTimeInMillis", 0))


def dollars(scanned_bytes: float) -> float:
    """Price a query by what it scanned: rounded up to the megabyte, at least 10 MB.

    Source: https://aws.amazon.com/athena/pricing/, the price and its date are those of ``prices.price``.

    Parameters
    ----------
    scanned_bytes
        ``DataScannedInBytes`` of the query.

    Returns
    -------
    US dollars.

    Examples
    --------
    >>> round(dollars(2**40), 2), dollars(1) == dollars(10 * 2**20)
    (5.0, True)
    """
    return prices.price("athena.scanned").each * max(10, ceil(scanned_bytes / MB)) * MB / TB


def _finished(client: AthenaClient, id: str) -> Any:
    """Wait for a query and return its description."""

    def ended() -> Any:
        execution = client.get_query_execution(QueryExecutionId=id)["QueryExecution"]
        return execution if execution["Status"]["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"} else None

    execution = wait_until(ended, what=f"the query {id}", every=0.25, at_most=1800, growth=1.5)
    if execution["Status"]["State"] != "SUCCEEDED":
        raise QueryFailed(execution["Status"].get("StateChangeReason", execution["Status"]["State"]))
    return execution


def _frame(client: AthenaClient, execution: Any) -> pd.DataFrame:
    """Fetch all pages of a result; the first row of a SELECT's repeats the names of its columns."""
    columns: list[Any] = []
    rows: list[list[str | None]] = []
    for page in client.get_paginator("get_query_results").paginate(QueryExecutionId=execution["QueryExecutionId"]):
        found = page["ResultSet"]
        columns = found.get("ResultSetMetadata", {}).get("ColumnInfo", columns)
        rows += [[cell.get("VarCharValue") for cell in row.get("Data", [])] for row in found.get("Rows", [])]
    names = [column["Name"] for column in columns]
    frame = pd.DataFrame(rows[execution.get("StatementType") == "DML" :], columns=names)
    return frame.assign(**{column["Name"]: _typed(frame[column["Name"]], column["Type"]) for column in columns})


def _typed(values: pd.Series[Any], type_: str) -> pd.Series[Any]:
    if type_ == "boolean":
        return values.map({"true": True, "false": False}).astype("boolean")
    if type_ == "date" or type_.startswith("timestamp"):
        return pd.to_datetime(values)
    if type_ in TYPES:
        return pd.to_numeric(values).astype(TYPES[type_])  # type: ignore[call-overload,no-any-return]
    return values
