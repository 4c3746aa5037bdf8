"""Activity: what it says of charges."""

from typing import Any

from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.translation import async_load_integrations
import pytest

from custom_components.lovato_dmed4.charging.announcements import CHARGING_ENDED, event_type
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.logbook import async_describe_events
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import Command, SimulatedMeter

from .helpers import begin_charge, device_id, pass_time, press, set_sample
from .plugin import async_capture_events

pytestmark = pytest.mark.usefixtures("clock_left_alone", "logbook_left_alone")


def lines(hass: HomeAssistant, events: list[Any]) -> list[str]:
    """Have events described as the logbook does, by the function that is registered with it."""
    known: dict[str, Any] = {}
    async_describe_events(hass, lambda _, name, describe: known.update({name: describe}))
    described = [known[event.event_type](event) for event in events]
    return [f"{entry['name']}: {entry['message']}" for entry in described]


async def test_one_line_for_each_charge(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Also for one that something else ended, whose record is not known yet; none says who charged."""
    events = async_capture_events(hass, event_type(CHARGING_ENDED))
    await press(hass, rest_entry, "start")
    set_sample(simulated, cycle_imported=57_340)
    await press(hass, rest_entry, "end")
    begin_charge(simulated, {"identification_data": "04A2B3C4"})
    await pass_time(hass)
    simulated.command(Command.END)
    await pass_time(hass)
    await hass.async_block_till_done()
    assert [event.data["device_id"] for event in events] == [device_id(hass, rest_entry)] * 2
    assert "04A2" not in str([event.data for event in events])
    assert lines(hass, events) == [
        f"{rest_entry.title}: Charging ended: 57.3 kWh, signature verified",
        f"{rest_entry.title}: Charging ended: 57.3 kWh",
    ]


@pytest.mark.parametrize(
    ("language", "verdict", "line"),
    [
        ("de", "valid", "Laden beendet: 1.057,3 kWh, Signatur verifiziert"),
        ("de", "invalid", "Laden beendet: 1.057,3 kWh, Ungültige Signatur"),
        ("it", "no_key", "Ricarica terminata: 1.057,3 kWh, Nessuna chiave nota"),
        ("fr", None, "Charge terminée: 1\u202f057,3 kWh"),
    ],
)
async def test_the_line_is_in_the_language_of_home_assistant(
    hass: HomeAssistant, language: str, verdict: str | None, line: str
) -> None:
    hass.config.language = language
    await async_load_integrations(hass, {DOMAIN})
    data = {"device_id": "removed", "energy": 1057.34, "verdict": verdict}
    assert lines(hass, [Event(event_type(CHARGING_ENDED), data)]) == [f": {line}"]
