"""Amazon S3 in small calls: buckets, objects, versions, multipart uploads, DataFrames.

Every function takes the bucket first, then the key, then the payload; ``client`` last, by default the
session's.  Where many things come back they come as a DataFrame with the same columns even when empty.
"""

from helpers.s3._archive import list_restores, restore, storage_by_class, wait_for_restore
from helpers.s3._buckets import bucket_exists, create_bucket, delete_bucket, empty_bucket, list_buckets
from helpers.s3._delete import delete_objects
from helpers.s3._files import open_object
from helpers.s3._frames import read_csv, read_parquet, write_parquet
from helpers.s3._objects import get_object, list_objects, presign, put_object
from helpers.s3._recovery import recover, versions_at
from helpers.s3._uploads import resume_upload, upload_file
from helpers.s3._versions import list_versions, undelete

__all__ = [
    "bucket_exists",
    "create_bucket",
    "delete_bucket",
    "delete_objects",
    "empty_bucket",
    "get_object",
    "list_buckets",
    "list_objects",
    "list_restores",
    "list_versions",
    "open_object",
    "presign",
    "put_object",
    "read_csv",
    "read_parquet",
    "recover",
    "restore",
    "resume_upload",
    "storage_by_class",
    "undelete",
    "upload_file",
    "versions_at",
    "wait_for_restore",
    "write_parquet",
]
