"""Runs: instances of activities at their times, attempts, states, logs.

A thread does what one interval asks for, activity after activity; when the clock fires the interval, the clock stands
by meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from pocketaws import calls, clock
from pocketaws.clock import Booking
from pocketaws.engines.datapipeline.activities import ActivityFailed, Work
from pocketaws.engines.datapipeline.definition import Definition, Object, times_of

__all__ = ["Attempt", "Instance", "Pipeline"]

log = logging.getLogger(__name__)
#: The clock waits so many seconds of the machine; a longer run goes on in the background.
PATIENCE = 120
_OVER = ("FINISHED", "FAILED", "CASCADE_FAILED", "CANCELED")


@dataclass
class Attempt:
    """One try of an instance."""

    number: int
    started: datetime
    status: str = "RUNNING"
    ended: datetime | None = None
    error: str = ""
    process: Any = None


@dataclass
class Instance:
    """An activity at one of its times."""

    activity: Object
    begin: datetime
    end: datetime
    status: str = "WAITING_ON_DEPENDENCIES"
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its id."""
        return f"@{self.activity.id}_{self.begin:%Y-%m-%dT%H:%M:%S}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in _OVER


@dataclass(eq=False)
class Pipeline:
    """What we know of a pipeline beyond moto's record of it."""

    id: str
    region: str
    account: str
    objects: list[dict[str, Any]] = field(default_factory=list)
    parameters: list[dict[str, Any]] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)
    state: str = "PENDING"
    instances: dict[str, Instance] = field(default_factory=dict)
    bookings: list[Booking] = field(default_factory=list)
    activated: datetime | None = None
    is_deleted: bool = False

    @property
    def definition(self) -> Definition:
        """Its definition."""
        return Definition(self.objects, self.values)

    def activate(self) -> None:
        """Run what is on demand now, and book what has a schedule."""
        definition = self.definition
        self.activated = now = clock.now()
        self.state = "SCHEDULED"
        groups: dict[tuple[datetime, datetime, datetime], list[Object]] = {}
        for activity in definition.activities:
            schedule = definition.schedule_of(activity)
            early = activity.get("scheduleType").lower() == "cron"
            for begin, end in times_of(schedule, now) if schedule else [(now, now)]:
                groups.setdefault((begin if early or not schedule else end, begin, end), []).append(activity)
        for (due, begin, end), activities in sorted(groups.items(), key=lambda each: each[0]):
            made = [Instance(activity, begin, end) for activity in activities]
            made = [each for each in made if each.id not in self.instances]
            self.instances |= {each.id: each for each in made}
            if due <= now:
                self._work_on(definition, made)
            else:
                self.bookings.append(clock.at(due, partial(self._work_on, definition, made)))

    def deactivate(self) -> None:
        """Forget what is booked, and stop what runs."""
        self.state = "INACTIVE"
        for booking in self.bookings:
            booking.cancel()
        for instance in self.instances.values():
            if not instance.is_over:
                instance.status = "CANCELED"
                for attempt in instance.attempts:
                    if attempt.process is not None:
                        attempt.process.stop()

    def _work_on(self, definition: Definition, instances: list[Instance]) -> None:
        until = time.monotonic() + PATIENCE
        thread = threading.Thread(target=self._work, args=(definition, instances), daemon=True)
        begun: list[bool] = []

        def is_over() -> bool:
            if not begun:
                begun.append(True)
                thread.start()
            return not thread.is_alive() or time.monotonic() > until

        clock.stand_by(is_over)
        if not begun:
            thread.start()

    def _work(self, definition: Definition, instances: list[Instance]) -> None:
        for instance in instances:
            before = [self.instances.get(id) for id in self._needed(instance)]
            if any(each is not None and each.status in ("FAILED", "CASCADE_FAILED") for each in before):
                instance.status = "CASCADE_FAILED"
            elif not self.is_deleted and not instance.is_over:
                self._run(definition, instance)
        left = [each for each in self.instances.values() if not each.is_over]
        if not left and self.state == "SCHEDULED":
            self.state = "FINISHED"

    def _needed(self, instance: Instance) -> Iterator[str]:
        for id in instance.activity.references.get("dependsOn", ()):
            yield f"@{id}_{instance.begin:%Y-%m-%dT%H:%M:%S}"

    def _run(self, definition: Definition, instance: Instance) -> None:
        tries = int(instance.activity.get("maximumRetries", "2")) + 1
        instance.status = "RUNNING"
        for number in range(1, tries + 1):
            attempt = Attempt(number, clock.now())
            instance.attempts.append(attempt)
            self._try(definition, instance, attempt)
            if instance.status == "CANCELED":
                attempt.status = "CANCELED"
                return
            if attempt.status == "FINISHED":
                break
        instance.status = instance.attempts[-1].status

    def _try(self, definition: Definition, instance: Instance, attempt: Attempt) -> None:
        moments = {
            "scheduledStartTime": instance.begin,
            "scheduledEndTime": instance.end,
            "actualStartTime": attempt.started,
        }
        here = {"region": self.region, "account": self.account}
        work = Work(definition, instance.activity, moments, here, partial(setattr, attempt, "process"))
        try:
            work.run()
            attempt.status = "FINISHED"
        except ActivityFailed as failure:
            attempt.status, attempt.error = "FAILED", str(failure)
        except Exception as error:
            log.exception("the activity %s broke", instance.id)
            attempt.status, attempt.error = "FAILED", f"{type(error).__name__}: {error}"
        attempt.ended = clock.now()
        self._keep_log(definition, instance, attempt, work.output)

    def _keep_log(
        self, definition: Definition, instance: Instance, attempt: Attempt, output: Mapping[str, bytes]
    ) -> None:
        """Write the logs of an attempt below the pipeline's ``pipelineLogUri``."""
        default = definition.objects.get("Default")
        place = default.get("pipelineLogUri") if default else ""
        if not place:
            return
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        folder = "/".join(
            part
            for part in (
                prefix.strip("/"),
                self.id,
                instance.activity.id,
                instance.id,
                f"{instance.id}_Attempt={attempt.number}",
            )
            if part
        )
        told = f"{attempt.started:%d %b %Y %H:%M:%S} {instance.activity.type} {attempt.status} {attempt.error}\n"
        files = {"Activity.log": told.encode(), **{name.title(): text for name, text in output.items()}}
        for name, text in files.items():
            try:
                request = {"Bucket": bucket, "Key": f"{folder}/{name}", "Body": text}
                calls.call("s3", "PutObject", request, region=self.region, account=self.account)
            except calls.CallFailed as error:
                log.info("no log of %s: %s", instance.id, error)
