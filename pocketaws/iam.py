"""The switch that turns on IAM: off, every request is allowed; on, policies decide, as on AWS."""

from __future__ import annotations

import sys

from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin

__all__ = ["enforce", "is_enforced"]


def enforce(wanted: bool) -> None:
    """Enforce the policies of IAM users and roles from the next request on, or stop enforcing them.

    The key pair of pocketaws itself is nobody's, so it is refused while policies are enforced; make a
    user with an access key first.

    Parameters
    ----------
    wanted
        Whether requests need a policy that allows them.
    """
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0 if wanted else sys.maxsize
    ActionAuthenticatorMixin.request_count = 0


def is_enforced() -> bool:
    """Whether policies decide."""
    return bool(settings.INITIAL_NO_AUTH_ACTION_COUNT == 0)
