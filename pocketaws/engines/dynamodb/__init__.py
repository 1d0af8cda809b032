"""DynamoDB, done by pocketaws; of moto's only the dispatch of requests and the IAM check stay.

What :func:`install` changes in moto:

- ``moto.dynamodb.responses.DynamoHandler``: ``call_action`` (ours answers), ``parse_parameters`` (ours reads the body);
- ``moto.dynamodbstreams.responses.DynamoDBStreamsHandler``: ``call_action``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["install"]


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
