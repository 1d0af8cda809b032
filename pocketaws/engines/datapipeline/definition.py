"""Definitions: objects with fields, some of which refer to other objects; checked, inherited, expressions evaluated.

Source: https://docs.aws.amazon.com/datapipeline/latest/DeveloperGuide/dp-pipeline-objects.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

__all__ = ["ACTIVITIES", "Definition", "Object", "Problem", "period", "times_of"]

ACTIVITIES = ("CopyActivity", "ShellCommandActivity")
#: Type -> fields of which one of each group must be there.
_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "CopyActivity": (("input",), ("output",), ("runsOn", "workerGroup")),
    "Ec2Resource": (),
    "S3DataNode": (("filePath", "directoryPath"),),
    "Schedule": (("period",), ("startDateTime", "startAt")),
    "ShellCommandActivity": (("command", "scriptUri"), ("runsOn", "workerGroup")),
}
_PERIOD = re.compile(r"(\d+)\s+(minute|hour|day|week)s?", re.IGNORECASE)
_EXPRESSION = re.compile(r"#\{(.+?)\}")
_FORMAT = re.compile(r"format\(\s*@?(\w+)\s*,\s*'([^']*)'\s*\)", re.IGNORECASE)
_JODA = {"YYYY": "%Y", "yyyy": "%Y", "YY": "%y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one object."""

    id: str
    message: str


@dataclass
class Object:
    """An object of a definition.

    Parameters
    ----------
    fields
        Key to its values, texts and ids of other objects alike.
    """

    id: str
    name: str
    fields: dict[str, list[str]]
    references: dict[str, list[str]] = field(default_factory=dict)

    def get(self, key: str, default: str = "") -> str:
        """Return the first value of a field."""
        return next(iter(self.fields.get(key) or self.references.get(key) or []), default)

    @property
    def type(self) -> str:
        """Its type, for example ``CopyActivity``."""
        return self.get("type")


class Definition:
    """A whole definition.

    Parameters
    ----------
    objects, values
        As ``PutPipelineDefinition`` takes ``pipelineObjects`` and ``parameterValues``.
    """

    def __init__(self, objects: list[dict[str, Any]], values: list[dict[str, Any]]) -> None:
        self.values = {each["id"]: each["stringValue"] for each in values}
        self.objects = {given["id"]: _object(given) for given in objects}
        default = self.objects.get("Default")
        for each in self.objects.values():
            parents = [self.objects.get(each.get("parent")), default]
            for parent in (parent for parent in parents if parent and parent is not each):
                _inherit(each, parent)

    @property
    def activities(self) -> list[Object]:
        """The activities, each after those that it depends on."""
        waiting = [each for each in self.objects.values() if each.type in ACTIVITIES]
        found: list[Object] = []
        while waiting:
            done = {each.id for each in found}
            ready = [each for each in waiting if not (set(each.references.get("dependsOn", ())) - done)]
            if not ready:
                return found  # a cycle; problems() names it
            found += ready
            waiting = [each for each in waiting if each not in ready]
        return found

    def schedule_of(self, activity: Object) -> Object | None:
        """Return an activity's schedule; None if it runs on demand."""
        if activity.get("scheduleType").lower() == "ondemand":
            return None
        return self.objects.get(activity.get("schedule"))

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong."""
        wanted = [each for each in self.objects.values() if each.type in ACTIVITIES]
        if not wanted:
            yield Problem("Default", "The pipeline has no activity")
        for lost in wanted:
            if lost not in self.activities:
                yield Problem(lost.id, "The field dependsOn leads in a circle")
        for each in self.objects.values():
            yield from self._problems_of(each)

    def _problems_of(self, each: Object) -> Iterator[Problem]:
        for key, targets in each.references.items():
            for target in targets:
                if target not in self.objects:
                    yield Problem(each.id, f"'{key}' refers to '{target}', which is not in the definition")
        if each.id == "Default" or not each.type:
            return
        if each.type not in _NEEDED:
            yield Problem(each.id, f"Objects of the type '{each.type}' are not supported by pocketaws")
            return
        for group in _NEEDED[each.type]:
            if not any(each.get(key) for key in group):
                yield Problem(each.id, f"Missing required field: {' or '.join(group)}")
        if (
            each.type in ACTIVITIES
            and self.schedule_of(each) is None
            and each.get("scheduleType").lower() != "ondemand"
        ):
            yield Problem(each.id, "Missing required field: schedule, unless scheduleType is ondemand")
        if each.type == "Schedule" and each.get("period") and not _PERIOD.fullmatch(each.get("period")):
            yield Problem(each.id, f"'{each.get('period')}' is no period")

    def text(self, each: Object, key: str, moments: Mapping[str, datetime]) -> str:
        """Return a field with its expressions evaluated, such as ``#{format(@scheduledStartTime, 'YYYY-MM-dd')}``."""

        def evaluate(match: re.Match[str]) -> str:
            inside = match[1].strip()
            if formatted := _FORMAT.fullmatch(inside):
                pattern = re.sub("|".join(_JODA), lambda part: _JODA[part[0]], formatted[2])
                return moments[formatted[1]].strftime(pattern)
            name = inside.removeprefix("@")
            if name in moments:
                return moments[name].strftime("%Y-%m-%dT%H:%M:%S")
            return str(self.values.get(name, match[0]))

        return _EXPRESSION.sub(evaluate, each.get(key))


def _object(given: Mapping[str, Any]) -> Object:
    made = Object(given["id"], given["name"], {})
    for each in given["fields"]:
        into = made.references if "refValue" in each else made.fields
        into.setdefault(each["key"], []).append(each.get("refValue", each.get("stringValue", "")))
    return made


def _inherit(each: Object, parent: Object) -> None:
    for mine, theirs in ((each.fields, parent.fields), (each.references, parent.references)):
        for key, values in theirs.items():
            if key not in ("type", "parent") and key not in each.fields and key not in each.references:
                mine[key] = values


def times_of(schedule: Object, activated: datetime, limit: int = 1000) -> list[tuple[datetime, datetime]]:
    """Return begin and end of a schedule's intervals, from its start on; at most a thousand."""
    step = period(schedule.get("period"))
    assert step is not None, "definitions are checked before they run"
    begin = _moment(schedule.get("startDateTime")) or activated
    end = _moment(schedule.get("endDateTime"))
    count = min(limit, int(schedule.get("occurrences") or limit))
    times = [(begin + step * number, begin + step * (number + 1)) for number in range(count)]
    return [(first, last) for first, last in times if end is None or first < end]


def period(text: str) -> timedelta | None:
    """Return how long ``15 minutes`` or ``1 day`` is; None if the text is no period."""
    match = _PERIOD.fullmatch(text.strip())
    return timedelta(**{f"{match[2].lower()}s": int(match[1])}) if match else None


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=timezone.utc) if text else None
