"""Likely copies: whose code is alike once names, comments and the lab's own lines are taken away.

Similarity is rapidfuzz's normalized Indel similarity of token streams.  It says where to look, not who copied.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from rapidfuzz.distance import Indel

__all__ = ["Pair", "answers", "similar", "tokens"]

#: Shorter answers are alike by necessity.
FEWEST_TOKENS = 60


@dataclass(frozen=True)
class Pair:
    """Two students and how alike their answers are, from 0 to 1; by shape, and word by word."""

    one: str
    other: str
    shape: float
    words: float


def similar(submissions: Mapping[str, Any], lab: Any, *, least: float = 0.9) -> list[Pair]:
    """List the pairs whose answers have the same shape, the most alike first.

    Parameters
    ----------
    submissions
        Student → notebook.
    lab
        The released lab; its own lines do not count.
    least
        Similarity from which a pair is listed.
    """
    given = {line.strip() for cell in _code(lab) for line in cell.splitlines()}
    written = {student: answers(notebook, given) for student, notebook in submissions.items()}
    shapes = {student: tokens(text) for student, text in written.items()}
    shapes = {student: shape for student, shape in shapes.items() if len(shape) >= FEWEST_TOKENS}
    found = []
    for one, other in combinations(sorted(shapes), 2):
        shape = Indel.normalized_similarity(shapes[one], shapes[other], score_cutoff=least)
        if shape >= least:
            words = Indel.normalized_similarity(written[one].split(), written[other].split())
            found.append(Pair(one, other, round(shape, 3), round(words, 3)))
    return sorted(found, key=lambda pair: (-pair.words, -pair.shape, pair.one, pair.other))


def answers(notebook: Any, given: set[str]) -> str:
    """Return the lines of code that a student wrote."""
    lines = [line for cell in _code(notebook) for line in cell.splitlines()]
    return "\n".join(line for line in lines if line.strip() and line.strip() not in given)


def tokens(source: str) -> list[str]:
    """Return code as its shape: names, numbers and texts are all one; keywords, signs and attributes stay.

    Examples
    --------
    >>> tokens("total = price * 3  # dollars") == tokens("sum_ = each * 17")
    True
    """
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.NAME:
                kept = keyword.iskeyword(token.string) or found[-1:] == ["."]
                found.append(token.string if kept else "name")
            elif token.type in (tokenize.NUMBER, tokenize.STRING):
                found.append("value")
            elif token.type == tokenize.OP:
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError):  # a broken cell: what was read until there
        pass
    return found


def _code(notebook: Any) -> list[str]:
    return [str(cell.source) for cell in notebook.cells if cell.cell_type == "code" and not _is_magic(cell.source)]


def _is_magic(source: str) -> bool:
    return any(line.lstrip().startswith(("%", "!")) for line in source.splitlines())
