"""What an administrator can repair with a few clicks."""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

from .charging.power_failure import CHARGE_AFTER_POWER_FAILURE, PowerFailureFlow
from .connection.certificate import CERTIFICATE_CHANGED, CertificateChangedFlow
from .connection.identity import ISSUE as KEY_CHANGED, KeyChangedFlow
from .intake.failed_records import ISSUE as RECORD_FAILED, FailedRecordsFlow
from .upkeep.measure_scale import ISSUE as MEASURE_SCALE, ScaleFlow


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Start the repair of an issue; of an entry that is gone there is nothing to repair."""
    data = data or {}
    entry = hass.config_entries.async_get_entry(str(data.get("entry_id")))
    if entry is None:
        return ConfirmRepairFlow()
    if issue_id.startswith(CERTIFICATE_CHANGED):
        return CertificateChangedFlow(entry, str(data["certificate"]))
    if issue_id.startswith(CHARGE_AFTER_POWER_FAILURE):
        return PowerFailureFlow(entry)
    if issue_id.startswith(KEY_CHANGED):
        return KeyChangedFlow(entry, str(data["unique_id"]))
    if issue_id.startswith(RECORD_FAILED):
        return FailedRecordsFlow(entry, int(data["failed"] or 0))
    if issue_id.endswith(MEASURE_SCALE):
        return ScaleFlow(entry, data)
    raise ValueError(f"no repair for the issue {issue_id}")
