"""Tags of tables.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb.errors import DynamoDBError, invalid_parameters, not_found, validation
from pocketaws.engines.dynamodb.tables import Database, Table

__all__ = ["list_tags_of_resource", "tag_resource", "untag_resource"]

MAX_TAGS = 50


def tag_resource(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``TagResource``."""
    table = _tagged(database, request["ResourceArn"], "TagResource")
    tags = {**table.tags, **{tag["Key"]: tag["Value"] for tag in request["Tags"]}}
    if len(tags) > MAX_TAGS:
        raise invalid_parameters(f"Too many tags: a table can have at most {MAX_TAGS}")
    table.tags = tags
    return {}


def untag_resource(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UntagResource``."""
    table = _tagged(database, request["ResourceArn"], "UntagResource")
    table.tags = {key: value for key, value in table.tags.items() if key not in request["TagKeys"]}
    return {}


def list_tags_of_resource(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListTagsOfResource``."""
    table = _tagged(database, request["ResourceArn"], "ListTagsOfResource")
    return {"Tags": [{"Key": key, "Value": value} for key, value in table.tags.items()]}


def _tagged(database: Database, arn: str, operation: str) -> Table:
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[2] != "dynamodb" or not parts[5].startswith("table/"):
        raise validation(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")
    if parts[4] != database.account_id:
        raise DynamoDBError(
            "AccessDeniedException",
            f"User: arn:{database.partition}:iam::{database.account_id}:root is not authorized to perform: "
            f"dynamodb:{operation} on resource: {arn}",
        )
    table = database.tables.get(parts[5].removeprefix("table/"))
    if table is None:
        raise not_found(f"Requested resource not found: ResourcArn: {arn} not found")
    return table
