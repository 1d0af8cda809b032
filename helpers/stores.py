"""Which kind of store for which need: AWS's storage services by kind and place, styles of databases by question."""

from __future__ import annotations

from importlib.resources import files

import pandas as pd

__all__ = ["access_patterns", "storage_services"]


def storage_services() -> pd.DataFrame:
    """Return where AWS keeps blocks, files and objects.

    Returns
    -------
    One row a kind (``block``, ``file``, ``object``), one column a place; cells name services, with their state in
    November 2026.  Sources stand in the data file, ``helpers/data/storage_services.csv``.

    Examples
    --------
    >>> storage_services().loc["block", "one Availability Zone"]
    'EBS: a disk that outlives the machine'
    """
    rows = _read("storage_services.csv")
    places = rows["place"].drop_duplicates().tolist()
    return rows.pivot(index="kind", columns="place", values="service")[places].fillna("").rename_axis(None, axis=1)


def access_patterns() -> pd.DataFrame:
    """Return how well styles of databases serve questions.

    Returns
    -------
    One row a question, one column a style: 2 made for it, 1 can do it, 0 neither.

    Examples
    --------
    >>> access_patterns().loc["one sum over millions"].idxmax()
    'columnar'
    """
    return _read("access_patterns.csv").set_index("pattern")


def _read(name: str) -> pd.DataFrame:
    with (files("helpers.data") / name).open("rb") as file:
        return pd.read_csv(file)
