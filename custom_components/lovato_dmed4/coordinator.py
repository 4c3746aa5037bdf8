"""Talk to the meter for everything else: polling, commands, and what its errors mean to a user."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .connection.certificate import async_certificate_accepted, async_certificate_changed
from .connection.errors import translated, translated_errors
from .connection.identity import ATTR_METER, async_recognise, is_of_another_board
from .connection.names import device_name
from .connection.silence import pause
from .connection.storage import StoredFile, stored_file
from .const import (
    CONF_INTERVAL_CHARGING,
    CONF_INTERVAL_IDLE,
    DEFAULT_INTERVAL_CHARGING,
    DEFAULT_INTERVAL_IDLE,
    DOMAIN,
    HOUSEKEEPING_INTERVAL,
    LOGGER,
)
from .dmed4.errors import CertificateChangedError, ClosedError, MeterError
from .dmed4.event_news import EventMark, EventNews, look_for_events
from .dmed4.meter import Meter
from .dmed4.model import (
    Block,
    Feature,
    Housekeeping,
    Identity,
    LiveData,
    MetrologicalEvent,
    SignatureStatus,
)
from .dmed4.plain import plain

# The part of a second at which live polls are due. Home Assistant gives each coordinator one of its
# own, so that not all ask one server at once. Here each meter is a server of its own, and those on
# one line take turns anyway: polled together, 50 meters take a third of the processor's time.
_BEAT: Final = 0.3

# Characters of an event that become an attribute: more than the manual's example has.
_RAW_LIMIT: Final = 255

_CONTENTS: Final[dict[Block, Callable[[LiveData], object]]] = {
    Block.MEASURES: lambda data: (
        data.measures.energy_imported,
        data.measures.energy_exported,
        data.measures.energy_exchanged,
        data.measures.cycle_energy_imported,
        data.measures.cycle_energy_exported,
        data.measures.temperature_i1,
        data.measures.temperature_i2,
    ),
    Block.FAST: lambda data: (
        data.measures.voltage,
        data.measures.current,
        data.measures.power,
        data.measures.sampled_at,
    ),
    Block.STATUS: lambda data: data.status,
}


class LiveCoordinator(DataUpdateCoordinator[LiveData]):
    """Poll measures and status: often while charging, else now and then.

    Whoever listens with a set of blocks as the context is called when one of these has changed, and
    when the meter was lost or is back.

    Attributes:
        asked_at: when the poll began that brought the data, by the event loop's clock.
    """

    config_entry: ConfigEntry[Any]

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], meter: Meter, identity: Identity
    ) -> None:
        self._intervals = {
            True: timedelta(
                seconds=entry.options.get(CONF_INTERVAL_CHARGING, DEFAULT_INTERVAL_CHARGING)
            ),
            False: timedelta(seconds=entry.options.get(CONF_INTERVAL_IDLE, DEFAULT_INTERVAL_IDLE)),
        }
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=device_name(hass, entry),
            update_interval=self._intervals[False],
            always_update=False,
        )
        self._microsecond = _BEAT
        self._meter = meter
        self._leaving = False
        self._key = identity.fingerprint
        self._losses = meter.link_losses
        self.asked_at = 0.0
        self._failures = 0
        self._told: tuple[bool, dict[Block, object]] = (False, {})
        self._changed: frozenset[Block] = frozenset()
        self._lost_or_back = False
        self._poll_listeners: list[CALLBACK_TYPE] = []

    @callback
    def async_add_poll_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener after each poll that succeeds, also where nothing has changed.

        Returns:
            What ends that.
        """
        self._poll_listeners.append(listener)
        return partial(self._poll_listeners.remove, listener)

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        if self.last_update_success:
            for listener in tuple(self._poll_listeners):
                try:
                    listener()
                except Exception:  # noqa: BLE001 - the poll has succeeded, and so has a command before it
                    LOGGER.exception("A listener failed")

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        if not isinstance(context, frozenset):
            return super().async_add_listener(update_callback, context)

        @callback
        def call_if_changed() -> None:
            if self._lost_or_back or not context.isdisjoint(self._changed):
                update_callback()

        return super().async_add_listener(call_if_changed, context)

    @callback
    @override
    def async_update_listeners(self) -> None:
        reached, before = self._told
        now = before
        if self.last_update_success:
            now = {block: content(self.data) for block, content in _CONTENTS.items()}
        self._lost_or_back = reached != self.last_update_success
        self._changed = frozenset(block for block in now if now[block] != before.get(block))
        self._told = self.last_update_success, now
        super().async_update_listeners()

    @override
    async def _async_update_data(self) -> LiveData:
        asked_at = self.hass.loop.time()
        try:
            if self.in_doubt:
                await self._check_identity()
                async_certificate_accepted(self.hass, self.config_entry)
            data = await self._meter.read_live()
        except MeterError as err:
            if isinstance(err, CertificateChangedError):
                async_certificate_changed(self.hass, self.config_entry, err)
            if self._meter.shares_line:
                self._failures += 1
                self.update_interval = pause(self._failures, self._intervals[False])
            raise translated(err, UpdateFailed) from err
        self._failures = 0
        self.update_interval = max(
            self._intervals[data.status.measurement.charging],
            timedelta(seconds=self._meter.shortest_interval),
        )
        self.asked_at = asked_at
        return data

    @property
    def in_doubt(self) -> bool:
        """Whether another meter may be at the address by now."""
        return not self.last_update_success or self._losses != self._meter.link_losses

    async def _check_identity(self) -> None:
        """Make sure that the meter that came back is the one that was lost."""
        entry = self.config_entry
        losses = self._meter.link_losses
        identity = await self._meter.identify()
        async_recognise(self.hass, entry, identity, UpdateFailed)
        self._losses = losses
        if identity.fingerprint != self._key:
            # Commissioned, or given another board: the set-up announces the new key, and
            # until then what is signed with it could not be checked.
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="other_key")

    @asynccontextmanager
    async def commanding(self) -> AsyncIterator[None]:
        """Give commands to the meter that was set up, and to no other; show what came of them.

        Raises:
            ServiceValidationError: the user asked for what is not possible now.
            HomeAssistantError: the meter or the way to it failed.
        """
        try:
            with translated_errors():
                self.async_require_loaded()
                if self.in_doubt:
                    await self._check_identity()
                    self.async_require_loaded()
                yield
        finally:
            await self.async_refresh()

    @callback
    def async_leave(self) -> None:
        """Let no command begin any more: the entry is being unloaded."""
        self._leaving = True

    @callback
    def async_require_loaded(self) -> None:
        """Let something begin only while the entry is loaded.

        Raises:
            ServiceValidationError: it was unloaded since the meter was taken for this.
        """
        if self._leaving:
            raise translated(ClosedError("it is being unloaded"), ServiceValidationError)


