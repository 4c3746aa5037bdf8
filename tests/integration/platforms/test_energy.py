"""Energies: totals that never go back, and cycles that start again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import restore_state
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.sensors.counting import EnergyCounter
from simulator import Command, RestServer, SimulatedMeter
from simulator.meter import COUNTER_SIZE
from tests.integration.helpers import (
    Server,
    add_entry,
    begin_charge,
    change_answer,
    fingerprint,
    number,
    pass_time,
    set_sample,
    set_up,
    state,
    value,
)

IMPORTED = "sensor.meter_total_imported_energy"
CYCLE = "sensor.meter_session_energy"


async def measure(hass: HomeAssistant, meter: SimulatedMeter, **values: int) -> None:
    """Let the meter measure something, and Home Assistant see it."""
    set_sample(meter, **values)
    await pass_time(hass)


type Restore = Callable[..., Awaitable[None]]


@pytest.fixture
def restore(
    hass: HomeAssistant, hass_storage: dict[str, Any], simulated: SimulatedMeter
) -> Restore:
    """Let Home Assistant remember a value from before a restart."""

    async def remember(entity_id: str, kwh: object, **attributes: object) -> None:
        stored = {
            "state": State(entity_id, str(kwh), attributes).as_dict(),
            "extra_data": {
                "native_value": kwh,
                "native_unit_of_measurement": "kWh",
                "meter": fingerprint(simulated),
            },
            "last_seen": dt_util.utcnow().isoformat(),
        }
        hass_storage[restore_state.STORAGE_KEY] = {
            "version": restore_state.STORAGE_VERSION,
            "minor_version": 1,
            "key": restore_state.STORAGE_KEY,
            "data": [stored],
        }
        await restore_state.async_get(hass).async_load()

    return remember


@pytest.mark.parametrize("direction", ["imported", "exported"])
async def test_total_never_goes_back(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, direction: str
) -> None:
    key = f"energy_{direction}"
    shown = []
    for wh in (900_000_000, 900_000_000, 0, 899_999_999, 900_000_001, 900_000_000, 900_001_000):
        await measure(hass, simulated, **{direction: wh})
        shown.append(number(hass, entry, key))
    assert shown[1:] == [900_000, 900_000, 900_000, 900_000.001, 900_000.001, 900_001]


async def test_a_rise_that_no_power_explains_is_seen_twice(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """The second poll counts although it brings the same values; a misreading never shows."""
    before = number(hass, entry, "energy_imported")
    wh = round(before * 1000)
    shown = []
    for counted in (wh + 900_000_000, wh + 5, wh + 500_000, wh + 500_000):
        await measure(hass, simulated, imported=counted)
        shown.append(number(hass, entry, "energy_imported"))
    assert shown == [before, before + 0.005, before + 0.005, before + 500]


async def test_a_misread_total_does_not_freeze_it(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Five polls that agree on a lower value are believed, though none brings anything new."""
    for _ in range(2):
        await measure(hass, simulated, imported=30_000_000_000)
    assert number(hass, entry, "energy_imported") == 30_000_000
    shown = []
    for _ in range(5):
        await measure(hass, simulated, imported=900_000_100)
        shown.append(number(hass, entry, "energy_imported"))
    assert shown == [30_000_000] * 4 + [900_000.1]
    await measure(hass, simulated, imported=900_000_200)
    assert number(hass, entry, "energy_imported") == 900_000.2


async def test_a_misread_total_does_not_freeze_it_over_a_restart(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter, restore: Restore
) -> None:
    """The five polls are those of one run: a restart in between begins to count anew."""
    await restore(IMPORTED, 30_000_000.0)
    set_sample(simulated, imported=900_000_100)
    entry = add_entry(hass, server, fingerprint(simulated))
    assert await set_up(hass, entry)
    for _ in range(3):
        assert number(hass, entry, "energy_imported") == 30_000_000
        await pass_time(hass)
    assert await hass.config_entries.async_reload(entry.entry_id)
    shown = [number(hass, entry, "energy_imported")]
    for _ in range(5):
        await pass_time(hass)
        shown.append(number(hass, entry, "energy_imported"))
    assert shown == [30_000_000] * 4 + [900_000.1] * 2


def test_a_counter_rises_as_far_as_the_largest_power_makes_it() -> None:
    """Of 1500 A at 1500 V, also while nobody read it and past its end."""
    counter = EnergyCounter()
    assert counter.take(100, 0) == 100
    assert counter.take(100 + 2250, 3600) == 2350
    assert counter.take(2350 + 2250 + 20, 7200) == 2350
    assert counter.doubts
    # As far away as before.
    assert counter.take(2350 + 2250 + 21, 7200.5) == 4621
    counter = EnergyCounter()
    counter.restore(99_999_990, -3600)
    assert counter.take(2200, 0) == 2200


def test_a_misreading_never_shows_as_a_roll_over() -> None:
    counter = EnergyCounter()
    for at, reading in enumerate((90_000_000, 0, 90_000_000.001, 0, 90_000_000.002)):
        assert counter.take(reading, at) == pytest.approx(90_000_000, abs=0.01)


@pytest.mark.parametrize("reading", [-1, 100_000_000, 5.7e15, float("nan"), float("inf")])
def test_what_no_counter_can_show_is_dropped(reading: float) -> None:
    counter = EnergyCounter()
    counter.restore(reading, 0)
    assert counter.take(reading, 1) is None
    assert counter.take(7, 2) == 7
    assert counter.take(reading, 3) == 7
    assert not counter.doubts


