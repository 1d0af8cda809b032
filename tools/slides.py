"""Make a deck of slides from each lesson, figures and all, in one file that opens without a network.

``python tools/slides.py [--only 3.6] [--into build/slides]``; nothing is executed: a deck shows the outputs that the
lesson stores.  reveal.js comes from npm, once.
"""

from __future__ import annotations

import argparse
import copy
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from _notebooks import ROOT, badge, lessons, read, stem_number
from nbconvert import SlidesExporter

DECK = Path(__file__).parent / "deck"
REVEAL = ROOT / "build" / "reveal"
#: What an SVG says to those who do not see it.
TITLE = re.compile(r"<title[^>]*>([^<]+)</title>")


def kind_of(cell: Any) -> str:
    """Return a cell's part in the slides, by the tag that JupyterLab sets."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type", "-"))


def paced(notebook: Any, without: str = "") -> Any:
    """Return the lesson at a speaker's pace: a slide for each step of prose, its code one key press later.

    ``without`` is left out of the first cell: the badge, a picture from the network.
    """
    notebook = copy.deepcopy(notebook)
    notebook.cells[0].source = notebook.cells[0].source.replace(without, "")
    shown = [cell for cell in notebook.cells if kind_of(cell) not in ("skip", "notes")]
    for before, cell in pairwise(shown):
        if kind_of(cell) in ("-", "fragment"):
            follows_prose = cell.cell_type == "code" and before.cell_type == "markdown"
            cell.metadata.setdefault("slideshow", {})["slide_type"] = "fragment" if follows_prose else "subslide"
    for output in (output for cell in shown for output in cell.get("outputs", [])):
        if title := TITLE.search(output.get("data", {}).get("image/svg+xml", "")):
            output.metadata["alt"] = title[1].strip()
    return notebook


def reveal(folder: Path = REVEAL) -> Path:
    """Return where reveal.js is; fetch it with npm if it is not there yet."""
    dist = folder / "node_modules" / "reveal.js" / "dist"
    if not (dist / "reveal.js").is_file():
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), "reveal.js@4"]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            sys.exit("Slides need reveal.js, which npm fetches once: install Node.js, see that npm works, try again.")
    return dist


def deck(path: Path, dist: Path) -> str:
    """Return a lesson as one page of slides."""
    notebook = paced(read(path), badge(path))
    exporter = SlidesExporter(
        template_name="deck", extra_template_basedirs=[str(DECK.parent)], exclude_input_prompt=True, embed_images=True
    )
    resources = {
        "deck": {
            "title": notebook.cells[0].source.splitlines()[0].removeprefix("# "),
            "reveal_css": (dist / "reveal.css").read_text(),
            "reveal_js": (dist / "reveal.js").read_text().replace("</script", "<\\/script"),
            "style": (DECK / "deck.css").read_text(),
        }
    }
    page, _ = exporter.from_notebook_node(notebook, resources)
    return str(page)


def main() -> None:
    """Make the decks."""
    parser = argparse.ArgumentParser(description="Make a deck of slides from each lesson.")
    parser.add_argument("--only", default="", help="a lesson's number, such as 3.6")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "slides", help="folder for the decks")
    options = parser.parse_args()
    chosen = [path for path in lessons() if options.only in ("", stem_number(path))]
    if not chosen:
        sys.exit(f"No lesson {options.only}; there are {', '.join(stem_number(path) for path in lessons())}.")
    dist = reveal()
    try:
        options.into.mkdir(parents=True, exist_ok=True)
        for path in chosen:
            (options.into / f"{path.stem}.html").write_text(deck(path, dist))
    except OSError as error:
        sys.exit(f"Cannot write the decks into {options.into} ({error.strerror}); choose a folder with --into.")
    print(f"{len(chosen)} decks are in {options.into}; open one in a browser, press F for full screen, space for next.")


if __name__ == "__main__":
    main()
