"""Helpers against the bare boto3 call they make, in process: ``python bench/helper_calls.py``."""

from __future__ import annotations

import time
from collections.abc import Callable

from _interleaved import compare

from helpers import dynamodb, s3, session

REPEAT = 50


def timed(call: Callable[[], object]) -> Callable[[], float]:
    """Return a function that makes the call REPEAT times and says how many seconds that took."""

    def run() -> float:
        began = time.perf_counter()
        for _ in range(REPEAT):
            call()
        return time.perf_counter() - began

    return run


def main() -> None:
    """Print the ratios."""
    session.start()
    bucket, table, client, ddb = "bench-bucket", "bench", session.client("s3"), session.client("dynamodb")
    s3.create_bucket(bucket)
    for number in range(200):
        s3.put_object(bucket, f"listed/{number:03}", b"x")
    dynamodb.create_table(table, "pk")
    dynamodb.put_items(table, [{"pk": "a", "text": "x" * 100}])
    body = b"x" * 10_000
    print(f"{f'{REPEAT} calls each':<42} {'helper':>12} {'boto3':>12}")
    compare(
        "put_object",
        timed(lambda: s3.put_object(bucket, "key", body)),
        timed(lambda: client.put_object(Bucket=bucket, Key="key", Body=body)),
    )
    compare(
        "get_object",
        timed(lambda: s3.get_object(bucket, "key")),
        timed(lambda: client.get_object(Bucket=bucket, Key="key")["Body"].read()),
    )
    compare(
        "list_objects (200)",
        timed(lambda: s3.list_objects(bucket, "listed/")),
        timed(lambda: client.list_objects_v2(Bucket=bucket, Prefix="listed/")),
    )
    compare(
        "get_item",
        timed(lambda: dynamodb.get_item(table, {"pk": "a"})),
        timed(lambda: ddb.get_item(TableName=table, Key={"pk": {"S": "a"}})),
    )
    session.stop()


if __name__ == "__main__":
    main()
