"""Glacier vaults, the archive service of 2012: jobs that take hours, inventories of yesterday, locks for ever.

(The S3 Glacier storage classes, which took its place, belong to S3's engine.)

What :func:`install` changes in moto:

- ``moto.glacier.responses.GlacierResponse``: one method for each operation of ``dispatch.OPERATIONS``; vaults, archives
  and jobs are ours (``state.py``), and live and die with moto's ``GlacierBackend``;
- ``moto.glacier.urls.url_paths``: the paths that moto lacks.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's Glacier."""
    from pocketaws.engines.glacier import dispatch

    dispatch.install()
