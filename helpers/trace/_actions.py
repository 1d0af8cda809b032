"""The names that calls, IAM actions and ARNs have, service by service.

Actions and resource types are those of AWS's Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

from __future__ import annotations

import re

__all__ = [
    "ACCOUNT_WIDE",
    "ALL_OF",
    "ARNS",
    "EXPORT",
    "NAMED",
    "PARTIQL",
    "PARTIQL_TABLE",
    "PREFIXES",
    "RENAMED",
    "RESTORE",
    "S3_ACTIONS",
    "S3_FURTHER",
    "S3_VERSIONED",
    "SHAPES",
    "TRANSACTIONS",
]

#: S3 operations whose IAM action has another name.
S3_ACTIONS = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration": "PutInventoryConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "SelectObjectContent": "GetObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
#: Parameters of S3 calls that need a further action on the same object or bucket.
S3_FURTHER = {
    "Tagging": "PutObjectTagging",
    "ACL": "PutObjectAcl",
    "ObjectLockMode": "PutObjectRetention",
    "ObjectLockLegalHoldStatus": "PutObjectLegalHold",
    "BypassGovernanceRetention": "BypassGovernanceRetention",
}
#: What a version id turns an action into.
S3_VERSIONED = {"GetObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging", "GetObjectAcl", "PutObjectAcl"}

#: Where a service's request names what it acts on, in order of preference.
NAMED = {
    "dynamodb": ("TableName", "TargetTableName", "SourceTableName", "BackupArn", "TableArn", "ExportArn"),
    "dynamodbstreams": ("StreamArn",),
    "sqs": ("QueueUrl", "QueueName"),
    "kms": ("KeyId",),
    "sns": ("TopicArn", "Name"),
    "iam": ("UserName", "RoleName", "PolicyArn", "PolicyName"),
    "events": ("Rule", "Name"),
    "scheduler": ("Name",),
    "stepfunctions": ("stateMachineArn", "executionArn", "name", "resourceArn"),
    "lambda": ("FunctionName",),
    "kinesis": ("StreamName", "StreamARN", "ConsumerARN"),
    "logs": ("logGroupName",),
    "batch": (
        "jobQueue",
        "jobQueueName",
        "computeEnvironment",
        "computeEnvironmentName",
        "jobDefinition",
        "jobDefinitionName",
    ),
    "emr": ("ClusterId", "JobFlowId"),
    "emr-serverless": ("applicationId",),
    "firehose": ("DeliveryStreamName",),
    "iot": ("ruleName", "thingName"),
    "iot-data": ("topic",),
    "glacier": ("vaultName",),
}
#: The form of a service's ARNs; ``{}`` is the name.
ARNS = {
    "dynamodb": "arn:aws:dynamodb:*:*:table/{}",
    "sqs": "arn:aws:sqs:*:*:{}",
    "kms": "arn:aws:kms:*:*:key/*",
    "sns": "arn:aws:sns:*:*:{}",
    "events": "arn:aws:events:*:*:rule/{}",
    "scheduler": "arn:aws:scheduler:*:*:schedule/default/{}",
    "stepfunctions": "arn:aws:states:*:*:stateMachine:{}",
    "lambda": "arn:aws:lambda:*:*:function:{}",
    "kinesis": "arn:aws:kinesis:*:*:stream/{}",
    "firehose": "arn:aws:firehose:*:*:deliverystream/{}",
    "iot": "arn:aws:iot:*:*:rule/{}",
    "glacier": "arn:aws:glacier:*:*:vaults/{}",
}
#: Where it depends on the parameter that names it.
SHAPES = {
    ("batch", "jobQueue"): "arn:aws:batch:*:*:job-queue/{}",
    ("batch", "jobQueueName"): "arn:aws:batch:*:*:job-queue/{}",
    ("batch", "computeEnvironment"): "arn:aws:batch:*:*:compute-environment/{}",
    ("batch", "computeEnvironmentName"): "arn:aws:batch:*:*:compute-environment/{}",
    ("batch", "jobDefinition"): "arn:aws:batch:*:*:job-definition/{}",
    ("batch", "jobDefinitionName"): "arn:aws:batch:*:*:job-definition/{}:*",
    ("emr", "ClusterId"): "arn:aws:elasticmapreduce:*:*:cluster/*",
    ("emr", "JobFlowId"): "arn:aws:elasticmapreduce:*:*:cluster/*",
    ("emr-serverless", "applicationId"): "arn:aws:emr-serverless:*:*:/applications/*",
    ("logs", "logGroupName"): "arn:aws:logs:*:*:log-group:{}:*",
}
#: What a call that names nothing acts on, where that is not the whole account.
ALL_OF = {
    "dynamodbstreams": "arn:aws:dynamodb:*:*:table/*/stream/*",
    "kinesis": "arn:aws:kinesis:*:*:stream/*",  # an iterator says which, but not to us
}
#: IAM's prefix of a service, where boto3 calls the service something else.
PREFIXES = {"dynamodbstreams": "dynamodb", "stepfunctions": "states", "emr": "elasticmapreduce", "iot-data": "iot"}
#: Operations whose IAM action has another name.
RENAMED = {
    ("lambda", "Invoke"): "InvokeFunction",
    ("lambda", "InvokeAsync"): "InvokeFunction",
    ("sqs", "ChangeMessageVisibilityBatch"): "ChangeMessageVisibility",
    ("sqs", "DeleteMessageBatch"): "DeleteMessage",
    ("sqs", "SendMessageBatch"): "SendMessage",
}
#: DynamoDB's batches and transactions need the actions of their parts.
TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
PARTIQL = {"SELECT": "PartiQLSelect", "INSERT": "PartiQLInsert", "UPDATE": "PartiQLUpdate", "DELETE": "PartiQLDelete"}
PARTIQL_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?([\w.-]+)(?:"\."?([\w.-]+))?', re.IGNORECASE)
#: A restore writes the items of the new table in the caller's name; an export writes objects so.
RESTORE = ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
EXPORT = ("AbortMultipartUpload", "PutObject", "PutObjectAcl")
#: Operations that AWS allows or refuses for the whole account only.
ACCOUNT_WIDE = {
    "CreateEventSourceMapping",
    "CreateKey",
    "DescribeLimits",
    "ListBackups",
    "ListDeliveryStreams",
    "ListEventSourceMappings",
    "ListExports",
    "ListImports",
    "ListJobs",
    "ListStreams",
}
