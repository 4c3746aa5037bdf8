"""What a device is called: as its owner has named it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
import re
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from ..const import DOMAIN

# Repairs read Markdown and HTML, and make a link of an address by itself.
_MARKUP: Final = str.maketrans("[]<>`\\", "()()'/")
_ADDRESS: Final = re.compile(r"(://|www(?=\.)|@)", re.IGNORECASE)


def without_markup(text: str) -> str:
    """Take out of a text of a device what a repair would show as a link, an image or markup."""
    return _ADDRESS.sub(r"\1 ", text.translate(_MARKUP))


@callback
def repair_name(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    """Get the name of an entry's device for a repair: it may have come from the device."""
    return without_markup(device_name(hass, entry))


@callback
def device_name(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    """Get the name of an entry's device: the owner's, or that of the entry."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next((device.name_by_user for device in devices if device.name_by_user), entry.title)


@callback
def async_follow_names(
    hass: HomeAssistant,
    coordinators: Callable[[ConfigEntry[Any]], Iterable[DataUpdateCoordinator[Any]]],
) -> None:
    """Use a new name in open repairs and in the log as soon as the owner gives it.

    Args:
        hass: Home Assistant.
        coordinators: of an entry, which log by a name that begins with that of the device.
    """

    @callback
    def is_name(data: dr.EventDeviceRegistryUpdatedData) -> bool:
        return data["action"] == "update" and "name_by_user" in data["changes"]

    @callback
    def follow(event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
        registry = dr.async_get(hass)
        for entry in hass.config_entries.async_entries(DOMAIN):
            devices = dr.async_entries_for_config_entry(registry, entry.entry_id)
            if event.data["device_id"] not in {device.id for device in devices}:
                continue
            name = device_name(hass, entry)
            for coordinator in coordinators(entry):
                coordinator.name = name + coordinator.name.removeprefix(_before(event.data, entry))
            _rename_issues(hass, entry.entry_id, name)

    hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, follow, event_filter=is_name)


def _before(data: dr.EventDeviceRegistryUpdatedData, entry: ConfigEntry[Any]) -> str:
    """Get the name that a device had until now."""
    changed = data["changes"] if data["action"] == "update" else {}
    return changed.get("name_by_user") or entry.title


@callback
def _rename_issues(hass: HomeAssistant, entry_id: str, name: str) -> None:
    """Raise the open repairs of a device again, with its new name."""
    for issue in list(ir.async_get(hass).issues.values()):
        named = issue.translation_placeholders
        if issue.domain != DOMAIN or entry_id not in issue.issue_id or not issue.active:
            continue
        if named is None or "meter" not in named:
            continue
        renamed = replace(issue, translation_placeholders={**named, "meter": without_markup(name)})
        ir.async_create_issue(
            hass,
            DOMAIN,
            renamed.issue_id,
            data=renamed.data,
            is_fixable=bool(renamed.is_fixable),
            is_persistent=renamed.is_persistent,
            learn_more_url=renamed.learn_more_url,
            severity=renamed.severity or ir.IssueSeverity.ERROR,
            translation_key=renamed.translation_key or "",
            translation_placeholders=renamed.translation_placeholders,
        )
