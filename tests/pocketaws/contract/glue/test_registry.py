"""The schema registry holds a schema to its compatibility mode."""

from __future__ import annotations

import json
from typing import Any

import pytest

DOCUMENT = "https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility"
ID = {"name": "id", "type": "long"}
CITY = {"name": "city", "type": "string"}
OPTIONAL = {"name": "city", "type": ["null", "string"], "default": None}


def avro(*fields: Any) -> str:
    return json.dumps({"type": "record", "name": "order", "fields": list(fields)})


@pytest.fixture
def register(glue: Any) -> Any:
    """``register("BACKWARD", first, second, ...)`` returns the status of each version after the first."""

    def run(mode: str, first: str, *later: str, data_format: str = "AVRO") -> list[str]:
        glue.create_registry(RegistryName="lake")
        glue.create_schema(
            RegistryId={"RegistryName": "lake"},
            SchemaName="order",
            DataFormat=data_format,
            Compatibility=mode,
            SchemaDefinition=first,
        )
        schema = {"RegistryName": "lake", "SchemaName": "order"}
        return [glue.register_schema_version(SchemaId=schema, SchemaDefinition=each)["Status"] for each in later]

    return run


@pytest.mark.aws(DOCUMENT, operation="RegisterSchemaVersion, CreateSchema")
@pytest.mark.parametrize(
    ("mode", "versions", "statuses"),
    [
        ("BACKWARD", [avro(ID), avro(ID, CITY), avro(ID, OPTIONAL)], ["FAILURE", "AVAILABLE"]),
        ("BACKWARD", [avro(ID, CITY), avro(ID)], ["AVAILABLE"]),
        ("FORWARD", [avro(ID, CITY), avro(ID)], ["FAILURE"]),
        ("FORWARD", [avro(ID), avro(ID, CITY)], ["AVAILABLE"]),
        ("FULL", [avro(ID), avro(ID, CITY), avro(ID, OPTIONAL)], ["FAILURE", "AVAILABLE"]),
        (
            "BACKWARD",
            [avro(ID), avro({**ID, "type": "string"}), avro({**ID, "type": "double"})],
            ["FAILURE", "AVAILABLE"],
        ),
        ("BACKWARD_ALL", [avro(ID, OPTIONAL), avro(ID), avro(ID, CITY)], ["AVAILABLE", "FAILURE"]),
        ("NONE", [avro(ID), avro(CITY)], ["AVAILABLE"]),
    ],
)
def test_avro(register: Any, mode: str, versions: list[str], statuses: list[str]) -> None:
    assert register(mode, *versions) == statuses


@pytest.mark.aws(DOCUMENT, operation="RegisterSchemaVersion")
def test_json(register: Any) -> None:
    first = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"id": {"type": "integer"}},
    }
    stricter = {**first, "required": ["id"]}
    wider = {**first, "properties": {"id": {"type": "number"}}}
    later = [json.dumps(stricter), json.dumps(wider)]
    assert register("BACKWARD", json.dumps(first), *later, data_format="JSON") == ["FAILURE", "AVAILABLE"]


@pytest.mark.aws(DOCUMENT, operation="GetSchema, CheckSchemaVersionValidity")
def test_a_failed_version_is_not_the_latest(glue: Any, register: Any) -> None:
    register("BACKWARD", avro(ID), avro(ID, CITY))
    schema = glue.get_schema(SchemaId={"RegistryName": "lake", "SchemaName": "order"})
    assert (schema["LatestSchemaVersion"], schema["NextSchemaVersion"]) == (1, 3)
    assert glue.check_schema_version_validity(DataFormat="AVRO", SchemaDefinition=avro(ID))["Valid"]
    assert not glue.check_schema_version_validity(DataFormat="AVRO", SchemaDefinition='{"type": "nope"}')["Valid"]
