"""What a maintainer needs to know of an entry, without secrets and without who charged."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant

from .connection.devices import is_display
from .const import (
    CONF_CERTIFICATE,
    CONF_CHARGE_POINT_ID,
    CONF_DATABASE_URL,
    CONF_FORMER_IDS,
    CONF_IDENTIFICATION_DATA,
    CONF_TARIFF_TEXT,
)
from .remote_display import DisplayCoordinator
from .runtime_data import Dmed4Data

_REDACTED: Final = {
    CONF_CERTIFICATE,
    # The name of a port may hold the serial number of an adapter.
    CONF_DEVICE,
    CONF_HOST,
    CONF_PASSWORD,
    CONF_CHARGE_POINT_ID,
    CONF_DATABASE_URL,
    # Made of a serial number or an address where there was no key.
    CONF_FORMER_IDS,
    CONF_IDENTIFICATION_DATA,
    CONF_TARIFF_TEXT,
    "serial_number",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> dict[str, Any]:
    """Collect the diagnostics of an entry, also of one that could not be set up."""
    diagnostics: dict[str, Any] = {
        "entry": {
            "data": dict(entry.data),
            "options": dict(entry.options),
            "state": entry.state.value,
            # A text may name the address; the key of the text does not.
            "reason": entry.error_reason_translation_key,
        }
    }
    if entry.state is ConfigEntryState.LOADED:
        describe = _display if is_display(entry) else _meter
        diagnostics |= describe(entry.runtime_data)
    return async_redact_data(diagnostics, _REDACTED)


def _meter(data: Dmed4Data) -> dict[str, Any]:
    identity, live = data.identity, data.live.data
    archived = data.records.summary_coordinator.data
    return {
        "identity": {
            "model": identity.model,
            "firmware": identity.firmware,
            "hardware": identity.hardware,
            "parameter_revision": identity.parameter_revision,
            "ethernet_firmware": identity.ethernet_firmware,
            "serial_number": identity.serial_number,
            "public_key": (identity.public_key or b"").hex(),
            "public_key_ocmf": (identity.public_key_ocmf or b"").hex(),
        },
        "link": _link(data),
        "login": {
            "attempts_used": data.login.attempts_used,
            "locked": data.login.locked_until is not None,
        },
        "live": {
            "reachable": data.live.last_update_success,
            "measures": asdict(live.measures),
            "measurement_status": live.status.measurement.name,
            "signature_status": f"0x{live.status.signature:04X}",
            "errors": live.status.errors.names,
        },
        "housekeeping": asdict(data.housekeeping.data),
        "archive": {
            "available": data.records.available,
            "waiting": data.records.waiting,
            "records": archived.records,
            "suspicious": archived.suspicious,
            "failed": archived.failed,
        },
        "synchronisation": asdict(data.sync.state),
    }


def _link(data: Dmed4Data) -> dict[str, Any]:
    """Return how the meter is reached; of the last error only the kind, its text may say where."""
    interval, error = data.live.update_interval, data.live.last_exception
    return {
        "features": [feature.name for feature in data.meter.features],
        "known_by": "key" if data.identity.fingerprint else "serial number or address",
        "losses": data.meter.link_losses,
        "missing": sorted(data.meter.missing),
        "found": data.meter.found.texts,
        "poll_interval": interval and interval.total_seconds(),
        "shortest_interval": round(data.meter.shortest_interval, 1),
        "last_error": error and type(error.__cause__ or error).__name__,
    }


def _display(coordinator: DisplayCoordinator) -> dict[str, Any]:
    """Describe a display; of its texts, which may name drivers, only their length."""
    data = coordinator.data
    return {
        "display": {
            "model": data.identity.model,
            "firmware": data.identity.firmware,
            "reachable": coordinator.last_update_success,
            "shown": data.shown,
            "text_lengths": {
                meter: {name: len(text) for name, text in asdict(page).items()}
                for meter, page in data.pages.items()
            },
        }
    }
