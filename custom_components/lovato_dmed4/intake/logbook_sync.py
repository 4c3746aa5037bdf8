"""Fetch what the meter's logbook has and the archive has not, the oldest first."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, override
from zlib import crc32

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util

from ..archive import Source
from ..connection.devices import line_of
from ..connection.errors import translated
from ..connection.names import device_name
from ..const import CONF_TRANSPORT, DOMAIN, LOGGER, SIGNAL_LOGBOOK_PROGRESS, Transport
from ..coordinator import HousekeepingCoordinator, LiveCoordinator
from ..dmed4.catch_up import CatchUp, Progress, Records
from ..dmed4.charge_cycle import ChargeCycle
from ..dmed4.errors import CannotConnectError, LogbookUnreadableError, MeterError
from ..dmed4.links import logbook_lock
from ..dmed4.meter import Meter
from ..dmed4.model import Identity
from .keeper import RecordKeeper
from .listeners import Listeners

RETRY: Final = timedelta(minutes=5)
"""Until a run that broke off is tried again, if nothing else brings the next one about. Whatever keeps
the meter from giving a record out, or the archive from taking it, is not over in a moment."""

_DAY: Final = timedelta(hours=20)
_SPREAD_MINUTES: Final = 480
"""Each meter has its own daily time: between 20 and 28 hours after the last."""

_ATTEMPTS: Final = 5
"""Attempts in a row that bring nothing. After three, a record that is never answered is passed over."""

BEHIND_LIMIT: Final = timedelta(hours=1)
"""How long records may stay behind until a repair says so: longer than a restart of anything takes."""

OVERWRITES_AT: Final = 0.9
"""Share of the logbook that may be missing: the rest is room for some dozens of records."""

PROGRESS_FROM: Final = 5
"""Records. Fewer are fetched before anyone can look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """How far the archive is.

    Attributes:
        running: whether records are being fetched now.
        fetched: how many were fetched in this run.
        missing: how many the logbook has that the archive has not, None while that is not known.
        lost: how many times the meter has overwritten records before they could be fetched.
        failed: whether the last run was broken off by an error; it is tried again.
        overwrites_soon: whether the meter is about to overwrite what is missing.
        unreadable: whether the logbook gave one entry after the other that is no record. Only a run
            that was asked for, or the daily one, reads it again.
    """

    running: bool = False
    fetched: int = 0
    missing: int | None = None
    lost: int = 0
    failed: bool = False
    overwrites_soon: bool = False
    unreadable: bool = False


