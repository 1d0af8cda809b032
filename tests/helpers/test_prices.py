"""Prices: every row is complete, and the arithmetic of the bill is AWS's."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest

from helpers import prices
from helpers.errors import PriceUnknown

GB = 2**30
TB = 2**40


def test_every_row_says_unit_region_date_and_aws_page() -> None:
    rows = prices.table()
    assert len(rows) > 80
    assert rows["id"].is_unique
    assert rows["item"].is_unique
    for row in rows.itertuples():
        assert row.usd >= 0
        assert row.unit
        assert row.region == "us-east-1"
        assert date(2024, 11, 15) <= date.fromisoformat(row.as_of) <= date(2026, 11, 23)
        assert urlsplit(row.source).hostname == "aws.amazon.com"
        assert prices.price(row.id).each == pytest.approx(row.usd / prices.price(row.id)._parts()[0])


def test_a_price_knows_what_a_single_one_costs() -> None:
    put = prices.price("s3.standard.put")
    assert (put.unit, put.counted, put.each) == ("1,000 requests", "requests", 0.000005)
    assert prices.price("s3.standard.storage").counted == "GB-month"
    assert prices.price("dynamodb.on_demand.write").each == pytest.approx(0.625e-6)


def test_an_unknown_price_is_refused() -> None:
    with pytest.raises(PriceUnknown, match=r"no price 's3\.marble'"):
        prices.price("s3.marble")
    with pytest.raises(PriceUnknown):
        prices.cost({"s3.marble": 1})
    with pytest.raises(PriceUnknown, match="STANDARD_IA"):
        prices.monthly_storage("MARBLE", 1)


def test_tables_keep_their_columns_when_empty() -> None:
    assert prices.table("nothing").columns.tolist() == ["id", "item", "usd", "unit", "region", "as_of", "source"]
    assert prices.cost({}).columns.tolist() == ["item", "quantity", "unit", "usd"]


def test_a_bill_counts_single_requests() -> None:
    bill = prices.cost({"s3.standard.get": 10_000, "sqs.standard": 2_000_000, "glue.dpu_hour": 2})
    assert bill["usd"].tolist() == pytest.approx([0.004, 0.8, 0.88])
    assert bill["unit"].tolist() == ["requests", "requests", "DPU-hour"]


@pytest.mark.parametrize(
    ("storage_class", "dollars"),
    [("STANDARD", 0.2193), ("STANDARD_IA", 1.5259), ("GLACIER_IR", 0.4883), ("DEEP_ARCHIVE", 0.2151)],
)
def test_a_million_small_objects_are_dear_in_cheap_classes(storage_class: str, dollars: float) -> None:
    # Our own arithmetic: 10 KB objects, billed as 128 KB or with 40 KB of overhead where the class says so.
    assert prices.monthly_storage(storage_class, 10_240_000_000, 1_000_000) == pytest.approx(dollars, abs=1e-4)


def test_large_objects_pay_no_minimum() -> None:
    assert prices.monthly_storage("STANDARD_IA", 100 * GB, 100) == pytest.approx(1.25)
    assert prices.monthly_storage("STANDARD", 0, 0) == 0


def test_standard_gets_cheaper_by_the_terabyte() -> None:
    assert prices.monthly_storage("STANDARD", 600 * TB) == pytest.approx(
        1024 * (50 * 0.023 + 450 * 0.022 + 100 * 0.021)
    )


def test_intelligent_tiering_monitors_objects_of_128_kb_only() -> None:
    large, small = 128 * 1024 * 1000, 127 * 1024 * 1000
    fee = prices.monthly_storage("INTELLIGENT_TIERING", large, 1000) - prices.monthly_storage("STANDARD", large, 1000)
    assert fee == pytest.approx(0.0025)
    assert prices.monthly_storage("INTELLIGENT_TIERING", small, 1000) == pytest.approx(
        prices.monthly_storage("STANDARD", small, 1000)
    )


def test_storage_classes_side_by_side() -> None:
    classes = prices.storage_classes().set_index("storage_class")
    assert len(classes) == 8
    assert classes.loc["GLACIER", "retrieval_usd_per_gb"] == 0.01
    assert classes.loc["STANDARD_IA", ["min_days", "min_bytes"]].tolist() == [30, 131072]
    assert classes.loc["STANDARD", "retrieval_usd_per_gb"] == 0
    assert classes["usd_per_gb_month"].idxmin() == "DEEP_ARCHIVE"
