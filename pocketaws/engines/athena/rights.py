"""With whose rights a query reads and writes: those of its caller, as on AWS; not with rights of Athena's own.

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

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/")


class Rights:
    """What a caller may do.

    Parameters
    ----------
    caller
        moto's access key, of a user or of a session of a role; None may do everything.
    """

    def __init__(self, caller: Any = None) -> None:
        self._caller = caller
        self._known: dict[tuple[str, str], str | None] = {}

    def refusal(self, action: str, resource: str) -> str | None:
        """Return AWS's words for an action that is not allowed, None for one that is."""
        if self._caller is None or not iam.is_enforced():
            return None
        if (action, resource) not in self._known:
            self._known[action, resource] = self._ask(action, resource)
        return self._known[action, resource]

    @cached_property
    def _policies(self) -> list[Any]:
        from moto.iam.access_control import IAMPolicy

        return [IAMPolicy(policy) for policy in self._caller.collect_policies()]

    def _ask(self, action: str, resource: str) -> str | None:
        from moto.iam.access_control import PermissionResult

        found = {policy.is_action_permitted(action, resource) for policy in self._policies}
        if PermissionResult.DENIED in found:
            why = "with an explicit deny in an identity-based policy"
        elif PermissionResult.PERMITTED not in found:
            why = f"because no identity-based policy allows the {action} action"
        else:
            return None
        return f"User: {self._caller.arn} is not authorized to perform: {action} on resource: {resource} {why}"

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
        resource = f"arn:aws:s3:::{bucket}" if key is None else f"arn:aws:s3:::{bucket}/{key}"
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
    if not iam.is_enforced() or iam.is_trusted() or found is None:
        return UNLIMITED
    from moto.iam.access_control import create_access_key

    return Rights(create_access_key(handler.current_account, handler.partition, found[1], handler.headers))
