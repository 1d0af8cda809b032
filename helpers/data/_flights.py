"""nycflights13: all flights that left New York City's three airports in 2013, with weather, planes and airports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from helpers.data._files import open_file
from helpers.errors import ScaleOutOfRange

__all__ = ["airlines", "airports", "flights", "flights_by_day", "planes", "stream_flights", "weather"]


def flights(
    months: Iterable[int] | None = None, columns: Sequence[str] | None = None, *, scale: float = 1
) -> pd.DataFrame:
    """Return the flights, 336,776 of them, or those of some months, or an even share of them.

    Parameters
    ----------
    months
        For example ``[1, 2]``; by default the whole year.
    columns
        For example ``["carrier", "dep_delay"]``; by default all 19.
    scale
        Share of the rows, above 0 and at most 1, taken evenly over the year: 0.1 keeps every tenth flight.

    Returns
    -------
    One row a scheduled flight.  ``dep_time``, ``arr_time`` are local clock times such as 517 for 05:17;
    ``dep_delay``, ``arr_delay``, ``air_time`` minutes; ``distance`` miles; ``time_hour`` the scheduled hour in
    UTC.  A flight that was cancelled has no ``dep_time``.

    Raises
    ------
    DataFileBroken
        The packaged file is not as it was shipped.
    ScaleOutOfRange
        ``scale`` is no such share.

    Examples
    --------
    >>> len(flights()), len(flights(scale=0.1))
    (336776, 33677)
    >>> flights([2], ["month", "origin"])["month"].unique().tolist()
    [2]
    """
    _check_scale(scale)
    kept = None if months is None else [("month", "in", set(months))]
    frame = pd.read_parquet(open_file("flights.parquet"), columns=list(columns) if columns else None, filters=kept)
    place = np.arange(len(frame))
    chosen = (place + 1) * scale // 1 > place * scale // 1
    return frame if scale == 1 else frame[chosen].reset_index(drop=True)


def _check_scale(scale: object) -> None:
    """Refuse a scale that is no share of the rows."""
    if isinstance(scale, bool) or not isinstance(scale, (int, float)) or not 0 < scale <= 1:
        raise ScaleOutOfRange(
            f"scale is the share of the rows, a number above 0 and at most 1, such as 0.1; not {scale!r}."
        )


def flights_by_day(
    months: Iterable[int] | None = None, columns: Sequence[str] | None = None
) -> Iterator[tuple[date, pd.DataFrame]]:
    """Go through the flights day by day, in the order of the calendar.

    Parameters
    ----------
    months, columns
        As for :func:`flights`.

    Yields
    ------
    The day and its flights.

    Examples
    --------
    >>> day, frame = next(flights_by_day())
    >>> day.isoformat(), len(frame)
    ('2013-01-01', 842)
    """
    frame = flights(months)
    days = pd.to_datetime(frame[["year", "month", "day"]])
    for day, rows in frame.groupby(days.dt.date):
        yield day, rows[list(columns or frame.columns)].reset_index(drop=True)


def stream_flights(copies: int = 10, *, rows: int = 50_000) -> Iterator[pd.DataFrame]:
    """Go through the flights again and again, each time dated a year later, a chunk at a time.

    For volumes that do not fit in memory: only a chunk is there at once.  The first copy is real; in the
    others year and ``time_hour`` are moved and nothing else, so their weekdays are not true.

    Parameters
    ----------
    copies
        How many years, from 2013 on; 10 make 3.4 million rows.
    rows
        Rows a chunk at most.

    Yields
    ------
    Flights, with the columns of :func:`flights`.

    Examples
    --------
    >>> sum(len(chunk) for chunk in stream_flights(2))
    673552
    """
    for copy in range(copies):
        file = pq.ParquetFile(open_file("flights.parquet"))
        for batch in file.iter_batches(batch_size=rows):
            chunk = batch.to_pandas()
            moved = {"year": chunk["year"] + copy, "time_hour": chunk["time_hour"] + pd.DateOffset(years=copy)}
            yield chunk.assign(**moved) if copy else chunk


def weather() -> pd.DataFrame:
    """Return the weather at the three airports, hour by hour in 2013.

    Returns
    -------
    One row an airport and hour: ``temp``, ``dewp`` in degrees Fahrenheit, ``humid`` percent, ``wind_dir``
    degrees, ``wind_speed``, ``wind_gust`` miles an hour, ``precip`` inches, ``pressure`` millibars, ``visib``
    miles, ``time_hour`` UTC.

    Examples
    --------
    >>> sorted(weather()["origin"].unique())
    ['EWR', 'JFK', 'LGA']
    """
    return pd.read_parquet(open_file("weather.parquet"))


def airports() -> pd.DataFrame:
    """Return the airports: ``faa`` code, ``name``, place, ``alt`` in feet, hours from UTC (``tz``).

    Examples
    --------
    >>> airports().set_index("faa").loc["SFO", "name"]
    'San Francisco Intl'
    """
    return pd.read_parquet(open_file("airports.parquet"))


def airlines() -> pd.DataFrame:
    """Return the airlines: ``carrier`` code and ``name``.

    Examples
    --------
    >>> len(airlines())
    16
    """
    return pd.read_csv(open_file("airlines.csv"))


def planes() -> pd.DataFrame:
    """Return the planes by ``tailnum``: year built, type, maker, model, engines, seats.

    Examples
    --------
    >>> planes().set_index("tailnum").loc["N14228", "manufacturer"]
    'BOEING'
    """
    return pd.read_parquet(open_file("planes.parquet"))
