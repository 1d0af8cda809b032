"""One request to Glacier, read once, and its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from pocketaws.engines.glacier.errors import GlacierError, invalid, missing, not_found
from pocketaws.engines.glacier.state import State, Vault

__all__ = ["Answer", "Call", "page"]


@dataclass(frozen=True)
class Answer:
    """What is sent back; a body that is a dict goes as JSON."""

    status: int = 204
    body: dict[str, Any] | bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def sent(self) -> tuple[int, dict[str, Any], str | bytes]:
        """Return it as moto wants it."""
        kind = "application/json" if isinstance(self.body, dict) else "application/octet-stream"
        headers = {"content-type": kind, **self.headers, "status": self.status}  # moto reads the status there
        return self.status, headers, json.dumps(self.body) if isinstance(self.body, dict) else self.body


@dataclass(frozen=True)
class Call:
    """A request: which operation, on what, and with what."""

    operation: str
    state: State
    names: Mapping[str, str]
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    @classmethod
    def read(cls, handler: Any, operation: str, state: State) -> Call:
        """Read a request that moto has set up."""
        query = {name: values[0] for name, values in parse_qs(handler.parsed_url.query).items()}
        body = handler.body.encode() if isinstance(handler.body, str) else handler.body or b""
        return cls(operation, state, handler.uri_match, handler.headers, query, body)

    @property
    def vault_arn(self) -> str:
        """The ARN that the request names, whether there is such a vault or not."""
        return f"arn:aws:glacier:{self.state.region}:{self.state.account}:vaults/{self.names['vaultName']}"

    @property
    def vault(self) -> Vault:
        """The vault named; ResourceNotFoundException otherwise."""
        found = self.state.vaults.get(self.names["vaultName"])
        if found is None:
            raise not_found(f"Vault not found for ARN: {self.vault_arn}")
        return found

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; SerializationException otherwise."""
        try:
            read = json.loads(self.body or b"{}")
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise GlacierError("SerializationException", "Invalid JSON.")
        return read

    def header(self, name: str) -> str:
        """Return a header that must be there; MissingParameterValueException otherwise."""
        value = self.headers.get(name)
        if not value:
            raise missing(f"Required parameter missing: {name}")
        return str(value)

    def whole_number(self, name: str) -> int:
        """Return a header that must be a whole number."""
        text = self.header(name)
        if not text.isdecimal():
            raise invalid(f"Invalid value for {name}: {text}")
        return int(text)

    @property
    def description(self) -> str:
        """The description of an archive: at most 1,024 printable ASCII characters."""
        text = self.headers.get("x-amz-archive-description") or ""
        if len(text) > 1024 or not all(" " <= letter <= "~" for letter in text):
            raise invalid("Invalid x-amz-archive-description: at most 1024 printable ASCII characters.")
        return str(text)


def page(call: Call, rows: list[dict[str, Any]], key: str, most: int) -> tuple[list[dict[str, Any]], str | None]:
    """Cut a list as ``limit`` and ``marker`` ask; ``key`` names the field that serves as marker.

    Raises
    ------
    GlacierError
        InvalidParameterValueException, for a limit out of bounds or a marker that is none.
    """
    limit = call.query.get("limit", str(most))
    if not limit.isdecimal() or not 1 <= int(limit) <= most:
        raise invalid(f"Invalid limit: {limit}. It must be a whole number from 1 to {most}.")
    markers = [row[key] for row in rows]
    marker = call.query.get("marker")
    if marker and marker not in markers:
        raise invalid(f"Invalid marker: {marker}")
    start = markers.index(marker) if marker else 0
    end = start + int(limit)
    return rows[start:end], markers[end] if end < len(rows) else None
