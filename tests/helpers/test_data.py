from __future__ import annotations

import shutil
import tracemalloc
import uuid
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

import helpers.data
import helpers.errors
from helpers import data, errors
from helpers.data import _files

FOLDER = Path(helpers.data.__file__).parent


def test_every_packaged_data_file_has_its_checksum() -> None:
    listed = {line.split()[1] for line in (FOLDER / "SHA256SUMS").read_text().splitlines()}
    tables = ("access_patterns", "prices", "retrieval_tiers", "storage_classes", "storage_services")
    by_hand = {f"{name}.csv" for name in tables}
    assert listed == {path.name for path in FOLDER.iterdir() if path.suffix in (".parquet", ".csv")} - by_hand


def test_the_readme_names_every_file() -> None:
    readme = (FOLDER / "README.md").read_text()
    assert all(path.name in readme for path in FOLDER.iterdir() if path.suffix in (".parquet", ".csv"))


def test_the_wheel_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 8_000_000


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path in FOLDER.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    monkeypatch.setattr(_files, "files", lambda _: tmp_path)
    return tmp_path


class TestBroken:
    def test_a_good_copy_reads(self, copied: Path) -> None:
        assert len(data.airlines()) == 16

    def test_truncated(self, copied: Path) -> None:
        (copied / "flights.parquet").write_bytes((copied / "flights.parquet").read_bytes()[:1000])
        with pytest.raises(errors.DataFileBroken, match=r"^flights.parquet is truncated or was changed; install"):
            data.flights()

    def test_one_bit(self, copied: Path) -> None:
        content = bytearray((copied / "airlines.csv").read_bytes())
        content[50] ^= 1
        (copied / "airlines.csv").write_bytes(content)
        with pytest.raises(errors.DataFileBroken, match=r"airlines\.csv"):
            data.airlines()

    @pytest.mark.parametrize("missing", ["airlines.csv", "SHA256SUMS"])
    def test_missing(self, copied: Path, missing: str) -> None:
        (copied / missing).unlink()
        with pytest.raises(errors.DataFileBroken, match="cannot be read"):
            data.airlines()

    def test_not_listed(self, copied: Path) -> None:
        (copied / "SHA256SUMS").write_text("")
        with pytest.raises(errors.DataFileBroken):
            data.airlines()


class TestFlights:
    def test_whole_year(self) -> None:
        flights = data.flights()
        assert flights.shape == (336_776, 19)
        assert flights["dep_time"].isna().sum() == 8_255
        assert flights["distance"].sum() == 350_217_607
        assert str(flights["time_hour"].dt.tz) == "UTC"

    def test_some_months_and_columns(self) -> None:
        flights = data.flights(months=iter([1, 12]), columns=("carrier", "dep_delay"))
        assert flights.columns.tolist() == ["carrier", "dep_delay"]
        assert len(flights) == 27_004 + 28_135

    def test_no_month_is_no_flight(self) -> None:
        assert len(data.flights(months=[])) == 0

    def test_by_day_is_the_calendar(self) -> None:
        days = [(day, len(frame)) for day, frame in data.flights_by_day(months=[2, 10])]
        assert [day for day, _ in days] == [
            *pd.date_range("2013-02-01", "2013-02-28").date,
            *pd.date_range("2013-10-01", "2013-10-31").date,
        ]
        assert sum(count for _, count in days) == 24_951 + 28_889

    def test_by_day_with_columns(self) -> None:
        day, frame = next(data.flights_by_day([1], ["carrier"]))
        assert (day, frame.columns.tolist(), frame.index[0]) == (date(2013, 1, 1), ["carrier"], 0)

    def test_stream_begins_with_the_real_year(self) -> None:
        first = next(data.stream_flights(rows=1000))
        pd.testing.assert_frame_equal(first, data.flights().head(1000), check_dtype=False)

    def test_stream_moves_the_years_and_nothing_else(self) -> None:
        chunks = list(data.stream_flights(3, rows=200_000))
        assert max(map(len, chunks)) == 200_000
        assert sum(map(len, chunks)) == 3 * 336_776
        last = chunks[-1]
        assert set(last["year"]) == {2015}
        assert set(last["time_hour"].dt.year) == {2015}
        real = data.flights().tail(len(last)).reset_index(drop=True)
        kept = [name for name in real.columns if name not in ("year", "time_hour")]
        pd.testing.assert_frame_equal(last[kept], real[kept], check_dtype=False)

    def test_stream_holds_a_chunk_at_a_time(self) -> None:
        whole = int(data.flights().memory_usage(deep=True).sum())
        tracemalloc.start()
        for _ in data.stream_flights(2, rows=20_000):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < whole / 2

    def test_the_tables_belong_together(self) -> None:
        flights = data.flights(columns=["carrier", "origin"])
        assert set(flights["carrier"]) == set(data.airlines()["carrier"])
        assert set(flights["origin"]) <= set(data.airports()["faa"])
        assert (len(data.weather()), len(data.planes()), len(data.airports())) == (26_115, 3_322, 1_458)
        assert str(data.weather()["time_hour"].dt.tz) == "UTC"


class TestDepartments:
    def test_329_real_names(self) -> None:
        found = data.departments()
        assert found.columns.tolist() == ["guid", "PoliceDepartmentName", "county", "UpdateTime", "updated_at"]
        assert len(found) == found["guid"].nunique() == found["PoliceDepartmentName"].nunique() == 329
        assert not found.isna().any().any()
        assert not found["PoliceDepartmentName"].str.contains("Police Department").any()

    def test_hollister_keeps_what_the_old_lesson_had(self) -> None:
        for seed in (0, 1):
            found = data.departments(seed).set_index("PoliceDepartmentName").loc["Hollister"]
            assert found.tolist() == [
                "7e607b82-9e18-49dc-a9d7-e9628a9147ad",
                "San Benito",
                "Fri Mar  2 12:43:43 2018",
                "2018-03-02T12:43:43Z",
            ]

    def test_keys_follow_from_the_name_and_times_from_the_seed(self) -> None:
        one, same, other = data.departments(1), data.departments(1), data.departments("two")
        pd.testing.assert_frame_equal(one, same)
        assert one["guid"].tolist() == other["guid"].tolist()
        assert (one["UpdateTime"] != other["UpdateTime"]).sum() == 328
        albany = one.set_index("PoliceDepartmentName").loc["Albany", "guid"]
        assert uuid.UUID(str(albany)) == uuid.uuid5(uuid.NAMESPACE_DNS, "Albany")

    def test_both_times_are_the_same_and_only_one_sorts(self) -> None:
        found = data.departments()
        texts = zip(found["UpdateTime"], found["updated_at"], strict=True)
        assert all(datetime.strptime(old, "%c") == datetime.strptime(new, "%Y-%m-%dT%H:%M:%SZ") for old, new in texts)
        by_text = found.sort_values("UpdateTime")["updated_at"]
        assert not by_text.is_monotonic_increasing


@pytest.mark.parametrize("scale", [0, -1, 1.5, "all", True, None, float("nan")])
def test_a_scale_that_is_no_share_is_refused_in_one_sentence(scale: object) -> None:
    with pytest.raises(helpers.errors.ScaleOutOfRange, match=r"above 0 and at most 1, such as 0\.1; not .*\.$"):
        helpers.data.flights(scale=scale)  # type: ignore[arg-type]


def test_a_scale_keeps_the_year_whole() -> None:
    tenth = helpers.data.flights(columns=["month", "day"], scale=0.1)
    assert len(tenth) == 33_677
    assert tenth.index[-1] == 33_676
    assert len(tenth.drop_duplicates()) == 365
