"""With whose rights a query reads and writes: those of its caller, as on AWS; not with rights of Athena's own.

The caller's own policies decide while they are enforced; what a bucket's policy denies is denied always.

Source: https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from pocketaws import iam
from pocketaws.engines.athena.errors import USER, QueryFailed

__all__ = ["UNLIMITED", "Rights", "acting", "current"]

_S3 = "arn:aws:s3:::"
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")


class Rights:
    """What a caller may do.

    Parameters
    ----------
    access_key, account
        The caller's key, of which policies of buckets speak; without one everything is allowed.
    holder
        moto's access key of the caller, whose own policies decide while they are enforced.
    """

    def __init__(self, access_key: str | None = None, account: str = "", holder: Any = None) -> None:
        self._access_key, self._account, self._holder = access_key, account, holder
        self._known: dict[tuple[str, str], str | None] = {}

    def afresh(self) -> Rights:
        """Return the same caller's rights as policies are now; answers are remembered until the end of one query."""
        return Rights(self._access_key, self._account, self._holder)

    def refusal(self, action: str, resource: str) -> str | None:
        """Return AWS's words for an action that is not allowed, None for one that is."""
        if self._access_key is None:
            return None
        if (action, resource) not in self._known:
            self._known[action, resource] = self._ask(action, resource)
        return self._known[action, resource]

    @cached_property
    def _policies(self) -> list[Any]:
        from moto.iam.access_control import IAMPolicy

        return [IAMPolicy(policy) for policy in self._holder.collect_policies()]

    def _ask(self, action: str, resource: str) -> str | None:
        from pocketaws.engines import s3

        if why := self._why_not(action, resource):
            return f"User: {self._holder.arn} is not authorized to perform: {action} on resource: {resource} {why}"
        if not (self._access_key and resource.startswith(_S3)):
            return None
        return s3.refusal(self._access_key, self._account, action, resource, service="athena.amazonaws.com")

    def _why_not(self, action: str, resource: str) -> str | None:
        """Return why the caller's own policies do not allow an action, None where they do."""
        if self._holder is None or not iam.is_enforced():
            return None
        from moto.iam.access_control import PermissionResult

        found = {policy.is_action_permitted(action, resource) for policy in self._policies}
        if PermissionResult.DENIED in found:
            return "with an explicit deny in an identity-based policy"
        if PermissionResult.PERMITTED not in found:
            return f"because no identity-based policy allows the {action} action"
        return None

    def require_in_catalog(self, action: str, *resources: str) -> None:
        """Refuse an action of Glue unless it is allowed on all that it touches: the catalog, the database, the table.

        Raises
        ------
        QueryFailed
            It is not allowed.
        """
        for resource in resources:
            if told := self.refusal(action, resource):
                service = "(Service: AmazonDataCatalog; Status Code: 400; Error Code: AccessDeniedException)"
                raise QueryFailed(f"{told} {service}", USER)

    def require_in_s3(self, action: str, bucket: str, key: str | None = None) -> None:
        """Refuse an action of S3 on a bucket or an object unless it is allowed.

        Raises
        ------
        QueryFailed
            It is not allowed.
        """
        resource = f"{_S3}{bucket}" if key is None else f"{_S3}{bucket}/{key}"
        if told := self.refusal(action, resource):
            service = "(Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)"
            raise QueryFailed(f"PERMISSION_DENIED: {told} {service}", USER)


UNLIMITED = Rights()
_acting: ContextVar[Rights] = ContextVar("athena_rights", default=UNLIMITED)


def current() -> Rights:
    """Return the rights of whoever makes the request that is being answered."""
    return _acting.get()


@contextmanager
def acting(handler: Any) -> Iterator[None]:
    """Answer a request with the rights of its caller."""
    token = _acting.set(_of(handler))
    try:
        yield
    finally:
        _acting.reset(token)


def _of(handler: Any) -> Rights:
    """Return the rights of a request's caller, whose signature has been checked."""
    found = _CREDENTIAL.search(handler.headers.get("Authorization") or "")
    if iam.is_trusted() or found is None:
        return UNLIMITED
    from moto.iam.access_control import create_access_key

    account, holder = handler.current_account, None
    if iam.is_enforced():
        holder = create_access_key(account, handler.partition, found[1], handler.headers)
    return Rights(found[1], account, holder)
