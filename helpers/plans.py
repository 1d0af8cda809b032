"""Plans with their price: where an archive should lie, what years of it cost, and how wide a stream should be.

Prices are those of :mod:`helpers.prices`, times those of AWS's user guide (``helpers/data/retrieval_tiers.csv``, as of
November 2026).  A month has 30 days.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import ceil

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers._capacity import read_units
from helpers.prices import minimum_days, monthly_storage, price

__all__ = ["archive", "lifecycle", "point_reads", "retrieval_tiers", "stream"]

GB = 2**30
MONTH = 30
#: What a shard of Kinesis takes in a second, and the bytes of a payload unit.
SHARD_RECORDS, SHARD_BYTES, PAYLOAD = 1000, 2**20, 25 * 1024
CLASSES = ("STANDARD", "STANDARD_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")


@cache
def _tiers() -> tuple[dict[str, str], ...]:
    text = (files("helpers") / "data" / "retrieval_tiers.csv").read_text()
    return tuple(csv.DictReader(text.splitlines()))


def retrieval_tiers() -> pd.DataFrame:
    """Put the ways to restore from the archive classes side by side.

    Returns
    -------
    Columns ``storage_class``, ``tier``, ``least_hours``, ``most_hours``, ``usd_per_gb``, ``usd_per_1000_requests``.

    Examples
    --------
    >>> retrieval_tiers().query("tier == 'Bulk'")["most_hours"].tolist()
    [12.0, 48.0]
    """
    rows = []
    for row in _tiers():
        stem, tier = f"s3.{row['storage_class'].lower()}", row["tier"].lower()
        fees = price(f"{stem}.retrieval_{tier}").usd, price(f"{stem}.restore_{tier}").usd
        rows.append((row["storage_class"], row["tier"], float(row["least_hours"]), float(row["most_hours"]), *fees))
    names = ["storage_class", "tier", "least_hours", "most_hours", "usd_per_gb", "usd_per_1000_requests"]
    return pd.DataFrame(rows, columns=names)


def archive(size: int, objects: int, *, months: float = 12, retrievals: float = 0, days: int = 1) -> pd.DataFrame:
    """Work out what it costs to put data into each storage class, keep it, and read it.

    Counts what the price per GB hides: requests, smallest billed sizes, overheads, the shortest billed time, the fee
    for what is read, and the copies of restored objects in Standard.

    Parameters
    ----------
    size
        All objects together, bytes.
    objects
        How many they are; taken as equally large.
    months
        How long they are kept.
    retrievals
        How many times all of it is read in that time; may be a fraction.
    days
        How long each restored copy is kept.

    Returns
    -------
    Columns ``storage_class``, ``tier`` (empty where reads need no restore), ``hours`` (until the first byte, at most),
    ``moving``, ``storage``, ``retrieval``, ``total`` (dollars of the whole time).

    Examples
    --------
    >>> plan = archive(10**12, 1000, months=12, retrievals=1).set_index(["storage_class", "tier"])
    >>> plan["total"].round().astype(int).loc[["STANDARD", "GLACIER_IR"]].tolist()
    [257, 73]
    """
    tiers = [(row["storage_class"], row["tier"], float(row["most_hours"])) for row in _tiers()]
    ways = [*((name, "", 0.0) for name in CLASSES[:3]), *tiers]
    rows = []
    for name, tier, hours in ways:
        parts = _moving(name, objects), _kept(name, size, objects, months * MONTH)
        read = retrievals * _read(name, tier, size, objects, days)
        rows.append((name, tier, hours, *parts, read, sum(parts) + read))
    return pd.DataFrame(rows, columns=["storage_class", "tier", "hours", "moving", "storage", "retrieval", "total"])


def _moving(name: str, objects: int) -> float:
    return objects * price(f"s3.{name.lower()}.put").each


def _kept(name: str, size: int, objects: int, days: float) -> float:
    return monthly_storage(name, size, objects) * max(days, minimum_days(name)) / MONTH


def _read(name: str, tier: str, size: int, objects: int, days: int) -> float:
    stem = f"s3.{name.lower()}"
    gets = objects * price(f"{stem}.get").each
    if name == "STANDARD":
        return gets
    if not tier:
        return gets + size / GB * price(f"{stem}.retrieval").each
    fees = objects * price(f"{stem}.restore_{tier.lower()}").each
    fees += size / GB * price(f"{stem}.retrieval_{tier.lower()}").each
    return gets + fees + monthly_storage("STANDARD", size, objects) * days / MONTH


def lifecycle(
    steps: Mapping[int, str], size: int, objects: int, *, months: int = 12, expires: int | None = None
) -> pd.DataFrame:
    """Work out the bills of data that a lifecycle rule moves from class to class.

    Parameters
    ----------
    steps
        Day to storage class, for example ``{0: "STANDARD", 30: "GLACIER_IR", 180: "DEEP_ARCHIVE"}``.
    size, objects
        As for :func:`archive`.
    months
        How many bills.
    expires
        Day on which the data is deleted; by default it stays.

    Returns
    -------
    Column ``month`` (1, 2, ...), one a storage class of ``steps``, and ``moving``: dollars of each month.  What a class
    bills for days that were cut short stands in the month in which the data left it.

    Examples
    --------
    >>> bills = lifecycle({0: "STANDARD", 30: "GLACIER"}, 2**40, 1000, months=3)
    >>> bills.drop(columns="moving").round(2).values.tolist()
    [[1.0, 23.55, 0.0], [2.0, 0.0, 3.69], [3.0, 0.0, 3.69]]
    """
    bills = {name: [0.0] * months for name in [*dict.fromkeys(steps.values()), "moving"]}
    end = min(expires if expires is not None else months * MONTH, months * MONTH)
    for (start, name), (stop, _) in pairwise([*sorted(steps.items()), (end, "")]):
        if start >= end:
            break
        each_day = monthly_storage(name, size, objects) / MONTH
        _bill(bills[name], start, min(stop, end), each_day)
        if min(stop, end) < months * MONTH:
            bills[name][min(stop, end) // MONTH] += max(0, minimum_days(name) - (min(stop, end) - start)) * each_day
        bills["moving"][start // MONTH] += _moving(name, objects)
    return pd.DataFrame({"month": range(1, months + 1), **bills})


def _bill(bills: list[float], start: int, stop: int, each_day: float) -> None:
    """Add the days from ``start`` to ``stop`` to the months in which they lie."""
    for month in range(start // MONTH, (stop - 1) // MONTH + 1):
        days = min(stop, (month + 1) * MONTH) - max(start, month * MONTH)
        bills[month] += days * each_day


def point_reads(
    size: int, item: int, reads: Sequence[float] | npt.NDArray[np.float64], *, packed: int = 1
) -> pd.DataFrame:
    """Work out what a month costs, by how often the data is read item by item.

    Parameters
    ----------
    size
        All items together, bytes.
    item
        Bytes of one.
    reads
        How many items are read in the month, several cases; in DynamoDB eventually consistent.
    packed
        How many items lie in one object of S3; one is read as a range of it.

    Returns
    -------
    Column ``reads``, and a column a place: ``DynamoDB`` (on demand), ``STANDARD``, ``STANDARD_IA``, ``GLACIER_IR``;
    dollars of a month: storage, requests and retrieval, writing not counted.

    Examples
    --------
    >>> bills = point_reads(100 * 2**30, 4096, [10**4, 10**6, 10**8], packed=256).set_index("reads")
    >>> bills.idxmin(axis=1).tolist()
    ['GLACIER_IR', 'STANDARD_IA', 'DynamoDB']
    """
    each, objects = np.asarray(reads, dtype=float), ceil(size / item / packed)
    units = read_units(item) * price("dynamodb.on_demand.read").each
    bills = {"reads": each, "DynamoDB": size / GB * price("dynamodb.storage").each + each * units}
    for name in CLASSES[:3]:
        bills[name] = monthly_storage(name, size, objects) + each * _read(name, "", item, 1, 0)
    return pd.DataFrame(bills)


def stream(records: float, size: int, *, peak: float = 1) -> pd.DataFrame:
    """Work out what a month of a Kinesis stream costs in both of its modes, readers not counted.

    Parameters
    ----------
    records
        Records a second, day and night.
    size
        Bytes of a record.
    peak
        How many times more its busiest second brings; provisioned shards must hold that.

    Returns
    -------
    Columns ``mode``, ``shards`` (0 where AWS chooses), ``standing`` (dollars for hours), ``data`` (dollars for what is
    put), ``total``, of a month of 30 days.

    Examples
    --------
    >>> stream(1024, 1024)[["shards", "total"]].round().values.tolist()  # provisioned, on-demand
    [[2.0, 59.0], [0.0, 231.0]]
    """
    hours, seconds = MONTH * 24, MONTH * 86_400
    shards = max(1, ceil(peak * records / SHARD_RECORDS), ceil(peak * records * size / SHARD_BYTES))
    units = records * seconds * max(1, ceil(size / PAYLOAD))
    rows = [
        ("provisioned", shards, shards * hours * price("kinesis.shard_hour").each, units * price("kinesis.put").each),
        ("on-demand", 0, hours * price("kinesis.on_demand.stream_hour").each, _on_demand_in(records * seconds, size)),
    ]
    found = pd.DataFrame(rows, columns=["mode", "shards", "standing", "data"])
    return found.assign(total=found["standing"] + found["data"])


def _on_demand_in(records: float, size: int) -> float:
    """Return the dollars for data put; on demand AWS rounds each record up to a kilobyte."""
    return records * ceil(size / 1024) * 1024 / GB * price("kinesis.on_demand.in").each
