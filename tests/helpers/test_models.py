"""Models on the real departures: each is judged on what it said before it knew."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import models


@pytest.fixture(scope="module")
def january() -> pd.DataFrame:
    return models.departures("JFK", [1])


@pytest.fixture(scope="module")
def second_half(january: pd.DataFrame) -> pd.DataFrame:
    return january[january["date"] >= "2013-01-16"]


def lies(examples: pd.DataFrame, since: str) -> pd.DataFrame:
    """Return examples whose truth is turned over from an hour of the morning on."""
    is_later = (examples["date"] + pd.to_timedelta(examples["hour"], unit="h")) >= since
    return examples.assign(late=examples["late"].where(~is_later, 1 - examples["late"]))


def test_examples_are_those_that_left_in_the_order_of_their_hours(january: pd.DataFrame) -> None:
    assert list(january.columns[:4]) == ["id", "date", "hour", "late"]
    assert set(january["late"]) == {0, 1}
    assert january["date"].is_monotonic_increasing
    assert january["id"].is_unique
    assert not january.isna().any(axis=None)
    assert models.departures("JFK", [1], minutes=120)["late"].sum() < january["late"].sum()


def test_no_feature_tells_what_has_to_be_predicted(january: pd.DataFrame) -> None:
    told = pd.DataFrame(models.features(january)).corrwith(january["late"].reset_index(drop=True)).abs()
    assert told.max() < 0.5
    assert models.features(january).shape == (len(january), len(january.columns) - 4)


def test_a_night_learns_from_its_window_and_nothing_else(january: pd.DataFrame, second_half: pd.DataFrame) -> None:
    day = second_half[second_half["date"] == "2013-01-20"]
    known = january[january["date"].between("2013-01-13", "2013-01-19")]
    assert models.nightly(january, day, window=7).equals(models.nightly(known, day, window=7))
    assert models.nightly(lies(january, "2013-01-20"), day, window=7).equals(models.nightly(known, day, window=7))
    assert not models.nightly(lies(january, "2013-01-19"), day, window=7).equals(models.nightly(known, day, window=7))


def test_the_continuous_model_learns_an_hour_one_hour_later(january: pd.DataFrame, second_half: pd.DataFrame) -> None:
    true = models.continuous(january, second_half)
    told = models.continuous(lies(january, "2013-01-20 09:00"), second_half)
    when = second_half["date"] + pd.to_timedelta(second_half["hour"], unit="h")
    changed = when[true != told]
    assert changed.min() == pd.Timestamp("2013-01-20 11:00")  # the truth of nine is learned after ten was predicted


def test_the_continuous_model_is_the_same_every_time(january: pd.DataFrame, second_half: pd.DataFrame) -> None:
    assert models.continuous(january, second_half, seed=1).equals(models.continuous(january, second_half, seed=1))


def test_a_frozen_model_is_the_first_night_s(january: pd.DataFrame) -> None:
    day = january[january["date"] == "2013-01-16"]
    fortnight = january[january["date"].between("2013-01-02", "2013-01-15")]
    assert models.frozen(fortnight, day).equals(models.nightly(january, day))


def test_the_brier_score_is_that_of_each_day() -> None:
    asked = pd.DataFrame({"date": pd.to_datetime(["2013-01-01", "2013-01-01", "2013-01-02"]), "late": [1, 0, 1]})
    assert models.brier(pd.Series([1.0, 0.0, 0.0]), asked).tolist() == [0, 1]
    assert models.brier(pd.Series([0.5, 0.5, 0.9]), asked).tolist() == pytest.approx([0.25, 0.01])


@pytest.mark.parametrize("predict", [models.nightly, models.continuous])
def test_predictions_keep_the_order_of_what_is_asked(
    predict: object, january: pd.DataFrame, second_half: pd.DataFrame
) -> None:
    told = predict(january, second_half)  # type: ignore[operator]
    shuffled = predict(january, second_half.sample(frac=1, random_state=0))  # type: ignore[operator]
    pd.testing.assert_series_equal(shuffled.sort_index(), told, check_exact=False)
