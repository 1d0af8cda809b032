"""The words and signs of a PartiQL statement.

Names stand bare or in double quotes, text in single quotes; a quote inside is doubled.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.data-types.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation

__all__ = ["KEYWORDS", "Token", "not_well_formed", "tokenize"]

#: Words that stand for themselves and are names only in double quotes.
KEYWORDS = frozenset(files(__package__).joinpath("keywords.txt").read_text("utf-8").split())

_TOKEN = re.compile(
    r"""(?P<blank>\s+|--[^\r\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*")
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<parameter>\?)
    |(?P<symbol><<|>>|<>|!=|<=|>=|\|\||[()\[\]{},.:;=<>*+\-%]|/(?!\*))""",
    re.VERBOSE | re.DOTALL,
)
_MAX_EXPONENT = 2**31


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign: its kind, what it says, and where it stands.

    Kinds are ``word``, ``name`` (in double quotes), ``text``, ``number``, ``parameter``, ``symbol`` and ``end``.
    """

    kind: str
    text: str
    place: str

    @property
    def word(self) -> str:
        """The word in capitals; empty for what is not a bare word."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def is_keyword(self) -> bool:
        """Whether the token is a keyword, which cannot be a name."""
        return self.kind == "word" and self.text.lower() in KEYWORDS


def not_well_formed(detail: str = "") -> DynamoDBError:
    """Return the error of a statement that cannot be read."""
    return validation(f"Statement wasn't well formed, can't be processed: {detail}")


def tokenize(statement: str) -> list[Token]:
    """Return the tokens of a statement, the end last.

    Examples
    --------
    >>> [token.text for token in tokenize("SELECT * FROM Music WHERE Artist='Acme'")]
    ['SELECT', '*', 'FROM', 'Music', 'WHERE', 'Artist', '=', 'Acme', '']
    """
    tokens: list[Token] = []
    position, line, line_start = 0, 1, 0
    while position < len(statement):
        match = _TOKEN.match(statement, position)
        if match is None:
            raise not_well_formed()
        kind, text = str(match.lastgroup), match.group()
        if kind != "blank":
            tokens.append(Token(kind, _content(kind, text), f"{line}:{position - line_start + 1}:{len(text)}"))
        if breaks := text.count("\n"):
            line += breaks
            line_start = position + text.rindex("\n") + 1
        position = match.end()
    tokens.append(Token("end", "", f"{line}:{position - line_start + 1}:0"))
    return tokens


def _content(kind: str, text: str) -> str:
    if kind in ("text", "name"):
        return text[1:-1].replace(text[0] * 2, text[0])
    if kind == "number":
        mantissa, _, exponent = text.lower().partition("e")
        decimals = len(mantissa.partition(".")[2])
        if exponent and (abs(int(exponent)) >= _MAX_EXPONENT or abs(decimals - int(exponent)) >= _MAX_EXPONENT):
            raise not_well_formed()
    return text
