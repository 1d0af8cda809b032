"""What all expressions are made of: document paths, values and calls of functions.

AWS looks at an expression in stages: it must parse, then no name may be reserved, then every function, name and
value must be known, then operands must fit.  So what is wrong beyond the syntax is noted while reading, and the
note of the earliest stage is raised at the end.
"""

from __future__ import annotations

from enum import IntEnum

from pocketaws.engines.dynamodb.expressions.paths import Path
from pocketaws.engines.dynamodb.expressions.placeholders import Placeholders
from pocketaws.engines.dynamodb.expressions.tokens import Token, Tokens, is_reserved
from pocketaws.engines.dynamodb.expressions.trees import Literal

__all__ = ["Grammar", "Stage"]

_MAX_INDEX = 2**31 - 1
_MAX_DEPTH = 32


class Stage(IntEnum):
    """The stages after parsing, in AWS's order."""

    PARENTHESES = 1
    FUNCTION = 2
    RESERVED = 3
    SECTION = 4
    PLACEHOLDER = 5
    PATHS = 6
    OPERANDS = 7


class Grammar(Tokens):
    """Reads the parts that expressions share."""

    #: Words of the grammar, which cannot be names at all.
    keywords: frozenset[str] = frozenset()

    def __init__(self, text: str, parameter: str, placeholders: Placeholders) -> None:
        super().__init__(text, parameter)
        self.placeholders = placeholders
        self.notes: list[tuple[Stage, int, str]] = []

    def note(self, stage: Stage, message: str) -> None:
        """Remember something wrong beyond the syntax."""
        self.notes.append((stage, len(self.notes), message))

    def check_notes(self) -> None:
        """Raise the note of the earliest stage, if there is one."""
        if self.notes:
            raise self.invalid(min(self.notes)[2])

    def open(self) -> int:
        """Read an opening parenthesis; return where it stands."""
        self.expect("(")
        return self.position - 1

    def close(self, opened: int) -> None:
        """Read the parenthesis that closes another; note a pair right inside a pair."""
        self.expect(")")
        doubled = self.closes(opened + 1) == self.position - 2
        if doubled and self.ahead(opened + 1 - self.position).text == "(":
            self.note(Stage.PARENTHESES, "The expression has redundant parentheses;")

    def path(self) -> Path:
        """Read a document path."""
        parts: list[str | int] = [self.path_name()]
        while True:
            if self.skip("."):
                parts.append(self.path_name())
            elif self.at("["):
                self.take()
                parts.append(self._index())
                self.expect("]")
            else:
                break
        if len(parts) > _MAX_DEPTH:
            self.note(
                Stage.PLACEHOLDER, f"The document path has too many nesting elements; nesting elements: {len(parts)}"
            )
        return Path(tuple(parts))

    def path_name(self) -> str:
        """Read one name of a path, plain or ``#aliased``."""
        token = self.current
        if token.kind == "alias":
            self.take()
            name = self.placeholders.name(token.text)
            if name is None:
                self.note(
                    Stage.PLACEHOLDER,
                    "An expression attribute name used in the document path is not defined; "
                    f"attribute name: {token.text}",
                )
            return name or token.text
        if token.kind != "name" or token.text.upper() in self.keywords:
            raise self.syntax_error()
        self.take()
        if is_reserved(token.text):
            self.note(Stage.RESERVED, f"Attribute name is a reserved keyword; reserved keyword: {token.text}")
        return token.text

    def _index(self) -> int:
        if self.current.kind != "number":
            raise self.syntax_error()
        index = int(self.take().text)
        if index > _MAX_INDEX:
            self.note(Stage.PLACEHOLDER, f"List index is not within the allowable range; index: [{index}]")
        return index

    def literal(self) -> Literal:
        """Read a ``:value``."""
        token = self.current
        if token.kind != "value":
            raise self.syntax_error()
        self.take()
        value = self.placeholders.value(token.text)
        if value is None:
            self.note(
                Stage.PLACEHOLDER,
                f"An expression attribute value used in expression is not defined; attribute value: {token.text}",
            )
        return Literal(value or {"NULL": True})

    @property
    def at_call(self) -> bool:
        """Whether a function's name and its opening parenthesis come next."""
        following: Token = self.ahead(1)
        return self.current.kind == "name" and following.kind == "symbol" and following.text == "("

    def check_arity(self, function: str, given: int, wanted: int) -> bool:
        """Note a wrong number of operands."""
        if given != wanted:
            self.note(
                Stage.OPERANDS,
                "Incorrect number of operands for operator or function; "
                f"operator or function: {function}, number of operands: {given}",
            )
        return given == wanted
