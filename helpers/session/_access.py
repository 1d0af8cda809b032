"""Who may do what: the opt-in for a real account, tags on what is created, a user under a policy."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import boto3

from helpers.errors import OptInMissing

__all__ = [
    "User",
    "check_account",
    "check_opt_in",
    "create_user",
    "delete_user",
    "price_estimate",
    "read_policy",
    "tag_everything",
]

TAG = "aws-storage-course"

#: How a creating operation takes tags: parameter, and whether tags are a list of pairs or a mapping.
_TAGGED = {
    "s3.CreateBucket": ("CreateBucketConfiguration.Tags", list),
    "dynamodb.CreateTable": ("Tags", list),
    "sqs.CreateQueue": ("tags", dict),
    "sns.CreateTopic": ("Tags", list),
    "iam.CreateUser": ("Tags", list),
    "iam.CreateRole": ("Tags", list),
    "events.PutRule": ("Tags", list),
    "lambda.CreateFunction": ("Tags", dict),
}


@dataclass(frozen=True)
class User:
    """An IAM user made for one block of code."""

    name: str
    access_key: str
    secret_key: str
    enforced_before: bool


def check_opt_in(account: str) -> None:
    """Refuse a real account unless it was asked for in both places."""
    if os.environ.get("COURSE_AWS") != "yes":
        raise OptInMissing('backend="aws" costs money: set COURSE_AWS=yes in the environment to allow it.')
    if not (account.isdigit() and len(account) == 12):
        raise OptInMissing('backend="aws" needs your 12-digit account id in the parameters cell: account = "...".')


def check_account(typed: str, real: str) -> None:
    """Refuse an account other than the one that was typed."""
    if typed != real:
        raise OptInMissing(f"Your credentials belong to account {real}, but the parameters cell says {typed}.")


def price_estimate(lesson: str) -> str:
    """Return what a lesson was measured to cost, in words."""
    measured = json.loads((files("helpers") / "data" / "lesson_costs.json").read_text())
    if lesson not in measured:
        return "no price estimate for this lesson"
    least = f"at least ${measured[lesson]:.4f} in requests, list price"
    return f"this lesson costs {least}; storage and what runs by itself come on top"


def tag_everything(session: boto3.session.Session, lesson: str) -> None:
    """Tag whatever the session creates from now on with the course's tag."""
    for operation, (parameter, form) in _TAGGED.items():
        service, name = operation.split(".")

        def add(params: dict[str, Any], parameter: str = parameter, form: type = form, **_: Any) -> None:
            *outer, last = parameter.split(".")
            for word in outer:
                params = params.setdefault(word, {})
            value = lesson or "lesson"
            if form is dict:
                params.setdefault(last, {}).setdefault(TAG, value)
            else:
                params.setdefault(last, []).append({"Key": TAG, "Value": value})

        session.events.register(f"provide-client-params.{service}.{name}", add)


def read_policy(path: str) -> dict[str, Any]:
    """Read an IAM policy document from a file."""
    document: dict[str, Any] = json.loads(Path(path).read_text())
    return document


def create_user(iam: Any, policy: dict[str, Any], *, enforced_before: bool) -> User:
    """Create an IAM user with one inline policy and an access key."""
    number = len(iam.list_users()["Users"]) + 1
    name = f"{TAG}-{number}"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="only-this", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return User(name, key["AccessKeyId"], key["SecretAccessKey"], enforced_before)


def delete_user(iam: Any, user: User) -> None:
    """Delete a user made by :func:`create_user`, key and policy first."""
    iam.delete_access_key(UserName=user.name, AccessKeyId=user.access_key)
    iam.delete_user_policy(UserName=user.name, PolicyName="only-this")
    iam.delete_user(UserName=user.name)
