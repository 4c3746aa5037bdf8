"""Setting an entry up and unloading it, and who the meter is."""

import asyncio

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4.lines import TcpLine
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.model import Identity
from custom_components.lovato_dmed4.entity import device_info
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, ModbusTcpServer, RestServer, SimulatedMeter
from tests.logbooks import rest_calls

from .helpers import (
    HOUSEKEEPING,
    IDLE,
    Server,
    act,
    add_entry,
    add_meter,
    change_answer,
    complaints,
    connections,
    entities,
    fingerprint,
    is_available,
    pass_time,
    server_at,
    set_up,
    state_of,
    unplug,
    value,
)
from .plugin import MockConfigEntry

UNCOMMISSIONED = pytest.mark.parametrize("meter_settings", [{"commissioned": False}])


async def test_retries_while_the_meter_is_away(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter
) -> None:
    await server.stop()
    entry = add_entry(hass, server, fingerprint(simulated))
    assert not await set_up(hass, entry)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "cannot_connect"
    assert entry.reason is not None
    assert entry.reason.startswith("The device cannot be reached.")

    await server.start()
    await pass_time(hass, 60)
    assert state_of(entry) is ConfigEntryState.LOADED
    assert is_available(hass, entry)


async def test_retries_when_the_first_poll_fails(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    calls = rest_calls(rest_server).pop("/v1/charge_status")
    entry = add_entry(hass, rest_server, fingerprint(simulated))
    assert not await set_up(hass, entry)
    assert state_of(entry) is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "refused"

    rest_calls(rest_server)["/v1/charge_status"] = calls
    await pass_time(hass, 60)
    assert state_of(entry) is ConfigEntryState.LOADED


async def test_another_meter_at_the_address(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    modbus_server: ModbusTcpServer,
) -> None:
    await server.stop()
    entry = add_entry(hass, server, fingerprint(simulated))
    async with server_at(server, SimulatedMeter(seed=2)) as other:
        assert not await set_up(hass, entry)
        assert state_of(entry) is ConfigEntryState.SETUP_RETRY
        assert entry.error_reason_translation_key == "wrong_meter"
        if isinstance(other, ModbusTcpServer):
            await connections(other, 0)

    await server.start()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert state_of(entry) is ConfigEntryState.LOADED


async def test_unload_lets_go_of_the_link(
    hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry, modbus_server: ModbusTcpServer
) -> None:
    await connections(modbus_server, 1)
    assert await hass.config_entries.async_unload(modbus_entry.entry_id)
    assert state_of(modbus_entry) is ConfigEntryState.NOT_LOADED
    await connections(modbus_server, 0)

    assert await hass.config_entries.async_setup(modbus_entry.entry_id)
    await connections(modbus_server, 1)
    assert is_available(hass, modbus_entry)


async def test_unloaded_meter_is_left_alone(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    server.requests.clear()
    await pass_time(hass, 2 * HOUSEKEEPING)
    assert not server.requests


async def test_reload(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    modbus_server: ModbusTcpServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(3):
        assert await hass.config_entries.async_reload(entry.entry_id)
        assert is_available(hass, entry)
    await connections(modbus_server, int(server is modbus_server))
    assert not complaints(caplog)


@pytest.mark.parametrize("steps", [0, 1, 3, 6])
async def test_unload_during_a_poll(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    steps: int,
) -> None:
    data = entry.runtime_data
    for coordinator in (data.live, data.housekeeping):
        entry.async_create_background_task(hass, coordinator.async_refresh(), "poll")
    for _ in range(steps):
        await asyncio.sleep(0.001)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not complaints(caplog)

    assert await hass.config_entries.async_setup(entry.entry_id)
    assert is_available(hass, entry)


@pytest.mark.parametrize("meter_settings", [{"checking_time": 1}])
async def test_reload_during_a_step_of_a_charge(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
) -> None:
    """The step is not left half done: the reload waits for it."""
    start = hass.async_create_task(act(hass, entry, "start_charge_cycle"))
    while not simulated.input_length and not simulated.signature_status & 0x20:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    reload = hass.async_create_task(hass.config_entries.async_reload(entry.entry_id))
    await asyncio.sleep(0)
    assert not reload.done()
    while not start.done():
        # The meter's time stands still unless it is moved on: it checks the prototype for a second.
        clock.advance(1)
        await asyncio.sleep(0.01)
    assert start.result()["record"] == simulated.records[-1]
    assert await reload
    assert value(hass, entry, "charging") == "on"


async def test_remove(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert not er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert not hass.states.async_entity_ids("sensor")


async def test_two_meters_behind_one_gateway(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, simulated: SimulatedMeter
) -> None:
    """Entries with one address share one connection, until the last of them lets go of it."""
    first = add_entry(hass, modbus_server, fingerprint(simulated))
    assert await set_up(hass, first)
    second = ModbusMeter.on(TcpLine(host=modbus_server.host, port=modbus_server.port), 2)
    await second.identify()
    await connections(modbus_server, 1)
    assert await hass.config_entries.async_unload(first.entry_id)
    assert (await second.identify()).fingerprint == first.unique_id
    await second.close()
    await connections(modbus_server, 0)


async def test_device(hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server) -> None:
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.identifiers == {(DOMAIN, entry.unique_id)}
    assert device.manufacturer == "LOVATO Electric"
    assert device.sw_version == "12"
    assert device.hw_version == (None if isinstance(server, RestServer) else "3")
    if isinstance(server, RestServer):
        assert device.model == "DMED404R0600"
        assert device.serial_number == "13399248"
        assert device.configuration_url == f"http://127.0.0.1:{server.port}/"
    else:
        assert device.model == "DMED404R/D0600"
        assert device.serial_number is None
        assert device.configuration_url is None


def test_device_at_an_ipv6_address() -> None:
    entry = MockConfigEntry(
        unique_id="1", data={"transport": "rest", "host": "fe80::1", "port": 8080}
    )
    url = device_info(entry, Identity(model=""))["configuration_url"]
    assert str(url) == "http://[fe80::1]:8080/"


async def test_housekeeping_is_not_needed_for_set_up(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    calls = rest_calls(rest_server).pop("/v1/logbook/info")
    entry = await add_meter(hass, rest_server)
    assert state_of(entry) is ConfigEntryState.LOADED
    assert value(hass, entry, "records_saved") == "unknown"
    assert value(hass, entry, "voltage") == "0.0"

    rest_calls(rest_server)["/v1/logbook/info"] = calls
    await pass_time(hass, HOUSEKEEPING)
    assert value(hass, entry, "records_saved") == "0"


@UNCOMMISSIONED
async def test_commissioning_between_two_starts(
    hass: HomeAssistant, server: Server, clock: ManualClock
) -> None:
    entry = await add_meter(hass, server)
    before = {key: entity.entity_id for key, entity in entities(hass, entry).items()}
    assert await hass.config_entries.async_unload(entry.entry_id)
    await server.stop()

    meter = SimulatedMeter(seed=1, clock=clock, signing_time=0, checking_time=0)
    async with server_at(server, meter):
        assert await hass.config_entries.async_setup(entry.entry_id)
        check_adopted(hass, entry, meter, before)
        assert await hass.config_entries.async_unload(entry.entry_id)


@UNCOMMISSIONED
async def test_commissioning_while_away(
    hass: HomeAssistant, server: Server, clock: ManualClock
) -> None:
    entry = await add_meter(hass, server)
    before = {key: entity.entity_id for key, entity in entities(hass, entry).items()}
    await unplug(server)
    await pass_time(hass)
    assert not is_available(hass, entry)

    meter = SimulatedMeter(seed=1, clock=clock, signing_time=0, checking_time=0)
    async with server_at(server, meter):
        await pass_time(hass)
        check_adopted(hass, entry, meter, before)
        response = await act(hass, entry, "start_charge_cycle")
        assert response["signature"] == "valid"
        assert await hass.config_entries.async_unload(entry.entry_id)


def check_adopted(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, meter: SimulatedMeter, before: dict[str, str]
) -> None:
    """The entry has the meter's key as its unique ID, and so have its device and entities."""
    assert state_of(entry) is ConfigEntryState.LOADED
    assert entry.unique_id == fingerprint(meter)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.identifiers == {(DOMAIN, entry.unique_id)}
    assert {key: entity.entity_id for key, entity in entities(hass, entry).items()} == before
    assert is_available(hass, entry)


@UNCOMMISSIONED
async def test_commissioning_a_meter_that_is_set_up_twice(
    hass: HomeAssistant, rest_server: RestServer, modbus_server: ModbusTcpServer
) -> None:
    """Without a key the same meter can't be told over two transports; with one it can."""
    entries = [await add_meter(hass, modbus_server), await add_meter(hass, rest_server)]
    for entry in entries:
        assert await hass.config_entries.async_unload(entry.entry_id)
    await modbus_server.stop()
    await rest_server.stop()
    meter = SimulatedMeter(seed=1)
    async with server_at(modbus_server, meter), server_at(rest_server, meter):
        first, second = entries
        assert await hass.config_entries.async_setup(first.entry_id)
        assert not await hass.config_entries.async_setup(second.entry_id)
        assert state_of(second) is ConfigEntryState.SETUP_RETRY
        assert second.error_reason_translation_key == "already_configured"

        await hass.config_entries.async_remove(first.entry_id)
        assert await hass.config_entries.async_reload(second.entry_id)
        assert second.unique_id == fingerprint(meter)
        assert await hass.config_entries.async_unload(second.entry_id)


@UNCOMMISSIONED
async def test_meter_without_a_key_that_was_away(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server
) -> None:
    await unplug(server)
    await pass_time(hass)
    assert not is_available(hass, entry)
    await server.start()
    await pass_time(hass)
    assert is_available(hass, entry)


@UNCOMMISSIONED
async def test_other_meter_without_a_key(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    await unplug(rest_server)
    await pass_time(hass)
    async with server_at(rest_server, SimulatedMeter(seed=2, commissioned=False)):
        await pass_time(hass)
        assert not is_available(hass, rest_entry)
    await rest_server.start()
    await pass_time(hass, IDLE)
    assert is_available(hass, rest_entry)


async def test_key_in_an_odd_form(
    hass: HomeAssistant, rest_server: RestServer, simulated: SimulatedMeter
) -> None:
    """What says which curve the key is on is optional; the key itself is not."""
    change_answer(rest_server, "/v1/charge_settings", public_key_ocmf="00")
    entry = await add_meter(hass, rest_server)
    assert entry.unique_id == fingerprint(simulated)
    response = await act(hass, entry, "start_charge_cycle")
    assert response["signature"] == "valid"
    assert response["public_key"] == simulated.public_key_ocmf.hex()
