"""What Activity says of charges: one line for each that has ended."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations

from .connection.names import without_markup
from .const import DOMAIN
from .event import ATTR_ENERGY, ATTR_VERDICT, EVENT_CHARGING_ENDED


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[
        [str, str, Callable[[Event[dict[str, Any]]], dict[str, str]]], None
    ],
) -> None:
    """Describe the events, in the language of Home Assistant."""

    @callback
    def describe(event: Event[dict[str, Any]]) -> dict[str, str]:
        data = event.data
        device = dr.async_get(hass).async_get(data[ATTR_DEVICE_ID])
        words = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
        path = f"component.{DOMAIN}.entity.event.charge_cycle.state_attributes"
        parts = [words.get(f"{path}.event_type.state.ended", "Ended")]
        if (energy := data[ATTR_ENERGY]) is not None:
            parts.append(f"{energy:.1f} kWh")
        if (verdict := data[ATTR_VERDICT]) is not None:
            parts.append(words.get(f"{path}.verdict.state.{verdict}", verdict))
        return {
            # The owner's own, or one that may have come from the device.
            LOGBOOK_ENTRY_NAME: (device.name_by_user or without_markup(device.name or ""))
            if device
            else "",
            LOGBOOK_ENTRY_MESSAGE: ": ".join(
                [parts[0], ", ".join(parts[1:])] if parts[1:] else parts
            ),
        }

    async_describe_event(DOMAIN, EVENT_CHARGING_ENDED, describe)
