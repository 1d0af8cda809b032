"""Lab 3.8: a lake to crawl, a job that takes new files only, rules that stop a bad night, a workflow."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache

import pandas as pd

from helpers import data
from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = ["WRONG", "columns", "days", "place", "rows", "spoiled", "tell", "wrong"]

#: What tonight's supplier may get wrong: one column of a few rows.
WRONG = ("origin", "clock", "dep_delay")
_DAY = 150


def tell(brief: Brief) -> None:
    """Add the facts of this lab."""
    draw = brief.random("facts")
    first = date(2013, draw.randint(1, 12), draw.randint(1, 19))
    number = draw.randint(100, 999)
    brief.fact("lake", brief.name("lake"), "the bucket with the files, and for what you make")
    brief.fact("role", brief.name("night-shift"), "the role that crawlers and jobs may take on; it is there already")
    brief.fact("database", brief.name("air").replace("-", "_"), "the database of the catalog; it is there already")
    brief.fact("table", f"raw_{number}", "the raw table, and the folder of its files under raw/")
    brief.fact("clock", draw.choice(["slot", "planned", "gate_time", "off_block"]), "the column that is a time of day")
    brief.fact("crawler", brief.name("surveyor"), "the crawler of task 1")
    brief.fact("job", brief.name("clean"), "the job of task 2")
    brief.fact("late_day", f"{first + timedelta(days=5)}", "the day that comes after the job's first run")
    brief.fact("rules", brief.name("agreed"), "the ruleset of task 3")
    brief.fact("tonight", f"{first + timedelta(days=6)}", "the day that comes with wrong values")
    brief.fact("workflow", brief.name("night"), "the workflow of task 4")
    brief.fact("clean", f"flights_{number}", "the clean table, and the folder of its files under clean/")
    brief.fact("airport", draw.choice(["EWR", "JFK", "LGA"]), "the airport that the question asks for")


def place(brief: Brief, aws: Account) -> None:
    """Put five days into the lake, the later ones into the inbox; make role and database."""
    aws.create_bucket(brief.lake)
    for day in days(brief)[:5]:
        aws.put(brief.lake, f"raw/{brief.table}/date={day}/flights.csv", _delivered(brief, day, rows(brief, day)))
    late, tonight = brief.late_day, brief.tonight
    aws.put(brief.inbox, "late/flights.csv", _delivered(brief, late, rows(brief, late)))
    aws.put(brief.inbox, "tonight/flights.csv", _delivered(brief, tonight, spoiled(brief)))
    aws.put(brief.inbox, "mended/flights.csv", _delivered(brief, tonight, rows(brief, tonight)))
    aws.client("glue").create_database(DatabaseInput={"Name": brief.database})
    trust = _policy("sts:AssumeRole", Principal={"Service": "glue.amazonaws.com"})
    rights = _policy(["s3:*", "glue:*", "logs:*", "iam:PassRole"], Resource="*")
    iam = aws.client("iam")
    iam.create_role(RoleName=brief.role, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=brief.role, PolicyName="work", PolicyDocument=rights)


def days(brief: Brief) -> list[str]:
    """Return the seven days: five in the lake, the late one, and tonight's."""
    last = date.fromisoformat(brief.tonight)
    return [f"{last - timedelta(days=n)}" for n in range(6, -1, -1)]


def columns(brief: Brief) -> list[str]:
    """Return the columns of the files, in order."""
    return ["carrier", "flight", "origin", "dest", brief.clock, "dep_delay"]


def wrong(brief: Brief) -> str:
    """Return the column that is wrong in tonight's file."""
    kind = brief.random("wrong").choice(WRONG)
    return str(brief.clock) if kind == "clock" else kind


def rows(brief: Brief, day: str) -> pd.DataFrame:
    """Return the flights of a day, each once; a cancelled one has no delay."""
    seed = brief.random(f"day/{day}").randrange(2**31)
    found = _month(int(day[5:7]))
    found = found[found["date"] == day].drop_duplicates(["carrier", "flight", "origin", "clock"])
    found = found.sample(_DAY, random_state=seed).rename(columns={"clock": brief.clock}).reset_index(drop=True)
    found.loc[found.index[:4], "dep_delay"] = pd.NA
    return found[columns(brief)]


@lru_cache(maxsize=2)
def _month(number: int) -> pd.DataFrame:
    frame = data.flights([number])
    return frame.assign(
        date=pd.to_datetime(frame[["year", "month", "day"]]).dt.strftime("%Y-%m-%d"),
        clock=frame["sched_dep_time"].astype(str).str.zfill(4),
        dep_delay=frame["dep_delay"].astype("Int64"),
    )


def spoiled(brief: Brief) -> pd.DataFrame:
    """Return tonight's flights with a few wrong values; there are as many rows, and as many values."""
    found, column = rows(brief, brief.tonight), wrong(brief)
    draw = brief.random("spoil")
    found = found.astype({column: object})
    for at in draw.sample(range(10, _DAY), 5):
        bad = {"origin": "XXX", "dep_delay": draw.randint(2_000, 90_000)}.get(column, f"{draw.randint(25, 99)}15")
        found[column] = found[column].where(found.index != at, bad)
    return found


def _delivered(brief: Brief, day: str, frame: pd.DataFrame) -> bytes:
    """Return the file of a day: some rows stand in it twice."""
    twice = frame.sample(brief.random(f"twice/{day}").randint(5, 12), random_state=1)
    text: str = pd.concat([frame, twice]).to_csv(index=False, na_rep="NA")
    return text.encode()


def _policy(action: str | list[str], **more: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **more}]})
