"""Projection expressions: which parts of an item to return.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
"""

from __future__ import annotations

from collections.abc import Sequence

from pocketaws.engines.dynamodb.expressions.grammar import Grammar, Stage
from pocketaws.engines.dynamodb.expressions.paths import Path, find_overlap
from pocketaws.engines.dynamodb.expressions.placeholders import Placeholders

__all__ = ["note_overlap", "parse_projection"]


def parse_projection(text: str, placeholders: Placeholders) -> list[Path]:
    """Return the paths of a ``ProjectionExpression``."""
    grammar = Grammar(text, "ProjectionExpression", placeholders)
    paths = [grammar.path()]
    while grammar.skip(","):
        paths.append(grammar.path())
    grammar.finish()
    note_overlap(grammar, paths)
    grammar.check_notes()
    return paths


def note_overlap(grammar: Grammar, paths: Sequence[Path]) -> None:
    """Note two paths of one expression that cannot stand together."""
    if found := find_overlap(paths):
        verdict, one, two = found
        grammar.note(
            Stage.PATHS,
            f"Two document paths {verdict} with each other; must remove or rewrite one of these paths; "
            f"path one: {one}, path two: {two}",
        )
