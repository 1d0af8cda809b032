"""Plans: the arithmetic of archives, checked against sums by hand."""

from __future__ import annotations

import pytest

from helpers import plans, prices
from helpers.errors import PriceUnknown

GB, TB = 2**30, 2**40


def total(frame: object, name: str, tier: str = "") -> float:
    rows = frame[(frame["storage_class"] == name) & (frame["tier"] == tier)]  # type: ignore[index]
    return float(rows["total"].iloc[0])


def test_the_ways_are_the_classes_and_tiers() -> None:
    plan = plans.archive(TB, 1000)
    assert list(plan.columns) == ["storage_class", "tier", "hours", "moving", "storage", "retrieval", "total"]
    ways = list(zip(plan["storage_class"], plan["tier"], strict=True))
    assert ways[:3] == [("STANDARD", ""), ("STANDARD_IA", ""), ("GLACIER_IR", "")]
    assert ("DEEP_ARCHIVE", "Expedited") not in ways
    assert len(ways) == 8
    assert (plan["retrieval"] == 0).all()


def test_a_year_of_one_terabyte() -> None:
    plan = plans.archive(TB, 1000, months=12, retrievals=2, days=3)
    assert total(plan, "STANDARD") == pytest.approx(12 * 1024 * 0.023 + 1000 * 0.000005 + 2 * 1000 * 0.0000004)
    deep = 12 * (1024 * 0.00099 + 1000 * (32 * 0.00099 + 8 * 0.023) / 1024**2) + 1000 * 0.00005
    read = 1024 * 0.02 + 1000 * 0.0001 + 1000 * 0.0000004 + 1024 * 0.023 * 3 / 30
    assert total(plan, "DEEP_ARCHIVE", "Standard") == pytest.approx(deep + 2 * read)


def test_leaving_early_costs_the_shortest_time() -> None:
    month, half = plans.archive(TB, 1, months=1), plans.archive(TB, 1, months=6)
    assert total(month, "DEEP_ARCHIVE", "Bulk") == pytest.approx(total(half, "DEEP_ARCHIVE", "Bulk"))
    assert total(month, "GLACIER_IR") == pytest.approx(total(half, "GLACIER_IR") / 2, rel=1e-4)


def test_small_files_cost_more_to_move_than_they_save() -> None:
    plan = plans.archive(10_000 * 10**6, 10**6, months=12)
    assert total(plan, "STANDARD_IA") > total(plan, "STANDARD")
    assert total(plan, "DEEP_ARCHIVE", "Bulk") > 10 * total(plan, "STANDARD") / 2


def test_the_tiers_have_their_times_and_fees() -> None:
    tiers = plans.retrieval_tiers().set_index(["storage_class", "tier"])
    assert tiers.loc[("GLACIER", "Bulk"), "usd_per_gb"] == 0
    assert tiers.loc[("GLACIER", "Standard"), "most_hours"] == 5
    assert (tiers["least_hours"] < tiers["most_hours"]).all()


def test_a_lifecycle_bills_each_month_by_its_class() -> None:
    steps = {0: "STANDARD", 45: "GLACIER", 180: "DEEP_ARCHIVE"}
    bills = plans.lifecycle(steps, TB, 1000, months=12)
    assert list(bills.columns) == ["month", "STANDARD", "GLACIER", "DEEP_ARCHIVE", "moving"]
    assert bills["month"].tolist() == list(range(1, 13))
    assert bills["STANDARD"].sum() == pytest.approx(1.5 * prices.monthly_storage("STANDARD", TB, 1000))
    assert bills["GLACIER"].sum() == pytest.approx(4.5 * prices.monthly_storage("GLACIER", TB, 1000))
    assert bills["DEEP_ARCHIVE"].sum() == pytest.approx(6 * prices.monthly_storage("DEEP_ARCHIVE", TB, 1000))
    assert bills["moving"].sum() == pytest.approx(1000 * (0.005 + 0.03 + 0.05) / 1000)


def test_days_cut_short_are_billed() -> None:
    bills = plans.lifecycle({0: "DEEP_ARCHIVE"}, TB, 1, months=12, expires=30)
    month = prices.monthly_storage("DEEP_ARCHIVE", TB, 1)
    assert bills["DEEP_ARCHIVE"].tolist() == pytest.approx([month, 5 * month, *[0] * 10])


def test_a_step_after_the_end_never_happens() -> None:
    bills = plans.lifecycle({0: "STANDARD", 90: "GLACIER"}, TB, 1, months=6, expires=60)
    assert bills["GLACIER"].sum() == 0
    assert bills["STANDARD"].sum() == pytest.approx(2 * prices.monthly_storage("STANDARD", TB, 1))


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(PriceUnknown, match="no storage class 'ICE'"):
        plans.lifecycle({0: "ICE"}, TB, 1)


def test_a_stream_needs_shards_for_its_peak_and_on_demand_bills_kilobytes() -> None:
    steady, bursty = (plans.stream(1000, 500, peak=peak).set_index("mode") for peak in (1, 5))
    assert (steady.loc["provisioned", "shards"], bursty.loc["provisioned", "shards"]) == (1, 5)
    hours = 5 * 720 * prices.price("kinesis.shard_hour").usd
    assert bursty.loc["provisioned", "standing"] == pytest.approx(hours)
    kilobytes = 1000 * 30 * 86_400 * 1024 / GB
    assert steady.loc["on-demand", "data"] == pytest.approx(kilobytes * prices.price("kinesis.on_demand.in").usd)
    assert bursty.loc["on-demand", "total"] == pytest.approx(steady.loc["on-demand", "total"])
    wide = plans.stream(1, 2**20).set_index("mode")
    assert wide.loc["provisioned", "shards"] == 1


def test_reading_item_by_item_by_hand() -> None:
    bills = plans.point_reads(100 * GB, 4096, [0, 10**6], packed=256).set_index("reads")
    assert bills["DynamoDB"].tolist() == pytest.approx([25, 25 + 0.5 * 0.125])
    assert bills["STANDARD"].tolist() == pytest.approx([2.3, 2.3 + 0.4], abs=0.01)
    fee = 10**6 * 4096 / GB * 0.01
    assert bills["STANDARD_IA"].tolist() == pytest.approx([1.25, 1.25 + 1 + fee])


def test_small_items_that_are_not_packed_are_billed_as_large_ones() -> None:
    loose, packed = (plans.point_reads(100 * GB, 4096, [0], packed=number) for number in (1, 256))
    assert loose["STANDARD_IA"].item() == pytest.approx(32 * packed["STANDARD_IA"].item())
    assert loose["STANDARD"].item() == pytest.approx(packed["STANDARD"].item())


def test_a_large_item_takes_many_read_units() -> None:
    small, large = (plans.point_reads(GB, item, [10**6])["DynamoDB"].item() for item in (4096, 128 * 1024))
    assert large - 0.25 == pytest.approx(32 * (small - 0.25))
