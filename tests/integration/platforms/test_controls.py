"""Buttons, switch and select: what they do, and who may use them."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.dmed4.model import DisplayPage
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import SimulatedMeter
from tests.integration.helpers import (
    Server,
    begin_charge,
    call_entity,
    entities,
    pass_time,
    press,
    unplug,
    value,
    writes,
)
from tests.integration.turns import in_turn

pytestmark = pytest.mark.usefixtures("entity_registry_enabled_by_default")


def transactions(meter: SimulatedMeter) -> list[str]:
    """What each record of the meter is: begin, intermediate or end."""
    return [record.split('"TX":"')[-1][0] for record in meter.records]


async def test_charge(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await press(hass, entry, "start")
    assert value(hass, entry, "charging") == "on"
    assert value(hass, entry, "signature_status") == "signed"
    await press(hass, entry, "read")
    assert value(hass, entry, "charging") == "on"
    await press(hass, entry, "end")
    assert value(hass, entry, "charging") == "off"
    assert transactions(simulated) == ["B", "C", "E"]


BUTTONS = ("start", "read", "end", "reset_errors", "synchronise_clock")


def available(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> set[str]:
    return {key for key in BUTTONS if value(hass, entry, key) != "unavailable"}


async def test_buttons_are_there_when_they_can_do_something(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, simulated: SimulatedMeter
) -> None:
    assert available(hass, entry) == {"start", "synchronise_clock"}
    for key in ("read", "end"):
        await press(hass, entry, key)  # Home Assistant does not pass it on
    assert writes(server) == []
    await press(hass, entry, "start")
    assert available(hass, entry) == {"read", "end"}
    before = len(writes(server))
    await press(hass, entry, "start")
    assert len(writes(server)) == before
    await press(hass, entry, "end")
    assert available(hass, entry) == {"start", "synchronise_clock"}
    await press(hass, entry, "synchronise_clock")
    assert transactions(simulated) == ["B", "E"]
    simulated.set_error(2, 0)
    await pass_time(hass)
    assert available(hass, entry) == {"start", "synchronise_clock", "reset_errors"}


async def test_a_button_that_the_meter_has_overtaken(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    """Something else has begun a charge since the last poll: the press is refused, with a reason."""
    begin_charge(simulated)
    with pytest.raises(ServiceValidationError) as caught:
        await press(hass, entry, "start")
    assert caught.value.translation_key == "cycle_active"


async def test_reset_errors(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    simulated.set_error(2, 0)
    await pass_time(hass)
    await press(hass, entry, "reset_errors")
    assert simulated.errors_2 == 0
    assert value(hass, entry, "problem") == "off"


async def test_lost_while_used(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: Server
) -> None:
    """The loss is noticed by the command, and shows at once."""
    await unplug(rest_server)
    with pytest.raises(HomeAssistantError) as caught:
        await press(hass, rest_entry, "start")
    assert caught.value.translation_key == "cannot_connect"
    assert "cannot be reached" in str(caught.value)
    assert value(hass, rest_entry, "start") == "unavailable"

    await rest_server.start()
    await rest_entry.runtime_data.live.async_refresh()
    await press(hass, rest_entry, "start")
    assert value(hass, rest_entry, "charging") == "on"


async def test_display(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    assert value(hass, entry, "display") == "unknown"
    await call_entity(hass, entry, "turn_off", "display")
    assert (value(hass, entry, "display"), simulated.display_on) == ("off", False)
    await call_entity(hass, entry, "turn_on", "display")
    assert (value(hass, entry, "display"), simulated.display_on) == ("on", True)


async def test_display_page(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    assert value(hass, entry, "display_page") == "unknown"
    for page in DisplayPage:
        option = page.name.lower()
        await call_entity(hass, entry, "select_option", "display_page", option=option)
        assert (value(hass, entry, "display_page"), simulated.display_page) == (option, page)
    with pytest.raises(ServiceValidationError):
        await call_entity(hass, entry, "select_option", "display_page", option="logo")
    assert simulated.display_page == page


async def test_failed_write_is_not_shown(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, rest_server: Server
) -> None:
    await call_entity(hass, rest_entry, "turn_on", "display")
    await unplug(rest_server)
    with pytest.raises(HomeAssistantError):
        await call_entity(hass, rest_entry, "turn_off", "display")
    await rest_server.start()
    await rest_entry.runtime_data.live.async_refresh()
    assert value(hass, rest_entry, "display") == "on"
    await call_entity(hass, rest_entry, "turn_off", "display")
    assert value(hass, rest_entry, "display") == "off"


WRITING: list[tuple[str, str, dict[str, Any]]] = [
    ("start", "press", {}),
    ("read", "press", {}),
    ("end", "press", {}),
    ("reset_errors", "press", {}),
    ("synchronise_clock", "press", {}),
    ("display", "turn_on", {}),
    ("display", "turn_off", {}),
    ("display_page", "select_option", {"option": "power"}),
]


async def test_only_an_administrator_may(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    *,
    user: Context,
    admin: Context,
) -> None:
    nobody = Context(user_id="deleted meanwhile")
    simulated.set_error(2, 0)
    await pass_time(hass)
    for key, service, data in WRITING[3:]:  # the others: tests/integration/charging/test_rights.py
        with pytest.raises(Unauthorized):
            await call_entity(hass, entry, service, key, context=user, **data)
    with pytest.raises(HomeAssistantError):
        await press(hass, entry, "start", context=nobody)
    assert writes(server) == []
    for key, service, data in WRITING:
        await call_entity(hass, entry, service, key, context=admin, **data)
    assert len(writes(server)) >= len(WRITING)


async def test_an_automation_may(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    registry = entities(hass, entry)
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {"trigger": "event", "event_type": "plugged_in"},
                "actions": {
                    "action": "button.press",
                    "target": {"entity_id": registry["start"].entity_id},
                },
            }
        },
    )
    hass.bus.async_fire("plugged_in")
    await hass.async_block_till_done()
    assert transactions(simulated) == ["B"]


@in_turn("minutes", [7, 15.5])
async def test_a_time_offset_that_is_no_multiple_of_15_minutes_is_not_sent(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, minutes: float
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call_entity(hass, entry, "set_value", "time_offset", value=minutes)
    assert raised.value.translation_key == "number_step"
    assert raised.value.translation_placeholders == {"value": str(minutes), "step": "15"}
    assert writes(server) == []
