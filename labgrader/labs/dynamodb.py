"""Lab 3.9: records of police departments that are asked for in five ways, changed by two clerks, and lost once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from helpers import data
from labgrader.account import Account
from labgrader.briefs import Brief

__all__ = ["changes", "ledger", "place", "records", "reminders", "tell"]

#: Long enough that an index which copies it costs more than the budget.
_REPORT = (2_300, 3_300)


def tell(brief: Brief) -> None:
    """Add the facts of this lab."""
    draw = brief.random("facts")
    everywhere = data.departments(brief.number)
    sizes = everywhere["county"].value_counts()
    county = brief.fact("county", draw.choice(sorted(sizes[sizes.between(9, 25)].index)), "the county you ask about")
    there = sorted(everywhere.loc[everywhere["county"] == county, "updated_at"])
    brief.fact("since", there[len(there) // 2][:10], "the date since when")
    brief.fact("table", brief.name("departments"), "the table you make for the records")
    brief.fact("read_budget", 1.0, "RCU that the question about the county may cost")
    brief.fact("reminders", brief.name("reminders"), "the table you make for the reminders")
    brief.fact("wait", draw.randint(15, 20), "hours you let pass")
    brief.fact("cancelled", f"r{draw.randint(1, 40):02}", "the reminder that a clerk deletes by hand")
    brief.fact("ledger", brief.name("ledger"), "a table that was damaged")
    brief.fact("restored", brief.name("restored"), "the table you restore into")


def place(brief: Brief, aws: Account) -> None:
    """Put records, changes and reminders into the inbox; make the ledger and let the accident happen."""
    aws.put(brief.inbox, "departments.json", records(brief))
    aws.put(brief.inbox, "changes.json", changes(brief))
    aws.put(brief.inbox, "reminders.json", reminders(brief, aws.created(brief.inbox) or aws.now()))
    _damage(brief, aws)


def records(brief: Brief) -> list[dict[str, Any]]:
    """Return the departments as another office exported them."""
    draw, everywhere = brief.random("records"), data.departments(brief.number)
    chosen = everywhere.loc[everywhere["county"] != brief.county].sample(120, random_state=brief.number)
    found = []
    for row in [*everywhere.loc[everywhere["county"] == brief.county].itertuples(), *chosen.itertuples()]:
        review = f"2026-{draw.randint(1, 9):02}-{draw.randint(1, 28):02}" if draw.random() < 0.1 else ""
        found.append(
            {
                "guid": row.guid,
                "PoliceDepartmentName": row.PoliceDepartmentName,
                "county": row.county,
                "UpdateTime": row.UpdateTime,
                "officers": str(draw.randint(5, 400)),
                "version": 1,
                "review_since": review,
                "report": draw.randbytes(draw.randint(*_REPORT) // 2).hex(),
            }
        )
    draw.shuffle(found)
    found[0]["review_since"] = found[0]["review_since"] or "2026-05-05"
    return found


def changes(brief: Brief) -> list[dict[str, Any]]:
    """Return what two clerks want to change, in the order in which they send it; some saw an old version."""
    draw = brief.random("changes")
    wanted = [record["guid"] for record in draw.sample(records(brief), 10)]
    stale = {guid: draw.randint(2, 3) for guid in wanted[:7]}  # which of the three changes of a record comes too late
    found: list[dict[str, Any]] = []
    versions, counts = dict.fromkeys(wanted, 1), dict.fromkeys(wanted, 0)
    for number, guid in enumerate(draw.sample([guid for guid in wanted for _ in range(3)], 30), start=1):
        counts[guid] += 1
        is_late = counts[guid] == stale.get(guid)
        what = (
            {"officers": draw.randint(401, 900)} if draw.random() < 0.7 else {"chief": f"Chief {draw.randint(1, 99)}"}
        )
        found.append({"id": f"c{number:02}", "guid": guid, "seen": versions[guid] - is_late, "set": what})
        versions[guid] += not is_late
    return found


def reminders(brief: Brief, opened: datetime) -> list[dict[str, str]]:
    """Return the reminders, with the time when each is to vanish."""
    draw, found = brief.random("reminders"), []
    for number in range(1, 41):
        name = f"r{number:02}"
        hours = (
            30.0 if name == brief.cancelled else draw.choice([*range(2, brief.wait - 2), *range(brief.wait + 2, 40)])
        )
        expires = opened.replace(microsecond=0) + timedelta(hours=hours, minutes=draw.randint(-20, 20))
        found.append({"id": name, "to": f"desk {draw.randint(1, 9)}", "expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}"})
    return found


def ledger(brief: Brief) -> dict[str, list[dict[str, Any]]]:
    """Return the ledger's story: ``first`` was loaded, some ``changed``, some ``lost``, some ``later`` changed."""
    draw = brief.random("ledger")
    first = [{"id": f"entry-{number:03}", "amount": draw.randint(10, 999)} for number in range(1, 61)]
    lost = draw.sample(first, draw.randint(12, 20))
    kept = [entry for entry in first if entry not in lost]
    changed = [entry | {"amount": draw.randint(1_000, 1_999)} for entry in [*lost[:4], *kept[:3]]]
    later = [entry | {"amount": draw.randint(2_000, 2_999)} for entry in kept[2:8]]
    return {"first": first, "changed": changed, "lost": lost, "later": later}


def _damage(brief: Brief, aws: Account) -> None:
    dynamo, story = aws.client("dynamodb"), ledger(brief)
    dynamo.create_table(
        TableName=brief.ledger,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamo.get_waiter("table_exists").wait(TableName=brief.ledger)
    on = {"PointInTimeRecoveryEnabled": True}
    dynamo.update_continuous_backups(TableName=brief.ledger, PointInTimeRecoverySpecification=on)
    aws.put_items(brief.ledger, story["first"])
    aws.advance(hours=1)
    aws.put_items(brief.ledger, story["changed"])
    accident = aws.advance(minutes=brief.random("accident").randint(20, 40))
    for entry in story["lost"]:
        dynamo.delete_item(TableName=brief.ledger, Key={"id": {"S": entry["id"]}})
    aws.advance(minutes=5)
    aws.put_items(brief.ledger, story["later"])
    told = f"A clean-up script deleted entries at {accident:%Y-%m-%dT%H:%M:%SZ}. Others have worked on since."
    aws.put(brief.inbox, "incident.txt", told)
    aws.advance(minutes=10)
