"""What entities show while a meter works, goes away, comes back or is another one."""

from collections.abc import Mapping
import logging
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest

from custom_components.lovato_dmed4.entity import CommonEntity
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import (
    Command,
    ManualClock,
    ModbusFault,
    ModbusTcpServer,
    RestFault,
    RestServer,
    SimulatedMeter,
)

from .helpers import (
    HOUSEKEEPING,
    IDLE,
    OF_THE_ARCHIVE,
    Server,
    act,
    add_meter,
    change_answer,
    complaints,
    entities,
    fail_power,
    impatient,
    is_available,
    number,
    pass_time,
    prepare_charge,
    press,
    server_at,
    set_sample,
    state,
    unplug,
    value,
    writes,
)
from .turns import in_turn


async def test_values_follow_the_meter(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter, clock: ManualClock
) -> None:
    assert number(hass, entry, "power") == 0
    before = number(hass, entry, "energy_imported")
    await press(hass, entry, "start")
    for _ in range(3):
        clock.advance(60)
        await pass_time(hass)
        sample = simulated.physics.slow
        assert number(hass, entry, "voltage") == sample.voltage / 100 > 300
        assert number(hass, entry, "current") == sample.current / 10_000 > 100
        assert number(hass, entry, "power") == sample.power / 1000 > 30
        assert number(hass, entry, "energy_imported") == sample.imported / 1000 > before
        assert number(hass, entry, "cycle_energy_imported") == sample.cycle_imported / 1000 > 0
        before = number(hass, entry, "energy_imported")
    await press(hass, entry, "end")
    clock.advance(1)
    await pass_time(hass)
    assert number(hass, entry, "power") == 0


