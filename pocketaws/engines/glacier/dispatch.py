"""Which function answers which operation.

To add an operation: write ``def operation(call) -> Answer`` in the module it belongs to (raise
:class:`~pocketaws.engines.glacier.errors.GlacierError` for AWS's errors) and name it in that module's ``OPERATIONS``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import unquote

import moto.glacier.urls as urls
from moto.core.utils import camelcase_to_underscores
from moto.glacier.responses import GlacierResponse

from pocketaws.engines.glacier import (
    archives,
    jobs,
    locks,
    multipart,
    notifications,
    outputs,
    policies,
    retrieval,
    vaults,
)
from pocketaws.engines.glacier.call import Answer, Call
from pocketaws.engines.glacier.errors import denied
from pocketaws.engines.glacier.state import of

__all__ = ["OPERATIONS", "Operation", "install"]

Operation: TypeAlias = Callable[[Call], Answer]

OPERATIONS: dict[str, Operation] = {
    **vaults.OPERATIONS,
    **archives.OPERATIONS,
    **multipart.OPERATIONS,
    **jobs.OPERATIONS,
    **outputs.OPERATIONS,
    **locks.OPERATIONS,
    **policies.OPERATIONS,
    **notifications.OPERATIONS,
    **retrieval.OPERATIONS,
}
_ACCOUNT = "{0}/(?P<account_number>[^/]+)"
_VAULT = _ACCOUNT + "/vaults/(?P<vault_name>[^/]+)"
#: The paths that moto lacks.
PATHS = (
    f"{_ACCOUNT}/policies/data-retrieval$",
    f"{_ACCOUNT}/provisioned-capacity$",
    f"{_VAULT}/access-policy$",
    f"{_VAULT}/lock-policy$",
    f"{_VAULT}/lock-policy/(?P<lock_id>[^/]+)$",
    f"{_VAULT}/multipart-uploads$",
    f"{_VAULT}/multipart-uploads/(?P<upload_id>[^/]+)$",
    f"{_VAULT}/notification-configuration$",
    f"{_VAULT}/tags$",
)


def perform(call: Call) -> Answer:
    """Run an operation.

    Raises
    ------
    GlacierError
        Whatever AWS answers with an error.
    """
    with call.state.lock:
        if call.names.get("accountId") not in ("-", call.state.account):
            raise denied("The account ID in the request is not that of the caller.")
        vault = call.state.vaults.get(call.names.get("vaultName", ""))
        if vault is not None:
            policies.check(call, vault)
        return OPERATIONS[call.operation](call)


def _method(name: str) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return perform(Call.read(self, name, of(self.glacier_backend))).sent()

    return method


def _resource(self: Any) -> str:
    """Return what IAM is asked about: the vault's ARN."""
    _, is_vault, rest = self.parsed_url.path.partition("/vaults/")
    name = unquote(rest.partition("/")[0])
    return f"arn:aws:glacier:{self.region}:{self.current_account}:vaults/{name}" if is_vault else "*"


def install() -> None:
    """Give moto's handler a method for each operation, and its paths."""
    for name in OPERATIONS:
        setattr(GlacierResponse, camelcase_to_underscores(name), _method(name))
    GlacierResponse._determine_resource = _resource
    urls.url_paths.update(dict.fromkeys(PATHS, GlacierResponse.dispatch))
