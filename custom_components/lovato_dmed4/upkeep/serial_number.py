"""The serial number of a meter over Modbus, which does not report it: asked for, learnt, compared.

It belongs in every signed record, and a made-up one there would be worse than none.
"""

from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.selector import TextSelector
import voluptuous as vol

from ..archive import StoredRecord
from ..archive.model import Source
from ..connection.forms import is_serial_number
from ..connection.names import repair_name, without_markup
from ..connection.pages import device_page
from ..const import CONF_SERIAL_NUMBER, DOMAIN
from ..dmed4.meter import Meter
from ..dmed4.model import Feature, Identity
from ..intake.keeper import RecordKeeper
from ..ocmf import MalformedRecordError, Verdict, parse

ISSUE: Final = "serial_number"

_FORM: Final = vol.Schema({vol.Required(CONF_SERIAL_NUMBER): TextSelector()})


class SerialNumberCheck:
    """Raises a repair while the serial number is missing, or is another than the meter's records say."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        meter: Meter,
        identity: Identity,
        records: RecordKeeper,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._told = Feature.SYSTEM_STATUS in meter.features
        self._found = meter.found
        self._known = identity.serial_number
        self._records = records

    @callback
    def async_start(self) -> None:
        """Watch the records from now on, where the meter itself does not report the number."""
        self._entry.async_on_unload(self._async_delete)
        if self._told:
            return
        self._entry.async_on_unload(self._records.news.async_add(self._async_compare))
        if not self._known:
            self._raise("serial_number_missing", "")

    @callback
    def _async_compare(self, stored: StoredRecord) -> None:
        """Look at who signed a record that was made on our command.

        Where we gave no number, one in it is the meter's own; where we gave one, another one is.
        """
        if stored.source is not Source.COMMAND or stored.verdict is not Verdict.VALID:
            return
        try:
            found = parse(stored.raw).meter_serial
        except MalformedRecordError:
            return
        if not found or found == self._known or not is_serial_number(found):
            return
        if self._known:
            self._raise("serial_number_differs", found)
            return
        self._found.note("The meter writes its serial number into its records: taken from there")
        self._known = found
        async_store(self._hass, self._entry, found)

    def _raise(self, key: str, found: str) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id(self._entry),
            data={"entry_id": self._entry.entry_id, "found": found},
            is_fixable=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={
                "meter": repair_name(self._hass, self._entry),
                "known": without_markup(self._known or ""),
                "found": without_markup(found),
                "link": device_page(self._hass, self._entry),
            },
        )

    @callback
    def _async_delete(self) -> None:
        ir.async_delete_issue(self._hass, DOMAIN, issue_id(self._entry))


def issue_id(entry: ConfigEntry[Any]) -> str:
    """Get the ID of the issue about a meter's serial number."""
    return f"{entry.entry_id}_{ISSUE}"


@callback
def async_store(hass: HomeAssistant, entry: ConfigEntry[Any], serial_number: str) -> None:
    """Keep a serial number with the entry and its device; records carry it from the next set-up on."""
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_SERIAL_NUMBER: serial_number}
    )
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        devices.async_update_device(device.id, serial_number=serial_number)
    ir.async_delete_issue(hass, DOMAIN, issue_id(entry))


class SerialNumberFlow(RepairsFlow):
    """Ask for the number on the type plate, and set the entry up with it."""

    def __init__(self, entry: ConfigEntry[Any], found: str) -> None:
        self._entry = entry
        self._found = found

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the question; what Home Assistant gives here is the issue's ID."""
        return await self.async_step_number()

    async def async_step_number(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for the number."""
        errors: dict[str, str] = {}
        given = self._found
        if user_input is not None:
            given = user_input[CONF_SERIAL_NUMBER].strip()
            if given and is_serial_number(given):
                async_store(self.hass, self._entry, given)
                self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
                return self.async_create_entry(data={})
            errors[CONF_SERIAL_NUMBER] = "invalid_serial_number"
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_form(
            step_id="number",
            data_schema=self.add_suggested_values_to_schema(_FORM, {CONF_SERIAL_NUMBER: given}),
            errors=errors,
            description_placeholders=issue.translation_placeholders if issue else None,
        )
