"""Which archive is asked, and about which meters."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service import async_get_device_and_config_entry

from ..archive import Archive, SessionQuery
from ..connection.devices import is_display
from ..const import DOMAIN
from ..intake.shared_archive import database_url
from ..runtime_data import Dmed4ConfigEntry
from .query import (
    ATTR_LIMIT,
    ATTR_OFFSET,
    ATTR_OUTCOME,
    ATTR_SEARCH,
    ATTR_SINCE,
    ATTR_UNTIL,
    ATTR_VERDICT,
)
from .report import Device, Devices


@dataclass(frozen=True, slots=True)
class Shelf:
    """An archive, and the meters that are set up and keep their records in it.

    Attributes:
        entries: of these meters, at least one.
        named: of those that were asked for; empty for all.
        devices: of all meters, also of such as are not loaded now.
    """

    entries: tuple[Dmed4ConfigEntry, ...]
    named: tuple[Dmed4ConfigEntry, ...]
    devices: Devices

    async def async_run[T](self, method: Callable[[Archive], T]) -> T:
        """Ask the archive something, off the event loop.

        Raises:
            HomeAssistantError: the archive can't be reached, in the user's words.
        """
        return await self.entries[0].runtime_data.records.async_run(method)

    def query(self, values: Mapping[str, Any]) -> SessionQuery:
        """Make a query of the values of FILTER_FIELDS and PAGE_FIELDS."""
        page = {key: values[key] for key in (ATTR_OFFSET, ATTR_LIMIT) if key in values}
        return SessionQuery(
            meters=[entry.unique_id for entry in self.named if entry.unique_id],
            since=values.get(ATTR_SINCE),
            until=values.get(ATTR_UNTIL),
            verdicts=values.get(ATTR_VERDICT, ()),
            outcomes=values.get(ATTR_OUTCOME, ()),
            search=values.get(ATTR_SEARCH, ""),
            **page,
        )

    def meter(self, meter_id: int) -> Dmed4ConfigEntry | None:
        """Find a meter by its number in the archive."""
        return next((e for e in self.entries if e.runtime_data.records.meter_id == meter_id), None)

    def entry_id(self, meter_id: int) -> str:
        """Get what names the archive in the address of a download: the meter, if it is set up."""
        return (self.meter(meter_id) or self.entries[0]).entry_id

    def device(self, meter_id: int) -> Device | None:
        """Get the device of a meter by its number in the archive."""
        entry = self.meter(meter_id)
        return None if entry is None else self.devices.get(entry.unique_id or "")


@callback
def async_devices(hass: HomeAssistant) -> Devices:
    """Get the devices of all meters that are known here."""
    registry = dr.async_get(hass)
    return {
        entry.unique_id: Device(device.id, device.name_by_user or device.name or entry.title)
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.unique_id and not is_display(entry)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
    }


@callback
def async_shelves(hass: HomeAssistant) -> list[Shelf]:
    """Get the archives of all meters that are loaded."""
    devices = async_devices(hass)
    entries: dict[str, list[Dmed4ConfigEntry]] = defaultdict(list)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED and not is_display(entry):
            entries[database_url(hass, entry.options)].append(entry)
    return [Shelf(tuple(group), (), devices) for group in entries.values()]


@callback
def async_shelf(
    hass: HomeAssistant, device_ids: Sequence[str] = (), entry: Dmed4ConfigEntry | None = None
) -> Shelf:
    """Get the archive to be asked about some meters; about all that are in it if none is named.

    Args:
        hass: Home Assistant.
        device_ids: the meters' devices.
        entry: of a loaded meter whose archive it has to be; if none is given nor named, there has
            to be one archive only.

    Raises:
        ServiceValidationError: a device is no meter or is not loaded, or there is not one archive.
    """
    named = tuple(async_meter(hass, device_id) for device_id in device_ids)
    wanted = named if entry is None else (*named, entry)
    shelves = async_shelves(hass)
    fitting = [shelf for shelf in shelves if all(each in shelf.entries for each in wanted)]
    if not shelves:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_archive")
    if len(fitting) != 1:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="several_archives")
    return replace(fitting[0], named=named)


@callback
def async_meter(hass: HomeAssistant, device_id: str) -> Dmed4ConfigEntry:
    """Get the entry of a meter by its device.

    Raises:
        ServiceValidationError: it is none, or not loaded.
    """
    _, entry = async_get_device_and_config_entry(hass, DOMAIN, device_id)
    if is_display(entry):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_meter")
    return entry
