"""SQL cut into tokens with their places: what reads Hive's DDL, and what finds a word for a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pocketaws.engines.athena.errors import AthenaError, invalid_request

__all__ = ["Token", "Tokens", "place", "tokenize"]

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*"|`[^`]*`)
    |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<word>[A-Za-z_@][\w@]*)
    |(?P<mark>->|<>|!=|<=|>=|\|\||.)""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\", "'": "'", '"': '"'}


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its kind, its value (unquoted), its text and where it begins."""

    kind: str
    value: str
    text: str
    start: int

    def is_word(self, *words: str) -> bool:
        """Whether the token is one of some key words."""
        return self.kind == "word" and self.value.upper() in words


def tokenize(sql: str) -> list[Token]:
    """Return the tokens of a statement, without white space and comments."""
    return list(_scan(sql))


def _scan(sql: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(sql):
        kind, text = match.lastgroup or "mark", match.group()
        if kind == "space":
            continue
        value = text
        if kind == "string":
            value = text[1:-1].replace("''", "'")
        elif kind == "quoted":
            value = text[1:-1].replace('""', '"')
        yield Token(kind, value, text, match.start())


def place(sql: str, start: int) -> str:
    """Return a place as Athena names it, for example ``line 1:8``."""
    line = sql.count("\n", 0, start) + 1
    return f"line {line}:{start - (sql.rfind(chr(10), 0, start) + 1) + 1}"


class Tokens:
    """A reader of the tokens of one statement."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self._all = tokenize(sql)
        while self._all and self._all[-1].value == ";":
            self._all.pop()
        self._at = 0

    @property
    def current(self) -> Token | None:
        """The next token, None at the end."""
        return self._all[self._at] if self._at < len(self._all) else None

    def peek(self, *words: str) -> bool:
        """Whether these key words or marks come next."""
        found = self._all[self._at : self._at + len(words)]
        return len(found) == len(words) and all(
            token.kind in ("word", "mark") and token.value.upper() == word
            for token, word in zip(found, words, strict=True)
        )

    def accept(self, *words: str) -> bool:
        """Pass these words if they come next."""
        if self.peek(*words):
            self._at += len(words)
            return True
        return False

    def expect(self, *words: str) -> None:
        """Pass these words, which must come next."""
        for word in words:
            if not self.accept(word):
                raise self.mismatch(f"'{word}'")

    def next(self) -> Token:
        """Pass a token and return it."""
        token = self.current
        if token is None:
            raise self.mismatch("more")
        self._at += 1
        return token

    def name(self) -> str:
        """Pass an identifier and return it, in lower case as the catalog keeps names."""
        token = self.current
        if token is None or token.kind not in ("word", "quoted"):
            raise self.mismatch("<identifier>")
        self._at += 1
        return token.value.lower()

    def qualified_name(self) -> list[str]:
        """Pass a dotted name and return its parts."""
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        return parts

    def string(self) -> str:
        """Pass a string, single or double quoted, with Hive's escapes read."""
        token = self.current
        if token is None or token.kind not in ("string", "quoted"):
            raise self.mismatch("<string>")
        self._at += 1
        octal = re.sub(r"\\(?:u([0-9a-fA-F]{4})|([0-7]{3}))", _character, token.value)
        return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), octal)

    def rest(self) -> str:
        """Return the text from the next token to the end."""
        token = self.current
        return self.sql[token.start :].rstrip().rstrip(";").rstrip() if token else ""

    def bracketed(self) -> str:
        """Pass what stands in round brackets and return its text."""
        self.expect("(")
        start, depth = self._here(), 1
        while depth:
            token = self.next()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
        return self.sql[start : token.start].strip()

    def end(self) -> None:
        """Refuse anything that follows."""
        if self.current is not None:
            raise self.mismatch("<EOF>")

    def _here(self) -> int:
        return self.current.start if self.current else len(self.sql)

    def mismatch(self, expected: str) -> AthenaError:
        """Return the refusal of the next token."""
        found = f"'{self.current.text}'" if self.current else "'<EOF>'"
        where = place(self.sql, self._here())
        return invalid_request(f"{where}: mismatched input {found}. Expecting: {expected}", "MALFORMED_QUERY")


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else chr(int(match[2], 8))
