"""IoT Core's topic rules: their SQL is evaluated on every message published, their actions are done.

What :func:`install` changes in moto:

- ``moto.iot.models.IoTBackend``: ``create_topic_rule`` and ``replace_topic_rule`` refuse wrong SQL and actions that
  pocketaws cannot do;
- ``moto.iotdata.models.IoTDataPlaneBackend``: ``publish`` checks the topic and runs the rules.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's IoT."""
    from pocketaws.engines.iot import backend

    backend.install()
