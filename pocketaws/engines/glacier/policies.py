"""Access policies and lock policies of vaults: read, and what they deny is refused.

Sources: https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html,
https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-lock-policy.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pocketaws import clock
from pocketaws.engines.glacier.call import Answer, Call
from pocketaws.engines.glacier.errors import denied, invalid, missing, not_found
from pocketaws.engines.glacier.state import Vault
from pocketaws.engines.s3 import conditions, identity

__all__ = ["OPERATIONS", "check", "read"]

_MOST_BYTES = 20 * 1024
_ACTION = re.compile(r"\*|glacier:[\w*?]+", re.IGNORECASE)
_as_list, _like = conditions.as_list, conditions.like


def read(text: Any, arn: str) -> str:
    """Return the text of a valid policy.

    Raises
    ------
    GlacierError
        MissingParameterValueException or InvalidParameterValueException.
    """
    if not text:
        raise missing("Required parameter missing: policy")
    if len(str(text).encode()) > _MOST_BYTES:
        raise invalid("Invalid policy document: at most 20 KB.")
    try:
        statements = _as_list(json.loads(text)["Statement"])
        wrong = next(filter(None, (_mistake(statement, arn) for statement in statements)), "")
    except (ValueError, KeyError, TypeError, AttributeError):
        wrong = "it is no policy in JSON"
    if wrong:
        raise invalid(f"Invalid policy document: {wrong}.")
    return str(text)


def _mistake(statement: Mapping[str, Any], arn: str) -> str:
    if statement.get("Effect") not in ("Allow", "Deny"):
        return "Effect is Allow or Deny"
    for name in ("Principal", "Action", "Resource"):
        if (name in statement) == (f"Not{name}" in statement):
            return f"a statement has {name} or Not{name}"
    actions = _as_list(statement.get("Action", statement.get("NotAction")))
    if not all(_ACTION.fullmatch(str(action)) for action in actions):
        return "its actions are Glacier's"
    if not all(each == "*" or _like(each, arn) for each in _as_list(statement.get("Resource", arn))):
        return f"its resource is the vault, {arn}"
    if unknown := {conditions.base_operator(each) for each in statement.get("Condition", {})} - conditions.OPERATORS:
        return f"there is no condition {min(unknown)}"
    return ""


def check(call: Call, vault: Vault) -> None:
    """Refuse what the vault's lock, complete or on trial, or its access policy denies; AccessDeniedException."""
    lock = vault.lock.policy if vault.lock else None
    caller = identity.caller_of(call.headers, {}, call.state.account)
    context = _context(call, vault, caller)
    for kind, text in (("vault lock", lock), ("vault access", vault.access_policy)):
        statements = _as_list(json.loads(text)["Statement"]) if text else []
        if any(s["Effect"] == "Deny" and _speaks_of(s, call, vault.arn, caller, context) for s in statements):
            who = f"User: {caller.arn} is not authorized to perform: glacier:{call.operation}"
            raise denied(f"{who} on resource: {vault.arn} with an explicit deny in a {kind} policy")


def _context(call: Call, vault: Vault, caller: identity.Caller) -> dict[str, list[str]]:
    context = {"aws:currenttime": [clock.now().isoformat()], "aws:securetransport": ["true"]}
    context |= {f"glacier:resourcetag/{key.lower()}": [value] for key, value in vault.tags.items()}
    if caller.arn is not None:
        context["aws:principalarn"] = [caller.arn]
    archive = vault.archives.get(call.names.get("archiveId") or _named_archive(call))
    if archive is not None:
        context["glacier:archiveageindays"] = [str((clock.now() - archive.created).days)]
    return context


def _named_archive(call: Call) -> str:
    return str(call.json.get("ArchiveId", "")) if call.operation == "InitiateJob" else ""


def _speaks_of(
    statement: Mapping[str, Any], call: Call, arn: str, caller: identity.Caller, context: Mapping[str, list[str]]
) -> bool:
    def matches(element: str, test: Any) -> bool:
        if element in statement:
            return any(test(each) for each in _as_list(statement[element]))
        return not any(test(each) for each in _as_list(statement[f"Not{element}"]))

    def is_caller(named: Any) -> bool:
        names = _as_list(named.get("AWS", [])) if isinstance(named, dict) else [named]
        account = f"arn:aws:iam::{caller.account}:root"
        return any(each in ("*", account, caller.account, caller.arn, caller.role) for each in names)

    action = f"glacier:{call.operation}".lower()
    return (
        matches("Action", lambda pattern: _like(pattern.lower(), action))
        and matches("Resource", lambda pattern: _like(pattern, arn))
        and matches("Principal", is_caller)
        and conditions.holds(statement.get("Condition", {}), context)
    )


def set_vault_access_policy(call: Call) -> Answer:
    """SetVaultAccessPolicy."""
    call.vault.access_policy = read(call.json.get("Policy"), call.vault.arn)
    return Answer()


def get_vault_access_policy(call: Call) -> Answer:
    """GetVaultAccessPolicy."""
    if call.vault.access_policy is None:
        raise not_found(f"No vault access policy is set for: {call.vault.arn}")
    return Answer(200, {"Policy": call.vault.access_policy})


def delete_vault_access_policy(call: Call) -> Answer:
    """DeleteVaultAccessPolicy."""
    call.vault.access_policy = None
    return Answer()


OPERATIONS = {
    "SetVaultAccessPolicy": set_vault_access_policy,
    "GetVaultAccessPolicy": get_vault_access_policy,
    "DeleteVaultAccessPolicy": delete_vault_access_policy,
}
