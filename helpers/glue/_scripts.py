"""Scripts of jobs: made from a table of the catalog, edited function by function."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers.errors import DatabaseNotFound, explained

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["edit_script", "generate_script"]

TEMPLATES = {"pythonshell": "python_shell.py.txt", "glueetl": "spark.py.txt"}


def generate_script(
    database: str,
    table: str,
    *,
    kind: str = "pythonshell",
    types: Mapping[str, str] | None = None,
    partitions: Sequence[str] = (),
    client: GlueClient | None = None,
) -> str:
    """Write the script of a job that turns new files of a table into Parquet.

    The columns and their types come from the catalog; the rest is one of two files in ``helpers/glue/scripts``.

    Parameters
    ----------
    database, table
        The source: a table over CSV files with a header.
    kind
        ``"pythonshell"``, pandas on one machine, or ``"glueetl"``, Spark on many.
    types
        Types of columns in the target where they differ from the source's, for example ``{"dep_delay": "bigint"}``;
        ``string``, ``bigint``, ``double`` or ``timestamp``.
    partitions
        Columns that become folders of the target.
    client
        Glue client; by default the session's.

    Returns
    -------
    The text of the script.

    Raises
    ------
    DatabaseNotFound
        There is no such table.
    ValueError
        A kind that has no script, or a type of a column that the table does not have.

    Examples
    --------
    >>> from helpers import catalog
    >>> base = catalog.create_database("harbor")
    >>> _ = catalog.create_table(base, "ferries", {"seats": "string"}, "s3://harbor/ferries/", "csv")
    >>> script = generate_script(base, "ferries", types={"seats": "bigint"})
    >>> print([line for line in script.splitlines() if "seats" in line][0])
        ("seats", "string", "seats", "bigint"),
    """
    if kind not in TEMPLATES:
        raise ValueError(f"The kind is one of {', '.join(TEMPLATES)}, not {kind!r}.")
    columns, types = _columns(database, table, client or session.client("glue")), dict(types or {})
    if unknown := types.keys() - columns.keys():
        raise ValueError(f"{table} has no column {sorted(unknown)[0]!r}.")
    rows = [(name, of, name, types.get(name, of)) for name, of in columns.items()]
    mapping = "\n".join(f"    ({', '.join(_quoted(part) for part in row)})," for row in rows)
    named = ", ".join(_quoted(each) for each in partitions)
    template = Template((files("helpers.glue") / "scripts" / TEMPLATES[kind]).read_text("utf-8"))
    return template.substitute(database=database, table=table, mapping=mapping, partitions=named)


def edit_script(script: str, function: Callable[..., Any] | str) -> str:
    """Put a function of yours in the place of the script's function of the same name.

    Parameters
    ----------
    script
        The text of a script.
    function
        A function, whose source is taken, or its source.

    Returns
    -------
    The text of the edited script.

    Raises
    ------
    ValueError
        The script has no function of this name.

    Examples
    --------
    >>> edit_script("def fee(x): return x", "def fee(x): return 2 * x")
    'def fee(x): return 2 * x'
    """
    source = textwrap.dedent(function if isinstance(function, str) else inspect.getsource(function)).rstrip("\n")
    name = next(node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    for node in ast.parse(script).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            lines = script.split("\n")
            return "\n".join([*lines[: node.lineno - 1], source, *lines[node.end_lineno :]])
    raise ValueError(f"The script has no function {name}.")


def _columns(database: str, table: str, client: GlueClient) -> dict[str, str]:
    """Return the columns of a table, those of partitions last, and their types."""
    missing = DatabaseNotFound(f"There is no table {table!r} in a database {database!r}.")
    with explained({"EntityNotFoundException": missing}):
        found = client.get_table(DatabaseName=database, Name=table)["Table"]
    columns = [*found["StorageDescriptor"].get("Columns", []), *found.get("PartitionKeys", [])]
    return {column["Name"]: column.get("Type", "string") for column in columns}


def _quoted(text: str) -> str:
    return f'"{text}"'
