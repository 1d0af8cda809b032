"""Evaluating rules: each asks the table one question in SQL and compares the answer.

Source: https://docs.aws.amazon.com/glue/latest/dg/dqdl-rule-types.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pocketaws.engines.athena import NoAnswer
from pocketaws.engines.glue.quality.dqdl import Condition, Malformed, Node, Rule, Together
from pocketaws.engines.glue.quality.values import holds, is_numeric, predicate

__all__ = ["Outcome", "Subject", "evaluate"]

_WHOLE = Condition("=", (1.0,))


@dataclass
class Outcome:
    """What became of a rule: ``PASS``, ``FAIL`` or ``ERROR``, why, and what was measured."""

    result: str
    message: str | None = None
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass
class Subject:
    """A table under test: its name in SQL, the types of its columns, and who asks it."""

    name: str
    columns: dict[str, str]
    ask: Callable[[str], list[tuple[Any, ...]]]

    def row(self, selected: str, where: str | None = None) -> tuple[Any, ...]:
        """Return the one row of an aggregation."""
        condition = f" WHERE ({where})" if where else ""
        return self.ask(f"SELECT {selected} FROM {self.name}{condition}")[0]


def evaluate(node: Node, subject: Subject) -> Outcome:
    """Evaluate a rule on a table."""
    if isinstance(node, Together):
        return _together(node, subject)
    names = node.columns if node.kind not in ("CustomSql", "ColumnExists") else ()
    missing = [name for name in names if name.lower() not in subject.columns]
    if missing:
        return Outcome("FAIL", f"Input data does not include column {missing[0]}!")
    try:
        return _EVALUATE.get(node.kind, _measured)(node, subject)
    except NoAnswer as reason:
        return Outcome("ERROR", f"Rule evaluation failed: {reason}")
    except Malformed as reason:
        return Outcome("ERROR", f"Rule evaluation failed: {reason}")


def _together(node: Together, subject: Subject) -> Outcome:
    found = [evaluate(part, subject) for part in node.parts]
    passed = [each.result == "PASS" for each in found]
    metrics = {name: value for each in found for name, value in each.metrics.items()}
    if all(passed) if node.operator == "and" else any(passed):
        return Outcome("PASS", None, metrics)
    told = "; ".join(dict.fromkeys(each.message for each in found if each.message))
    return Outcome("ERROR" if "ERROR" in [each.result for each in found] else "FAIL", told, metrics)


def _column(rule: Rule, number: int = 0) -> str:
    return f'"{rule.columns[number].lower()}"'


def _share(part: Any, rows: int) -> float:
    """Return a share of the rows; of no rows, all."""
    return float(part or 0) / rows if rows else 1.0


def _against(value: float, condition: Condition | None, metric: str) -> Outcome:
    if holds(condition or _WHOLE, value):
        return Outcome("PASS", None, {metric: value})
    return Outcome("FAIL", f"Value: {value} does not meet the constraint requirement!", {metric: value})


def _measured(rule: Rule, subject: Subject) -> Outcome:
    """Evaluate a rule that compares one number."""
    kind = {"IsComplete": "Completeness", "IsUnique": "Uniqueness"}.get(rule.kind, rule.kind)
    place = "Dataset.*" if not rule.columns else f"Column.{rule.columns[0]}"
    return _against(_MEASURES[kind](rule, subject), rule.condition, f"{place}.{kind}")


def _completeness(rule: Rule, subject: Subject) -> float:
    rows, there = subject.row(f"count(*), count({_column(rule)})", rule.where)
    return _share(there, rows)


def _grouped(rule: Rule, subject: Subject) -> tuple[int, int, int]:
    """Return how many rows there are, how many values, and how many of them occur once; NULL is no value."""
    named = ", ".join(_column(rule, number) for number in range(len(rule.columns)))
    condition = f" WHERE ({rule.where})" if rule.where else ""
    there = " AND ".join(f"{_column(rule, number)} IS NOT NULL" for number in range(len(rule.columns)))
    counts = (
        f"SELECT count(*) AS n, max(CASE WHEN {there} THEN 1 ELSE 0 END) AS there "
        f"FROM {subject.name}{condition} GROUP BY {named}"
    )
    found = subject.ask(
        f"SELECT coalesce(sum(n), 0), coalesce(sum(there), 0), "
        f"coalesce(sum(CASE WHEN n = 1 AND there = 1 THEN 1 ELSE 0 END), 0) FROM ({counts}) AS counts"
    )[0]
    return int(found[0]), int(found[1]), int(found[2])


def _uniqueness(rule: Rule, subject: Subject) -> float:
    rows, _, once = _grouped(rule, subject)
    return _share(once, rows)


def _unique_ratio(rule: Rule, subject: Subject) -> float:
    _, values, once = _grouped(rule, subject)
    return _share(once, values)


def _aggregate(function: str) -> Callable[[Rule, Subject], float]:
    def measure(rule: Rule, subject: Subject) -> float:
        if not is_numeric(subject.columns[rule.columns[0].lower()]):
            raise Malformed(f"Expected type of column {rule.columns[0]} to be a number, but found text instead!")
        value = subject.row(f"{function}(CAST({_column(rule)} AS double))", rule.where)[0]
        if value is None:
            raise Malformed("Empty state for analyzer, all input values were NULL.")
        return float(value)

    return measure


def _correlation(rule: Rule, subject: Subject) -> Outcome:
    selected = f"corr(CAST({_column(rule)} AS double), CAST({_column(rule, 1)} AS double))"
    value = float(subject.row(selected, rule.where)[0] or 0)
    return _against(value, rule.condition, f"Multicolumn.{','.join(rule.columns)}.ColumnCorrelation")


_MEASURES: dict[str, Callable[[Rule, Subject], float]] = {
    "ColumnCount": lambda rule, subject: float(len(subject.columns)),
    "Completeness": _completeness,
    "DistinctValuesCount": lambda rule, subject: float(_grouped(rule, subject)[1]),
    "Mean": _aggregate("avg"),
    "RowCount": lambda rule, subject: float(subject.row("count(*)", rule.where)[0]),
    "StandardDeviation": _aggregate("stddev_pop"),
    "Sum": _aggregate("sum"),
    "UniqueValueRatio": _unique_ratio,
    "Uniqueness": _uniqueness,
}


def _exists(rule: Rule, subject: Subject) -> Outcome:
    if rule.columns[0].lower() in subject.columns:
        return Outcome("PASS")
    return Outcome("FAIL", f"Input data does not include column {rule.columns[0]}!")


def _primary_key(rule: Rule, subject: Subject) -> Outcome:
    rows, _, once = _grouped(rule, subject)
    one = len(rule.columns) == 1
    name = f"Column.{rule.columns[0]}" if one else f"Multicolumn.{','.join(rule.columns)}"
    return _against(_share(once, rows), None, f"{name}.Uniqueness")


def _values(rule: Rule, subject: Subject) -> Outcome:
    assert rule.condition is not None
    length = rule.kind == "ColumnLength"
    name, kind = _column(rule), subject.columns[rule.columns[0].lower()]
    if length:
        name, kind = f"length(CAST({name} AS varchar))", "bigint"
    test = predicate(name, kind, rule.condition)
    ordered = is_numeric(kind) and all(type(each) is float for each in rule.condition.values)
    extremes = f", min({name}), max({name})" if ordered else ""
    rows, met, *found = subject.row(f"count(*), sum(CASE WHEN {test} THEN 1 ELSE 0 END){extremes}", rule.where)
    share, place = _share(met, rows), f"Column.{rule.columns[0]}"
    metrics = {f"{place}.{'ColumnLength' if length else 'ColumnValues'}.Compliance": share}
    if ordered and found[0] is not None:
        names = ("MinimumLength", "MaximumLength") if length else ("Minimum", "Maximum")
        metrics |= {f"{place}.{name}": float(value) for name, value in zip(names, found, strict=True)}
    if holds(rule.threshold or _WHOLE, share):
        return Outcome("PASS", None, metrics)
    worst: float | str = share
    if rule.threshold is None and ordered:
        wrong = [float(value) for value in found if value is not None and not holds(rule.condition, float(value))]
        worst = wrong[0] if wrong else "NULL"
    return Outcome("FAIL", f"Value: {worst} does not meet the constraint requirement!", metrics)


def _custom(rule: Rule, subject: Subject) -> Outcome:
    sql = re.sub(r"\bprimary\b", subject.name, rule.columns[0])
    found = subject.ask(sql)
    value = found[0][0] if len(found) == 1 and len(found[0]) == 1 else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Malformed("CustomSql with an expression must return one number.")
    return _against(float(value), rule.condition, "Dataset.*.CustomSQL")


_EVALUATE: dict[str, Callable[[Rule, Subject], Outcome]] = {
    "ColumnCorrelation": _correlation,
    "ColumnExists": _exists,
    "ColumnLength": _values,
    "ColumnValues": _values,
    "CustomSql": _custom,
    "IsPrimaryKey": _primary_key,
}
