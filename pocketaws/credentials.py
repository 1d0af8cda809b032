"""The key pair of pocketaws, and the user's own credentials put out of reach.

While pocketaws runs in a process, botocore finds neither the profiles and configuration files of the user,
nor keys in the environment, nor the metadata address of a machine in the cloud.  So a forgotten profile
cannot turn a lesson into a bill.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping

__all__ = [
    "ACCESS_KEY",
    "ACCOUNT_ID",
    "REGION",
    "SECRET_KEY",
    "environment",
    "holder",
    "issue",
    "restore",
    "shield",
]

#: The key pair that clients of pocketaws sign with; whoever signs with another one is let in too,
#: but only signatures made with this pair, or with a key of an IAM user, can be checked.
ACCESS_KEY = "POCKETAWS0EXAMPLEKEY"
SECRET_KEY = "pocketaws-example-secret-not-a-secret"
ACCOUNT_ID = "123456789012"
REGION = "us-east-1"

#: What botocore (and the AWS CLI) could use to find somebody's real account or another endpoint.
_OUT_OF_REACH = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_BEARER_TOKEN_BEDROCK",
)


def environment(region: str = REGION) -> dict[str, str]:
    """Return the variables under which an AWS client talks to pocketaws and finds nothing else.

    Parameters
    ----------
    region
        The Region that clients use when they are not told one.

    Examples
    --------
    >>> environment()["AWS_EC2_METADATA_DISABLED"]
    'true'
    """
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # boto3 would send DynamoDB Streams to ACCOUNT.streams-ddb.REGION.amazonaws.com, which moto does not know.
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    }


#: Access key -> the work that it was given to.
_issued: dict[str, str] = {}


def issue(work: str, key: str | None = None) -> dict[str, str]:
    """Return the variables of a key pair that one process has and nobody can guess, so that its requests are known.

    Parameters
    ----------
    work
        What the process does, such as the id of a job's run.
    key
        The access key that it has already, a role's; by default a new one.

    Examples
    --------
    >>> holder(issue("jr_1")["AWS_ACCESS_KEY_ID"])
    'jr_1'
    """
    made = key or f"POCKETAWS{secrets.token_hex(6).upper()[:11]}"
    _issued[made] = work
    return {} if key else {"AWS_ACCESS_KEY_ID": made, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}


def holder(access_key: str) -> str:
    """Return the work that an access key was issued for; empty for every other key."""
    return _issued.get(access_key, "")


def shield(region: str = REGION) -> dict[str, str]:
    """Put the user's credentials out of reach; return the environment as it was, for :func:`restore`."""
    before = dict(os.environ)
    endpoints = [name for name in before if name.startswith("AWS_ENDPOINT_URL")]
    for name in (*_OUT_OF_REACH, *endpoints):
        os.environ.pop(name, None)
    os.environ.update(environment(region))
    return before


def restore(before: Mapping[str, str]) -> None:
    """Give the environment's AWS variables back as they were before :func:`shield`."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update({name: value for name, value in before.items() if name.startswith("AWS_")})
