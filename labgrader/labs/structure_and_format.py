"""Lab 3.4: a mess to turn into Parquet, crumbs to compact, types to keep, a layout for two questions."""

from __future__ import annotations

import gzip
import io
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers import data
from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = ["COLUMNS", "SCHEMA", "crumbs", "month", "orders", "place", "tell"]

#: The columns that this lab keeps, with their types.
SCHEMA = pa.schema(
    [
        ("date", pa.string()),
        ("origin", pa.string()),
        ("dest", pa.string()),
        ("carrier", pa.string()),
        ("flight", pa.int32()),
        ("tailnum", pa.string()),
        ("dep_delay", pa.int32()),
        ("air_time", pa.int32()),
        ("distance", pa.int32()),
    ]
)
COLUMNS = SCHEMA.names


def tell(brief: Brief) -> None:
    """Add the facts of this lab."""
    draw = brief.random("facts")
    number = draw.randint(1, 12)
    days = pd.Period(f"2013-{number:02}").days_in_month
    brief.fact("month", f"2013-{number:02}", "the month that you are given")
    brief.fact("day", f"2013-{number:02}-{draw.randint(4, days - 3):02}", "the day that the questions ask for")
    brief.fact("airport", draw.choice(["EWR", "JFK", "LGA"]), "the airport that one question asks for")
    brief.fact("lake", brief.name("lake"), "the bucket for what you make; crumbs/ is there already")
    brief.fact(
        "budget", draw.choice([24_000, 25_000, 26_000]), "bytes that a reader may need for the question of task 1"
    )
    brief.fact("database", brief.name("air").replace("-", "_"), "the database of the catalog that you make")
    brief.fact("table", f"flights_{draw.randint(100, 999)}", "the table that you make in it")
    brief.fact("files", draw.randint(6, 12), "files that the table may have at most")


def place(brief: Brief, aws: Account) -> None:
    """Put the mess and the orders into the inbox, the crumbs into the lake."""
    for name, content in _mess(brief).items():
        aws.put(brief.inbox, f"mess/{name}", content)
    aws.put(brief.inbox, "orders.csv", _orders_file(brief))
    aws.create_bucket(brief.lake)
    for key, rows in crumbs(brief).items():
        aws.put(brief.lake, key, _parquet(rows))


@lru_cache(maxsize=8)
def _flights(number: int) -> pa.Table:
    frame = data.flights([number])
    frame = frame.assign(date=pd.to_datetime(frame[["year", "month", "day"]]).dt.strftime("%Y-%m-%d"))
    return pa.Table.from_pandas(frame[COLUMNS], SCHEMA, preserve_index=False).replace_schema_metadata(None)


def month(brief: Brief) -> pa.Table:
    """Return the flights of the month that reached the student, in the order of the calendar; a few never did."""
    rows, draw = _flights(int(brief.month[-2:])), brief.random("month")
    lost = set(draw.sample(range(len(rows)), draw.randint(200, 500)))
    return rows.take([number for number in range(len(rows)) if number not in lost])


def _mess(brief: Brief) -> dict[str, bytes]:
    """Return the files of the mess: three kinds, out of order, one of them delivered twice."""
    draw, rows = brief.random("mess"), month(brief)
    order = list(range(len(rows)))
    draw.shuffle(order)
    rows, found = rows.take(order), {}
    parts = [rows.slice(n * len(rows) // 6, (n + 1) * len(rows) // 6 - n * len(rows) // 6) for n in range(6)]
    kinds = ["csv", "csv", "csv.gz", "csv.gz", "jsonl", "jsonl"]
    draw.shuffle(kinds)
    for number, (kind, part) in enumerate(zip(kinds, parts, strict=True), start=1):
        found[f"part-{number}.{kind}"] = _written(part.to_pandas(), kind)
    twice = draw.choice(sorted(found))
    stem, _, kind = twice.partition(".")
    found[f"{stem}-again.{kind}"] = found[twice]
    return found


def _written(frame: pd.DataFrame, kind: str) -> bytes:
    if kind == "jsonl":
        return frame.to_json(orient="records", lines=True).encode()
    whole = frame.astype({"dep_delay": "Int32", "air_time": "Int32"})
    text = whole.to_csv(index=False).encode()
    return gzip.compress(text, mtime=0) if kind == "csv.gz" else text


def crumbs(brief: Brief) -> dict[str, pa.Table]:
    """Return the small files of a week: key -> rows; some were uploaded twice, under another name."""
    draw, rows = brief.random("crumbs"), month(brief)
    first = datetime.fromisoformat(brief.day) - timedelta(days=3)
    found = {}
    for day in range(7):
        date = f"{first + timedelta(days=day):%Y-%m-%d}"
        of_day = rows.filter(pa.compute.equal(rows["date"], date))
        count = draw.randint(6, 9)
        edges = sorted([0, len(of_day), *draw.sample(range(1, len(of_day)), count - 1)])
        for number, (start, end) in enumerate(pairwise(edges)):
            found[f"crumbs/date={date}/part-{number:02}.parquet"] = of_day.slice(start, end - start).drop_columns(
                "date"
            )
        if day in (2, 5):
            repeated = draw.randrange(count)
            key = f"crumbs/date={date}/part-{repeated:02}"
            found[f"{key}-retry.parquet"] = found[f"{key}.parquet"]
    return found


def orders(brief: Brief) -> pa.Table:
    """Return the orders of task 3 as they are meant."""
    draw = brief.random("orders")
    count = draw.randint(180, 260)
    start = datetime(2013, int(brief.month[-2:]), 1, tzinfo=timezone.utc)
    rows: list[dict[str, Any]] = [
        {
            "order_id": 2**53 + draw.randrange(1, 10**12) * 2 + 1,
            "gate": f"{draw.randint(0, 60):03}",
            "fee": None if draw.random() < 0.1 else Decimal(draw.randint(100, 99_999)) / 100,
            "bags": None if draw.random() < 0.15 else draw.randint(0, 4),
            "at": start + timedelta(seconds=draw.randrange(28 * 86_400)),
            "late": None if draw.random() < 0.1 else draw.random() < 0.3,
        }
        for _ in range(count)
    ]
    kinds = {
        "order_id": pa.int64(),
        "gate": pa.string(),
        "fee": pa.decimal128(9, 2),
        "bags": pa.int32(),
        "at": pa.timestamp("us", "UTC"),
        "late": pa.bool_(),
    }
    return pa.Table.from_pylist(rows, pa.schema(list(kinds.items())))


def _orders_file(brief: Brief) -> str:
    lines = ["order_id,gate,fee,bags,at,late"]
    for row in orders(brief).to_pylist():
        fee = "" if row["fee"] is None else f"{row['fee']:.2f}"
        bags = "" if row["bags"] is None else row["bags"]
        late = {None: "", True: "yes", False: "no"}[row["late"]]
        lines.append(f"{row['order_id']},{row['gate']},{fee},{bags},{row['at']:%Y-%m-%dT%H:%M:%SZ},{late}")
    return "\n".join(lines) + "\n"


def _parquet(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(rows, out)
    return out.getvalue()
