"""Whose key is that: an entry belongs to the meter with the public key that its unique ID is made of.

A meter that shows another key has another metering board, or someone is trying to pass something off
as its records. What follows depends on whether it can be confirmed to be the same meter:

- With the serial number that it always had, which only REST reports, it is. Nothing stops: measures
  come and charges are possible. Its records are archived as signed with a key that has not been
  accepted, and stand out by that, until an administrator accepts the key.
- With another serial number it is another meter, which is none of the entry's business.
- Without a serial number (Modbus), the entry stops as for another meter. An administrator may
  know better, and accept the key.

To accept a key is to give the entry the unique ID made of it. `RecordKeeper` then lets the archive
pin that key; the older records are still checked with the former one.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, SelectSelectorMode
import voluptuous as vol

from ..const import (
    CONF_CHANNEL,
    CONF_FORMER_IDS,
    CONF_FORMER_KEY,
    CONF_KIND,
    CONF_KNOWN_KEY,
    CONF_SERIAL_NUMBER,
    CONF_UNIT_ID,
    DOMAIN,
    PANEL_PATH,
    Kind,
)
from ..dmed4.model import Identity
from ..ocmf import MalformedKeyError, PublicKey, fingerprint_text, load_public_key
from .names import repair_name

ISSUE: Final = "key_changed"

ATTR_METER: Final = "meter"
"""In what is stored: what the meter was known by."""

_UNKNOWN: Final = "?"


class FormerKey(StrEnum):
    """What an administrator says of the key that was accepted until now."""

    # The meter was given another metering board: what the key signed before stays valid.
    EXCHANGED = "exchanged"
    # It was accepted by mistake, and all that it signed is in doubt.
    NEVER = "never"


def public_key(identity: Identity) -> PublicKey | None:
    """Load a meter's key: the standard form, which names its curve, before the bare point."""
    for key in (identity.public_key_ocmf, identity.public_key):
        if key is not None:
            with suppress(MalformedKeyError):
                return load_public_key(key)
    return None


def keys_disagree(identity: Identity) -> bool:
    """Whether a meter gives two keys that are not the same point.

    Records are verified with the one, and the meter is recognised by the other.
    """
    key = public_key(identity)
    return (
        key is not None
        and identity.public_key is not None
        and not key.point.endswith(identity.public_key)
    )


class Match(StrEnum):
    """What a meter that answers is to an entry."""

    SAME = "same"
    # Its serial number says so, its key does not.
    KEY_CHANGED = "key_changed"
    # Another key, and no serial numbers to compare.
    UNCONFIRMED = "key_unconfirmed"
    OTHER = "other"


def unique_ids(data: Mapping[str, Any], identity: Identity) -> tuple[str, ...]:
    """Get what a meter is known by, the best first.

    That is the fingerprint of its public key, which is the same over every transport; before
    commissioning there is none, and the serial number or the address has to do.
    """
    candidates = [identity.fingerprint]
    if identity.serial_number:
        candidates.append(f"serial_{identity.serial_number}")
    keys = (CONF_HOST, CONF_PORT, CONF_DEVICE, CONF_UNIT_ID)
    address = [str(data[key]) for key in keys if key in data]
    if channel := data.get(CONF_CHANNEL):
        address.append(f"channel_{channel}")
    candidates.append(f"address_{'_'.join(address)}")
    return tuple(candidate for candidate in candidates if candidate)


def with_serial_number(data: Mapping[str, Any], identity: Identity) -> Identity:
    """Add the serial number that the owner gave, where the transport does not report it.

    It names the meter in signed records and to people. What the meter is recognised by stays what
    the meter itself says.
    """
    if identity.serial_number is not None or not data.get(CONF_SERIAL_NUMBER):
        return identity
    return replace(identity, serial_number=data[CONF_SERIAL_NUMBER])


def is_of_another_board(stored: Mapping[str, Any], identity: Identity) -> bool:
    """Whether what is stored for an entry was stored while the meter had another key.

    Args:
        stored: with the fingerprint of that key as ``meter``; None, or missing, before there was one.
        identity: of the meter that answers now.
    """
    return stored.get(ATTR_METER) not in {None, identity.fingerprint}


@callback
def async_match(
    hass: HomeAssistant, entry: ConfigEntry, data: Mapping[str, Any], identity: Identity
) -> Match:
    """Compare a meter with that of an entry; ``data`` say where it answers."""
    if entry.unique_id in unique_ids(data, identity):
        return Match.KEY_CHANGED if keys_disagree(identity) else Match.SAME
    if not identified_by_key(entry) or identity.fingerprint is None:
        return Match.OTHER
    known = _serial_number(hass, entry)
    if known is None or identity.serial_number is None:
        return Match.UNCONFIRMED
    return Match.KEY_CHANGED if known == identity.serial_number else Match.OTHER


def identified_by_key(entry: ConfigEntry) -> bool:
    """Whether an entry's unique ID is made of a key, not of a serial number or an address."""
    return entry.unique_id is not None and "_" not in entry.unique_id


