"""What all entities have in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, override

from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.restore_state import ExtraStoredData, RestoredExtraData, RestoreEntity
from homeassistant.helpers.update_coordinator import CoordinatorEntity, DataUpdateCoordinator
from yarl import URL

from .archive import ArchiveSummary
from .charging.rights import async_require_admin
from .connection.identity import ATTR_METER, unique_ids
from .const import CONF_TLS, CONF_TRANSPORT, DOMAIN, MANUFACTURER, Transport
from .coordinator import LiveCoordinator
from .dmed4.model import Block, Identity
from .dmed4.rest_session import Tls
from .runtime_data import Dmed4ConfigEntry


def device_info(entry: Dmed4ConfigEntry, identity: Identity) -> DeviceInfo:
    """Describe the meter as a device."""
    if TYPE_CHECKING:
        assert entry.unique_id is not None
    # With TLS on, the meter has no web page (manual: HTTP).
    rest = entry.data[CONF_TRANSPORT] == Transport.REST
    web = rest and entry.data.get(CONF_TLS, Tls.OFF) == Tls.OFF
    return DeviceInfo(
        identifiers={(DOMAIN, entry.unique_id)},
        manufacturer=MANUFACTURER,
        model=identity.model,
        name=entry.title,
        serial_number=identity.serial_number,
        sw_version=identity.firmware,
        hw_version=identity.hardware,
        configuration_url=URL.build(
            scheme="http", host=entry.data[CONF_HOST], port=entry.data[CONF_PORT], path="/"
        )
        if web
        else None,
    )


def of_key(registry: er.EntityRegistry, entity_ids: set[str], key: str) -> set[str]:
    """Choose those of some entities that show one thing of a meter, whatever they were renamed to."""
    return {
        entity_id
        for entity_id in entity_ids
        if (entity := registry.async_get(entity_id)) is not None
        and entity.platform == DOMAIN
        and entity.translation_key == key
    }


class CommonEntity[CoordinatorT: DataUpdateCoordinator[Any]](CoordinatorEntity[CoordinatorT]):
    """An entity of a meter or a remote display; it is there as long as polls are answered."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: CoordinatorT, description: EntityDescription, context: object = None
    ) -> None:
        super().__init__(coordinator, context)
        self.entity_description = description
        self._shown: object = None

    def _async_update_attrs(self) -> object:
        """Take the new values over and return what the state is made of."""
        return None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._shown = (self.available, self._async_update_attrs())

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state only when something in it has changed."""
        shown = (self.available, self._async_update_attrs())
        if shown != self._shown:
            self._shown = shown
            super()._handle_coordinator_update()

    async def async_require_admin(self) -> None:
        """Let only administrators and automations write to a device.

        Raises:
            Unauthorized: the user who asked is not an administrator.
        """
        await async_require_admin(self.hass, self._context)


class Dmed4Entity(CommonEntity[LiveCoordinator]):
    """An entity of a meter, called when one of the blocks that it shows has changed."""

    def __init__(
        self, entry: Dmed4ConfigEntry, description: EntityDescription, *blocks: Block
    ) -> None:
        super().__init__(entry.runtime_data.live, description, frozenset(blocks))
        self._data = entry.runtime_data
        self._attr_unique_id = f"{entry.unique_id}_{description.key}"
        self._attr_device_info = device_info(entry, entry.runtime_data.identity)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write to the meter on behalf of an administrator, or of an automation.

        Raises:
            Unauthorized: the user who asked is not an administrator.
            HomeAssistantError: it was not possible or failed.
        """
        await self.async_require_admin()
        async with self.coordinator.commanding():
            yield


class HousekeepingEntity(Dmed4Entity):
    """An entity that shows what the last housekeeping poll brought."""

    @property
    @override
    def available(self) -> bool:
        return super().available and self._data.housekeeping.last_update_success

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(
            self._data.housekeeping.async_add_listener(self._handle_coordinator_update)
        )

    @override
    async def async_update(self) -> None:
        """Poll on demand: the values come with the housekeeping, not with the live poll."""
        await super().async_update()
        await self._data.housekeeping.async_refresh()


class ArchiveEntity(CommonEntity[DataUpdateCoordinator[ArchiveSummary]]):
    """An entity that shows what the archive has of a meter, which itself may be away meanwhile."""

    def __init__(self, entry: Dmed4ConfigEntry, description: EntityDescription) -> None:
        self._records = entry.runtime_data.records
        super().__init__(self._records.summary_coordinator, description)
        self._attr_unique_id = f"{entry.unique_id}_{description.key}"
        self._attr_device_info = device_info(entry, entry.runtime_data.identity)


class MeterRestoreEntity(RestoreEntity):
    """An entity that restores what the same meter showed, and nothing of another one.

    Home Assistant keeps it by entity ID, which may be that of another meter by now: of one that took
    the place of a removed one, or whose key was accepted since.
    """

    @cached_property
    def _meter(self) -> str:
        """What the meter is known by that answered when the entity was added."""
        entry: Dmed4ConfigEntry | None = self.platform.config_entry
        if TYPE_CHECKING:
            assert entry is not None
        return unique_ids(entry.data, entry.runtime_data.identity)[0]

    # Any: each platform has a type of its own for it.
    @property
    @override
    def extra_restore_state_data(self) -> Any:
        data = super().extra_restore_state_data
        return RestoredExtraData({**(data.as_dict() if data else {}), ATTR_METER: self._meter})

    @override
    async def async_get_last_extra_data(self) -> ExtraStoredData | None:
        data = await super().async_get_last_extra_data()
        return data if data and data.as_dict().get(ATTR_METER) == self._meter else None

    @override
    async def async_get_last_state(self) -> State | None:
        own = await self.async_get_last_extra_data()
        return await super().async_get_last_state() if own else None
