"""See whether the measures over REST have the scale that the manual's damaged print seems to say."""

from collections.abc import Mapping
from dataclasses import asdict
from time import monotonic
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
import voluptuous as vol

from ..connection.devices import entry_scale
from ..connection.names import repair_name
from ..connection.pages import device_page
from ..const import CONF_SCALE, DOMAIN
from ..coordinator import LiveCoordinator
from ..dmed4.model import Identity, Measures
from ..dmed4.rest import RestMeter
from ..dmed4.scale import EnergyBalance, MeasureScale, alternatives, deviation, scaled, the_only

SAMPLES: Final = 5
"""Different samples in a row that say the same: one may be torn between two of the meter's own."""

SETTLING_TIME: Final = 120.0
"""Seconds of a charge in which the energy counter should have settled what no person then has to."""

ISSUE: Final = "measure_scale"


class ScaleCheck:
    """Compares voltage, current, power and energy in every live poll that brings another sample.

    What they show without a doubt is taken over; for the rest a person is asked.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        meter: RestMeter,
        identity: Identity,
        live: LiveCoordinator,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._meter = meter
        self._live = live
        self._rated = rated_current(identity)
        self._energy = EnergyBalance()
        self._seen: int | None = None
        self._times = 0
        self._doubted_since: float | None = None

    @callback
    def async_start(self) -> None:
        """Compare from now on."""
        self._entry.async_on_unload(self._live.async_add_listener(self._check))
        self._entry.async_on_unload(self._delete)
        self._check()

    @callback
    def _check(self) -> None:
        if not self._live.last_update_success:
            return
        scale, measures = self._meter.scale, self._live.data.measures
        if scale != entry_scale(self._entry):
            self._adopt(scale)
        self._energy.add(monotonic(), measures)
        if (found := deviation(measures, scale)) is None:
            return
        self._times = self._times + 1 if found == self._seen else 1
        self._seen = found
        if self._times < SAMPLES:
            return
        wrong = self._energy.exponent
        if found or wrong:
            self._adopt_or_ask(measures, scale, wrong)
        elif wrong is not None or not self._energy.moving:
            self._delete()

    def _adopt_or_ask(self, measures: Measures, scale: MeasureScale, wrong: int | None) -> None:
        """Take the one possible scale over, or ask for it once the meter can't settle it."""
        now = monotonic()
        if self._doubted_since is None:
            self._doubted_since = now
        if wrong is not None:
            power = scale.power + wrong
            better = the_only(measures, scale, rated=self._rated, power=power)
            if better is not None:
                self._meter.found.note(
                    "The meter gives its measures with other decimals, as its energy shows: "
                    f"V with {better.voltage}, A with {better.current}, kW with {better.power}"
                )
                self._meter.scale = better
                self._adopt(better)
                self._delete()
                return
        elif self._energy.moving and now - self._doubted_since < SETTLING_TIME:
            return
        self._raise(measures, scale)

    def _adopt(self, scale: MeasureScale) -> None:
        """Keep the scale with the entry, and begin to compare anew with it."""
        self._energy = EnergyBalance()
        self._times, self._seen, self._doubted_since = 0, None, None
        self._hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, CONF_SCALE: asdict(scale)}
        )

    def _raise(self, measures: Measures, scale: MeasureScale) -> None:
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
                "meter": repair_name(self._hass, self._entry),
                "values": values_text(measures, scale, scale),
                "link": device_page(self._hass, self._entry),
            },
        )

    @callback
    def _delete(self) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, issue_id(self._entry))


def issue_id(entry: ConfigEntry[Any]) -> str:
    """Get the ID of the issue that the scale of a meter is wrong."""
    return f"{entry.entry_id}_{ISSUE}"


def rated_current(identity: Identity) -> int | None:
    """Get a model's rated current in A: its last four digits; None where the model is not known."""
    digits = identity.model[-4:]
    return int(digits) if digits.isdecimal() else None


def choices(
    measures: Measures, scale: MeasureScale, rated: int | None = None
) -> dict[str, MeasureScale]:
    """All scales that make the values agree, by what the values would be, the likeliest first."""
    found = alternatives(measures, scale, rated=rated)
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
        loaded = getattr(entry, "runtime_data", None)
        rated = rated_current(loaded.identity) if loaded is not None else None
        self._choices = choices(Measures(**sample), entry_scale(entry), rated)

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the question; what Home Assistant gives here is the issue's ID."""
        return await self.async_step_scale()

    async def async_step_scale(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
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
            step_id="scale",
            data_schema=vol.Schema({vol.Required(CONF_SCALE): selector}),
            description_placeholders={
                "meter": repair_name(self.hass, self._entry),
                "link": device_page(self.hass, self._entry),
            },
        )
