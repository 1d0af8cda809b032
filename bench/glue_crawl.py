"""A crawl of 10,000 objects in 100 partitions: its requests to S3 and its time: ``python bench/glue_crawl.py``.

The least that a crawler can do is to list the objects, a thousand a page, and to read one a partition.
"""

from __future__ import annotations

import time

import boto3

import pocketaws

OBJECTS, PARTITIONS = 10_000, 100


def main() -> None:
    """Print requests, their ratio to the least, and seconds."""
    from moto.glue.models import glue_backends

    from pocketaws.engines.glue import state

    pocketaws.start()
    s3, glue = boto3.client("s3"), boto3.client("glue")
    s3.create_bucket(Bucket="bench-lake")
    for number in range(OBJECTS):
        part = number % PARTITIONS
        s3.put_object(Bucket="bench-lake", Key=f"raw/part={part:03d}/{number:05d}.csv", Body=b"id,name\n1,a\n2,b\n")
    glue.create_database(DatabaseInput={"Name": "bench"})
    target = {"S3Targets": [{"Path": "s3://bench-lake/raw/"}]}
    glue.create_crawler(Name="bench", Role="arn:aws:iam::123456789012:role/glue", DatabaseName="bench", Targets=target)
    began = time.perf_counter()
    glue.start_crawler(Name="bench")
    while glue.get_crawler(Name="bench")["Crawler"]["State"] != "READY":
        pass
    seconds = time.perf_counter() - began
    run = state.of(glue_backends["123456789012"]["us-east-1"]).crawlers["bench"].runs[-1]
    least = OBJECTS // 1000 + PARTITIONS
    print(f"{OBJECTS:,} objects in {PARTITIONS} partitions: {run.lists} LIST and {run.reads} GET in {seconds:.1f} s")
    print(f"requests over the least: {(run.lists + run.reads) / least:.2f}")
    found = glue.get_paginator("get_partitions").paginate(DatabaseName="bench", TableName="raw")
    assert sum(len(page["Partitions"]) for page in found) == PARTITIONS
    pocketaws.stop()


if __name__ == "__main__":
    main()
