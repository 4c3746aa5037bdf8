"""Which archive is asked, and about which meters.

An archive belongs to no meter: it can be read while a meter is away, not loaded or disabled, for as
long as the meter's entry exists. Meters are known there by their unique IDs.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr

from ..archive import Archive, ArchiveError, SessionQuery
from ..connection.devices import is_display
from ..connection.names import device_name
from ..const import CONF_FORMER_IDS, DOMAIN
from ..intake.shared_archive import archive_unavailable, async_borrowed, database_url
from ..intake.verification import async_verify_all
from .query import (
    ATTR_DRIVER_ID,
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
class MetersInArchive:
    """The meters of an archive as Home Assistant knows them, by their numbers in the archive.

    Attributes:
        entries: config entries by unique ID.
        devices: devices by unique ID.
        unique_ids: unique IDs by number.
        fallback: of an entry that names the archive for meters whose entry is gone.
    """

    entries: Mapping[str, ConfigEntry[Any]]
    devices: Devices
    unique_ids: Mapping[int, str]
    fallback: str

    def entry_id(self, meter_id: int) -> str:
        """Get what names the archive in the address of a download: the meter, if it is set up."""
        entry = self.entries.get(self.unique_ids.get(meter_id, ""))
        return self.fallback if entry is None else entry.entry_id

    def device(self, meter_id: int) -> Device | None:
        """Get the device of a meter."""
        return self.devices.get(self.unique_ids.get(meter_id, ""))


@dataclass(frozen=True, slots=True)
class MeterArchive:
    """A database of records, and the entries of the meters that keep theirs in it.

    Attributes:
        hass: Home Assistant.
        url: of the database.
        entries: of these meters, at least one, in any state.
        named: of those that were asked for; empty for all.
        devices: of all meters, by the unique IDs of their entries.
    """

    hass: HomeAssistant
    url: str
    entries: tuple[ConfigEntry[Any], ...]
    named: tuple[ConfigEntry[Any], ...]
    devices: Devices

    async def async_read[T](self, method: Callable[[Archive], T]) -> T:
        """Ask the archive something, off the event loop.

        Raises:
            HomeAssistantError: the archive can't be reached, in the user's words.
        """
        try:
            async with async_borrowed(self.hass, self.url) as shared:
                await shared.async_open()
                return await shared.async_read(method)
        except ArchiveError as err:
            raise archive_unavailable(HomeAssistantError, str(err)) from err

    async def async_write[T](self, method: Callable[[Archive], T]) -> T:
        """Let the archive change something, off the event loop.

        Raises:
            HomeAssistantError: the archive can't be reached, in the user's words.
        """
        try:
            async with async_borrowed(self.hass, self.url) as shared:
                await shared.async_open()
                return await shared.async_write(method)
        except ArchiveError as err:
            raise archive_unavailable(HomeAssistantError, str(err)) from err

    async def async_verify_all(self) -> None:
        """Verify all records again; see `async_verify_all` of `intake/verification.py`."""
        await async_verify_all(self.hass, self.url)

    def query(self, values: Mapping[str, Any]) -> SessionQuery:
        """Make a query of the values of FILTER_FIELDS and PAGE_FIELDS."""
        page = {key: values[key] for key in (ATTR_OFFSET, ATTR_LIMIT) if key in values}
        return SessionQuery(
            meters=[unique_id for entry in self.named for unique_id in archived_ids(entry)],
            since=values.get(ATTR_SINCE),
            until=values.get(ATTR_UNTIL),
            verdicts=values.get(ATTR_VERDICT, ()),
            drivers=values.get(ATTR_DRIVER_ID, ()),
            outcomes=values.get(ATTR_OUTCOME, ()),
            search=values.get(ATTR_SEARCH, ""),
            **page,
        )

    def meters(self, archive: Archive) -> MetersInArchive:
        """Find out which meter has which number; this asks the archive and blocks."""
        return MetersInArchive(
            entries={
                unique_id: entry for entry in self.entries for unique_id in archived_ids(entry)
            },
            devices=self.devices,
            unique_ids={meter.id: meter.unique_id for meter in archive.meters()},
            fallback=self.entries[0].entry_id,
        )


def archived_ids(entry: ConfigEntry[Any]) -> tuple[str, ...]:
    """Get what the archive may know a meter by: it learns of a new unique ID when it is next opened."""
    return tuple(filter(None, (entry.unique_id, *entry.data.get(CONF_FORMER_IDS, ()))))


@callback
def _meter_entries(hass: HomeAssistant) -> list[ConfigEntry[Any]]:
    return [entry for entry in hass.config_entries.async_entries(DOMAIN) if not is_display(entry)]


@callback
def async_devices(hass: HomeAssistant) -> Devices:
    """Get the devices of all meters that are known here."""
    registry = dr.async_get(hass)
    return {
        unique_id: Device(device.id, device_name(hass, entry))
        for entry in _meter_entries(hass)
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        for unique_id in archived_ids(entry)
    }


@callback
def async_meter_archives(hass: HomeAssistant) -> list[MeterArchive]:
    """Get the archives of all meters that are set up, whatever state their entries are in."""
    devices = async_devices(hass)
    entries: dict[str, list[ConfigEntry[Any]]] = defaultdict(list)
    for entry in _meter_entries(hass):
        entries[database_url(hass, entry.options)].append(entry)
    return [MeterArchive(hass, url, tuple(group), (), devices) for url, group in entries.items()]


@callback
def async_meter_archive(
    hass: HomeAssistant, device_ids: Sequence[str] = (), entry: ConfigEntry[Any] | None = None
) -> MeterArchive:
    """Get the archive to be asked about some meters; about all that are in it if none is named.

    Args:
        hass: Home Assistant.
        device_ids: the meters' devices.
        entry: of a meter whose archive it has to be; if none is given nor named, there has to be
            one archive only.

    Raises:
        ServiceValidationError: a device is not a meter, or there is not exactly one archive.
    """
    named = tuple(async_meter_entry(hass, device_id) for device_id in device_ids)
    wanted = named if entry is None else (*named, entry)
    archives = async_meter_archives(hass)
    fitting = [archive for archive in archives if all(each in archive.entries for each in wanted)]
    if not archives:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_archive")
    if len(fitting) != 1:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="several_archives")
    return replace(fitting[0], named=named)


@callback
def async_meter_entry(hass: HomeAssistant, device_id: str) -> ConfigEntry[Any]:
    """Get the entry of a meter by its device, whatever state it is in.

    Raises:
        ServiceValidationError: it is not a meter of ours.
    """
    device, entry = dr.async_get_device_and_config_entry_for_domain(hass, device_id, domain=DOMAIN)
    if device is None:
        raise ServiceValidationError(
            translation_domain=HOMEASSISTANT_DOMAIN,
            translation_key="service_device_not_found",
            translation_placeholders={"device_id": device_id},
        )
    if entry is None or is_display(entry):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_meter")
    return entry
