"""States of the Amazon States Language, and what flows through them."""

from __future__ import annotations

import json
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg/"
START = "StartExecution, DescribeExecution"


def one(state: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "Only", "States": {"Only": {"End": True, **state}}}


@pytest.mark.aws(f"{GUIDE}concepts-input-output-filtering.html", operation=START)
def test_data_is_filtered_on_its_way_through_a_state(run: Any) -> None:
    state = {
        "Type": "Pass",
        "InputPath": "$.order",
        "Parameters": {"who.$": "$.customer.name", "first.$": "$.lines[0].sku", "skus.$": "$.lines[*].sku", "x": [1]},
        "ResultPath": "$.found",
        "OutputPath": "$.found",
    }
    order = {"customer": {"name": "Ada"}, "lines": [{"sku": "a"}, {"sku": "b"}]}
    assert run(one(state), {"order": order, "found": 0})["output"] == {
        "who": "Ada",
        "first": "a",
        "skus": ["a", "b"],
        "x": [1],
    }
    assert run(one({"Type": "Pass", "Result": 5, "ResultPath": "$.a.b"}), {"a": {"c": 1}})["output"] == {
        "a": {"c": 1, "b": 5}
    }
    assert run(one({"Type": "Pass", "Result": 5, "ResultPath": None}), {"a": 1})["output"] == {"a": 1}
    assert run(one({"Type": "Pass", "OutputPath": None}), {"a": 1})["output"] == {}


@pytest.mark.aws("https://states-language.net/spec.html#path", operation="StartExecution")
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.a[1]", 2),
        ("$.a[-1]", 3),
        ("$.a[0:2]", [1, 2]),
        ("$['b']['x y']", 4),
        ("$.a[0,2]", [1, 3]),
        ("$..n", [7, 8]),
        ("$.list[?(@.n > 7)].t", ["v"]),
        ("$.list[?(@.t == 'u' || @.n == 8)].n", [7, 8]),
        ("$.list[*].missing", []),
    ],
)
def test_paths_find(run: Any, path: str, expected: Any) -> None:
    data = {"a": [1, 2, 3], "b": {"x y": 4}, "list": [{"n": 7, "t": "u"}, {"n": 8, "t": "v"}]}
    assert run(one({"Type": "Pass", "Parameters": {"found.$": path}}), data)["output"] == {"found": expected}


@pytest.mark.aws(f"{GUIDE}intrinsic-functions.html", operation="StartExecution")
@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (r"States.Format('{} of {} \'x\'', $.n, 'b')", "5 of b 'x'"),
        ("States.StringToJson($.text)", {"k": [1]}),
        ("States.JsonToString($.list)", "[1,2,2,3]"),
        ("States.ArrayPartition($.list, 3)", [[1, 2, 2], [3]]),
        ("States.ArrayContains($.list, 3)", True),
        ("States.ArrayRange(1, 7, 3)", [1, 4, 7]),
        ("States.ArrayGetItem($.list, 3)", 3),
        ("States.ArrayLength(States.ArrayUnique($.list))", 3),
        ("States.Base64Decode(States.Base64Encode('hi'))", "hi"),
        ("States.Hash('a', 'MD5')", "0cc175b9c0f1b6a831c399e269772661"),
        ("States.JsonMerge($.one, $.two, false)", {"a": 2, "b": 1}),
        ("States.MathAdd($.n, -2)", 3),
        ("States.StringSplit('a.b+c', '.+')", ["a", "b", "c"]),
        ("States.Array(1, 'x', null)", [1, "x", None]),
    ],
)
def test_intrinsic_functions_compute(run: Any, call: str, expected: Any) -> None:
    data = {"n": 5, "text": '{"k": [1]}', "list": [1, 2, 2, 3], "one": {"a": 1, "b": 1}, "two": {"a": 2}}
    assert run(one({"Type": "Pass", "Parameters": {"got.$": call}}), data)["output"] == {"got": expected}


