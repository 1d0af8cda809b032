"""Charts in one style: a title that says what to see, axes with units, colors and markers for every eye.

For any other chart draw with matplotlib and hand the figure to :func:`picture`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from helpers._figure import MARKERS, color, describe, finish, label_bars, name_points, new_axes, picture, style
from helpers._picture import CLASS_COLORS, PALETTE, Picture

__all__ = ["CLASS_COLORS", "PALETTE", "areas", "bars", "lines", "picture", "style"]


def bars(
    frame: pd.DataFrame,
    x: str,
    y: str | Sequence[str],
    *,
    title: str,
    unit: str,
    stacked: bool = False,
    log: bool = False,
) -> Picture:
    """Draw bars, one group an ``x``; a single series carries its values as labels.

    Parameters
    ----------
    frame
        One row a group.
    x
        Column that names the groups.
    y
        Column of heights, or several: side by side, or stacked.
    title
        What to see, as a sentence.
    unit
        Unit of the heights, for example ``"dollars a month"``.
    stacked
        Pile several columns on each other.
    log
        Draw the heights on a logarithmic axis.

    Examples
    --------
    >>> bill = pd.DataFrame({"class": ["STANDARD", "GLACIER"], "usd": [2.3, 0.4]})
    >>> bars(bill, "class", "usd", title="The archive is cheaper", unit="dollars")
    Bar chart: The archive is cheaper. usd in dollars by class: STANDARD 2.3, GLACIER 0.4.
    """
    names = _names(y)
    with style():
        axes = new_axes(title, x, unit)
        places, floor = np.arange(len(frame)), np.zeros(len(frame))
        width = 0.7 if stacked else 0.7 / len(names)
        for number, name in enumerate(names):
            shift = 0.0 if stacked else (number - (len(names) - 1) / 2) * width
            heights = frame[name].to_numpy(dtype=float)
            drawn = axes.bar(places + shift, heights, width * 0.94, bottom=floor, label=name, color=color(number, name))
            if len(names) == 1:
                label_bars(axes, drawn, heights)
            floor = floor + heights * stacked
        axes.set_yscale("log" if log else "linear")
        _name_groups(axes, frame[x])
        return finish(axes, describe("Bar", title, frame, x, names, unit))


def lines(
    frame: pd.DataFrame,
    x: str,
    y: str | Sequence[str],
    *,
    title: str,
    unit: str,
    log: bool = False,
    log_x: bool = False,
) -> Picture:
    """Draw one line for each ``y`` column; each has its own color and marker.

    Parameters
    ----------
    frame
        One row a point, sorted by ``x``.
    x
        Column for the horizontal axis, numbers or times; name it with its unit.
    y
        Column, or several.
    title
        What to see, as a sentence.
    unit
        Unit of the vertical axis.
    log, log_x
        Whether the vertical axis is logarithmic, and whether the horizontal one is.

    Examples
    --------
    >>> growth = pd.DataFrame({"day": [0, 30], "GB": [1, 4]})
    >>> lines(growth, "day", "GB", title="The lake grows", unit="GB")
    Line chart: The lake grows. GB in GB by day: 0 1, 30 4.
    """
    names = _names(y)
    with style():
        axes = new_axes(title, x, unit)
        every = max(1, len(frame) // 12)
        for number, name in enumerate(names):
            look: Any = {"color": color(number, name), "marker": MARKERS[number % len(MARKERS)], "markevery": every}
            axes.plot(frame[x], frame[name], label=name, linewidth=2, **look)
        axes.set_yscale("log" if log else "linear")
        if log_x:
            axes.set_xscale("log")
        axes.margins(x=0.02)
        name_points(axes, frame[x])
        return finish(axes, describe("Line", title, frame, x, names, unit))


def areas(frame: pd.DataFrame, x: str, y: Sequence[str], *, title: str, unit: str) -> Picture:
    """Draw columns as layers on each other, for example bytes by storage class over days.

    Parameters
    ----------
    frame
        One row a point, sorted by ``x``.
    x
        Column for the horizontal axis.
    y
        Columns, lowest layer first.
    title
        What to see, as a sentence.
    unit
        Unit of the vertical axis.

    Examples
    --------
    >>> lake = pd.DataFrame({"day": [0, 30], "STANDARD": [4, 1], "GLACIER": [0, 3]})
    >>> areas(lake, "day", ["STANDARD", "GLACIER"], title="Data cools", unit="GB")
    Area chart: Data cools. STANDARD in GB by day: 0 4, 30 1. GLACIER in GB by day: 0 0, 30 3.
    """
    names = _names(y)
    with style():
        axes = new_axes(title, x, unit)
        colors = [color(*each) for each in enumerate(names)]
        layers = [frame[name].to_numpy(dtype=float) for name in names]
        axes.stackplot(frame[x], layers, labels=names, colors=colors, edgecolor="white", linewidth=0.8)
        axes.margins(x=0)
        return finish(axes, describe("Area", title, frame, x, names, unit), reverse=True)


def _names(y: str | Sequence[str]) -> list[str]:
    return [y] if isinstance(y, str) else list(y)


def _name_groups(axes: Axes, labels: pd.Series[Any]) -> None:
    texts = [str(label) for label in labels]
    slanted = sum(map(len, texts)) > 70
    axes.set_xticks(range(len(texts)), texts, rotation=30 if slanted else 0, ha="right" if slanted else "center")
