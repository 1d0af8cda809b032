"""moto's backends of IoT, changed where rules are made and messages published."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.iot.models import IoTBackend
from moto.iotdata.models import IoTDataPlaneBackend

from pocketaws.engines.iot import actions, rules, topics
from pocketaws.engines.iot.errors import SqlError, invalid, unparsable
from pocketaws.engines.iot.sql import parse

__all__ = ["install"]

LARGEST = 128 * 1024


def _checked(moto: Callable[..., None]) -> Callable[..., None]:
    @wraps(moto)
    def make(self: Any, rule_name: str, sql: str, **settings: Any) -> None:
        try:
            topics.check_filter(parse(sql).topic)
        except SqlError as error:
            raise unparsable(error) from None
        actions.check(settings.get("actions") or [])
        if error_action := settings.get("error_action"):
            actions.check([error_action])
        moto(self, rule_name, sql=sql, **settings)

    return make


def _publish(moto: Callable[..., None]) -> Callable[..., None]:
    @wraps(moto)
    def publish(self: Any, topic: str, payload: bytes) -> None:
        topics.check(topic)
        content = payload.encode() if isinstance(payload, str) else bytes(payload or b"")
        if len(content) > LARGEST:
            raise invalid(f"Payload size exceeds the maximum limit of {LARGEST} bytes.")
        moto(self, topic, content)
        rules.run(self.iot_backend, topic, content)

    return publish


def install() -> None:
    """Change both backends."""
    IoTBackend.create_topic_rule = _checked(IoTBackend.create_topic_rule)
    IoTBackend.replace_topic_rule = _checked(IoTBackend.replace_topic_rule)
    IoTDataPlaneBackend.publish = _publish(IoTDataPlaneBackend.publish)
