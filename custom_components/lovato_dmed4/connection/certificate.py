"""A meter's certificate that is not the one that was accepted: the issue, and what to do about it."""

from typing import Final, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import CONF_CERTIFICATE, DOMAIN
from ..dmed4.errors import CertificateChangedError
from .names import repair_name
from .pages import device_page

CERTIFICATE_CHANGED: Final = "certificate_changed"


def fingerprint_text(fingerprint: str) -> str:
    """Write a fingerprint as browsers do."""
    return bytes.fromhex(fingerprint).hex(":").upper()


@callback
def async_certificate_changed(
    hass: HomeAssistant, entry: ConfigEntry, error: CertificateChangedError
) -> None:
    """Ask an administrator whether the new certificate is the meter's."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry),
        data={"entry_id": entry.entry_id, "certificate": error.found},
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=CERTIFICATE_CHANGED,
        translation_placeholders={
            "meter": repair_name(hass, entry),
            "expected": fingerprint_text(error.expected),
            "found": fingerprint_text(error.found),
            "link": device_page(hass, entry),
        },
    )


@callback
def async_certificate_accepted(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take the question back: the meter shows the certificate that it should, or is gone."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry))


def _issue_id(entry: ConfigEntry) -> str:
    return f"{CERTIFICATE_CHANGED}_{entry.entry_id}"


class CertificateChangedFlow(ConfirmRepairFlow):
    """Show both fingerprints, and pin the new one if the administrator says so."""

    def __init__(self, entry: ConfigEntry, certificate: str) -> None:
        self._entry = entry
        self._certificate = certificate

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, then set the entry up with the certificate that was shown in the question."""
        if user_input is None:
            return await super().async_step_confirm()
        self.hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, CONF_CERTIFICATE: self._certificate}
        )
        self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
        return self.async_create_entry(data={})
