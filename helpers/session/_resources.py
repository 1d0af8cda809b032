"""How each kind of resource is deleted, and how one asks whether it exists.

One row a kind; a later lesson that creates another kind adds its row here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from helpers.session import _compute
from helpers.trace import Created

__all__ = ["KINDS", "Kind"]

Clients = Callable[[str], Any]


def _delete_bucket(clients: Clients, bucket: Created) -> None:
    s3 = clients("s3")
    for upload in s3.list_multipart_uploads(Bucket=bucket.name).get("Uploads", []):
        s3.abort_multipart_upload(Bucket=bucket.name, Key=upload["Key"], UploadId=upload["UploadId"])
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket.name):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
        if objects:  # what is locked stays, and then the bucket does
            s3.delete_objects(
                Bucket=bucket.name, Delete={"Objects": objects, "Quiet": True}, BypassGovernanceRetention=True
            )
    s3.delete_bucket(Bucket=bucket.name)


def _delete_user(clients: Clients, user: Created) -> None:
    iam = clients("iam")
    for key in iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=user.name, AccessKeyId=key["AccessKeyId"])
    for policy in iam.list_user_policies(UserName=user.name)["PolicyNames"]:
        iam.delete_user_policy(UserName=user.name, PolicyName=policy)
    iam.delete_user(UserName=user.name)


def _delete_role(clients: Clients, role: Created) -> None:
    iam = clients("iam")
    for policy in iam.list_role_policies(RoleName=role.name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role.name, PolicyName=policy)
    for policy in iam.list_attached_role_policies(RoleName=role.name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=role.name, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=role.name)


def _delete_rule(clients: Clients, rule: Created) -> None:
    events = clients("events")
    targets = [target["Id"] for target in events.list_targets_by_rule(Rule=rule.name)["Targets"]]
    if targets:
        events.remove_targets(Rule=rule.name, Ids=targets)
    events.delete_rule(Name=rule.name)


def _glue(thing: str, given: str = "Name") -> Kind:
    """Return how a kind of Glue that is known by its name is deleted and found."""
    return Kind(
        lambda c, x: getattr(c("glue"), f"delete_{thing}")(**{given: x.name}),
        lambda c, x: getattr(c("glue"), f"get_{thing}")(**{given: x.name}),
    )


def _key_is_alive(clients: Clients, key: Created) -> bool:
    metadata = clients("kms").describe_key(KeyId=key.name)["KeyMetadata"]
    return bool(metadata["KeyState"] != "PendingDeletion")


def _access_key_exists(clients: Clients, key: Created) -> bool:
    found = clients("iam").list_access_keys(UserName=key.details["user"])["AccessKeyMetadata"]
    return any(each["AccessKeyId"] == key.name for each in found)


def _alias_exists(clients: Clients, alias: Created) -> bool:
    pages = clients("kms").get_paginator("list_aliases").paginate()
    return any(each["AliasName"] == alias.name for page in pages for each in page["Aliases"])


def _machine_exists(clients: Clients, machine: Created) -> bool:
    """Whether a state machine is there and not about to go: AWS deletes it when its last run is over."""
    try:
        described = clients("stepfunctions").describe_state_machine(stateMachineArn=machine.name)
    except clients("stepfunctions").exceptions.StateMachineDoesNotExist:
        return False
    return bool(described["status"] != "DELETING")


def _rule_exists(clients: Clients, rule: Created) -> bool:
    """Whether a topic rule is there; to ask for one that is not is, to AWS, to lack a permission."""
    pages = clients("iot").get_paginator("list_topic_rules").paginate()
    return any(each["ruleName"] == rule.name for page in pages for each in page["rules"])


def _delete_function(clients: Clients, made: Created) -> None:
    logs = clients("logs")
    clients("lambda").delete_function(FunctionName=made.name)
    with suppress(logs.exceptions.ResourceNotFoundException):
        logs.delete_log_group(logGroupName=f"/aws/lambda/{made.name.rpartition(':')[2]}")


class Kind:
    """How one kind of resource is deleted and found.

    Parameters
    ----------
    delete
        Deletes the resource; AWS's errors come through.
    exists
        Asks AWS for it; an AWS error that says "no such thing" or ``False`` means it does not exist.
    """

    def __init__(self, delete: Callable[[Clients, Created], Any], exists: Callable[[Clients, Created], Any]) -> None:
        self.delete = delete
        self.exists = exists


KINDS = {
    ("s3", "bucket"): Kind(_delete_bucket, lambda c, x: c("s3").head_bucket(Bucket=x.name)),
    ("dynamodb", "table"): Kind(
        lambda c, x: c("dynamodb").delete_table(TableName=x.name),
        lambda c, x: c("dynamodb").describe_table(TableName=x.name),
    ),
    ("dynamodb", "backup"): Kind(
        lambda c, x: c("dynamodb").delete_backup(BackupArn=x.name),
        lambda c, x: c("dynamodb").describe_backup(BackupArn=x.name),
    ),
    ("sqs", "queue"): Kind(
        lambda c, x: c("sqs").delete_queue(QueueUrl=x.name),
        lambda c, x: c("sqs").get_queue_attributes(QueueUrl=x.name),
    ),
    ("kms", "key"): Kind(
        lambda c, x: c("kms").schedule_key_deletion(KeyId=x.name, PendingWindowInDays=7), _key_is_alive
    ),
    ("kms", "alias"): Kind(lambda c, x: c("kms").delete_alias(AliasName=x.name), _alias_exists),
    ("iam", "access key"): Kind(
        lambda c, x: c("iam").delete_access_key(UserName=x.details["user"], AccessKeyId=x.name), _access_key_exists
    ),
    ("iam", "user"): Kind(_delete_user, lambda c, x: c("iam").get_user(UserName=x.name)),
    ("iam", "role"): Kind(_delete_role, lambda c, x: c("iam").get_role(RoleName=x.name)),
    ("iam", "policy"): Kind(
        lambda c, x: c("iam").delete_policy(PolicyArn=x.name), lambda c, x: c("iam").get_policy(PolicyArn=x.name)
    ),
    ("sns", "topic"): Kind(
        lambda c, x: c("sns").delete_topic(TopicArn=x.name), lambda c, x: c("sns").get_topic_attributes(TopicArn=x.name)
    ),
    ("events", "rule"): Kind(_delete_rule, lambda c, x: c("events").describe_rule(Name=x.name)),
    ("scheduler", "schedule"): Kind(
        lambda c, x: c("scheduler").delete_schedule(Name=x.name), lambda c, x: c("scheduler").get_schedule(Name=x.name)
    ),
    ("glacier", "vault"): Kind(
        # AWS refuses while it holds archives, or was written to since its last inventory.
        lambda c, x: c("glacier").delete_vault(vaultName=x.name),
        lambda c, x: c("glacier").describe_vault(vaultName=x.name),
    ),
    ("glue", "database"): Kind(
        lambda c, x: c("glue").delete_database(Name=x.name), lambda c, x: c("glue").get_database(Name=x.name)
    ),
    ("glue", "table"): Kind(
        lambda c, x: c("glue").delete_table(DatabaseName=x.details["database"], Name=x.name),
        lambda c, x: c("glue").get_table(DatabaseName=x.details["database"], Name=x.name),
    ),
    ("glue", "crawler"): _glue("crawler"),
    ("glue", "classifier"): _glue("classifier"),
    ("glue", "job"): _glue("job", "JobName"),
    ("glue", "trigger"): _glue("trigger"),
    ("glue", "workflow"): _glue("workflow"),
    ("glue", "data quality ruleset"): _glue("data_quality_ruleset"),
    ("glue", "registry"): Kind(
        lambda c, x: c("glue").delete_registry(RegistryId={"RegistryName": x.name}),
        lambda c, x: c("glue").get_registry(RegistryId={"RegistryName": x.name}),
    ),
    ("glue", "schema"): Kind(
        lambda c, x: c("glue").delete_schema(SchemaId={"SchemaName": x.name, "RegistryName": x.details["registry"]}),
        lambda c, x: c("glue").get_schema(SchemaId={"SchemaName": x.name, "RegistryName": x.details["registry"]}),
    ),
    ("scheduler", "schedule group"): Kind(
        lambda c, x: c("scheduler").delete_schedule_group(Name=x.name),
        lambda c, x: c("scheduler").get_schedule_group(Name=x.name),
    ),
    ("stepfunctions", "state machine"): Kind(
        lambda c, x: c("stepfunctions").delete_state_machine(stateMachineArn=x.name), _machine_exists
    ),
    ("datapipeline", "pipeline"): Kind(
        lambda c, x: c("datapipeline").delete_pipeline(pipelineId=x.name),
        lambda c, x: c("datapipeline").describe_pipelines(pipelineIds=[x.name]),
    ),
    ("kinesis", "stream"): Kind(
        lambda c, x: c("kinesis").delete_stream(StreamName=x.name, EnforceConsumerDeletion=True),
        lambda c, x: c("kinesis").describe_stream_summary(StreamName=x.name),
    ),
    ("firehose", "delivery stream"): Kind(
        lambda c, x: c("firehose").delete_delivery_stream(DeliveryStreamName=x.name),
        lambda c, x: c("firehose").describe_delivery_stream(DeliveryStreamName=x.name),
    ),
    ("iot", "thing"): Kind(
        lambda c, x: c("iot").delete_thing(thingName=x.name), lambda c, x: c("iot").describe_thing(thingName=x.name)
    ),
    ("iot", "topic rule"): Kind(
        lambda c, x: c("iot").delete_topic_rule(ruleName=x.name), lambda c, x: _rule_exists(c, x)
    ),
    ("lambda", "event source mapping"): Kind(
        lambda c, x: c("lambda").delete_event_source_mapping(UUID=x.name),
        lambda c, x: c("lambda").get_event_source_mapping(UUID=x.name)["State"] != "Deleting",
    ),
    ("batch", "compute environment"): Kind(_compute.delete_compute_environment, _compute.compute_environment_exists),
    ("batch", "job queue"): Kind(_compute.delete_job_queue, _compute.job_queue_exists),
    ("batch", "job definition"): Kind(
        lambda c, x: c("batch").deregister_job_definition(jobDefinition=x.name), _compute.job_definition_exists
    ),
    ("emr", "cluster"): Kind(
        lambda c, x: c("emr").terminate_job_flows(JobFlowIds=[x.name]),
        lambda c, x: "TERMINAT" not in c("emr").describe_cluster(ClusterId=x.name)["Cluster"]["Status"]["State"],
    ),
    ("emr-serverless", "application"): Kind(_compute.delete_application, _compute.application_exists),
    ("lambda", "function"): Kind(
        _delete_function,
        lambda c, x: c("lambda").get_function(FunctionName=x.name),
    ),
}
