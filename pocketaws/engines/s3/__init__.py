"""S3: what moto only pretends, done.

``install()`` changes these classes and functions of moto:

- ``moto.s3.responses.S3Response``: replaced by :class:`pocketaws.engines.s3.endpoint.Endpoint`, its subclass;
- ``moto.s3.models.S3Backend``: ``create_bucket``, ``put_object``, ``delete_object``, ``delete_bucket``,
  ``create_multipart_upload``, ``get_cloudwatch_metrics`` (see ``store.py``);
- ``moto.s3.models.FakeBucket.get_permission``: always "permitted", since our gate decides;
- ``moto.s3.models.FakeKey.status``: always "RESTORED", since ``restore.py`` decides;
- ``moto.s3.models.MultipartChecksumBuilder``: computes nothing, since ``multipart.py`` does;
- ``compute_checksum`` in moto's modules: the right CRC32C and CRC64NVME;
- ``quote_plus`` in ``moto.s3.notifications``: leaves slashes in keys, as AWS does;
- ``_get_s3_event`` in ``moto.s3.notifications``: events carry a sequencer (see ``events.py``);
- ``datetime`` in ``moto.s3.models``: the clock's.

What every module does stands in its first line; ``endpoint.py`` shows how a request passes through them.
"""

from __future__ import annotations

from typing import Any

__all__ = ["install", "is_archived", "refusal"]


def install() -> None:
    """Put the engine into moto; once a process."""
    from functools import partial
    from urllib.parse import quote_plus

    import moto.s3.models as models
    import moto.s3.notifications as notifications
    import moto.s3.responses as responses
    from moto.iam.access_control import PermissionResult

    from pocketaws import mototime
    from pocketaws.engines.s3 import checksums, events, store
    from pocketaws.engines.s3.endpoint import Endpoint

    store.install()
    models.FakeBucket.get_permission = lambda self, action, resource: PermissionResult.PERMITTED
    models.FakeKey.status = property(lambda self: "RESTORED", lambda self, value: None)
    models.MultipartChecksumBuilder.addPart = lambda self, part: None
    models.MultipartChecksumBuilder.build = lambda self: None
    models.compute_checksum = responses.compute_checksum = checksums.compute
    notifications.quote_plus = partial(quote_plus, safe="/")
    notifications._get_s3_event = events.in_sequence(notifications._get_s3_event)
    mototime.use_clock(models)
    responses.S3Response = Endpoint


def is_archived(stored: Any) -> bool:
    """Whether an object (moto's ``FakeKey``) can be read only after a restore; for engines that read objects."""
    from pocketaws import clock
    from pocketaws.engines.s3.state import of_object

    if stored.storage_class not in ("GLACIER", "DEEP_ARCHIVE"):
        return False
    restore = of_object(stored).restore
    return restore is None or restore.expires is None or restore.expires <= clock.now()


def refusal(access_key: str, account: str, action: str, arn: str, *, service: str) -> str | None:
    """Return AWS's words when a bucket's policy denies what a service does for the holder of a key, else None.

    Parameters
    ----------
    access_key, account
        Whose key, and the account of keys that are nobody's.
    action, arn
        For example ``s3:GetObject`` on ``arn:aws:s3:::bucket/key``.
    service
        Which service does it, for example ``athena.amazonaws.com``.
    """
    from pocketaws.engines.s3 import access, identity

    return access.refusal_by_bucket(identity.lookup(access_key, account), action, arn, service)
