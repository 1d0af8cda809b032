"""The work of a crawl: list, sample, tell tables apart, write them.

A crawler reads every object of up to 500; of more it reads one a folder, as it does with ``SampleSize`` 1.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from pocketaws.engines.dynamodb import read_table
from pocketaws.engines.glue.crawlers.classify import classify
from pocketaws.engines.glue.crawlers.layout import Folder, Grouping, find_tables, tree
from pocketaws.engines.glue.crawlers.records import Crawler, Run
from pocketaws.engines.glue.crawlers.schemas import Schema, merge_types
from pocketaws.engines.glue.crawlers.writing import Writer
from pocketaws.engines.glue.objects import Missing, Store, split
from pocketaws.engines.glue.state import of

__all__ = ["CrawlFailed", "crawl"]

ALL_READ = 500
_ATTRIBUTES = {"S": "string", "B": "binary", "BOOL": "boolean", "NULL": "null"}


class CrawlFailed(Exception):
    """A crawl that cannot go on; the text is what AWS shows as ``ErrorMessage``."""


def crawl(backend: Any, crawler: Crawler, run: Run) -> None:
    """Crawl all targets and write what is there to the catalog.

    Raises
    ------
    CrawlFailed
        A target does not exist.
    """
    store = Store(crawler.account)
    writer = Writer(backend, crawler, run)
    targets = crawler.settings["Targets"]
    try:
        for target in targets.get("S3Targets") or []:
            _crawl_s3(backend, crawler, store, target, writer)
        for target in targets.get("DynamoDBTargets") or []:
            _crawl_dynamodb(crawler, target, writer)
    except Missing as missing:
        raise CrawlFailed(f"{missing} (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket)") from None
    finally:
        run.lists, run.reads = store.lists, store.reads
    writer.retire()


def _crawl_s3(backend: Any, crawler: Crawler, store: Store, target: dict[str, Any], writer: Writer) -> None:
    bucket, prefix = split(target["Path"])
    excluded = [_glob(pattern) for pattern in target.get("Exclusions") or []]
    listed = store.list(bucket, prefix)
    is_file = any(stored.name == prefix for stored in listed)
    root = (
        prefix if not prefix or prefix.endswith("/") else prefix.rpartition("/")[0] + "/" if is_file else f"{prefix}/"
    )
    root = root.lstrip("/") if root == "/" else root
    objects = [
        stored
        for stored in listed
        if stored.size
        and (stored.name == prefix if is_file else stored.name.startswith(root))
        and not any(part.startswith(("_", ".")) for part in stored.name[len(root) :].split("/"))
        and not any(pattern.fullmatch(stored.name[len(root) :]) for pattern in excluded)
    ]
    sample = target.get("SampleSize") or (1 if len(objects) > ALL_READ else None)
    asked = [of(backend).classifiers[name] for name in crawler.settings.get("Classifiers") or []]
    known = dict(crawler.folders) if crawler.only_new_folders else {}

    def schemas(folder: Folder) -> list[tuple[Any, Schema]]:
        if folder.path in known and folder.files:
            return [(folder.files[0], known[folder.path])]
        read = folder.files[:sample] if sample else folder.files
        found = [(stored, schema) for stored in read if (schema := classify(store.read(stored), asked))]
        found = _scaled(found, folder)
        if found:
            whole = found[0][1]
            for _, schema in found[1:]:
                whole = whole.merged(schema)
            crawler.folders[folder.path] = whole
        return found

    options = crawler.configuration.get("Grouping") or {}
    grouping = Grouping(
        options.get("TableGroupingPolicy") == "CombineCompatibleSchemas", int(options.get("TableLevelConfiguration", 0))
    )
    for table in find_tables(tree(f"{bucket}/{root}", objects), schemas, grouping):
        writer.write(table)


def _scaled(found: list[tuple[Any, Schema]], folder: Folder) -> list[tuple[Any, Schema]]:
    """Let the last sampled file stand for those that were not read."""
    if not found or len(found) == len(folder.files):
        return found
    size = sum(stored.size for stored in folder.files)
    sampled = sum(schema.size for _, schema in found)
    records = sum(schema.records for _, schema in found) * (size - sampled) / max(sampled, 1)
    stored, last = found[-1]
    objects = last.objects + len(folder.files) - len(found)
    return [
        *found[:-1],
        (stored, replace(last, size=last.size + size - sampled, records=last.records + records, objects=objects)),
    ]


def _glob(pattern: str) -> re.Pattern[str]:
    """Compile an exclusion: ``*`` stays in a folder, ``**`` does not, ``{a,b}`` and ``[a-z]`` choose."""
    parts = re.findall(r"\*\*|\*|\?|\[[^\]]*\]|\{[^}]*\}|.", pattern, re.DOTALL)
    rules = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    made = []
    for part in parts:
        if part[0] == "{" and len(part) > 1:
            made.append("(?:" + "|".join(_glob(each).pattern for each in part[1:-1].split(",")) + ")")
        elif part[0] == "[" and len(part) > 1:
            made.append(part.replace("[!", "[^"))
        else:
            made.append(rules.get(part) or re.escape(part))
    return re.compile("".join(made), re.DOTALL)


def _crawl_dynamodb(crawler: Crawler, target: dict[str, Any], writer: Writer) -> None:
    name = target["Path"].rsplit("/", 1)[-1]
    table = read_table(crawler.account, crawler.region, name)
    if table is None:
        raise CrawlFailed(f"Requested resource not found: Table: {name} not found (Service: AmazonDynamoDBv2)")
    arn, size, items = table
    columns: dict[str, str] = {}
    count = 0
    for item in items:
        count += 1
        for key, value in item.items():
            columns[key.lower()] = merge_types(columns.get(key.lower(), "null"), _attribute_type(value))
    kinds = tuple((key, "string" if kind == "null" else kind) for key, kind in columns.items())
    writer.write_dynamodb(name, arn, Schema("dynamodb", kinds, records=count, size=size))


def _attribute_type(value: Any) -> str:
    kind, content = next(iter(value.items()))
    if kind == "N":
        return "bigint" if re.fullmatch(r"-?\d{1,18}", content) else "double"
    if kind in ("SS", "NS", "BS"):
        return f"array<{_attribute_type({kind[0]: content[0]})}>"
    if kind == "L":
        inner = "null"
        for each in content:
            inner = merge_types(inner, _attribute_type(each))
        return f"array<{'string' if inner == 'null' else inner}>"
    if kind == "M":
        members = ((name.lower(), _attribute_type(each)) for name, each in content.items())
        return "struct<" + ",".join(f"{name}:{'string' if each == 'null' else each}" for name, each in members) + ">"
    return _ATTRIBUTES[kind]
