"""What an administrator can repair with a few clicks."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .charging.power_failure import CHARGE_AFTER_POWER_FAILURE, PowerFailureFlow
from .connection.certificate import CERTIFICATE_CHANGED, CertificateChangedFlow
from .connection.identity import ISSUE as KEY_CHANGED, KeyChangedFlow
from .intake.failed_records import ISSUE as RECORD_FAILED, FailedRecordsFlow
from .upkeep.kept_records import ISSUE as RECORDS_KEPT, KeptRecordsFlow
from .upkeep.measure_scale import ISSUE as MEASURE_SCALE, ScaleFlow
from .upkeep.own_time import ISSUE as OWN_TIME, OwnTimeFlow
from .upkeep.serial_number import ISSUE as SERIAL_NUMBER, SerialNumberFlow

type _Data = Mapping[str, str | int | float | None]

# By what the ID of an issue begins or ends with.
_FLOWS: Final[Mapping[str, Callable[[ConfigEntry[Any], _Data], RepairsFlow]]] = {
    CERTIFICATE_CHANGED: lambda entry, data: CertificateChangedFlow(
        entry, str(data["certificate"])
    ),
    CHARGE_AFTER_POWER_FAILURE: lambda entry, _: PowerFailureFlow(entry),
    KEY_CHANGED: lambda entry, data: KeyChangedFlow(entry, str(data["unique_id"])),
    RECORD_FAILED: lambda entry, data: FailedRecordsFlow(entry, int(data["failed"] or 0)),
    MEASURE_SCALE: ScaleFlow,
    OWN_TIME: lambda entry, data: OwnTimeFlow(entry, str(data["newest"])),
    SERIAL_NUMBER: lambda entry, data: SerialNumberFlow(entry, str(data["found"])),
}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Start the repair of an issue; of an entry that is gone there is nothing to repair."""
    data = data or {}
    if issue_id.startswith(RECORDS_KEPT):
        return KeptRecordsFlow()
    entry = hass.config_entries.async_get_entry(str(data.get("entry_id")))
    if entry is None:
        return ConfirmRepairFlow()
    for name, make in _FLOWS.items():
        if issue_id.startswith(name) or issue_id.endswith(name):
            return make(entry, data)
    raise ValueError(f"no repair for the issue {issue_id}")
