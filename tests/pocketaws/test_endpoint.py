"""The address for other processes, also where parts of the server's extra are missing."""

from __future__ import annotations

import subprocess
import sys

BARE = """
import sys


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"flask", "flask_cors", "openapi_spec_validator", "typer"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


class Finder(Missing):
    pass


import importlib.util

find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name.startswith("flask") else find(name, *rest)
sys.meta_path.insert(0, Finder())
import pocketaws
from pocketaws import endpoint

pocketaws.start()
import boto3

s3 = boto3.client("s3", endpoint_url=endpoint.address())
boto3.client("s3").create_bucket(Bucket="seen-from-both")
print([bucket["Name"] for bucket in s3.list_buckets()["Buckets"]])
pocketaws.stop()
"""


def test_it_serves_processes_where_flask_is_not_installed() -> None:
    told = subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True)
    assert told.stdout.strip() == "['seen-from-both']", told.stderr
