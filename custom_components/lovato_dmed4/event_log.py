"""Follow the logbook of metrological events: each new one is told once, restarts included."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import DOMAIN, HOUSEKEEPING_INTERVAL, LOGGER
from .coordinator import Dmed4ConfigEntry, translated
from .dmed4.errors import MeterError
from .dmed4.logbook import EventMark, EventNews, look_for_events
from .dmed4.model import Feature, MetrologicalEvent

_STORAGE_VERSION: Final = 1


def event_store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    """Get the file that says how far an entry's events are known."""
    return Store(hass, _STORAGE_VERSION, f"{DOMAIN}.events.{entry_id}")


class EventLogCoordinator(DataUpdateCoordinator[EventNews | None]):
    """Look for new events; the data are what the last look brought, None for nothing.

    How far the events are known is on disk before they are told: what was told before a crash is
    not told again. The very first look only takes its bearings.
    """

    config_entry: Dmed4ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{entry.title} events",
            update_interval=HOUSEKEEPING_INTERVAL,
        )
        self._meter = entry.runtime_data.meter
        self._live = entry.runtime_data.live
        self._housekeeping = entry.runtime_data.housekeeping
        self._store = event_store(hass, entry.entry_id)
        self._mark: EventMark | None = None

    @property
    def behind(self) -> bool:
        """Whether housekeeping counted another number of events than are known."""
        saved = self._housekeeping.data.logbook.events_saved
        return saved is not None and (self._mark is None or self._mark.saved != saved)

    async def async_load(self) -> None:
        """Remember how far the events were known before Home Assistant was stopped."""
        if (stored := await self._store.async_load()) is not None:
            self._mark = _mark(stored)

    @override
    async def _async_update_data(self) -> EventNews | None:
        """Look for new events; a lost meter is the live coordinator's to report, once."""
        if not self._live.last_update_success:
            # Whoever answers now may be another meter.
            return None
        try:
            news = await look_for_events(
                self._meter.logbook,
                self._housekeeping.data.logbook,
                self._mark,
                parsed=Feature.PARSED_EVENTS in self._meter.features,
            )
        except MeterError as err:
            await self._live.async_refresh()
            if not self._live.last_update_success:
                return None
            raise translated(err, UpdateFailed) from err
        if news is not None and news.mark != self._mark:
            await self._store.async_save(_stored(news.mark))
            self._mark = news.mark
        return news


def _stored(mark: EventMark) -> dict[str, Any]:
    return {
        "saved": mark.saved,
        "last": None if mark.last is None else mark.last.hex(),
        "parsed": mark.parsed,
    }


def _mark(stored: Mapping[str, Any]) -> EventMark:
    last = stored["last"]
    return EventMark(
        saved=stored["saved"],
        last=None if last is None else bytes.fromhex(last),
        parsed=stored["parsed"],
    )


def event_attributes(event: MetrologicalEvent) -> dict[str, Any]:
    """Show an event: its time as the meter's local time, what the meter gave as text or in hex."""
    return {
        "at": None if event.at is None else event.at.isoformat(),
        "code": event.code,
        "arguments": event.arguments,
        "raw": event.raw.decode(errors="replace")
        if event.raw.startswith(b"EVENT")
        else event.raw.hex(),
    }
