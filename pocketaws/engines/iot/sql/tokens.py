"""The words of a rule's SQL."""

from __future__ import annotations

import re
from typing import NamedTuple

from pocketaws.engines.iot.errors import SqlError

__all__ = ["Token", "tokenize"]

KEYWORDS = {
    "select",
    "value",
    "as",
    "from",
    "where",
    "and",
    "or",
    "not",
    "in",
    "case",
    "when",
    "then",
    "else",
    "end",
    "true",
    "false",
    "null",
    "undefined",
}
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<string>'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<quoted>`[^`]+`)
    | (?P<name>[A-Za-z_$][\w$]*)
    | (?P<sign><>|<=|>=|!=|[-+*/%=<>().,\[\]{}:])""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word: its kind (``number``, ``string``, ``name``, ``keyword``, ``sign``, ``end``), text and place."""

    kind: str
    text: str
    place: int


def tokenize(sql: str) -> list[Token]:
    """Cut SQL into its words.

    Raises
    ------
    SqlError
        A character belongs to none.
    """
    tokens, place = [], 0
    while place < len(sql):
        match = _TOKEN.match(sql, place)
        if match is None:
            raise SqlError(f"Unexpected character {sql[place]!r} at position {place + 1}.")
        kind, text = str(match.lastgroup), match[0]
        if kind == "string":
            text = _unquoted(text)
        elif kind == "quoted":
            kind, text = "name", text[1:-1]
        elif kind == "name" and text.lower() in KEYWORDS:
            kind, text = "keyword", text.lower()
        if kind != "space":
            tokens.append(Token(kind, text, place + 1))
        place = match.end()
    return [*tokens, Token("end", "the end", len(sql) + 1)]


def _unquoted(text: str) -> str:
    inner = text[1:-1]
    if text[0] == "'":
        inner = inner.replace("''", "'")
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1]), inner)
