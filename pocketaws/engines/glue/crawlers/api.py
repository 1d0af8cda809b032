"""The operations on crawlers and classifiers.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-crawling.html
"""

from __future__ import annotations

import json
import statistics
from typing import Any

from pocketaws import clock
from pocketaws.engines.glue.crawlers import running
from pocketaws.engines.glue.crawlers.grok import compile_pattern
from pocketaws.engines.glue.crawlers.records import Crawler
from pocketaws.engines.glue.errors import GlueError, already_exists, invalid, not_found
from pocketaws.engines.glue.paging import page
from pocketaws.engines.glue.state import of

__all__ = ["OPERATIONS", "crawler_of"]

_KINDS = ("CsvClassifier", "JsonClassifier", "GrokClassifier")
_ORDER = {"GT": "__gt__", "GE": "__ge__", "LT": "__lt__", "LE": "__le__", "EQ": "__eq__", "NE": "__ne__"}
_FILTER = ("FieldName", "FilterOperator", "FieldValue")
_FIELDS = {"CRAWL_ID": "CrawlId", "STATE": "State", "START_TIME": "StartTime", "END_TIME": "EndTime"}


def crawler_of(backend: Any, name: str) -> Crawler:
    """Return a crawler.

    Raises
    ------
    GlueError
        ``EntityNotFoundException``.
    """
    crawler = of(backend).crawlers.get(name)
    if crawler is None:
        raise not_found(f"Crawler with name {name} does not exist")
    return crawler


def _check(backend: Any, settings: dict[str, Any]) -> None:
    targets = {name: some for name, some in (settings.get("Targets") or {}).items() if some}
    if not targets:
        raise invalid("Crawler targets must not be empty")
    for name in targets.keys() - {"S3Targets", "DynamoDBTargets"}:
        raise invalid(f"{name} are not supported by pocketaws.")
    for target in targets.get("S3Targets") or []:
        if not target.get("Path") or target.get("EventQueueArn"):
            raise invalid("An S3 target needs a Path; event queues are not supported by pocketaws.")
    for name in settings.get("Classifiers") or []:
        if name not in of(backend).classifiers:
            raise invalid(f"Classifier {name} does not exist")
    recrawl = (settings.get("RecrawlPolicy") or {}).get("RecrawlBehavior")
    policy = settings.get("SchemaChangePolicy") or {}
    if recrawl == "CRAWL_EVENT_MODE":
        raise invalid("RecrawlBehavior CRAWL_EVENT_MODE is not supported by pocketaws.")
    if recrawl == "CRAWL_NEW_FOLDERS_ONLY" and {policy.get("UpdateBehavior"), policy.get("DeleteBehavior")} != {"LOG"}:
        raise invalid(
            'The SchemaChangePolicy for "Crawl new folders only" Amazon S3 target can have only LOG DeleteBehavior '
            "value and LOG UpdateBehavior value."
        )
    try:
        configuration = json.loads(settings.get("Configuration") or '{"Version": 1.0}')
        if configuration["Version"] not in (1, 1.0, "1.0"):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise invalid("Crawler configuration is not valid JSON with Version 1.0") from None


