"""Each open place of the manual that concerns reaching and reading a meter, in each of its readings.

A meter of that reading is set up through the form, shows the right values, gets its clock set, charges,
and its signed records arrive in the archive as verified.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from random import Random

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import OPEN_PLACES, ModbusTcpServer, RestServer, SimulatedMeter
from simulator.readings import BOTH, MODBUS, REST
from tests.integration.charges import assert_all_archived
from tests.integration.helpers import (
    Server,
    open_form,
    pass_time,
    press,
    transport_of,
    user_input,
    value,
)

PLACES = (
    "answer_end",
    "answer_padding",
    "closing",
    "key_text",
    "keys",
    "measure_scale",
    "names",
    "node_answer",
    "numbers",
    "registers",
    "sample_time",
    "serial_number",
    "status_words",
    "success",
    "system_names",
    "unknown_paths",
    "write_method",
)

# What a reading takes away; these values are unknown, and no other is.
LOST = {
    "no_exchanged": {"energy_exchanged"},
    "no_temperatures": {"temperature_i1", "temperature_i2"},
    "no_hours": {"hours_total", "hours_working"},
}

# The scale is found in the course of a charge (test_measure_scale); at rest the figures are these.
TENTHS = {"voltage": 10.0}


def cases() -> Iterator[tuple[str, str, str]]:
    """List place, reading and transport: everything but the defaults, which all other tests have."""
    for name in PLACES:
        place = OPEN_PLACES[name]
        for reading in place.readings:
            for transport in place.transports:
                if reading != place.default:
                    yield name, reading, transport


def combinations() -> Iterator[tuple[str, dict[str, str]]]:
    """Draw several readings at a time."""
    random = Random(20261126)  # noqa: S311
    for transport, places in (("rest", REST), ("modbus", MODBUS)):
        names = [name for name in PLACES if OPEN_PLACES[name].transports in (places, BOTH)]
        names.remove("measure_scale") if transport == "rest" else names.remove("node_answer")
        for _ in range(4):
            yield transport, {name: random.choice([*OPEN_PLACES[name].readings]) for name in names}


@asynccontextmanager
async def serving(meter: SimulatedMeter, transport: str) -> AsyncIterator[Server]:
    server: Server = (
        ModbusTcpServer(meter, unit_id=5)
        if transport == "modbus"
        else RestServer(meter, response_time=0)
    )
    async with server:
        yield server


async def set_up(hass: HomeAssistant, server: Server, **changes: object) -> Dmed4ConfigEntry:
    flow_id = await open_form(hass, transport_of(server))
    result = await hass.config_entries.flow.async_configure(flow_id, user_input(server, **changes))
    assert result["type"] is FlowResultType.CREATE_ENTRY, result.get("errors")
    entry: Dmed4ConfigEntry = result["result"]
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED
    return entry


async def live_through_a_charge(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, meter: SimulatedMeter
) -> None:
    """Set the clock, charge, and find the records in the archive."""
    await pass_time(hass, 60)
    assert meter.synchronised
    await press(hass, entry, "start")
    assert meter.charging
    await press(hass, entry, "end")
    assert not meter.charging
    await hass.async_block_till_done(wait_background_tasks=True)
    await assert_all_archived(entry, meter)
    assert len(meter.records) == 2
    assert value(hass, entry, "last_session_verdict") == "valid"
    registry = ir.async_get(hass)
    others = {f"{entry.entry_id}_serial_number"}
    assert {issue for domain, issue in registry.issues if domain == DOMAIN} <= others


def expected(meter: SimulatedMeter, scale: str) -> dict[str, float]:
    sample = meter.physics.slow
    wrong = TENTHS if scale == "tenths" else {}
    return {
        "voltage": sample.voltage / 100 / wrong.get("voltage", 1),
        "energy_imported": sample.imported / 1000,
        "energy_exported": sample.exported / 1000,
        "temperature_i1": round(sample.temperatures[0], 1),
        "temperature_i2": round(sample.temperatures[1], 1),
    }


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
@pytest.mark.parametrize(("place", "reading", "transport"), cases())
async def test_a_meter_of_each_reading_works(
    hass: HomeAssistant, place: str, reading: str, transport: str
) -> None:
    meter = SimulatedMeter(
        seed=1, signing_time=0, checking_time=0, time_offset=60, readings={place: reading}
    )
    async with serving(meter, transport) as server:
        entry = await set_up(hass, server)
        lost = LOST.get(reading, set())
        for name, number in expected(meter, reading).items():
            shown = value(hass, entry, name)
            if name in lost:
                assert shown == "unknown", name
            else:
                assert float(shown) == pytest.approx(number, abs=0.11), name
        assert abs(float(value(hass, entry, "clock_drift"))) <= 5
        await live_through_a_charge(hass, entry, meter)
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(("transport", "readings"), combinations())
async def test_several_readings_at_a_time_work(
    hass: HomeAssistant, transport: str, readings: dict[str, str]
) -> None:
    meter = SimulatedMeter(seed=1, signing_time=0, checking_time=0, readings=readings)
    async with serving(meter, transport) as server:
        entry = await set_up(hass, server)
        await live_through_a_charge(hass, entry, meter)
        assert await hass.config_entries.async_unload(entry.entry_id)
