"""What a maintainer needs to know of an entry, without secrets and without who charged."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant

from .const import CONF_CHARGE_POINT_ID, CONF_IDENTIFICATION_DATA, CONF_TARIFF_TEXT
from .coordinator import Dmed4ConfigEntry

_REDACTED: Final = {
    CONF_HOST,
    CONF_PASSWORD,
    CONF_CHARGE_POINT_ID,
    CONF_IDENTIFICATION_DATA,
    CONF_TARIFF_TEXT,
    "serial_number",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: Dmed4ConfigEntry
) -> dict[str, Any]:
    """Collect the diagnostics of an entry."""
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
