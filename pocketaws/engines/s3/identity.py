"""Who makes a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from pocketaws import credentials

__all__ = ["ANONYMOUS", "Caller", "caller_of", "lookup"]

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/|^AWS ([^:]+):")


@dataclass(frozen=True)
class Caller:
    """Who makes a request; without an ARN: anybody.

    Parameters
    ----------
    arn, account
        Of the principal; None for an anonymous request.
    access_key, secret
        The secret is None when pocketaws does not know the key; its signatures cannot be checked then.
    role
        The role's ARN, for a session of a role.
    """

    arn: str | None = None
    account: str | None = None
    access_key: str | None = None
    secret: str | None = None
    role: str | None = None

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody signed the request."""
        return self.arn is None

    @property
    def is_root(self) -> bool:
        """Whether the account itself calls, not a user or role in it."""
        return self.arn is not None and self.arn.endswith(":root")


ANONYMOUS = Caller()


def caller_of(headers: Mapping[str, str], query: Mapping[str, str], account: str) -> Caller:
    """Return who signed a request, by its header or its query.

    Parameters
    ----------
    headers, query
        Of the request.
    account
        The account of keys that pocketaws does not know.
    """
    found = _CREDENTIAL.search(headers.get("Authorization") or "")
    key = (found.group(1) or found.group(2)) if found else None
    key = key or query.get("X-Amz-Credential", "").split("/")[0] or query.get("AWSAccessKeyId")
    return lookup(key, account) if key else ANONYMOUS


def lookup(access_key: str, account: str) -> Caller:
    """Return whose access key this is; a key that nobody has stands for the account itself."""
    if access_key != credentials.ACCESS_KEY:
        for owner, partitions in list(iam_backends.items()):
            user_key = partitions["aws"].access_keys.get(access_key)
            if user_key is not None and user_key.user_name:
                arn = f"arn:aws:iam::{owner}:user/{user_key.user_name}"
                return Caller(arn, owner, access_key, user_key.secret_access_key)
        for owner, partitions in list(sts_backends.items()):
            for session in partitions["aws"].assumed_roles:
                if session.access_key_id == access_key:
                    return Caller(session.arn, owner, access_key, session.secret_access_key, session.role_arn)
    is_ours = access_key == credentials.ACCESS_KEY or credentials.holder(access_key)
    secret = credentials.SECRET_KEY if is_ours else None
    return Caller(f"arn:aws:iam::{account}:root", account, access_key, secret)
