"""What a repair issue asks of the user."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
import voluptuous as vol

from .const import CONF_SCALE
from .coordinator import Dmed4ConfigEntry
from .dmed4.model import Measures
from .scale_check import choices, entry_scale


class ScaleRepairFlow(RepairsFlow):
    """Let the user say which scale gives what the meter's display shows."""

    def __init__(self, entry: Dmed4ConfigEntry, measures: Measures) -> None:
        self._entry = entry
        self._choices = choices(measures, entry_scale(entry))

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the scale, take it over and poll with it."""
        if user_input is not None:
            scale = asdict(self._choices[user_input[CONF_SCALE]])
            self.hass.config_entries.async_update_entry(
                self._entry, data={**self._entry.data, CONF_SCALE: scale}
            )
            self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
            return self.async_create_entry(data={})
        selector = SelectSelector(
            SelectSelectorConfig(options=list(self._choices), mode=SelectSelectorMode.LIST)
        )
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema({vol.Required(CONF_SCALE): selector}),
            description_placeholders={"meter": self._entry.title},
        )


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Make the flow that an issue asks for."""
    sample: dict[str, Any] = {**(data or {})}
    entry = hass.config_entries.async_get_known_entry(sample.pop("entry_id"))
    return ScaleRepairFlow(entry, Measures(**sample))
