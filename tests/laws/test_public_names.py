"""The public names, on one page: who adds or takes one away says so here, and in the changelog."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from law_sources import modules, name

PUBLIC = {
    "pocketaws": "clock iam is_running reset start stop",
    "pocketaws.clock": """Booking Clock advance at clients_share freeze is_frozen now reset run run_due signing_time
        stand_by""",
    "pocketaws.iam": "allows enforce is_enforced is_trusted trusted untrusted",
    "pocketaws.journal": "Entry as_json clear entries is_recording note paused start stop",
    "labgrader.check": "GRADING Report account check check_all close_lab open_lab todo",
    "labgrader.account": "AGENT Account",
    "labgrader.briefs": "Brief Fact Told grading_seed told_seed",
    "labgrader.tasks": "DONE Outcome Part Step Task run run_all task tasks_of",
    "helpers.athena": "Result dollars query run",
    "helpers.catalog": """Folder State TableState create_database create_partitions create_table delete_database
        describe list_columns list_partitions list_tables list_versions register_schema search_tables
        update_columns""",
    "helpers.charts": "CLASS_COLORS PALETTE areas bars lines picture style",
    "helpers.data": "airlines airports departments flights flights_by_day planes stream_flights weather",
    "helpers.diagrams": """CLASS_COLORS PALETTE Picture bucket catalog grid lifecycle parquet partitions pipeline
        shards routes states table timeline workflow""",
    "helpers.dynamodb": """POLICE_DEPARTMENTS_TABLE REGION consumed create_index create_table delete_table
        dynamodb_resource get_item item_size log put_items query query_police_department_record_by_guid read_export
        read_stream read_units scan show_log table_exists wait_for_export wait_for_table write_units""",
    "helpers.errors": """BackendUnknown BackendUnreachable BatchError BatchJobFailed BatchJobRefused BucketNameTaken
        BucketNotEmpty BucketNotFound CatalogError CatalogNameTaken ClockNotMovable CourseError
        CrawlFailed CrawlerNotFound DataFileBroken DatabaseNotFound DynamoDBError ExecutionFailed
        ExportFailed FunctionError FunctionFailed FunctionNameTaken FunctionNotFound GlueError
        GlueNameTaken InventoryNotReady ItemNotFound ItemsNotWritten JobFailed JobNotFound
        MachineNotFound MessagesNotSent ObjectArchived ObjectNotDeleted ObjectNotFound ObjectsNotDeleted
        OptInMissing PartitionsNotCreated PriceUnknown QueryFailed RecordsNotPut RestoreNotStarted
        S3Error ScaleOutOfRange ScheduleRefused SchemaRefused SessionError SessionNotStarted StreamError StreamNameTaken
        StreamNotEnabled StreamNotFound TableChanged TableNameTaken TableNotFound UploadInterrupted
        UploadNotFound VaultError VaultNotFound WaitTimedOut WorkflowError WorkflowFailed aws_code
        explained outcome""",
    "helpers.formats": "avro_schema read write",
    "helpers.glacier": "list_archives list_jobs retrieve tree_hash upload",
    "helpers.glue": """Crawl JobRun check_quality crawl create_crawler create_job delete_crawler dollars edit_script
        generate_script list_actions list_runs logs run_job run_workflow wait_for_workflow""",
    "helpers.batch": "Job create_definition create_queue list_jobs logs run submit wait_for",
    "helpers.functions": "connect create_function create_role invoke listen logs",
    "helpers.models": "brier continuous departures features frozen nightly",
    "helpers.plans": "archive lifecycle point_reads retrieval_tiers stream",
    "helpers.prices": "Price cost minimum_days monthly_storage price storage_classes table",
    "helpers.queues": "count_messages create_queue deliver listen send_messages",
    "helpers.s3": """bucket_exists create_bucket delete_bucket delete_objects empty_bucket get_object list_buckets
        list_objects list_restores list_versions open_object presign put_object read_csv read_parquet recover
        restore resume_upload storage_by_class undelete upload_file versions_at wait_for_restore write_parquet""",
    "helpers.session": """Backend account_id acting_under advance boto3_session cleanup client describe endpoint now
        region resource start stop unique_name""",
    "helpers.streams": """Checkpoints consume create_delivery create_stream lag list_shards put_records read_shard
        read_stream reshard""",
    "helpers.workflows": "Execution create_machine create_schedule history list_runs run start wait_for",
    "helpers.stores": "access_patterns storage_services",
    "helpers.trace": "Call Created Trace calls ledger load_ipython_extension policy start_ledger watch",
}


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_are_these(module: str) -> None:
    found = set(importlib.import_module(module).__all__)
    pinned = set(PUBLIC[module].split())
    assert found == pinned, (
        f"{module}: new {sorted(found - pinned)}, gone {sorted(pinned - found)}; say so in this table."
    )


def test_no_public_module_of_helpers_is_forgotten() -> None:
    public = {path for path in modules("helpers") if not any(part.startswith("_") for part in _inner(path))}
    dotted = {name(path).removesuffix("/__init__.py").removesuffix(".py").replace("/", ".") for path in public}
    assert dotted - {"helpers"} == {module for module in PUBLIC if module.startswith("helpers.")}


def test_every_public_name_explains_itself() -> None:
    for module in PUBLIC:
        loaded = importlib.import_module(module)
        for public in PUBLIC[module].split():
            thing = vars(loaded).get(public)
            assert not callable(thing) or thing.__doc__, (
                f"{module}.{public} has no docstring; learners ask for it with ?."
            )


def _inner(path: Path) -> tuple[str, ...]:
    return tuple(part for part in path.parts if part != "__init__.py")
