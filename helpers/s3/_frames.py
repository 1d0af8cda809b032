"""DataFrames in S3: whole files in one request."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.s3._objects import get_object, put_object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["read_csv", "read_parquet", "write_parquet"]


def read_csv(bucket: str, key: str, *, client: S3Client | None = None) -> pd.DataFrame:
    r"""Read a CSV object; a key that ends with ``.gz`` is unpacked.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object, for example ``"raw/flights.csv.gz"``.
    client
        S3 client; by default the session's.

    Raises
    ------
    BucketNotFound, ObjectNotFound, ObjectArchived
        As for :func:`helpers.s3.get_object`.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos")
    >>> _ = s3.put_object(bucket, "ferries.csv", "name,deck\nAlcatraz,2\n")
    >>> read_csv(bucket, "ferries.csv")
           name  deck
    0  Alcatraz     2
    """
    content = io.BytesIO(get_object(bucket, key, client=client))
    return pd.read_csv(content, compression="gzip" if key.endswith(".gz") else None)


def read_parquet(bucket: str, key: str, *, client: S3Client | None = None) -> pd.DataFrame:
    """Read a Parquet object, the whole of it.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object.
    client
        S3 client; by default the session's.

    Raises
    ------
    BucketNotFound, ObjectNotFound, ObjectArchived
        As for :func:`helpers.s3.get_object`.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos")
    >>> key = write_parquet(bucket, "ferries.parquet", pd.DataFrame({"name": ["Alcatraz"], "deck": [2]}))
    >>> read_parquet(bucket, key)
           name  deck
    0  Alcatraz     2
    """
    return pd.read_parquet(io.BytesIO(get_object(bucket, key, client=client)))


def write_parquet(bucket: str, key: str, frame: pd.DataFrame, *, client: S3Client | None = None) -> str:
    """Write a DataFrame as one Parquet object, compressed with zstd, without its index.

    Parameters
    ----------
    bucket
        Name of the bucket.
    key
        Name of the object, for example ``"clean/2013/01.parquet"``.
    frame
        The rows.
    client
        S3 client; by default the session's.

    Returns
    -------
    The key.

    Raises
    ------
    BucketNotFound
        There is no such bucket.

    Examples
    --------
    >>> from helpers import s3
    >>> bucket = s3.create_bucket("harbor-photos")
    >>> write_parquet(bucket, "ferries.parquet", pd.DataFrame({"name": ["Alcatraz"], "deck": [2]}))
    'ferries.parquet'
    """
    content = io.BytesIO()
    # Without pandas' and Arrow's own notes, so that the file depends on the rows alone.
    rows = pa.RecordBatchReader.from_stream(frame.reset_index(drop=True))
    table = rows.read_all().replace_schema_metadata(None)
    pq.write_table(table, content, compression="zstd", store_schema=False)
    return put_object(bucket, key, content.getvalue(), client=client)
