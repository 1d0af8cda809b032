"""The rights of a role, for the processes and services that work in its name.

While policies are enforced they may do what the role's policies allow, as on AWS.  Otherwise they use the key pair of
pocketaws, as everybody does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pocketaws import calls, iam

__all__ = ["client", "environment", "is_asked", "missing"]


def is_asked() -> bool:
    """Whether the policies of roles decide."""
    return iam.is_enforced()


def environment(role: str | None, region: str, account: str) -> dict[str, str]:
    """Return the variables that hold a role's credentials; none while policies are not enforced.

    Parameters
    ----------
    role
        Its ARN.
    region, account
        Where the process works.
    """
    if not (role and is_asked()):
        return {}
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return dict(zip(names, _keys(role, region, account), strict=True))


def client(service: str, role: str, region: str, account: str) -> Any:
    """Return a client that acts in the name of a role; of pocketaws itself while policies are not enforced.

    Parameters
    ----------
    service
        boto3's name of it.
    role
        Its ARN.
    region, account
        Where the client works.
    """
    if not is_asked():
        return calls.client(service, region, account)
    return calls.make_client(service, region, account, _keys(role, region, account))


def missing(role: str, actions: Iterable[str], resource: str) -> str | None:
    """Return the first of some actions that a role may not do; None if it may do all, or policies are not enforced.

    Parameters
    ----------
    role
        Its ARN.
    actions
        As policies name them, for example ``"sqs:ReceiveMessage"``.
    resource
        The ARN of what is acted on.
    """
    if not is_asked():
        return None
    return next((action for action in actions if not iam.allows(role, action, resource)), None)


def _keys(role: str, region: str, account: str) -> tuple[str, ...]:
    wanted = {"RoleArn": role, "RoleSessionName": "pocketaws"}
    keys = calls.call("sts", "AssumeRole", wanted, region=region, account=account)["Credentials"]
    return keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
