"""Every AWS call made in a block: what it touched, how many bytes moved, what it would cost.

>>> from helpers import session
>>> with calls() as seen:
...     _ = session.client("s3").create_bucket(Bucket="trace-demo")
>>> seen.table()[["operation", "resource", "units"]].values.tolist()
[['CreateBucket', 'trace-demo', '1 PUT']]

In a notebook, ``%load_ext helpers.trace`` once and ``%%trace`` as the first line of a cell do the same and
show the summary below the cell's result.  It works by listening to the events of boto3, so it sees the calls of every
library that uses the session, and changes none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from helpers.trace import _watch
from helpers.trace._created import Created
from helpers.trace._magic import load_ipython_extension
from helpers.trace._record import Call, Trace
from helpers.trace._watch import watch

__all__ = ["Call", "Created", "Trace", "calls", "ledger", "load_ipython_extension", "policy", "start_ledger", "watch"]


@contextmanager
def calls() -> Iterator[Trace]:
    """Collect the AWS calls made while the block runs; blocks may be nested.

    Examples
    --------
    >>> with calls() as seen:
    ...     pass
    >>> len(seen), seen.dollars
    (0, 0.0)
    """
    seen = Trace()
    _watch.listeners.append(seen)
    try:
        yield seen
    finally:
        # By identity: two empty traces are equal.
        _watch.listeners[:] = [each for each in _watch.listeners if each is not seen]


def ledger() -> Trace:
    """Return everything since the session started."""
    return _watch.ledger


def start_ledger() -> Trace:
    """Begin an empty ledger; ``session.start`` does it."""
    _watch.ledger = Trace()
    return _watch.ledger


def policy() -> dict[str, Any]:
    """Return the smallest IAM policy under which all calls of this session would be allowed.

    Examples
    --------
    >>> policy()["Version"]
    '2012-10-17'
    """
    return ledger().policy()
