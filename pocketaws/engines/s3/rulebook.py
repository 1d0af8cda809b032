"""Lifecycle rules read from XML.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pocketaws.engines.s3 import xml
from pocketaws.engines.s3.errors import invalid_argument, invalid_request, malformed_xml
from pocketaws.engines.s3.rules import Filter, NoncurrentTransition, Rule, Transition, validate

__all__ = ["read_rules"]

_TARGETS = {"STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"}
_MAX_RULES, _MAX_ID = 1000, 255


def read_rules(body: bytes) -> list[Rule]:
    """Read a lifecycle configuration.

    Raises
    ------
    S3Error
        MalformedXML, InvalidArgument or InvalidRequest, with AWS's message.
    """
    elements = xml.many(xml.parse(body, "LifecycleConfiguration"), "Rule")
    if not elements or len(elements) > _MAX_RULES or not all(isinstance(each, dict) for each in elements):
        raise malformed_xml()
    rules = [_read_rule(each, position) for position, each in enumerate(elements)]
    if len({rule.id for rule in rules}) < len(rules):
        raise invalid_argument("Rule ID must be unique. Found same ID for more than one rule")
    return rules


def _read_rule(element: dict[str, Any], position: int) -> Rule:
    if element.get("Status") not in ("Enabled", "Disabled"):
        raise malformed_xml()
    if ("Filter" in element and "Prefix" in element) or not {"Filter", "Prefix"} & set(element):
        raise malformed_xml()
    name = element.get("ID") or str(uuid5(NAMESPACE_URL, f"{position} {element}"))
    if len(name) > _MAX_ID:
        raise invalid_argument(f"ID length should not exceed allowed limit of {_MAX_ID}", "ID", name)
    chosen = _read_filter(element)
    expiration, noncurrent = element.get("Expiration"), element.get("NoncurrentVersionExpiration")
    abort = element.get("AbortIncompleteMultipartUpload")
    rule = Rule(
        id=name,
        enabled=element["Status"] == "Enabled",
        filter=chosen,
        transitions=tuple(_read_transition(each) for each in xml.many(element, "Transition")),
        **_read_expiration(expiration),
        noncurrent_transitions=tuple(
            _read_noncurrent_transition(each) for each in xml.many(element, "NoncurrentVersionTransition")
        ),
        noncurrent_days=_positive(noncurrent, "NoncurrentDays", "NoncurrentVersionExpiration"),
        noncurrent_newer=_newer(noncurrent or {}),
        abort_days=_positive(abort, "DaysAfterInitiation", "AbortIncompleteMultipartUpload"),
        source={"ID": name, **{key: value for key, value in element.items() if key != "ID"}},
    )
    validate(rule)
    return rule


def _read_filter(element: Mapping[str, Any]) -> Filter:
    if "Prefix" in element:
        prefix = element["Prefix"] or ""
        return Filter(prefix, text=f"(prefix={prefix})")
    given = element["Filter"] or {}
    if isinstance(given, str) and not given.strip():
        given = {}
    if not isinstance(given, dict) or len(given) > 1:
        raise malformed_xml()
    node = given.get("And", given)
    if not isinstance(node, dict) or set(node) - {"Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}:
        raise malformed_xml()
    tags = [
        (tag["Key"], tag.get("Value") or "") for tag in xml.many(node, "Tag") if isinstance(tag, dict) and "Key" in tag
    ]
    if len(tags) != len(xml.many(node, "Tag")):
        raise malformed_xml()
    if len(dict(tags)) < len(tags):
        raise invalid_request("Duplicate Tag Keys are not allowed.")
    larger = xml.whole_number(node["ObjectSizeGreaterThan"]) if "ObjectSizeGreaterThan" in node else None
    smaller = xml.whole_number(node["ObjectSizeLessThan"]) if "ObjectSizeLessThan" in node else None
    if larger is not None and smaller is not None and larger >= smaller:
        raise invalid_request("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.")
    prefix = node.get("Prefix") or ""
    words = [f"prefix={prefix}"] if "Prefix" in node or not node else []
    words += [f"tag={{key={key}, value={value}}}" for key, value in tags]
    words += [f"objectsizegreaterthan={larger}"] if larger is not None else []
    words += [f"objectsizelessthan={smaller}"] if smaller is not None else []
    return Filter(prefix, tuple(tags), larger, smaller, f"({' and '.join(words)})")


def _read_expiration(element: Any) -> dict[str, Any]:
    if element is None:
        return {}
    if not isinstance(element, dict) or len(element) != 1:
        raise malformed_xml()
    if "Date" in element:
        return {"expiration_date": _midnight(element["Date"])}
    if "Days" in element:
        return {"expiration_days": _positive(element, "Days", "Expiration")}
    if element.get("ExpiredObjectDeleteMarker") not in ("true", "false"):
        raise malformed_xml()
    return {"expires_markers": element["ExpiredObjectDeleteMarker"] == "true"}


def _read_transition(element: Any) -> Transition:
    if (
        not isinstance(element, dict)
        or element.get("StorageClass") not in _TARGETS
        or ("Days" in element) == ("Date" in element)
    ):
        raise malformed_xml()
    if "Date" in element:
        return Transition(element["StorageClass"], date=_midnight(element["Date"]))
    days = xml.whole_number(element["Days"])
    if days < 0:
        raise invalid_argument("'Days' in Transition action must be nonnegative")
    return Transition(element["StorageClass"], days)


def _read_noncurrent_transition(element: Any) -> NoncurrentTransition:
    if not isinstance(element, dict) or element.get("StorageClass") not in _TARGETS or "NoncurrentDays" not in element:
        raise malformed_xml()
    days = xml.whole_number(element["NoncurrentDays"])
    if days < 0:
        raise invalid_argument("'NoncurrentDays' in NoncurrentVersionTransition action must be nonnegative")
    return NoncurrentTransition(element["StorageClass"], days, _newer(element))


def _newer(element: Mapping[str, Any]) -> int:
    if "NewerNoncurrentVersions" not in element:
        return 0
    newer = xml.whole_number(element["NewerNoncurrentVersions"])
    if not 1 <= newer <= 100:
        raise invalid_argument("'NewerNoncurrentVersions' must be a positive integer not greater than 100")
    return newer


def _positive(element: Any, name: str, action: str) -> int | None:
    if element is None:
        return None
    if not isinstance(element, dict) or name not in element:
        raise malformed_xml()
    number = xml.whole_number(element[name])
    if number < 1:
        raise invalid_argument(f"'{name}' for {action} action must be a positive integer")
    return number


def _midnight(text: Any) -> datetime:
    try:
        date = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        raise malformed_xml() from None
    date = date.replace(tzinfo=date.tzinfo or timezone.utc).astimezone(timezone.utc)
    if (date.hour, date.minute, date.second, date.microsecond) != (0, 0, 0, 0):
        raise invalid_argument("'Date' must be at midnight GMT")
    return date
