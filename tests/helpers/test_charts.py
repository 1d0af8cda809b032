"""Charts: SVG that is the same every time, with a text for those who do not see it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib import rcParams
from matplotlib.figure import Figure

from helpers import charts

SVG = "{http://www.w3.org/2000/svg}"
LAKE = pd.DataFrame({"day": [0, 30], "STANDARD": [4.0, 1.0], "GLACIER": [0.0, 3.0]})
COLUMNS = ["STANDARD", "GLACIER"]


def _draw(kind: str) -> charts.Picture:
    draw: Any = getattr(charts, kind)
    return draw(LAKE, "day", COLUMNS, title="Data cools", unit="GB")


@pytest.mark.parametrize("kind", ["bars", "lines", "areas"])
def test_a_chart_is_svg_with_a_text_and_the_same_every_time(kind: str) -> None:
    chart = _draw(kind)
    root = ET.fromstring(chart.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.alt
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == chart.alt
    assert "STANDARD in GB by day: 0 4, 30 1" in chart.alt
    assert _draw(kind).svg == chart.svg


@pytest.mark.parametrize("kind", ["bars", "lines", "areas"])
def test_a_storage_class_keeps_its_color(kind: str) -> None:
    for name in COLUMNS:
        assert charts.CLASS_COLORS[name].lower() in _draw(kind).svg.lower()


def test_a_notebook_gets_svg_and_text() -> None:
    chart = _draw("bars")
    assert chart._repr_mimebundle_() == {"image/svg+xml": chart.svg, "text/plain": chart.alt}
    assert repr(chart) == chart.alt


def test_one_series_carries_its_values_several_carry_a_legend() -> None:
    one = charts.bars(LAKE, "day", "STANDARD", title="One", unit="GB")
    many = charts.bars(LAKE, "day", COLUMNS, title="Two", unit="GB", stacked=True)
    assert 'id="legend_1"' not in one.svg
    assert 'id="legend_1"' in many.svg


def test_many_points_are_told_by_their_ends_and_extremes() -> None:
    frame = pd.DataFrame({"day": range(100), "GB": [abs(day - 50) for day in range(100)]})
    text = charts.lines(frame, "day", "GB", title="Down and up", unit="GB").alt
    assert text == "Line chart: Down and up. GB in GB by day: from 50 at 0 to 49 at 99, lowest 0, highest 50."


def test_a_text_with_markup_stays_text() -> None:
    chart = charts.picture(Figure(), 'a < b & "c"')
    assert ET.fromstring(chart.svg).get("aria-label") == 'a < b & "c"'


def test_the_readers_own_matplotlib_settings_stay() -> None:
    before = dict(rcParams)
    _draw("lines")
    assert dict(rcParams) == before


def test_a_picture_can_be_saved(tmp_path: Path) -> None:
    chart = _draw("areas")
    assert chart.save(tmp_path / "lake.svg").read_text(encoding="utf-8") == chart.svg


def test_lines_may_have_a_logarithmic_horizontal_axis() -> None:
    frame = pd.DataFrame({"reads": [1, 10, 10_000], "dollars": [1, 2, 3]})
    flat = charts.lines(frame, "reads", "dollars", title="Bill", unit="dollars")
    tens = charts.lines(frame, "reads", "dollars", title="Bill", unit="dollars", log_x=True)
    assert flat.alt == tens.alt
    assert flat.svg != tens.svg


def test_days_are_named_as_days() -> None:
    frame = pd.DataFrame({"day": pd.date_range("2013-02-01", periods=100), "GB": range(100)})
    chart = charts.lines(frame, "day", "GB", title="The lake grows", unit="GB")
    assert "from 0 at 2013-02-01 to 99 at 2013-05-11" in chart.alt


def test_words_below_a_chart_do_not_run_into_each_other() -> None:
    def ticks(days: int) -> int:
        frame = pd.DataFrame({"day": [f"{day:02} Mar" for day in range(days)], "GB": range(days)})
        return charts.lines(frame, "day", "GB", title="The lake grows", unit="GB").svg.count('id="xtick_')

    assert ticks(6) == 6
    assert ticks(60) <= 10


def test_few_days_are_named_each_and_many_by_their_months() -> None:
    def chart(days: int) -> str:
        frame = pd.DataFrame({"day": pd.date_range("2013-03-23", periods=days), "GB": range(days)})
        return charts.lines(frame, "day", "GB", title="The lake grows", unit="GB").svg

    assert "<!-- 23 Mar -->" in chart(21)
    assert "<!-- May -->" in chart(100)
