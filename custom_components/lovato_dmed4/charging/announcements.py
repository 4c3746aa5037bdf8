"""What happens to charges and their records, on Home Assistant's bus: for triggers, and for Activity.

Event entities show the same. Each of their states is a line of Activity, so that people may turn them
off; nothing here depends on them.
"""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.start import async_at_started

from ..archive import Source, StoredRecord
from ..const import DOMAIN
from ..intake.keeper import RecordKeeper
from ..intake.listeners import Listeners
from .tracker import ChargeEvent, ChargeNews, ChargeTracker

CHARGING_ENDED: Final = "charging_ended"
RECORD_ARCHIVED: Final = "record_archived"
RECORD_SUSPICIOUS: Final = "record_suspicious"

_CHARGE: Final = {
    ChargeEvent.STARTED: "charging_started",
    ChargeEvent.ENDED: CHARGING_ENDED,
    ChargeEvent.POWER_FAILURE: "charging_interrupted",
    ChargeEvent.FAILED: "charging_failed",
}
ANNOUNCEMENTS: Final = (*_CHARGE.values(), RECORD_ARCHIVED, RECORD_SUSPICIOUS)

ATTR_ENERGY: Final = "energy"
ATTR_VERDICT: Final = "verdict"


def event_type(announcement: str) -> str:
    """Name an announcement on Home Assistant's bus, where other integrations have theirs."""
    return f"{DOMAIN}_{announcement}"


def record_attributes(record: StoredRecord) -> dict[str, Any]:
    """Describe a record without its text, which names the driver."""
    return {
        "record_id": record.id,
        "session_id": record.session_id,
        "kind": record.kind.value,
        "verdict": record.verdict.value,
        "key_verdict": record.key.value,
    }


class Announcer:
    """Fires an event of Home Assistant for each thing that happens to a charge or brings a record.

    Not for records that the meter had signed before the archive came to know it: there may be
    hundreds of them, and they are no news. A record without a time of its own is.

    Attributes:
        records: whom to call for each record that is news.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        charge: ChargeTracker,
        records: RecordKeeper,
        session_energy: Callable[[], float | None],
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._charge = charge
        self._keeper = records
        self._session_energy = session_energy
        self.records = Listeners[StoredRecord]()
        # Not before automations listen. The charge's news come after that, too.
        self._early: list[StoredRecord] | None = []

    @callback
    def async_start(self) -> None:
        """Announce from now on, until the entry is unloaded."""
        self._entry.async_on_unload(self._charge.news.async_add(self._announce_charge))
        self._entry.async_on_unload(self._keeper.news.async_add(self._handle_record))
        self._entry.async_on_unload(async_at_started(self._hass, self._begin))

    @callback
    def _announce_charge(self, news: ChargeNews) -> None:
        if (announcement := _CHARGE.get(news.event)) is None:
            return
        data = dict(news.attributes)
        if announcement == CHARGING_ENDED:
            data[ATTR_ENERGY] = self._session_energy()
        self._fire(announcement, data)

    @callback
    def _begin(self, _: HomeAssistant) -> None:
        early, self._early = self._early, None
        for record in early or ():
            self._announce_record(record)

    @callback
    def _handle_record(self, record: StoredRecord) -> None:
        since = self._keeper.known_since
        # A record's time is in whole seconds.
        first = None if since is None else since.replace(microsecond=0)
        old = first is not None and record.time is not None and record.time < first
        if old and record.source is not Source.COMMAND:
            return
        if self._early is not None:
            self._early.append(record)
        else:
            self._announce_record(record)

    @callback
    def _announce_record(self, record: StoredRecord) -> None:
        self.records.async_tell(record)
        self._fire(RECORD_ARCHIVED, record_attributes(record))
        # It has arrived in the archive all the same.
        if record.suspicious:
            self._fire(RECORD_SUSPICIOUS, record_attributes(record))

    @callback
    def _fire(self, announcement: str, data: dict[str, Any]) -> None:
        registry = dr.async_get(self._hass)
        for device in dr.async_entries_for_config_entry(registry, self._entry.entry_id):
            self._hass.bus.async_fire(event_type(announcement), {ATTR_DEVICE_ID: device.id, **data})
