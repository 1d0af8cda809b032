"""Glue: a catalog as strict as AWS's, crawlers that crawl, jobs that run their script, triggers and workflows.

Databases, tables and partitions stay in moto's ``GlueBackend``, where Athena's engine reads them; crawlers, jobs,
triggers, workflows and data quality rules are ours (``pocketaws.engines.glue.state``).

What :func:`install` changes in moto:

- ``moto.glue.responses.GlueResponse``: one method for each operation of ``dispatch.OPERATIONS``;
- ``moto.glue.models.GlueBackend``: names of databases and tables are folded to lower case, schema versions that break
  their compatibility mode fail;
- ``moto.glue.models.FakeTable``: versions begin at 0, partitions are filtered by our expressions
  and have as many values as the table has keys.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's Glue."""
    from pocketaws.engines.glue import dispatch, names, registry

    names.install()
    registry.install()
    dispatch.install()
