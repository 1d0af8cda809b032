"""The house style of lessons, as numbers and rules.  A lesson may be better for breaking one: name it and say why."""

from __future__ import annotations

import re

import nbformat
import pytest
from _notebooks import badge, install_cell
from law_sources import ROOT, notebooks
from lesson_figures import EMOJI, Lesson, assignments, bullets, headings, measure, read

#: Figure -> (least, most).
BUDGET: dict[str, tuple[float, float]] = {
    "cells on the core path": (35, 70),
    "cells": (35, 90),
    "prose cells for a code cell": (0.7, 1.6),
    "words for a line of code": (8, 15),
    "median lines of a code cell": (1, 4),
    "lines of nine code cells in ten": (1, 9),
    "lines of the longest code cell": (1, 20),
    "code cells in a row": (1, 2),
    "questions in the quiz": (4, 6),
}

PIPELINE = "the two functions of the pipeline are shown whole, and long calls are wrapped to a page's width"
#: (lesson's stem, figure) -> (its own most, the reason).
EXCEPTIONS: dict[tuple[str, str], tuple[float, str]] = {
    ("3.2-access-patterns", "lines of nine code cells in ten"): (10, "three cells take a tenth line, so none scrolls"),
    ("3.9-dynamodb", "median lines of a code cell"): (7, PIPELINE),
    ("3.9-dynamodb", "lines of nine code cells in ten"): (13, PIPELINE),
    ("3.9-dynamodb", "lines of the longest code cell"): (
        23,
        "the old lesson's function, pasted in as it was published; the consumer is not much shorter",
    ),
}

LESSONS = [read(path) for path in notebooks("notebooks")]
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.path.stem)


@each_lesson
@pytest.mark.parametrize("figure", BUDGET)
def test_a_lesson_keeps_its_budget(lesson: Lesson, figure: str) -> None:
    least, most = BUDGET[figure]
    most = EXCEPTIONS.get((lesson.path.stem, figure), (most, ""))[0]
    measured = round(measure(lesson)[figure], 1)
    assert least <= measured <= most, f"{lesson.path.name}: {figure}: {measured}, not within {least} to {most}."


@each_lesson
def test_headings(lesson: Lesson) -> None:
    found = [head for cell in lesson.cells for head in headings(cell)]
    number = lesson.path.stem.split("-")[0]
    assert found[0].startswith(f"# {number} "), f"{lesson.path.name} begins with '# {number} Title'."
    deeper = [head for head in found[1:] if not head.startswith("## ")]
    assert not deeper, f"{lesson.path.name}: sections stand at level 2 only, not {deeper}."
    assert len(set(found)) == len(found), f"{lesson.path.name} has a heading twice."


@each_lesson
def test_opening_cells(lesson: Lesson) -> None:
    first = lesson.cells[0].source
    assert badge(lesson.path) in first, f"{lesson.path.name}: the badge is stale; run make refresh."
    assert "You will be able to" in first, f"{lesson.path.name}: say what the learner will be able to do."
    assert re.search(r"\d+ minutes", first), f"{lesson.path.name}: say how many minutes it takes."
    assert re.search(r"DEA-C01|MLA-C0[12]", first), f"{lesson.path.name}: say which exam tasks it serves."
    setup = [cell.source for cell in lesson.tagged("setup")]
    assert setup == [install_cell()], f"{lesson.path.name}: one setup cell, the same everywhere; run make refresh."
    assert len(lesson.tagged("parameters")) == 1, f"{lesson.path.name}: one cell with the tag parameters."
    values = assignments(lesson.tagged("parameters")[0].source)
    assert {"backend", "seed", "account"} <= set(values), f"{lesson.path.name}: backend, seed, account are parameters."
    assert values["backend"][0] == "pocketaws", f"{lesson.path.name} runs without an account unless asked otherwise."
    assert values["account"][0] == "", f"{lesson.path.name}: nobody's account id stands in a lesson."
    bare = [name for name, (_, commented) in values.items() if not commented]
    assert not bare, f"{lesson.path.name}: each parameter has a comment, {bare} have none."


