"""The trace (helpers) and the S3 engine (pocketaws) name IAM actions apart; a law holds that they agree."""

from __future__ import annotations

from contextlib import suppress

import pytest

from helpers import session, trace
from pocketaws.engines.s3.operations import identify

BUCKET_LEVEL = {
    "get_bucket_inventory_configuration": ("GET", "inventory", {"Id": "x"}),
    "list_bucket_inventory_configurations": ("GET", "inventory", {}),
    "get_bucket_intelligent_tiering_configuration": ("GET", "intelligent-tiering", {"Id": "x"}),
    "delete_bucket_intelligent_tiering_configuration": ("DELETE", "intelligent-tiering", {"Id": "x"}),
    "get_bucket_accelerate_configuration": ("GET", "accelerate", {}),
    "get_bucket_cors": ("GET", "cors", {}),
    "delete_bucket_cors": ("DELETE", "cors", {}),
    "get_bucket_lifecycle_configuration": ("GET", "lifecycle", {}),
    "delete_bucket_lifecycle": ("DELETE", "lifecycle", {}),
    "get_bucket_encryption": ("GET", "encryption", {}),
    "delete_bucket_encryption": ("DELETE", "encryption", {}),
    "get_bucket_replication": ("GET", "replication", {}),
    "get_bucket_notification_configuration": ("GET", "notification", {}),
    "get_bucket_ownership_controls": ("GET", "ownershipControls", {}),
    "delete_bucket_ownership_controls": ("DELETE", "ownershipControls", {}),
    "get_public_access_block": ("GET", "publicAccessBlock", {}),
    "delete_public_access_block": ("DELETE", "publicAccessBlock", {}),
    "get_object_lock_configuration": ("GET", "object-lock", {}),
    "get_bucket_policy": ("GET", "policy", {}),
    "get_bucket_policy_status": ("GET", "policyStatus", {}),
    "delete_bucket_policy": ("DELETE", "policy", {}),
    "get_bucket_tagging": ("GET", "tagging", {}),
    "delete_bucket_tagging": ("DELETE", "tagging", {}),
    "get_bucket_versioning": ("GET", "versioning", {}),
    "get_bucket_website": ("GET", "website", {}),
    "delete_bucket_website": ("DELETE", "website", {}),
    "get_bucket_logging": ("GET", "logging", {}),
    "get_bucket_location": ("GET", "location", {}),
    "get_bucket_acl": ("GET", "acl", {}),
    "list_object_versions": ("GET", "versions", {}),
    "list_multipart_uploads": ("GET", "uploads", {}),
}


@pytest.mark.parametrize("method", BUCKET_LEVEL)
def test_the_trace_asks_for_the_action_that_the_engine_checks(method: str) -> None:
    verb, subresource, parameters = BUCKET_LEVEL[method]
    session.start(seed=1)
    try:
        client = session.client("s3")
        client.create_bucket(Bucket="law-bucket")
        # What is not configured is not there; the permission is asked all the same.
        with trace.calls() as seen, suppress(client.exceptions.ClientError):
            getattr(client, method)(Bucket="law-bucket", **parameters)
        query = {subresource: ""} | ({"id": "x"} if parameters else {})
        checked = identify(verb, "law-bucket", "", query, {}).action
        asked = {action for statement in seen.policy()["Statement"] for action in statement["Action"]}
        assert asked == {checked}, f"{method}: mend S3_ACTIONS in helpers/trace, or the engine's table."
    finally:
        session.stop()
