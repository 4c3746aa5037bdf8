"""What Activity says of charges: one line for each that has ended."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations

from .charging.announcements import ATTR_ENERGY, ATTR_VERDICT, CHARGING_ENDED, event_type
from .connection.formats import format_of
from .connection.names import without_markup
from .const import DOMAIN
from .ocmf import Verdict


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
        data, language = event.data, hass.config.language
        device = dr.async_get(hass).async_get(data[ATTR_DEVICE_ID])
        words = async_get_cached_translations(hass, language, "config_panel", DOMAIN)
        path = f"component.{DOMAIN}.config_panel"
        parts = []
        if (energy := data[ATTR_ENERGY]) is not None:
            parts.append(f"{format_of(language).number(Decimal(f'{energy:.1f}'))} kWh")
        if (verdict := data.get(ATTR_VERDICT)) is not None:
            verified = verdict == Verdict.VALID
            key = "activity.verified" if verified else f"card.verdict.{verdict}"
            parts.append(words.get(f"{path}.{key}", verdict))
        ended = words.get(f"{path}.activity.ended", "Charging ended")
        return {
            # The owner's own, or one that may have come from the device.
            LOGBOOK_ENTRY_NAME: (device.name_by_user or without_markup(device.name or ""))
            if device
            else "",
            LOGBOOK_ENTRY_MESSAGE: ": ".join(filter(None, (ended, ", ".join(parts)))),
            LOGBOOK_ENTRY_ICON: "mdi:ev-station",
        }

    async_describe_event(DOMAIN, event_type(CHARGING_ENDED), describe)
