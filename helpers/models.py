"""Will this departure leave late?  Examples from the real flights, and models that learn by night or by the hour.

A model is judged on what it says *before* it knows: no function here lets it see an hour that it has still to predict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression, SGDClassifier

from helpers import data

__all__ = ["brier", "continuous", "departures", "features", "frozen", "nightly"]

#: What an example is known by; its other columns are what a model learns from.
LABELS = ["id", "date", "hour", "late"]


def departures(origin: str, months: Iterable[int], *, minutes: int = 15) -> pd.DataFrame:
    """Return departures of an airport as examples: what is known before each, and whether it left late.

    Parameters
    ----------
    origin
        ``"EWR"``, ``"JFK"`` or ``"LGA"``.
    months
        For example ``[1, 2]``.
    minutes
        More than so many minutes of delay are late.

    Returns
    -------
    One row a departure, in the order of the scheduled hours: ``id`` (airline, flight and date), ``date``, ``hour`` and
    ``late`` (1 or 0), then the columns that :func:`features` picks.  Cancelled flights are left out.

    Examples
    --------
    >>> round(float(departures("JFK", [1])["late"].mean()), 2)
    0.16
    """
    flown = data.flights(months).query("origin == @origin").dropna(subset=["dep_delay"])
    sky = data.weather()[["origin", "time_hour", "wind_speed", "precip", "visib"]]
    flown = flown.merge(sky, on=["origin", "time_hour"], how="left")
    flown = flown.sort_values("time_hour", kind="stable", ignore_index=True)
    date = pd.to_datetime(flown[["year", "month", "day"]])
    id = flown["carrier"] + flown["flight"].astype(str) + date.dt.strftime(" %Y-%m-%d")
    late = (flown["dep_delay"] > minutes).astype(int)
    return pd.DataFrame({"id": id, "date": date, "hour": flown["hour"], "late": late}).join(_known(flown))


def _known(flown: pd.DataFrame) -> pd.DataFrame:
    """Return what is known before a departure, each column scaled to a few units around zero."""
    hour = flown["hour"] / 5 - 2.6
    scaled = {
        "time of day": hour,
        "time of day, squared": hour**2,
        "distance": flown["distance"] / 700 - 1.5,
        "rain": flown["precip"].fillna(0) * 30,
        "wind": flown["wind_speed"].fillna(10) / 6 - 1.7,
        "sight": flown["visib"].fillna(10) / 2 - 5,
    }
    return pd.DataFrame(scaled).join(pd.get_dummies(flown["carrier"], dtype=float))


def features(examples: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return what a model learns from, one row an example.

    Parameters
    ----------
    examples
        As of :func:`departures`.

    Examples
    --------
    >>> features(departures("JFK", [1])).shape
    (9061, 16)
    """
    return examples.drop(columns=LABELS).to_numpy(dtype=float)


def frozen(examples: pd.DataFrame, asked: pd.DataFrame) -> pd.Series[float]:
    """Predict with a model that was fitted once, and then left alone.

    Parameters
    ----------
    examples
        What it learns from, as of :func:`departures`.
    asked
        The examples to predict.

    Returns
    -------
    The probability of being late, in the order and with the index of ``asked``.

    Examples
    --------
    >>> january = departures("JFK", [1])
    >>> told = frozen(january[january["date"] < "2013-01-15"], january[january["date"] >= "2013-01-15"])
    >>> bool(told.between(0, 1).all())
    True
    """
    return pd.Series(_fit(features(examples), examples["late"].to_numpy())(features(asked)), asked.index)


def _fit(x: npt.NDArray[np.float64], late: npt.NDArray[Any]) -> Callable[[Any], npt.NDArray[np.float64]]:
    """Fit a logistic regression; return what tells the probability of being late."""
    model = LogisticRegression(solver="newton-cholesky").fit(x, late)
    return lambda asked: np.asarray(model.predict_proba(asked)[:, 1])


def nightly(feed: pd.DataFrame, asked: pd.DataFrame, *, window: int = 14) -> pd.Series[float]:
    """Predict each day with a model that was fitted anew the night before.

    Parameters
    ----------
    feed
        The examples that have arrived, true or not, as of :func:`departures`; a night takes none of a later day.
    asked
        The examples to predict.
    window
        Each night learns from so many days before it.

    Returns
    -------
    The probability of being late, in the order and with the index of ``asked``.

    Examples
    --------
    >>> january = departures("JFK", [1])
    >>> told = nightly(january, january[january["date"] >= "2013-01-15"])
    >>> bool(told.between(0, 1).all())
    True
    """
    x, late, told = features(feed), feed["late"].to_numpy(), np.empty(len(asked))
    days: Any = asked.groupby("date").indices
    for today, rows in days.items():
        before = today - pd.Timedelta(days=window)
        known = ((feed["date"] >= before) & (feed["date"] < today)).to_numpy()
        told[rows] = _fit(x[known], late[known])(features(asked.iloc[rows]))
    return pd.Series(told, asked.index)


def continuous(feed: pd.DataFrame, asked: pd.DataFrame, *, rate: float = 0.01, seed: int = 0) -> pd.Series[float]:
    """Predict each hour with a model that has learned from every hour before, but for the last.

    It begins with all that the feed holds before the first hour asked; then it predicts an hour, and learns from the
    one before: what became of an hour's departures is known an hour later.

    Parameters
    ----------
    feed
        The examples in the hours in which they arrive, true or not, as of :func:`departures`.
    asked
        The examples to predict.
    rate
        How far one example moves the model.
    seed
        Of the order in which the examples of one hour are learned.

    Returns
    -------
    The probability of being late, in the order and with the index of ``asked``.

    Examples
    --------
    >>> january = departures("JFK", [1])
    >>> told = continuous(january, january[january["date"] >= "2013-01-15"])
    >>> bool(told.between(0, 1).all())
    True
    """
    x, late, wanted = features(feed), feed["late"].to_numpy(), features(asked)
    arrived, hours = _by_hour(feed), _by_hour(asked)
    first = next(iter(hours))
    model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=rate, random_state=seed)
    past = np.concatenate([rows for hour, rows in arrived.items() if hour < first])
    model.partial_fit(x[past], late[past], classes=[0, 1])
    told, waiting = np.empty(len(asked)), past[:0]
    for hour, rows in hours.items():
        told[rows] = model.predict_proba(wanted[rows])[:, 1]
        if len(waiting):
            model.partial_fit(x[waiting], late[waiting])
        waiting = arrived.get(hour, past[:0])
    return pd.Series(told, asked.index)


def _by_hour(examples: pd.DataFrame) -> dict[Any, npt.NDArray[np.intp]]:
    """Return the places of the examples of each hour, in the order of time."""
    hours: Any = examples.groupby(["date", "hour"]).indices
    return dict(sorted(hours.items()))


def brier(told: pd.Series[float], asked: pd.DataFrame) -> pd.Series[float]:
    """Return the Brier score of each day: the mean squared distance between what was told and what happened.

    Source: https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2

    Parameters
    ----------
    told
        Probabilities of being late, with the index of ``asked``.
    asked
        The examples that were predicted, as of :func:`departures`.

    Returns
    -------
    0 for a day on which all was foreseen, 1 for one on which all was told wrongly, by ``date``.

    Examples
    --------
    >>> january = departures("JFK", [1])
    >>> brier(january["late"] * 0.5 + 0.25, january).iloc[0].item()
    0.0625
    """
    return ((told - asked["late"]) ** 2).groupby(asked["date"]).mean()
