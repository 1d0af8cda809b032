"""EMR Serverless: job runs submit their script to Spark on this machine.

What :func:`install` changes in moto: ``moto.emrserverless.models.EMRServerlessBackend``: applications begin as CREATED
and start with their first job; job runs run.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's EMR Serverless."""
    from pocketaws.engines.emrserverless import applications, runs

    applications.install()
    runs.install()
