"""The event entity: each new metrological event fires once, restarts included."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from tests.integration.helpers import (
    HOUSEKEEPING,
    Server,
    add_meter,
    entities,
    entry_data,
    pass_time,
    state,
    unplug,
    value,
)
from tests.logbooks import log_events, rest_answers, rest_calls

pytestmark = pytest.mark.usefixtures("clock_left_alone", "entity_registry_enabled_by_default")

KEY = "metrological_event"

type Fired = list[Mapping[str, Any]]


@pytest.fixture
def meter_settings() -> dict[str, Any]:
    return {"max_events": 5}


@pytest.fixture
def fired(hass: HomeAssistant) -> Fired:
    """The attributes of what has fired, the oldest first."""
    found: Fired = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if (
            new is not None
            and new.domain == "event"
            and new.state not in {"unknown", "unavailable"}
            # A restored or an available one is no new one.
            and (old is not None and old.state not in {new.state, "unavailable"})
        ):
            found.append(new.attributes)

    hass.bus.async_listen("state_changed", note)
    return found


def raws(simulated: SimulatedMeter, server: Server, count: int) -> list[str]:
    """The newest events as the attribute shows them, the oldest first."""
    events = list(simulated.event_log.entries)[-count:]
    if isinstance(server, ModbusTcpServer):
        return [event.raw().hex() for event in events]
    return [
        'EVENT|{"date": "2025-10-09", "time": "08:53:20", '
        f'"event_code": "{int(event.code)}", "arguments": "{event.argument}"}}'
        for event in events
    ]


def shown(fired: Fired) -> list[str]:
    return [attributes["raw"] for attributes in fired]


async def test_nothing_old_is_told(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, fired: Fired
) -> None:
    await pass_time(hass, HOUSEKEEPING)
    assert fired == []
    assert value(hass, entry, KEY) == "unknown"
    assert entities(hass, entry)[KEY].entity_category == "diagnostic"


async def test_new_events_are_told_once(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    fired: Fired,
) -> None:
    log_events(simulated, 1)
    await pass_time(hass, HOUSEKEEPING)
    log_events(simulated, 2, 3)
    await pass_time(hass, HOUSEKEEPING)
    await pass_time(hass, HOUSEKEEPING)
    assert shown(fired) == raws(simulated, server, 3)
    assert [attributes["event_type"] for attributes in fired] == ["recorded"] * 3
    assert not any(attributes["dropped"] for attributes in fired)
    if isinstance(server, RestServer):
        assert (fired[-1]["at"], fired[-1]["code"]) == ("2025-10-09T08:53:20", "5")
        assert [attributes["arguments"] for attributes in fired] == ["1", "2", "3"]


async def test_full_ring(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    fired: Fired,
) -> None:
    log_events(simulated, *range(1, 10))
    await pass_time(hass, HOUSEKEEPING)
    assert shown(fired) == raws(simulated, server, 5)
    assert [attributes["dropped"] for attributes in fired] == [True, False, False, False, False]
    fired.clear()
    log_events(simulated, 11)
    await pass_time(hass, HOUSEKEEPING)
    assert shown(fired) == raws(simulated, server, 1)
    assert not fired[0]["dropped"]


async def test_restart(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    fired: Fired,
) -> None:
    log_events(simulated, 1)
    await pass_time(hass, HOUSEKEEPING)
    last = state(hass, entry, KEY)
    assert await hass.config_entries.async_unload(entry.entry_id)
    fired.clear()
    log_events(simulated, 2, 3)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shown(fired) == raws(simulated, server, 2)

    fired.clear()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert fired == []
    assert state(hass, entry, KEY).state > last.state


async def test_waits_until_home_assistant_has_started(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    fired: Fired,
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    log_events(simulated, 1)
    hass.set_state(CoreState.starting)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await pass_time(hass, HOUSEKEEPING)
    assert fired == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shown(fired) == raws(simulated, server, 1)


async def test_a_meter_that_was_away(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    fired: Fired,
) -> None:
    await unplug(server)
    log_events(simulated, 1)
    await pass_time(hass, HOUSEKEEPING)
    assert value(hass, entry, KEY) == "unavailable"
    await server.start()
    await pass_time(hass)
    await pass_time(hass, HOUSEKEEPING)
    await pass_time(hass, HOUSEKEEPING)
    assert value(hass, entry, KEY) not in {"unavailable", "unknown"}
    assert state(hass, entry, KEY).attributes["raw"] == raws(simulated, server, 1)[0]


async def test_logbook_fails_alone(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    fired: Fired,
    caplog: pytest.LogCaptureFixture,
) -> None:
    simulated = rest_server._api._meter  # type: ignore[attr-defined]
    answers = rest_answers(rest_server, "events")
    get = answers.pop("GET")
    log_events(simulated, 1)
    for _ in range(3):
        await pass_time(hass, HOUSEKEEPING)
    assert fired == []
    assert value(hass, rest_entry, KEY) == "unknown"
    lines = [record.getMessage() for record in caplog.records if "events" in record.getMessage()]
    assert len([line for line in lines if line.startswith("Error fetching")]) == 1

    answers["GET"] = get
    await pass_time(hass, HOUSEKEEPING)
    assert shown(fired) == raws(simulated, rest_server, 1)


async def test_meter_lost_while_its_events_are_read(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    fired: Fired,
) -> None:
    answers = rest_answers(rest_server, "events")
    get = answers["GET"]
    measures = rest_calls(rest_server)["/v1/measure"]
    measure = measures["GET"]

    def lost(call: Any) -> str:
        measures.pop("GET", None)
        return "nonsense"

    answers["GET"] = lost
    log_events(simulated, 1)
    await pass_time(hass, HOUSEKEEPING)
    assert fired == []
    assert value(hass, rest_entry, KEY) == "unavailable"

    answers["GET"], measures["GET"] = get, measure
    await pass_time(hass)
    await pass_time(hass, HOUSEKEEPING)
    await pass_time(hass, HOUSEKEEPING)
    assert state(hass, rest_entry, KEY).attributes["raw"] == raws(simulated, rest_server, 1)[0]


async def test_quiet_logbook_costs_nothing(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    def asked() -> int:
        return len([path for _, path in rest_server.requests if path.endswith("/events")])

    rest_server.requests.clear()
    await pass_time(hass, HOUSEKEEPING)
    assert asked() == 0
    log_events(simulated, 1, 2, 3, 4, 5)
    await pass_time(hass, HOUSEKEEPING)
    await pass_time(hass, HOUSEKEEPING)
    rest_server.requests.clear()
    await pass_time(hass, HOUSEKEEPING)
    assert asked() <= 1


async def test_another_transport(
    hass: HomeAssistant,
    modbus_entry: Dmed4ConfigEntry,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    fired: Fired,
) -> None:
    log_events(simulated, 1)
    hass.config_entries.async_update_entry(modbus_entry, data=entry_data(rest_server))
    assert await hass.config_entries.async_reload(modbus_entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shown(fired) == raws(simulated, rest_server, 1)


async def test_removal_forgets(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, hass_storage: dict[str, Any]
) -> None:
    await pass_time(hass, HOUSEKEEPING)
    key = f"{DOMAIN}.events.{entry.entry_id}"
    assert hass_storage[key]["data"]["saved"] == 1
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert key not in hass_storage


@pytest.mark.parametrize("meter_settings", [{"max_events": 5}])
async def test_first_event_of_all(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter, fired: Fired
) -> None:
    simulated.event_log.entries.clear()
    entry = await add_meter(hass, server)
    log_events(simulated, 1)
    await pass_time(hass, HOUSEKEEPING)
    assert shown(fired) == raws(simulated, server, 1)
    assert value(hass, entry, KEY) != "unknown"
    # What was known of no event survives a restart, too.
    assert await hass.config_entries.async_reload(entry.entry_id)
