"""What happens to a charge cycle, the records it brings, and the meter's logbook of events."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import ATTR_DEVICE_ID, EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.start import async_at_started

from .archive import Source, StoredRecord
from .charging.tracker import ChargeEvent, ChargeNews
from .const import DOMAIN
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

# On Home Assistant's bus, for Activity.
EVENT_CHARGING_ENDED: Final = f"{DOMAIN}_charging_ended"
ATTR_ENERGY: Final = "energy"
ATTR_VERDICT: Final = "verdict"

EVENT_ARCHIVED: Final = "archived"
# Its signature is invalid or can't be checked, or its key has not been accepted.
EVENT_SUSPICIOUS: Final = "suspicious"

RECORD: Final = EventEntityDescription(
    key="record",
    translation_key="record",
    # Without a category, by which triggers would not find it at the device that they are for.
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
        if news.event is ChargeEvent.ENDED:
            self._async_say_ended(news)

    @callback
    def _async_say_ended(self, news: ChargeNews) -> None:
        """Put one line into Activity; who charged is not in it (see `logbook.py`)."""
        if self.device_entry is None:
            return
        self.hass.bus.async_fire(
            EVENT_CHARGING_ENDED,
            {
                ATTR_DEVICE_ID: self.device_entry.id,
                ATTR_ENERGY: self.coordinator.data.measures.cycle_energy_imported,
                ATTR_VERDICT: news.attributes.get("verdict"),
            },
            context=self._context,
        )


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
    """Fires for each record that is new to the archive.

    Not for those that the meter had signed before the archive came to know it: there may be hundreds
    of them, and they are no news. A record without a time of its own is.
    """

    def __init__(self, entry: Dmed4ConfigEntry, description: EventEntityDescription) -> None:
        super().__init__(entry, description)
        self.entity_description: EventEntityDescription = description
        # Not before automations listen.
        self._early: list[StoredRecord] | None = []

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._records.news.async_add(self._handle_record))
        self.async_on_remove(async_at_started(self.hass, self._begin))

    @callback
    def _begin(self, _: HomeAssistant) -> None:
        early, self._early = self._early, None
        for record in early or ():
            self._fire(record)

    @callback
    def _handle_record(self, record: StoredRecord) -> None:
        since = self._records.known_since
        # A record's time is in whole seconds.
        first = None if since is None else since.replace(microsecond=0)
        old = first is not None and record.time is not None and record.time < first
        if old and record.source is not Source.COMMAND:
            return
        if self._early is not None:
            self._early.append(record)
        else:
            self._fire(record)

    @callback
    def _fire(self, record: StoredRecord) -> None:
        """Fire, without the record itself, which names the driver."""
        self._trigger_event(
            EVENT_SUSPICIOUS if record.suspicious else EVENT_ARCHIVED,
            {
                "record_id": record.id,
                "session_id": record.session_id,
                "kind": record.kind.value,
                "verdict": record.verdict.value,
                "key_verdict": record.key.value,
            },
        )
        self.async_write_ha_state()
