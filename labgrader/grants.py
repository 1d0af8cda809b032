"""What a bucket's policy lets an account do, asked of the policy itself and not of its words."""

from __future__ import annotations

from pocketaws.engines.s3.errors import S3Error
from pocketaws.engines.s3.identity import ANONYMOUS, Caller
from pocketaws.engines.s3.policies import decide, read

__all__ = ["KEYS", "may"]

#: Keys that a policy is asked about, by their folder.
KEYS = {"reports/": ["reports/a.txt", "reports/2026/q1.csv"], "": ["raw/a.csv", "reports-of-others", "a"]}
_OF_OBJECTS = ("GetObject", "GetObjectVersion", "GetObjectAcl", "PutObject", "PutObjectAcl", "DeleteObject")
_OF_BUCKETS = ("ListBucket", "ListBucketVersions", "GetBucketPolicy", "PutBucketPolicy")


def may(policy: str, bucket: str, account: str) -> set[tuple[str, str]]:
    """Return what a policy allows an account, as pairs of an action and a key, "" for the bucket itself.

    Parameters
    ----------
    policy
        Its text.
    account
        Twelve digits; "" is somebody without an account.

    Examples
    --------
    >>> everybody = '{"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/raw/*"}'
    >>> sorted(may('{"Statement": [' + everybody + "]}", "b", ""))[0]
    ('s3:GetObject', 'raw/a.csv')
    """
    arn = f"arn:aws:iam::{account}:root"
    caller = Caller(arn, account) if account else ANONYMOUS
    context = {"aws:securetransport": ["true"]}
    context |= {"aws:principalaccount": [account], "aws:principalarn": [arn]} if account else {}
    tried = [(f"s3:{action}", key) for action in _OF_OBJECTS for keys in KEYS.values() for key in keys]
    tried += [(f"s3:{action}", "") for action in _OF_BUCKETS]
    try:
        read_policy = read(policy, bucket)
    except S3Error:  # there is none
        return set()
    place = f"arn:aws:s3:::{bucket}"
    return {
        (action, key)
        for action, key in tried
        if decide(read_policy, caller, action, f"{place}/{key}" if key else place, context) == "Allow"
    }
