"""California's municipal police departments, the case study of lesson 3.9."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta, timezone

import pandas as pd

from helpers.data._files import open_file

__all__ = ["departments"]

#: The one record of the old lesson; its guid and time are the lesson's own.
HOLLISTER = "Hollister"
HOLLISTER_GUID = "7e607b82-9e18-49dc-a9d7-e9628a9147ad"
HOLLISTER_UPDATED = datetime(2018, 3, 2, 12, 43, 43, tzinfo=timezone.utc)
FIRST_UPDATE = datetime(2016, 1, 1, tzinfo=timezone.utc)
SECONDS = 3 * 365 * 24 * 3600


def departments(seed: int | str = 0) -> pd.DataFrame:
    """Return the 329 municipal police departments of California, snapshot 2023, as items for a table.

    Names and counties are real.  A guid is made from the name (UUID version 5).  **The update times are
    generated**, from the seed, between 2016 and 2018; only Hollister's is the one of the old lesson.

    Parameters
    ----------
    seed
        Another seed gives other update times, nothing else.

    Returns
    -------
    Columns ``guid``, ``PoliceDepartmentName`` (without the words "Police Department"), ``county``,
    ``UpdateTime`` (as C's ``ctime`` writes it, which does not sort) and ``updated_at`` (the same time in
    ISO 8601, UTC, which does).

    Raises
    ------
    DataFileBroken
        The packaged file is not as it was shipped.

    Examples
    --------
    >>> departments().set_index("PoliceDepartmentName").loc["Hollister", "UpdateTime"]
    'Fri Mar  2 12:43:43 2018'
    """
    listed = pd.read_csv(open_file("california_police_departments.csv"))
    kept = listed[listed["kind"] == "municipal"]
    rows = [
        (_guid(name), name, county, updated.ctime(), f"{updated:%Y-%m-%dT%H:%M:%SZ}")
        for name, county in zip(kept["name"], kept["county"], strict=True)
        for updated in [_updated(name, seed)]
    ]
    return pd.DataFrame(rows, columns=["guid", "PoliceDepartmentName", "county", "UpdateTime", "updated_at"])


def _guid(name: str) -> str:
    return HOLLISTER_GUID if name == HOLLISTER else str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def _updated(name: str, seed: int | str) -> datetime:
    if name == HOLLISTER:
        return HOLLISTER_UPDATED
    return FIRST_UPDATE + timedelta(seconds=random.Random(f"{seed}/{name}").randrange(SECONDS))
