"""Decks of slides: all of a lesson is there, and nothing comes from the network."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from _notebooks import lessons, read
from slides import deck, kind_of, paced


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stand-ins for reveal.js, so that no test needs npm."""
    folder = tmp_path_factory.mktemp("dist")
    (folder / "reveal.js").write_text("const Reveal = {initialize() {}}; // </script>")
    (folder / "reveal.css").write_text(".reveal { display: block }")
    return folder


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.stem)
def test_a_deck_holds_the_lesson_and_asks_nothing_of_the_network(lesson: Path, dist: Path) -> None:
    page = deck(lesson, dist)
    fetched = re.findall(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"'](?!data:)([^\"']+)", page)
    fetched += re.findall(r"@import[^;]+;|url\(\s*[\"']?https?:[^)]+\)", page)
    assert not fetched, f"{lesson.stem}: the deck would fetch {fetched[:3]}; a classroom may be offline."
    notebook = read(lesson)
    shown = [cell for cell in notebook.cells if kind_of(cell) not in ("skip", "notes")]
    titles = [line[3:] for cell in shown for line in cell.source.splitlines() if line.startswith("## ")]
    plain = re.sub(r"<[^>]+>|&[#\w]+;|\W", "", page)
    lost = [title for title in titles if re.sub(r"\W", "", title) not in plain]
    assert not lost, f"{lesson.stem}: the deck lacks {lost}."
    drawn = sum("image/svg+xml" in output.get("data", {}) for cell in shown for output in cell.get("outputs", []))
    assert len(re.findall(r'<img alt="[^"]{10,}" src="data:image/svg', page)) == drawn, "a picture without words"


def test_code_comes_one_key_press_after_its_prose() -> None:
    notebook = paced(read(lessons()[0]))
    shown = [cell for cell in notebook.cells if kind_of(cell) not in ("skip", "notes")]
    for before, cell in pairwise(shown):
        if cell.cell_type == "code":
            assert kind_of(cell) == ("fragment" if before.cell_type == "markdown" else "subslide")
