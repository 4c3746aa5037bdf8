"""Where things are in Home Assistant's pages, for texts that lead there."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN

ENTRIES_PAGE: Final = f"/config/integrations/integration/{DOMAIN}"
"""Where options and passwords are entered."""


@callback
def device_page(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    """Get the page of an entry's device; that of all entries before there is a device."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next((f"/config/devices/device/{device.id}" for device in devices), ENTRIES_PAGE)


def inside(page: str) -> str:
    """Write a page of Home Assistant as the address that a repair leads to for more."""
    return f"homeassistant:/{page}"
