"""The functions of a rule's SQL.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html
"""

from __future__ import annotations

import base64
import hashlib
import math
import random
import re
import uuid
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import Any, NamedTuple

from pocketaws.engines.iot.sql import times
from pocketaws.engines.iot.sql.values import UNDEFINED, boolean, load, number, text, whole

__all__ = ["CONTEXTUAL", "UNDEFINED", "call", "problem"]

#: Functions that ask about the message itself -> their least and most arguments; the evaluation answers them.
CONTEXTUAL = {
    "topic": (0, 1),
    "timestamp": (0, 0),
    "clientid": (0, 0),
    "accountid": (0, 0),
    "traceid": (0, 0),
    "principal": (0, 1),
}
#: Functions of AWS's that pocketaws does not have.
_ABSENT = {
    "aws_lambda",
    "get_dynamodb",
    "get_mqtt_property",
    "get_or_default",
    "get_registry_data",
    "get_secret",
    "get_thing_shadow",
    "get_user_properties",
    "machinelearning_predict",
    "sourceip",
    "transform",
}


class _Known(NamedTuple):
    least: int
    most: int
    run: Callable[..., Any]
    sees_undefined: bool = False


def problem(name: str, arguments: int) -> str:
    """Return what is wrong with a call; empty if nothing is."""
    lower = name.lower()
    if lower in _ABSENT:
        return f"The function {name} is not supported by pocketaws, used"
    bounds = CONTEXTUAL.get(lower) or (FUNCTIONS[lower][:2] if lower in FUNCTIONS else None)
    if bounds is None:
        return f"Unknown function {name}"
    if not bounds[0] <= arguments <= bounds[1]:
        return f"The function {name} does not take {arguments} arguments, used"
    return ""


def call(name: str, arguments: list[Any]) -> Any:
    """Call a function; wrong arguments give Undefined, as on AWS."""
    known = FUNCTIONS[name]
    if not known.sees_undefined and any(each is UNDEFINED for each in arguments):
        return UNDEFINED
    try:
        return known.run(*arguments)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, DecimalException, re.error):
        return UNDEFINED


def _math(function: Callable[[float], float]) -> Callable[[Any], Any]:
    return lambda value: number(function(float(_number(value))))


def _number(value: Any) -> Any:
    found = number(value)
    if found is UNDEFINED:
        raise ValueError(value)
    return found


def _round(value: Any, digits: Any = 0) -> Any:
    return whole(Decimal(_number(value)).quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP))


def _trunc(value: Any, digits: Any = 0) -> Any:
    return whole(Decimal(_number(value)).quantize(Decimal(1).scaleb(-int(digits)), "ROUND_DOWN"))


def _substring(value: Any, start: Any, end: Any = None) -> str:
    shown = text(value)
    return str(shown[max(0, int(start)) : None if end is None else int(end)])


def _cast(value: Any, kind: Any) -> Any:
    kind = str(kind).lower()
    if kind in ("string", "nvarchar", "text", "ntext", "varchar"):
        return text(value)
    if kind in ("bool", "boolean"):
        found = number(value)
        return boolean(value) if isinstance(value, (bool, str)) and boolean(value) is not UNDEFINED else bool(found)
    value = int(value) if isinstance(value, bool) else value
    found = _number(value)
    return int(found) if kind in ("int", "integer") else found


def _get(value: Any, index: Any) -> Any:
    if isinstance(value, dict):
        return value.get(str(index), UNDEFINED)
    return value[int(index)]


def _hash(name: str) -> Callable[[Any], str]:
    return lambda value: hashlib.new(name, text(value).encode(), usedforsecurity=False).hexdigest()


def _encode(value: Any, scheme: Any) -> str:
    if str(scheme).lower() != "base64":
        raise ValueError(scheme)
    return base64.b64encode(value if isinstance(value, bytes) else text(value).encode()).decode()


def _decode(value: Any, scheme: Any) -> Any:
    content = base64.b64decode(text(value), validate=True)
    if str(scheme).lower() != "base64":
        raise ValueError(scheme)
    try:
        return load(content)
    except ValueError:
        return content.decode("utf-8", "replace")


def _regexp_substr(value: Any, pattern: Any) -> Any:
    found = re.search(str(pattern), text(value))
    return found[0] if found else UNDEFINED


def _regexp_replace(value: Any, pattern: Any, new: Any) -> str:
    return re.sub(str(pattern), re.sub(r"\$(\d)", r"\\\1", str(new)), text(value))


def _plain_power(base: Any, exponent: Any) -> Any:
    return number(float(_number(base)) ** float(_number(exponent)))


