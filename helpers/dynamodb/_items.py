"""Items: get one, put many."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import pandas as pd
from botocore.exceptions import ClientError

from helpers import session
from helpers._waiting import pause
from helpers.dynamodb._errors import table_errors
from helpers.dynamodb._values import deserialize, serialize
from helpers.errors import ItemNotFound, ItemsNotWritten, aws_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["get_item", "put_items"]

log = logging.getLogger(__name__)

#: What one BatchWriteItem request takes at most.
BATCH = 25
#: Waits double from a twentieth of a second to ten seconds, about a minute in all.
WAITS = [min(0.05 * 2**attempt, 10) for attempt in range(12)]
THROTTLED = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}


def get_item(
    table: str, key: Mapping[str, Any], *, consistent: bool = False, client: DynamoDBClient | None = None
) -> dict[str, Any]:
    """Return the one item that has this key.

    Calls GetItem.

    Parameters
    ----------
    table
        Name of the table.
    key
        The whole key, for example ``{"guid": "..."}``, with the sort key if the table has one.
    consistent
        Read what was written last, for twice the units; by default a read may be a moment behind.
    client
        DynamoDB client; by default the session's.

    Raises
    ------
    TableNotFound
        There is no such table.
    ItemNotFound
        No item has this key; AWS itself answers success with nothing inside.

    Examples
    --------
    >>> from helpers import dynamodb
    >>> _ = dynamodb.create_table("Ferries", "name")
    >>> _ = put_items("Ferries", [{"name": "Alcatraz", "decks": 2}])
    >>> get_item("Ferries", {"name": "Alcatraz"}) == {"name": "Alcatraz", "decks": 2}
    True
    """
    client = client or session.client("dynamodb")
    with table_errors(table):
        answer = client.get_item(TableName=table, Key=serialize(key), ConsistentRead=consistent)
    if "Item" not in answer:
        raise ItemNotFound(f"No item of {table!r} has the key {dict(key)}; dynamodb.scan({table!r}) shows all.")
    return deserialize(answer["Item"])


def put_items(
    table: str, items: Iterable[Mapping[str, Any]] | pd.DataFrame, *, client: DynamoDBClient | None = None
) -> int:
    """Write many items, 25 a request, and send again what AWS left unprocessed.

    Calls BatchWriteItem; between two tries the wait doubles.  An item replaces the one that has its key.

    Parameters
    ----------
    table
        Name of the table.
    items
        Dictionaries, or a DataFrame with one item a row, whose missing cells become no attribute.
    client
        DynamoDB client; by default the session's.

    Returns
    -------
    How many items were written.

    Raises
    ------
    TableNotFound
        There is no such table.
    ItemsNotWritten
        Some are not written after a minute of tries; ``failed`` holds those of the batch, and none after it was sent.

    Examples
    --------
    >>> from helpers import dynamodb
    >>> _ = dynamodb.create_table("Ferries", "name")
    >>> put_items("Ferries", [{"name": "Alcatraz"}, {"name": "Angel Island", "decks": 3}])
    2
    """
    client = client or session.client("dynamodb")
    requests = ({"PutRequest": {"Item": serialize(item)}} for item in _records(items))
    count = 0
    with table_errors(table):
        while batch := list(islice(requests, BATCH)):
            _write(client, table, batch, count)
            count += len(batch)
    return count


def _write(client: DynamoDBClient, table: str, batch: Sequence[Any], before: int) -> None:
    waiting = batch
    for seconds in WAITS:
        waiting = _unprocessed(client, table, waiting)
        if not waiting:
            return
        log.debug("%d items unprocessed, waiting %g seconds", len(waiting), seconds)
        pause(seconds)
    written = before + len(batch) - len(waiting)
    failed = [deserialize(request["PutRequest"]["Item"]) for request in waiting]
    raise ItemsNotWritten(f"{table!r} took {written} items and no more; give it more write capacity.", failed)


def _unprocessed(client: DynamoDBClient, table: str, batch: Sequence[Any]) -> Sequence[Any]:
    try:
        return client.batch_write_item(RequestItems={table: batch})["UnprocessedItems"].get(table, [])
    except ClientError as error:
        if aws_code(error) in THROTTLED:  # not one item of the batch got through
            return batch
        raise


def _records(items: Iterable[Mapping[str, Any]] | pd.DataFrame) -> Iterator[Mapping[str, Any]]:
    if not isinstance(items, pd.DataFrame):
        yield from items
        return
    for row in items.astype(object).to_dict("records"):
        yield {str(name): value for name, value in row.items() if _present(value)}


def _present(value: Any) -> bool:
    return not (pd.api.types.is_scalar(value) and pd.isna(value))
