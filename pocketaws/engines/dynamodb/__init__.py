"""DynamoDB, done by pocketaws; of moto's only the dispatch of requests and the IAM check stay.

What :func:`install` changes in moto:

- ``moto.dynamodb.responses.DynamoHandler``: ``call_action`` (ours answers), ``parse_parameters`` (ours reads the body);
- ``moto.dynamodbstreams.responses.DynamoDBStreamsHandler``: ``call_action``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["install", "read_table"]


def install() -> None:
    """Put this engine behind moto's two DynamoDB handlers."""
    from moto.dynamodb.responses import DynamoHandler
    from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

    DynamoHandler.parse_parameters = lambda self, request: None
    DynamoHandler.call_action = _answering("dynamodb")
    DynamoDBStreamsHandler.call_action = _answering("dynamodbstreams")


def _answering(service: str) -> Callable[[Any], Any]:
    from pocketaws.engines.dynamodb.access import authorize
    from pocketaws.engines.dynamodb.dispatch import answer, perform

    def call_action(handler: Any) -> Any:
        operation = handler._get_action()
        body = handler.body.encode("utf-8", "surrogatepass")

        def run() -> dict[str, Any]:
            authorize(handler, operation, body)
            return perform(service, operation, handler.current_account, handler.region, body)

        return answer(run)

    return call_action


def read_table(account: str, region: str, name: str) -> tuple[str, int, Iterator[dict[str, Any]]] | None:
    """Return a table's ARN, its size in bytes and its items, for engines that read tables; None if there is none."""
    from pocketaws.engines.dynamodb.tables import databases

    table = databases[account][region].tables.get(name)
    return (table.arn, table.size, table.items()) if table else None