def test_readings_that_do_not_agree_are_not_believed() -> None:
    counter = EnergyCounter()
    counter.take(5000, 0)
    for at in range(1, 12):
        # Each is asked for once, however often it is looked at.
        for _ in range(6):
            assert counter.take(9000 if at % 2 else 3000, at) == 5000


async def test_a_total_that_no_counter_has_is_dropped(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    for _ in range(2):
        await measure(hass, simulated, imported=900_000_000)
    await measure(hass, simulated, cycle_imported=31_800)
    change_answer(
        rest_server,
        "/v1/measure",
        energyPos=5_700_000_000_000_000_000,
        energy=5_700_000_000_000_000_000,
    )
    await pass_time(hass)
    assert number(hass, rest_entry, "energy_imported") == 900_000
    assert number(hass, rest_entry, "cycle_energy_imported") == 31.8


async def test_total_rolls_over(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    for _ in range(2):
        await measure(hass, simulated, imported=COUNTER_SIZE - 1)
    assert number(hass, entry, "energy_imported") == 99_999_999.999
    await measure(hass, simulated, imported=COUNTER_SIZE + 5)
    assert number(hass, entry, "energy_imported") == 0.005
    await measure(hass, simulated, imported=COUNTER_SIZE + 7)
    assert number(hass, entry, "energy_imported") == 0.007


async def test_total_after_a_missing_value(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    for _ in range(2):
        await measure(hass, simulated, imported=900_000_000)
    undo = change_answer(rest_server, "/v1/measure", energyPos=None)
    await pass_time(hass)
    assert value(hass, rest_entry, "energy_imported") == "unknown"
    undo()
    await measure(hass, simulated, imported=899_000_000)
    assert number(hass, rest_entry, "energy_imported") == 900_000


@pytest.mark.parametrize(
    ("before", "wh", "shown"),
    [
        (5000.5, 4_000_000, 5000.5),
        (5000.5, 5_000_501, 5000.501),
        (99_999_999.0, 7_000, 7.0),
        (None, 4_000_000, 4000.0),
        ("5000", 4_000_000, 4000.0),
    ],
)
async def test_total_after_a_restart(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    restore: Restore,
    *,
    before: object,
    wh: int,
    shown: float,
) -> None:
    await restore(IMPORTED, before)
    set_sample(simulated, imported=wh)
    entry = add_entry(hass, server, fingerprint(simulated))
    assert await set_up(hass, entry)
    assert state(hass, entry, "energy_imported").entity_id == IMPORTED
    assert number(hass, entry, "energy_imported") == shown


async def test_cycle_starts_again(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    def last_reset() -> datetime | None:
        found = state(hass, entry, "cycle_energy_imported").attributes.get("last_reset")
        return None if found is None else dt_util.parse_datetime(found)

    await measure(hass, simulated, cycle_imported=31_800)
    assert number(hass, entry, "cycle_energy_imported") == 31.8
    assert last_reset() is None

    start = dt_util.utcnow()
    await measure(hass, simulated, cycle_imported=5)
    assert number(hass, entry, "cycle_energy_imported") == 0.005
    first = last_reset()
    assert first is not None
    assert start <= first <= dt_util.utcnow()

    await measure(hass, simulated, cycle_imported=13_850)
    assert last_reset() == first
    await measure(hass, simulated, cycle_imported=0)
    second = last_reset()
    assert second is not None
    assert second > first


async def test_cycle_that_follows_one_without_energy(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    for _ in range(2):
        start = dt_util.utcnow()
        begin_charge(simulated)
        await pass_time(hass)
        found = state(hass, entry, "cycle_energy_imported")
        reset = dt_util.parse_datetime(found.attributes["last_reset"])
        assert reset is not None
        assert start <= reset <= dt_util.utcnow()
        charge = entry.runtime_data.charge.charge
        assert charge is not None
        assert reset == charge.since
        await pass_time(hass)
        assert state(hass, entry, "cycle_energy_imported") is found
        simulated.command(Command.END)
        await pass_time(hass)


@pytest.mark.parametrize(("wh", "same"), [(2_000, False), (1_500, True), (1_499, False)])
async def test_cycle_after_a_restart(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    restore: Restore,
    *,
    wh: int,
    same: bool,
) -> None:
    """No charge was open: another energy, also a higher one, is that of another charge."""
    before = "2026-01-02T03:04:05+00:00"
    await restore(CYCLE, 1.5, last_reset=before)
    set_sample(simulated, cycle_imported=wh)
    entry = add_entry(hass, server, fingerprint(simulated))
    assert await set_up(hass, entry)
    found = state(hass, entry, "cycle_energy_imported")
    assert found.entity_id == CYCLE
    assert float(found.state) == wh / 1000
    assert (found.attributes["last_reset"] == before) is same


async def test_cycle_after_a_missing_value(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    await measure(hass, simulated, cycle_imported=2_000)
    undo = change_answer(rest_server, "/v1/measure", energy=None)
    await pass_time(hass)
    assert value(hass, rest_entry, "cycle_energy_imported") == "unknown"
    undo()
    await pass_time(hass)
    found = state(hass, rest_entry, "cycle_energy_imported")
    assert float(found.state) == 2
    assert "last_reset" not in found.attributes
