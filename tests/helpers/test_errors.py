from __future__ import annotations

import doctest
import importlib
import inspect
import logging
import pickle
import re
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from helpers import data, dynamodb, errors, s3, session
from helpers._waiting import pause, wait_until

CLASSES = [one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, errors.CourseError)]


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "the words of AWS"}}, "GetObject")


class TestTree:
    def test_the_drawing_is_the_tree(self) -> None:
        drawn: dict[str, str] = {}
        group = "CourseError"
        for indent, name in re.findall(r"^ {4}(│   )?[├└]── (\w+)", errors.__doc__ or "", flags=re.MULTILINE):
            drawn[name] = group if indent else "CourseError"
            group = group if indent else name
        assert drawn == {one.__name__: one.__mro__[1].__name__ for one in CLASSES if one is not errors.CourseError}

    @pytest.mark.parametrize("one", CLASSES)
    def test_each_is_documented_public_and_of_one_base(self, one: type[errors.CourseError]) -> None:
        assert issubclass(one, errors.CourseError)
        assert one.__name__ in errors.__all__
        assert (one.__doc__ or "").strip()

    @pytest.mark.parametrize("one", CLASSES)
    def test_each_travels_between_processes(self, one: type[errors.CourseError]) -> None:
        error = one("the message")
        assert str(pickle.loads(pickle.dumps(error))) == "the message"

    def test_what_failed_travels_too(self) -> None:
        error = errors.ObjectsNotDeleted("no", {"a": "AccessDenied"})
        assert pickle.loads(pickle.dumps(error)).failed == {"a": "AccessDenied"}

    def test_item_not_found_is_a_lookup_error(self) -> None:
        assert issubclass(errors.ItemNotFound, LookupError)


class TestExplained:
    def test_known_code(self) -> None:
        known = {"X": errors.BucketNotFound("Look there.")}
        with pytest.raises(errors.BucketNotFound) as caught, errors.explained(known):
            raise client_error("X")
        assert str(caught.value) == "Look there. (AWS: X)"
        assert isinstance(caught.value.__cause__, ClientError)

    def test_unknown_code_passes(self) -> None:
        with pytest.raises(ClientError, match="the words of AWS"), errors.explained({"X": errors.CourseError("no")}):
            raise client_error("Y")

    def test_other_errors_pass(self) -> None:
        with pytest.raises(ZeroDivisionError), errors.explained({"X": errors.CourseError("no")}):
            raise ZeroDivisionError


class TestWaiting:
    def test_simulated_time_passes_at_once(self, started: session.Backend) -> None:
        before = session.now()
        pause(3600)
        assert (session.now() - before).total_seconds() == 3600

    def test_without_a_clock_it_sleeps(self, started: session.Backend, monkeypatch: pytest.MonkeyPatch) -> None:
        def immovable(**_: Any) -> None:
            raise errors.ClockNotMovable("no")

        slept: list[float] = []
        monkeypatch.setattr(session, "advance", immovable)
        monkeypatch.setattr("helpers._waiting.time.sleep", slept.append)
        pause(0.25)
        assert slept == [0.25]

    def test_until(self, started: session.Backend) -> None:
        answers = iter([None, None, "done"])
        before = session.now()
        assert wait_until(lambda: next(answers), what="it", every=2, at_most=10) == "done"
        assert (session.now() - before).total_seconds() == 4

    def test_ever_longer(self, started: session.Backend) -> None:
        answers = iter([None, None, None, "done"])
        before = session.now()
        wait_until(lambda: next(answers), what="it", every=2, at_most=20, growth=2)
        assert (session.now() - before).total_seconds() == 2 + 4 + 8

    def test_gives_up(self, started: session.Backend) -> None:
        with pytest.raises(errors.WaitTimedOut, match=r"Waited 10 seconds for it, in vain"):
            wait_until(lambda: None, what="it", every=2, at_most=10)


def public_functions() -> list[Any]:
    rooms: list[ModuleType] = [s3, dynamodb, data]
    found = [getattr(room, name) for room in rooms for name in room.__all__ if name != "REGION"]
    return [one for one in found if inspect.isfunction(one)]


@pytest.mark.parametrize("function", public_functions(), ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_the_example_runs(function: Any, started: session.Backend) -> None:
    module = importlib.import_module(function.__module__)
    tests = doctest.DocTestFinder(recurse=False).find(function, function.__name__, module, vars(module).copy())
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    log = logging.getLogger("helpers.dynamodb")
    kept = log.handlers, log.propagate, log.level
    try:
        attempted = sum(runner.run(test).attempted for test in tests)
    finally:
        log.handlers, log.propagate = kept[:2]
        log.setLevel(kept[2])
    assert attempted
    assert runner.failures == 0
