"""XML in and out: the bodies of S3's configuration calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict  # type: ignore[import-untyped]

from pocketaws.engines.s3.errors import Answer, malformed_xml

__all__ = ["answer", "many", "parse", "whole_number"]

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def parse(body: bytes, root: str) -> dict[str, Any]:
    """Return the content of a document's root element.

    Raises
    ------
    S3Error
        MalformedXML: it is no XML, or has another root.
    """
    try:
        document = xmltodict.parse(body, strip_whitespace=False)
    except ExpatError:
        raise malformed_xml() from None
    if root not in document:
        raise malformed_xml()
    content = _tidy(document[root])
    return content if isinstance(content, dict) else {}


def _tidy(node: Any) -> Any:
    """Drop namespaces, and the white space between elements."""
    if isinstance(node, dict):
        kept = {
            k: _tidy(v) for k, v in node.items() if not k.startswith("@xmlns") and not (k == "#text" and len(node) > 1)
        }
        return kept["#text"] if list(kept) == ["#text"] else kept
    if isinstance(node, list):
        return [_tidy(child) for child in node]
    return node


def many(node: Mapping[str, Any], name: str) -> list[Any]:
    """Return a repeated child element as a list; absent is empty."""
    child = node.get(name)
    if child is None:
        return [None] if name in node else []
    return child if isinstance(child, list) else [child]


def whole_number(text: Any) -> int:
    """Return an element's integer, or refuse the document."""
    try:
        return int(text)
    except (TypeError, ValueError):
        raise malformed_xml() from None


def answer(root: str, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    """Return 200 with a document; absent values (None) are left out, booleans written as AWS does."""
    body = xmltodict.unparse({root: {"@xmlns": _NAMESPACE, **dict(_present(content))}})
    return 200, {"content-type": "application/xml", **(headers or {})}, body


def _present(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if value is not None:
            yield name, _written(value)


def _written(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(_present(value))
    if isinstance(value, list):
        return [_written(each) for each in value]
    return str(value).lower() if isinstance(value, bool) else value
