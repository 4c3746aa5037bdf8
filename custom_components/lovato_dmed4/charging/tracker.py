"""Follow the charge cycle: who began it, what became of it, across restarts of either side.

What a step is about to do is on disk before its command goes out. What became of it is found out by
comparing that with the measurement status: when Home Assistant starts, when the meter comes back,
and whenever the status changes. No command is ever given because of it.

==========  =======================================  ===========================================
remembered  no cycle is running (0, 1)               a cycle is running (2, 3)
==========  =======================================  ===========================================
nothing     nothing                                  begun elsewhere: it is followed
beginning   the begin was not carried out: failed    begun here: it is followed
charging    ended elsewhere                          it goes on
ending      ended here; its record counts as ours    the end was not carried out: failed; it goes on
==========  =======================================  ===========================================

A failure is reported here only if nothing else could, because Home Assistant was stopped. Status
3 means a power failure on top of it. A cycle that another master begins and ends between two
polls is seen in its records only.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..archive import Outcome, Session, Source, StoredRecord
from ..connection.identity import ATTR_METER, is_of_another_board
from ..connection.names import device_name
from ..connection.storage import StoredFile, stored_file
from ..const import CONF_CLOCK, CONF_PROTOTYPE_FORM
from ..coordinator import HousekeepingCoordinator, LiveCoordinator
from ..dmed4.charge_cycle import ChargeCycle, Journal
from ..dmed4.model import Command, MeasurementStatus, SignatureStatus
from ..dmed4.prototype import ChargeIdentity
from ..intake.keeper import ARCHIVE_TIMEOUT, RecordKeeper
from ..intake.listeners import Listeners
from ..intake.logbook_sync import LogbookSync
from ..upkeep.clock import async_require_plausible_drift, is_synchronised, time_offset
from ..upkeep.own_time import async_require_own_time
from .absence import APART, async_after_comparison, async_newest_session
from .open_charge import OpenCharge, Origin, Phase, begun, digest_of_open, find_end, stored_charge
from .power_failure import async_power_failed, async_power_failure_over

type _Step = Callable[[], Coroutine[Any, Any, MadeRecord]]

_END_COMMANDS: Final = (Command.END, Command.BEGIN_AND_END)

_CLAIMS_LIMIT: Final = 10
"""Ends whose records are awaited at once. Normally it is one, for a moment; a record that is never
signed leaves one behind."""

# Translation key of what went wrong with a step that Home Assistant was stopped in.
_INTERRUPTED: Final = "interrupted"


class ChargeEvent(StrEnum):
    """What happens to a charge cycle."""

    STARTED = "started"
    READ = "read"
    ENDED = "ended"
    POWER_FAILURE = "power_failure"
    FAILED = "failed"


_STEPS: Final = {
    ChargeEvent.STARTED: "start",
    ChargeEvent.READ: "read",
    ChargeEvent.ENDED: "end",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeNews:
    """Something that happened to a charge cycle; the attributes name no driver."""

    event: ChargeEvent
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRecord:
    """What a step brought: the signed record, and that in the archive.

    ``stored`` is None when the archive can't be reached; the record is then kept and tried again.
    """

    raw: bytes
    stored: StoredRecord | None


class ChargeTracker(Journal[MadeRecord]):
    """Takes the steps of a charge: remembers them on disk, archives their records.

    A file that can't be written stops no step. Home Assistant logs that, and what may be lost with
    it is who began and ended a charge, not a record: the meter has those.

    Attributes:
        charge: the charge that is open, None for none.
        news: whom to call for each thing that happens to a charge cycle.
        looked_back: whether the records have said what happened while Home Assistant was away.
        past: whom to call when they have.
        last_begin: when the newest session began, by its records; None if they do not say.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        cycle: ChargeCycle[MadeRecord],
        live: LiveCoordinator,
        housekeeping: HousekeepingCoordinator,
        records: RecordKeeper,
        sync: LogbookSync,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._cycle = cycle
        self._live = live
        self._housekeeping = housekeeping
        self._records = records
        self._sync = sync
        cycle.journal = self
        self._store = stored_file(hass, entry.entry_id, StoredFile.CHARGE, dict[str, Any])
        self.charge: OpenCharge | None = None
        # Whether the step of this phase was broken off by the end of Home Assistant.
        self._interrupted = False
        # Digests of records of charges that were ended here and whose end is not archived as such.
        self._claims: list[str] = []
        self._archiving: asyncio.Task[None] | None = None
        self._steps: set[asyncio.Task[MadeRecord]] = set()
        self._last_step = 0.0
        self._archived = b""
        self.news = Listeners[ChargeNews]()
        self.looked_back = False
        self.past = Listeners[None]()
        self.last_begin: datetime | None = None
        # Whether the charge that is open was so when Home Assistant was stopped.
        self._remembered = False
        # What happens before Home Assistant has started; None afterwards.
        self._early: list[ChargeNews] | None = []

    async def async_load(self) -> None:
        """Remember the charge that was open when Home Assistant was stopped or killed."""
        if (stored := await self._store.async_load()) is not None:
            self._claims = stored["claims"]
            if is_of_another_board(stored, self._cycle.identity):
                # The charge of another meter, whose driver must not get into the records of this one.
                return
            self.charge = stored_charge(stored["charge"])
            self._cycle.preparation.prototype = stored.get("prototype", "").encode()
            self._interrupted = True
            self._remembered = self.charge is not None

    @callback
    def async_start(self) -> None:
        """Compare that charge with the meter, and follow the meter from now on.

        Not before Home Assistant has started: automations are to hear of what is found.
        """
        self._entry.async_on_unload(async_at_started(self._hass, self._async_follow))
        self._entry.async_on_unload(
            partial(async_power_failure_over, self._hass, self._entry.entry_id)
        )

    @callback
    def _async_follow(self, _: HomeAssistant) -> None:
        early, self._early = self._early or [], None
        for news in early:
            self._report(news.event, news.attributes)
        entry, records = self._entry, self._records
        entry.async_on_unload(self._live.async_add_listener(self._compare_with_meter))
        # A record that has come, and an archive that has come back.
        entry.async_on_unload(records.news.async_add(self._archive_ends_soon))
        entry.async_on_unload(
            records.summary_coordinator.async_add_listener(self._archive_ends_soon)
        )
        self._compare_with_meter()
        self._archive_ends_soon()
        async_after_comparison(self._hass, entry, self._sync, self._async_look_back)

    async def async_stop(self) -> None:
        """Wait until all steps under way are done and what came of them is on disk."""
        if self._steps:
            await asyncio.wait(self._steps)
        if self._archiving is not None:
            await asyncio.wait({self._archiving}, timeout=ARCHIVE_TIMEOUT)
        await self._store.async_save(self._content())

    # --- the steps --------------------------------------------------------------------------------

    async def async_begin(self, charge: ChargeIdentity) -> MadeRecord:
        """Start a charge.

        Raises:
            HomeAssistantError: it was not possible or failed, in the user's words; as in all steps.
        """
        await async_require_plausible_drift(self._entry, self._live, self._housekeeping)
        newest = self._records.summary_coordinator.data.newest
        ahead = timedelta(seconds=self._cycle.clock.meter_clock.signed_ahead)
        async_require_own_time(self._hass, self._entry, newest, ahead)
        begin = partial(self._cycle.begin, charge, time_offset=self._changed_offset())
        return await self._async_take(ChargeEvent.STARTED, begin)

    async def async_read(self) -> MadeRecord:
        """Let the meter sign an intermediate record."""
        return await self._async_take(ChargeEvent.READ, self._cycle.read)

    async def async_end(self, *, combined: bool = False) -> MadeRecord:
        """End the charge."""
        return await self._async_take(
            ChargeEvent.ENDED,
            partial(self._cycle.end, combined=combined, time_offset=time_offset()),
        )

    def _changed_offset(self) -> int | None:
        """Get the offset to UTC if the meter is not known to have it."""
        wanted, housekeeping = time_offset(), self._housekeeping
        known = housekeeping.last_update_success and is_synchronised(self._live)
        return None if known and housekeeping.data.settings.time_offset == wanted else wanted

    async def _async_take(self, event: ChargeEvent, step: _Step) -> MadeRecord:
        """Take a step to its end, even if its caller no longer waits."""
        self._live.async_require_loaded()
        task = self._hass.async_create_task(
            self._async_run(event, step), f"{device_name(self._hass, self._entry)} {event}"
        )
        self._steps.add(task)
        task.add_done_callback(self._async_done)
        await asyncio.wait({task})
        return task.result()

    async def _async_run(self, event: ChargeEvent, step: _Step) -> MadeRecord:
        try:
            async with self._live.commanding():
                made = await self._async_step(step)
        except ServiceValidationError:
            # The meter was left alone.
            raise
        except HomeAssistantError as err:
            self._report_failed(event, err.translation_key)
            raise
        self._report(event, _attributes(Origin.HERE, made.stored))
        return made

    async def _async_step(self, step: _Step) -> MadeRecord:
        try:
            return await step()
        finally:
            self._last_step = self._hass.loop.time()

    @callback
    def _async_done(self, task: asyncio.Task[MadeRecord]) -> None:
        self._steps.discard(task)
        if not task.cancelled():
            # It has been reported; the caller may be gone.
            task.exception()
        self._keep_habits()
        self._save_soon()
        self._sync.async_request()
        self._compare_with_meter()

    @callback
    def _keep_habits(self) -> None:
        """Remember in which form the meter takes the prototype of a charge, and how its clock is set."""
        form = self._cycle.preparation.form
        found = {
            CONF_PROTOTYPE_FORM: None if form is None else str(form),
            CONF_CLOCK: self._cycle.clock.meter_clock.state or None,
        }
        data = {key: value for key, value in self._entry.data.items() if key not in found}
        data |= {key: value for key, value in found.items() if value is not None}
        self._hass.config_entries.async_update_entry(self._entry, data=data)

    # --- the journal ------------------------------------------------------------------------------

    @override
    async def before(self, command: Command, last: bytes) -> None:
        """Have on disk what is about to happen, and in the archive the record before."""
        if last and last != self._archived:
            await self._async_archive(last, self._source_before(command))
        before = self.charge
        # The meter has just said whether a cycle is running.
        self._compare(charging=command is not Command.BEGIN)
        if command is Command.BEGIN:
            self.charge = begun(Origin.HERE, Phase.BEGINNING)
        elif self.charge is not None and command in _END_COMMANDS:
            self.charge = replace(self.charge, phase=Phase.ENDING, last=digest_of_open(last))
        if self.charge != before:
            await self._store.async_save(self._content())

    @override
    async def after(self, command: Command, record: bytes) -> MadeRecord:
        """Have the record in the archive; what else has changed is saved when it has been reported."""
        source = Source.CLEARING if self._cycle.clearing else Source.COMMAND
        stored = await self._async_archive(record, source)
        if command in _END_COMMANDS:
            self._close(claim=stored is None)
        elif self.charge is not None:
            self.charge = replace(self.charge, phase=Phase.CHARGING)
        return MadeRecord(raw=record, stored=stored)

    def _source_before(self, command: Command) -> Source:
        """Say where the record before a command is from: before an end that clears, from its begin."""
        clears = self._cycle.clearing and command in _END_COMMANDS
        return Source.CLEARING if clears else Source.METER

    async def _async_archive(self, record: bytes, source: Source) -> StoredRecord | None:
        stored = await self._records.async_store(record, source)
        self._archived = record
        return stored

    # --- comparing --------------------------------------------------------------------------------

    @callback
    def _compare_with_meter(self) -> None:
        """Compare with what the meter said since the last step."""
        live = self._live
        if self._early is not None or self._steps:
            return
        if not live.last_update_success or live.asked_at < self._last_step:
            return
        status = live.data.status.measurement
        if not status.known or SignatureStatus.IN_PROGRESS in live.data.status.signature:
            # What a command has come to, the status says when its record is signed.
            return
        before = self.charge
        self._compare(charging=status.charging)
        self._compare_power(failed=status is MeasurementStatus.ACTIVE_AFTER_POWER_FAILURE)
        if self.charge != before:
            self._save_soon()
            self._sync.async_request()

    def _compare(self, *, charging: bool) -> None:
        """Find out what became of the charge; see the table above."""
        interrupted, self._interrupted = self._interrupted, False
        charge = self.charge
        if charge is None:
            if charging:
                self.charge = begun(Origin.ELSEWHERE, Phase.CHARGING)
                self._report(ChargeEvent.STARTED, _attributes(Origin.ELSEWHERE))
            return
        match charge.phase, charging:
            case Phase.BEGINNING, True:
                self.charge = replace(charge, phase=Phase.CHARGING)
                self._report(ChargeEvent.STARTED, _attributes(Origin.HERE))
            case Phase.BEGINNING, False:
                self._close(claim=False)
                if interrupted:
                    self._report_failed(ChargeEvent.STARTED, _INTERRUPTED)
            case Phase.CHARGING, False:
                self._close(claim=False)
                self._report(ChargeEvent.ENDED, _attributes(Origin.ELSEWHERE))
            case Phase.ENDING, True:
                self.charge = replace(charge, phase=Phase.CHARGING, last=None)
                if interrupted:
                    self._report_failed(ChargeEvent.ENDED, _INTERRUPTED)
            case Phase.ENDING, False:
                self._close(claim=True)
                self._report(ChargeEvent.ENDED, _attributes(Origin.HERE))

    def _compare_power(self, *, failed: bool) -> None:
        """Report once a power failure, and ask for an end to the charge for as long as it goes on."""
        if failed:
            async_power_failed(self._hass, self._entry)
        else:
            async_power_failure_over(self._hass, self._entry.entry_id)
        if self.charge is None or self.charge.power_failed == failed:
            return
        self.charge = replace(self.charge, power_failed=failed)
        if failed:
            self._report(ChargeEvent.POWER_FAILURE, {})

    async def _async_look_back(self) -> None:
        """Ask the records what happened while Home Assistant was away."""
        try:
            newest = await async_newest_session(self._records)
            if newest is not None and newest.begin is not None:
                self._correct_begin(newest, newest.begin)
        finally:
            self.looked_back = True
            self.past.async_tell(None)

    @callback
    def _correct_begin(self, newest: Session, begin: datetime) -> None:
        """Take over when the running charge began, which may be another one than that remembered."""
        self.last_begin = begin
        charge, drift = self.charge, self._housekeeping.data.clock_drift
        if charge is None or newest.outcome is not Outcome.OPEN or drift is None:
            return
        since = min(begin - timedelta(seconds=drift), dt_util.utcnow())
        if self._remembered and since > charge.since + APART:
            self._report(ChargeEvent.ENDED, _attributes(Origin.ELSEWHERE))
            self.charge = replace(charge, origin=Origin.ELSEWHERE, since=since)
            self._report(ChargeEvent.STARTED, _attributes(Origin.ELSEWHERE))
        elif not self._remembered and charge.origin is Origin.ELSEWHERE:
            self.charge = replace(charge, since=since)
        self._save_soon()

    def _close(self, *, claim: bool) -> None:
        """Remember the charge no longer; of an end commanded here, remember to have it archived so."""
        charge, self.charge = self.charge, None
        self._cycle.preparation.prototype = b""
        if claim and charge is not None and charge.last is not None:
            self._claims = [*self._claims, charge.last][-_CLAIMS_LIMIT:]
            self._archive_ends_soon()

    @callback
    def _archive_ends_soon(self, _: StoredRecord | None = None) -> None:
        if self._claims and (self._archiving is None or self._archiving.done()):
            self._archiving = self._hass.async_create_background_task(
                self._async_archive_ends(), f"{device_name(self._hass, self._entry)} ends"
            )

    async def _async_archive_ends(self) -> None:
        """Have the records of ends that were commanded here archived as ours.

        They may have come without an owner: out of the logbook, after their answer was lost.
        """
        for claim in self._claims:
            try:
                settled = await self._async_archive_end(claim)
            except HomeAssistantError:
                # The archive is away. It is tried again when there is news of it.
                return
            if settled:
                self._claims = [other for other in self._claims if other != claim]
                self._save_soon()

    async def _async_archive_end(self, claim: str) -> bool:
        records = self._records
        end = await records.async_run(partial(find_end, claim))
        if end is not None and end.source is Source.METER:
            end = await records.async_store(end.raw, Source.COMMAND)
        return end is not None

    # --- remembering and telling ------------------------------------------------------------------

    @callback
    def _save_soon(self) -> None:
        """Save what is found out again from the meter if it gets lost."""
        self._store.async_delay_save(self._content)

    @callback
    def _content(self) -> dict[str, Any]:
        charge = None if self.charge is None else asdict(self.charge)
        content = {
            "charge": charge,
            "claims": self._claims,
            ATTR_METER: self._cycle.identity.fingerprint,
        }
        if charge is not None and (prototype := self._cycle.preparation.prototype):
            content["prototype"] = prototype.decode()
        return content

    @callback
    def _report_failed(self, event: ChargeEvent, error: str | None) -> None:
        self._report(ChargeEvent.FAILED, {"step": _STEPS[event], "error": error})

    @callback
    def _report(self, event: ChargeEvent, attributes: dict[str, Any]) -> None:
        news = ChargeNews(event=event, attributes=attributes)
        if self._early is not None:
            self._early.append(news)
            return
        self.news.async_tell(news)


def _attributes(origin: Origin, record: StoredRecord | None = None) -> dict[str, Any]:
    """Return who gave a command, and which record came of it."""
    if record is None:
        return {"origin": origin.value}
    return {
        "origin": origin.value,
        "record_id": record.id,
        "verdict": record.verdict.value,
    }
