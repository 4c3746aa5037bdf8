"""Energies: totals that never go back, and cycles that start again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import restore_state
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
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

IMPORTED = "sensor.meter_imported_energy"
CYCLE = "sensor.meter_session_energy"


async def measure(hass: HomeAssistant, meter: SimulatedMeter, **values: int) -> None:
    """Let the meter measure something, and Home Assistant see it."""
    set_sample(meter, **values)
    await pass_time(hass)


type Restore = Callable[..., Awaitable[None]]


@pytest.fixture
def restore(hass: HomeAssistant, hass_storage: dict[str, Any]) -> Restore:
    """Let Home Assistant remember a value from before a restart."""

    async def remember(entity_id: str, kwh: object, **attributes: object) -> None:
        stored = {
            "state": State(entity_id, str(kwh), attributes).as_dict(),
            "extra_data": {"native_value": kwh, "native_unit_of_measurement": "kWh"},
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
    for wh in (900_000_000, 0, 899_999_999, 900_000_001, 900_000_000, 901_000_000):
        await measure(hass, simulated, **{direction: wh})
        shown.append(number(hass, entry, key))
    assert shown == [900_000, 900_000, 900_000, 900_000.001, 900_000.001, 901_000]


async def test_one_misread_total_does_not_freeze_it(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Five polls that agree on a lower value are believed, though it does not change any more."""
    await measure(hass, simulated, imported=900_000_000)
    await measure(hass, simulated, imported=30_000_000_000)
    assert number(hass, entry, "energy_imported") == 30_000_000
    shown = []
    for volts in range(5):
        await measure(hass, simulated, imported=900_000_100, voltage=40_000 + volts)
        shown.append(number(hass, entry, "energy_imported"))
    assert shown == [30_000_000] * 4 + [900_000.1]
    await measure(hass, simulated, imported=900_000_200)
    assert number(hass, entry, "energy_imported") == 900_000.2


async def test_a_total_that_no_counter_has_is_dropped(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    await measure(hass, simulated, imported=900_000_000)
    change_answer(rest_server, "/v1/measure", energyPos=5_700_000_000_000_000_000)
    await pass_time(hass)
    assert number(hass, rest_entry, "energy_imported") == 900_000


async def test_total_rolls_over(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
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
