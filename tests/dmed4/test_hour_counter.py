"""What the hour counters count, found out from how fast they do (manual: 0x0030, no unit)."""

import pytest

from custom_components.lovato_dmed4.dmed4.hour_counter import HourCounter


@pytest.mark.parametrize("unit", [1, 36, 3600])
@pytest.mark.parametrize("start", [0, 35.5, 3590, 1_000_000])
@pytest.mark.parametrize("step", [50, 60, 61.7, 300])
def test_the_unit_shows_in_how_fast_it_counts(unit: int, start: float, step: float) -> None:
    counter = HourCounter()
    for seconds in (0.0, step, 2 * step, 3 * step, 4 * step):
        shown = counter.hours(int((start + seconds) / unit))
        assert shown is None or shown == pytest.approx((start + seconds) / 3600, abs=1)
        counter.look(seconds, int((start + seconds) / unit))
    assert counter.unit == unit


def test_nothing_is_concluded_from_less_than_a_count_of_the_smaller_units() -> None:
    counter = HourCounter()
    counter.look(0, 100)
    counter.look(20, 100)
    assert counter.unit is None
    assert counter.hours(100) is None
    counter.look(60, 100)
    assert counter.unit == 3600


def test_a_time_without_power_is_not_taken_for_slow_counting() -> None:
    """A meter that counts seconds, and stood still for most of the time."""
    counter = HourCounter()
    counter.look(0, 1000)
    counter.look(600, 1017, losses=1)
    assert counter.unit is None
    counter.look(660, 1077, losses=1)
    assert counter.unit == 1
    other = HourCounter()
    other.look(0, 1000)
    other.look(5000, 1002)  # too long ago to say anything
    assert other.unit is None
    other.look(5060, 1)  # replaced, or set back
    other.look(5120, 61)
    assert other.unit == 1


def test_a_meter_without_the_counter_has_none() -> None:
    counter = HourCounter()
    counter.look(0, None)
    assert counter.hours(None) is None
