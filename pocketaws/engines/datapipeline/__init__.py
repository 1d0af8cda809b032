"""AWS Data Pipeline, as history: copies and shell commands on S3, by their schedule.

AWS closed it to new customers in 2024.  Here run ``CopyActivity`` and ``ShellCommandActivity`` between ``S3DataNode``
objects; a definition with anything else is refused with a validation error.

What :func:`install` changes in moto: ``moto.datapipeline.responses.DataPipelineResponse.call_action`` (ours answers).
"""

from __future__ import annotations

from typing import Any

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's Data Pipeline handler."""
    from moto.datapipeline.responses import DataPipelineResponse

    from pocketaws.engines.datapipeline import api

    ask = DataPipelineResponse._authenticate_and_authorize_normal_action

    def call_action(handler: Any) -> Any:
        ask(handler)
        return api.answer(handler._get_action(), handler.current_account, handler.region, handler.body)

    DataPipelineResponse.call_action = call_action
