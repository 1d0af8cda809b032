"""Grok: patterns with names, as in ``%{IP:client} %{WORD:verb}``.

Source: https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html
"""

from __future__ import annotations

import re
from typing import Any

from pocketaws.engines.glue.crawlers.schemas import Schema

__all__ = ["classify_grok", "compile_pattern"]

_PATTERNS = {
    "USERNAME": r"[a-zA-Z0-9._-]+",
    "USER": r"%{USERNAME}",
    "INT": r"[+-]?\d+",
    "BASE10NUM": r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)",
    "NUMBER": r"%{BASE10NUM}",
    "BASE16NUM": r"(?:0[xX])?[0-9A-Fa-f]+",
    "POSINT": r"\b[1-9]\d*\b",
    "NONNEGINT": r"\b\d+\b",
    "WORD": r"\b\w+\b",
    "NOTSPACE": r"\S+",
    "SPACE": r"\s*",
    "DATA": r".*?",
    "GREEDYDATA": r".*",
    "QUOTEDSTRING": r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'",
    "QS": r"%{QUOTEDSTRING}",
    "UUID": r"[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}",
    "IPV4": r"(?:\d{1,3}\.){3}\d{1,3}",
    "IPV6": r"[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+",
    "IP": r"(?:%{IPV4}|%{IPV6})",
    "HOSTNAME": r"\b[0-9A-Za-z](?:[0-9A-Za-z.-]*[0-9A-Za-z])?\b",
    "HOST": r"%{HOSTNAME}",
    "IPORHOST": r"(?:%{IP}|%{HOSTNAME})",
    "PATH": r"(?:/[^\s?*]*)+|[A-Za-z]:\\\S*",
    "URIPATHPARAM": r"/[^\s?#]*(?:\?\S*)?",
    "URI": r"[A-Za-z][A-Za-z0-9+.-]*://\S+",
    "MONTH": r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b",
    "MONTHNUM": r"0?[1-9]|1[0-2]",
    "MONTHDAY": r"0?[1-9]|[12]\d|3[01]",
    "DAY": r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\b",
    "YEAR": r"\d{4}",
    "HOUR": r"[01]?\d|2[0-3]",
    "MINUTE": r"[0-5]\d",
    "SECOND": r"[0-5]?\d(?:[.,]\d+)?",
    "TIME": r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?",
    "DATE_EU": r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}",
    "DATE_US": r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}",
    "ISO8601_TIMEZONE": r"Z|[+-]\d{2}:?\d{2}",
    "TIMESTAMP_ISO8601": r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?",
    "HTTPDATE": r"\d{2}/\w{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}",
    "LOGLEVEL": r"(?i:trace|debug|notice|info|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal|severe|emerg(?:ency)?|alert)",
}
_REFERENCE = re.compile(r"%\{(\w+)(?::([\w.]+))?(?::(\w+))?\}")
_TYPES = {"byte": "tinyint", "short": "smallint", "long": "bigint", "integer": "int"}


def compile_pattern(pattern: str, custom: str = "") -> tuple[re.Pattern[str], list[tuple[str, str]]]:
    """Return the regular expression of a grok pattern, and the names and types of its columns.

    Raises
    ------
    ValueError
        A pattern that is not known, or an expression that cannot be compiled.

    Examples
    --------
    >>> compile_pattern("%{WORD:verb} %{INT:status:int}")[1]
    [('verb', 'string'), ('status', 'int')]
    """
    known = dict(_PATTERNS)
    known |= dict(line.strip().split(maxsplit=1) for line in custom.splitlines() if len(line.split()) > 1)
    columns: list[tuple[str, str]] = []

    def expand(text: str, depth: int) -> str:
        def replace(match: re.Match[str]) -> str:
            name, column, kind = match.groups()
            if name not in known or depth > 20:
                raise ValueError(f"Unknown grok pattern {name}")
            inside = expand(known[name], depth + 1)
            if column is None or depth:
                return f"(?:{inside})"
            columns.append((column.lower(), _TYPES.get(kind or "", kind or "string")))
            return f"({inside})"

        return _REFERENCE.sub(replace, text)

    try:
        return re.compile(expand(pattern, 0)), columns
    except re.error as error:
        raise ValueError(str(error)) from None


def classify_grok(text: str, whole: bool, custom: dict[str, Any]) -> Schema | None:
    """Classify lines of text with a custom classifier; nine of ten lines must match."""
    expression, columns = compile_pattern(custom["GrokPattern"], custom.get("CustomPatterns") or "")
    lines = [line for line in text.splitlines() if line.strip()]
    lines = lines if whole or len(lines) < 2 else lines[:-1]
    matching = sum(bool(expression.match(line)) for line in lines)
    if not lines or matching < 0.9 * len(lines) or not columns:
        return None
    settings = (("grok", custom["GrokPattern"]), ("patterns", custom.get("CustomPatterns") or ""))
    return Schema(custom["Classification"], tuple(columns), settings=settings, records=len(lines))