@pytest.mark.aws(f"{GUIDE}state-choice.html", operation="StartExecution")
@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({"Variable": "$.n", "NumericGreaterThan": 4}, True),
        ({"Variable": "$.n", "NumericEquals": 4}, False),
        ({"Variable": "$.s", "NumericEquals": 5}, False),
        ({"Variable": "$.s", "StringMatches": "log-*.txt"}, True),
        ({"Variable": "$.t", "TimestampLessThan": "2026-01-01T00:00:00Z"}, True),
        ({"Variable": "$.missing", "IsPresent": False}, True),
        ({"Variable": "$.nothing", "IsNull": True}, True),
        ({"Variable": "$.n", "NumericLessThanPath": "$.m"}, True),
        ({"Not": {"Variable": "$.flag", "BooleanEquals": True}}, False),
        ({"And": [{"Variable": "$.n", "IsNumeric": True}, {"Variable": "$.s", "IsString": True}]}, True),
        ({"Or": [{"Variable": "$.n", "IsString": True}, {"Variable": "$.t", "IsTimestamp": True}]}, True),
    ],
)
def test_choices_compare(run: Any, rule: dict[str, Any], holds: bool) -> None:
    machine = {
        "StartAt": "Pick",
        "States": {
            "Pick": {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
            "Yes": {"Type": "Pass", "Result": True, "End": True},
            "No": {"Type": "Pass", "Result": False, "End": True},
        },
    }
    data = {"n": 5, "m": 6, "s": "log-1.txt", "t": "2025-05-05T00:00:00Z", "flag": True, "nothing": None}
    assert run(machine, data)["output"] is holds


@pytest.mark.aws(f"{GUIDE}state-choice.html", operation="StartExecution")
def test_a_choice_without_a_match_fails(run: Any) -> None:
    machine = {
        "StartAt": "Pick",
        "States": {
            "Pick": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "Yes"}]},
            "Yes": {"Type": "Succeed"},
        },
    }
    assert run(machine, {"n": 2})["error"] == "States.NoChoiceMatched"
    assert run(machine, {})["error"] == "States.Runtime"


