"""Amazon Data Firehose: buffers by size and time, delivery to S3, conversion to Parquet, Kinesis as a source.

What :func:`install` changes in moto: ``moto.firehose.models.FirehoseBackend``, whose ``create_delivery_stream`` and
``update_destination`` check what is asked, whose ``put_record_batch``, ``put_record`` and ``put_s3_records`` (which
CloudWatch Logs calls) fill our buffers, and whose ``delete_delivery_stream`` forgets them.
"""

from __future__ import annotations

__all__ = ["install"]


def install() -> None:
    """Put this engine behind moto's Firehose."""
    from pocketaws.engines import install as install_service
    from pocketaws.engines.firehose import backend, source

    install_service("kinesis")
    backend.install()
    source.install()
