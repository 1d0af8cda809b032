"""What a call shows of the bills of Lambda, Batch, Step Functions, Glue and IoT: the least that it costs.

Lambda (https://aws.amazon.com/lambda/pricing/): a request, and memory times duration, which the log of a call says if
it was asked for; without it, one millisecond of the smallest function.  Batch is free, and what is beneath it is not;
here it is Fargate (https://aws.amazon.com/fargate/pricing/), which bills each job a minute at least.  Step Functions
(https://aws.amazon.com/step-functions/pricing/): a standard run enters one state at least.  Glue
(https://aws.amazon.com/glue/pricing/): crawls and evaluations of data quality rules, each as the shortest that is
billed; the first million requests to its catalog are free each month.  IoT (https://aws.amazon.com/iot-core/pricing/):
messages in steps of 5 KB, the rules that they trigger left out.

A schedule of EventBridge Scheduler costs nothing when it is made; each time it fires, an invocation that no call shows.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from math import ceil
from typing import Any

__all__ = ["MEASURED"]

STEP = 5 * 1024
MINUTE = 1 / 60
#: DPU-hours of a short crawl: 2 DPU for 10 minutes.  A crawl may take longer, which StartCrawler cannot say.
CRAWL = 2 * 10 / 60
#: Workers of G.1X, a DPU each, of an evaluation of rules that names no number.
WORKERS = 5
#: GB-seconds of one millisecond with 128 MB.
LEAST = 0.001 * 128 / 1024
BILLED = re.compile(r"Billed Duration: (\d+) ms\s+Memory Size: (\d+) MB")
#: Name and ARN of each job definition on Fargate -> its vCPUs and MiB.
_sizes: dict[str, dict[str, float]] = {}

#: Price id to quantity, and whether it is a lower bound.
Measured = tuple[dict[str, float], bool]


def _lambda(name: str, params: dict[str, Any], answer: dict[str, Any]) -> Measured:
    """Count a call; one that only asks whether it may, costs nothing."""
    if name != "Invoke" or params.get("InvocationType") == "DryRun":
        return {}, False
    told = BILLED.search(base64.b64decode(answer.get("LogResult", "")).decode("utf-8", "replace"))
    spent = int(told[1]) / 1000 * int(told[2]) / 1024 if told else LEAST
    return {"lambda.request": 1, "lambda.gb_second": spent}, told is None


def _batch(name: str, params: dict[str, Any], answer: dict[str, Any]) -> Measured:
    """Count the shortest job that is billed, as large as its definition and the request say, for each child."""
    if name == "RegisterJobDefinition" and "FARGATE" in params.get("platformCapabilities", ()):
        size = _size(params.get("containerProperties", {}))
        _sizes.update({params["jobDefinitionName"]: size, answer["jobDefinitionArn"]: size})
    if name != "SubmitJob":
        return {}, False
    named = params["jobDefinition"]
    known = _sizes.get(named) or _sizes.get(re.sub(r":\d+$", "", named))
    if known is None:
        return {}, True  # on machines of EC2
    size = known | _size(params.get("containerOverrides", {}))
    jobs = params.get("arrayProperties", {}).get("size", 1)
    hours = {"fargate.vcpu_hour": size.get("VCPU", 0), "fargate.gb_hour": size.get("MEMORY", 0) / 1024}
    return {id: jobs * each * MINUTE for id, each in hours.items()}, True


def _size(container: dict[str, Any]) -> dict[str, float]:
    wanted: Iterable[dict[str, str]] = container.get("resourceRequirements", ())
    return {each["type"]: float(each["value"]) for each in wanted if each["type"] in ("VCPU", "MEMORY")}


def _states(name: str, params: dict[str, Any], answer: dict[str, Any]) -> Measured:
    return ({"stepfunctions.transition": 1}, True) if name == "StartExecution" else ({}, False)


def _glue(name: str, params: dict[str, Any], answer: dict[str, Any]) -> Measured:
    if name == "StartDataQualityRulesetEvaluationRun":
        return {"glue.dpu_hour": params.get("NumberOfWorkers", WORKERS) * MINUTE}, True
    return ({"glue.crawler": CRAWL}, True) if name == "StartCrawler" else ({}, False)


def _iot(name: str, params: dict[str, Any], answer: dict[str, Any]) -> Measured:
    if name != "Publish":
        return {}, False
    payload = params.get("payload") or b""
    size = len(payload.encode() if isinstance(payload, str) else payload)
    return {"iot.message": max(1, ceil(size / STEP))}, True


#: boto3's name of a service -> what AWS bills for one of its calls that succeeded.
MEASURED: dict[str, Callable[[str, dict[str, Any], dict[str, Any]], Measured]] = {
    "batch": _batch,
    "glue": _glue,
    "iot-data": _iot,
    "lambda": _lambda,
    "stepfunctions": _states,
}
