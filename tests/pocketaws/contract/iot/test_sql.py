"""The SQL of topic rules."""

from __future__ import annotations

import re
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/iot/latest/developerguide/"
FLIGHT = {
    "carrier": "UA",
    "delay": 33,
    "gate": {"name": "C7", "temperature": 21.5},
    "legs": [{"to": "ORD", "miles": 740}, {"to": "SFO", "miles": 1846}],
    "speed": "450",
    "none": None,
}


@pytest.mark.aws(f"{GUIDE}iot-sql-select.html", operation="iot-data:Publish, iot:CreateTopicRule")
def test_select_names_and_nests(selected: Any) -> None:
    assert selected("*", FLIGHT) == FLIGHT
    assert selected("carrier, gate.name", FLIGHT) == {"carrier": "UA", "name": "C7"}
    assert selected("carrier AS airline, gate.temperature AS at.celsius", FLIGHT) == {
        "airline": "UA",
        "at": {"celsius": 21.5},
    }
    assert selected("missing, carrier", FLIGHT) == {"carrier": "UA"}
    assert selected("*, topic(2) AS airport", {"a": 1}) == {"a": 1, "airport": "JFK"}
    assert selected("legs[1].to AS last, none", FLIGHT) == {"last": "SFO", "none": None}
    assert selected("VALUE gate", FLIGHT) == FLIGHT["gate"]
    assert selected("{'who': carrier, 'legs': [1, delay]} AS made", FLIGHT) == {"made": {"who": "UA", "legs": [1, 33]}}
    assert selected("(SELECT VALUE to FROM legs WHERE miles > 1000) AS far", FLIGHT) == {"far": ["SFO"]}


@pytest.mark.aws(f"{GUIDE}iot-sql-operators.html", operation="iot-data:Publish")
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("delay + 2 * 3", 39),
        ("(delay - 3) / 4", 7.5),
        ("delay / 0", None),
        ("7 % 4", 3),
        ("-delay", -33),
        ("speed + 0.5", "4500.5"),
        ("speed * 2", 900),
        ("carrier + '-' + delay", "UA-33"),
        ("carrier = 'UA' AND delay >= 33", True),
        ("NOT carrier = 'UA' OR false", False),
        ("carrier <> 'AA'", True),
        ("delay = '33'", True),
        ("delay > missing", None),
        ("carrier IN ['AA', 'UA']", True),
        ("delay IN (1, 2)", False),
        ("CASE carrier WHEN 'AA' THEN 1 WHEN 'UA' THEN 2 ELSE 3 END", 2),
        ("CASE delay WHEN 1 THEN 'one' END", None),
        ("true AND missing", None),
    ],
)
def test_operators(selected: Any, expression: str, expected: Any) -> None:
    found = selected(f"{expression} AS x", FLIGHT)
    assert found == ({} if expected is None else {"x": expected})


@pytest.mark.aws(f"{GUIDE}iot-sql-functions.html", operation="iot-data:Publish")
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("topic()", "flights/JFK/departures"),
        ("topic(1)", "flights"),
        ("timestamp()", 1793610000000),
        ("clientid()", "n/a"),
        ("accountid()", "123456789012"),
        ("abs(-3)", 3),
        ("ceil(2.1)", 3),
        ("floor(2.9)", 2),
        ("round(2.45, 1)", 2.5),
        ("trunc(2.49, 1)", 2.4),
        ("power(2, 10)", 1024),
        ("mod(7, 4)", 3),
        ("sqrt(9)", 3),
        ("concat(carrier, '-', delay)", "UA-33"),
        ("concat([1], [2, 3])", [1, 2, 3]),
        ("upper(lower('Ab'))", "AB"),
        ("length(carrier)", 2),
        ("substring('012345', 1, 3)", "12"),
        ("indexof('abcd', 'cd')", 2),
        ("startswith(carrier, 'U')", True),
        ("endswith(carrier, 'X')", False),
        ("trim('  x ')", "x"),
        ("replace('a-b', '-', '+')", "a+b"),
        ("regexp_matches(carrier, '^U')", True),
        ("regexp_replace('N123', '[0-9]+', 'x')", "Nx"),
        ("regexp_substr('N123', '[0-9]+')", "123"),
        ("cast('42' AS int)", "no SQL of AWS's"),
        ("cast('42', 'Int')", 42),
        ("cast(true, 'Decimal')", 1),
        ("isNull(none)", True),
        ("isUndefined(missing)", True),
        ("get(legs, 0).to", "ORD"),
        ("get(gate, 'name')", "C7"),
        ("parse_time(\"yyyy-MM-dd'T'HH:mm:ss z\", 0)", "1970-01-01T00:00:00 UTC"),
        ("time_to_epoch('2013-01-01', 'yyyy-MM-dd')", 1356998400000),
        ("encode('hi', 'base64')", "aGk="),
        ("decode('eyJhIjoxfQ==', 'base64')", {"a": 1}),
        ("md5('x')", "9dd4e461268c8034f5c8564e155c67a6"),
        ("abs(carrier)", None),
    ],
)
def test_functions(selected: Any, refused: Any, expression: str, expected: Any) -> None:
    if expected == "no SQL of AWS's":
        assert refused(selected, f"{expression} AS x", FLIGHT)[0] == "SqlParseException"
        return
    found = selected(f"{expression} AS x", FLIGHT)
    assert found == ({} if expected is None else {"x": expected})


