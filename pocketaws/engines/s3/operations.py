"""Which operation of S3 a request is, and which IAM action it needs.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import NamedTuple

__all__ = ["Operation", "identify"]


class Operation(NamedTuple):
    """An operation by the name the SDKs give it, and its IAM action."""

    name: str
    action: str
    supported: bool = True


def _config(name: str, action: str, methods: str = "GET PUT DELETE", *, supported: bool = True) -> dict[str, Operation]:
    """Return the operations on one subresource of a bucket; deleting a configuration needs the right to put it."""
    verbs = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}
    return {
        method: Operation(
            f"{verbs[method]}Bucket{name}", f"s3:{'Get' if method == 'GET' else 'Put'}{action}", supported
        )
        for method in methods.split()
    }


_BUCKET: dict[str, dict[str, Operation]] = {
    "lifecycle": _config("LifecycleConfiguration", "LifecycleConfiguration")
    | {"DELETE": Operation("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration")},
    "policyStatus": {"GET": Operation("GetBucketPolicyStatus", "s3:GetBucketPolicyStatus")},
    "policy": _config("Policy", "BucketPolicy") | {"DELETE": Operation("DeleteBucketPolicy", "s3:DeleteBucketPolicy")},
    "versioning": _config("Versioning", "BucketVersioning", "GET PUT"),
    "website": _config("Website", "BucketWebsite")
    | {"DELETE": Operation("DeleteBucketWebsite", "s3:DeleteBucketWebsite")},
    "acl": _config("Acl", "BucketAcl", "GET PUT"),
    "tagging": _config("Tagging", "BucketTagging"),
    "logging": _config("Logging", "BucketLogging", "GET PUT"),
    "cors": _config("Cors", "BucketCORS"),
    "notification": _config("NotificationConfiguration", "BucketNotification", "GET PUT"),
    "accelerate": _config("AccelerateConfiguration", "AccelerateConfiguration", "GET PUT"),
    "encryption": _config("Encryption", "EncryptionConfiguration"),
    "replication": _config("Replication", "ReplicationConfiguration"),
    "ownershipControls": _config("OwnershipControls", "BucketOwnershipControls"),
    "inventory": _config("InventoryConfiguration", "InventoryConfiguration"),
    "intelligent-tiering": _config("IntelligentTieringConfiguration", "IntelligentTieringConfiguration"),
    "publicAccessBlock": {
        "GET": Operation("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
        "PUT": Operation("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        "DELETE": Operation("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    },
    "object-lock": {
        "GET": Operation("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
        "PUT": Operation("PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration"),
    },
    "location": {"GET": Operation("GetBucketLocation", "s3:GetBucketLocation")},
    "versions": {"GET": Operation("ListObjectVersions", "s3:ListBucketVersions")},
    "uploads": {"GET": Operation("ListMultipartUploads", "s3:ListBucketMultipartUploads")},
    "delete": {"POST": Operation("DeleteObjects", "s3:DeleteObject")},
    "analytics": _config("AnalyticsConfiguration", "AnalyticsConfiguration", supported=False),
    "metrics": _config("MetricsConfiguration", "MetricsConfiguration", supported=False),
    "requestPayment": _config("RequestPayment", "BucketRequestPayment", "GET PUT", supported=False),
    "session": {"GET": Operation("CreateSession", "s3express:CreateSession", False)},
    "abac": _config("Abac", "BucketAbac", "GET PUT", supported=False),
}
_METADATA = (
    "metadataConfiguration",
    "metadataTable",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metadataAnnotationTable",
)
for _name in _METADATA:
    _BUCKET[_name] = {
        method: Operation(f"{_name[0].upper()}{_name[1:]} ({method})", "s3:UpdateBucketMetadata", False)
        for method in ("GET", "PUT", "POST", "DELETE")
    }

_OBJECT: dict[str, dict[str, Operation]] = {
    "uploadId": {
        "GET": Operation("ListParts", "s3:ListMultipartUploadParts"),
        "PUT": Operation("UploadPart", "s3:PutObject"),
        "POST": Operation("CompleteMultipartUpload", "s3:PutObject"),
        "DELETE": Operation("AbortMultipartUpload", "s3:AbortMultipartUpload"),
    },
    "uploads": {"POST": Operation("CreateMultipartUpload", "s3:PutObject")},
    "acl": {"GET": Operation("GetObjectAcl", "s3:GetObjectAcl"), "PUT": Operation("PutObjectAcl", "s3:PutObjectAcl")},
    "tagging": {
        "GET": Operation("GetObjectTagging", "s3:GetObjectTagging"),
        "PUT": Operation("PutObjectTagging", "s3:PutObjectTagging"),
        "DELETE": Operation("DeleteObjectTagging", "s3:DeleteObjectTagging"),
    },
    "retention": {
        "GET": Operation("GetObjectRetention", "s3:GetObjectRetention"),
        "PUT": Operation("PutObjectRetention", "s3:PutObjectRetention"),
    },
    "legal-hold": {
        "GET": Operation("GetObjectLegalHold", "s3:GetObjectLegalHold"),
        "PUT": Operation("PutObjectLegalHold", "s3:PutObjectLegalHold"),
    },
    "attributes": {"GET": Operation("GetObjectAttributes", "s3:GetObjectAttributes")},
    "restore": {"POST": Operation("RestoreObject", "s3:RestoreObject")},
    "select": {"POST": Operation("SelectObjectContent", "s3:GetObject")},
    "torrent": {"GET": Operation("GetObjectTorrent", "s3:GetObjectTorrent", False)},
    "renameObject": {"PUT": Operation("RenameObject", "s3express:CreateSession", False)},
    "encryption": {"PUT": Operation("UpdateObjectEncryption", "s3:UpdateObjectEncryption", False)},
    "annotation": {
        method: Operation(f"ObjectAnnotation ({method})", "s3:PutObjectAnnotation", False)
        for method in ("GET", "PUT", "DELETE")
    },
}
_PLAIN = {
    ("service", "GET"): Operation("ListBuckets", "s3:ListAllMyBuckets"),
    ("bucket", "HEAD"): Operation("HeadBucket", "s3:ListBucket"),
    ("bucket", "GET"): Operation("ListObjects", "s3:ListBucket"),
    ("bucket", "PUT"): Operation("CreateBucket", "s3:CreateBucket"),
    ("bucket", "DELETE"): Operation("DeleteBucket", "s3:DeleteBucket"),
    ("bucket", "POST"): Operation("PostObject", "s3:PutObject"),
    ("object", "HEAD"): Operation("HeadObject", "s3:GetObject"),
    ("object", "GET"): Operation("GetObject", "s3:GetObject"),
    ("object", "PUT"): Operation("PutObject", "s3:PutObject"),
    ("object", "DELETE"): Operation("DeleteObject", "s3:DeleteObject"),
}
_VERSIONED = {
    "GetObject",
    "DeleteObject",
    "GetObjectAcl",
    "PutObjectAcl",
    "GetObjectTagging",
    "PutObjectTagging",
    "DeleteObjectTagging",
    "GetObjectAttributes",
}


def identify(method: str, bucket: str, key: str, query: Mapping[str, str], headers: Container[str]) -> Operation:
    """Return the operation of a request.

    Parameters
    ----------
    method
        The HTTP method.
    bucket, key
        Names; empty where the request has none.
    query, headers
        Parameters of the URL and headers (only their names matter).
    """
    level = "object" if key else "bucket" if bucket else "service"
    if level != "service" and method != "HEAD":
        for name, methods in (_OBJECT if key else _BUCKET).items():
            if name in query and method in methods:
                return _detailed(methods[method], query, headers)
    if level == "bucket" and method == "GET" and query.get("list-type") == "2":
        return Operation("ListObjectsV2", "s3:ListBucket")
    plain = _PLAIN.get((level, method), Operation(f"{method} on a {level}", f"s3:{method}", method == "OPTIONS"))
    return _detailed(plain, query, headers)


def _detailed(operation: Operation, query: Mapping[str, str], headers: Container[str]) -> Operation:
    name, action, supported = operation
    copies = "x-amz-copy-source" in headers
    if copies and name in ("PutObject", "UploadPart"):
        return Operation("CopyObject" if name == "PutObject" else "UploadPartCopy", action)
    lists = {
        "GetBucketInventoryConfiguration": "ListBucketInventoryConfigurations",
        "GetBucketIntelligentTieringConfiguration": "ListBucketIntelligentTieringConfigurations",
    }
    if name in lists and "id" not in query:
        return Operation(lists[name], action)
    if "versionId" in query and action.removeprefix("s3:") in _VERSIONED:
        action = action.replace("Object", "ObjectVersion")
    return Operation(name, action, supported)
