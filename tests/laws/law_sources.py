"""What the law tests read: the files of the project, its modules, its notebooks' cells."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("helpers", "pocketaws", "labgrader")


def name(path: Path) -> str:
    """Return a file's name as seen from the project's folder."""
    return path.relative_to(ROOT).as_posix()


@cache
def files() -> list[Path]:
    """Return all files that are, or would be, committed."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    told = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True)
    if told.returncode == 0:
        found = [ROOT / line for line in told.stdout.split("\0") if line]
    else:  # a downloaded archive, without git
        ignored = {line.strip("/*") for line in (ROOT / ".gitignore").read_text().split()}
        found = [path for path in ROOT.rglob("*") if not any(part.endswith(tuple(ignored)) for part in path.parts)]
    return sorted(path for path in found if path.is_file())


def text(path: Path) -> str | None:
    """Return a file's text; None where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def modules(*rooms: str) -> list[Path]:
    """Return the Python modules of some rooms."""
    return [path for path in files() if path.suffix == ".py" and name(path).split("/")[0] in rooms]


def notebooks(*folders: str) -> list[Path]:
    """Return the notebooks of some folders."""
    return [path for path in files() if path.suffix == ".ipynb" and name(path).split("/")[0] in folders]


@cache
def tree(path: Path) -> ast.Module:
    """Return a module parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def cell_tree(source: str) -> ast.Module:
    """Return a notebook cell parsed, its magics turned into calls as IPython does."""
    return ast.parse(TransformerManager().transform_cell(source))


def imports(parsed: ast.AST, package: str = "") -> list[str]:
    """Return the dotted names that a tree imports; ``from a import b`` gives ``a.b``."""
    found = []
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            origin = ".".join(part for part in (base, node.module) if part)
            found += [f"{origin}.{alias.name}" for alias in node.names]
    return found


def package_of(path: Path) -> str:
    """Return the package that a module lies in, dotted."""
    return ".".join(path.relative_to(ROOT).parent.parts)


def code_lines(path: Path, node: ast.FunctionDef | None = None) -> int:
    """Return the lines of code of a module, or of one function's body: no docstrings, comments, blank lines."""
    whole = tree(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    told: set[int] = set()
    for inner in ast.walk(whole):
        if isinstance(inner, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(
            inner, clean=False
        ):
            told.update(range(inner.body[0].lineno, (inner.body[0].end_lineno or 0) + 1))
    first, last = (node.body[0].lineno, node.end_lineno or 0) if node else (1, len(lines))
    kept = [number for number in range(first, last + 1) if number not in told]
    return sum(bool((line := lines[number - 1].strip()) and not line.startswith("#")) for number in kept)


def project() -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
