"""Athena, done by pocketaws: SQL runs on DuckDB over the tables of Glue's catalog and their objects in S3.

What :func:`install` changes in moto: ``moto.athena.responses.AthenaResponse.call_action`` (ours answers), and what
``moto.athena.models.AthenaBackend`` tells the Resource Groups Tagging API.

``dispatch.py`` names the operations; ``query/`` runs statements, ``formats/`` reads files.  DuckDB, sqlglot and
pyarrow are imported with the first query.  :func:`rows` is for other engines that ask the tables.
"""

from __future__ import annotations

from typing import Any

from pocketaws.engines.athena.asking import NoAnswer, rows

__all__ = ["NoAnswer", "install", "rows"]


def install() -> None:
    """Put this engine behind moto's Athena handler."""
    from moto.athena.responses import AthenaResponse

    from pocketaws.engines.athena import rights, tags
    from pocketaws.engines.athena.access import authorize
    from pocketaws.engines.athena.dispatch import answer, perform

    def call_action(handler: Any) -> Any:
        operation = handler._get_action()

        def run() -> dict[str, Any]:
            authorize(handler, operation)
            with rights.acting(handler):
                return perform(operation, handler.current_account, handler.region, handler.body)

        return answer(run)

    AthenaResponse.call_action = call_action
    tags.install()
