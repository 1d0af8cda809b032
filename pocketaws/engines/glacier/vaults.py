"""Vaults, their tags, and the inventory that is about a day old.

The inventory: 12 hours after the first write, then at most once in 24 hours, and only after a write; AWS promises no
more than "approximately daily".

Source: https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-inventory.html
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pocketaws import clock
from pocketaws.engines.glacier.call import Answer, Call, page
from pocketaws.engines.glacier.errors import GlacierError, invalid, missing
from pocketaws.engines.glacier.state import Inventory, State, Vault, stamp

__all__ = ["OPERATIONS", "written"]

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,255}")
_MOST_VAULTS, _MOST_TAGS = 1000, 10
_FIRST, _EVERY = timedelta(hours=12), timedelta(hours=24)


def create_vault(call: Call) -> Answer:
    """CreateVault; to create one that exists succeeds and changes nothing."""
    name, state = call.names["vaultName"], call.state
    if not _NAME.fullmatch(name):
        raise invalid(f"Invalid vault name: {name}. Names have 1 to 255 characters of a-z, A-Z, 0-9, '_', '-', '.'.")
    if name not in state.vaults and len(state.vaults) >= _MOST_VAULTS:
        raise GlacierError("LimitExceededException", f"An account has at most {_MOST_VAULTS} vaults.")
    state.vaults.setdefault(name, Vault(name, call.vault_arn, clock.now()))
    return Answer(201, headers={"Location": f"/{state.account}/vaults/{name}"})


def delete_vault(call: Call) -> Answer:
    """DeleteVault: empty by its last inventory, and not written to since; one that is gone already succeeds."""
    vault = call.state.vaults.get(call.names["vaultName"])
    if vault is None:
        return Answer()
    if vault.next_inventory is not None or (vault.inventory and vault.inventory.archives):
        raise invalid(f"Vault not empty or recently written to: {vault.arn}")
    bookings = [job.booking for job in vault.jobs.values()] + [upload.lapse for upload in vault.uploads.values()]
    for booking in (*bookings, vault.lock.lapse if vault.lock else None):
        if booking is not None:
            booking.cancel()
    del call.state.vaults[vault.name]
    return Answer()


def _shown(vault: Vault) -> dict[str, Any]:
    inventory = vault.inventory
    archives = inventory.archives if inventory else ()
    return {
        "CreationDate": stamp(vault.created),
        "LastInventoryDate": stamp(inventory.taken) if inventory else None,
        "NumberOfArchives": len(archives),
        "SizeInBytes": sum(archive.size for archive in archives),
        "VaultARN": vault.arn,
        "VaultName": vault.name,
    }


def describe_vault(call: Call) -> Answer:
    """DescribeVault: counts and sizes as of the last inventory."""
    return Answer(200, _shown(call.vault))


def list_vaults(call: Call) -> Answer:
    """ListVaults, by name."""
    rows = [_shown(vault) for _, vault in sorted(call.state.vaults.items())]
    shown, marker = page(call, rows, "VaultARN", 10)
    return Answer(200, {"VaultList": shown, "Marker": marker})


def written(state: State, vault: Vault) -> None:
    """Note a write: an inventory will follow, if none is on its way."""
    if vault.next_inventory is not None:
        return
    when = clock.now() + _FIRST
    if vault.inventory is not None:
        when = max(when, vault.inventory.taken + _EVERY)
    vault.next_inventory = clock.at(when, lambda: _take(state, vault))


def _take(state: State, vault: Vault) -> None:
    with state.lock:
        vault.inventory, vault.next_inventory = Inventory(clock.now(), tuple(vault.archives.values())), None


def tags(call: Call) -> Answer:
    """AddTagsToVault and RemoveTagsFromVault, which share a path; ``operation`` tells which."""
    vault, wish = call.vault, call.json
    if call.query.get("operation") == "remove":
        for key in wish.get("TagKeys") or []:
            vault.tags.pop(key, None)
        return Answer()
    added = wish.get("Tags")
    if not added:
        raise missing("Required parameter missing: Tags")
    for key, value in added.items():
        if not 1 <= len(key) <= 128 or len(value) > 256:
            raise invalid(f"Invalid tag: {key}")
    if len(vault.tags | added) > _MOST_TAGS:
        raise GlacierError("LimitExceededException", f"A vault has at most {_MOST_TAGS} tags.")
    vault.tags |= added
    return Answer()


def list_tags_for_vault(call: Call) -> Answer:
    """ListTagsForVault."""
    return Answer(200, {"Tags": call.vault.tags})


OPERATIONS = {
    "CreateVault": create_vault,
    "DeleteVault": delete_vault,
    "DescribeVault": describe_vault,
    "ListVaults": list_vaults,
    "AddTagsToVault": tags,
    "RemoveTagsFromVault": tags,
    "ListTagsForVault": list_tags_for_vault,
}