@pytest.mark.aws(f"{GUIDE}state-map.html", operation="StartExecution")
def test_a_map_runs_over_items_and_keeps_their_order(run: Any) -> None:
    inner = {"StartAt": "Double", "States": {"Double": {"Type": "Pass", "End": True}}}
    selector = {"at.$": "$$.Map.Item.Index", "value.$": "$$.Map.Item.Value", "day.$": "$.day"}
    state = {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": selector, "MaxConcurrency": 1}
    found = run(one({**state, "ItemProcessor": inner}), {"items": ["a", "b"], "day": 3})
    assert found["output"] == [{"at": 0, "value": "a", "day": 3}, {"at": 1, "value": "b", "day": 3}]
    assert run(one({"Type": "Map", "Iterator": inner}), {"no": "list"})["error"] == "States.Runtime"


@pytest.mark.aws(f"{GUIDE}state-parallel.html", operation="StartExecution")
def test_branches_run_side_by_side_and_one_failure_ends_all(run: Any) -> None:
    def branch(state: dict[str, Any]) -> dict[str, Any]:
        return {"StartAt": "Only", "States": {"Only": state}}

    good = branch({"Type": "Pass", "Result": 1, "ResultPath": "$.one", "End": True})
    bad = branch({"Type": "Fail", "Error": "Torn", "Cause": "paper"})
    long = branch({"Type": "Wait", "Seconds": 90_000, "End": True})
    assert run(one({"Type": "Parallel", "Branches": [good, good]}), {"x": 0})["output"] == [{"x": 0, "one": 1}] * 2
    found = run(one({"Type": "Parallel", "Branches": [long, bad]}))
    assert (found["status"], found["error"], found["cause"]) == ("FAILED", "Torn", "paper")
    caught = {"Catch": [{"ErrorEquals": ["Torn"], "ResultPath": "$.why", "Next": "Mend"}]}
    machine = one({"Type": "Parallel", "Branches": [long, bad], **caught})
    machine["States"]["Mend"] = {"Type": "Pass", "End": True}
    assert run(machine, {"x": 1})["output"] == {"x": 1, "why": {"Error": "Torn", "Cause": "paper"}}


@pytest.mark.aws(f"{GUIDE}state-wait.html", operation="StartExecution, GetExecutionHistory")
def test_waits_end_when_the_clock_says_so(states: Any, create: Any, settled: Any, clock: Any) -> None:
    waits = {
        "StartAt": "Nap",
        "States": {
            "Nap": {"Type": "Wait", "SecondsPath": "$.nap", "Next": "Until"},
            "Until": {"Type": "Wait", "TimestampPath": "$.until", "Next": "Done"},
            "Done": {"Type": "Succeed"},
        },
    }
    given = json.dumps({"nap": 7200, "until": "2026-11-04T00:00:00Z"})
    arn = states.start_execution(stateMachineArn=create(waits), input=given)["executionArn"]
    assert settled(arn)["status"] == "RUNNING"
    clock.advance(hours=3)
    assert settled(arn)["status"] == "RUNNING"
    clock.advance(days=3)
    found = settled(arn)
    assert (found["status"], f"{found['stopDate']:%d %H:%M}") == ("SUCCEEDED", "04 00:00")
    events = states.get_execution_history(executionArn=arn)["events"]
    left = {e["stateExitedEventDetails"]["name"]: e["timestamp"] for e in events if e["type"].endswith("StateExited")}
    assert f"{left['Nap']:%d %H:%M}" == "02 11:00"


@pytest.mark.aws(f"{GUIDE}workflow-variables.html", operation="StartExecution")
def test_variables_are_assigned_and_read(run: Any) -> None:
    machine = {
        "StartAt": "Note",
        "States": {
            "Note": {"Type": "Pass", "Assign": {"n.$": "$.n", "fixed": 2}, "Next": "Use"},
            "Use": {"Type": "Pass", "Parameters": {"sum.$": "States.MathAdd($n, $fixed)"}, "End": True},
        },
    }
    assert run(machine, {"n": 40})["output"] == {"sum": 42}


@pytest.mark.aws(f"{GUIDE}concepts-amazon-states-language.html", operation="CreateStateMachine, UpdateStateMachine")
@pytest.mark.parametrize(
    ("definition", "part"),
    [
        ("{", "INVALID_JSON_DESCRIPTION"),
        ({"States": {"A": {"Type": "Succeed"}}}, "[StartAt]"),
        ({"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}, "Missing 'StartAt' target: B"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Z"}}}, "Missing 'Next' target: Z"),
        ({"StartAt": "A", "States": {"A": {"Type": "Nap"}}}, "/States/A/Type"),
        ({"StartAt": "A", "States": {"A": {"Type": "Pass"}}}, "Exactly one of 'Next' and 'End'"),
        ({"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}}, '"B" is not reachable'),
        (one({"Type": "Task", "Resource": "arn:aws:states:::glue:paint"}), "/States/Only/Resource"),
        (one({"Type": "Pass", "InputPath": "x"}), "INVALID_JSON_PATH"),
        (one({"Type": "Pass", "Parameters": {"a.$": "b"}}), "must be a valid JSONPath"),
        ({**one({"Type": "Pass"}), "QueryLanguage": "JSONata"}, "JSONata is not supported"),
    ],
)
def test_a_bad_definition_is_refused_with_its_place(
    states: Any, refused: Any, create: Any, definition: Any, part: str
) -> None:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    role = "arn:aws:iam::123456789012:role/states"
    code, message = refused(states.create_state_machine, name="bad", definition=text, roleArn=role)
    assert code == "InvalidDefinition"
    assert part in message
    arn = create(one({"Type": "Pass"}))
    assert refused(states.update_state_machine, stateMachineArn=arn, definition=text)[0] == "InvalidDefinition"
    diagnosis = states.validate_state_machine_definition(definition=text)
    assert (diagnosis["result"], bool(diagnosis["diagnostics"])) == ("FAIL", True)


@pytest.mark.aws(f"{GUIDE}service-quotas.html", operation="StartExecution")
def test_too_much_data_fails(run: Any) -> None:
    filled = "States.Array($.a, $.a, $.a)"
    state = {"Type": "Pass", "Parameters": {"big.$": filled}}
    assert run(one(state), {"a": "x" * 100_000})["error"] == "States.DataLimitExceeded"