class LogbookSync:
    """Compares the archive with the meter's logbook.

    It does so at set-up, after each step of a charge, after each reconnect, when housekeeping counts
    new records, when the archive is back, and daily.

    Attributes:
        state: how far it is.
        news: whom to call whenever that changes.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        meter: Meter,
        identity: Identity,
        cycle: ChargeCycle[Any],
        live: LiveCoordinator,
        housekeeping: HousekeepingCoordinator,
        records: RecordKeeper,
    ) -> None:
        self.state = SyncState()
        self._hass = hass
        self._entry = entry
        self._meter = meter
        self._identity = identity
        self._cycle = cycle
        self._live = live
        self._housekeeping = housekeeping
        self._records = records
        self._catch_up = CatchUp(
            meter.logbook,
            _ArchivedRecords(records, live),
            turn=self._async_turn,
            identify=self._async_identify,
            report=self._async_report,
        )
        self.news = Listeners[SyncState]()
        self._waiting: list[asyncio.Future[None]] = []
        self._work: asyncio.Task[None] | None = None
        self._wanted = False
        self._thorough = False
        self._stopped = True
        self._retry: CALLBACK_TYPE | None = None
        self._fetched_before = 0
        self._shows_progress = False
        self._oldest: int | None = None
        self._behind_since: datetime | None = None
        self._reached = True
        self._counted: tuple[int | None, int | None] | None = None

    @cached_property
    def _line(self) -> asyncio.Lock:
        data = self._entry.data
        endpoint: Hashable = (data.get(CONF_HOST, "").lower(), data.get(CONF_PORT))
        if data[CONF_TRANSPORT] != Transport.REST:
            endpoint = line_of(data).endpoint
        return logbook_lock(endpoint)

    # --- when ---------------------------------------------------------------------------------

    @callback
    def async_start(self) -> None:
        """Compare now and whenever there is a reason to, until the entry is unloaded."""
        self._stopped = False
        self._reached = self._live.last_update_success
        spread = crc32(self._entry.entry_id.encode()) % _SPREAD_MINUTES
        for unsubscribe in (
            self._live.async_add_listener(self._look_at_meter),
            self._housekeeping.async_add_listener(self._look_at_count),
            self._records.summary_coordinator.async_add_listener(self._look_at_archive),
            async_track_time_interval(
                self._hass, self._run_daily, _DAY + timedelta(minutes=spread)
            ),
        ):
            self._entry.async_on_unload(unsubscribe)
        self.async_request()

    async def async_stop(self) -> None:
        """Break off what is under way; the next run goes on there."""
        self._stopped = True
        self._cancel_retry()
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait({self._work})
        # A run that was cancelled before its first step has not done this itself.
        self._fail_waiting()

    def _fail_waiting(self) -> None:
        while self._waiting:
            _fail(self._waiting.pop(), _stopped())

    @callback
    def async_request(self) -> None:
        """Compare soon; while a run is under way, once more after it."""
        self._wanted = True
        if not self._stopped and (self._work is None or self._work.done()):
            self._work = self._entry.async_create_background_task(
                self._hass,
                self._async_work(),
                f"{device_name(self._hass, self._entry)} logbook",
                eager_start=False,
            )

    async def async_run(self) -> SyncState:
        """Compare now, also what could not be fetched before, and return when that is done.

        Raises:
            HomeAssistantError: the meter or the archive failed, in the user's words.
        """
        if self._stopped:
            raise _stopped()
        done = self._hass.loop.create_future()
        self._waiting.append(done)
        self._thorough = True
        self.async_request()
        await done
        return self.state

    @callback
    def async_show_listing(self, percent: int | None) -> None:
        """Show how far a listing of the logbook has come, unless records are being fetched as well.

        Args:
            percent: None when it is over.
        """
        if not self._shows_progress:
            self._show_progress(percent)

    @callback
    def _show_progress(self, percent: int | None) -> None:
        signal = SIGNAL_LOGBOOK_PROGRESS.format(self._entry.entry_id)
        async_dispatcher_send(self._hass, signal, percent)

    @callback
    def _look_at_meter(self) -> None:
        """Compare when the meter is back; who follows its charges asks when one begins or ends."""
        before, self._reached = self._reached, self._live.last_update_success
        if self._reached and not before:
            self.async_request()

    @callback
    def _look_at_count(self) -> None:
        """Compare when the meter has another number of records than when all were fetched."""
        known, info = self._catch_up.complete, self._housekeeping.data.logbook
        counted = info.records_saved, info.last_progressive
        if known is None or counted == self._counted:
            return
        self._counted = counted
        if counted != (known.records_saved, known.last_progressive):
            self.async_request()

    @callback
    def _look_at_archive(self) -> None:
        """Go on when the archive is back."""
        if self.state.failed and not self.state.running and self._records.available:
            self.async_request()

    @callback
    def _run_daily(self, _: datetime) -> None:
        self._thorough = True
        self.async_request()

    @callback
    def _run_again(self, _: datetime) -> None:
        self._retry = None
        self.async_request()

    @callback
    def _cancel_retry(self) -> None:
        if self._retry is not None:
            self._retry()
            self._retry = None

    # --- a run --------------------------------------------------------------------------------

    async def _async_work(self) -> None:
        try:
            while self._wanted:
                self._wanted = False
                await self._async_compare()
        finally:
            self._fail_waiting()

    async def _async_compare(self) -> None:
        """Compare once, and inform those waiting for it."""
        self._cancel_retry()
        waiting, self._waiting = self._waiting, []
        error: HomeAssistantError | None = _stopped()
        self._set(running=True, fetched=0)
        self._records.async_hold_last(hold=True)
        try:
            await self._async_catch_up()
            error = None
        except HomeAssistantError as err:
            LOGGER.debug(
                "%s: the logbook could not be compared: %s",
                device_name(self._hass, self._entry),
                err,
            )
            error = err
        finally:
            self._records.async_hold_last(hold=False)
            self._finish(failed=error is not None)
            for done in waiting:
                if error is not None:
                    _fail(done, error)
                elif not done.done():
                    done.set_result(None)

    async def _async_catch_up(self) -> None:
        """Fetch what is missing, and say so if something can't be fetched any more."""
        self._fetched_before = 0
        progress = await self._async_fetch()
        self._async_report(progress)
        self._set(unreadable=False)
        if progress.lost:
            self._set(lost=self.state.lost + 1)
            LOGGER.warning(
                "%s: none of the records fetched before is left in the logbook; those that the meter "
                "signed next may have been overwritten before they were fetched",
                device_name(self._hass, self._entry),
            )
        await self._async_rejudge_all()

    async def _async_fetch(self) -> Progress:
        """Fetch what is missing, through short losses of the link."""
        thorough, self._thorough = self._thorough, False
        if self.state.unreadable and not thorough:
            raise translated(LogbookUnreadableError(), HomeAssistantError)
        attempts = _ATTEMPTS
        while True:
            try:
                return await self._catch_up.run(thorough=thorough)
            except LogbookUnreadableError as err:
                self._set(unreadable=True)
                raise translated(err, HomeAssistantError) from err
            except MeterError as err:
                thorough = False
                attempts = _ATTEMPTS if self.state.fetched > self._fetched_before else attempts - 1
                self._fetched_before = self.state.fetched
                # Reports a lost meter, once, and finds out who answers now.
                await self._live.async_refresh()
                if self._live.in_doubt or not attempts:
                    raise translated(err, HomeAssistantError) from err

    async def _async_rejudge_all(self) -> None:
        """Decide the outcome of sessions without an end record."""
        # A charge that has begun since the records were fetched is not over.
        charging = self._live.data.status.measurement.charging
        try:
            charging = charging or (await self._meter.read_status()).measurement.charging
        except MeterError as err:
            raise translated(err, HomeAssistantError) from err
        if (meter_id := self._records.meter_id) is not None:
            await self._records.async_run(
                lambda archive: archive.settle(meter_id, charging=charging), writes=True
            )

    @asynccontextmanager
    async def _async_turn(self) -> AsyncIterator[None]:
        """Read one record, yielding to charges, and only while the meter's identity is certain."""
        async with self._line:
            await self._cycle.finish()
            _require_known(self._live)
            yield

    async def _async_identify(self) -> None:
        """Make sure whose records these are: between two polls, another meter could have come."""
        known, found = self._identity, await self._meter.identify()
        if found.fingerprint != known.fingerprint or (
            # Over Modbus only the owner can give it.
            found.serial_number is not None and found.serial_number != known.serial_number
        ):
            raise CannotConnectError("another meter is there")

    # --- how far it is ------------------------------------------------------------------------

    @callback
    def _async_report(self, progress: Progress) -> None:
        self._oldest = progress.oldest
        fetched = self._fetched_before + progress.fetched
        expected = fetched + progress.missing
        if progress.missing and expected >= PROGRESS_FROM:
            self._shows_progress = True
            self._show_progress(100 * fetched // expected)
        self._set(fetched=fetched, missing=progress.missing)

    @callback
    def _finish(self, *, failed: bool) -> None:
        if self._shows_progress:
            self._shows_progress = False
            self._show_progress(None)
        missing = self.state.missing
        if failed:
            missing = self._catch_up.missing(self._housekeeping.data.logbook)
            if not self._stopped and not self.state.unreadable:
                self._retry = async_call_later(self._hass, RETRY, self._run_again)
        if failed or missing:
            # A time in the future is from before this machine's clock was set back.
            now = dt_util.utcnow()
            self._behind_since = min(self._behind_since or now, now)
        else:
            self._behind_since = None
        self._set(
            running=False,
            failed=failed,
            missing=missing,
            overwrites_soon=self._overwrites_soon(missing),
        )

    def _overwrites_soon(self, missing: int | None) -> bool:
        info = self._housekeeping.data.logbook
        since = self._behind_since
        if since is None or dt_util.utcnow() - since < BEHIND_LIMIT or not info.records_maximum:
            return False
        if missing is None:
            # How many of them are missing is unknown.
            missing = info.records_saved or 0
        oldest = max(missing - 1, self._oldest or 0)
        return oldest >= OVERWRITES_AT * info.records_maximum

    @callback
    def _set(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self.news.async_tell(state)


class _ArchivedRecords(Records):
    """The archive's records of one meter."""

    def __init__(self, keeper: RecordKeeper, live: LiveCoordinator) -> None:
        self._keeper = keeper
        self._live = live

    @override
    async def has_chained(self) -> bool:
        meter_id = self._meter_id
        return await self._keeper.async_run(lambda archive: archive.has_chained(meter_id))

    @override
    async def is_chained(self, raw: bytes) -> bool:
        meter_id = self._meter_id
        return await self._keeper.async_run(lambda archive: archive.is_chained(meter_id, raw))

    @override
    async def store(self, raw: bytes, *, chained: bool) -> None:
        _require_known(self._live)
        if await self._keeper.async_store(raw, Source.METER, chained=chained) is None:
            raise _not_stored()

    @property
    def _meter_id(self) -> int:
        if (meter_id := self._keeper.meter_id) is None:
            raise _not_stored()
        return meter_id


def _require_known(live: LiveCoordinator) -> None:
    """Make sure that it is the meter itself that answers.

    Raises:
        CannotConnectError: the link was lost since it was asked who it is.
    """
    if live.in_doubt:
        raise CannotConnectError("another meter may be there")


def _fail(done: asyncio.Future[None], error: HomeAssistantError) -> None:
    if not done.done():
        done.set_exception(error)


def _not_stored() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="record_not_stored")


def _stopped() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="synchronisation_stopped")
