"""What an administrator can repair with a few clicks."""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

from .certificate import CERTIFICATE_CHANGED, CertificateChangedFlow


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Start the repair of an issue; of an entry that is gone there is nothing to repair."""
    entry = hass.config_entries.async_get_entry(str((data or {}).get("entry_id")))
    if data and entry and issue_id.startswith(CERTIFICATE_CHANGED):
        return CertificateChangedFlow(entry, str(data["certificate"]))
    return ConfirmRepairFlow()