async def test_energy_flowing_back(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    set_sample(simulated, current=-1_000_000, power=-38_000)
    await pass_time(hass)
    assert number(hass, entry, "current") == 100
    assert number(hass, entry, "power") == -38


@pytest.mark.usefixtures("logbook_left_alone")
async def test_polls_faster_while_charging(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server
) -> None:
    async def polls_within(seconds: float) -> bool:
        server.requests.clear()
        await pass_time(hass, seconds)
        return bool(server.requests)

    assert not await polls_within(8)
    assert await polls_within(10)
    await press(hass, entry, "start")
    assert await polls_within(2)
    assert await polls_within(2)
    await press(hass, entry, "end")
    assert not await polls_within(8)
    assert await polls_within(10)


async def test_notices_a_charge_that_something_else_started(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    prepare_charge(simulated)
    await pass_time(hass)
    assert state(hass, entry, "charging").attributes["status"] == "idle"
    assert value(hass, entry, "charging") == "off"
    simulated.command(Command.BEGIN)
    await pass_time(hass)
    assert state(hass, entry, "charging").attributes["status"] == "active"
    assert value(hass, entry, "charging") == "on"
    await fail_power(simulated)
    await pass_time(hass)
    await pass_time(hass)
    assert state(hass, entry, "charging").attributes["status"] == "active_after_power_failure"
    assert value(hass, entry, "charging") == "on"


@pytest.fixture
def written(hass: HomeAssistant) -> list[str]:
    """The entities whose state was written, also without a change."""
    found: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        found.append(event.data["entity_id"])

    @callback
    def everything(data: Mapping[str, Any]) -> bool:
        return True

    hass.bus.async_listen(EVENT_STATE_CHANGED, note, event_filter=everything)
    hass.bus.async_listen(EVENT_STATE_REPORTED, note, event_filter=everything)
    return found


async def test_writes_a_state_only_when_it_changed(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    written: list[str],
) -> None:
    written.clear()
    clock.advance(10)
    await pass_time(hass)
    await pass_time(hass)
    # The meter's clock runs, which shows in an entity that is disabled.
    assert written == []

    set_sample(simulated, voltage=38_000)
    await pass_time(hass)
    assert written == [entities(hass, entry)["voltage"].entity_id]


async def test_an_unchanged_block_of_registers_wakes_nobody(
    hass: HomeAssistant,
    server: Server,
    simulated: SimulatedMeter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handle = CommonEntity._handle_coordinator_update
    woken: set[str] = set()

    def note(entity: CommonEntity[Any]) -> None:
        woken.add(entity.entity_description.key)
        handle(entity)

    monkeypatch.setattr(CommonEntity, "_handle_coordinator_update", note)
    entry = await add_meter(hass, server)

    async def woken_by_a_poll() -> set[str]:
        woken.clear()
        await entry.runtime_data.live.async_refresh()
        return woken.copy()

    assert await woken_by_a_poll() == set()
    set_sample(simulated, power=11_000)
    assert await woken_by_a_poll() == {"voltage", "current", "power"}
    set_sample(simulated, temperatures=(401, 402))
    assert await woken_by_a_poll() == {
        *("temperature_i1", "temperature_i2"),
        *("energy_imported", "energy_exported"),
        *("cycle_energy_imported", "cycle_energy_exported"),
    }
    simulated.set_error(1, 3)
    by_status = {"charging", "clock_synchronised"}
    by_energy_and_status = {
        key
        for key, entity in entities(hass, entry).items()
        if "energy_" in key and not entity.disabled
    }
    # Buttons are there when they can do something, which the status tells.
    by_status |= {
        key
        for key, entity in entities(hass, entry).items()
        if entity.domain == "button" and not entity.disabled
    }
    assert await woken_by_a_poll() == by_status | by_energy_and_status | {"problem"}
    await unplug(server)
    enabled = {key for key, entity in entities(hass, entry).items() if not entity.disabled}
    assert await woken_by_a_poll() == enabled - OF_THE_ARCHIVE
    await server.start()
    assert await woken_by_a_poll() == enabled - OF_THE_ARCHIVE


async def test_all_meters_are_polled_on_one_beat(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, clock: ManualClock
) -> None:
    async with RestServer(SimulatedMeter(seed=2, clock=clock)) as other:
        entries = [await add_meter(hass, server) for server in (modbus_server, other)]
        names = {f"{entry.title} refresh interval" for entry in entries}
        due = {
            job.name: round(timer.when() % 1, 6)
            for timer in get_scheduled_timer_handles(hass.loop)
            if not timer.cancelled()
            for job in timer._args or ()
            if isinstance(job, HassJob) and job.name in names
        }
        assert len(names) == 2
        assert due == dict.fromkeys(names, 0.3)
        assert await hass.config_entries.async_unload(entries[1].entry_id)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_writes_a_state_of_housekeeping_only_when_it_changed(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer, written: list[str]
) -> None:
    change_answer(rest_server, "/v1/logbook/info", events_max_number=7)
    change_answer(rest_server, "/v1/charge_settings", datetime=None)
    await pass_time(hass, HOUSEKEEPING)
    written.clear()
    await pass_time(hass, HOUSEKEEPING)
    assert written == []
    assert value(hass, rest_entry, "events_maximum") == "7"

    change_answer(rest_server, "/v1/logbook/info", events_max_number=8)
    await pass_time(hass, HOUSEKEEPING)
    assert written == [entities(hass, rest_entry)["events_maximum"].entity_id]


async def test_unplugged_and_plugged_in_again(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    data = entry.runtime_data
    caplog.clear()
    await unplug(server)
    for _ in range(2):
        await pass_time(hass)
    assert not is_available(hass, entry)
    for _ in range(3):
        await pass_time(hass, HOUSEKEEPING)
    (line,) = complaints(caplog)
    assert line.startswith("custom_components.lovato_dmed4: Error fetching DMED404R")

    caplog.clear()
    await server.start()
    await pass_time(hass)
    assert is_available(hass, entry)
    await pass_time(hass, HOUSEKEEPING)
    assert entry.runtime_data is data
    assert not complaints(caplog)
    assert caplog.text.count("data recovered") == 1


async def test_goes_away_when_housekeeping_is_due(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The poll that finds the meter gone is the slow one: still one line, and no delay."""
    await unplug(server)
    await entry.runtime_data.housekeeping.async_refresh()
    assert not is_available(hass, entry)
    (line,) = complaints(caplog)
    assert "housekeeping" not in line

    await server.start()
    await pass_time(hass)
    assert is_available(hass, entry)


async def test_another_meter_between_two_polls(
    hass: HomeAssistant,
    modbus_entry: Dmed4ConfigEntry,
    modbus_server: ModbusTcpServer,
    clock: ManualClock,
) -> None:
    """A lasting link is opened again without a word, perhaps to another meter."""
    await modbus_server.stop()
    async with server_at(modbus_server, SimulatedMeter(seed=2, clock=clock)):
        await pass_time(hass)
        assert not is_available(hass, modbus_entry)
        assert modbus_entry.runtime_data.live.last_exception is not None
        assert "A different meter" in str(modbus_entry.runtime_data.live.last_exception)
    await modbus_server.start()
    await pass_time(hass)
    assert is_available(hass, modbus_entry)


async def test_falls_silent(
    hass: HomeAssistant,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The link stays up, but nothing comes through it any more."""
    impatient(monkeypatch)
    entry = await add_meter(hass, server)
    # On a busy machine the set-up alone takes longer than this test has patience.
    await hass.async_block_till_done(wait_background_tasks=True)
    caplog.clear()
    if isinstance(server, ModbusTcpServer):
        server.faults.inject(ModbusFault.SILENCE)
    else:
        server.faults.inject(RestFault.SILENCE)
    for _ in range(3):
        await entry.runtime_data.live.async_refresh()
    assert not is_available(hass, entry)
    (line,) = complaints(caplog)
    assert "The device does not answer" in line
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, entry, "get_last_record")
    assert caught.value.translation_key == "silent"
    server.faults.clear()
    await pass_time(hass)
    assert is_available(hass, entry)


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_power_failure(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """The meter drops its connections and is back before the next poll."""
    await press(hass, entry, "synchronise_clock")
    assert value(hass, entry, "clock_synchronised") == "on"
    await fail_power(simulated)
    for _ in range(2):
        await pass_time(hass)
    assert is_available(hass, entry)
    assert value(hass, entry, "clock_synchronised") == "off"


@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_another_meter_at_the_address(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is neither shown nor written to, nor are its records taken for those of the right one."""
    counters = ["records_saved", "records_maximum"]
    before = [value(hass, entry, key) for key in counters]
    await unplug(server)
    await pass_time(hass)
    caplog.clear()
    other_meter = SimulatedMeter(seed=2, max_records=77)
    async with server_at(server, other_meter) as other:
        for _ in range(2):
            await pass_time(hass, HOUSEKEEPING)
        assert not is_available(hass, entry)
        last_error = entry.runtime_data.live.last_exception
        assert isinstance(last_error, HomeAssistantError)
        assert last_error.translation_key == "wrong_meter"

        for action in ("start_charge_cycle", "get_last_record", "reset_errors"):
            with pytest.raises(HomeAssistantError) as caught:
                await act(hass, entry, action)
            assert caught.value.translation_key == "wrong_meter"
        assert writes(other) == []
        # Another reason for the same loss is no second line.
        assert not complaints(caplog)

    await server.start()
    await pass_time(hass)
    assert is_available(hass, entry)
    assert [value(hass, entry, key) for key in counters] == before


async def test_works_again_before_the_next_poll(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server
) -> None:
    """An action does not have to wait for the poll that finds the meter back."""
    await unplug(server)
    await pass_time(hass)
    assert not is_available(hass, entry)
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, entry, "start_charge_cycle")
    assert caught.value.translation_key == "cannot_connect"

    await server.start()
    assert (await act(hass, entry, "start_charge_cycle"))["signature"] == "valid"
    assert is_available(hass, entry)


MISSING = {
    "voltage": ("/v1/measure", "voltage", None),
    "power": ("/v1/measure", "power", "n/a"),
    "energy_imported": ("/v1/measure", "energyPos", None),
    "cycle_energy_imported": ("/v1/measure", "energy", None),
    "records_saved": ("/v1/logbook/info", "ocmf_total_number", None),
    "clock_drift": ("/v1/charge_settings", "datetime", None),
}


@in_turn(("key", "missing"), MISSING.items(), ids=MISSING)
async def test_answer_that_lacks_a_field(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    key: str,
    missing: tuple[str, str, object],
) -> None:
    def unknown() -> set[str]:
        return {
            each
            for each, entity in entities(hass, rest_entry).items()
            if entity.domain == "sensor"
            and not entity.disabled
            and each not in {"logbook_progress", *OF_THE_ARCHIVE}
            and value(hass, rest_entry, each) == "unknown"
        }

    path, name, answer = missing
    before = value(hass, rest_entry, key)
    assert unknown() == set()
    undo = change_answer(rest_server, path, **{name: answer})
    await pass_time(hass, HOUSEKEEPING)
    assert unknown() == {key}
    undo()
    await pass_time(hass, HOUSEKEEPING)
    assert unknown() == set()
    if key != "clock_drift":
        assert value(hass, rest_entry, key) == before


async def test_answer_without_status(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: RestServer
) -> None:
    """Without the status nothing can be said of the meter."""
    undo = change_answer(rest_server, "/v1/charge_status", signature_status=None)
    await pass_time(hass)
    assert not is_available(hass, rest_entry)
    undo()
    await pass_time(hass)
    assert is_available(hass, rest_entry)


async def test_housekeeping_fails_alone(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    rest_server.faults.inject(RestFault.NOT_JSON, only=lambda line: "logbook/info" in line)
    for _ in range(2):
        await pass_time(hass, HOUSEKEEPING)
    assert value(hass, rest_entry, "records_saved") == "unavailable"
    assert value(hass, rest_entry, "voltage") == "0.0"
    (line,) = complaints(caplog)
    assert "housekeeping" in line

    rest_server.faults.clear()
    await pass_time(hass, HOUSEKEEPING)
    assert value(hass, rest_entry, "records_saved") == "0"


@pytest.mark.usefixtures("logbook_left_alone")
async def test_update_on_demand(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
) -> None:
    """For those who switch polling off."""
    assert await async_setup_component(hass, "homeassistant", {})
    hass.config_entries.async_update_entry(entry, pref_disable_polling=True)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await press(hass, entry, "start")
    server.requests.clear()
    await pass_time(hass, 2 * HOUSEKEEPING)
    assert not server.requests
    set_sample(simulated, voltage=38_000)
    registry = entities(hass, entry)
    await hass.services.async_call(
        "homeassistant",
        "update_entity",
        {"entity_id": [registry[key].entity_id for key in ("voltage", "records_saved")]},
        blocking=True,
    )
    await pass_time(hass, IDLE)
    assert number(hass, entry, "voltage") == 380
    assert value(hass, entry, "records_saved") == "1"


async def test_disabled_entity(
    hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    """The last sample can be enabled, and shows the meter's own time."""
    entity = entities(hass, modbus_entry)["last_sample"]
    entity_registry.async_update_entity(entity.entity_id, disabled_by=None)
    assert await hass.config_entries.async_reload(modbus_entry.entry_id)
    assert value(hass, modbus_entry, "last_sample") == "2025-10-09T08:53:20+00:00"


async def test_log_of_the_modbus_library(
    hass: HomeAssistant,
    modbus_entry: Dmed4ConfigEntry,
    modbus_server: ModbusTcpServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What it says of our requests is for debugging; what it says of others' stays as it is."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "pymodbus")
    await unplug(modbus_server)
    await pass_time(hass)
    logging.getLogger("pymodbus.logging").warning("Another integration's link is lost")
    levels = {
        record.getMessage(): record.levelname
        for record in caplog.records
        if record.name == "pymodbus.logging" and record.levelno >= logging.DEBUG
    }
    assert levels.pop("Another integration's link is lost") == "WARNING"
    assert any(message.startswith("Failed to connect") for message in levels)
    assert set(levels.values()) == {"DEBUG"}

    await modbus_server.start()
    await pass_time(hass)
    assert is_available(hass, modbus_entry)
