"""Keep what a meter signs: every record goes through here before it is shown."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..archive import (
    Archive,
    ArchiveError,
    ArchiveSummary,
    KeyState,
    MeterInfo,
    RecordTooLargeError,
    Source,
    StoredKey,
    StoredRecord,
)
from ..connection.identity import FormerKey, identified_by_key, public_key
from ..connection.names import device_name, repair_name
from ..connection.pages import ENTRIES_PAGE, inside
from ..const import CONF_FORMER_IDS, CONF_FORMER_KEY, DOMAIN, LOGGER
from ..dmed4.model import Identity
from .listeners import Listeners
from .shared_archive import SharedArchive, archive_unavailable, async_borrow, database_url

ARCHIVE_TIMEOUT: Final = 12
"""Seconds until a database that says nothing is given up for now. A little more than the archive's
own patience, so that it can say itself what is wrong."""

WAITING_LIMIT: Final = 100
"""Records in memory: more than a meter signs in a day. It has all of them in its logbook, too, from
where they are fetched when the archive is back."""

# Seconds between two attempts to reach the archive.
_SHORTEST_PAUSE: Final = 5
_LONGEST_PAUSE: Final = 300

ISSUE_DELAY: Final = 120
"""Seconds for which the archive may be away before a person is informed: a restart takes less."""

# What another Home Assistant stores into a database that both use is found out by looking.
_LOOK_INTERVAL: Final = timedelta(minutes=10)

# Seconds. While a logbook is fetched, records come faster than their count needs to be shown.
_COUNT_INTERVAL: Final = 1

_SILENT: Final = "The database does not answer in time"

_WAITING: HassKey[dict[str, deque[_Waiting]]] = HassKey(f"{DOMAIN}_waiting_records")


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A record on its way to the archive; ``done`` is set for those waiting for that."""

    raw: bytes
    source: Source
    arrived: datetime
    chained: bool
    done: asyncio.Future[StoredRecord | None]

    def give_up(self) -> None:
        """End all waiting; it is tried again."""
        # A caller that claimed all older records to be here has found out by now that they are not.
        self.chained = False
        if not self.done.done():
            self.done.set_result(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SeenKey:
    """A key that a meter shows.

    Attributes:
        spki: its SubjectPublicKeyInfo.
        own: whether it is the one that the entry has its unique ID from.
        foreign: whether the entry has its unique ID from another one.
    """

    spki: bytes
    own: bool
    foreign: bool


@callback
def async_forget_waiting(hass: HomeAssistant, entry_id: str) -> None:
    """Let go of the records in memory of an entry that is removed."""
    hass.data.get(_WAITING, {}).pop(entry_id, None)


class RecordKeeper:
    """Stores a meter's records, pins its key, and says what there is.

    A failing database never keeps the meter from working: what can't be stored is kept in memory and
    tried again, also over a reload of the entry, and stays on the meter until then.

    The key that the archive takes for the meter's own is the one that the entry has its unique ID
    from, and else the first one it sees: see `key_binding`.

    Attributes:
        summary_coordinator: what the archive has of the meter; its listeners are called at each change.
        news: whom to call for each record that was new to the archive.
        keys: that the meter was seen with; empty until the archive could be reached.
    """

    # From the start on.
    _shared: SharedArchive

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], identity: Identity) -> None:
        self._hass = hass
        self._entry = entry
        self._identity = identity
        self._queue = hass.data.setdefault(_WAITING, {}).setdefault(entry.entry_id, deque())
        self.news = Listeners[StoredRecord]()
        self._registered: tuple[object, int] | None = None
        self._last_held = self._held_back = False
        self._changed_since_count = False
        self.keys: tuple[StoredKey, ...] = ()
        self._work: asyncio.Task[None] | None = None
        self._stopped = False
        self._pause = _SHORTEST_PAUSE
        self._retry: CALLBACK_TYPE | None = None
        self._complaint: CALLBACK_TYPE | None = None
        self._cause = ""
        self.summary_coordinator = DataUpdateCoordinator(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{device_name(hass, entry)} archive",
            update_method=self._async_summarise,
            request_refresh_debouncer=Debouncer(
                hass, LOGGER, cooldown=_COUNT_INTERVAL, immediate=True, background=True
            ),
            always_update=False,
        )
        self.summary_coordinator.data = ArchiveSummary()

    @property
    def available(self) -> bool:
        """Whether the archive could be reached when it was last tried."""
        return self.meter_id is not None and self.summary_coordinator.last_update_success

    @property
    def meter_id(self) -> int | None:
        """The meter's number in the archive; None until it is registered in the one that is open."""
        if self._registered is None or self._registered[0] is not self._shared.opening:
            return None
        return self._registered[1]

    @property
    def waiting(self) -> int:
        """How many records are in memory because they could not be stored yet."""
        return len(self._queue)

    @property
    def known_since(self) -> datetime | None:
        """When the archive came to know the meter; None without a key."""
        return min((key.first_seen for key in self.keys), default=None)

    async def async_start(self) -> None:
        """Open the archive, register the meter and its key; never raises for a failing database."""
        url = database_url(self._hass, self._entry.options)
        self._shared = async_borrow(self._hass, url, self._refresh_summary_soon)
        self._entry.async_on_unload(
            async_track_time_interval(self._hass, self._refresh_summary_soon, _LOOK_INTERVAL)
        )
        begin = self._entry.async_create_background_task(
            self._hass, self._async_begin(), f"{self.summary_coordinator.name} begin"
        )
        await asyncio.wait({begin}, timeout=ARCHIVE_TIMEOUT)
        if not begin.done():
            self._lost(_SILENT)

    async def _async_begin(self) -> None:
        await self._try(look=False)
        if self.meter_id is not None:
            await self.summary_coordinator.async_refresh()

    async def async_stop(self) -> None:
        """Let go of the archive when nothing is being stored any more.

        What could not be stored waits for the entry to be set up again. A database that hangs is
        left to itself.
        """
        self._stopped = True
        self._cancel()
        end = self._hass.async_create_background_task(
            self._async_end(), f"{self.summary_coordinator.name} end"
        )
        await asyncio.wait({end}, timeout=ARCHIVE_TIMEOUT)

    async def _async_end(self) -> None:
        if TYPE_CHECKING:
            assert self._work is not None
        await self._work
        await self.summary_coordinator.async_shutdown()
        # Reads no more, but waits for what is being read.
        await self.summary_coordinator.async_refresh()
        await self._shared.async_give_back(self._refresh_summary_soon)

    async def async_store(
        self, raw: bytes, source: Source, *, chained: bool = False
    ) -> StoredRecord | None:
        """Verify and keep a record; it is on disk when this returns.

        Returns:
            The record as it is in the archive. None when the archive can't be reached: then it is in
            memory, and tried again. None also for bytes that are too many for any record; nothing
            is kept of those.
        """
        done = self._queue_up(raw, source, chained=chained)
        if done is None:
            return None
        if self._stopped:
            # It waits for the next keeper of the entry, which opens the archive again.
            done.set_result(None)
            return None
        self._try()
        await asyncio.wait({done}, timeout=ARCHIVE_TIMEOUT)
        if not done.done():
            self._lost(_SILENT)
        return done.result()

    def _queue_up(
        self, raw: bytes, source: Source, *, chained: bool
    ) -> asyncio.Future[StoredRecord | None] | None:
        """Put a record into the queue, where it may be already, from another attempt."""
        done = self._hass.loop.create_future()
        for waiting in self._queue:
            if waiting.raw == raw and waiting.done.done():
                waiting.done = done
                if source is not Source.METER:
                    waiting.source = source
                return done
        if len(self._queue) >= WAITING_LIMIT:
            self._try()
            return None
        self._queue.append(
            _Waiting(raw=raw, source=source, arrived=dt_util.utcnow(), chained=chained, done=done)
        )
        return done

    @callback
    def async_hold_last(self, *, hold: bool) -> None:
        """Go on showing the same last session while a logbook is fetched, or show the last one again.

        The sessions of a logbook come oldest first: each of them would be shown as the last one for a
        moment, and be history for good.
        """
        self._last_held = hold
        if self._held_back and not hold:
            self._held_back = False
            self._refresh_summary_soon()

    async def async_run[T](self, method: Callable[[Archive], T], *, writes: bool = False) -> T:
        """Ask the archive something, or let it do something, off the event loop.

        Raises:
            HomeAssistantError: the archive can't be reached, in the user's words.
        """
        run = self._shared.async_write if writes else self._shared.async_read
        try:
            return await run(method)
        except ArchiveError as err:
            self._refresh_summary_soon()
            raise archive_unavailable(HomeAssistantError, str(err)) from err

    @callback
    def _refresh_summary_soon(self, _: datetime | None = None) -> None:
        """See soon what there is in the archive."""
        self._changed_since_count = True
        # A Home Assistant that stops has no threads left for that.
        if not self._stopped and not self._hass.is_stopping:
            self._entry.async_create_background_task(
                self._hass,
                self.summary_coordinator.async_request_refresh(),
                f"{self.summary_coordinator.name} look",
            )

    @callback
    def _try(self, *, look: bool = True) -> asyncio.Task[None]:
        """Store what waits, unless that is being done; then have a look at what there is."""
        if self._retry is not None:
            self._retry()
            self._retry = None
        if self._work is None or self._work.done():
            # Not the entry's task, which would be cancelled while a record is being written.
            self._work = self._hass.async_create_background_task(
                self._async_work(look=look), f"{self.summary_coordinator.name} work"
            )
        return self._work

    @callback
    def _try_again(self, _: datetime) -> None:
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        self._try()

    async def _async_work(self, *, look: bool) -> None:
        try:
            if self.meter_id is None:
                await self._async_register()
            while self._queue:
                await self._async_store_first()
        except ArchiveError as err:
            self._lost(str(err))
        except Exception as err:  # noqa: BLE001 - the meter goes on without the archive, whatever it is
            LOGGER.exception("Unexpected error of the archive of records")
            self._lost(type(err).__name__)
        else:
            if look:
                self._refresh_summary_soon()

    async def _async_register(self) -> None:
        """Open the archive and register the meter in it."""
        await self._shared.async_open()
        info = MeterInfo(
            unique_id=self._unique_id,
            name=device_name(self._hass, self._entry),
            model=self._identity.model,
            serial_number=self._identity.serial_number,
        )
        former = self._entry.data.get(CONF_FORMER_IDS, ())
        key, now = self._seen_key(), dt_util.utcnow()
        said = self._entry.data.get(CONF_FORMER_KEY)
        state = KeyState.REJECTED if said == FormerKey.NEVER else KeyState.FORMER
        meter_id, self.keys = await self._shared.async_write(
            lambda archive: archive.at_once(
                lambda: _register(archive, info, former, key, now, state=state)
            )
        )
        self._registered = self._shared.opening, meter_id
        if former or said:
            done = {CONF_FORMER_IDS, CONF_FORMER_KEY}
            rest = {name: value for name, value in self._entry.data.items() if name not in done}
            self._hass.config_entries.async_update_entry(self._entry, data=rest)

    @property
    def _unique_id(self) -> str:
        if TYPE_CHECKING:
            assert self._entry.unique_id is not None
        return self._entry.unique_id

    def _seen_key(self) -> _SeenKey | None:
        """Get the key that the meter shows, and what the entry's unique ID says of it."""
        if (key := public_key(self._identity)) is None:
            return None
        known = self._identity.fingerprint == self._unique_id
        return _SeenKey(
            spki=key.spki,
            own=known and key.point.endswith(self._identity.public_key or b""),
            foreign=not known and identified_by_key(self._entry),
        )

    async def _async_store_first(self) -> None:
        """Store the record that has waited longest; while it is in the queue, it is not lost."""
        waiting, meter_id = self._queue[0], self.meter_id
        if TYPE_CHECKING:
            assert meter_id is not None
        result = None
        try:
            result = await self._shared.async_write(
                lambda archive: archive.store(
                    meter_id,
                    waiting.raw,
                    waiting.source,
                    waiting.arrived,
                    chained=waiting.chained,
                )
            )
        except RecordTooLargeError:
            LOGGER.error(
                "%s: %s bytes are too many for a record, and were not archived",
                device_name(self._hass, self._entry),
                len(waiting.raw),
            )
        # The same queue may be another keeper's by now, after a reload.
        if self._queue and self._queue[0] is waiting:
            self._queue.popleft()
        if not waiting.done.done():
            waiting.done.set_result(None if result is None else result.record)
        if result is not None and result.new:
            if waiting.source is Source.COMMAND:
                # It is of the newest session: those that are fetched are older.
                self.async_hold_last(hold=False)
            self.news.async_tell(result.record)

    async def _async_summarise(self) -> ArchiveSummary:
        meter_id = self.meter_id
        if meter_id is None:
            # The attempts to reach the archive go on by themselves.
            raise archive_unavailable(UpdateFailed, self._cause)
        self._changed_since_count = False
        try:
            summary = await self._shared.async_read(lambda archive: archive.summary(meter_id))
        except ArchiveError as err:
            self._lost(str(err))
            raise archive_unavailable(UpdateFailed, str(err)) from err
        if self._changed_since_count:
            # Home Assistant's debouncer forgets who asks while a count takes longer than its interval.
            self._refresh_summary_soon()
        self._pause = _SHORTEST_PAUSE
        self._cancel()
        shown = self.summary_coordinator.data.last
        if self._last_held and summary.last != shown:
            self._held_back = True
            return replace(summary, last=shown)
        return summary

    @callback
    def _lost(self, cause: str) -> None:
        """End all waiting for the archive, and try again later."""
        self._cause = cause
        for waiting in self._queue:
            waiting.give_up()
        self.summary_coordinator.async_set_update_error(archive_unavailable(UpdateFailed, cause))
        if self._stopped:
            return
        if self._retry is None:
            self._retry = async_call_later(self._hass, self._pause, self._try_again)
        if self.meter_id is None:
            # It has never worked: not a matter of a restart.
            self._complain()
        elif self._complaint is None:
            self._complaint = async_call_later(self._hass, ISSUE_DELAY, self._complain)

    @callback
    def _complain(self, _: datetime | None = None) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            learn_more_url=inside(ENTRIES_PAGE),
            translation_key="archive_unavailable",
            translation_placeholders={"meter": repair_name(self._hass, self._entry)},
        )

    @callback
    def _cancel(self) -> None:
        """Take back what was going to happen because the archive was lost."""
        for cancel in (self._retry, self._complaint):
            if cancel is not None:
                cancel()
        self._retry = self._complaint = None
        ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)

    @property
    def _issue_id(self) -> str:
        return f"{self._entry.entry_id}_archive_unavailable"


def _register(
    archive: Archive,
    info: MeterInfo,
    former: Sequence[str],
    key: _SeenKey | None,
    now: datetime,
    *,
    state: KeyState,
) -> tuple[int, tuple[StoredKey, ...]]:
    """Register a meter and its key; return its number and all keys that are known of it."""
    for unique_id in former:
        archive.rename_meter(unique_id, info.unique_id)
    meter_id = archive.register_meter(info)
    # An archive that knows no key yet would take any for the meter's own.
    if key is not None and (not key.foreign or archive.keys(meter_id)):
        seen = archive.see_key(meter_id, key.spki, now)
        if key.own and seen.state is not KeyState.PINNED:
            archive.accept_key(meter_id, key.spki, now, former=state)
    return meter_id, archive.keys(meter_id)
