"""What every part of the PartiQL grammar needs: a place among the tokens, paths, and values.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.data-types.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from pocketaws.engines.dynamodb.errors import DynamoDBError, validation
from pocketaws.engines.dynamodb.expressions import Path
from pocketaws.engines.dynamodb.partiql.tokens import Token, not_well_formed, tokenize
from pocketaws.engines.dynamodb.values import MAX_DEPTH, AttributeValue, canonical_number, kind, normalize

__all__ = ["Reader"]

_CLOSING = {"[": ("]", "RIGHT_BRACKET"), "(": (")", "RIGHT_PAREN"), "<<": (">>", "RIGHT_DOUBLE_ANGLE_BRACKET")}
_OPERATORS = {"AND", "OR", "IS", "LIKE", "BETWEEN", "IN"}


class Reader:
    """Reads the tokens of one statement from left to right.

    Parameters
    ----------
    statement
        The PartiQL.
    parameters
        What the question marks stand for, in order; values in canonical spelling.
    """

    def __init__(self, statement: str, parameters: Sequence[AttributeValue] = ()) -> None:
        self._tokens = tokenize(statement)
        self._position = 0
        self._parameters = parameters
        self._placeholders = sum(token.kind == "parameter" for token in self._tokens)
        self._given = 0

    @property
    def current(self) -> Token:
        """The next token."""
        return self._tokens[self._position]

    @property
    def following(self) -> Token:
        """The token after the next."""
        return self._tokens[min(self._position + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and step over it."""
        token = self.current
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def at(self, *symbols: str) -> bool:
        """Whether one of some signs comes next."""
        return self.current.kind == "symbol" and self.current.text in symbols

    def at_word(self, *words: str) -> bool:
        """Whether one of some words comes next."""
        return self.current.word in words

    def skip(self, symbol: str) -> bool:
        """Step over a sign if it comes next."""
        found = self.at(symbol)
        if found:
            self.take()
        return found

    def skip_word(self, word: str) -> bool:
        """Step over a word if it comes next."""
        found = self.at_word(word)
        if found:
            self.take()
        return found

    def expect(self, symbol: str, name: str) -> Token:
        """Step over a sign that must come next; ``name`` is what AWS calls it."""
        if not self.at(symbol):
            raise not_well_formed(f"Expected {name}")
        return self.take()

    def unexpected(self) -> NoReturn:
        """Raise what AWS says of a token that can begin no term."""
        token = self.current
        if token.word in _OPERATORS or (
            token.kind == "symbol" and token.text in ["=", "<>", "<", ">", "<=", ">=", "*", "/", "%", "||"]
        ):
            raise not_well_formed("Unexpected operator")
        raise not_well_formed("Unexpected keyword" if token.is_keyword else "Unexpected term")

    def finish(self) -> None:
        """Check that the statement ends here and that each parameter has its question mark."""
        self.skip(";")
        if self.current.kind != "end":
            raise not_well_formed("Unexpected token after expression")
        if len(self._parameters) != self._placeholders:
            raise validation("Number of parameters in request and statement don't match.")

    def name(self, complaint: str) -> str:
        """Read one name, bare or quoted."""
        token = self.current
        if token.kind not in ("word", "name") or token.is_keyword:
            raise not_well_formed(complaint)
        if not token.text:
            raise validation("Path component cannot be an empty string")
        return self.take().text

    def path(self) -> Path:
        """Read a document path: ``a.b[0]``, ``a['b']``."""
        token = self.current
        if token.kind not in ("word", "name") or token.is_keyword:
            self.unexpected()
        parts: list[str | int] = [self.name("Expected identifier for simple path")]
        while self.at(".", "["):
            if self.skip("."):
                parts.append(self.name("Invalid path dot component"))
                continue
            self.take()
            parts.append(self._element())
            self.expect("]", "RIGHT_BRACKET")
        if len(parts) > MAX_DEPTH:
            raise validation(f"The document path has too many nesting elements; nesting elements: {len(parts)}")
        return Path(tuple(parts))

    def _element(self) -> str | int:
        token = self.take()
        if token.kind == "text":
            return token.text
        if token.kind == "symbol" and token.text == "-" and self.current.kind == "number":
            raise validation(
                f"List index is not within the allowable range; index: [-{self.current.text}] at {token.place}"
            )
        if token.kind != "number" or not token.text.isdigit():
            raise validation(f"Unexpected path component at {token.place}")
        return int(token.text)

    @property
    def at_value(self) -> bool:
        """Whether a literal value or a parameter comes next."""
        token = self.current
        return (
            token.kind in ("text", "number", "parameter")
            or token.word in ("TRUE", "FALSE", "NULL")
            or self.at("[", "{", "<<")
            or (self.at("-", "+") and self.following.kind == "number")
        )

    def value(self, under: str = "root") -> AttributeValue:
        """Read a literal value or a parameter.

        Parameters
        ----------
        under
            Where in the whole value it stands, for the messages: ``root.address[0]``.
        """
        if self.at("[", "(", "{", "<<"):
            return self._collection(under)
        token = self.take()
        if token.kind == "parameter":
            self._given += 1
            if self._given > len(self._parameters):
                raise validation("Number of parameters in request and statement don't match.")
            return self._parameters[self._given - 1]
        if token.kind == "text":
            return {"S": token.text}
        if token.word in ("TRUE", "FALSE"):
            return {"BOOL": token.word == "TRUE"}
        if token.word == "NULL":
            return {"NULL": True}
        sign = token.text if token.text in ("-", "+") else ""
        return {"N": _number(sign.strip("+") + (self.take().text if sign else token.text), under)}

    def _collection(self, under: str) -> AttributeValue:
        opening = self.take().text
        if opening == "{":
            return {"M": self._members(under)}
        closing, name = _CLOSING[opening]
        elements: list[AttributeValue] = []
        while not self.at(closing):
            elements.append(self._member(f"{under}[{len(elements)}]"))
            if not self.skip(","):
                break
        self.expect(closing, name)
        return _set(elements) if opening == "<<" else {"L": elements}

    def item(self) -> dict[str, AttributeValue]:
        """Read a whole item: ``{'name': value, ...}``."""
        self.take()
        return self._members(None)

    def _members(self, under: str | None) -> dict[str, AttributeValue]:
        members: dict[str, AttributeValue] = {}
        while not self.at("}"):
            token = self.take()
            if token.kind != "text":
                raise not_well_formed("Unexpected term" if token.kind in ("end", "symbol") else "Expected STRING")
            self.expect(":", "COLON")
            if token.text in members:
                raise validation(f"Duplicate keys in tuple. Key: {token.text} under {under or 'root'}")
            members[token.text] = self._member(f"{under}.{token.text}" if under else "root")
            if not self.skip(","):
                break
        self.expect("}", "RIGHT_CURLY")
        return members

    def _member(self, under: str) -> AttributeValue:
        if self.at_value:
            return self.value(under)
        if self.current.kind in ("word", "name") and not (self.at_word("MISSING") or self.current.kind == "end"):
            root = under.partition(".")[0].partition("[")[0]
            raise validation(f"Unsupported data type: {self.current.text} under key {root} at {self.current.place}")
        return self.unexpected()


def _number(text: str, under: str) -> str:
    try:
        return canonical_number(text)
    except DynamoDBError as error:
        raise validation(f"{error.message} under {under}") from None


def _set(elements: list[AttributeValue]) -> AttributeValue:
    if not elements:
        raise validation("Empty bags are not supported")
    kinds = {kind(element) for element in elements}
    if len(kinds) > 1 or not kinds <= {"S", "N", "B"}:
        raise validation("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")
    (name,) = kinds
    return normalize({f"{name}S": [element[name] for element in elements]})
