"""The credentials of a role, for the processes that work in its name.

While policies are enforced such a process may do what its role's policies allow, as on AWS.  Otherwise it uses the key
pair of pocketaws, as everybody does.
"""

from __future__ import annotations

from pocketaws import calls, iam

__all__ = ["environment", "is_asked"]


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
    wanted = {"RoleArn": role, "RoleSessionName": "pocketaws"}
    keys = calls.call("sts", "AssumeRole", wanted, region=region, account=account)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
