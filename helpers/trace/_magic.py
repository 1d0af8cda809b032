"""The cell magic ``%%trace``; the same in IPython 7.34 (Colab) and 9."""

from __future__ import annotations

import ast
from typing import Any

__all__ = ["load_ipython_extension"]


def load_ipython_extension(shell: Any) -> None:
    """Let ``%load_ext helpers.trace`` add the cell magic ``%%trace`` to a notebook."""

    def trace(line: str, cell: str) -> None:
        """Run the cell, show its result, then the AWS calls it made, one row an operation."""
        from IPython.display import display

        from helpers.trace import calls

        with calls() as seen:
            result = _run(shell, cell)
        if result is not None:
            display(result)
        display(seen.summary())

    shell.register_magic_function(trace, "cell", "trace")


def _run(shell: Any, cell: str) -> Any:
    """Run a cell in the notebook's namespace; return the value of its last line if that is an expression."""
    source = shell.transform_cell(cell)
    name = shell.compile.cache(source)  # so that a traceback shows the cell's lines
    tree = ast.parse(source, name)
    shows = bool(tree.body) and isinstance(tree.body[-1], ast.Expr) and not cell.rstrip().endswith(";")
    last = ast.Expression(tree.body.pop().value) if shows else None
    exec(compile(tree, name, "exec"), shell.user_ns)
    return eval(compile(last, name, "eval"), shell.user_ns) if last else None
