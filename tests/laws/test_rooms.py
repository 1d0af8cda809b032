"""The rooms: who may import whom (design: notebooks > helpers > pocketaws, and never back)."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import nbformat
import pytest
from law_sources import ROOMS, cell_tree, imports, modules, name, notebooks, package_of, tree

#: Room -> the other rooms that it may import.
#: labgrader needs both: in the lab it looks through the lesson's session, and the given data is the lessons' own.
MAY_IMPORT: dict[str, set[str]] = {"pocketaws": set(), "helpers": set(), "labgrader": {"pocketaws", "helpers"}}

#: The one door between helpers and pocketaws: the part of the session that chooses the AWS.
DOORS = {"helpers/session/_backends.py": {"pocketaws"}}

#: What lessons may import besides Python itself and helpers: the libraries that people of the field use.
FIELD_LIBRARIES = {
    "IPython", "awswrangler", "boto3", "botocore", "duckdb", "fastavro", "matplotlib", "networkx",
    "numpy", "pandas", "pyarrow", "requests", "sklearn",
}  # fmt: skip

NOTEBOOKS = notebooks("notebooks", "labs", "solutions")


@pytest.mark.parametrize("path", modules(*ROOMS), ids=name)
def test_a_room_imports_only_the_rooms_it_may(path: Path) -> None:
    room = name(path).split("/")[0]
    allowed = {room} | MAY_IMPORT[room] | DOORS.get(name(path), set())
    others = {found.split(".")[0] for found in imports(tree(path), package_of(path))} & set(ROOMS) - allowed
    assert not others, (
        f"{name(path)} imports {others}; {room} may import {sorted(allowed)} of our rooms (design: Rooms)."
    )


@pytest.mark.parametrize("path", modules(*ROOMS), ids=name)
def test_private_names_stay_in_their_package(path: Path) -> None:
    package = package_of(path)
    for found in imports(tree(path), package):
        parts = found.split(".")
        if parts[0] not in ROOMS:
            continue
        private = [number for number, part in enumerate(parts) if part.startswith("_") and not part.startswith("__")]
        owner = ".".join(parts[: private[0]]) if private else ""
        assert (
            not owner or f"{package}.".startswith(f"{owner}.") or (package, path.stem) == tuple(owner.rsplit(".", 1))
        ), f"{name(path)} imports {found}, which is private to {owner}: make it public there or do without."


@pytest.mark.parametrize("path", [path for path in modules("pocketaws") if "engines/" in name(path)], ids=name)
def test_an_engine_uses_of_another_engine_only_what_that_one_exports(path: Path) -> None:
    own = package_of(path).split(".")[2:3]
    for found in imports(tree(path), package_of(path)):
        parts = found.split(".")
        if parts[:2] == ["pocketaws", "engines"] and own and len(parts) > 2 and parts[2] != own[0]:
            assert len(parts) <= 4, (
                f"{name(path)} reaches into {'.'.join(parts[:-1])}; import from pocketaws.engines.{parts[2]} itself."
            )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebooks_import_helpers_and_the_libraries_of_the_field(path: Path) -> None:
    ours = {"helpers", "labgrader.check"} if not name(path).startswith("notebooks") else {"helpers"}
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
        if cell.cell_type != "code":
            continue
        for found in imports(cell_tree(cell.source)):
            known = found.split(".")[0] in FIELD_LIBRARIES | set(sys.stdlib_module_names)
            assert known or any(f"{found}.".startswith(f"{room}.") for room in ours), (
                f"{name(path)}, cell {number} imports {found}: lessons import {sorted(ours)}, Python's own modules and "
                f"{sorted(FIELD_LIBRARIES)}."
            )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_code_of_notebooks_is_plain_aws_code(path: Path) -> None:
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
        if cell.cell_type == "code":
            source = cell.source
            if "parameters" in cell.metadata.get("tags", []):
                source = source.replace('backend = "pocketaws"', "")
            named = re.search(r"\b(moto|pocketaws)\b", source, re.IGNORECASE)
            assert not named, (
                f"{name(path)}, cell {number} names {named and named[0]}: lesson code must run on a real "
                "account; say in prose what differs here."
            )


def test_the_session_is_the_only_door(tmp_path: Path) -> None:
    """The laws above can fail: each is shown a module that breaks it."""
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from pocketaws.engines.s3 import _rules\n    import moto\n")
    found = imports(ast.parse(bad.read_text()))
    assert found == ["pocketaws.engines.s3._rules", "moto"]
    assert imports(ast.parse("from . import _frames\nfrom .. import session"), "helpers.s3") == [
        "helpers.s3._frames",
        "helpers.session",
    ]
