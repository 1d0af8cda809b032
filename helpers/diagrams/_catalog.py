"""The catalog beside S3: tables and columns on the left, the places they describe on the right, changes marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from helpers._picture import Picture
from helpers.catalog import Folder, State, TableState, describe
from helpers.diagrams._canvas import INK, LINE, PAPER, SOFT, Canvas, clip, width_of

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["catalog"]

WIDTH, EDGE, LEFT, RIGHT = 860.0, 24.0, 340.0, 404.0
HEAD, ROW, BOX_HEIGHT, GAP, ACROSS = 30.0, 17.0, 34.0, 8.0, 4
COLUMNS, BOXES = 10, 12
BOX_WIDTH = (WIDTH - EDGE - RIGHT - (ACROSS - 1) * GAP - 12) / ACROSS
#: What happened -> the color of its frame and words, and of its ground; words say it too.
COLORS = {
    "new": "#007A59",
    "changed": "#8F5600",
    "gone": "#B54708",
    "no files": "#B54708",
    "not in the catalog": "#6B4FA0",
}
FILLS = {
    "new": "#E3F4EE",
    "changed": "#FCF0DA",
    "gone": "#FBE9E0",
    "no files": "#FBE9E0",
    "not in the catalog": "#F1ECF8",
}
#: What is shown first where there is not room for all.
URGENT = ("gone", "no files", "changed", "new", "not in the catalog", "")

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class _Card:
    """A table now and before; what is to be said of it, of its columns and of its folders (``""`` for nothing)."""

    table: TableState
    mark: str
    columns: list[tuple[str, str]]
    folders: list[tuple[Folder, str]]


def catalog(
    *databases: str,
    tables: Sequence[str] = (),
    since: State | None = None,
    title: str = "",
    client: GlueClient | None = None,
) -> Picture:
    """Draw databases, their tables and partitions, and the places in S3 that they describe.

    A folder that holds files and that no partition knows is drawn dashed: no query finds it.  A partition without
    files is drawn too.  Calls GetTables, GetPartitions and ListObjectsV2.

    Parameters
    ----------
    databases
        Their names.
    tables
        Draw only these tables; by default all.
    since
        An earlier ``catalog.describe(...)``: what is new, changed or gone since then is marked.
    title
        What to see.
    client
        Glue client; by default the session's.

    Raises
    ------
    DatabaseNotFound
        There is no such database.

    Examples
    --------
    >>> from helpers import catalog as entries
    >>> _ = entries.create_table(entries.create_database("harbor"), "trips", {"id": "int"}, "s3://harbor/", "csv")
    >>> catalog("harbor")
    Catalog. Database harbor, 1 table. Table trips (csv): 1 column, no files at s3://harbor/.
    """
    state = describe(*databases, client=client)
    canvas, told, y = Canvas(WIDTH), [f"{title or 'Catalog'}."], 36.0
    if title:
        canvas.text(EDGE, y, title, size=15, bold=True)
        y += 30
    for database in databases:
        here = sum(base == database for base, _ in state.tables)
        counted = f"{here} table{'' if here == 1 else 's'}"
        told.append(f"Database {database}, {counted}.")
        y = _draw_database(canvas, y, database, counted)
        for card in _cards(database, state, since, tables):
            y = _draw_card(canvas, y, card) + 14
            told.append(_told(card))
        y += 20
    return canvas.picture(" ".join(told))


def _cards(database: str, state: State, since: State | None, tables: Sequence[str]) -> list[_Card]:
    """Put what is and what was together, table by table."""
    old = since.tables if since else state.tables  # without an earlier state nothing is marked
    names = {name for base, name in [*state.tables, *old] if base == database and (not tables or name in tables)}
    return [_card(state.tables.get((database, name)), old.get((database, name))) for name in sorted(names)]


def _card(now: TableState | None, before: TableState | None) -> _Card:
    table = now or before
    assert table is not None
    if now is None or before is None:
        mark = "gone" if now is None else "new"
        return _Card(table, mark, _columns(table, table), _folders(table, table))
    described = [(each.columns, each.keys, each.version) for each in (now, before)]
    mark = "changed" if described[0] != described[1] else ""
    return _Card(table, mark, _columns(now, before), _folders(now, before))


def _draw_database(canvas: Canvas, y: float, database: str, counted: str) -> float:
    canvas.text(EDGE, y, database, size=14, bold=True)
    canvas.text(EDGE + width_of(database, 15) + 14, y, f"database, {counted}", color=SOFT)
    return y + 16


def _draw_card(canvas: Canvas, y: float, card: _Card) -> float:
    """Draw a table, an arrow, and its place; return where they end."""
    rows = -(-min(len(card.columns), COLUMNS) // 2) + (len(card.columns) > COLUMNS)
    lines = -(-min(len(card.folders), BOXES) // ACROSS)
    low = y + HEAD + lines * (BOX_HEIGHT + GAP)
    height = max(rows * ROW + 10, low - y - HEAD + 22 * (len(card.folders) > BOXES)) + HEAD
    _draw_entry(canvas, y, height, card)
    _draw_columns(canvas, y + HEAD, card.columns)
    canvas.line([(EDGE + LEFT, y + 14), (RIGHT - 4, y + 14)], color=SOFT, width=1.2, arrow="right")
    canvas.text(RIGHT + 4, y + 18, clip(card.table.location or "no place in S3", WIDTH - RIGHT - EDGE, 12), color=SOFT)
    for number, (folder, word) in enumerate(_fit(card.folders, BOXES)):
        x, top = RIGHT + number % ACROSS * (BOX_WIDTH + GAP), y + HEAD + number // ACROSS * (BOX_HEIGHT + GAP)
        _draw_folder(canvas, (x, top), folder, word, is_computed=card.table.is_projected)
    if len(card.folders) > BOXES:
        canvas.text(RIGHT + 4, low + 10, f"+ {len(card.folders) - BOXES:,} more", color=SOFT)
    return y + height


def _draw_entry(canvas: Canvas, y: float, height: float, card: _Card) -> None:
    """Draw the box of a table and its head."""
    color, version = COLORS.get(card.mark, SOFT), card.table.version
    canvas.box(EDGE, y, LEFT, height, stroke=COLORS.get(card.mark, LINE), radius=6, dashed=card.mark == "gone")
    canvas.box(EDGE + 0.5, y + 0.5, LEFT - 1, HEAD - 6, fill=FILLS.get(card.mark, PAPER), stroke="none", radius=6)
    canvas.text(EDGE + 12, y + 18, clip(card.table.name, 150, 13), size=13, bold=True)
    right = " · ".join(filter(None, [card.table.format, f"version {version}" if version else "", card.mark]))
    canvas.text(EDGE + LEFT - 12, y + 18, right, size=11, color=color, anchor="end")


def _draw_columns(canvas: Canvas, y: float, columns: list[tuple[str, str]]) -> None:
    """Write the columns, two a line."""
    shown = _fit(columns, COLUMNS)
    for number, (column, word) in enumerate(shown):
        x, line = EDGE + 12 + number % 2 * (LEFT / 2 - 6), y + number // 2 * ROW + 12
        text = clip(f"{column}, {word}" if word else column, LEFT / 2 - 20, 11)
        canvas.text(x, line, text, size=11, color=COLORS.get(word, INK), bold=bool(word))
    if len(columns) > COLUMNS:
        line = y + -(-len(shown) // 2) * ROW + 12
        canvas.text(EDGE + 12, line, f"+ {len(columns) - COLUMNS} more columns", size=11, color=SOFT)


def _draw_folder(canvas: Canvas, corner: tuple[float, float], folder: Folder, word: str, *, is_computed: bool) -> None:
    """Draw a partition, or a folder that none knows; computed partitions are dashed."""
    x, y = corner
    dashed = word in ("not in the catalog", "gone") or is_computed
    fill, stroke = FILLS.get(word, "#FFFFFF"), COLORS.get(word, LINE)
    canvas.box(x, y, BOX_WIDTH, BOX_HEIGHT, fill=fill, stroke=stroke, dashed=dashed)
    canvas.text(x + 7, y + 14, clip(folder.label or "files", BOX_WIDTH - 12, 11), size=11)
    files = f"{folder.files:,} file{'' if folder.files == 1 else 's'}"
    canvas.text(x + 7, y + 28, word or files, size=10, color=COLORS.get(word, SOFT))


def _columns(now: TableState, before: TableState) -> list[tuple[str, str]]:
    """List the columns with what happened to each; those of partition keys come first."""
    found = []
    for new, old, note in ((now.keys, before.keys, " (key)"), (now.columns, before.columns, "")):
        for name in [*new, *(name for name in old if name not in new)]:
            found.append((f"{name} {new.get(name, old.get(name))}{note}", _word(name, new, old)))
    return found


def _word(name: str, new: Mapping[str, object], old: Mapping[str, object]) -> str:
    if name not in old or name not in new:
        return "new" if name in new else "gone"
    return "" if new[name] == old[name] else "changed"


def _folders(now: TableState, before: TableState) -> list[tuple[Folder, str]]:
    """List the folders with what is to be said of each; what no query finds is more urgent than what is new."""
    known = {folder.label for folder in before.folders if folder.is_known}
    found = []
    for folder in now.folders:
        word = "" if folder.label in known else "new"
        word = word if folder.files else "no files"
        found.append((folder, word if folder.is_known else "not in the catalog"))
    gone = known - {folder.label for folder in now.folders}
    lost = [(folder, "gone") for folder in before.folders if folder.label in gone]
    return sorted([*found, *lost], key=lambda pair: pair[0].label)


def _fit(marked: list[tuple[Thing, str]], most: int) -> list[tuple[Thing, str]]:
    """Choose what is shown if there is not room for all: what is marked, then the first."""
    order = sorted(range(len(marked)), key=lambda number: (URGENT.index(marked[number][1]), number))
    return [marked[number] for number in sorted(order[:most])]


def _told(card: _Card) -> str:
    """Say in words what a table's card shows."""
    table, columns, folders = card.table, len(card.table.columns), len(card.table.folders)
    changes = ", ".join(f"{column} {word}" for column, word in card.columns if word)
    told = f"{columns} column{'' if columns == 1 else 's'}{f' ({changes})' if changes else ''}"
    held = f"{folders:,} folders" if folders > 1 else "files" if folders else "no files"
    told += f", {held} at {table.location}" if table.location else ", no place in S3"
    groups: dict[str, list[str]] = {}
    for folder, word in card.folders:
        groups.setdefault(word, []).append(folder.label or "files")
    named = [f"{word}: {_listed(labels)}" for word, labels in groups.items() if word]
    head = f"Table {table.name} ({', '.join(filter(None, [table.format, card.mark]))})"
    return f"{head}: {'; '.join([told, *named])}."


def _listed(labels: list[str]) -> str:
    return ", ".join(labels[:3]) + (f" and {len(labels) - 3:,} more" if len(labels) > 3 else "")
