"""A charge that goes on after a power failure: the issue, and how it is ended properly."""

from typing import Any, Final, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from ..connection.names import repair_name
from ..connection.pages import device_page
from ..const import DOMAIN, LOGGER

CHARGE_AFTER_POWER_FAILURE: Final = "charge_after_power_failure"

# Which text of the flow says why the charge was not ended, by the key of the error.
_REASONS: Final = {
    "cannot_connect": "cannot_connect",
    "silent": "cannot_connect",
    "command_failed": "command_failed",
    "command_failed_timeout": "command_failed",
    "no_cycle": "no_cycle",
    "not_loaded": "not_loaded",
}


@callback
def async_power_failed(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Ask an administrator to end the charge that the power failed in."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry.entry_id),
        data={"entry_id": entry.entry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=CHARGE_AFTER_POWER_FAILURE,
        translation_placeholders={
            "meter": repair_name(hass, entry),
            "link": device_page(hass, entry),
        },
    )


@callback
def async_power_failure_over(hass: HomeAssistant, entry_id: str) -> None:
    """Take the question back: the charge has ended, or its state is unknown."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry_id))


def _issue_id(entry_id: str) -> str:
    return f"{CHARGE_AFTER_POWER_FAILURE}_{entry_id}"


class PowerFailureFlow(ConfirmRepairFlow):
    """End the charge if the administrator says so; its record is signed and archived."""

    def __init__(self, entry: ConfigEntry[Any]) -> None:
        self._entry = entry

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, then end the charge."""
        if user_input is None:
            return await super().async_step_confirm()
        placeholders = {"meter": repair_name(self.hass, self._entry)}
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded", description_placeholders=placeholders)
        try:
            await self._entry.runtime_data.charge.async_end()
        except HomeAssistantError as err:
            LOGGER.debug("The charge after a power failure was not ended: %s", err)
            reason = _REASONS.get(err.translation_key or "", "not_ended")
            return self.async_abort(reason=reason, description_placeholders=placeholders)
        return self.async_create_entry(data={})
