"""What a crawl found goes to the catalog, by the crawler's schema change policy.

Source: https://docs.aws.amazon.com/glue/latest/dg/crawler-schema-changes-prevent.html
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from pocketaws import clock
from pocketaws.engines.glue.crawlers.layout import Found
from pocketaws.engines.glue.crawlers.records import Crawler, Run
from pocketaws.engines.glue.crawlers.schemas import Schema
from pocketaws.engines.glue.crawlers.storage import descriptor, parameters
from pocketaws.engines.glue.tables import save

__all__ = ["Writer"]


class Writer:
    """Writes the tables of one run."""

    def __init__(self, backend: Any, crawler: Crawler, run: Run) -> None:
        self._backend, self._crawler, self._run = backend, crawler, run
        if crawler.database not in backend.databases:
            backend.create_database(crawler.database, {"Name": crawler.database})
        self._database = backend.get_database(crawler.database)
        self._output = crawler.configuration.get("CrawlerOutput") or {}
        self._updates = crawler.policy("UpdateBehavior", "UPDATE_IN_DATABASE") == "UPDATE_IN_DATABASE"
        self._deletes = crawler.policy("DeleteBehavior", "DEPRECATE_IN_DATABASE")
        self.seen: set[str] = set()

    def write(self, found: Found) -> None:
        """Create or update the table of what was found in S3, and its partitions."""
        location = f"s3://{found.path}"
        given: dict[str, Any] = {
            "Owner": "owner",
            "Retention": 0,
            "StorageDescriptor": descriptor(found.schema, location, self._crawler.name),
            "PartitionKeys": [{"Name": name, "Type": "string"} for name in found.key_names],
            "TableType": "EXTERNAL_TABLE",
            "Parameters": parameters(found.schema, self._crawler.name),
        }
        if found.keys:
            given["Parameters"]["partition_filtering.enabled"] = "true"
        table = self._table(_table_name(found.path), location, given)
        self._partitions(table, found)

    def write_dynamodb(self, name: str, arn: str, schema: Schema) -> None:
        """Create or update the table of a DynamoDB table."""
        described = {"classification": "dynamodb", "typeOfData": "table", "UPDATED_BY_CRAWLER": self._crawler.name}
        described |= {"recordCount": str(round(schema.records)), "sizeKey": str(schema.size)}
        storage = {"Columns": schema.described, "Location": arn, "Compressed": False, "Parameters": described}
        given = {"TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage, "Parameters": described}
        self._table(_clean(name), arn, {**given, "PartitionKeys": []})

    def _table(self, name: str, location: str, given: dict[str, Any]) -> Any:
        name = f"{self._crawler.settings.get('TablePrefix') or ''}{name}".lower()
        table = self._database.tables.get(name)
        if table is not None and _location(table) != location.rstrip("/"):
            name = f"{name}_{hashlib.md5(location.encode(), usedforsecurity=False).hexdigest()}"
            table = self._database.tables.get(name)
        self.seen.add(name)
        if table is None:
            self._crawler.tables.add(name)
            self._run.created += 1
            return self._backend.create_table(self._crawler.database, name, given)
        self._crawler.tables.add(name)
        if self._updates:
            self._update(table, given)
        return table

    def _update(self, table: Any, given: dict[str, Any]) -> None:
        old = table.as_dict()
        storage = given["StorageDescriptor"]
        before = (old.get("StorageDescriptor") or {}).get("Columns") or []
        if (self._output.get("Tables") or {}).get("AddOrUpdateBehavior") == "MergeNewColumns":
            known = {column["Name"] for column in before}
            storage["Columns"] = before + [column for column in storage["Columns"] if column["Name"] not in known]
        given["Parameters"] = {
            **{name: value for name, value in (old.get("Parameters") or {}).items() if name != _DEPRECATED},
            **given["Parameters"],
        }
        changed = storage["Columns"] != before or given["PartitionKeys"] != (old.get("PartitionKeys") or [])
        if changed or _DEPRECATED in (old.get("Parameters") or {}):
            save(table, given)
            self._run.updated += 1
        else:
            table.versions[str(table._current_version)]["Parameters"] = given["Parameters"]

    def _partitions(self, table: Any, found: Found) -> None:
        columns = (table.as_dict().get("StorageDescriptor") or {}).get("Columns") or []
        inherit = (self._output.get("Partitions") or {}).get("AddOrUpdateBehavior") == "InheritFromTable"
        present = set()
        for part in found.partitions:
            storage = descriptor(part.schema, f"s3://{part.path}", self._crawler.name)
            if inherit:
                storage["Columns"] = columns
            given = {"Values": part.values, "StorageDescriptor": storage}
            given["Parameters"] = parameters(part.schema, self._crawler.name)
            present.add(str(part.values))
            if str(part.values) not in table.partitions:
                if len(part.values) == len(table.as_dict().get("PartitionKeys") or []):
                    table.create_partition(given)
                    self._run.partitions += 1
            elif self._updates:
                table.update_partition(part.values, given)
        if self._deletes == "DELETE_FROM_DATABASE":
            for key in [key for key in table.partitions if key not in present and not self._crawler.only_new_folders]:
                del table.partitions[key]

    def retire(self) -> None:
        """Delete or deprecate the tables of this crawler whose data is gone; ``LOG`` leaves them."""
        for name in sorted(self._crawler.tables - self.seen):
            table = self._database.tables.get(name)
            if table is None or self._deletes == "LOG" or self._crawler.only_new_folders:
                continue
            if self._deletes == "DELETE_FROM_DATABASE":
                self._backend.delete_table(self._crawler.database, name)
                self._crawler.tables.discard(name)
            else:
                current = table.versions[str(table._current_version)]
                stamp = {_DEPRECATED: str(int(clock.now().timestamp() * 1000))}
                save(table, {**current, "Parameters": {**(current.get("Parameters") or {}), **stamp}})
            self._run.deleted += 1


_DEPRECATED = "DEPRECATED_BY_CRAWLER"


def _location(table: Any) -> str:
    return str((table.as_dict().get("StorageDescriptor") or {}).get("Location") or "").rstrip("/")


def _table_name(path: str) -> str:
    return _clean(path.rstrip("/").rsplit("/", 1)[-1].partition("=")[0] or path)


def _clean(name: str) -> str:
    return re.sub(r"[^a-z0-9_]", "_", name.lower())
