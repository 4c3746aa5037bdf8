"""What a maintainer needs to know of an entry, without secrets and without who charged."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant

from .const import CONF_CHARGE_POINT_ID, CONF_IDENTIFICATION_DATA, CONF_TARIFF_TEXT
from .remote_display import DisplayConfigEntry, is_display

_REDACTED: Final = {
    CONF_HOST,
    CONF_CHARGE_POINT_ID,
    CONF_IDENTIFICATION_DATA,
    CONF_TARIFF_TEXT,
    "serial_number",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> dict[str, Any]:
    """Collect the diagnostics of an entry."""
    if is_display(entry):
        return async_redact_data(
            {"entry": {"data": dict(entry.data)}, "display": _display(entry)}, _REDACTED
        )
    data = entry.runtime_data
    live = data.live.data
    return async_redact_data(
        {
            "entry": {"data": dict(entry.data), "options": dict(entry.options)},
            "identity": {
                "model": data.identity.model,
                "firmware": data.identity.firmware,
                "serial_number": data.identity.serial_number,
                "public_key": (data.identity.public_key or b"").hex(),
                "public_key_ocmf": (data.identity.public_key_ocmf or b"").hex(),
            },
            "live": {
                "reachable": data.live.last_update_success,
                "measures": asdict(live.measures),
                "measurement_status": live.status.measurement.name,
                "signature_status": f"0x{live.status.signature:04X}",
                "errors": live.status.errors.names,
            },
            "housekeeping": asdict(data.housekeeping.data),
        },
        _REDACTED,
    )


def _display(entry: DisplayConfigEntry) -> dict[str, Any]:
    """Tell of a display; of its texts, which may name who charges, only how long they are."""
    coordinator = entry.runtime_data
    data = coordinator.data
    return {
        "model": data.identity.model,
        "firmware": data.identity.firmware,
        "reachable": coordinator.last_update_success,
        "shown": data.shown,
        "text_lengths": {
            meter: {name: len(text) for name, text in asdict(page).items()}
            for meter, page in data.pages.items()
        },
    }
