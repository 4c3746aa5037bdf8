"""The blueprints: automations made of them run charges of a simulated meter."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.coordinator import Dmed4ConfigEntry
from simulator import ManualClock, SimulatedMeter

from .automations import PLUG, Told, automate, listen, plug, scan, tell
from .helpers import device_id, pass_time

pytestmark = pytest.mark.usefixtures("clock_left_alone")


@pytest.fixture
def told(hass: HomeAssistant) -> Told:
    return listen(hass)


def payload(record: str) -> dict[str, Any]:
    """Read what was signed."""
    fields: dict[str, Any] = json.loads(record.split("|")[1], parse_float=str)
    return fields


# --- Start and end ------------------------------------------------------------------------------

START = "start_and_end_charge"


async def start_and_end(hass: HomeAssistant, entry: Dmed4ConfigEntry, **inputs: object) -> None:
    """Automate charging, with nothing plugged in."""
    plug(hass, is_on=False)
    defaults = {
        "meter": device_id(hass, entry),
        "plug": PLUG,
        "unplugged_for": {"seconds": 5},
        "on_started": tell("who", "tag"),
        "on_not_started": tell("reason", "error", "tag"),
        "on_ended": tell("who", "energy", "signature"),
        "on_not_ended": tell("error"),
    }
    await automate(hass, START, defaults | inputs)


async def test_a_tag_starts_a_charge_and_unplugging_ends_it(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
    clock: ManualClock,
    told: Told,
) -> None:
    await start_and_end(hass, entry, tariff_text="0.45 EUR/kWh")
    plug(hass, is_on=True)
    scan(hass, "04-a2-b3-c4")
    await hass.async_block_till_done()
    assert simulated.charging
    begin = payload(simulated.records[0])
    assert (begin["IT"], begin["ID"], begin["IL"]) == ("ISO14443", "04A2B3C4", "HEARSAY")
    assert (begin["IF"], begin["TT"]) == (["RFID_PLAIN"], "0.45 EUR/kWh")
    assert [each["title"] for each in told] == ["DMED4 charge started"]

    clock.advance(3600)
    await pass_time(hass)
    plug(hass, is_on=False)
    await hass.async_block_till_done()
    assert simulated.charging
    await pass_time(hass, 5)
    assert not simulated.charging
    assert told == 1
