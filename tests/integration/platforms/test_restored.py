"""What is restored is the meter's own: another one at the same entity IDs starts with its own values."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import restore_state
import pytest

from custom_components.lovato_dmed4.charging.open_charge import Origin
from custom_components.lovato_dmed4.entity import MeterRestoreEntity
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, SimulatedMeter
from tests.integration.flows import Browser
from tests.integration.helpers import (
    HOUSEKEEPING,
    Server,
    act,
    add_entry,
    begin_charge,
    entities,
    fingerprint,
    pass_time,
    press,
    server_at,
    set_sample,
    set_up,
    state_of,
    unplug,
)
from tests.integration.plugin import ClientSessionGenerator, MockConfigEntry
from tests.logbooks import log_events

SESSION = "cycle_energy_imported"

BUTTONS = {"start", "read", "end", "reset_errors", "synchronise_clock"}
ENERGIES = {"energy_imported", "energy_exported", SESSION, "cycle_energy_exported"}
EVENTS = {"charge_cycle", "metrological_event", "record"}

pytestmark = pytest.mark.usefixtures("clock_left_alone", "entity_registry_enabled_by_default")


@pytest.fixture
async def browser(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Browser:
    return await Browser.open(hass, hass_client)


@pytest.fixture(autouse=True)
def _counted_much(simulated: SimulatedMeter) -> None:
    set_sample(simulated, imported=32_110_000, exported=20_000)


@pytest.fixture
def other(simulated: SimulatedMeter, clock: ManualClock) -> SimulatedMeter:
    """A meter with another key, and with the serial number of the first."""
    meter = SimulatedMeter(
        seed=2,
        serial_number=simulated.serial_number,
        clock=clock,
        signing_time=0,
        checking_time=0,
    )
    set_sample(meter, imported=1_015_000, exported=9_000)
    return meter


def shown(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> dict[str, tuple[str, dict[str, Any]]]:
    """States and attributes of what is restored."""
    found = {}
    for key, entity in entities(hass, entry).items():
        if key in BUTTONS | ENERGIES | EVENTS:
            state = hass.states.get(entity.entity_id)
            assert state is not None
            found[key] = state.state, {**state.attributes}
    return found


async def live_through_much(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, meter: SimulatedMeter
) -> None:
    """Let everything that is restored have something to restore."""
    await act(hass, entry, "start_charge_cycle", identification_data="ANNA")
    await press(hass, entry, "read")
    set_sample(meter, imported=32_115_000, cycle_imported=5_000)
    log_events(meter, 1)
    await pass_time(hass, HOUSEKEEPING)
    await pass_time(hass)


async def restart(hass: HomeAssistant) -> None:
    """Write what is restored to the disk, and read it again as at a start."""
    data = restore_state.async_get(hass)
    await data.async_dump_states()
    data.last_states = {}
    await data.async_load()
    assert data.last_states


def add_at(hass: HomeAssistant, server: Server, meter: SimulatedMeter) -> MockConfigEntry:
    return add_entry(hass, server, fingerprint(meter))


async def test_everything_that_is_restored_is_known_to_be_a_meter_s(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter
) -> None:
    entry = add_at(hass, server, simulated)
    assert await set_up(hass, entry)
    keys = {entity.entity_id: key for key, entity in entities(hass, entry).items()}
    restoring = restore_state.async_get(hass).entities
    ours = {keys[entity_id] for entity_id in keys.keys() & restoring.keys()}
    # What was exchanged is given over Modbus only.
    assert ours - {"energy_exchanged"} == BUTTONS | ENERGIES | EVENTS
    assert all(isinstance(entity, MeterRestoreEntity) for entity in restoring.values())


async def test_the_same_meter_goes_on_with_what_it_showed(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter
) -> None:
    entry = add_at(hass, server, simulated)
    assert await set_up(hass, entry)
    await live_through_much(hass, entry, simulated)
    before = shown(hass, entry)
    assert before["energy_imported"][0] == "32115.0"
    assert before[SESSION][1]["last_reset"]
    await restart(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await restart(hass)
    assert await set_up(hass, entry)
    assert shown(hass, entry) == before


async def test_a_meter_that_takes_the_place_of_a_removed_one(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter, other: SimulatedMeter
) -> None:
    entry = add_at(hass, server, simulated)
    assert await set_up(hass, entry)
    await live_through_much(hass, entry, simulated)
    ids = {key: entity.entity_id for key, entity in entities(hass, entry).items()}
    await hass.config_entries.async_remove(entry.entry_id)
    await restart(hass)
    await unplug(server)
    async with server_at(server, other) as successor:
        entry = add_at(hass, successor, other)
        assert await set_up(hass, entry)
        assert {key: entity.entity_id for key, entity in entities(hass, entry).items()} == ids
        assert_own_values(hass, entry)
        assert await hass.config_entries.async_unload(entry.entry_id)


async def test_another_key_at_the_same_entry(
    hass: HomeAssistant,
    browser: Browser,
    server: Server,
    simulated: SimulatedMeter,
    *,
    other: SimulatedMeter,
) -> None:
    """The entry stays, and so does what it stores itself: the charge and the events are another meter's."""
    entry = add_at(hass, server, simulated)
    assert await set_up(hass, entry)
    await live_through_much(hass, entry, simulated)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await restart(hass)
    await unplug(server)
    begin_charge(other)
    async with server_at(server, other):
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        if state_of(entry).value == "loaded":
            # Its serial number says that it is the same meter: it runs, under suspicion.
            assert_own_values(hass, entry, charging=True)
        form = await browser.repair(f"key_changed_{entry.entry_id}")
        await browser.submit(form, {"former_key": "exchanged"})
        assert entry.unique_id == fingerprint(other)
        assert_own_values(hass, entry, charging=True)
        data = entry.runtime_data
        assert data.charge.charge is not None
        assert data.charge.charge.origin is Origin.ELSEWHERE
        assert data.cycle.preparation.prototype == b""
        assert await hass.config_entries.async_unload(entry.entry_id)


def assert_own_values(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, *, charging: bool = False
) -> None:
    """What the other meter shows is its own, or nothing."""
    now = shown(hass, entry)
    assert now["energy_imported"][0] == "1015.0"
    assert now["energy_exported"][0] == "9.0"
    assert now[SESSION][0] == "0.0"
    assert ("last_reset" in now[SESSION][1]) is charging
    # Its charge was found when the entry was loaded.
    for key in EVENTS - ({"charge_cycle"} if charging else set()):
        state, attributes = now[key]
        assert (key, state, attributes["event_type"]) == (key, "unknown", None)
    assert {now[key][0] for key in BUTTONS} <= {"unknown", "unavailable"}
