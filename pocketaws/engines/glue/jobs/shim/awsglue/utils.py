"""Arguments of a job.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-get-resolved-options.html
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import NoReturn

__all__ = ["GlueArgumentError", "getResolvedOptions"]


class GlueArgumentError(Exception):
    """An argument that the script needs and the job does not give."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Iterable[str]) -> dict[str, str]:
    """Return the named arguments of a job, and its bookmark option.

    Parameters
    ----------
    args
        ``sys.argv``.
    options
        Names without ``--``; each is required.

    Raises
    ------
    GlueArgumentError
        One is missing.

    Examples
    --------
    >>> getResolvedOptions(["job.py", "--day", "2026-11-02"], ["day"])["day"]
    '2026-11-02'
    """
    parser = _Parser(allow_abbrev=False, add_help=False)
    parser.add_argument("--job-bookmark-option", default="job-bookmark-disable")
    parser.add_argument("--TempDir")
    for name in set(options) - {"job-bookmark-option", "TempDir"}:
        parser.add_argument(f"--{name}", dest=name, required=True)
    found = vars(parser.parse_known_args(list(args)[1:])[0])
    return {name: value for name, value in found.items() if value is not None}
