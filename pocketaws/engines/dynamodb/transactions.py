"""All or nothing: TransactWriteItems and TransactGetItems.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pocketaws import clock
from pocketaws.engines.dynamodb.batches import THROTTLED
from pocketaws.engines.dynamodb.capacity import Meter, read_units
from pocketaws.engines.dynamodb.changes import Change, read_check, read_delete, read_put, read_update
from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.items import collection_metrics
from pocketaws.engines.dynamodb.keys import PrimaryKey, spelled
from pocketaws.engines.dynamodb.parameters import check_filled
from pocketaws.engines.dynamodb.tables import Database, Table
from pocketaws.engines.dynamodb.values import Item, item_size

__all__ = [
    "Meters",
    "Step",
    "action_of",
    "check_distinct",
    "check_size",
    "commit",
    "commit_once",
    "raise_if_cancelled",
    "reason_to_cancel",
    "transact_write_items",
    "with_capacities",
]

MAX_SIZE = 4 * 1024 * 1024
TOKEN_LIFE = timedelta(minutes=10)
_READERS: dict[str, Callable[..., Change]] = {
    "Put": read_put,
    "Update": read_update,
    "Delete": read_delete,
    "ConditionCheck": read_check,
}
#: What a failed action is called in the reasons of a cancellation.
_REASONS = {
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "DuplicateItemException": "DuplicateItem",
    "ItemCollectionSizeLimitExceededException": "ItemCollectionSizeLimitExceeded",
    "ProvisionedThroughputExceededException": "ProvisionedThroughputExceeded",
    "ThrottlingException": "ThrottlingError",
    "ValidationException": "ValidationError",
}


@dataclass
class Step:
    """One action of a transaction on the item of a table."""

    table: Table
    change: Change


@dataclass
class Token:
    """A finished transaction that a client may send again."""

    fingerprint: str
    when: datetime
    meters: list[Meter]


def transact_write_items(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``TransactWriteItems``."""
    actions = [action_of(entry, tuple(_READERS)) for entry in request["TransactItems"]]
    changes = [_READERS[kind](body, legacy_allowed=False) for kind, body in actions]
    steps = [
        Step(database.table(body["TableName"]), change) for (_, body), change in zip(actions, changes, strict=True)
    ]
    meters = commit_once(database, request.get("ClientRequestToken"), request["TransactItems"], steps)
    answer: dict[str, Any] = {}
    if request.get("ReturnItemCollectionMetrics") == "SIZE" and (metrics := _metrics(steps)):
        answer["ItemCollectionMetrics"] = metrics
    return with_capacities(answer, meters, request)


