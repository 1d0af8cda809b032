"""Telling an SNS topic that a job is done: the vault's topic for its events, and the job's own.

Source: https://docs.aws.amazon.com/amazonglacier/latest/dev/configuring-notifications.html
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from pocketaws.engines.glacier.call import Answer, Call
from pocketaws.engines.glacier.errors import invalid, missing, not_found
from pocketaws.engines.glacier.state import Job, State, Vault

__all__ = ["OPERATIONS", "check_topic", "send"]

log = logging.getLogger(__name__)
_EVENTS = ("ArchiveRetrievalCompleted", "InventoryRetrievalCompleted")
_TOPIC = re.compile(r"arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?")


def check_topic(topic: Any) -> str:
    """Return the ARN of a topic; InvalidParameterValueException when it is none."""
    if not _TOPIC.fullmatch(str(topic)):
        raise invalid(f"Invalid SNS topic: {topic}")
    return str(topic)


def set_vault_notifications(call: Call) -> Answer:
    """SetVaultNotifications."""
    vault, wish = call.vault, call.json
    if not wish.get("SNSTopic") or not wish.get("Events"):
        raise missing("Required parameter missing: SNSTopic or Events")
    if unknown := sorted(set(wish["Events"]) - set(_EVENTS)):
        raise invalid(f"Invalid event: {unknown[0]}. Events are {', '.join(_EVENTS)}.")
    vault.notifications = {"SNSTopic": check_topic(wish["SNSTopic"]), "Events": list(wish["Events"])}
    return Answer()


def get_vault_notifications(call: Call) -> Answer:
    """GetVaultNotifications."""
    if call.vault.notifications is None:
        raise not_found(f"No notification configuration is set for vault: {call.vault.name}")
    return Answer(200, call.vault.notifications)


def delete_vault_notifications(call: Call) -> Answer:
    """DeleteVaultNotifications."""
    call.vault.notifications = None
    return Answer()


def send(state: State, vault: Vault, job: Job, told: dict[str, Any]) -> None:
    """Publish what DescribeJob says; a topic that is gone is no concern of the job."""
    topics = {job.topic} if job.topic else set()
    if vault.notifications and f"{job.action}Completed" in vault.notifications["Events"]:
        topics.add(vault.notifications["SNSTopic"])
    if not topics:
        return
    from moto.sns.models import sns_backends

    for topic in sorted(topics):
        backend = sns_backends[topic.split(":")[4]][topic.split(":")[3]]
        try:
            backend.publish(json.dumps(told), arn=topic, subject="Notification From AWS Glacier Service")
        except Exception as error:
            log.debug("%s could not be told of job %s of %s: %s", topic, job.id, state.account, error)


OPERATIONS = {
    "SetVaultNotifications": set_vault_notifications,
    "GetVaultNotifications": get_vault_notifications,
    "DeleteVaultNotifications": delete_vault_notifications,
}