def create_crawler(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``CreateCrawler``."""
    if request["Name"] in of(backend).crawlers:
        raise already_exists(f"Crawler with name {request['Name']} already exists")
    _check(backend, request)
    settings = {name: value for name, value in request.items() if name not in ("Tags", "Schedule")}
    crawler = Crawler(settings, backend.account_id, backend.region_name)
    running.set_schedule(backend, crawler, request.get("Schedule"))
    of(backend).crawlers[crawler.name] = crawler
    arn = f"arn:aws:glue:{backend.region_name}:{backend.account_id}:crawler/{crawler.name}"
    backend.tag_resource(arn, request.get("Tags"))


def update_crawler(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``UpdateCrawler``."""
    crawler = crawler_of(backend, request["Name"])
    if crawler.state != "READY":
        raise GlueError("CrawlerRunningException", f"Crawler with name {crawler.name} is running")
    settings = {**crawler.settings, **request}
    _check(backend, settings)
    schedule = settings.pop("Schedule", None)
    crawler.settings = settings
    running.set_schedule(backend, crawler, schedule)
    crawler.version += 1
    crawler.changed = clock.now()


def delete_crawler(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``DeleteCrawler``."""
    crawler = crawler_of(backend, request["Name"])
    if crawler.state != "READY":
        raise GlueError("CrawlerRunningException", f"Crawler with name {crawler.name} is running")
    running.set_schedule(backend, crawler, None)
    del of(backend).crawlers[crawler.name]


def get_crawler(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetCrawler``."""
    return {"Crawler": crawler_of(backend, request["Name"]).describe()}


def get_crawlers(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetCrawlers``."""
    return page([crawler.describe() for crawler in of(backend).crawlers.values()], request, "Crawlers")


def batch_get_crawlers(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``BatchGetCrawlers``."""
    crawlers, names = of(backend).crawlers, request["CrawlerNames"]
    found = [crawlers[name].describe() for name in names if name in crawlers]
    return {"Crawlers": found, "CrawlersNotFound": [name for name in names if name not in crawlers]}


def list_crawlers(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListCrawlers``."""
    wanted = (request.get("Tags") or {}).items()
    prefix = f"arn:aws:glue:{backend.region_name}:{backend.account_id}:crawler/"
    names = [name for name in of(backend).crawlers if wanted <= backend.get_tags(prefix + name).items()]
    return page(names, request, "CrawlerNames")


def start_crawler(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``StartCrawler``."""
    running.start(backend, crawler_of(backend, request["Name"]))


def stop_crawler(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``StopCrawler``."""
    running.stop(backend, crawler_of(backend, request["Name"]))


def list_crawls(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``ListCrawls``, the newest first."""
    crawler = crawler_of(backend, request["CrawlerName"])
    found = [run.describe(crawler.name) for run in reversed(crawler.runs)]
    for condition in request.get("Filters") or []:
        told = ", ".join(f"{name}: {condition.get(name, 'null')}" for name in _FILTER)
        if "null" in told:
            raise invalid(f"Invalid Filter Provided: {told}")
        field, compare = _FIELDS[condition["FieldName"]], _ORDER[condition["FilterOperator"]]
        value: Any = condition["FieldValue"]
        if field.endswith("Time"):
            value = float(value) / 1000
            found = [run for run in found if run[field] and getattr(run[field].timestamp(), compare)(value)]
        else:
            found = [run for run in found if getattr(run[field], compare)(value)]
    return page(found, request, "Crawls", limit=20)


def get_crawler_metrics(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetCrawlerMetrics``."""
    names = request.get("CrawlerNameList") or list(of(backend).crawlers)
    crawlers = [of(backend).crawlers[name] for name in names if name in of(backend).crawlers]
    found = []
    for crawler in crawlers:
        seconds = [run.seconds for run in crawler.runs if run.ended]
        found.append(
            {
                "CrawlerName": crawler.name,
                "TimeLeftSeconds": 0.0,
                "StillEstimating": False,
                "LastRuntimeSeconds": seconds[-1] if seconds else 0.0,
                "MedianRuntimeSeconds": statistics.median(seconds) if seconds else 0.0,
                "TablesCreated": sum(run.created for run in crawler.runs),
                "TablesUpdated": sum(run.updated for run in crawler.runs),
                "TablesDeleted": sum(run.deleted for run in crawler.runs),
            }
        )
    return page(found, request, "CrawlerMetricsList")


def update_crawler_schedule(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``UpdateCrawlerSchedule``."""
    running.set_schedule(backend, crawler_of(backend, request["CrawlerName"]), request.get("Schedule"))


def start_crawler_schedule(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``StartCrawlerSchedule``."""
    crawler = crawler_of(backend, request["CrawlerName"])
    expression = crawler.settings.get("Schedule")
    if not expression:
        raise GlueError("NoScheduleException", f"Crawler with name {crawler.name} has no schedule")
    if crawler.schedule_state == "SCHEDULED":
        raise GlueError("SchedulerRunningException", f"Scheduler of crawler {crawler.name} is already running")
    running.set_schedule(backend, crawler, expression)


def stop_crawler_schedule(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``StopCrawlerSchedule``; the expression is kept."""
    crawler = crawler_of(backend, request["CrawlerName"])
    expression = crawler.settings.get("Schedule")
    if crawler.schedule_state != "SCHEDULED":
        raise GlueError("SchedulerNotRunningException", f"Scheduler of crawler {crawler.name} is not running")
    running.set_schedule(backend, crawler, None)
    crawler.settings["Schedule"] = expression


def create_classifier(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``CreateClassifier``."""
    kind, given = _classifier(request)
    if given["Name"] in of(backend).classifiers:
        raise already_exists(f"Classifier with name {given['Name']} already exists")
    now = clock.now()
    described = {**given, "CreationTime": now, "LastUpdated": now, "Version": 1}
    of(backend).classifiers[given["Name"]] = {kind: described}


def _classifier(request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    for kind, given in request.items():
        if kind not in _KINDS:
            raise invalid(f"{kind} is not supported by pocketaws.")
        if kind == "GrokClassifier":
            try:
                compile_pattern(given.get("GrokPattern") or "", given.get("CustomPatterns") or "")
            except ValueError as error:
                raise invalid(f"Invalid grok pattern: {error}") from None
        return kind, given
    raise invalid("A classifier must be given")


def _existing(backend: Any, name: str) -> dict[str, Any]:
    if name not in of(backend).classifiers:
        raise not_found(f"Classifier with name {name} does not exist")
    return of(backend).classifiers[name]


def get_classifier(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetClassifier``."""
    return {"Classifier": _existing(backend, request["Name"])}


def get_classifiers(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``GetClassifiers``."""
    return page(list(of(backend).classifiers.values()), request, "Classifiers")


def update_classifier(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``UpdateClassifier``."""
    kind, given = _classifier({name.replace("XML", "Xml"): value for name, value in request.items()})
    old = _existing(backend, given["Name"]).get(kind)
    if old is None:
        raise invalid(f"Classifier {given['Name']} is of another kind")
    old |= {**given, "LastUpdated": clock.now(), "Version": old["Version"] + 1}


def delete_classifier(backend: Any, request: dict[str, Any]) -> None:
    """Answer ``DeleteClassifier``."""
    _existing(backend, request["Name"])
    del of(backend).classifiers[request["Name"]]


OPERATIONS = {
    "BatchGetCrawlers": batch_get_crawlers,
    "CreateClassifier": create_classifier,
    "CreateCrawler": create_crawler,
    "DeleteClassifier": delete_classifier,
    "DeleteCrawler": delete_crawler,
    "GetClassifier": get_classifier,
    "GetClassifiers": get_classifiers,
    "GetCrawler": get_crawler,
    "GetCrawlerMetrics": get_crawler_metrics,
    "GetCrawlers": get_crawlers,
    "ListCrawlers": list_crawlers,
    "ListCrawls": list_crawls,
    "StartCrawler": start_crawler,
    "StartCrawlerSchedule": start_crawler_schedule,
    "StopCrawler": stop_crawler,
    "StopCrawlerSchedule": stop_crawler_schedule,
    "UpdateClassifier": update_classifier,
    "UpdateCrawler": update_crawler,
    "UpdateCrawlerSchedule": update_crawler_schedule,
}
