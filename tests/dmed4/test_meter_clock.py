"""How a clock is set and shown, found out from what is seen of it (manual: time offset)."""

from itertools import product
import logging

import pytest

from custom_components.lovato_dmed4.dmed4.found import Found
from custom_components.lovato_dmed4.dmed4.meter_clock import MeterClock
from custom_components.lovato_dmed4.dmed4.record_text import begin_time

NOW = 1_795_700_000
HOUR = 3600

# Whether the clock is shown as local time, and set so.
READINGS = list(product((False, True), repeat=2))


class Plain:
    """A clock that does what a reading says, with the offset that it has at that moment."""

    def __init__(self, *, shows: bool, takes: bool, offset: int) -> None:
        self.shows, self.takes, self.offset = shows, takes, offset
        self.error = 0

    def set(self, lead: int) -> None:
        self.error = lead - 60 * self.offset * self.takes

    @property
    def shown(self) -> int:
        return NOW + self.error + 60 * self.offset * self.shows

    def set_by(self, clock: MeterClock) -> None:
        self.set(clock.lead)
        clock.note_set()

    def seen_by(self, clock: MeterClock) -> int:
        return clock.look(self.shown, self.offset, NOW + 0.5)

    def signed_for(self, clock: MeterClock) -> None:
        clock.note_signed(NOW + self.error, self.offset, NOW, NOW + 2)


@pytest.mark.parametrize(("shows", "takes"), READINGS)
@pytest.mark.parametrize(("before", "after"), [(60, 60), (0, 60), (60, -480), (-480, -480)])
def test_a_clock_is_right_after_one_record_and_what_is_shown_is_true(
    shows: bool,  # noqa: FBT001 - a parameter of the test
    takes: bool,  # noqa: FBT001
    before: int,
    after: int,
) -> None:
    clock, meter = MeterClock(Found()), Plain(shows=shows, takes=takes, offset=before)
    meter.seen_by(clock)
    errors = []
    for _ in range(4):
        known = clock.takes_local
        meter.set_by(clock)
        meter.offset = after
        meter.seen_by(clock)
        if clock.takes_local and not known:
            # As `ClockSetting` does.
            meter.set_by(clock)
            meter.seen_by(clock)
        meter.signed_for(clock)
        assert clock.signed_ahead == meter.error
        errors.append(meter.error)
        assert meter.seen_by(clock) == meter.error
    assert sum(error != 0 for error in errors) <= takes
    assert errors[2:] == [0, 0]
    assert (clock.shows_local, clock.takes_local) == (shows, takes)
    recalled = MeterClock(Found())
    recalled.recall(clock.state)
    assert (recalled.shows_local, recalled.takes_local) == (shows, takes)
    assert bool(clock.state) is (shows or takes)


def test_a_clock_that_somebody_else_has_set_to_local_time_says_nothing_of_the_meter() -> None:
    clock, meter = MeterClock(Found()), Plain(shows=False, takes=False, offset=60)
    meter.error = HOUR
    assert meter.seen_by(clock) == HOUR
    meter.set_by(clock)
    assert meter.seen_by(clock) == 0
    assert clock.state == {}


def test_a_meter_that_signs_a_time_of_its_own_changes_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    found = Found()
    clock = MeterClock(found)
    for ahead, said in ((-1234, -1234), (200, 0), (3600 * 20, 3600 * 20)):
        clock.note_signed(NOW + ahead, 60, NOW, NOW + 2)
        assert (clock.signed_ahead, clock.takes_local) == (said, False)
    assert found.texts == ["The meter signs another time than the one that it was set to"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-26T14:33:20,000+0100 S", (NOW - 3600 + HOUR, 60)),
        ("2026-11-26T05:33:20-08:00", (NOW - 0, -480)),
        ("2026-11-26T14:33:20,000 S", None),
        ("2026-13-26T14:33:20+0100", None),
    ],
)
def test_the_time_of_a_begin(text: str, expected: tuple[float, int] | None) -> None:
    payload = f'{{"RD":[{{"TM":"{text}"}}]}}'
    assert begin_time(f"OCMF|{payload}|{{}}".encode()) == expected
    assert begin_time(payload.encode()) == expected


@pytest.mark.parametrize("payload", ['{"RD":[]}', '{"RD":[1]}', '{"RD":{"TM":1}}', "{", "[]", ""])
def test_what_has_no_time_of_a_begin(payload: str) -> None:
    assert begin_time(f"OCMF|{payload}|{{}}".encode()) is None
