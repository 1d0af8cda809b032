"""Figures of matplotlib in the course's style, turned into pictures with a text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from math import ceil
from typing import Any

import matplotlib as mpl
import pandas as pd
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure

from helpers._picture import CLASS_COLORS, PALETTE, Picture

__all__ = ["MARKERS", "color", "describe", "finish", "label_bars", "name_points", "new_axes", "picture", "style"]

INK, SOFT = "#1F2933", "#CBD2D9"
MARKERS = "os^Dv*XP"
#: How many letters stand side by side below a chart.
LETTERS = 80
STYLE: Any = {
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 14,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "figure.facecolor": "white",
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "grid.color": "#E4E7EB",
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "aws-storage-course",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw what the block draws in the course's style."""
    with mpl.rc_context(STYLE):
        yield


def picture(figure: Any, alt: str) -> Picture:
    """Turn a matplotlib figure into a picture with a text for those who do not see it.

    Parameters
    ----------
    figure
        A matplotlib figure.
    alt
        What is on it, in one to three sentences.
    """
    text = io.StringIO()
    with style():
        figure.savefig(text, format="svg", bbox_inches="tight", pad_inches=0.15, metadata={"Date": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    label = f'<svg role="img" aria-label="{escape(alt)}"'
    head, _, body = svg.replace("<svg", label, 1).partition(">")
    return Picture(f"{head}>\n <title>{escape(alt)}</title>{body}", alt)


def new_axes(title: str, x: str, unit: str) -> Axes:
    """Return empty axes with a title, names and a grid."""
    axes: Axes = Figure(figsize=(8, 4)).subplots()
    axes.set_title(title)
    axes.set_xlabel(x.replace("_", " "))
    axes.set_ylabel(unit)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    return axes


def finish(axes: Axes, alt: str, *, reverse: bool = False) -> Picture:
    """Add a legend beside the chart if there is more than one series, and make the picture."""
    handles, labels = axes.get_legend_handles_labels()
    if len(labels) > 1:
        step = -1 if reverse else 1
        axes.legend(handles[::step], labels[::step], loc="upper left", bbox_to_anchor=(1.01, 1))
    return picture(axes.get_figure(), alt)


def label_bars(axes: Axes, bars: Any, heights: Iterable[float]) -> None:
    """Write the height of each bar on it, with room below the title."""
    axes.bar_label(bars, [f"{height:,.4g}" for height in heights], padding=3)
    axes.margins(y=0.12)


def name_points(axes: Axes, places: pd.Series[Any]) -> None:
    """Write days short on a horizontal axis, months for many of them, and as many words as there is room for."""
    are_days = pd.api.types.is_datetime64_any_dtype(places)
    if are_days and places.iloc[-1] - places.iloc[0] > pd.Timedelta(days=60):
        short: Any = ConciseDateFormatter
        axes.xaxis.set_major_formatter(short(axes.xaxis.get_major_locator()))
    elif are_days or not pd.api.types.is_numeric_dtype(places):
        words = (places.dt.strftime("%d %b") if are_days else places.map(str)).tolist()
        every = ceil(len(words) * (max(map(len, words)) + 2) / LETTERS)
        axes.set_xticks((places if are_days else pd.Series(range(len(words)))).iloc[::every], words[::every])


def color(number: int, name: str) -> str:
    """Return the color of a series; a storage class has the same one in every picture."""
    return CLASS_COLORS.get(name, PALETTE[number % len(PALETTE)])


def describe(kind: str, title: str, frame: pd.DataFrame, x: str, names: Sequence[str], unit: str) -> str:
    """Put a chart into words: its points if they are few, else first, last, lowest and highest."""
    parts = [f"{kind} chart: {title.rstrip('.')}."]
    for name in names:
        values = list(zip(frame[x].map(_place), frame[name].map("{:,.4g}".format), strict=True))
        if len(values) <= 12:
            told = ", ".join(f"{place} {value}" for place, value in values)
        else:
            low, high = frame[name].min(), frame[name].max()
            told = f"from {values[0][1]} at {values[0][0]} to {values[-1][1]} at {values[-1][0]}, "
            told += f"lowest {low:,.4g}, highest {high:,.4g}"
        parts.append(f"{name} in {unit} by {x}: {told}.")
    return " ".join(parts)


def _place(value: object) -> str:
    """Name a place on the horizontal axis; a day without its midnight."""
    return str(value).removesuffix(" 00:00:00")
