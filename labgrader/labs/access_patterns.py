"""Lab 3.2: a stream whose consumer died, a nightly job, an hour at which the world changed, and three questions."""

from __future__ import annotations

import json
import math
import random
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from helpers import catalog, data
from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = ["arrivals", "bags", "days", "history", "place", "tell"]

AIRLINES = ["AA", "B6", "DL", "EV", "UA", "US", "WN"]
#: Columns of the departures of task 2, and of the history of task 4.
DEPARTURES = ["carrier", "flight", "origin", "dest", "hour", "dep_delay"]
HISTORY = {
    "tailnum": "string",
    "planned": "string",
    "carrier": "string",
    "flight": "int",
    "dest": "string",
    "dep_delay": "int",
}


def tell(brief: Brief) -> None:
    """Add the facts of this lab."""
    draw = brief.random("facts")
    number = draw.randint(1, 12)
    brief.fact("stream", brief.name("bags"), "the stream of bags, with two shards")
    brief.fact("places", brief.name("places"), "the table with the consumer's checkpoints, by shard")
    brief.fact("events", brief.name("events"), "the table of the events that were counted, by id")
    brief.fact("totals", brief.name("totals"), "the table of the bags of each airline, by carrier")
    brief.fact("lake", brief.name("lake"), "the bucket with departures/ and history/, and for nightly/")
    brief.fact("minutes", draw.randint(11, 34), "a departure is late if it has more minutes of delay")
    brief.fact("month", f"2013-{number:02}", "the month that you are given")
    brief.fact("limit", draw.choice([3.8, 4.0, 4.2]), "roots of the usual count that are too far away from it")
    brief.fact("database", brief.name("air").replace("-", "_"), "the database of the catalog, with a table history")
    brief.fact("flights", brief.name("flights"), "the table of the same departures, by tailnum and planned")
    rows = history(brief)
    plane = brief.fact("plane", draw.choice(sorted(set(rows["tailnum"]))), "the plane that you ask about")
    there = sorted(rows.loc[rows["tailnum"] == plane, "planned"])
    first = draw.randint(1, 3)
    brief.fact("moment", draw.choice(there[:first]), "the planned time of its one departure")
    brief.fact("since", there[first], "the first planned time of the range")
    brief.fact("until", there[first + draw.randint(2, len(there) - first - 2)], "the last planned time of the range")


def place(brief: Brief, aws: Account) -> None:
    """Fill the stream and let its consumer die; fill the lake, the inbox and the table of departures."""
    _tables(brief, aws)
    aws.create_bucket(brief.lake)
    for name, rows in days(brief).items():
        aws.put(brief.lake, f"departures/{name}.csv", rows.to_csv(index=False))
    rows = history(brief)
    for day, of_day in rows.groupby(rows["planned"].str[:10]):
        aws.put(brief.lake, f"history/{day}.csv", of_day.to_csv(index=False))
    items: list[Any] = rows.to_dict("records")
    aws.put_items(brief.flights, items)
    glue = aws.client("glue")
    catalog.create_database(brief.database, client=glue)
    catalog.create_table(brief.database, "history", HISTORY, f"s3://{brief.lake}/history/", "csv", client=glue)
    aws.put(brief.inbox, "arrivals.csv", arrivals(brief).to_csv(index=False))
    _stream(brief, aws)