FUNCTIONS: dict[str, _Known] = {
    "abs": _Known(1, 1, lambda value: abs(_number(value))),
    "acos": _Known(1, 1, _math(math.acos)),
    "asin": _Known(1, 1, _math(math.asin)),
    "atan": _Known(1, 1, _math(math.atan)),
    "atan2": _Known(2, 2, lambda a, b: number(math.atan2(float(_number(a)), float(_number(b))))),
    "bitand": _Known(2, 2, lambda a, b: int(_number(a)) & int(_number(b))),
    "bitor": _Known(2, 2, lambda a, b: int(_number(a)) | int(_number(b))),
    "bitxor": _Known(2, 2, lambda a, b: int(_number(a)) ^ int(_number(b))),
    "bitnot": _Known(1, 1, lambda value: ~int(_number(value))),
    "cast": _Known(2, 2, _cast),
    "ceil": _Known(1, 1, lambda value: math.ceil(_number(value))),
    "chr": _Known(1, 1, lambda value: chr(int(_number(value)))),
    "coalesce": _Known(
        1,
        99,
        lambda *values: next((each for each in values if each is not UNDEFINED and each is not None), UNDEFINED),
        True,
    ),
    "concat": _Known(1, 99, lambda *values: _concat(values), True),
    "cos": _Known(1, 1, _math(math.cos)),
    "cosh": _Known(1, 1, _math(math.cosh)),
    "decode": _Known(2, 2, _decode),
    "encode": _Known(2, 2, _encode),
    "endswith": _Known(2, 2, lambda value, end: text(value).endswith(text(end))),
    "exp": _Known(1, 1, _math(math.exp)),
    "floor": _Known(1, 1, lambda value: math.floor(_number(value))),
    "get": _Known(2, 2, _get),
    "indexof": _Known(2, 2, lambda value, part: text(value).find(text(part))),
    "isnull": _Known(1, 1, lambda value: value is None, True),
    "isundefined": _Known(1, 1, lambda value: value is UNDEFINED, True),
    "length": _Known(1, 1, lambda value: len(text(value))),
    "ln": _Known(1, 1, _math(math.log)),
    "log": _Known(1, 1, _math(math.log10)),
    "lower": _Known(1, 1, lambda value: text(value).lower()),
    "lpad": _Known(2, 2, lambda value, count: " " * int(_number(count)) + text(value)),
    "ltrim": _Known(1, 1, lambda value: text(value).lstrip()),
    "md5": _Known(1, 1, _hash("md5")),
    "mod": _Known(2, 2, lambda a, b: _number(a) % _number(b)),
    "nanvl": _Known(2, 2, lambda value, other: other if value != value else value),
    "newuuid": _Known(0, 0, lambda: str(uuid.uuid4())),
    "numbytes": _Known(1, 1, lambda value: len(text(value).encode())),
    "parse_time": _Known(2, 3, times.parse_time),
    "power": _Known(2, 2, _plain_power),
    "rand": _Known(0, 0, lambda: number(random.random())),
    "regexp_matches": _Known(2, 2, lambda value, pattern: re.search(str(pattern), text(value)) is not None),
    "regexp_replace": _Known(3, 3, _regexp_replace),
    "regexp_substr": _Known(2, 2, _regexp_substr),
    "remainder": _Known(2, 2, lambda a, b: Decimal(_number(a)) % Decimal(_number(b))),
    "replace": _Known(3, 3, lambda value, old, new: text(value).replace(text(old), text(new))),
    "round": _Known(1, 2, _round),
    "rpad": _Known(2, 2, lambda value, count: text(value) + " " * int(_number(count))),
    "rtrim": _Known(1, 1, lambda value: text(value).rstrip()),
    "sha1": _Known(1, 1, _hash("sha1")),
    "sha224": _Known(1, 1, _hash("sha224")),
    "sha256": _Known(1, 1, _hash("sha256")),
    "sha384": _Known(1, 1, _hash("sha384")),
    "sha512": _Known(1, 1, _hash("sha512")),
    "sign": _Known(1, 1, lambda value: (_number(value) > 0) - (_number(value) < 0)),
    "sin": _Known(1, 1, _math(math.sin)),
    "sinh": _Known(1, 1, _math(math.sinh)),
    "sqrt": _Known(1, 1, _math(math.sqrt)),
    "startswith": _Known(2, 2, lambda value, start: text(value).startswith(text(start))),
    "substring": _Known(2, 3, _substring),
    "tan": _Known(1, 1, _math(math.tan)),
    "tanh": _Known(1, 1, _math(math.tanh)),
    "time_to_epoch": _Known(2, 2, times.time_to_epoch),
    "trim": _Known(1, 1, lambda value: text(value).strip()),
    "trunc": _Known(1, 2, _trunc),
    "upper": _Known(1, 1, lambda value: text(value).upper()),
}


def _concat(values: tuple[Any, ...]) -> Any:
    if any(isinstance(value, list) for value in values):
        return [each for value in values for each in (value if isinstance(value, list) else [value])]
    return "".join("Undefined" if value is UNDEFINED else str(text(value)) for value in values)