@each_lesson
def test_closing_cells(lesson: Lesson) -> None:
    shown = "".join(str(output) for cell in lesson.code[-4:] for output in cell.outputs)
    assert "left behind: 0" in shown, f"{lesson.path.name} ends with session.cleanup() and 'left behind: 0'."
    for title in ("What it cost", "Key points"):
        assert lesson.section(title), f"{lesson.path.name} has no section '{title}'."
    opening = lesson.cells[0].source.split("You will be able to")[1].split("\n\n", 2)
    objectives, points = bullets("\n".join(opening)), bullets(lesson.section("Key points"))
    assert 3 <= len(objectives) <= 5, f"{lesson.path.name}: three to five objectives, not {len(objectives)}."
    assert len(points) == len(objectives), (
        f"{lesson.path.name}: as many key points as objectives, in their order: {len(points)} for {len(objectives)}."
    )
    assert "on a real account" in "\n".join(cell.source for cell in lesson.prose).lower(), (
        f"{lesson.path.name}: say where a real account differs."
    )


@each_lesson
def test_voice(lesson: Lesson) -> None:
    for number, cell in enumerate(lesson.cells, start=1):
        found = EMOJI.search(cell.source)
        assert not found, f"{lesson.path.name}, cell {number}: no emoji ({found and found[0]})."
        if cell.cell_type == "markdown":
            assert not re.search(r"\bsimply\b", cell.source, re.IGNORECASE), (
                f"{lesson.path.name}, cell {number}: simply."
            )


@each_lesson
def test_slides(lesson: Lesson) -> None:
    for number, cell in enumerate(lesson.cells, start=1):
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        assert not headings(cell) or kind in ("slide", "subslide"), (
            f"{lesson.path.name}, cell {number}: a section starts a slide (metadata slideshow.slide_type)."
        )


@each_lesson
def test_outputs_are_stored_and_clean(lesson: Lesson) -> None:
    for number, cell in enumerate(lesson.cells, start=1):
        if cell.cell_type == "code":
            assert cell.execution_count, f"{lesson.path.name}, cell {number} has not run; run make refresh."
            kinds = {(output.output_type, output.get("name")) for output in cell.outputs}
            assert ("stream", "stderr") not in kinds, f"{lesson.path.name}, cell {number} writes to stderr."
            assert "error" not in {kind for kind, _ in kinds}, f"{lesson.path.name}, cell {number}: catch the failure."


@each_lesson
def test_every_picture_has_words_for_those_who_do_not_see_it(lesson: Lesson) -> None:
    for number, data, _ in lesson.outputs("image/svg+xml"):
        assert re.search(r"<title[^>]*>\s*\w", data), f"{lesson.path.name}, cell {number}: the SVG has no <title>."
    for number, _, metadata in lesson.outputs("image/png"):
        alt = metadata.get("image/png", {}).get("alt") or metadata.get("alt")
        assert alt, f"{lesson.path.name}, cell {number}: the picture has no alt text in its metadata."


@each_lesson
def test_the_instructor_has_a_page(lesson: Lesson) -> None:
    page = lesson.path.parent / "instructor" / f"{lesson.path.stem}.md"
    assert page.is_file(), f"{page.name} is missing in notebooks/instructor."
    assert 150 <= len(page.read_text().split()) <= 900, f"{page.name} is one page: 150 to 900 words."


@each_lesson
def test_the_readme_lists_it(lesson: Lesson) -> None:
    title = headings(lesson.cells[0])[0].removeprefix("# ")
    minutes = re.search(r"(\d+) minutes", lesson.cells[0].source)
    rows = [row for row in (ROOT / "README.md").read_text().splitlines() if f"notebooks/{lesson.path.name})" in row]
    assert len(rows) == 1, f"README.md has {len(rows)} rows that link notebooks/{lesson.path.name}; there must be one."
    words = (title, badge(lesson.path), minutes[1] if minutes else "minutes")
    missing = [word for word in words if word not in rows[0]]
    assert not missing, f"README.md's row of {lesson.path.name} lacks {missing}."
    assert lesson.path.name in (ROOT / "notebooks" / "README.md").read_text(), "notebooks/README.md lacks it."


def test_the_measures_measure() -> None:
    """A lesson that breaks everything is seen to break it."""
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    bad = Lesson(ROOT / "9-bad.ipynb", [markdown("# 9 Bad\n### deep"), code("x = 1\n" * 21), code("1"), code("2")])
    figures = measure(bad)
    assert (figures["lines of the longest code cell"], figures["code cells in a row"]) == (21, 3)
    outside = {name for name, (least, most) in BUDGET.items() if not least <= figures[name] <= most}
    assert {"cells", "prose cells for a code cell", "words for a line of code", "questions in the quiz"} <= outside
    with pytest.raises(AssertionError, match="level 2 only"):
        test_headings(bad)