def action_of(entry: dict[str, Any], kinds: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """Return the one action of an entry: what it is, and its parameters."""
    present = [kind for kind in kinds if entry.get(kind) is not None]
    if len(present) != 1:
        listed = ", ".join(kinds)
        raise validation(
            "TransactItems can only contain one of Check, Put, Update or Delete"
            if present
            else f"Invalid Request: TransactWriteRequest should contain {listed} or Get request"
        )
    return present[0], entry[present[0]]


def commit_once(database: Database, token: str | None, content: Any, steps: list[Step]) -> list[Meter]:
    """Carry out a transaction, unless it was just carried out under the same token.

    Parameters
    ----------
    database
        Remembers the token.
    token
        The client's request token, if any.
    content
        What the client asked for, by which a token that is used twice for two things is found out.
    steps
        The actions.

    Returns
    -------
    A meter for each table; a repeated transaction reads, and writes nothing.
    """
    fingerprint = json.dumps(content, sort_keys=True)
    if token is not None and (before := _replayed(database, token, fingerprint)):
        return _as_reads(before.meters, steps)
    meters = commit(steps)
    if token is not None:
        database.tokens[token] = Token(fingerprint, clock.now(), meters)
    return meters


def commit(steps: list[Step]) -> list[Meter]:
    """Carry out the actions of a transaction, or none of them.

    Returns
    -------
    A meter for each table, with what the transaction consumed.

    Raises
    ------
    DynamoDBError
        ``TransactionCanceledException`` with a reason for each action, ``ValidationException`` for an empty key, two
        actions on one item or more than 4 MB.
    """
    for step in steps:
        check_filled(step.table.keys, step.change.target)
    reasons = [reason_to_cancel(partial(step.change.check_keys, step.table)) for step in steps]
    raise_if_cancelled(reasons)
    check_distinct((step.table, step.table.primary(step.change.target)) for step in steps)
    olds = [step.table.get(step.change.target) for step in steps]
    outcomes: list[Item | None] = [None] * len(steps)

    def attempt(position: int) -> None:
        step, old = steps[position], olds[position]
        step.change.check_condition(old)
        outcomes[position] = step.change.outcome(step.table, old)

    reasons = [reason_to_cancel(partial(attempt, position)) for position in range(len(steps))]
    sizes = [item_size(new if new is not None else old or {}) for old, new in zip(olds, outcomes, strict=True)]
    check_size(sum(sizes))
    meters = Meters()
    reasons = [
        reason or reason_to_cancel(partial(_charge, meters.of(steps[p].table), steps[p].change, olds[p], outcomes[p]))
        for p, reason in enumerate(reasons)
    ]
    raise_if_cancelled(reasons)
    for step, old, new in zip(steps, olds, outcomes, strict=True):
        if new is not old:
            step.table.write(old, new)
    return meters.all


def check_size(size: int) -> None:
    """Refuse more than a transaction can hold."""
    if size > MAX_SIZE:
        raise validation("Collection size exceeded: the items of a transaction must not be larger than 4 MB together")


def _charge(meter: Meter, change: Change, old: Item | None, new: Item | None) -> None:
    if new is old:  # a check, or nothing to delete
        meter.failed_condition(old, change.target)
    else:
        meter.write_item(old, new)


class Meters:
    """One meter a table."""

    def __init__(self, *, transactional: bool = True) -> None:
        self._transactional = transactional
        self.all: list[Meter] = []

    def of(self, table: Table) -> Meter:
        """Return the table's meter."""
        for meter in self.all:
            if meter.table is table:
                return meter
        self.all.append(Meter(table, self._transactional))
        return self.all[-1]


def reason_to_cancel(action: Callable[[], object]) -> dict[str, Any] | None:
    """Do something for one action; return the reason to cancel, if it failed."""
    try:
        action()
    except DynamoDBError as error:
        if error.code not in _REASONS and error.code not in THROTTLED:
            raise
        found = {"Item": error.extra["Item"]} if "Item" in error.extra else {}
        return {"Code": _REASONS[error.code], "Message": error.message, **found}
    return None


def raise_if_cancelled(reasons: list[dict[str, Any] | None]) -> None:
    """Cancel the transaction if there is a reason to."""
    if any(reasons):
        codes = ", ".join(reason["Code"] if reason else "None" for reason in reasons)
        raise DynamoDBError(
            "TransactionCanceledException",
            f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
            CancellationReasons=[reason or {"Code": "None"} for reason in reasons],
        )


def check_distinct(targets: Iterator[tuple[Table, PrimaryKey]]) -> None:
    """Refuse two actions on one item."""
    keys = [(table.name, primary) for table, primary in targets]
    if len(set(keys)) < len(keys):
        raise validation("Transaction request cannot include multiple operations on one item")


def _replayed(database: Database, token: str, fingerprint: str) -> Token | None:
    """Return the transaction that was sent with the same token in the last ten minutes."""
    now = clock.now()
    for expired in [key for key, done in database.tokens.items() if now - done.when >= TOKEN_LIFE]:
        del database.tokens[expired]
    done: Token | None = database.tokens.get(token)
    if done is not None and done.fingerprint != fingerprint:
        raise DynamoDBError(
            "IdempotentParameterMismatchException",
            "The parameters do not match those of the previous request that used the same client request token",
        )
    return done


def _as_reads(meters: list[Meter], steps: list[Step]) -> list[Meter]:
    """Return what a repeated transaction consumes: it reads the items again, and writes nothing."""
    reads = Meters()
    for meter in meters:
        reads.of(meter.table)
    for step in steps:
        size = item_size(step.table.get(step.change.target) or {})
        partition = spelled(step.change.target, step.table.keys.hash)
        reads.of(step.table).read(read_units(size, consistent=True), partition)
    return reads.all


def _metrics(steps: list[Step]) -> dict[str, list[dict[str, Any]]]:
    metrics: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        one = collection_metrics(step.table, step.change.target)
        if one and one not in metrics.get(step.table.name, ()):
            metrics.setdefault(step.table.name, []).append(one)
    return metrics


def with_capacities(answer: dict[str, Any], meters: list[Meter], request: dict[str, Any]) -> dict[str, Any]:
    """Add ``ConsumedCapacity``, one a table, to an answer where the request asked for it."""
    reports = [meter.answer(request.get("ReturnConsumedCapacity")) for meter in meters]
    if consumed := [report for report in reports if report]:
        answer["ConsumedCapacity"] = consumed
    return answer
