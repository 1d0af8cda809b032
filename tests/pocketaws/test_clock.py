"""The clock: it moves forward, fires in order, and shows each event its own time."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest

from pocketaws.clock import Clock
from pocketaws.errors import ClockError

START = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)


@pytest.fixture
def clock() -> Clock:
    frozen = Clock()
    frozen.freeze(START)
    return frozen


def test_it_stands_still_when_frozen_and_runs_when_told(clock: Clock) -> None:
    assert clock.now() == clock.now() == START
    before = clock.run()
    assert clock.now() >= before >= START
    assert not clock.is_frozen


def test_an_advance_fires_in_order_of_time_whatever_the_order_of_booking(clock: Clock) -> None:
    seen: list[tuple[str, datetime]] = []
    for name, hours in (("late", 30), ("early", 2), ("middle", 7)):
        clock.at(START + timedelta(hours=hours), lambda name=name: seen.append((name, clock.now())))
    clock.advance(days=1)
    assert seen == [("early", START + timedelta(hours=2)), ("middle", START + timedelta(hours=7))]
    clock.advance(days=1)
    assert seen[-1] == ("late", START + timedelta(hours=30))
    assert clock.now() == START + timedelta(days=2)


def test_what_an_event_books_fires_in_the_same_advance_if_it_falls_due(clock: Clock) -> None:
    seen: list[datetime] = []

    def tick() -> None:
        seen.append(clock.now())
        clock.at(clock.now() + timedelta(days=1), tick)

    clock.at(START + timedelta(days=1), tick)
    clock.advance(days=3)
    assert seen == [START + timedelta(days=n) for n in (1, 2, 3)]


def test_events_of_one_instant_fire_in_order_of_booking(clock: Clock) -> None:
    seen: list[int] = []
    for number in range(5):
        clock.at(START + timedelta(hours=1), lambda number=number: seen.append(number))
    clock.advance(hours=1)
    assert seen == [0, 1, 2, 3, 4]


def test_a_cancelled_booking_does_not_fire(clock: Clock) -> None:
    seen: list[int] = []
    clock.at(START + timedelta(hours=1), lambda: seen.append(1)).cancel()
    clock.advance(days=1)
    assert seen == []


def test_an_event_that_fails_does_not_stop_the_others(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[int] = []
    clock.at(START + timedelta(hours=1), lambda: 1 / 0)
    clock.at(START + timedelta(hours=2), lambda: seen.append(2))
    clock.advance(days=1)
    assert seen == [2]
    assert "failed" in caplog.text


def test_it_refuses_to_go_back_or_to_take_a_time_without_a_zone(clock: Clock) -> None:
    with pytest.raises(ClockError, match="only forward"):
        clock.advance(days=-1)
    with pytest.raises(ClockError, match="no time zone"):
        clock.freeze(datetime(2027, 1, 1))
    clock.at(START + timedelta(days=1), lambda: None)
    with pytest.raises(ClockError, match="cannot go back"):
        clock.freeze(START - timedelta(days=1))
    assert clock.now() == START


def test_a_stamp_made_before_an_advance_is_old_after_it() -> None:
    clock = Clock()
    machine = datetime.now(timezone.utc).replace(microsecond=0)
    clock.advance(days=0)
    clock._history[-1] = (machine - timedelta(minutes=5), timedelta(0), START)
    clock._history.append((machine, timedelta(0), START + timedelta(days=1)))
    assert clock.signing_time(machine - timedelta(seconds=1)) == START
    assert clock.signing_time(machine) == START + timedelta(days=1)


def test_clients_that_share_the_clock_stamp_with_it(clock: Clock) -> None:
    clock.clients_share(True)
    stamp = START - timedelta(hours=1)
    assert clock.signing_time(stamp) == stamp


def test_an_event_may_wait_for_a_lock_whose_holder_asks_for_the_time(clock: Clock) -> None:
    lock, held, fired = threading.Lock(), threading.Event(), threading.Event()

    def wait_for_lock() -> None:
        held.set()
        with lock:
            fired.set()

    clock.at(START + timedelta(hours=1), wait_for_lock)
    with lock:
        mover = threading.Thread(target=clock.advance, kwargs={"hours": 1}, daemon=True)
        mover.start()
        assert held.wait(10)
        assert clock.now() == START
        clock.at(START + timedelta(days=1), lambda: None)
    assert fired.wait(10)
    mover.join(10)
    assert clock.now() == START + timedelta(hours=1)
