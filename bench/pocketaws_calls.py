"""pocketaws against bare moto, in process: ``python bench/pocketaws_calls.py``."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from _interleaved import Worker, compare, serve

JOBS = ["put 100 objects", "get 100 objects", "list 1,000 objects", "batch write 5,000 items", "query 1,000 items"]
FIRST_ANSWER = {
    "moto": "import moto; moto.mock_aws().start(); import boto3; "
    "boto3.client('s3', region_name='us-east-1').list_buckets()",
    "pocketaws": "import pocketaws; pocketaws.start(); import boto3; boto3.client('s3').list_buckets()",
}
IMPORT = {"moto": "import moto, moto.core.models", "pocketaws": "import pocketaws"}


def jobs() -> dict[str, Callable[[], Any]]:
    """Prepare an account and return what is timed."""
    import boto3

    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="bench-bucket")
    for number in range(1000):
        s3.put_object(Bucket="bench-bucket", Key=f"listed/{number:04}", Body=b"x")
    table = boto3.resource("dynamodb", region_name="us-east-1").create_table(
        TableName="bench",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    items = [
        {"pk": f"p{number % 5}", "sk": f"{number:05}", "text": "a department of police" * 4} for number in range(5000)
    ]

    def write() -> None:
        with table.batch_writer() as batch:
            for item in items:
                batch.put_item(Item=item)

    def query() -> int:
        condition = boto3.dynamodb.conditions.Key("pk").eq("p1")
        return len(table.query(KeyConditionExpression=condition)["Items"])

    write()
    body = b"x" * 10_000
    return {
        JOBS[0]: lambda: [s3.put_object(Bucket="bench-bucket", Key=f"put/{n}", Body=body) for n in range(100)],
        JOBS[1]: lambda: [s3.get_object(Bucket="bench-bucket", Key=f"put/{n}")["Body"].read() for n in range(100)],
        JOBS[2]: lambda: s3.list_objects_v2(Bucket="bench-bucket", Prefix="listed/"),
        JOBS[3]: write,
        JOBS[4]: query,
    }


def fresh(code: str) -> float:
    """Return the seconds of a program of its own."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the ratios."""
    print(f"{'':<42} {'pocketaws':>12} {'moto':>12}")
    ours, bare = Worker(__file__, "pocketaws"), Worker(__file__, "moto")
    for job in JOBS:
        rounds = 5 if "5,000" in job else 15
        compare(job, lambda job=job: ours(job), lambda job=job: bare(job), rounds=rounds)
    ours.close()
    bare.close()
    for title, code in (("start to first S3 answer", FIRST_ANSWER), ("import", IMPORT)):
        compare(title, lambda code=code: fresh(code["pocketaws"]), lambda code=code: fresh(code["moto"]))


if __name__ == "__main__":
    if sys.argv[1:] == ["pocketaws"]:
        import pocketaws

        pocketaws.start()
        serve(jobs())
    elif sys.argv[1:] == ["moto"]:
        import os

        from moto import mock_aws

        os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
        mock_aws().start()
        serve(jobs())
    else:
        main()
