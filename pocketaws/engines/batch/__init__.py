"""Batch: jobs run their command in a process; queues keep to the vCPUs of their compute environments.

moto keeps compute environments, job queues and job definitions; jobs are ours.  A container's image is recorded, not
run: the command finds Python, its packages and a shell of this machine.

What :func:`install` changes in moto:

- ``moto.batch.responses.BatchResponse``: the operations on jobs;
- ``moto.batch.models.BatchBackend``: a compute environment without service role gets Batch's own, the state of
  environments and queues is ENABLED by default, neither is deleted while it is in use.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's Batch."""
    from pocketaws.engines.batch import api, places

    places.install()
    api.install()
