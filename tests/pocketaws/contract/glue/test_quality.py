"""Data quality: rules of DQDL, evaluated on the rows that a table has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GUIDE = "https://docs.aws.amazon.com/glue/latest/dg/"
API = f"{GUIDE}aws-glue-api-data-quality-api.html"
TYPES = f"{GUIDE}dqdl-rule-types.html"

ROWS = """id,carrier,delay,miles
1,UA,2,1400
2,UA,4,1416
3,AA,,1089
4,B6,-1,1576
5,,33,1089
"""

#: Rule -> what becomes of it on the five rows above.
RULES = [
    ('IsComplete "id"', "PASS"),
    ('IsComplete "carrier"', "FAIL"),
    ('Completeness "carrier" > 0.7', "PASS"),
    ('Completeness "carrier" > 0.8', "FAIL"),
    ('IsUnique "id"', "PASS"),
    ('IsUnique "miles"', "FAIL"),
    ('Uniqueness "miles" = 0.6', "PASS"),
    ('UniqueValueRatio "miles" between 0.7 and 0.8', "PASS"),
    ('DistinctValuesCount "carrier" = 3', "PASS"),
    ('IsPrimaryKey "id"', "PASS"),
    ('IsPrimaryKey "carrier" "miles"', "FAIL"),
    ("RowCount = 5", "PASS"),
    ("RowCount between 5 and 9", "FAIL"),
    ("RowCount > 3 where \"carrier = 'UA'\"", "FAIL"),
    ("ColumnCount = 4", "PASS"),
    ('ColumnExists "miles"', "PASS"),
    ('ColumnExists "kilometers"', "FAIL"),
    ('IsComplete "kilometers"', "FAIL"),
    ('ColumnValues "carrier" in ["UA", "AA", "B6", NULL]', "PASS"),
    ('ColumnValues "carrier" in ["UA", "AA", "B6"]', "FAIL"),
    ('ColumnValues "carrier" in ["UA", "AA", "B6"] with threshold > 0.7', "PASS"),
    ('ColumnValues "carrier" != "XX"', "PASS"),
    ('ColumnValues "carrier" not in ["UA"]', "FAIL"),
    ('ColumnValues "carrier" matches "^[A-Z0-9]{2}$" where "carrier is not null"', "PASS"),
    ('ColumnValues "delay" > -5 where "delay is not null"', "PASS"),
    ('ColumnValues "delay" > -5', "FAIL"),
    ('(ColumnValues "delay" > -5) or (ColumnValues "delay" = NULL)', "FAIL"),
    ('ColumnValues "miles" between 1089 and 2000', "FAIL"),
    ('ColumnValues "miles" between 1000 and 2000', "PASS"),
    ('ColumnLength "carrier" = 2 where "carrier is not null"', "PASS"),
    ('Mean "miles" between 1313 and 1315', "PASS"),
    ('Sum "miles" = 6570', "PASS"),
    ('StandardDeviation "miles" between 193 and 194', "PASS"),
    ('ColumnCorrelation "id" "miles" < 0.5', "PASS"),
    ('CustomSql "SELECT count(*) FROM primary WHERE delay < 0" = 1', "PASS"),
    ('CustomSql "SELEC count(*) FROM primary" = 1', "ERROR"),
    ('Mean "carrier" > 1', "ERROR"),
    ('(IsComplete "id") and (IsUnique "miles")', "FAIL"),
    ('(IsUnique "miles") or ((IsComplete "id") and (RowCount > 1))', "PASS"),
]


@pytest.fixture
def table(glue: Any, put: Any, bucket: str, database: str) -> dict[str, str]:
    put("raw/flights.csv", ROWS)
    columns = [{"Name": n, "Type": t} for n, t in (("id", "int"), ("carrier", "string"), ("delay", "int"))]
    storage = {
        "Columns": [*columns, {"Name": "miles", "Type": "bigint"}],
        "Location": f"s3://{bucket}/raw/",
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            "Parameters": {"field.delim": ",", "serialization.null.format": ""},
        },
    }
    parameters = {"classification": "csv", "skip.header.line.count": "1"}
    described = {"Name": "flights", "StorageDescriptor": storage, "Parameters": parameters}
    glue.create_table(DatabaseName=database, TableInput=described)
    return {"DatabaseName": database, "TableName": "flights"}


@pytest.fixture
def check(glue: Any, table: dict[str, str], clock: Any) -> Callable[..., dict[str, Any]]:
    """``check('IsComplete "id"')`` evaluates rules and returns the result."""

    def evaluate(*rules: str) -> dict[str, Any]:
        name = f"rules-{len(glue.list_data_quality_rulesets()['Rulesets'])}"
        glue.create_data_quality_ruleset(Name=name, Ruleset=f"Rules = [\n {', '.join(rules)} ]", TargetTable=table)
        run_id = glue.start_data_quality_ruleset_evaluation_run(
            DataSource={"GlueTable": table}, Role="r", RulesetNames=[name]
        )["RunId"]
        clock.advance(seconds=2)
        run = glue.get_data_quality_ruleset_evaluation_run(RunId=run_id)
        assert (run["Status"], run.get("ErrorString")) == ("SUCCEEDED", None)
        found: dict[str, Any] = glue.get_data_quality_result(ResultId=run["ResultIds"][0])
        return found

    return evaluate


@pytest.mark.aws(TYPES, operation="StartDataQualityRulesetEvaluationRun, GetDataQualityRulesetEvaluationRun")
def test_rules_hold_or_not(check: Any) -> None:
    found = check(*(rule for rule, _ in RULES))
    for (rule, expected), told in zip(RULES, found["RuleResults"], strict=True):
        assert (told["Description"], told["Result"]) == (rule, expected), told
        assert ("EvaluationMessage" in told) == (expected != "PASS")
    passed = sum(expected == "PASS" for _, expected in RULES)
    assert found["Score"] == pytest.approx(passed / len(RULES))


@pytest.mark.aws(API, operation="GetDataQualityResult, BatchGetDataQualityResult, ListDataQualityResults")
def test_a_result_tells_rule_by_rule(glue: Any, check: Any, table: Any) -> None:
    found = check('Completeness "carrier" > 0.9', "RowCount = 5", 'ColumnValues "delay" <= 10', 'ColumnValues "id" < 9')
    assert found["Score"] == 0.5
    first, second, third, last = found["RuleResults"]
    assert (first["Name"], first["EvaluatedMetrics"]) == ("Rule_1", {"Column.carrier.Completeness": 0.8})
    assert first["EvaluationMessage"] == "Value: 0.8 does not meet the constraint requirement!"
    assert second["EvaluatedMetrics"] == {"Dataset.*.RowCount": 5.0}
    assert third["EvaluationMessage"] == "Value: 33.0 does not meet the constraint requirement!"
    assert last["EvaluatedMetrics"]["Column.id.Maximum"] == 5.0
    answer = glue.batch_get_data_quality_result(ResultIds=[found["ResultId"], "dqresult-none"])
    assert answer["ResultsNotFound"] == ["dqresult-none"]
    assert [each["Score"] for each in answer["Results"]] == [0.5]
    listed = glue.list_data_quality_results(Filter={"DataSource": {"GlueTable": table}})["Results"]
    assert [each["ResultId"] for each in listed] == [found["ResultId"]]


MALFORMED = [
    "IsComplete id",
    "Rules = []",
    'Rules = [ IsComplete "id" ',
    'Rules = [ Iscomplete "id" ]',
    'Rules = [ Completeness "id" ]',
    'Rules = [ RowCount > "many" ',
    'Rules = [ Completeness "id" > 0.5 with threshold > 0.1 ]',
    'Rules = [ (IsComplete "a") and (IsComplete "b") or (IsComplete "c") ]',
    'Rules = [ DataFreshness "day" < 2 days ]',
    "Rules = [ RowCount > avg(last(3)) ]",
    'Analyzers = [ Completeness "id" ]',
    "Rules = [ RowCount > 1; ]",
]


@pytest.mark.aws(f"{GUIDE}dqdl.html", operation="CreateDataQualityRuleset, UpdateDataQualityRuleset")
def test_what_is_no_ruleset_is_refused(glue: Any, refused: Any) -> None:
    glue.create_data_quality_ruleset(Name="good", Ruleset='Rules = [ IsComplete "id" # a comment\n ]')
    for text in MALFORMED:
        assert refused(glue.create_data_quality_ruleset, Name="bad", Ruleset=text)[0] == "InvalidInputException", text
        assert refused(glue.update_data_quality_ruleset, Name="good", Ruleset=text)[0] == "InvalidInputException", text
    assert glue.get_data_quality_ruleset(Name="good")["Ruleset"].startswith("Rules = [ IsComplete")
    message = refused(glue.create_data_quality_ruleset, Name="bad", Ruleset="Rules = [\n Mean id > 1 ]")[1]
    assert "line 2:6 expecting a text in double quotes at 'id'" in message


@pytest.mark.aws(API, operation="GetDataQualityRuleset, ListDataQualityRulesets, DeleteDataQualityRuleset")
def test_rulesets_are_kept(glue: Any, table: Any, refused: Any) -> None:
    text = 'Rules = [ IsComplete "id" ]'
    glue.create_data_quality_ruleset(Name="rules", Ruleset=text, TargetTable=table)
    assert refused(glue.create_data_quality_ruleset, Name="rules", Ruleset=text)[0] == "AlreadyExistsException"
    missing = {**table, "TableName": "none"}
    assert refused(glue.create_data_quality_ruleset, Name="x", Ruleset=text, TargetTable=missing)[0] == (
        "EntityNotFoundException"
    )
    listed = glue.list_data_quality_rulesets(Filter={"TargetTable": table})["Rulesets"]
    assert [(each["Name"], each["RuleCount"]) for each in listed] == [("rules", 1)]
    glue.delete_data_quality_ruleset(Name="rules")
    assert refused(glue.get_data_quality_ruleset, Name="rules")[0] == "EntityNotFoundException"
    assert refused(glue.delete_data_quality_ruleset, Name="rules")[0] == "EntityNotFoundException"


@pytest.mark.aws(API, operation="CancelDataQualityRulesetEvaluationRun, ListDataQualityRulesetEvaluationRuns")
def test_runs_are_refused_cancelled_and_listed(glue: Any, table: Any, refused: Any, check: Any) -> None:
    check('IsComplete "id"')
    start = glue.start_data_quality_ruleset_evaluation_run
    source = {"GlueTable": table}
    assert refused(start, DataSource=source, Role="r", RulesetNames=["none"])[0] == "EntityNotFoundException"
    gone = {"GlueTable": {**table, "TableName": "none"}}
    assert refused(start, DataSource=gone, Role="r", RulesetNames=["rules-0"])[0] == "EntityNotFoundException"
    rows = {"CompositeRuleEvaluationMethod": "ROW"}
    asked = {"DataSource": source, "Role": "r", "RulesetNames": ["rules-0"], "AdditionalRunOptions": rows}
    assert refused(start, **asked)[0] == "InvalidInputException"
    [run] = glue.list_data_quality_ruleset_evaluation_runs(Filter={"DataSource": source})["Runs"]
    assert refused(glue.cancel_data_quality_ruleset_evaluation_run, RunId=run["RunId"])[0] == "InvalidInputException"


@pytest.mark.aws(TYPES, operation="StartDataQualityRulesetEvaluationRun")
def test_a_table_whose_files_are_broken_gives_an_error_for_each_rule(check: Any, put: Any, glue: Any) -> None:
    put("raw/broken.csv", "id,carrier,delay,miles\n6,UA,late,1\n")
    first, second = check('Mean "delay" > 0', 'IsComplete "id"')["RuleResults"]
    assert (first["Result"], second["Result"]) == ("ERROR", "PASS")
    assert "HIVE_BAD_DATA" in first["EvaluationMessage"]
