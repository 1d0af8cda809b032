"""The size and the habits of our modules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from law_sources import ROOMS, ROOT, code_lines, modules, name, tree

#: Lines of code: docstrings, comments and blank lines are free.
BUDGET = {"helpers module": 200, "helpers function": 15, "pocketaws module": 250, "labgrader module": 250}

#: Module or function -> (its own budget, the reason).
EXCEPTIONS: dict[str, tuple[int, str]] = {}

#: Ways to ask the machine for the time, and the only lines that may.
MACHINE_TIME = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns))\b")
MAY_ASK = {
    "pocketaws/clock.py": "the clock itself",
    "pocketaws/server.py": "a new second begins before the clock jumps: signatures are stamped in seconds",
    "pocketaws/inprocess.py": "botocore formats the simulated time with gmtime",
    "labgrader/checks/s3.py": "a link of the older kind ends by the machine's clock, if it was signed over HTTP",
    "helpers/session/_backends.py": "a real account has real time",
    "helpers/session/_remote.py": "so has a server without a clock to move",
}


@pytest.mark.parametrize("path", modules(*ROOMS), ids=name)
def test_a_module_is_short_enough_to_read(path: Path) -> None:
    budget = EXCEPTIONS.get(name(path), (BUDGET[f"{name(path).split('/')[0]} module"], ""))[0]
    lines = code_lines(path)
    assert lines <= budget, f"{name(path)} has {lines} lines of code, over {budget}: split it by what it is about."


@pytest.mark.parametrize("path", modules("helpers"), ids=name)
def test_a_helper_is_short_enough_to_open_in_class(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            budget = EXCEPTIONS.get(f"{name(path)}:{node.name}", (BUDGET["helpers function"], ""))[0]
            lines = code_lines(path, node)
            assert lines <= budget, (
                f"{name(path)}: {node.name} has {lines} lines of code, over {budget}; learners read it, so split it."
            )


@pytest.mark.parametrize("path", modules(*ROOMS), ids=name)
def test_libraries_log_and_do_not_print(path: Path) -> None:
    printed = [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.Name) and node.id == "print"]
    assert not printed, f"{name(path)} prints in lines {printed}: use logging, or return the text."


@pytest.mark.parametrize("path", modules(*ROOMS), ids=name)
def test_time_comes_from_the_clock(path: Path) -> None:
    asked = [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and MACHINE_TIME.search(ast.unparse(node))
    ]
    assert not asked or name(path) in MAY_ASK, f"{name(path)} asks the machine for the time ({asked}): use clock.now()."


@pytest.mark.parametrize("path", [path for path in modules("helpers") if not path.stem.startswith("_")], ids=name)
def test_options_of_helpers_come_by_name_and_the_client_last(path: Path) -> None:
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            named = [argument.arg for argument in node.args.kwonlyargs]
            positional = [argument.arg for argument in node.args.args]
            assert "client" not in positional + named[:-1], (
                f"{name(path)}: {node.name} takes client as {positional + named}; it is the last option, after *."
            )


@pytest.mark.parametrize("room", ROOMS)
def test_types_travel_with_the_wheel(room: str) -> None:
    assert (ROOT / room / "py.typed").is_file(), f"{room}/py.typed is missing: users' type checkers skip the package."
