"""Tables deleted: the stream ends, and a table whose recovery was enabled leaves a system backup.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.dynamodb import streams
from pocketaws.engines.dynamodb.backups import keep_deleted
from pocketaws.engines.dynamodb.descriptions import describe
from pocketaws.engines.dynamodb.errors import validation
from pocketaws.engines.dynamodb.tables import Database

__all__ = ["delete_table"]


def delete_table(database: Database, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``DeleteTable``."""
    table = database.described(request["TableName"])
    if table.deletion_protected:
        raise validation(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    keep_deleted(database, table)
    streams.close(table)
    del database.tables[table.name]
    description = describe(table, "DELETING")
    wanted = ("TableName", "TableStatus", "ProvisionedThroughput", "TableSizeBytes", "ItemCount", "TableArn", "TableId",
              "DeletionProtectionEnabled")  # fmt: skip
    return {"TableDescription": {name: description[name] for name in wanted}}
