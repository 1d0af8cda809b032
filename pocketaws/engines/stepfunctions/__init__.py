"""Step Functions: state machines in the Amazon States Language (JSONPath) that really run, on the clock.

What :func:`install` changes in moto:

- ``moto.stepfunctions.responses``: ``get_backend`` (moto's plain one; its interpreter needs a package that would
  change what Colab has), and the operations on executions and tokens of ``StepFunctionResponse``;
- ``moto.stepfunctions.models.StepFunctionBackend``: ``create_state_machine`` and ``update_state_machine`` check the
  definition, ``start_execution`` is ours, ``delete_state_machine`` stops what runs.

``states.py`` runs states, ``tasks.py`` calls services through :mod:`pocketaws.calls`, ``executions.py`` drives.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's Step Functions."""
    from pocketaws.engines.stepfunctions import api

    api.install()
