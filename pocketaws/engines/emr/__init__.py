"""EMR: a cluster's steps run one after the other, as its step concurrency says, with Spark on this machine.

moto keeps clusters and their instances; steps run here.

What :func:`install` changes in moto:

- ``moto.emr.models.Cluster``: ``add_steps``, ``terminate``;
- ``moto.emr.models.ElasticMapReduceBackend``: starting clusters, adding, listing and describing steps;
- ``moto.emr.responses.ElasticMapReduceResponse.cancel_steps``, which moto lacks.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's EMR."""
    from pocketaws.engines.emr import api

    api.install()