def _serial_number(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    """Get the serial number that a meter reported when it was set up last."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next((device.serial_number for device in devices), None)


@callback
def async_change_id(hass: HomeAssistant, entry: ConfigEntry, better: str) -> None:
    """Know a meter by another ID; its device, entities and their history stay.

    `RecordKeeper` informs the archive, when it can be reached.
    """
    old = entry.unique_id
    if TYPE_CHECKING:
        assert old is not None
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        registry.async_update_entity(
            entity.entity_id, new_unique_id=entity.unique_id.replace(old, better, 1)
        )
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        devices.async_update_device(device.id, new_identifiers={(DOMAIN, better)})
    data = dict(entry.data)
    if data.get(CONF_KIND) != Kind.DISPLAY:
        data[CONF_FORMER_IDS] = [*data.get(CONF_FORMER_IDS, ()), old]
    hass.config_entries.async_update_entry(entry, unique_id=better, data=data)


@callback
def async_recognise(
    hass: HomeAssistant, entry: ConfigEntry, identity: Identity, refusal: type[HomeAssistantError]
) -> Match:
    """See whether a meter that answers is the entry's, and raise the alarm about another key.

    Args:
        hass: Home Assistant.
        entry: of the meter.
        identity: what answers.
        refusal: is raised for another meter, in the user's words.
    """
    match = async_match(hass, entry, entry.data, identity)
    _async_report_match(hass, entry, identity, match)
    if match not in {Match.SAME, Match.KEY_CHANGED}:
        raise refusal(translation_domain=DOMAIN, translation_key="wrong_meter")
    return match


@callback
def _async_report_match(
    hass: HomeAssistant, entry: ConfigEntry, identity: Identity, match: Match
) -> None:
    """Raise the alarm about another key, or take it back."""
    if match not in {Match.KEY_CHANGED, Match.UNCONFIRMED}:
        async_key_settled(hass, entry)
        return
    if TYPE_CHECKING:
        assert entry.unique_id is not None
        assert identity.fingerprint is not None
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry),
        data={"entry_id": entry.entry_id, "unique_id": identity.fingerprint},
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=match.value,
        translation_placeholders={
            "meter": repair_name(hass, entry),
            "expected": _shown(entry.data.get(CONF_KNOWN_KEY)),
            "found": _shown(identity.public_key_ocmf or identity.public_key),
            "archive": f"/{PANEL_PATH}/archive",
        },
    )


@callback
def async_key_settled(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take the alarm back: the meter shows the key that it should, or is gone."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry))


@callback
def async_key_alarm(hass: HomeAssistant, entry: ConfigEntry) -> Mapping[str, str] | None:
    """Get the fingerprints of the key that is accepted (``expected``) and of the one ``found``.

    None while the meter shows the key that it should.
    """
    issue = ir.async_get(hass).async_get_issue(DOMAIN, _issue_id(entry))
    return issue.translation_placeholders if issue else None


def _issue_id(entry: ConfigEntry) -> str:
    return f"{ISSUE}_{entry.entry_id}"


def _shown(key: str | bytes | None) -> str:
    """Show the fingerprint of a key as the archive does."""
    with suppress(MalformedKeyError):
        return fingerprint_text(load_public_key(key)) if key else _UNKNOWN
    return _UNKNOWN


@callback
def async_remember_key(hass: HomeAssistant, entry: ConfigEntry, identity: Identity) -> None:
    """Keep the key that a meter is recognised by, to show it beside another one."""
    key = public_key(identity)
    if key is not None and entry.data.get(CONF_KNOWN_KEY) != key.spki.hex():
        data = {**entry.data, CONF_KNOWN_KEY: key.spki.hex()}
        hass.config_entries.async_update_entry(entry, data=data)


_FORMER_KEY: Final = vol.Schema(
    {
        vol.Required(CONF_FORMER_KEY, default=FormerKey.EXCHANGED.value): SelectSelector(
            SelectSelectorConfig(
                options=list(FormerKey), translation_key="former_key", mode=SelectSelectorMode.LIST
            )
        )
    }
)


class KeyChangedFlow(ConfirmRepairFlow):
    """Show both keys' fingerprints, and accept the new one if the administrator says so."""

    def __init__(self, entry: ConfigEntry, unique_id: str) -> None:
        self._entry = entry
        self._unique_id = unique_id

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, then set the entry up with the key that was shown in the question."""
        if user_input is None:
            issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
            return self.async_show_form(
                step_id="confirm",
                data_schema=_FORMER_KEY,
                description_placeholders=issue.translation_placeholders if issue else None,
            )
        entries = self.hass.config_entries
        if entries.async_entry_for_domain_unique_id(DOMAIN, self._unique_id):
            return self.async_abort(reason="already_configured")
        async_change_id(self.hass, self._entry, self._unique_id)
        data = {**self._entry.data, CONF_FORMER_KEY: user_input[CONF_FORMER_KEY]}
        entries.async_update_entry(self._entry, data=data)
        entries.async_schedule_reload(self._entry.entry_id)
        return self.async_create_entry(data={})
