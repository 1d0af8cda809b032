"""The vault lock: a policy on trial for 24 hours, then for ever.

Source: https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-lock.html
"""

from __future__ import annotations

from datetime import timedelta

from pocketaws import clock
from pocketaws.engines.glacier.call import Answer, Call
from pocketaws.engines.glacier.errors import denied, invalid, not_found
from pocketaws.engines.glacier.policies import read
from pocketaws.engines.glacier.state import Lock, State, Vault, new_id, stamp

__all__ = ["OPERATIONS"]

_TRIAL = timedelta(hours=24)


def initiate_vault_lock(call: Call) -> Answer:
    """InitiateVaultLock: the policy holds at once, and lapses after 24 hours."""
    vault, policy = call.vault, read(call.json.get("Policy"), call.vault.arn)
    if vault.lock is not None:
        state = "Locked" if vault.lock.is_complete else "InProgress"
        raise denied(f"The vault lock of {vault.arn} is in the {state} state.")
    expires = clock.now() + _TRIAL
    lapse = clock.at(expires, lambda: _lapse(call.state, vault))
    vault.lock = Lock(new_id(92), policy, clock.now(), expires, lapse)
    return Answer(201, headers={"x-amz-lock-id": vault.lock.id})


def _lapse(state: State, vault: Vault) -> None:
    with state.lock:
        vault.lock = None


def complete_vault_lock(call: Call) -> Answer:
    """CompleteVaultLock: from here on nobody can change or remove the policy."""
    lock = _existing(call.vault)
    if call.names["lockId"] != lock.id:
        if lock.is_complete:
            raise denied("The vault is locked; the lock ID is not the one that locked it.")
        raise invalid(f"Invalid lock ID: {call.names['lockId']}")
    lock.is_complete = True
    lock.lapse.cancel()
    return Answer()


def abort_vault_lock(call: Call) -> Answer:
    """AbortVaultLock, while it is on trial."""
    vault = call.vault
    if vault.lock is not None:
        if vault.lock.is_complete:
            raise denied(f"The vault lock of {vault.arn} is in the Locked state.")
        vault.lock.lapse.cancel()
        vault.lock = None
    return Answer()


def get_vault_lock(call: Call) -> Answer:
    """GetVaultLock."""
    lock = _existing(call.vault)
    shown = {
        "Policy": lock.policy,
        "State": "Locked" if lock.is_complete else "InProgress",
        "ExpirationDate": None if lock.is_complete else stamp(lock.expires),
        "CreationDate": stamp(lock.created),
    }
    return Answer(200, shown)


def _existing(vault: Vault) -> Lock:
    if vault.lock is None:
        raise not_found(f"No vault lock policy is set for: {vault.arn}")
    return vault.lock


OPERATIONS = {
    "InitiateVaultLock": initiate_vault_lock,
    "CompleteVaultLock": complete_vault_lock,
    "AbortVaultLock": abort_vault_lock,
    "GetVaultLock": get_vault_lock,
}
