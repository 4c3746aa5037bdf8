"""See whether the measures over REST have the scale that the manual's damaged print seems to say."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
import voluptuous as vol

from ..connection.devices import entry_scale
from ..const import CONF_SCALE, CONF_TRANSPORT, DOMAIN, Transport
from ..coordinator import LiveCoordinator
from ..dmed4.model import Measures
from ..dmed4.scale import MeasureScale, alternatives, deviation, scaled

SAMPLES: Final = 5
"""Different samples in a row that say the same: one may be torn between two of the meter's own."""

ISSUE: Final = "measure_scale"

# What differs in one of the three values only comes first; more would confuse.
_CHOICES: Final = 6


class ScaleCheck:
    """Compares voltage times current with the power in every live poll that brings another sample."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], live: LiveCoordinator) -> None:
        self._hass = hass
        self._entry = entry
        self._live = live
        self._scale = entry_scale(entry)
        self._seen: int | None = None
        self._times = 0

    @callback
    def async_start(self) -> None:
        """Compare from now on, where the scale is in doubt."""
        if self._entry.data[CONF_TRANSPORT] == Transport.REST:
            self._entry.async_on_unload(self._live.async_add_listener(self._check))
            self._entry.async_on_unload(self._delete)

    @callback
    def _check(self) -> None:
        measures = self._live.data.measures
        if (
            not self._live.last_update_success
            or (found := deviation(measures, self._scale)) is None
        ):
            return
        self._times = self._times + 1 if found == self._seen else 1
        self._seen = found
        if self._times == SAMPLES:
            if found:
                self._raise(measures)
            else:
                self._delete()

    def _raise(self, measures: Measures) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id(self._entry),
            data={
                "entry_id": self._entry.entry_id,
                "voltage": measures.voltage,
                "current": measures.current,
                "power": measures.power,
            },
            is_fixable=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=ISSUE,
            translation_placeholders={
                "meter": self._entry.title,
                "values": values_text(measures, self._scale, self._scale),
            },
        )

    @callback
    def _delete(self) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, issue_id(self._entry))


def issue_id(entry: ConfigEntry[Any]) -> str:
    """Get the ID of the issue that the scale of a meter is wrong."""
    return f"{entry.entry_id}_{ISSUE}"


def choices(measures: Measures, scale: MeasureScale) -> dict[str, MeasureScale]:
    """The most likely scales that make the values agree, by what the values would be with them."""
    found = alternatives(measures, scale)[:_CHOICES]
    return {values_text(measures, scale, other): other for other in found}


def values_text(measures: Measures, scale: MeasureScale, other: MeasureScale) -> str:
    """Write voltage, current and power as they would be with another scale."""
    voltage, current, power = scaled(measures, scale, other)
    return f"{voltage:.6g} V, {current:.6g} A, {power:.6g} kW"


class ScaleFlow(RepairsFlow):
    """Let the user say which scale gives what the meter's display shows."""

    def __init__(self, entry: ConfigEntry[Any], data: Mapping[str, Any]) -> None:
        self._entry = entry
        sample = {name: data[name] for name in ("voltage", "current", "power")}
        self._choices = choices(Measures(**sample), entry_scale(entry))

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
