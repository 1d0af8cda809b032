"""The engines: what moto only pretends, done.

One engine a service.  An engine is a package here with a function ``install()`` that changes moto's
classes for that service, so both doors get it; it runs once, when moto first loads the service.

To add an engine: write ``pocketaws/engines/<service>/`` and name it in ``ENGINES``.
"""

from __future__ import annotations

import importlib
from functools import cache

#: moto's name of a service -> our package with its engine.
ENGINES = {
    "awslambda": "pocketaws.engines.awslambda",
    "athena": "pocketaws.engines.athena",
    "batch": "pocketaws.engines.batch",
    "emr": "pocketaws.engines.emr",
    "emrserverless": "pocketaws.engines.emrserverless",
    "s3": "pocketaws.engines.s3",
    "dynamodb": "pocketaws.engines.dynamodb",
    "dynamodbstreams": "pocketaws.engines.dynamodb",
    "sns": "pocketaws.engines.sns",
    "sqs": "pocketaws.engines.sqs",
    "firehose": "pocketaws.engines.firehose",
    "glue": "pocketaws.engines.glue",
    "glacier": "pocketaws.engines.glacier",
    "stepfunctions": "pocketaws.engines.stepfunctions",
    "events": "pocketaws.engines.events",
    "scheduler": "pocketaws.engines.scheduler",
    "datapipeline": "pocketaws.engines.datapipeline",
    "iot": "pocketaws.engines.iot",
    "iotdata": "pocketaws.engines.iot",
    "kinesis": "pocketaws.engines.kinesis",
}

__all__ = ["ENGINES", "install"]


@cache
def _install_package(package: str) -> None:
    importlib.import_module(package).install()


def install(service: str) -> None:
    """Install the engine of one of moto's services, once; services without an engine are left as they are."""
    if package := ENGINES.get(service):
        _install_package(package)
