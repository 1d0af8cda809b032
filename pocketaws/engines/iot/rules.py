"""A message published: which rules hear it, what they select, what becomes of their actions' failures.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
"""

from __future__ import annotations

import base64
import logging
import uuid
from typing import Any

from pocketaws import clock
from pocketaws.calls import CallFailed
from pocketaws.engines.iot import actions, topics
from pocketaws.engines.iot.actions import Delivery
from pocketaws.engines.iot.sql import Message, Query, parse, select
from pocketaws.engines.iot.sql.values import load

__all__ = ["run"]

log = logging.getLogger(__name__)

#: A message that rules republish in a circle is dropped after so many turns.
MOST_TURNS = 10
_turns = 0


def run(iot: Any, topic: str, payload: bytes) -> None:
    """Let every rule that matches do its actions.

    Parameters
    ----------
    iot
        moto's ``IoTBackend``, which keeps the rules.
    topic, payload
        What was published.
    """
    global _turns
    if _turns >= MOST_TURNS:
        log.warning("a message on %s was republished %d times and dropped", topic, _turns)
        return
    _turns += 1
    try:
        for rule, query in _hearers(iot, topic):
            _run(iot, rule, query, _message(iot, _within(topic), payload), payload)
    finally:
        _turns -= 1


def _hearers(iot: Any, topic: str) -> list[tuple[Any, Query]]:
    if topic.startswith(topics.BASIC_INGEST):
        rule = iot.rules.get(topic.removeprefix(topics.BASIC_INGEST).partition("/")[0])
        return [(rule, parse(rule.sql))] if rule and not rule.rule_disabled else []
    active = [(rule, parse(rule.sql)) for rule in list(iot.rules.values()) if not rule.rule_disabled]
    return [(rule, query) for rule, query in active if topics.matches(query.topic, topic)]


def _within(topic: str) -> str:
    """Return the topic that a rule sees: with basic ingest, what follows its own name."""
    if topic.startswith(topics.BASIC_INGEST):
        return topic.removeprefix(topics.BASIC_INGEST).partition("/")[2]
    return topic


def _message(iot: Any, topic: str, payload: bytes) -> Message:
    try:
        content = load(payload)
    except ValueError:
        content = payload
    return Message(content, topic, clock.now(), iot.account_id, str(uuid.uuid4()))


def _run(iot: Any, rule: Any, query: Query, message: Message, payload: bytes) -> None:
    result = select(query, message)
    if result is None:
        return
    failures = []
    for action in rule.actions or []:
        delivery = Delivery(message, result, iot.region_name, iot.account_id)
        try:
            actions.perform(action, delivery)
        except CallFailed as error:
            log.warning("rule %s: %s failed: %s", rule.rule_name, next(iter(action)), error)
            kind, resource = actions.resource_of(action)
            failures.append({"failedAction": _class_name(kind), "failedResource": resource, "errorMessage": str(error)})
    if failures and rule.error_action:
        _handle(iot, rule, message, payload, failures)


def _handle(iot: Any, rule: Any, message: Message, payload: bytes, failures: list[dict[str, str]]) -> None:
    told = {
        "ruleName": rule.rule_name,
        "topic": message.topic,
        "cloudwatchTraceId": message.trace,
        "clientId": message.client,
        "base64OriginalPayload": base64.b64encode(payload).decode(),
        "failures": failures,
    }
    try:
        actions.perform(rule.error_action, Delivery(message, told, iot.region_name, iot.account_id))
    except CallFailed as error:
        log.warning("rule %s: its error action failed too: %s", rule.rule_name, error)


def _class_name(kind: str) -> str:
    """Return an action's name as AWS's messages have it, for example ``S3Action``."""
    special = {"dynamoDB": "DynamoAction", "dynamoDBv2": "DynamoDBv2Action"}
    return special.get(kind, f"{kind[0].upper()}{kind[1:]}Action")
