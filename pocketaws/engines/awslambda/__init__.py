"""Lambda: Python functions run in a process of their own, which stays warm; events, retries and event sources work.

moto keeps functions, versions, aliases, layers and mappings; code runs here.

What :func:`install` changes in moto:

- ``moto.awslambda.models.LambdaBackend``: creating, updating and deleting functions and event source mappings;
- ``moto.awslambda.models.LambdaFunction``: ``invoke`` (other services' events), ``get_configuration``;
- ``moto.awslambda.models.EventSourceMapping.get_configuration``: tells what the last reading came to;
- ``moto.awslambda_simple.models.LambdaSimpleBackend.invoke``;
- ``moto.awslambda.responses.LambdaResponse``: ``invoke``, ``invoke_async``.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's Lambda."""
    from pocketaws import arrivals
    from pocketaws.engines.awslambda import dispatch, functions
    from pocketaws.engines.awslambda.sources import api, polling

    functions.install()
    api.install()
    dispatch.install()
    arrivals.listen(polling.hear)
