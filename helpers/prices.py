"""What AWS charges: list prices of one Region, each with its date and the AWS page it comes from.

Prices change; look at ``as_of`` and at the page in ``source`` before you decide with them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from helpers.errors import PriceUnknown

__all__ = ["Price", "cost", "minimum_days", "monthly_storage", "price", "storage_classes", "table"]

#: AWS bills a GB as 2**30 bytes.
GB = 2**30
TB = 2**40
#: From this size on S3 Intelligent-Tiering monitors an object, and charges for it.
MONITORED = 128 * 1024
#: Where the price of S3 Standard falls: bytes, price above, price below.
TIERS = (
    (50 * TB, "s3.standard.storage_over_50tb", "s3.standard.storage"),
    (500 * TB, "s3.standard.storage_over_500tb", "s3.standard.storage_over_50tb"),
)


@dataclass(frozen=True)
class Price:
    """One line of an AWS price list: ``usd`` dollars for each ``unit``."""

    id: str
    service: str
    item: str
    usd: float
    unit: str
    region: str
    as_of: str
    source: str

    @property
    def each(self) -> float:
        """Dollars for a single one of what ``unit`` counts: for one request, not for 1,000."""
        return self.usd / self._parts()[0]

    @property
    def counted(self) -> str:
        """What is counted, without the number: ``requests`` for a unit of ``1,000 requests``."""
        return self._parts()[1]

    def _parts(self) -> tuple[int, str]:
        number, name = re.fullmatch(r"(?:([\d,]+) )?(.+)", self.unit).groups()  # type: ignore[union-attr]
        return int((number or "1").replace(",", "")), name


def price(id: str) -> Price:
    """Return one price.

    Parameters
    ----------
    id
        Service, thing and what is charged, for example ``s3.standard_ia.retrieval``; :func:`table` lists all.

    Raises
    ------
    PriceUnknown
        There is no such price.

    Examples
    --------
    >>> price("s3.standard.put").usd, price("s3.standard.put").unit
    (0.005, '1,000 requests')
    """
    if id not in _prices():
        raise PriceUnknown(f"There is no price {id!r}; prices.table() lists all.")
    return _prices()[id]


def table(prefix: str = "") -> pd.DataFrame:
    """List prices, one row each.

    Parameters
    ----------
    prefix
        Keep only ids that begin with this text, for example ``"dynamodb"``; empty means all.

    Returns
    -------
    Columns ``id``, ``item``, ``usd``, ``unit``, ``region``, ``as_of``, ``source``.

    Examples
    --------
    >>> table("dynamodb.on_demand")["usd"].tolist()
    [0.625, 0.125]
    """
    columns = ["id", "item", "usd", "unit", "region", "as_of", "source"]
    found = [each for each in _prices().values() if each.id.startswith(prefix)]
    return pd.DataFrame([[getattr(each, name) for name in columns] for each in found], columns=columns)


def cost(quantities: Mapping[str, float]) -> pd.DataFrame:
    """Work out a bill.

    Parameters
    ----------
    quantities
        Price id to how many: single requests, GB, GB-months, unit-hours, as the price's unit says.

    Returns
    -------
    Columns ``item``, ``quantity``, ``unit``, ``usd``, one row a line of the bill; sum ``usd`` for the total.

    Raises
    ------
    PriceUnknown
        There is no such price.

    Examples
    --------
    >>> bill = cost({"s3.standard.put": 1200, "s3.standard.storage": 10})
    >>> round(float(bill["usd"].sum()), 4)
    0.236
    """
    lines = [(price(id), quantity) for id, quantity in quantities.items()]
    rows = [(line.item, quantity, line.counted, quantity * line.each) for line, quantity in lines]
    return pd.DataFrame(rows, columns=["item", "quantity", "unit", "usd"])


def monthly_storage(storage_class: str, size: int, objects: int = 1) -> float:
    """Return the dollars a month for keeping data in an S3 storage class, requests not counted.

    Counts what the price per GB hides: the smallest billed object, the overhead of archived objects
    (32 KB at the class's rate and 8 KB at Standard's), the monitoring fee, the cheaper terabytes of Standard.

    Parameters
    ----------
    storage_class
        As in the API, for example ``GLACIER_IR``.
    size
        All objects together, bytes.
    objects
        How many they are; taken as equally large.

    Raises
    ------
    PriceUnknown
        There is no such storage class.

    Examples
    --------
    A million objects of 10 KB cost more in the cheaper class:

    >>> [round(monthly_storage(name, 10_240_000_000, 1_000_000), 2) for name in ("STANDARD", "STANDARD_IA")]
    [0.22, 1.53]
    """
    rules = _rules(storage_class)
    stem = f"s3.{storage_class.lower()}"
    billed = max(size, objects * int(rules["min_bytes"])) + objects * int(rules["overhead_bytes"])
    at_standard = objects * int(rules["overhead_standard_bytes"])
    dollars = billed / GB * price(f"{stem}.storage").each + at_standard / GB * price("s3.standard.storage").each
    if storage_class == "STANDARD":
        for start, above, below in TIERS:
            dollars -= max(0, billed - start) / GB * (price(below).each - price(above).each)
    if storage_class == "INTELLIGENT_TIERING" and size >= objects * MONITORED:
        dollars += objects * price(f"{stem}.monitoring").each
    return dollars


def minimum_days(storage_class: str) -> int:
    """Return the days that an S3 storage class bills at least, however soon an object leaves it.

    Parameters
    ----------
    storage_class
        As in the API, for example ``GLACIER_IR``.

    Raises
    ------
    PriceUnknown
        There is no such storage class.

    Examples
    --------
    >>> minimum_days("DEEP_ARCHIVE")
    180
    """
    return int(_rules(storage_class)["min_days"])


def storage_classes() -> pd.DataFrame:
    """Put the S3 storage classes side by side, warmest first.

    Returns
    -------
    Columns ``storage_class``, ``usd_per_gb_month``, ``min_days`` and ``min_bytes`` (billed even if the object
    is deleted earlier or is smaller), ``retrieval_usd_per_gb`` (the Standard tier for the archive classes),
    ``put_usd_per_1000``, ``get_usd_per_1000``, ``zones``, ``availability_percent`` (designed for), ``first_byte``.

    Examples
    --------
    >>> storage_classes().set_index("storage_class").loc["DEEP_ARCHIVE", "min_days"].item()
    180
    """
    return pd.DataFrame([_class_row(rules) for rules in _classes().values()])


def _class_row(rules: Mapping[str, str]) -> dict[str, object]:
    stem = f"s3.{rules['storage_class'].lower()}"
    retrieval = _prices().get(f"{stem}.retrieval") or _prices().get(f"{stem}.retrieval_standard")
    return {
        "storage_class": rules["storage_class"],
        "usd_per_gb_month": price(f"{stem}.storage").usd,
        "min_days": int(rules["min_days"]),
        "min_bytes": int(rules["min_bytes"]),
        "retrieval_usd_per_gb": retrieval.usd if retrieval else 0.0,
        "put_usd_per_1000": price(f"{stem}.put").usd,
        "get_usd_per_1000": price(f"{stem}.get").usd,
        "zones": int(rules["zones"]),
        "availability_percent": float(rules["availability_percent"]),
        "first_byte": rules["first_byte"],
    }


def _rules(storage_class: str) -> dict[str, str]:
    if storage_class not in _classes():
        raise PriceUnknown(f"There is no storage class {storage_class!r}; the classes are {', '.join(_classes())}.")
    return _classes()[storage_class]


@cache
def _prices() -> dict[str, Price]:
    rows = _read("prices.csv")
    return {row["id"]: Price(**{**row, "usd": float(row["usd"])}) for row in rows}  # type: ignore[arg-type]


@cache
def _classes() -> dict[str, dict[str, str]]:
    return {row["storage_class"]: row for row in _read("storage_classes.csv")}


def _read(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((files("helpers") / "data" / name).read_text().splitlines()))
