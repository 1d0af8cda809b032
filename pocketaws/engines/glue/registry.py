"""The schema registry: moto's, with the compatibility mode of a schema enforced.

A version that breaks the mode is kept with status ``FAILURE`` and does not become the latest.

Source: https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.glue.glue_schema_registry_utils import validate_schema_id
from moto.glue.models import FakeRegistry, FakeSchema, FakeSchemaVersion, GlueBackend

from pocketaws.engines.glue.compatibility import is_allowed
from pocketaws.engines.glue.errors import invalid

__all__ = ["check_schema_version_validity", "install"]

_FREE = ("NONE", "DISABLED")


def check_schema_version_validity(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Answer ``CheckSchemaVersionValidity``."""
    error = _error(request["DataFormat"], request["SchemaDefinition"])
    return {"Valid": error is None, "Error": error}


def _error(data_format: str, definition: str) -> str | None:
    if data_format not in ("AVRO", "JSON"):
        raise invalid(f"Definitions of {data_format} are not checked by pocketaws.")
    try:
        schema = json.loads(definition)
        if data_format == "AVRO":
            import fastavro

            fastavro.parse_schema(schema)
    except Exception as error:  # fastavro has a dozen kinds
        return f"Schema definition of {data_format} data format is invalid: {error}"
    return None


def _register(moto: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    @wraps(moto)
    def register_schema_version(self: Any, schema_id: dict[str, Any], schema_definition: str) -> dict[str, Any]:
        registry, name, _ = validate_schema_id(schema_id, self.registries)
        schema = self.registries[registry].schemas.get(name) if registry in self.registries else None
        if schema is None or schema.compatibility in _FREE:
            return moto(self, schema_id, schema_definition)
        if error := _error(schema.data_format, schema_definition):
            raise invalid(error)
        versions = list(schema.schema_versions.values())
        same = [each for each in versions if json.loads(each.schema_definition) == json.loads(schema_definition)]
        good = [each.schema_definition for each in versions if each.schema_version_status == "AVAILABLE"]
        if same or is_allowed(schema.compatibility, schema.data_format, schema_definition, good):
            return moto(self, schema_id, schema_definition)
        failed = FakeSchemaVersion(self, registry, name, schema_definition, schema.get_next_schema_version())
        failed.schema_version_status = "FAILURE"
        schema.update_next_schema_version()
        schema.schema_versions[failed.schema_version_id] = failed
        self.num_schema_versions += 1
        return dict(failed.as_dict())

    return register_schema_version


def _with_times(moto: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    @wraps(moto)
    def as_dict(self: Any) -> dict[str, Any]:
        times = {"CreatedTime": self.created_time, "UpdatedTime": self.updated_time}
        written = {name: f"{time.isoformat(timespec='milliseconds')}Z" for name, time in times.items()}
        status = {"Status": self.status} if isinstance(self, FakeRegistry) else {}
        return {**moto(self), **status, **written}

    return as_dict


def install() -> None:
    """Change ``GlueBackend``, ``FakeRegistry`` and ``FakeSchema``."""
    FakeRegistry.as_dict = _with_times(FakeRegistry.as_dict)
    FakeSchema.as_dict = _with_times(FakeSchema.as_dict)
    GlueBackend.register_schema_version = _register(GlueBackend.register_schema_version)
