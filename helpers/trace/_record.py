"""What a trace holds: one record a call, and the tables made from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from helpers import prices
from helpers._amounts import amount
from helpers.trace._created import Created
from helpers.trace._policy import Permission, document
from helpers.trace._usage import Usage

__all__ = ["Call", "Trace"]

COLUMNS = ["service", "operation", "resource", "status", "sent", "received", "units", "dollars"]
#: How the last word of a price id reads as a billable unit.
UNITS = {"put": "PUT", "get": "GET", "delete": "DELETE", "read": "RCU", "write": "WCU"}
#: Ids whose unit has a name of its own, and what happened to gigabytes.
NAMED = {"kinesis.put": "payload units", "firehose.in": "GB in"}
GIGABYTES = {"GB": "retrieved", "GB in": "taken in"}


@dataclass(frozen=True)
class Call:
    """One AWS call.

    Parameters
    ----------
    status
        200 (or another success), or the AWS error code as text.
    sent, received
        Bytes of the bodies, headers not counted.
    usage
        What AWS bills for the call.
    permissions
        What IAM must allow for it.
    created, deleted
        The resources that it made and unmade.
    """

    service: str
    operation: str
    resource: str = ""
    status: int | str = 200
    sent: int = 0
    received: int = 0
    milliseconds: float = 0.0
    usage: Usage = field(default_factory=Usage)
    permissions: tuple[Permission, ...] = ()
    created: tuple[Created, ...] = ()
    deleted: tuple[Created, ...] = ()

    @property
    def dollars(self) -> float:
        """What the call costs on a real account, list price, free tiers not counted."""
        return sum(prices.price(id).each * quantity for id, quantity in self.usage.quantities.items())

    @property
    def units(self) -> str:
        """The billable units, for example ``1 PUT`` or ``≥ 3 WCU``."""
        return _units(Counter(self.usage.quantities), at_least=self.usage.at_least)


@dataclass
class Trace:
    """The calls of a block, in the order in which they ended."""

    calls: list[Call] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.calls)

    def __repr__(self) -> str:
        return f"{len(self)} AWS calls, ${self.dollars:.6f}"

    @property
    def dollars(self) -> float:
        """What the calls cost on a real account, list price: requests and retrieval, not storage."""
        return float(sum(call.dollars for call in list(self.calls)))

    def table(self) -> pd.DataFrame:
        """Show one row a call.

        Returns
        -------
        Columns ``service``, ``operation``, ``resource``, ``status`` (200 or the AWS error code), ``sent`` and
        ``received`` (bytes), ``units`` (what AWS bills), ``dollars``.
        """
        return pd.DataFrame([[getattr(call, name) for name in COLUMNS] for call in list(self.calls)], columns=COLUMNS)

    def timings(self) -> pd.DataFrame:
        """Show how long each call took: columns ``operation``, ``milliseconds``; differs from run to run."""
        rows = [(call.operation, round(call.milliseconds, 1)) for call in list(self.calls)]
        return pd.DataFrame(rows, columns=["operation", "milliseconds"])

    def summary(self) -> pd.DataFrame:
        """Show one row an operation.

        Returns
        -------
        Columns ``service``, ``operation``, ``calls``, ``failed``, ``sent``, ``received`` (bytes), ``units``,
        ``dollars``, in the order in which the operations first appeared.
        """
        groups: dict[tuple[str, str], list[Call]] = {}
        for call in list(self.calls):
            groups.setdefault((call.service, call.operation), []).append(call)
        columns = ["service", "operation", "calls", "failed", "sent", "received", "units", "dollars"]
        return pd.DataFrame([[*name, *_totals(group)] for name, group in groups.items()], columns=columns)

    def created(self) -> list[Created]:
        """List what these calls created and did not delete again, in order of creation."""
        standing: list[Created] = []
        for call in list(self.calls):
            standing = [each for each in standing if not any(gone.is_same(each) for gone in call.deleted)]
            standing += [new for new in call.created if not any(new.is_same(each) for each in standing)]
        return standing

    def policy(self) -> dict[str, Any]:
        """Return the smallest IAM policy under which these calls would be allowed."""
        return document(each for call in list(self.calls) for each in call.permissions)


def _totals(group: list[Call]) -> list[object]:
    usage: Counter[str] = Counter()
    for call in group:
        usage.update(call.usage.quantities)
    failed = sum(isinstance(call.status, str) for call in group)
    sent, received = sum(call.sent for call in group), sum(call.received for call in group)
    units = _units(usage, at_least=any(call.usage.at_least for call in group))
    return [len(group), failed, sent, received, units, sum(call.dollars for call in group)]


def _units(usage: Counter[str], *, at_least: bool) -> str:
    named: dict[str, float] = {}
    for id, quantity in usage.items():
        named[_unit(id)] = named.get(_unit(id), 0) + quantity
    sign = "≥ " if at_least else ""
    return ", ".join(sign + _quantity(quantity, unit) for unit, quantity in named.items())


def _quantity(quantity: float, unit: str) -> str:
    return f"{amount(quantity * prices.GB)} {GIGABYTES[unit]}" if unit in GIGABYTES else f"{quantity:,.6g} {unit}"


def _unit(id: str) -> str:
    last = id.rpartition(".")[2]
    if last.startswith("restore_"):
        return f"{last.removeprefix('restore_').capitalize()} restore"
    return NAMED.get(id) or UNITS.get(last, prices.price(id).counted.removesuffix("s"))
