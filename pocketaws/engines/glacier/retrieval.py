"""How much an account may retrieve, and what it has reserved.

Sources: https://docs.aws.amazon.com/amazonglacier/latest/dev/data-retrieval-policy.html (the policy governs Standard
retrievals only), https://docs.aws.amazon.com/amazonglacier/latest/dev/downloading-an-archive-two-steps.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pocketaws import clock
from pocketaws.engines.glacier.call import Answer, Call
from pocketaws.engines.glacier.errors import GlacierError, invalid
from pocketaws.engines.glacier.state import Job, State, new_id, stamp

__all__ = ["OPERATIONS", "check"]

_STRATEGIES = ("BytesPerHour", "FreeTier", "None")
_FREE = 10 * 2**30
#: A Standard retrieval is spread over this many hours.
_HOURS = 4
_UNIT_LIVES = timedelta(days=30)
_MOST_UNITS = 2


def set_data_retrieval_policy(call: Call) -> Answer:
    """SetDataRetrievalPolicy: one rule for the account in this Region."""
    rules = (call.json.get("Policy") or {}).get("Rules") or []
    if len(rules) != 1 or rules[0].get("Strategy") not in _STRATEGIES:
        raise invalid(f"Invalid policy: it has one rule, whose Strategy is one of {', '.join(_STRATEGIES)}.")
    limit = rules[0].get("BytesPerHour")
    if (limit is not None) != (rules[0]["Strategy"] == "BytesPerHour") or (limit is not None and limit < 1):
        raise invalid("Invalid policy: BytesPerHour belongs to the Strategy BytesPerHour, and is at least 1.")
    call.state.retrieval_rules = rules
    return Answer()


def get_data_retrieval_policy(call: Call) -> Answer:
    """GetDataRetrievalPolicy."""
    return Answer(200, {"Policy": {"Rules": call.state.retrieval_rules}})


def check(state: State, wanted: Job) -> None:
    """Refuse a Standard retrieval that the policy does not allow; PolicyEnforcedException."""
    rule = state.retrieval_rules[0]
    if wanted.tier != "Standard" or rule["Strategy"] == "None":
        return
    jobs = [job for vault in state.vaults.values() for job in vault.jobs.values() if job.tier == "Standard"]
    if rule["Strategy"] == "BytesPerHour":
        running = [job for job in jobs if job.status == "InProgress"]
        exceeded = sum(map(_size, [*running, wanted])) / _HOURS > rule["BytesPerHour"]
    else:
        now = clock.now()
        recent = [job for job in jobs if (job.created.year, job.created.month) == (now.year, now.month)]
        exceeded = sum(map(_size, [*recent, wanted])) > _FREE
    if exceeded:
        text = "InitiateJob request denied by current data retrieval policy."
        raise GlacierError("PolicyEnforcedException", text)


def _size(job: Job) -> int:
    if job.byte_range is not None:
        return job.byte_range[1] - job.byte_range[0] + 1
    return job.archive.size if job.archive else 0


def purchase_provisioned_capacity(call: Call) -> Answer:
    """PurchaseProvisionedCapacity: a unit for a month."""
    units = [unit for unit in call.state.capacity if unit["ends"] > clock.now()]
    if len(units) >= _MOST_UNITS:
        raise GlacierError("LimitExceededException", f"An account has at most {_MOST_UNITS} units at a time.")
    unit: dict[str, Any] = {"id": new_id(36), "starts": clock.now(), "ends": clock.now() + _UNIT_LIVES}
    call.state.capacity = [*units, unit]
    return Answer(201, headers={"x-amz-capacity-id": unit["id"]})


def list_provisioned_capacity(call: Call) -> Answer:
    """ListProvisionedCapacity."""
    rows = [
        {"CapacityId": unit["id"], "StartDate": stamp(unit["starts"]), "ExpirationDate": stamp(unit["ends"])}
        for unit in call.state.capacity
        if unit["ends"] > clock.now()
    ]
    return Answer(200, {"ProvisionedCapacityList": rows})


OPERATIONS = {
    "SetDataRetrievalPolicy": set_data_retrieval_policy,
    "GetDataRetrievalPolicy": get_data_retrieval_policy,
    "PurchaseProvisionedCapacity": purchase_provisioned_capacity,
    "ListProvisionedCapacity": list_provisioned_capacity,
}
