"""The Glue schema registry: a new version of a schema, or the reason why not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from helpers import session
from helpers._waiting import wait_until
from helpers.errors import DatabaseNotFound, SchemaRefused, explained

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

__all__ = ["register_schema"]


def register_schema(registry: str, schema: str, definition: dict[str, Any], *, client: GlueClient | None = None) -> int:
    """Register a new version of a schema; the registry compares it with the versions before.

    Parameters
    ----------
    registry, schema
        The schema, which ``create_schema`` made with its compatibility mode.
    definition
        The schema itself, Avro's or JSON's, as a dictionary.
    client
        Glue client; by default the session's.

    Returns
    -------
    The number of the version; a definition that is registered already keeps its number.

    Raises
    ------
    SchemaRefused
        It would break readers or writers, by the schema's compatibility mode.
    DatabaseNotFound
        There is no such registry or schema.

    Examples
    --------
    >>> import json
    >>> from helpers import session
    >>> glue = session.client("glue")
    >>> _ = glue.create_registry(RegistryName="harbor")
    >>> trip = {"type": "record", "name": "trip", "fields": [{"name": "id", "type": "int"}]}
    >>> made = {"SchemaName": "trip", "DataFormat": "AVRO", "Compatibility": "BACKWARD"}
    >>> _ = glue.create_schema(RegistryId={"RegistryName": "harbor"}, SchemaDefinition=json.dumps(trip), **made)
    >>> register_schema("harbor", "trip", trip)
    1
    """
    client = client or session.client("glue")
    missing = DatabaseNotFound(f"There is no schema {schema!r} in a registry {registry!r}.")
    named: Any = {"RegistryName": registry, "SchemaName": schema}
    with explained({"EntityNotFoundException": missing}):
        made = client.register_schema_version(SchemaId=named, SchemaDefinition=json.dumps(definition))
        mode = client.get_schema(SchemaId=named)["Compatibility"]
    if _checked(client, made["SchemaVersionId"]) != "AVAILABLE":
        raise SchemaRefused(
            f"Version {made['VersionNumber']} of {schema!r} is not compatible by {mode}; it is kept as a failure."
        )
    return made["VersionNumber"]


def _checked(client: GlueClient, version: str) -> str:
    """Wait until the registry has compared a version, and return its status."""

    def ask() -> str | None:
        status = str(client.get_schema_version(SchemaVersionId=version)["Status"])
        return None if status == "PENDING" else status

    return wait_until(ask, what=f"the check of the schema version {version}", every=1, at_most=120)
