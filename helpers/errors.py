"""Everything the helpers raise on their own account; each message ends with what you can do.

An error of AWS that the helpers cannot explain better reaches you as it is, as botocore's ``ClientError``.
One that they can is raised as one of these, *from* the ``ClientError``, with AWS's code in the message.

::

    CourseError
    ├── SessionError
    │   ├── SessionNotStarted   a call before ``session.start()``
    │   ├── BackendUnknown      neither "pocketaws", "aws" nor an address
    │   ├── BackendUnreachable  nothing answers at the address
    │   ├── OptInMissing        a real account without both parts of the opt-in
    │   └── ClockNotMovable     time asked to pass where nobody can make it pass
    ├── S3Error
    │   ├── BucketNotFound      no such bucket
    │   ├── BucketNameTaken     some account has a bucket of this name
    │   ├── BucketNotEmpty      a bucket that still holds something
    │   ├── ObjectNotFound      no such key, or no such version of it
    │   ├── ObjectArchived      an object that must be restored before it is read
    │   ├── ObjectNotDeleted    an undelete of what is not deleted
    │   ├── ObjectsNotDeleted   a batch delete that failed for some keys
    │   ├── UploadInterrupted   a multipart upload that stopped half-way and can be resumed
    │   ├── UploadNotFound      nothing to resume
    │   └── RestoreNotStarted   a wait for a restore that nobody asked for
    ├── VaultError
    │   ├── VaultNotFound       no such vault, or no such archive or job in it
    │   └── InventoryNotReady   a vault that AWS has not inventoried yet
    ├── DynamoDBError
    │   ├── TableNotFound       no such table or index
    │   ├── TableNameTaken      a table of this name exists
    │   ├── ItemNotFound        no item has this key
    │   ├── ItemsNotWritten     a batch write that AWS did not finish, however often it was retried
    │   ├── StreamNotEnabled    a table without a stream of its changes
    │   └── ExportFailed        an export to S3 that AWS gave up
    ├── StreamError
    │   ├── StreamNotFound      no such stream or shard
    │   ├── StreamNameTaken     a stream of this name exists
    │   └── RecordsNotPut       records that were throttled every time
    ├── CatalogError
    │   ├── DatabaseNotFound    no such database in the Glue Data Catalog
    │   ├── CatalogNameTaken    a database or table of this name is in the catalog
    │   ├── TableChanged        a table that somebody else changed meanwhile
    │   ├── PartitionsNotCreated a batch of partitions of which some were refused
    │   └── SchemaRefused       a schema that would break readers or writers
    ├── GlueError
    │   ├── CrawlerNotFound     no such crawler
    │   ├── JobNotFound         no such job
    │   ├── GlueNameTaken       a crawler, job, trigger or workflow of this name exists
    │   ├── CrawlFailed         a crawl that failed or was stopped
    │   ├── JobFailed           a run of a job that failed, timed out or was stopped
    │   └── WorkflowFailed      a run of a workflow in which something failed
    ├── WorkflowError
    │   ├── MachineNotFound     no such state machine
    │   ├── ExecutionFailed     a run of a state machine that failed, timed out or was stopped
    │   └── ScheduleRefused     a schedule whose time or target AWS does not take
    ├── FunctionError
    │   ├── FunctionNotFound    no such Lambda function
    │   ├── FunctionNameTaken   a Lambda function of this name exists
    │   └── FunctionFailed      a Lambda function that raised an exception, or ran out of time or memory
    ├── BatchError
    │   ├── BatchJobRefused     a job that AWS Batch does not take
    │   └── BatchJobFailed      a job of AWS Batch that failed
    ├── QueryFailed             a query of Athena that failed or was cancelled
    ├── MessagesNotSent         a batch of messages of which some were refused
    ├── DataFileBroken          a packaged data file is missing, truncated or changed
    ├── ScaleOutOfRange         a scale that is no share of the rows
    ├── PriceUnknown            no such price in the price list
    └── WaitTimedOut            what was waited for did not happen in time
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

__all__ = [
    "BackendUnknown",
    "BackendUnreachable",
    "BatchError",
    "BatchJobFailed",
    "BatchJobRefused",
    "BucketNameTaken",
    "BucketNotEmpty",
    "BucketNotFound",
    "CatalogError",
    "CatalogNameTaken",
    "ClockNotMovable",
    "CourseError",
    "CrawlFailed",
    "CrawlerNotFound",
    "DataFileBroken",
    "DatabaseNotFound",
    "DynamoDBError",
    "ExecutionFailed",
    "ExportFailed",
    "FunctionError",
    "FunctionFailed",
    "FunctionNameTaken",
    "FunctionNotFound",
    "GlueError",
    "GlueNameTaken",
    "InventoryNotReady",
    "ItemNotFound",
    "ItemsNotWritten",
    "JobFailed",
    "JobNotFound",
    "MachineNotFound",
    "MessagesNotSent",
    "ObjectArchived",
    "ObjectNotDeleted",
    "ObjectNotFound",
    "ObjectsNotDeleted",
    "OptInMissing",
    "PartitionsNotCreated",
    "PriceUnknown",
    "QueryFailed",
    "RecordsNotPut",
    "RestoreNotStarted",
    "S3Error",
    "ScaleOutOfRange",
    "ScheduleRefused",
    "SchemaRefused",
    "SessionError",
    "SessionNotStarted",
    "StreamError",
    "StreamNameTaken",
    "StreamNotEnabled",
    "StreamNotFound",
    "TableChanged",
    "TableNameTaken",
    "TableNotFound",
    "UploadInterrupted",
    "UploadNotFound",
    "VaultError",
    "VaultNotFound",
    "WaitTimedOut",
    "WorkflowError",
    "WorkflowFailed",
    "aws_code",
    "explained",
    "outcome",
]


class CourseError(Exception):
    """Base of all errors of the helpers."""


class SessionError(CourseError):
    """Base of the errors about which AWS the session talks to."""


class SessionNotStarted(SessionError):
    """No session runs; run the cell with ``session.start()`` first."""


class BackendUnknown(SessionError):
    """The backend is neither ``"pocketaws"`` nor ``"aws"`` nor an address."""


class BackendUnreachable(SessionError):
    """Nothing answers at the address; start it with ``pocketaws serve``."""


class OptInMissing(SessionError):
    """A real account is used only when both parts of the opt-in say so."""


class ClockNotMovable(SessionError):
    """Time cannot be made to pass on this backend."""


class S3Error(CourseError):
    """Base of the errors about buckets, objects and uploads."""


class BucketNotFound(S3Error):
    """There is no such bucket; ``s3.list_buckets()`` shows those there are."""


class BucketNameTaken(S3Error):
    """A bucket of this name exists; names are shared by all accounts, ``session.unique_name`` makes a free one."""


class BucketNotEmpty(S3Error):
    """The bucket still holds something; ``s3.empty_bucket`` deletes it."""


class ObjectNotFound(S3Error):
    """There is no object of this key, or no such version of it."""


class ObjectArchived(S3Error):
    """The object lies in an archive class; ask for a restore and wait before you read it."""


class ObjectNotDeleted(S3Error):
    """No delete marker hides this object, so there is nothing to undelete."""


class ObjectsNotDeleted(S3Error):
    """A batch delete answered "success" and failed for some keys.

    ``failed`` maps each key that is still there to AWS's error code.
    """

    def __init__(self, message: str, failed: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.failed = dict(failed or {})


class UploadInterrupted(S3Error):
    """A multipart upload stopped half-way; ``s3.resume_upload`` sends only the parts that are missing."""


class UploadNotFound(S3Error):
    """There is no unfinished upload of this key; begin one with ``s3.upload_file``."""


class RestoreNotStarted(S3Error):
    """Nobody asked for a restore of this object; call ``restore_object`` first."""


class VaultError(CourseError):
    """Base of the errors about Glacier's vaults."""


