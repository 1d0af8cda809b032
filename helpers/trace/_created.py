"""Which calls create a resource that somebody has to delete again, and which delete one."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

__all__ = ["Created", "created", "deleted"]


@dataclass(frozen=True)
class Created:
    """A resource that a call created.

    Parameters
    ----------
    service, kind, name
        For example ``"dynamodb"``, ``"table"``, ``"PoliceDepartments"``; ``name`` is what the deleting call takes.
    details
        What else deleting it needs, such as the parent it lies in.
    """

    service: str
    kind: str
    name: str
    details: Mapping[str, str] = field(default_factory=dict)

    def is_same(self, other: Created) -> bool:
        """Whether both are one resource; AWS takes a name or an ARN that ends with it."""
        if (self.service, self.kind) != (other.service, other.kind):
            return False
        return _short(self.name) == _short(other.name) and self.details == other.details


#: service.Operation -> kind, where the name stands ("<" in the request, ">" in the answer), further details.
#: A later lesson that creates another kind of resource adds its row here.
CREATORS: dict[str, tuple[str, str, dict[str, str]]] = {
    "s3.CreateBucket": ("bucket", "<Bucket", {}),
    "dynamodb.CreateTable": ("table", "<TableName", {}),
    "dynamodb.RestoreTableFromBackup": ("table", "<TargetTableName", {}),
    "dynamodb.RestoreTableToPointInTime": ("table", "<TargetTableName", {}),
    "dynamodb.ImportTable": ("table", "<TableCreationParameters.TableName", {}),
    "dynamodb.CreateBackup": ("backup", ">BackupDetails.BackupArn", {}),
    "sqs.CreateQueue": ("queue", ">QueueUrl", {}),
    "sns.CreateTopic": ("topic", ">TopicArn", {}),
    "kms.CreateKey": ("key", ">KeyMetadata.KeyId", {}),
    "kms.CreateAlias": ("alias", "<AliasName", {}),
    "iam.CreateUser": ("user", "<UserName", {}),
    "iam.CreateRole": ("role", "<RoleName", {}),
    "iam.CreatePolicy": ("policy", ">Policy.Arn", {}),
    "iam.CreateAccessKey": ("access key", ">AccessKey.AccessKeyId", {"user": ">AccessKey.UserName"}),
    "lambda.CreateFunction": ("function", "<FunctionName", {}),
    "lambda.CreateEventSourceMapping": ("event source mapping", ">UUID", {}),
    "events.PutRule": ("rule", "<Name", {}),
    "scheduler.CreateSchedule": ("schedule", "<Name", {}),
    "scheduler.CreateScheduleGroup": ("schedule group", "<Name", {}),
    "logs.CreateLogGroup": ("log group", "<logGroupName", {}),
    "kinesis.CreateStream": ("stream", "<StreamName", {}),
    "firehose.CreateDeliveryStream": ("delivery stream", "<DeliveryStreamName", {}),
    "glacier.CreateVault": ("vault", "<vaultName", {}),
    "glue.CreateDatabase": ("database", "<DatabaseInput.Name", {}),
    "glue.CreateTable": ("table", "<TableInput.Name", {"database": "<DatabaseName"}),
    "glue.CreateCrawler": ("crawler", "<Name", {}),
    "glue.CreateClassifier": ("classifier", "<CsvClassifier.Name", {}),
    "glue.CreateJob": ("job", "<Name", {}),
    "glue.CreateTrigger": ("trigger", "<Name", {}),
    "glue.CreateWorkflow": ("workflow", "<Name", {}),
    "glue.CreateRegistry": ("registry", "<RegistryName", {}),
    "glue.CreateSchema": ("schema", "<SchemaName", {"registry": "<RegistryId.RegistryName"}),
    "glue.CreateDataQualityRuleset": ("data quality ruleset", "<Name", {}),
    "athena.CreateWorkGroup": ("workgroup", "<Name", {}),
    "athena.CreatePreparedStatement": ("prepared statement", "<StatementName", {"workgroup": "<WorkGroup"}),
    "iot.CreateThing": ("thing", "<thingName", {}),
    "iot.CreateTopicRule": ("topic rule", "<ruleName", {}),
    "batch.CreateComputeEnvironment": ("compute environment", "<computeEnvironmentName", {}),
    "batch.CreateJobQueue": ("job queue", "<jobQueueName", {}),
    "batch.RegisterJobDefinition": ("job definition", ">jobDefinitionArn", {}),
    "emr.RunJobFlow": ("cluster", ">JobFlowId", {}),
    "emr-serverless.CreateApplication": ("application", ">applicationId", {}),
    "datapipeline.CreatePipeline": ("pipeline", ">pipelineId", {}),
    "stepfunctions.CreateStateMachine": ("state machine", ">stateMachineArn", {}),
}

#: service.Operation -> kind, where the request names the resource, further details.
DELETERS: dict[str, tuple[str, str, dict[str, str]]] = {
    "s3.DeleteBucket": ("bucket", "<Bucket", {}),
    "dynamodb.DeleteTable": ("table", "<TableName", {}),
    "dynamodb.DeleteBackup": ("backup", "<BackupArn", {}),
    "sqs.DeleteQueue": ("queue", "<QueueUrl", {}),
    "sns.DeleteTopic": ("topic", "<TopicArn", {}),
    "kms.ScheduleKeyDeletion": ("key", "<KeyId", {}),
    "kms.DeleteAlias": ("alias", "<AliasName", {}),
    "iam.DeleteUser": ("user", "<UserName", {}),
    "iam.DeleteRole": ("role", "<RoleName", {}),
    "iam.DeletePolicy": ("policy", "<PolicyArn", {}),
    "iam.DeleteAccessKey": ("access key", "<AccessKeyId", {"user": "<UserName"}),
    "lambda.DeleteFunction": ("function", "<FunctionName", {}),
    "lambda.DeleteEventSourceMapping": ("event source mapping", "<UUID", {}),
    "events.DeleteRule": ("rule", "<Name", {}),
    "scheduler.DeleteSchedule": ("schedule", "<Name", {}),
    "scheduler.DeleteScheduleGroup": ("schedule group", "<Name", {}),
    "logs.DeleteLogGroup": ("log group", "<logGroupName", {}),
    "kinesis.DeleteStream": ("stream", "<StreamName", {}),
    "firehose.DeleteDeliveryStream": ("delivery stream", "<DeliveryStreamName", {}),
    "glacier.DeleteVault": ("vault", "<vaultName", {}),
    "glue.DeleteDatabase": ("database", "<Name", {}),
    "glue.DeleteTable": ("table", "<Name", {"database": "<DatabaseName"}),
    "glue.DeleteCrawler": ("crawler", "<Name", {}),
    "glue.DeleteClassifier": ("classifier", "<Name", {}),
    "glue.DeleteJob": ("job", "<JobName", {}),
    "glue.DeleteTrigger": ("trigger", "<Name", {}),
    "glue.DeleteWorkflow": ("workflow", "<Name", {}),
    "glue.DeleteRegistry": ("registry", "<RegistryId.RegistryName", {}),
    "glue.DeleteSchema": ("schema", "<SchemaId.SchemaName", {"registry": "<SchemaId.RegistryName"}),
    "glue.DeleteDataQualityRuleset": ("data quality ruleset", "<Name", {}),
    "athena.DeleteWorkGroup": ("workgroup", "<WorkGroup", {}),
    "athena.DeletePreparedStatement": ("prepared statement", "<StatementName", {"workgroup": "<WorkGroup"}),
    "iot.DeleteThing": ("thing", "<thingName", {}),
    "iot.DeleteTopicRule": ("topic rule", "<ruleName", {}),
    "batch.DeleteComputeEnvironment": ("compute environment", "<computeEnvironment", {}),
    "batch.DeleteJobQueue": ("job queue", "<jobQueue", {}),
    "batch.DeregisterJobDefinition": ("job definition", "<jobDefinition", {}),
    "emr-serverless.DeleteApplication": ("application", "<applicationId", {}),
    "datapipeline.DeletePipeline": ("pipeline", "<pipelineId", {}),
    "stepfunctions.DeleteStateMachine": ("state machine", "<stateMachineArn", {}),
}


def created(service: str, operation: str, params: dict[str, Any], answer: dict[str, Any]) -> tuple[Created, ...]:
    """Return what a call that succeeded created."""
    return _resource(CREATORS, service, operation, params, answer)


def deleted(service: str, operation: str, params: dict[str, Any]) -> tuple[Created, ...]:
    """Return what a call that succeeded deleted."""
    return _resource(DELETERS, service, operation, params, {})


def _resource(
    table: dict[str, tuple[str, str, dict[str, str]]],
    service: str,
    operation: str,
    params: dict[str, Any],
    answer: dict[str, Any],
) -> tuple[Created, ...]:
    row = table.get(f"{service}.{operation}")
    if row is None:
        return ()
    kind, where, further = row
    name = _look(where, params, answer)
    details = {label: _look(place, params, answer) for label, place in further.items()}
    return (Created(service, kind, name, details),) if name else ()


def _look(where: str, params: dict[str, Any], answer: dict[str, Any]) -> str:
    """Follow a path such as ``>Policy.Arn`` into the answer (``<``: into the request)."""
    start = params if where[0] == "<" else answer
    try:
        return str(reduce(operator.getitem, where[1:].split("."), start))
    except (KeyError, TypeError):
        return ""


def _short(name: str) -> str:
    return name.rpartition("/")[2] if name.startswith("arn:") else name
