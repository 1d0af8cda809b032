"""The DuckDB that queries run on: made once, locked at once, a connection of its own for each query.

Access to files, addresses and extensions is off, Python's variables are out of sight, the configuration is locked.
What a query may open are the objects of its own tables, which are shown under names that nobody can guess.

A query that does not come to its end is interrupted: AWS gives one 30 minutes of many machines
(https://docs.aws.amazon.com/athena/latest/ug/service-limits.html), this one gets :data:`LONGEST` of one machine.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from pocketaws.engines.athena.query.functions import MACROS
from pocketaws.engines.athena.query.objects import SCHEME, Objects, file_system

__all__ = ["LONGEST", "connect", "objects"]

#: Seconds that a query may take.
LONGEST = 120.0

_CONFIGURATION = {
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "''",
    "TimeZone": "'UTC'",
    "enable_external_file_cache": "false",
    "allowed_directories": f"['{SCHEME}://']",
    "enable_external_access": "false",
}
_lock = threading.Lock()
_objects = Objects()
_made: list[tuple[Any, set[str]]] = []


def objects() -> Objects:
    """Return the register of the objects that DuckDB may open now."""
    return _objects


def _instance() -> tuple[Any, set[str]]:
    """Return the database and the names of the macros that it has."""
    if not _made:
        database = duckdb.connect(":memory:")
        if (files := file_system(_objects)) is not None:
            database.register_filesystem(files)
        for name, value in _CONFIGURATION.items():
            database.execute(f"SET {name} = {value}")
        database.execute("SET lock_configuration = true")
        _made.append((database, set()))
    return _made[0]


def _forget() -> None:
    """Leave a parent process's database alone for ever: to close it needs threads that a fork does not copy."""
    global _lock
    _lock = threading.Lock()
    for database, _ in _made:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(database))
    _made.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextmanager
def connect(macros: list[str]) -> Iterator[Any]:
    """Give a connection that knows some of Trino's functions; what is registered with it goes when it closes."""
    with _lock:
        database, known = _instance()
        for name in macros:
            if name not in known:
                database.execute(f"CREATE MACRO trino_{name}{', '.join(MACROS[name])}")
                known.add(name)
        connection = database.cursor()
    over = threading.Event()
    watching = threading.Thread(target=_interrupt_late, args=(connection, over), daemon=True)
    watching.start()
    try:
        yield connection
    finally:
        over.set()
        watching.join()
        connection.close()


def _interrupt_late(connection: Any, over: threading.Event) -> None:
    """Interrupt whatever a connection still does, and does next, once its time is up."""
    wait = LONGEST
    while not over.wait(wait):
        connection.interrupt()
        wait = 0.1