class HousekeepingCoordinator(DataUpdateCoordinator[Housekeeping]):
    """Poll what changes slowly.

    Attributes:
        of_synchronised_clock: whether the meter's clock was synchronised before its drift was read.
    """

    config_entry: ConfigEntry[Any]

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], meter: Meter, live: LiveCoordinator
    ) -> None:
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{device_name(hass, entry)} housekeeping",
            update_interval=HOUSEKEEPING_INTERVAL,
            always_update=False,
        )
        self.data = Housekeeping()
        self.of_synchronised_clock = False
        self._meter = meter
        self._live = live

    @override
    async def _async_update_data(self) -> Housekeeping:
        """Read the values; a lost meter is the live coordinator's to report, once."""
        if not self._live.last_update_success:
            # What answers now may be another meter.
            return self.data
        synchronised = SignatureStatus.TIMESTAMP_SYNCHRONISED in self._live.data.status.signature
        try:
            data = await self._meter.read_housekeeping()
        except MeterError as err:
            await self._live.async_refresh()
            if not self._live.last_update_success:
                return self.data
            raise translated(err, UpdateFailed) from err
        self.of_synchronised_clock = synchronised
        return data


class EventLogCoordinator(DataUpdateCoordinator[EventNews | None]):
    """Look for new events; the data are what the last look brought, None for nothing.

    How far the events are known is on disk before they fire: what fired before a crash does
    not fire again. The very first look only takes its bearings.
    """

    config_entry: ConfigEntry[Any]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        meter: Meter,
        identity: Identity,
        *,
        live: LiveCoordinator,
        housekeeping: HousekeepingCoordinator,
    ) -> None:
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{device_name(hass, entry)} events",
            update_interval=HOUSEKEEPING_INTERVAL,
        )
        self._meter = meter
        self._identity = identity
        self._live = live
        self._housekeeping = housekeeping
        self._store = stored_file(hass, entry.entry_id, StoredFile.EVENTS, dict[str, Any])
        self._mark: EventMark | None = None

    @property
    def behind(self) -> bool:
        """Whether housekeeping counted another number of events than are known."""
        saved = self._housekeeping.data.logbook.events_saved
        return saved is not None and (self._mark is None or self._mark.saved != saved)

    async def async_load(self) -> None:
        """Remember how far the events were known before Home Assistant was stopped."""
        stored = await self._store.async_load()
        if stored is not None and not is_of_another_board(stored, self._identity):
            self._mark = _mark(stored)

    @override
    async def _async_update_data(self) -> EventNews | None:
        """Look for new events; a lost meter is the live coordinator's to report, once."""
        if not self._live.last_update_success:
            # What answers now may be another meter.
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
            stored = {**_stored(news.mark), ATTR_METER: self._identity.fingerprint}
            await self._store.async_save(stored)
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
    is_text = event.raw.startswith(b"EVENT")
    raw = event.raw.decode(errors="replace") if is_text else event.raw.hex()
    return {
        "at": None if event.at is None else event.at.isoformat(),
        "code": event.code,
        "arguments": event.arguments,
        "raw": plain(raw, _RAW_LIMIT),
    }
