"""How a result reads: a table in the terminal."""

from __future__ import annotations

import secrets
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from labgrader.errors import SecretUnusable
from labgrader.grading import Result

__all__ = ["read_secret", "show"]

#: A shorter secret could be guessed.
_SHORTEST = 16


def read_secret(path: Path | None) -> str:
    """Return the course's secret from a file; without a file, a new one that nobody knows.

    Raises
    ------
    SecretUnusable
        There is no such file, or what it holds is short enough to guess.
    """
    if path is None:
        return secrets.token_hex(32)
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SecretUnusable(
            f"The secret cannot be read from {path} ({why}); labgrader/README.md says how to make one, once a course."
        ) from error
    if len(found) < _SHORTEST:
        raise SecretUnusable(f"The secret in {path} has {len(found)} characters; give it at least {_SHORTEST}.")
    return found


def show(result: Result, console: Console | None = None) -> None:
    """Print a result for people."""
    console = console or Console()
    table = Table(title=f"Lab {result.lab}, {escape(result.student)}: {result.points} of {result.out_of}")
    for name, justify in (("task", "right"), ("", "left"), ("points", "right"), ("what is missing", "left")):
        table.add_column(name, justify="right" if justify == "right" else "left")
    for each in result.tasks:
        message = "" if each.is_done else escape(each.message)
        table.add_row(str(each.task), escape(each.name), f"{each.points} of {each.out_of}", message)
    console.print(table)
    for note in result.notes:
        console.print(f"- {escape(note)}")
    if result.failure:
        console.print(f"Not graded to the end: {escape(result.failure)}")
