"""DynamoDB, done by pocketaws; of moto's only the dispatch of requests and the IAM check stay.

What :func:`install` changes in moto:

- ``moto.dynamodb.responses.DynamoHandler``: ``call_action`` (ours answers), ``parse_parameters`` (ours reads the body);
- ``moto.dynamodbstreams.responses.DynamoDBStreamsHandler``: ``call_action``.
"""

from __future__ import annotations

from typing import Any

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's two DynamoDB handlers."""
    from moto.dynamodb.responses import DynamoHandler
    from moto.dynamodbstreams.responses import DynamoDBStreamsHandler

    from pocketaws.engines.dynamodb.dispatch import OPERATIONS, STREAMS_OPERATIONS, answer, perform

    def answering(operations: Any) -> Any:
        def call_action(self: Any) -> Any:
            name = self._get_action()
            return answer(lambda: perform(operations, name, self.current_account, self.region, self.body.encode()))

        return call_action

    DynamoHandler.parse_parameters = lambda self, request: None
    DynamoHandler.call_action = answering(OPERATIONS)
    DynamoDBStreamsHandler.call_action = answering(STREAMS_OPERATIONS)
