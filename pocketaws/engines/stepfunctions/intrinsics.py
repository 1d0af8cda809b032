"""Intrinsic functions such as ``States.Format('{} of {}', $.done, $.all)``.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

from pocketaws.engines.stepfunctions.errors import StateFailed

__all__ = ["evaluate", "is_call"]

Read = Callable[[str], Any]
_CALL = re.compile(r"\s*(States\.\w+)\s*\(")
_TOKEN = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(true|false|null)\b)")


def is_call(text: str) -> bool:
    """Whether a text is written as a call of an intrinsic function."""
    return bool(_CALL.match(text))


def evaluate(text: str, read: Read) -> Any:
    """Return what a call gives.

    Parameters
    ----------
    text
        For example ``States.MathAdd($.x, 1)``.
    read
        Returns what a path leads to.

    Raises
    ------
    StateFailed
        ``States.IntrinsicFailure``.
    """
    try:
        value, place = _value(text, 0, read)
        if text[place:].strip():
            raise ValueError(f"unexpected {text[place:].strip()!r}")
    except StateFailed:
        raise
    except Exception as error:
        raise StateFailed("States.IntrinsicFailure", f"{text}: {error}") from None
    return value


def _value(text: str, place: int, read: Read) -> tuple[Any, int]:
    if call := _CALL.match(text, place):
        arguments, place = _arguments(text, call.end(), read)
        if call[1] not in FUNCTIONS:
            raise ValueError(f"there is no function {call[1]}")
        return FUNCTIONS[call[1]](*arguments), place
    if token := _TOKEN.match(text, place):
        if token[1] is not None:
            return re.sub(r"\\(['{}\\])", lambda m: m[0] if m[1] in "{}" else m[1], token[1]), token.end()
        return json.loads(token[2] or token[3]), token.end()
    return _path(text, place, read)


def _path(text: str, place: int, read: Read) -> tuple[Any, int]:
    end, depth, quote = place, 0, ""
    while end < len(text):
        letter = text[end]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"" and depth:
            quote = letter
        elif depth == 0 and letter in ",)":
            break
        else:
            depth += (letter in "[(") - (letter in "])")
        end += 1
    return read(text[place:end].strip()), end


def _arguments(text: str, place: int, read: Read) -> tuple[list[Any], int]:
    found: list[Any] = []
    if re.compile(r"\s*\)").match(text, place):
        return found, text.index(")", place) + 1
    while True:
        value, place = _value(text, place, read)
        found.append(value)
        mark = re.compile(r"\s*([,)])").match(text, place)
        if not mark:
            raise ValueError("a closing parenthesis is missing")
        place = mark.end()
        if mark[1] == ")":
            return found, place


def _format(template: str, *values: Any) -> str:
    parts = re.split(r"(?<!\\)\{\}", template)
    if len(parts) != len(values) + 1:
        raise ValueError(f"{len(parts) - 1} places for {len(values)} values")
    told = [value if isinstance(value, str) else json.dumps(value, separators=(",", ":")) for value in values]
    joined = "".join(part + value for part, value in zip(parts, [*told, ""], strict=True))
    return re.sub(r"\\([{}])", r"\1", joined)


def _merge(first: dict[str, Any], second: dict[str, Any], deep: bool) -> dict[str, Any]:
    if deep:
        raise ValueError("only shallow merging is supported: the third argument must be false")
    return {**first, **second}


def _range(first: float, last: float, step: float) -> list[int]:
    numbers = list(range(round(first), round(last) + (1 if step > 0 else -1), round(step)))
    if len(numbers) > 1000:
        raise ValueError("a range holds at most 1,000 numbers")
    return numbers


def _hash(data: Any, algorithm: str) -> str:
    known = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
    text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
    return hashlib.new(known[algorithm], text.encode()).hexdigest()


def _unique(values: list[Any]) -> list[Any]:
    return [value for place, value in enumerate(values) if value not in values[:place]]


def _partition(values: list[Any], size: int) -> list[list[Any]]:
    if size < 1:
        raise ValueError("the size of a part is a positive number")
    return [values[start : start + size] for start in range(0, len(values), size)]


def _math_random(first: int, last: int, seed: int | None = None) -> int:
    return random.Random(seed).randrange(first, last)


def _split(text: str, marks: str) -> list[str]:
    return [part for part in re.split(f"[{re.escape(marks)}]", text) if part]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "States.Array": lambda *values: list(values),
    "States.ArrayContains": lambda values, wanted: wanted in values,
    "States.ArrayGetItem": lambda values, number: values[number],
    "States.ArrayLength": len,
    "States.ArrayPartition": _partition,
    "States.ArrayRange": _range,
    "States.ArrayUnique": _unique,
    "States.Base64Decode": lambda text: base64.b64decode(text).decode(),
    "States.Base64Encode": lambda text: base64.b64encode(text.encode()).decode(),
    "States.Format": _format,
    "States.Hash": _hash,
    "States.JsonMerge": _merge,
    "States.JsonToString": lambda value: json.dumps(value, separators=(",", ":")),
    "States.MathAdd": lambda a, b: round(a) + round(b),
    "States.MathRandom": _math_random,
    "States.StringSplit": _split,
    "States.StringToJson": json.loads,
    "States.UUID": lambda: str(uuid.uuid4()),
}
