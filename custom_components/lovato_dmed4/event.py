"""What happens to a charge cycle, the records it brings, and the meter's logbook of events."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.start import async_at_started

from .archive import StoredRecord
from .charging.announcements import record_attributes
from .charging.tracker import ChargeEvent, ChargeNews
from .coordinator import event_attributes
from .entity import ArchiveEntity, Dmed4Entity, MeterRestoreEntity
from .runtime_data import Dmed4ConfigEntry

# Others read; the entities only report.
PARALLEL_UPDATES = 0

# Which events there are, the manual does not say: their codes are an attribute.
EVENT_RECORDED: Final = "recorded"

METROLOGICAL_EVENT: Final = EventEntityDescription(
    key="metrological_event",
    translation_key="metrological_event",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    event_types=[EVENT_RECORDED],
)

CHARGE_CYCLE: Final = EventEntityDescription(
    key="charge_cycle",
    translation_key="charge_cycle",
    event_types=list(ChargeEvent),
)

EVENT_ARCHIVED: Final = "archived"
# Its signature is invalid or can't be checked, or its key has not been accepted.
EVENT_SUSPICIOUS: Final = "suspicious"

RECORD: Final = EventEntityDescription(
    key="record",
    translation_key="record",
    # Triggers do without it. Here, each record would be a line of Activity.
    entity_registry_enabled_default=False,
    event_types=[EVENT_ARCHIVED, EVENT_SUSPICIOUS],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entities."""
    async_add_entities(
        [
            ChargeCycleEventEntity(entry, CHARGE_CYCLE),
            MetrologicalEventEntity(entry, METROLOGICAL_EVENT),
            RecordEventEntity(entry, RECORD),
        ]
    )


class ChargeCycleEventEntity(MeterRestoreEntity, Dmed4Entity, EventEntity):
    """Fires for each thing that happens to a charge cycle, also when the meter is lost by it."""

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._data.charge.news.async_add(self._fire))

    @callback
    def _fire(self, news: ChargeNews) -> None:
        self._trigger_event(news.event, news.attributes)
        self.async_write_ha_state()


class MetrologicalEventEntity(MeterRestoreEntity, Dmed4Entity, EventEntity):
    """Fires for each new metrological event, the oldest first."""

    def __init__(self, entry: Dmed4ConfigEntry, description: EventEntityDescription) -> None:
        super().__init__(entry, description)
        self.entity_description: EventEntityDescription = description
        self._log = self._data.events

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        # Not before automations listen.
        self.async_on_remove(async_at_started(self.hass, self._follow))

    async def _follow(self, _: HomeAssistant) -> None:
        self.async_on_remove(self._log.async_add_listener(self._fire))
        self.async_on_remove(
            self._data.housekeeping.async_add_listener(self._async_look_for_events)
        )
        await self._log.async_refresh()

    @callback
    def _async_look_for_events(self) -> None:
        """Look at once when housekeeping counted new events."""
        if self._log.behind:
            self.coordinator.config_entry.async_create_background_task(
                self.hass, self._log.async_refresh(), f"{self._log.name} look"
            )

    @callback
    def _fire(self) -> None:
        news = self._log.data
        if news is None or not self._log.last_update_success:
            return
        dropped = news.dropped
        for event in news.events:
            self._trigger_event(EVENT_RECORDED, event_attributes(event) | {"dropped": dropped})
            self.async_write_ha_state()
            dropped = False


class RecordEventEntity(MeterRestoreEntity, ArchiveEntity, EventEntity):
    """Fires for each record that is new to the archive."""

    def __init__(self, entry: Dmed4ConfigEntry, description: EventEntityDescription) -> None:
        super().__init__(entry, description)
        self.entity_description: EventEntityDescription = description
        self._news = entry.runtime_data.announcer.records

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._news.async_add(self._fire))

    @callback
    def _fire(self, record: StoredRecord) -> None:
        event = EVENT_SUSPICIOUS if record.suspicious else EVENT_ARCHIVED
        self._trigger_event(event, record_attributes(record))
        self.async_write_ha_state()