@pytest.mark.aws(f"{GUIDE}iot-sql-functions.html#iot-sql-function-newuuid", operation="iot-data:Publish")
def test_new_uuids_are_new(selected: Any) -> None:
    found = [selected("newuuid() AS id", {})["id"] for _ in range(2)]
    assert found[0] != found[1]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found[0])


@pytest.mark.aws(f"{GUIDE}iot-sql-where.html", operation="iot-data:Publish")
def test_where_lets_pass_what_is_true_and_nothing_else(selected: Any) -> None:
    assert selected("carrier", FLIGHT, "delay > 30 AND gate.temperature < 30") == {"carrier": "UA"}
    assert selected("carrier", FLIGHT, "delay > 60") is None
    assert selected("carrier", FLIGHT, "missing = 1") is None
    assert selected("carrier", FLIGHT, "missing <> 1") is None
    assert selected("carrier", FLIGHT, "isUndefined(missing)") == {"carrier": "UA"}


@pytest.mark.aws(
    "https://docs.aws.amazon.com/iot/latest/apireference/API_CreateTopicRule.html",
    operation="iot:CreateTopicRule, iot:ReplaceTopicRule",
)
@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELEKT * FROM 'a'", "Expected SELECT but found 'SELEKT' at position 1."),
        ("SELECT * FORM 'a'", "Expected FROM but found 'FORM' at position 10."),
        ("SELECT * FROM a", "Expected a string but found 'a' at position 15."),
        ("SELECT a, FROM 'a'", "Expected an expression but found 'from' at position 11."),
        ("SELECT * FROM 'a' WHERE", "Expected an expression but found 'the end' at position 24."),
        ("SELECT * FROM 'a' WHERE x = = 1", "Expected an expression but found '=' at position 29."),
        ("SELECT * FROM 'a' LIMIT 1", "Expected the end but found 'LIMIT' at position 19."),
        ("SELECT nosuch(a) FROM 'a'", "Unknown function nosuch at position 8."),
        ("SELECT topic(1, 2) FROM 'a'", "The function topic does not take 2 arguments, used at position 8."),
        ("SELECT get_thing_shadow('x', 'r') FROM 'a'", "not supported by pocketaws"),
        ("SELECT * FROM 'a/#/b'", "Invalid topic filter"),
        ("SELECT ; FROM 'a'", "Unexpected character ';' at position 8."),
    ],
)
def test_wrong_sql_is_refused_where_it_goes_wrong(iot: Any, rule: Any, refused: Any, sql: str, told: str) -> None:
    code, message = refused(rule, sql)
    assert code == "SqlParseException"
    assert told in message
    rule("SELECT * FROM 'good'", name="kept")
    payload = {"sql": sql, "actions": []}
    assert refused(iot.replace_topic_rule, ruleName="kept", topicRulePayload=payload)[0] == "SqlParseException"
    assert iot.get_topic_rule(ruleName="kept")["rule"]["sql"] == "SELECT * FROM 'good'"
