"""The trace: which calls, how many bytes, what AWS bills, what was created, the policy."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers import athena, catalog, session, trace
from helpers._capacity import read_units, wire_size, write_units
from helpers.errors import QueryFailed
from helpers.trace import Created

pytestmark = pytest.mark.usefixtures("started")
BUCKET = "trace-0a1b2c3d"

OBJECT = {"Bucket": "b", "Key": "k"}
BOTH = {"Objects": [{"Key": "a"}, {"Key": "b", "VersionId": "v"}]}
REPLICATION = {"Bucket": "b", "ReplicationConfiguration": {"Role": "arn:aws:iam::123456789012:role/r"}}
LOCKED = {"Bucket": "b", "ObjectLockEnabledForBucket": True}
VERSIONING = "s3:PutBucketVersioning"
PARTS = {"TransactItems": [{"Update": {"TableName": "T"}}, {"ConditionCheck": {"TableName": "U"}}]}
ASK = "athena:StartQueryExecution glue:GetTable glue:GetPartitions"
ADD = "glue:BatchCreatePartition"


@pytest.fixture
def s3() -> Any:
    client = session.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def ddb() -> Any:
    client = session.client("dynamodb")
    client.create_table(
        TableName="Things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


class TestCalls:
    def test_one_row_a_call_with_bytes_and_units(self, s3: Any) -> None:
        with trace.calls() as seen:
            s3.put_object(Bucket=BUCKET, Key="a/b.txt", Body=b"x" * 1000)
            s3.get_object(Bucket=BUCKET, Key="a/b.txt", Range="bytes=0-99")["Body"].read()
        rows = seen.table()
        assert rows["operation"].tolist() == ["PutObject", "GetObject"]
        assert rows["resource"].tolist() == [f"{BUCKET}/a/b.txt"] * 2
        assert rows["sent"].tolist() == [1000, 0]
        assert rows["received"].tolist() == [0, 100]
        assert rows["units"].tolist() == ["1 PUT", "1 GET"]
        assert rows["dollars"].tolist() == pytest.approx([5e-6, 4e-7])
        assert seen.dollars == pytest.approx(5.4e-6)
        assert len(seen) == 2

    def test_columns_stay_when_nothing_was_called(self) -> None:
        with trace.calls() as seen:
            pass
        assert seen.table().columns.tolist() == [
            "service",
            "operation",
            "resource",
            "status",
            "sent",
            "received",
            "units",
            "dollars",
        ]
        assert seen.timings().columns.tolist() == ["operation", "milliseconds"]
        assert seen.summary().columns.tolist() == [
            "service",
            "operation",
            "calls",
            "failed",
            "sent",
            "received",
            "units",
            "dollars",
        ]
        assert repr(seen) == "0 AWS calls, $0.000000"

    def test_a_failed_call_carries_its_aws_code(self, s3: Any) -> None:
        with trace.calls() as seen, pytest.raises(ClientError):
            s3.get_object(Bucket=BUCKET, Key="missing")
        assert seen.table()["status"].tolist() == ["NoSuchKey"]
        assert seen.summary()["failed"].tolist() == [1]
        assert seen.table()["units"].tolist() == ["1 GET"]
        assert seen.table()["received"].item() > 100  # the error's own text

    def test_a_call_without_an_answer_is_recorded_too(self) -> None:
        maker = boto3.session.Session("testing", "testing", region_name="us-east-1")
        trace.watch(maker)

        def refuse(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="nowhere")

        maker.events.register("before-send", refuse)
        with trace.calls() as seen, pytest.raises(EndpointConnectionError):
            maker.client("s3").list_buckets()
        assert seen.table()[["service", "operation", "status"]].values.tolist() == [
            ["s3", "ListBuckets", "EndpointConnectionError"]
        ]
        assert seen.dollars == 0

    def test_blocks_nest_and_the_ledger_sees_all(self, s3: Any) -> None:
        before = len(trace.ledger())
        with trace.calls() as outer:
            s3.list_buckets()
            with trace.calls() as inner:
                s3.list_buckets()
            s3.list_buckets()
        s3.list_buckets()
        assert (len(outer), len(inner), len(trace.ledger()) - before) == (3, 1, 4)

    def test_a_block_that_fails_stops_listening(self, s3: Any) -> None:
        with pytest.raises(KeyError), trace.calls() as seen:
            raise KeyError
        s3.list_buckets()
        assert len(seen) == 0

    def test_a_presigned_url_and_a_refused_parameter_are_no_calls(self, s3: Any) -> None:
        from botocore.exceptions import ParamValidationError

        with trace.calls() as seen:
            s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "k"})
            with pytest.raises(ParamValidationError):
                s3.get_object(Bucket=BUCKET)
        assert len(seen) == 0

    def test_it_sees_pages_threads_and_resources(self, s3: Any) -> None:
        for number in range(3):
            s3.put_object(Bucket=BUCKET, Key=str(number), Body=b"")
        with trace.calls() as seen:
            list(s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 1}))
            config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20)
            s3.upload_fileobj(io.BytesIO(b"x" * (11 * 2**20)), BUCKET, "big", Config=config)
            session.resource("s3").Object(BUCKET, "big").load()
        summary = seen.summary().set_index("operation")
        assert summary["calls"].to_dict() == {
            "ListObjectsV2": 3,
            "CreateMultipartUpload": 1,
            "UploadPart": 3,
            "CompleteMultipartUpload": 1,
            "HeadObject": 1,
        }
        assert summary.loc["UploadPart", "sent"] == 11 * 2**20
        assert summary.loc["UploadPart", "units"] == "3 PUT"
        assert summary.loc["HeadObject", "received"] == 0

    def test_a_body_read_from_a_file_counts_what_is_left_of_it(self, s3: Any, tmp_path: Path) -> None:
        path = tmp_path / "body"
        path.write_bytes(b"x" * 100)
        with trace.calls() as seen, path.open("rb") as body:
            body.seek(40)
            s3.put_object(Bucket=BUCKET, Key="k", Body=body)
        assert seen.table()["sent"].tolist() == [60]
        assert s3.head_object(Bucket=BUCKET, Key="k")["ContentLength"] == 60

    def test_timings_stand_apart(self, s3: Any) -> None:
        with trace.calls() as seen:
            s3.list_buckets()
        assert seen.timings()["operation"].tolist() == ["ListBuckets"]
        assert (seen.timings()["milliseconds"] >= 0).all()


class TestS3Bill:
    def test_put_and_get_follow_the_storage_class(self, s3: Any) -> None:
        with trace.calls() as seen:
            s3.put_object(Bucket=BUCKET, Key="k", Body=b"x" * 2**20, StorageClass="STANDARD_IA")
            s3.get_object(Bucket=BUCKET, Key="k")["Body"].read()
        assert seen.table()["dollars"].tolist() == pytest.approx([1e-5, 1e-6 + 0.01 / 1024])
        assert seen.table()["units"].tolist() == ["1 PUT", "1 GET, 1 MB retrieved"]

    def test_lists_cost_like_puts_and_deletes_nothing(self, s3: Any) -> None:
        with trace.calls() as seen:
            s3.list_objects_v2(Bucket=BUCKET)
            s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "k"}]})
            s3.delete_object(Bucket=BUCKET, Key="k")
            s3.head_bucket(Bucket=BUCKET)
        assert seen.table()["units"].tolist() == ["1 PUT", "1 DELETE", "1 DELETE", "1 GET"]
        assert seen.table()["dollars"].tolist() == pytest.approx([5e-6, 0, 0, 4e-7])

    def test_parts_of_an_archive_upload_are_billed_in_standard(self, s3: Any) -> None:
        with trace.calls() as seen:
            upload = s3.create_multipart_upload(Bucket=BUCKET, Key="k", StorageClass="DEEP_ARCHIVE")["UploadId"]
            names = {"Bucket": BUCKET, "Key": "k", "UploadId": upload}
            part = s3.upload_part(**names, PartNumber=1, Body=b"x")["ETag"]
            s3.complete_multipart_upload(**names, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]})
        assert seen.table()["dollars"].tolist() == pytest.approx([5e-5, 5e-6, 5e-5])

    def test_a_crawl_is_billed_as_a_short_one_and_a_refused_one_is_not(self) -> None:
        glue = session.client("glue")
        glue.create_database(DatabaseInput={"Name": "air"})
        glue.create_crawler(Name="c", Role="r", DatabaseName="air", Targets={"S3Targets": [{"Path": "s3://lake/"}]})
        with trace.calls() as seen:
            glue.start_crawler(Name="c")
        assert seen.calls[0].units == "≥ 0.333333 DPU-hour"
        assert seen.dollars == pytest.approx(0.1467, abs=1e-4)
        with trace.calls() as refused, pytest.raises(ClientError):
            glue.start_crawler(Name="nobody")
        assert refused.dollars == 0

    def test_an_evaluation_of_rules_is_billed_as_a_minute_of_its_workers(self) -> None:
        glue, of = session.client("glue"), {"DatabaseName": "air", "TableName": "flights"}
        glue.create_database(DatabaseInput={"Name": "air"})
        glue.create_table(DatabaseName="air", TableInput={"Name": "flights"})
        glue.create_data_quality_ruleset(Name="r", Ruleset="Rules = [RowCount > 0]", TargetTable=of)
        asked = {"DataSource": {"GlueTable": of}, "Role": "r", "RulesetNames": ["r"]}
        with trace.calls() as seen:
            glue.start_data_quality_ruleset_evaluation_run(**asked)
            glue.start_data_quality_ruleset_evaluation_run(**asked, NumberOfWorkers=2)
        assert seen.table()["dollars"].tolist() == pytest.approx([0.44 * 5 / 60, 0.44 * 2 / 60], abs=1e-6)

    def test_a_restore_is_billed_by_tier(self, s3: Any) -> None:
        s3.put_object(Bucket=BUCKET, Key="k", Body=b"x", StorageClass="GLACIER")
        with trace.calls() as seen:
            request = {"Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}}
            s3.restore_object(Bucket=BUCKET, Key="k", RestoreRequest=request)
        assert seen.table()["units"].tolist() == ["≥ 1 Expedited restore"]
        assert seen.dollars == pytest.approx(0.01)

    def test_a_refused_restore_is_a_request_like_others(self, s3: Any) -> None:
        s3.put_object(Bucket=BUCKET, Key="k", Body=b"x", StorageClass="DEEP_ARCHIVE")
        request = {"Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}}
        with trace.calls() as seen, pytest.raises(ClientError, match="InvalidArgument"):
            s3.restore_object(Bucket=BUCKET, Key="k", RestoreRequest=request)
        assert seen.dollars == pytest.approx(5e-6)


class TestDynamoDBBill:
    @pytest.mark.parametrize(
        ("size", "consistent", "units"),
        [(1, False, 0.5), (4096, True, 1), (4097, True, 2), (10_240, False, 1.5), (10_240, True, 3)],
    )
    def test_reads_round_up_to_4_kb(self, size: int, consistent: bool, units: float) -> None:
        assert read_units(size, consistent=consistent) == units

    def test_writes_round_up_to_1_kb(self) -> None:
        assert [write_units(size) for size in (0, 1, 1024, 1025, 3584)] == [1, 1, 1, 2, 4]

    def test_an_item_counts_names_and_values(self) -> None:
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
        assert wire_size({"id": {"S": "Grüße"}}) == 2 + 7
        assert wire_size({"n": {"N": "-12.50"}}) == 1 + 4
        assert wire_size({"b": {"B": b"1234"}, "t": {"BOOL": True}, "z": {"NULL": True}}) == 5 + 2 + 2
        assert wire_size({"l": {"L": [{"S": "ab"}, {"N": "7"}]}}) == 1 + 3 + (1 + 2) + (1 + 2)
        assert wire_size({"m": {"M": {"k": {"S": "v"}}}}) == 1 + 3 + 1 + 2
        assert wire_size({"s": {"SS": ["ab", "c"]}}) == 1 + 3

    def test_sizes_tell_the_units(self, ddb: Any) -> None:
        item = {"id": {"S": "a"}, "text": {"S": "x" * 5000}}
        with trace.calls() as seen:
            ddb.put_item(TableName="Things", Item=item)
            ddb.get_item(TableName="Things", Key={"id": {"S": "a"}})
            ddb.get_item(TableName="Things", Key={"id": {"S": "a"}}, ConsistentRead=True)
            ddb.get_item(TableName="Things", Key={"id": {"S": "none"}})
            ddb.scan(TableName="Things")
        assert seen.table()["units"].tolist() == ["≥ 5 WCU", "1 RCU", "2 RCU", "0.5 RCU", "1 RCU"]
        assert seen.dollars == pytest.approx(5 * 0.625e-6 + 4.5 * 0.125e-6)
        assert seen.summary()["units"].tolist() == ["≥ 5 WCU", "3.5 RCU", "1 RCU"]

    def test_what_a_filter_drops_makes_a_lower_bound(self, ddb: Any) -> None:
        ddb.put_item(TableName="Things", Item={"id": {"S": "a"}, "text": {"S": "x" * 50_000}})
        with trace.calls() as seen:
            ddb.scan(
                TableName="Things",
                FilterExpression="attribute_exists(#missing)",
                ExpressionAttributeNames={"#missing": "missing"},
            )
        assert seen.table()["units"].tolist() == ["≥ 0.5 RCU"]

    def test_reported_capacity_wins(self, ddb: Any) -> None:
        ddb.put_item(TableName="Things", Item={"id": {"S": "a"}, "text": {"S": "x" * 5000}})
        with trace.calls() as seen:
            answer = ddb.put_item(TableName="Things", Item={"id": {"S": "a"}}, ReturnConsumedCapacity="TOTAL")
        reported = answer["ConsumedCapacity"]["CapacityUnits"]
        assert seen.table()["units"].tolist() == [f"{reported:g} WCU"]

    def test_batches_count_item_by_item(self, ddb: Any) -> None:
        puts = [{"PutRequest": {"Item": {"id": {"S": str(number)}, "t": {"S": "x" * 1500}}}} for number in range(3)]
        keys = [{"id": {"S": str(number)}} for number in range(4)]
        with trace.calls() as seen:
            ddb.batch_write_item(RequestItems={"Things": puts})
            ddb.batch_get_item(RequestItems={"Things": {"Keys": keys}})
        assert seen.table()["units"].tolist() == ["≥ 6 WCU", "2 RCU"]
        assert seen.table()["resource"].tolist() == ["Things", "Things"]

    def test_transactions_cost_twice(self, ddb: Any) -> None:
        put = {"Put": {"TableName": "Things", "Item": {"id": {"S": "a"}}}}
        get = {"Get": {"TableName": "Things", "Key": {"id": {"S": "a"}}}}
        with trace.calls() as seen:
            ddb.transact_write_items(TransactItems=[put])
            ddb.transact_get_items(TransactItems=[get])
        assert seen.table()["units"].tolist() == ["≥ 2 WCU", "2 RCU"]

    def test_a_failed_condition_is_billed_a_bad_request_is_not(self, ddb: Any) -> None:
        with trace.calls() as seen:
            for condition in ("attribute_exists(id)", "nonsense("):
                with pytest.raises(ClientError):
                    ddb.put_item(TableName="Things", Item={"id": {"S": "a"}}, ConditionExpression=condition)
        assert seen.table()["units"].tolist() == ["≥ 1 WCU", ""]
        assert seen.table()["status"].tolist() == ["ConditionalCheckFailedException", "ValidationException"]

    def test_resources_are_measured_before_their_values_become_python(self, ddb: Any) -> None:
        table = session.resource("dynamodb").Table("Things")
        with trace.calls() as seen:
            table.put_item(Item={"id": "a", "n": Decimal(7), "text": "x" * 5000})
            assert table.get_item(Key={"id": "a"})["Item"]["n"] == 7
        assert seen.table()["units"].tolist() == ["≥ 5 WCU", "1 RCU"]


class TestLedger:
    def test_it_lists_what_was_created_in_order(self, s3: Any, ddb: Any) -> None:
        queue = session.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
        key = session.client("kms").create_key()["KeyMetadata"]["KeyId"]
        assert trace.ledger().created() == [
            Created("s3", "bucket", BUCKET),
            Created("dynamodb", "table", "Things"),
            Created("sqs", "queue", queue),
            Created("kms", "key", key),
        ]

    def test_failed_calls_create_nothing(self, ddb: Any) -> None:
        with pytest.raises(ClientError):
            session.client("dynamodb").create_table(
                TableName="Things",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        assert trace.ledger().created() == [Created("dynamodb", "table", "Things")]

    def test_what_was_deleted_again_is_nobodys(self, s3: Any, ddb: Any) -> None:
        arn = ddb.describe_table(TableName="Things")["Table"]["TableArn"]
        ddb.delete_table(TableName=arn)
        assert trace.ledger().created() == [Created("s3", "bucket", BUCKET)]
        s3.delete_bucket(Bucket=BUCKET)
        assert trace.ledger().created() == []
        s3.create_bucket(Bucket=BUCKET)
        assert trace.ledger().created() == [Created("s3", "bucket", BUCKET)]

    def test_what_others_deleted_or_made_is_not_in_it(self, s3: Any) -> None:
        s3.put_object(Bucket=BUCKET, Key="k", Body=b"")
        with pytest.raises(ClientError):
            s3.delete_bucket(Bucket=BUCKET)
        assert trace.ledger().created() == [Created("s3", "bucket", BUCKET)]

    def test_every_kind_can_be_deleted_again(self) -> None:
        creators, deleters = trace._created.CREATORS, trace._created.DELETERS
        kinds = {(name.split(".")[0], row[0]) for name, row in creators.items()}
        undeletable = kinds - {(name.split(".")[0], row[0]) for name, row in deleters.items()}
        assert undeletable == {("emr", "cluster")}  # a cluster is terminated, and stays listed

    @pytest.mark.parametrize("direction", ["CREATORS", "DELETERS"])
    def test_every_path_exists_in_the_api(self, direction: str) -> None:
        for name, (_, where, further) in getattr(trace._created, direction).items():
            service, operation = name.split(".")
            model = boto3.session.Session(region_name="us-east-1").client(service).meta.service_model
            shapes = model.operation_model(operation)
            for path in (where, *further.values()):
                shape = shapes.input_shape if path[0] == "<" else shapes.output_shape
                for step in path[1:].split("."):
                    assert step in shape.members, f"{name}: {path}"
                    shape = shape.members[step]


class TestPolicy:
    def test_actions_and_resources_are_the_least(self, s3: Any, ddb: Any) -> None:
        with trace.calls() as seen:
            s3.put_object(Bucket=BUCKET, Key="k", Body=b"", Tagging="a=b")
            s3.head_object(Bucket=BUCKET, Key="k")
            s3.list_objects_v2(Bucket=BUCKET)
            s3.list_buckets()
            ddb.get_item(TableName="Things", Key={"id": {"S": "a"}})
        assert seen.policy() == {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["dynamodb:GetItem"],
                    "Resource": ["arn:aws:dynamodb:*:*:table/Things"],
                },
                {
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:PutObject", "s3:PutObjectTagging"],
                    "Resource": ["arn:aws:s3:::trace-*/*"],
                },
                {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": ["*"]},
                {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::trace-*"]},
            ],
        }

    @pytest.mark.parametrize(
        ("service", "operation", "params", "expected"),
        [
            ("s3", "GetObject", {**OBJECT, "VersionId": "v"}, "s3:GetObjectVersion"),
            ("s3", "CopyObject", {**OBJECT, "CopySource": "c/k?versionId=v"}, "s3:PutObject s3:GetObjectVersion"),
            ("s3", "DeleteObjects", {"Bucket": "b", "Delete": BOTH}, "s3:DeleteObject s3:DeleteObjectVersion"),
            ("s3", "PutBucketReplication", REPLICATION, "s3:PutReplicationConfiguration iam:PassRole"),
            ("s3", "CreateBucket", LOCKED, f"s3:CreateBucket s3:PutBucketObjectLockConfiguration {VERSIONING}"),
            ("dynamodb", "TransactWriteItems", PARTS, "dynamodb:UpdateItem dynamodb:ConditionCheckItem"),
            ("dynamodb", "ExecuteStatement", {"Statement": 'SELECT * FROM "T"'}, "dynamodb:PartiQLSelect"),
            ("dynamodb", "BatchWriteItem", {"RequestItems": {"T": []}}, "dynamodb:BatchWriteItem"),
            ("dynamodbstreams", "GetRecords", {"ShardIterator": "x"}, "dynamodb:GetRecords"),
            ("athena", "StartQueryExecution", {"QueryString": "SELECT 1"}, f"{ASK} s3:GetObject s3:ListBucket"),
            ("athena", "StartQueryExecution", {"QueryString": "MSCK REPAIR TABLE t"}, f"{ASK} {ADD} s3:ListBucket"),
            ("athena", "StartQueryExecution", {"QueryString": "alter table t add\npartition (d=1)"}, f"{ASK} {ADD}"),
            ("iam", "CreateUser", {"UserName": "ann"}, "iam:CreateUser"),
            ("sts", "GetCallerIdentity", {}, ""),
        ],
    )
    def test_calls_need_the_actions_of_the_service_authorization_reference(
        self, service: str, operation: str, params: dict[str, Any], expected: str
    ) -> None:
        needed = trace._policy.permissions(service, operation, params, {})
        assert {action for action, _ in needed} == set(expected.split())

    def test_a_query_of_an_index_needs_the_index(self) -> None:
        needed = trace._policy.permissions("dynamodb", "Query", {"TableName": "T", "IndexName": "byName"}, {})
        assert ("dynamodb:Query", "arn:aws:dynamodb:*:*:table/T/index/byName") in needed

    def test_a_query_reads_the_tables_and_writes_its_result_under_its_own_policy(self, s3: Any) -> None:
        def work() -> str:
            glue, results = session.client("glue"), f"s3://{BUCKET}/results/"
            glue.create_database(DatabaseInput={"Name": "things"})
            columns = {"thing": "string", "weight": "int"}
            catalog.create_table("things", "all", columns, f"s3://{lake}/things/", "csv", client=glue)
            found = athena.query("SELECT thing FROM all ORDER BY weight", database="things", output=results)
            glue.delete_table(DatabaseName="things", Name="all")
            glue.delete_database(Name="things")
            return str(found["thing"][0])

        lake = "lake-0a1b2c3d"
        s3.create_bucket(Bucket=lake)
        s3.put_object(Bucket=lake, Key="things/a.csv", Body=b"thing,weight\nstone,9\nfeather,1\n")
        with trace.calls() as seen:
            assert work() == "feather"
        policy = seen.policy()
        with session.acting_under(policy):
            assert work() == "feather"
        without = [each for each in policy["Statement"] if "arn:aws:s3:::lake-*/*" not in each["Resource"]]
        with session.acting_under({**policy, "Statement": without}), pytest.raises(QueryFailed, match="s3:GetObject"):
            work()

    def test_an_object_under_a_kms_key_needs_the_key(self, s3: Any) -> None:
        with trace.calls() as seen:
            s3.put_object(Bucket=BUCKET, Key="k", Body=b"", ServerSideEncryption="aws:kms")
            s3.get_object(Bucket=BUCKET, Key="k")
        actions = {action for row in seen.policy()["Statement"] for action in row["Action"]}
        assert {"kms:GenerateDataKey", "kms:Decrypt"} <= actions

    def test_the_block_runs_under_its_own_policy(self, s3: Any) -> None:
        def work() -> None:
            session.client("s3").put_object(Bucket=BUCKET, Key="k", Body=b"1")
            session.client("s3").list_objects_v2(Bucket=BUCKET)

        with trace.calls() as seen:
            work()
        policy = seen.policy()
        with session.acting_under(policy):
            work()
        policy["Statement"].pop()
        with session.acting_under(policy), pytest.raises(ClientError, match="AccessDenied"):
            work()


class TestMagic:
    @pytest.fixture
    def shell(self) -> Iterator[Any]:
        made = InteractiveShell.instance()
        made.extension_manager.load_extension("helpers.trace")
        made.user_ns["s3"] = session.client("s3")
        yield made
        InteractiveShell.clear_instance()

    def test_it_runs_the_cell_and_shows_result_then_calls(self, shell: Any) -> None:
        with capture_output() as shown:
            result = shell.run_cell("%%trace\nbuckets = s3.list_buckets()['Buckets']\nlen(buckets)")
        assert result.success
        assert shell.user_ns["buckets"] == []
        first, second = shown.outputs
        assert first.data["text/plain"] == "0"
        assert "ListBuckets" in second.data["text/plain"]
        assert "1 PUT" in second.data["text/plain"]

    def test_a_semicolon_silences_the_result(self, shell: Any) -> None:
        with capture_output() as shown:
            shell.run_cell("%%trace\nlen(s3.list_buckets()['Buckets']);")
        assert len(shown.outputs) == 1

    def test_an_error_in_the_cell_is_the_cells_error(self, shell: Any) -> None:
        with capture_output():
            result = shell.run_cell("%%trace\n1 / 0")
        assert isinstance(result.error_in_exec, ZeroDivisionError)
        with capture_output():
            assert isinstance(shell.run_cell("%%trace\n1 +").error_in_exec, SyntaxError)

    def test_magics_inside_work(self, shell: Any) -> None:
        with capture_output():
            assert shell.run_cell("%%trace\nwhere = %pwd\n").success
        assert shell.user_ns["where"]