def bags(brief: Brief) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the events of days that the stream has forgotten, and those that it holds, each once."""
    draw = brief.random("bags")
    prefix = f"{draw.randrange(16**4):04x}"
    made = [
        {"id": f"{prefix}-{n:04}", "carrier": draw.choice(AIRLINES), "bags": draw.randint(1, 9)}
        for n in range(draw.randint(400, 480))
    ]
    return made[:60], made[60:]


def days(brief: Brief) -> dict[str, pd.DataFrame]:
    """Return the departures of ten days by the name of their file; two days were delivered again, corrected."""
    draw = brief.random("days")
    rows = data.flights([int(brief.month[-2:])], [*DEPARTURES, "day"])
    first = draw.randint(1, 18)
    found = {}
    for day in range(first, first + 10):
        name = f"{brief.month}-{day:02}"
        of_day = rows.loc[rows["day"] == day, DEPARTURES].astype({"dep_delay": "Int64"})
        found[name] = of_day
        if day in (first + 2, first + 7):
            found[f"{name}-corrected"] = of_day
            found[name] = of_day.iloc[: -draw.randint(100, 200)].assign(dep_delay=of_day["dep_delay"] + 5)
    return found


def arrivals(brief: Brief) -> pd.DataFrame:
    """Return five weeks of arrivals by hour; in the last one hour leaps, and later the world changes.

    The last week begins on a Friday or a Saturday, and changes after its weekend: before the right hour there are
    always a leap of one hour and a weekend, each of which rings an alarm that is built wrong.
    """
    draw = brief.random("arrivals")
    start = date(2026, 9, 11) + timedelta(days=draw.choice([0, 1, 7, 8]))
    change = draw.randint(31, 34)
    leap = draw.randint(28, change - 1)
    hour, factor = draw.randint(11, 18), draw.choice([0.3, 1.9])
    lonely, level = draw.randint(9, 17), draw.randint(60, 90)
    rows = []
    for day in range(35):
        today = start + timedelta(days=day)
        weekend = 1.9 if today.weekday() >= 5 else 1.0
        for clock in range(6, 23):
            mean = level * weekend * (1 + 0.4 * math.sin((clock - 6) / 16 * math.pi))
            mean *= 2 if (day, clock) == (leap, lonely) else 1
            mean *= factor if (day, clock) >= (change, hour) else 1
            rows.append((today.isoformat(), clock, max(0, round(_poisson(draw, mean)))))
    return pd.DataFrame(rows, columns=["date", "hour", "arrivals"])


def history(brief: Brief) -> pd.DataFrame:
    """Return the departures of some planes in the first week of the month."""
    everything = _week(int(brief.month[-2:]))
    counts = everything["tailnum"].value_counts()
    planes = brief.random("history").sample(sorted(counts[counts.between(8, 40)].index), 50)
    return everything[everything["tailnum"].isin(planes)].reset_index(drop=True)


@lru_cache(2)
def _week(month: int) -> pd.DataFrame:
    rows = data.flights([month]).dropna(subset=["tailnum", "dep_delay"])
    rows["planned"] = pd.to_datetime(rows[["year", "month", "day", "hour", "minute"]]).dt.strftime("%Y-%m-%dT%H:%M")
    rows = rows[rows["day"] <= 7].drop_duplicates(["tailnum", "planned"]).sort_values(["planned", "tailnum"])
    return rows[list(HISTORY)].astype({"dep_delay": int, "flight": int})


def _poisson(draw: random.Random, mean: float) -> float:
    return draw.gauss(mean, math.sqrt(mean))


def _tables(brief: Brief, aws: Account) -> None:
    keys = {
        brief.places: ["shard"],
        brief.events: ["id"],
        brief.totals: ["carrier"],
        brief.flights: ["tailnum", "planned"],
    }
    for table, names in keys.items():
        aws.client("dynamodb").create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            KeySchema=[{"AttributeName": n, "KeyType": k} for n, k in zip(names, ("HASH", "RANGE"), strict=False)],
        )


def _stream(brief: Brief, aws: Account) -> None:
    """Put the events, some twice; the consumer dealt with half of each shard and died before its last checkpoint."""
    draw, kinesis = brief.random("stream"), aws.client("kinesis")
    kinesis.create_stream(StreamName=brief.stream, ShardCount=2)
    aws.advance(minutes=1)
    before, now = bags(brief)
    sent = [(each["carrier"], each) for each in now]
    for each in draw.sample(now, 45):  # a producer that saw no answer and tried again, under another key
        sent.insert(draw.randrange(len(sent) + 1), (each["id"], each))
    entries = [{"Data": json.dumps(each).encode(), "PartitionKey": key} for key, each in sent]
    answers = [
        answer
        for start in range(0, len(entries), 300)
        for answer in kinesis.put_records(StreamName=brief.stream, Records=entries[start : start + 300])["Records"]
    ]
    counted = {each["id"]: each for each in before}
    for shard in sorted({answer["ShardId"] for answer in answers}):
        there = [
            (a["SequenceNumber"], each) for a, (_, each) in zip(answers, sent, strict=True) if a["ShardId"] == shard
        ]
        done = len(there) // 2 // 10 * 10
        aws.put_items(brief.places, [{"shard": shard, "sequence_number": there[done - 31][0]}])
        counted |= {each["id"]: each for _, each in there[:done]}
    aws.put_items(brief.events, counted.values())
    sums = {carrier: sum(e["bags"] for e in counted.values() if e["carrier"] == carrier) for carrier in AIRLINES}
    aws.put_items(brief.totals, [{"carrier": carrier, "bags": total} for carrier, total in sums.items()])
    aws.advance(minutes=1)
