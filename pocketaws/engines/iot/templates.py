"""Substitution templates: ``flights/${topic(2)}/${timestamp()}`` in the settings of an action.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/iot-substitution-templates.html
"""

from __future__ import annotations

import re

from pocketaws.engines.iot.errors import SqlError, unparsable
from pocketaws.engines.iot.sql import parse_expression
from pocketaws.engines.iot.sql.evaluation import Message, evaluate
from pocketaws.engines.iot.sql.values import UNDEFINED, text

__all__ = ["check", "fill"]

_PLACE = re.compile(r"\$\{([^{}]*)\}")


def check(template: str) -> None:
    """Refuse a template that cannot be read.

    Raises
    ------
    IoTError
        ``SqlParseException``.
    """
    for inner in _PLACE.findall(template):
        try:
            parse_expression(inner)
        except SqlError as error:
            raise unparsable(error) from None


def fill(template: str, message: Message) -> str:
    """Fill in the values for a message; what is not there becomes ``UNDEFINED``."""

    def value(match: re.Match[str]) -> str:
        found = evaluate(parse_expression(match[1]), message)
        return "UNDEFINED" if found is UNDEFINED else str(text(found))

    return _PLACE.sub(value, template)
