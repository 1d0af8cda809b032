"""Functions as Lambda takes them: code, settings and variables are checked before moto keeps them.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.s3.models import s3_backends

from pocketaws.engines.awslambda import packages, pool
from pocketaws.engines.awslambda.errors import LambdaError, invalid

__all__ = ["install"]

_create = LambdaBackend.create_function
_update_code = LambdaBackend.update_function_code
_update_configuration = LambdaBackend.update_function_configuration
_delete = LambdaBackend.delete_function
_described = LambdaFunction.get_configuration
_RESERVED = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
}
_VARIABLES = 4096
_RANGES = {"Timeout": (1, 900), "MemorySize": (128, 10_240)}


def _check_settings(spec: dict[str, Any]) -> None:
    for name, (least, most) in _RANGES.items():
        value = spec.get(name)
        if value is not None and not least <= int(value) <= most:
            bound, word = (least, "greater") if int(value) < least else (most, "less")
            raise LambdaError(
                "ValidationException",
                f"1 validation error detected: Value '{value}' at '{name[0].lower()}{name[1:]}' failed to satisfy "
                f"constraint: Member must have value {word} than or equal to {bound}",
            )
    variables = (spec.get("Environment") or {}).get("Variables") or {}
    if taken := sorted(_RESERVED & variables.keys()):
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(taken)}"
        )
    if len(json.dumps(variables)) > _VARIABLES:
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided exceeded the 4KB limit."
        )


def _check_code(account: str, code: dict[str, Any]) -> None:
    if code.get("ZipFile") is not None:
        try:
            packages.check(base64.b64decode(code["ZipFile"]), sent=True)
        except binascii.Error:
            raise invalid("Could not unzip uploaded file. Please check your file, then try to upload again.") from None
    elif code.get("S3Bucket"):
        packages.check(_stored(account, code), sent=False)


def _stored(account: str, code: dict[str, Any]) -> bytes:
    bucket = s3_backends[account]["aws"].buckets.get(code["S3Bucket"])
    said = "Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}"
    if bucket is None:
        raise invalid(said.format("NoSuchBucket", "The specified bucket does not exist"))
    stored = s3_backends[account]["aws"].get_object(
        code["S3Bucket"], code.get("S3Key") or "", version_id=code.get("S3ObjectVersion")
    )
    if not hasattr(stored, "value"):
        raise invalid(said.format("NoSuchKey", "The specified key does not exist."))
    return bytes(stored.value)


def create(backend: Any, spec: dict[str, Any]) -> LambdaFunction:
    """Answer ``CreateFunction``."""
    _check_settings(spec)
    _check_code(backend.account_id, spec.get("Code") or {})
    function: LambdaFunction = _create(backend, spec)
    backend.get_function(spec["FunctionName"]).dead_letter_config = spec.get("DeadLetterConfig")
    return function


def update_code(backend: Any, name: str, qualifier: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """Answer ``UpdateFunctionCode``."""
    _check_code(backend.account_id, body)
    found: dict[str, Any] | None = _update_code(backend, name, qualifier, body)
    pool.drop(backend, backend.get_function(name).function_name)
    return found


def update_configuration(backend: Any, name: str, qualifier: str, body: dict[str, Any]) -> dict[str, Any]:
    """Answer ``UpdateFunctionConfiguration``."""
    _check_settings(body)
    function = backend.get_function(name, qualifier)
    if "DeadLetterConfig" in body:
        function.dead_letter_config = body["DeadLetterConfig"]
    _update_configuration(backend, name, qualifier, body)
    pool.drop(backend, function.function_name)
    found: dict[str, Any] = function.get_configuration()
    return found


def delete(backend: Any, name: str, qualifier: str | None = None) -> None:
    """Answer ``DeleteFunction``."""
    function = backend.get_function(name, qualifier)
    _delete(backend, name, qualifier)
    pool.drop(backend, function.function_name)


def describe(function: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
    """Return a function's configuration with its dead letter queue, which moto forgets."""
    found: dict[str, Any] = _described(function, on_create)
    target = getattr(function, "dead_letter_config", None)
    return found | ({"DeadLetterConfig": target} if target else {})


def install() -> None:
    """Put these into moto's classes."""
    LambdaBackend.create_function = create
    LambdaBackend.update_function_code = update_code
    LambdaBackend.update_function_configuration = update_configuration
    LambdaBackend.delete_function = delete
    LambdaFunction.get_configuration = describe
