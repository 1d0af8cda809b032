"""Crawlers: one that exists, run and waited for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers._waiting import wait_until
from helpers.errors import CrawlerNotFound, CrawlFailed, GlueNameTaken, explained

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["Crawl", "crawl", "create_crawler", "delete_crawler"]


@dataclass(frozen=True)
class Crawl:
    """What a crawl changed in the catalog.

    Parameters
    ----------
    created, updated, deleted
        How many tables.
    partitions
        How many partitions it registered.
    """

    created: int
    updated: int
    deleted: int
    partitions: int


def create_crawler(
    crawler: str,
    database: str,
    path: str | Sequence[str],
    *,
    role: str,
    classifiers: Sequence[str] = (),
    client: GlueClient | None = None,
) -> str:
    """Create a crawler that writes what it finds under a path into a database.

    Parameters
    ----------
    crawler
        Its name.
    database
        The database of the catalog that its tables belong to.
    path
        Where to look, for example ``"s3://bucket/raw/"``; several paths are several targets.
    role
        Name or ARN of the IAM role that may read there.
    classifiers
        Names of custom classifiers, tried in this order before Glue's own.
    client
        Glue client; by default the session's.

    Returns
    -------
    The name.

    Raises
    ------
    GlueNameTaken
        There is a crawler of this name.

    Examples
    --------
    >>> create_crawler("harbor", "harbor", "s3://harbor/raw/", role="GlueRole")
    'harbor'
    """
    client = client or session.client("glue")
    paths = [path] if isinstance(path, str) else path
    targets: Any = {"S3Targets": [{"Path": each} for each in paths]}
    options: Any = {"Role": role, "DatabaseName": database, "Targets": targets, "Classifiers": list(classifiers)}
    with explained({"AlreadyExistsException": GlueNameTaken(f"There is a crawler {crawler!r}.")}):
        client.create_crawler(Name=crawler, **options)
    return crawler


def delete_crawler(crawler: str, *, client: GlueClient | None = None) -> None:
    """Delete a crawler; the tables that it made stay.

    Parameters
    ----------
    crawler
        Its name.
    client
        Glue client; by default the session's.

    Raises
    ------
    CrawlerNotFound
        There is no such crawler.

    Examples
    --------
    >>> delete_crawler(create_crawler("harbor", "harbor", "s3://harbor/raw/", role="GlueRole"))
    """
    client = client or session.client("glue")
    with _crawler_errors(crawler):
        client.delete_crawler(Name=crawler)


def crawl(crawler: str, *, client: GlueClient | None = None) -> Crawl:
    """Run a crawler and wait until it is READY again.

    Calls StartCrawler, then GetCrawler until the crawl is over, then ListCrawls for what it changed.

    Parameters
    ----------
    crawler
        Its name.
    client
        Glue client; by default the session's.

    Returns
    -------
    What the crawl changed.

    Raises
    ------
    CrawlerNotFound
        There is no such crawler.
    CrawlFailed
        The crawl failed or was stopped; the message is Glue's.

    Examples
    --------
    >>> from helpers import catalog, s3
    >>> bucket = s3.create_bucket("harbor-raw")
    >>> _ = s3.put_object(bucket, "ferries/day=1/a.csv", b"id;seats 1;80 2;120".replace(b" ", bytes([10])))
    >>> _ = create_crawler("harbor", catalog.create_database("harbor"), f"s3://{bucket}/ferries/", role="GlueRole")
    >>> crawl("harbor")
    Crawl(created=1, updated=0, deleted=0, partitions=1)
    """
    client = client or session.client("glue")
    with _crawler_errors(crawler):
        client.start_crawler(Name=crawler)

    def ready() -> Any:
        found = client.get_crawler(Name=crawler)["Crawler"]
        return found if found["State"] == "READY" else None

    last = wait_until(ready, what=f"the crawler {crawler}", every=1, at_most=3600, growth=1.3)["LastCrawl"]
    if last["Status"] != "SUCCEEDED":
        raise CrawlFailed(last.get("ErrorMessage") or f"The crawl of {crawler} is {last['Status']}.")
    return _changes(client, crawler)


def _changes(client: Any, crawler: str) -> Crawl:
    """Read what the last crawl changed from its summary, which is JSON in a string."""
    summary = json.loads(client.list_crawls(CrawlerName=crawler, MaxResults=1)["Crawls"][0].get("Summary") or "{}")
    tables, partitions = summary.get("TABLE", {}), summary.get("PARTITION", {})
    created, updated, deleted = (_count(tables.get(name)) for name in ("ADD", "UPDATE", "DELETE"))
    return Crawl(created, updated, deleted, _count(partitions.get("ADD")))


def _count(value: Any) -> int:
    """Return a number of the summary, which is plain or inside further JSON with details."""
    found = json.loads(value) if isinstance(value, str) else value
    return int(found.get("Count", 0) if isinstance(found, dict) else found or 0)


def _crawler_errors(crawler: str) -> AbstractContextManager[None]:
    return explained({"EntityNotFoundException": CrawlerNotFound(f"There is no crawler {crawler!r} in this Region.")})
