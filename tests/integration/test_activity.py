"""Activity as its page gets it, over the same command: what a session leaves there."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from simulator import RestServer, SimulatedMeter

from .helpers import act, add_meter, entities, set_sample
from .plugin import WebSocketGenerator, async_wait_recording_done

pytestmark = pytest.mark.usefixtures("recorder_mock", "clock_left_alone", "logbook_left_alone")


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Make the recorder's part before Home Assistant."""


# What the page of Activity shows, besides the line of the logbook platform.
STARTED = {("charging", "on"), ("charge_cycle", "started")}
ENDED = {("charging", "off"), ("charge_cycle", "ended")}


async def test_activity_shows_what_a_person_asked_for(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    rest_server: RestServer,
    simulated: SimulatedMeter,
) -> None:
    """Of the engineer's entities nothing; each line is of a state that a trigger or a button needs."""
    assert await async_setup_component(hass, "logbook", {})
    entry = await add_meter(hass, rest_server)
    await hass.async_block_till_done(wait_background_tasks=True)
    keys = {entity.entity_id: key for key, entity in entities(hass, entry).items()}
    client = await hass_ws_client(hass)

    async def shown(action: str) -> list[tuple[str | None, str]]:
        begin = dt_util.utcnow()
        await act(hass, entry, action)
        await entry.runtime_data.records.summary_coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        await async_wait_recording_done(hass)
        question = {"type": "logbook/get_events", "start_time": begin.isoformat()}
        await client.send_json_auto_id(question)
        found = (await client.receive_json())["result"]
        lines = [
            (
                keys.get(each.get("entity_id")),
                each.get("attributes", {}).get("event_type")
                or each.get("state")
                or each["message"],
            )
            for each in found
        ]
        # This one only when it is another one than that of the session before.
        return [line for line in lines if line[0] != "last_session_verdict"]

    # What is there for the first time only: the clock is set, a signature made.
    for action in ("start_charge_cycle", "end_charge_cycle"):
        await shown(action)
    assert sorted(await shown("start_charge_cycle")) == sorted(STARTED)
    set_sample(simulated, cycle_imported=12_340)
    ended = await shown("end_charge_cycle")
    assert sorted(each for each in ended if each[0]) == sorted(ENDED)
    assert [text for key, text in ended if key is None] == [
        "Charging ended: 12.3 kWh, signature verified"
    ]
