"""Text to tokens, and the syntax error that says where reading stopped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation

__all__ = ["Token", "Tokens", "is_reserved"]

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<alias>\#[A-Za-z0-9_]+)|(?P<value>:[A-Za-z0-9_]+)|(?P<number>\d+)"
    r"|(?P<symbol><=|>=|<>|[=<>+\-()\[\],.])|(?P<other>\S))"
)
EOF = "<EOF>"


@cache
def _reserved_words() -> frozenset[str]:
    text = files("pocketaws.engines.dynamodb.expressions").joinpath("reserved_words.txt").read_text("ascii")
    return frozenset(text.split())


def is_reserved(word: str) -> bool:
    """Whether a word may stand in an expression only behind a ``#name``."""
    return word.upper() in _reserved_words()


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression and where it stands."""

    kind: str
    text: str
    start: int
    end: int


class Tokens:
    """The tokens of one expression, read from left to right.

    Parameters
    ----------
    text
        The expression.
    parameter
        What AWS calls it in messages, for example ``FilterExpression``.
    """

    def __init__(self, text: str, parameter: str) -> None:
        self.text, self.parameter = text, parameter
        self.position = 0
        if not text.strip():
            raise self.invalid("The expression can not be empty;")
        self._tokens = [
            Token(
                match.lastgroup or "other",
                match.group(match.lastgroup or 0),
                match.start(match.lastgroup or 0),
                match.end(),
            )
            for match in _TOKEN.finditer(text.rstrip())
        ]
        for index, token in enumerate(self._tokens):
            if token.kind == "other":
                self.position = index
                raise self.syntax_error()

    @property
    def current(self) -> Token:
        """The token that is read next."""
        return self.ahead(0)

    def ahead(self, steps: int) -> Token:
        """Return a token further on."""
        index = self.position + steps
        if index < len(self._tokens):
            return self._tokens[index]
        return Token("end", EOF, len(self.text), len(self.text))

    def take(self) -> Token:
        """Read one token."""
        token = self.current
        self.position += 1
        return token

    def at(self, *symbols: str) -> bool:
        """Whether one of these symbols comes next."""
        return self.current.kind == "symbol" and self.current.text in symbols

    def at_word(self, *words: str) -> bool:
        """Whether one of these key words comes next, in any case."""
        return self.current.kind == "name" and self.current.text.upper() in words

    def skip(self, symbol: str) -> bool:
        """Read a symbol if it comes next."""
        if self.at(symbol):
            self.position += 1
            return True
        return False

    def expect(self, symbol: str) -> None:
        """Read a symbol that must come next."""
        if not self.skip(symbol):
            raise self.syntax_error()

    def expect_word(self, word: str) -> None:
        """Read a key word that must come next."""
        if not self.at_word(word):
            raise self.syntax_error()
        self.position += 1

    def closes(self, opened: int) -> int:
        """Return the position of the parenthesis that closes the one at a position, -1 if there is none."""
        depth = 0
        for index in range(opened, len(self._tokens)):
            depth += {"(": 1, ")": -1}.get(self._tokens[index].text, 0)
            if depth == 0:
                return index
        return -1

    def finish(self) -> None:
        """Insist that everything was read."""
        if self.current.kind != "end":
            raise self.syntax_error()

    def invalid(self, message: str) -> DynamoDBError:
        """Return the error that names this expression."""
        return validation(f"Invalid {self.parameter}: {message}")

    def syntax_error(self) -> DynamoDBError:
        """Return the error at the token that could not be read, with its neighbors."""
        here = self.current
        before = self._tokens[self.position - 1] if 0 < self.position <= len(self._tokens) else here
        after = self.ahead(1) if here.kind != "end" else here
        near = self.text[before.start : after.end].rstrip()
        return self.invalid(f'Syntax error; token: "{here.text}", near: "{near}"')
