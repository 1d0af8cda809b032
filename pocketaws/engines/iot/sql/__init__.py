"""The SQL of IoT rules: ``SELECT temperature, topic(2) AS device FROM 'sensors/+/data' WHERE temperature > 30``.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-reference.html
"""

from __future__ import annotations

from pocketaws.engines.iot.sql.evaluation import Message, evaluate, select
from pocketaws.engines.iot.sql.parser import Query, parse, parse_expression

__all__ = ["Message", "Query", "evaluate", "parse", "parse_expression", "select"]
