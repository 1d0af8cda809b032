"""The measures of a lesson that its budgets speak of."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
from law_sources import cell_tree

FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u26ff\u2705\u2728\u274c\u274e\u2753-\u2757\ufe0f]")


@dataclass(frozen=True)
class Lesson:
    """A lesson's cells, and what can be counted in them."""

    path: Path
    cells: list[Any]

    @property
    def code(self) -> list[Any]:
        """The code cells."""
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @property
    def prose(self) -> list[Any]:
        """The markdown cells."""
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    @property
    def core(self) -> list[Any]:
        """The cells on the way that everybody goes: all but the sections headed 'Going further'."""
        kept, further = [], False
        for cell in self.cells:
            if heads := headings(cell):
                further = heads[0].startswith("## Going further")
            if not further:
                kept.append(cell)
        return kept

    @property
    def lines(self) -> list[int]:
        """Lines of each code cell that a learner reads: blank lines and the setup cell are free."""
        return [
            sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in self.code if not is_setup(cell)
        ]

    @property
    def words(self) -> int:
        """Words of running prose: tables, code, folded answers, links' addresses and tags are left out."""
        kept = FENCE.sub("", "\n".join(cell.source for cell in self.prose))
        kept = re.sub(r"<details>.*?</details>", "", kept, flags=re.DOTALL)
        kept = re.sub(r"^\|.*$", "", kept, flags=re.MULTILINE)
        kept = re.sub(r"\]\([^)]*\)|<[^>]+>|`[^`]*`", " x ", kept)
        return len(re.findall(r"\w[\w'’-]*", kept))

    @property
    def code_cells_in_a_row(self) -> int:
        """The longest run of code cells; the quiet setup cell does not count."""
        kinds = [cell.cell_type for cell in self.cells if not is_setup(cell)]
        return max((len(list(run)) for kind, run in groupby(kinds) if kind == "code"), default=0)

    def section(self, title: str) -> str:
        """Return the prose of the section whose heading holds a word."""
        found, inside = [], False
        for cell in self.prose:
            if heads := headings(cell):
                inside = any(title.lower() in head.lower() for head in heads)
            if inside:
                found.append(cell.source)
        return "\n".join(found)

    def tagged(self, tag: str) -> list[Any]:
        """Return the code cells with a tag."""
        return [cell for cell in self.code if tag in cell.metadata.get("tags", [])]

    def outputs(self, kind: str) -> list[tuple[int, Any, Any]]:
        """Return cell number, data and metadata of each output of a MIME type."""
        return [
            (number, output["data"][kind], output.get("metadata", {}))
            for number, cell in enumerate(self.cells, start=1)
            for output in cell.get("outputs", [])
            if kind in output.get("data", {})
        ]


def read(path: Path) -> Lesson:
    """Read a lesson."""
    return Lesson(path, nbformat.read(path, as_version=4).cells)


def is_setup(cell: Any) -> bool:
    """Whether this is the install cell."""
    return "setup" in cell.metadata.get("tags", [])


def headings(cell: Any) -> list[str]:
    """Return the heading lines of a markdown cell."""
    return re.findall(r"^#+ .+$", FENCE.sub("", cell.source), re.MULTILINE) if cell.cell_type == "markdown" else []


def bullets(prose: str) -> list[str]:
    """Return the items of lists."""
    return re.findall(r"^(?:[-*]|\d+\.) +(.+)$", prose, re.MULTILINE)


def assignments(source: str) -> dict[str, tuple[Any, bool]]:
    """Return the plain assignments of a cell: name -> its value, and whether the line has a comment."""
    lines, found = source.splitlines(), {}
    for node in cell_tree(source).body:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            raise ValueError(f"{ast.unparse(node)} is no plain assignment")
        found[node.targets[0].id] = (ast.literal_eval(node.value), "#" in lines[node.lineno - 1])
    return found


def measure(lesson: Lesson) -> dict[str, float]:
    """Return the figures that BUDGET bounds."""
    lines = sorted(lesson.lines)
    return {
        "cells on the core path": len(lesson.core),
        "cells": len(lesson.cells),
        "prose cells for a code cell": len(lesson.prose) / len(lesson.code),
        "words for a line of code": lesson.words / sum(lines),
        "median lines of a code cell": median(lines),
        "lines of nine code cells in ten": lines[int(0.9 * (len(lines) - 1))],
        "lines of the longest code cell": lines[-1],
        "code cells in a row": lesson.code_cells_in_a_row,
        "questions in the quiz": lesson.section("quiz").count("<details>"),
    }
