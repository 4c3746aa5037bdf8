"""What Home Assistant's page on its own health shows of the integration."""

from collections import Counter
from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .connection.devices import is_display
from .const import CONF_TRANSPORT, DOMAIN


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Count entries; each meter's own page shows whether it is reachable."""
    entries = hass.config_entries.async_entries(DOMAIN, include_disabled=False)
    loaded = [entry for entry in entries if entry.state is ConfigEntryState.LOADED]
    transports = Counter(str(entry.data[CONF_TRANSPORT]) for entry in entries)
    return {
        "entries": len(entries),
        "loaded": len(loaded),
        "reachable": sum(map(_is_reachable, loaded)),
        "transports": ", ".join(f"{name}: {count}" for name, count in sorted(transports.items())),
    }


def _is_reachable(entry: ConfigEntry[Any]) -> bool:
    data = entry.runtime_data
    coordinator = data if is_display(entry) else data.live
    return bool(coordinator.last_update_success)
