"""The measures: a charge curve whose energies are the integral of its power."""

from dataclasses import replace

import pytest

from simulator import MODELS
from simulator.models import Model
from simulator.physics import Battery, Physics, Sample

START = 1_760_000_000.0


def physics(model: str = "DMED404R0600", seed: int = 1) -> Physics:
    return Physics(model=MODELS[model], seed=seed, start=START, imported=1000, exported=10)


def test_nothing_flows_without_a_cycle() -> None:
    meter = physics()
    meter.advance(START + 3600)
    sample = meter.slow
    assert (sample.voltage, sample.current, sample.power) == (0, 0, 0)
    assert (sample.imported, sample.exported, sample.cycle_imported) == (1000, 10, 0)


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_current_stays_within_the_rating(model: Model) -> None:
    meter = physics(model.name)
    meter.begin()
    meter.advance(START + 600)
    assert 0.4 * model.rated_current < meter.fast.current / 1e4 < 0.7 * model.rated_current
    assert 300 < meter.fast.voltage / 100 < 450


def test_constant_current_then_constant_voltage() -> None:
    meter = physics("DMED404D0600")
    meter.begin()
    curve = []
    for minute in range(1, 180):
        meter.advance(START + 60 * minute)
        curve.append(meter.fast)
    first, rising, falling, full = curve[1], curve[10], curve[55], curve[-1]
    assert rising.current == pytest.approx(first.current, rel=0.01)
    assert rising.voltage > first.voltage
    assert falling.current < 0.9 * first.current
    assert curve[60].voltage == pytest.approx(falling.voltage, rel=0.002)
    assert (full.current, full.power) == (0, 0)
    assert full.exported == 10


def test_a_bidirectional_meter_sees_energy_come_back() -> None:
    meter = physics("DMED404R0600")
    meter.begin()
    powers = []
    for minute in range(1, 300):
        meter.advance(START + 60 * minute)
        powers.append(meter.fast.power)
    assert min(powers) < 0 < max(powers)
    assert meter.fast.exported == 10 + meter.fast.cycle_exported > 10
    # Full, it is charged again.
    assert powers.index(min(powers)) < len(powers) - 1 - powers[::-1].index(max(powers[200:]))


def test_energy_is_the_integral_of_power() -> None:
    meter = physics()
    meter.begin()
    joules = 0.0
    for tick in range(1, 20_001):
        meter.advance(START + tick / 10)
        joules += meter.fast.voltage / 100 * meter.fast.current / 1e4 / 10
    assert meter.fast.cycle_imported == meter.fast.imported - 1000
    assert meter.fast.imported == int(1000 + joules / 3600)


def test_power_is_voltage_times_current() -> None:
    meter = physics()
    meter.begin()
    meter.advance(START + 100)
    sample = meter.fast
    assert sample.power == round(sample.voltage * sample.current / 1e6)


def test_the_result_does_not_depend_on_how_often_it_is_asked() -> None:
    often, seldom = physics(), physics()
    for meter in (often, seldom):
        meter.begin()
    for step in range(1, 1001):
        often.advance(START + step * 0.37)
    seldom.advance(START + 370)
    assert often.fast == seldom.fast
    assert often.slow == seldom.slow


def test_the_seed_decides() -> None:
    def after_a_minute(seed: int) -> Sample:
        meter = physics(seed=seed)
        meter.begin()
        meter.advance(START + 60)
        return meter.fast

    assert after_a_minute(1) == after_a_minute(1)
    assert after_a_minute(1) != after_a_minute(2)


def test_slow_samples_are_taken_at_whole_seconds() -> None:
    meter = physics()
    meter.begin()
    meter.advance(START + 1)
    assert meter.slow == meter.fast
    meter.advance(START + 1.9)
    assert meter.slow.tick == int(START + 1) * 10
    assert meter.fast.tick == meter.slow.tick + 9
    assert meter.fast.current != meter.slow.current


def test_time_that_goes_back_changes_nothing() -> None:
    meter = physics()
    meter.begin()
    meter.advance(START + 60)
    before = meter.fast
    meter.advance(START + 30)
    assert meter.fast is before


def test_temperatures_follow_the_current_and_cool_down() -> None:
    meter = physics()
    meter.begin()
    warmth = []
    for minute in (1, 5, 20):
        meter.advance(START + 60 * minute)
        warmth.append(meter.fast.temperatures[0])
    assert 22 < warmth[0] < warmth[1] < warmth[2] < 60
    assert meter.fast.temperatures[1] < warmth[2]
    meter.end()
    meter.advance(START + 2 * 3600)
    assert meter.fast.temperatures == pytest.approx((22.0, 22.0), abs=0.1)


def test_hour_counters() -> None:
    meter = physics()
    before = meter.fast
    meter.begin()
    meter.advance(START + 3660)
    meter.end()
    meter.advance(START + 3 * 3600)
    assert meter.fast.total_seconds == before.total_seconds + 3 * 3600
    assert meter.fast.working_seconds // 3600 == before.working_seconds // 3600 + 1


def test_the_cycle_s_energies_stay_until_the_next_begin() -> None:
    meter = physics()
    meter.begin()
    meter.advance(START + 600)
    meter.end()
    first = meter.fast
    assert first.cycle_imported > 0
    meter.advance(START + 700)
    assert meter.fast.cycle_imported == first.cycle_imported
    meter.begin()
    assert meter.fast.cycle_imported == 0
    meter.advance(START + 1300)
    assert meter.fast.cycle_imported == meter.fast.imported - first.imported


def test_a_day_at_a_full_vehicle_is_gone_through_while_current_flows_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once, in_pieces = physics("DMED404D0600"), physics("DMED404D0600")
    for meter in (at_once, in_pieces):
        meter.begin()
    step, steps = at_once._step, 0

    def counted(battery: Battery) -> None:
        nonlocal steps
        steps += 1
        step(battery)

    monkeypatch.setattr(at_once, "_step", counted)
    at_once.advance(START + 86_400)
    # There are ten samples in each second of the day.
    assert 0 < steps < 864_000 / 4
    for hour in range(1, 25):
        in_pieces.advance(START + 3600 * hour)
    assert in_pieces.slow.temperatures == pytest.approx(at_once.slow.temperatures)
    assert replace(in_pieces.slow, temperatures=at_once.slow.temperatures) == at_once.slow
    assert at_once.slow.cycle_imported > 10_000
    assert at_once.slow.current == 0
    assert at_once.slow.voltage > 30_000