class VaultNotFound(VaultError):
    """There is no such vault in this Region, or no such archive or job in it."""


class InventoryNotReady(VaultError):
    """AWS has not made the vault's first inventory yet; it takes up to a day from the first upload."""


class DynamoDBError(CourseError):
    """Base of the errors about tables and items."""


class TableNotFound(DynamoDBError):
    """There is no such table or index in this Region."""


class TableNameTaken(DynamoDBError):
    """A table of this name exists in this Region; delete it or choose another name."""


class ItemNotFound(DynamoDBError, LookupError):
    """No item has this key."""


class ItemsNotWritten(DynamoDBError):
    """AWS left some items of a batch unprocessed, however often they were sent.

    ``failed`` holds those items; the others are written.
    """

    def __init__(self, message: str, failed: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.failed = list(failed)


class StreamNotEnabled(DynamoDBError):
    """The table keeps no stream of its changes; ``update_table`` with a ``StreamSpecification`` enables one."""


class ExportFailed(DynamoDBError):
    """AWS gave up an export to S3; the message says why."""


class StreamError(CourseError):
    """Base of the errors about Kinesis streams."""


class StreamNotFound(StreamError):
    """There is no such stream or shard in this Region; ``streams.create_stream`` makes a stream."""


class StreamNameTaken(StreamError):
    """A stream of this name exists; delete it or choose another name."""


class RecordsNotPut(StreamError):
    """Some records were throttled every time; ``failed`` holds them."""

    def __init__(self, message: str, failed: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.failed = list(failed)


class CatalogError(CourseError):
    """Base of the errors about the Glue Data Catalog."""


class DatabaseNotFound(CatalogError):
    """There is no such database in the catalog; ``catalog.create_database`` makes one."""


class CatalogNameTaken(CatalogError):
    """A database or table of this name exists in the catalog; the catalog folds names to lower case."""


class TableChanged(CatalogError):
    """Somebody else changed a table of the catalog between your reading and your writing; read it again."""


class PartitionsNotCreated(CatalogError):
    """The catalog took a batch of partitions but not all of them; ``failed`` holds the others' values."""

    def __init__(self, message: str, failed: Sequence[Sequence[str]] = ()) -> None:
        super().__init__(message)
        self.failed = list(failed)


class SchemaRefused(CatalogError):
    """The registry compared a new version of a schema with the old ones, and it is not compatible."""


class GlueError(CourseError):
    """Base of the errors about crawlers, jobs and workflows."""


class CrawlerNotFound(GlueError):
    """There is no such crawler in this Region; ``glue.create_crawler`` makes one."""


class JobNotFound(GlueError):
    """There is no such job in this Region; ``glue.create_job`` makes one."""


class GlueNameTaken(GlueError):
    """A crawler, job, trigger or workflow of this name exists; delete it or choose another name."""


class CrawlFailed(GlueError):
    """A crawl failed or was stopped; the message is Glue's."""


class JobFailed(GlueError):
    """A run of a job did not succeed; the message is Glue's, ``run`` and ``state`` say which run and how it ended."""

    def __init__(self, message: str, *, run: str = "", state: str = "FAILED") -> None:
        super().__init__(message)
        self.run, self.state = run, state


class WorkflowFailed(GlueError):
    """Something in a run of a workflow did not succeed; ``run`` says which run."""

    def __init__(self, message: str, *, run: str = "") -> None:
        super().__init__(message)
        self.run = run


class QueryFailed(CourseError):
    """Athena could not run a statement, or somebody or a limit stopped it.

    ``kind`` is the first word of Athena's reason, such as ``SYNTAX_ERROR`` or ``HIVE_BAD_DATA``.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.kind = message.split(":")[0]


class WorkflowError(CourseError):
    """What Step Functions or EventBridge Scheduler did not do."""


class MachineNotFound(WorkflowError):
    """There is no state machine of this ARN."""


class ExecutionFailed(WorkflowError):
    """A run of a state machine did not succeed; ``execution`` is its ARN, which ``workflows.history`` takes."""

    def __init__(self, message: str, execution: str = "") -> None:
        super().__init__(message)
        self.execution = execution


class ScheduleRefused(WorkflowError):
    """A schedule's expression is none, lies in the past, or its target cannot be one."""


class FunctionError(CourseError):
    """Base of the errors about Lambda functions."""


class FunctionNotFound(FunctionError):
    """There is no such function in this Region; ``functions.create_function`` makes one."""


class FunctionNameTaken(FunctionError):
    """A function of this name exists; delete it or choose another name."""


class FunctionFailed(FunctionError):
    """A function did not answer: ``kind`` is the exception's class or Lambda's reason, ``log`` what it printed."""

    def __init__(self, message: str, *, kind: str = "", log: str = "") -> None:
        super().__init__(message)
        self.kind, self.log = kind, log


class BatchError(CourseError):
    """Base of the errors about AWS Batch."""


class BatchJobRefused(BatchError):
    """Batch did not take a job: no such queue or definition, or settings out of its limits."""


class BatchJobFailed(BatchError):
    """A job failed: ``code`` is its exit code, None if its command did not start; ``job`` its id, for its logs."""

    def __init__(self, message: str, *, job: str = "", code: int | None = None) -> None:
        super().__init__(message)
        self.job, self.code = job, code


class MessagesNotSent(CourseError):
    """SQS took a batch of messages but not all of them; ``failed`` holds the others' bodies."""

    def __init__(self, message: str, failed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.failed = list(failed)


class DataFileBroken(CourseError):
    """A data file of the course is missing, truncated or changed; install the package again."""


class ScaleOutOfRange(CourseError, ValueError):
    """The scale of a lesson is the share of its rows: a number above 0 and at most 1."""


class PriceUnknown(CourseError):
    """There is no such price; ``prices.table()`` lists all."""


class WaitTimedOut(CourseError):
    """What was waited for did not happen in time."""


@contextmanager
def explained(known: Mapping[str, CourseError]) -> Iterator[None]:
    """Raise our error in place of an AWS error whose code we know, with that code in the message.

    Parameters
    ----------
    known
        AWS error code to the error that explains it.

    Examples
    --------
    >>> with explained({"NoSuchBucket": BucketNotFound("There is no bucket 'attic'.")}):
    ...     raise ClientError({"Error": {"Code": "NoSuchBucket"}}, "ListObjectsV2")
    Traceback (most recent call last):
    helpers.errors.BucketNotFound: There is no bucket 'attic'. (AWS: NoSuchBucket)
    """
    try:
        yield
    except ClientError as error:
        code = aws_code(error)
        if code not in known:
            raise
        ours = known[code]
        ours.args = (f"{ours} (AWS: {code})",)
        raise ours from error


def aws_code(error: ClientError) -> str:
    """Return the AWS error code of an error, for example ``NoSuchKey``."""
    return str(error.response.get("Error", {}).get("Code", ""))


def outcome(call: Callable[..., object], *args: object, **options: object) -> str:
    """Make a call that may be refused, and return ``done`` or what stopped it.

    Parameters
    ----------
    call
        A function, for example a method of a boto3 client.
    args, options
        What to call it with.

    Returns
    -------
    ``done``; or AWS's error code; or the name of a Python error with its message, for a missing key or item.

    Examples
    --------
    >>> outcome(dict(a=1).__getitem__, "b")
    "KeyError: 'b'"
    """
    try:
        call(*args, **options)
    except ClientError as error:
        return aws_code(error)
    except LookupError as error:
        return f"{type(error).__name__}: {error}"
    return "done"
