"""The charge cycle: the manual's flowchart, once, for every transport."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import logging
import time
from typing import cast

from .clock_setting import ClockSetting
from .errors import (
    CannotConnectError,
    ClockNotSynchronisedError,
    CommandFailedError,
    CycleActiveError,
    EntryNotFoundError,
    FatalErrorsError,
    MeterError,
    NoCycleError,
    NotCommissionedError,
    RecordUnavailableError,
    RefusedError,
    SilentError,
    StepFailedError,
    UnexpectedAnswerError,
)
from .meter import Meter
from .model import Command, Identity, MeasurementStatus, SignatureStatus, Status
from .preparation import Preparation
from .prototype import ChargeIdentity, PrototypeForm, build_prototype
from .record_habits import of_record
from .watch import Timing, Watch, complaints, not_signing, now

_LOGGER = logging.getLogger(__name__)

# A garbled answer is not garbled twice; what a new meter shows instead of a record, it always shows.
_RECORD_ATTEMPTS = 2

# With 3 % of all messages lost, one command of 30,000 gets lost each time.
_COMMAND_ATTEMPTS = 3

# Refusals after which a command may still be carried out: Modbus exceptions 5 (acknowledged, to be
# carried out later) and 6 (busy), and the HTTP statuses of a server in trouble.
_UNDECIDED = (5, 6, 500, 502, 503, 504)


class Journal[MadeT = bytes]:
    """Receives what creates records, while nothing else can happen to the meter; this one forgets.

    The step waits for it: what it does first is done before the command goes out, or before
    anything could overwrite the record.
    """

    async def before(self, command: Command, last: bytes) -> None:
        """Take down that a command is about to be given, and the last record; empty for none."""

    async def after(self, command: Command, record: bytes) -> MadeT:
        """Take down the record that the command brought; the step returns what this returns."""
        return cast("MadeT", record)


class ChargeCycle[MadeT = bytes]:
    """Takes the steps of a charge cycle, one at a time.

    Begin and end are not idempotent: whether a command was carried out is read from the status, also
    when the answer to it was lost. It is given again only where no answer came and the meter is as
    it was before, after the time in which the command would have shown. Besides what each step
    raises, all of them raise RefusedError when the meter refuses a request, and the errors of a
    lost link.

    Attributes:
        identity: of the meter.
        journal: receives each command and each record, also of those that are not returned.
        preparation: the form of prototypes that the meter takes, and the last one.
        watch: waits for the status, and how long.
        clearing: whether the commands and records of the moment only clear a prepared cycle, and
            are of no charge.
    """

    def __init__(self, meter: Meter, identity: Identity, timing: Timing | None = None) -> None:
        self._meter = meter
        self.identity = identity
        self.watch = Watch(meter, timing or Timing())
        self.preparation = Preparation(meter, identity, self.watch)
        self.clock = ClockSetting(meter, self.watch)
        self.journal = Journal[MadeT]()
        self.clearing = False
        self._last = b""
        self._lock = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Whether a step is under way."""
        return self._lock.locked()

    async def begin(self, charge: ChargeIdentity, *, time_offset: int | None = None) -> MadeT:
        """Start a charge and return its first signed record.

        Args:
            charge: who charges, where and at which tariff.
            time_offset: minutes to UTC to be set with the clock; None leaves the meter's.

        Raises:
            InputError: what the user gave can't be written; nothing was sent to the meter.
            CycleActiveError: a charge is running.
            NotCommissionedError: the meter has no key yet; nothing was sent that changes it.
            ErrorsPersistError: the meter has errors that a reset does not clear.
            FatalErrorsError: it refuses, and reports fatal errors.
            ClockNotSynchronisedError: the meter did not take the time.
            PrototypeRefusedError: the meter did not accept the identification.
            CommandFailedError: the meter did not start or did not sign.
            RecordUnavailableError: the charge runs, but its record could not be fetched.
            IdentityNotSignedError: the charge runs, but its record lacks the identification.
        """
        transaction = int(time.time())

        def build(form: PrototypeForm) -> bytes:
            return build_prototype(charge, self.identity, transaction=transaction, form=form)

        build(self.preparation.choose_form())
        async with self._lock:
            try:
                return await self._begin(build, time_offset)
            except (RefusedError, StepFailedError) as err:
                if (explained := await self._explained(err)) is err:
                    raise
                raise explained from err

    async def _begin(
        self, build: Callable[[PrototypeForm], bytes], time_offset: int | None
    ) -> MadeT:
        status = await self._meter.read_status()
        if status.measurement.charging:
            raise CycleActiveError("a charge cycle is running")
        await self._require_commissioned(status)
        if SignatureStatus.ERROR in status.signature and not status.errors:
            self._meter.found.note("The meter sets its error bit without an error: passed over")
        if status.errors:
            await self.watch.reset_errors()
        if status.measurement is MeasurementStatus.IDLE:
            await self._discard_prepared_cycle()
        status = await self.clock.synchronise(time_offset, patient=True)
        # What can fail without harm comes before the prototype: once the meter has taken that,
        # only a begin and an end bring it back to where it was.
        return await self._begin_with(build, status)

    async def _explained(self, err: MeterError) -> MeterError:
        """Get the fatal errors for which a meter, as far as it reports them, starts no charge."""
        with suppress(MeterError):
            if errors := (await self._meter.read_system()).fatal_errors:
                return FatalErrorsError(errors)
        return err

    async def read(self) -> MadeT:
        """Let the meter sign an intermediate record and return it.

        Raises:
            NoCycleError: no charge is running.
            CommandFailedError: the meter did not sign.
            RecordUnavailableError: the record could not be fetched.
        """
        async with self._lock:
            status = await self._require_charging()
            try:
                return await self._command(Command.READ, status)
            except (RefusedError, CommandFailedError) as err:
                await self._renew(err, None)
                return await self._command(Command.READ)

    async def end(self, *, combined: bool = False, time_offset: int | None = None) -> MadeT:
        """End the charge and return its signed record.

        A command that the meter did not carry out, which it says, is followed by another one, after
        what may have been missing: clock and prototype are lost where the power failed.

        Args:
            combined: give the command ``r``, whose record holds begin and end, instead of ``E``.
            time_offset: minutes to UTC to be set with the clock, where that is lost.

        Raises:
            NoCycleError: no charge is running.
            CommandFailedError: the meter did not end the charge or did not sign.
            RecordUnavailableError: the charge ended, but its record could not be fetched.
        """
        async with self._lock:
            status = await self._require_charging()
            command = Command.BEGIN_AND_END if combined else Command.END
            try:
                record = await self._command(command, status)
            except (RefusedError, CommandFailedError) as err:
                record = await self._end_otherwise(err, time_offset, combined=combined)
            self.preparation.prototype = b""
            return record

    async def reset_errors(self) -> None:
        """Clear the error dwords.

        Raises:
            ErrorsPersistError: error bits stayed set.
        """
        async with self._lock:
            await self.watch.reset_errors()

    async def synchronise_clock(self) -> None:
        """Set the meter's clock to ours.

        Raises:
            CycleActiveError: a charge is running, during which the clock is locked.
            ClockNotSynchronisedError: the meter did not take the time.
        """

        async def step() -> None:
            await self.clock.synchronise()

        await self.while_idle(step)

    async def while_idle[T](self, step: Callable[[], Awaitable[T]]) -> T:
        """Do what is possible only while no charge is running, and let none begin meanwhile.

        Raises:
            CycleActiveError: a charge is running; nothing was done.
        """
        async with self._lock:
            if (await self._meter.read_status()).measurement.charging:
                raise CycleActiveError("not possible while a charge cycle is running")
            return await step()

    async def last_record(self) -> bytes:
        """Fetch the last signed record; empty when there is none.

        A meter may lose it with its power, while the logbook has it. What it shows then, the manual
        does not say.
        """
        async with self._lock:
            with suppress(RefusedError, UnexpectedAnswerError):
                if record := await self._meter.read_last_record():
                    return record
            with suppress(EntryNotFoundError):
                record = await self._meter.logbook.read_record(0)
                self._meter.found.note(
                    "The meter no longer shows its last record, which is taken from its logbook"
                )
                return record
            return b""

    async def finish(self) -> None:
        """Wait until no step is under way, so that the link can be let go of."""
        async with self._lock:
            pass

    # --- steps, taken while the lock is held --------------------------------------------------

    async def _begin_with(self, build: Callable[[PrototypeForm], bytes], status: Status) -> MadeT:
        """Prepare and begin a cycle, and check that its record carries the identification."""
        self.preparation.prototype = build(self.preparation.choose_form())
        status, previous = await self._make_ready(Command.BEGIN, status)
        try:
            status = await self.preparation.prepare(build, status)
            begun = time.time()
            made = await self._carry_out(Command.BEGIN, previous, status)
        except MeterError:
            await self.preparation.take_back()
            raise
        self.clock.check_signed(self._last, begun)
        self.preparation.check_signed(self._last)
        return made

    async def _require_charging(self) -> Status:
        status = await self._meter.read_status()
        if not status.measurement.charging:
            raise NoCycleError("no charge cycle is running")
        return status

    async def _require_commissioned(self, status: Status) -> None:
        """Refuse to start while there is no key.

        The bit alone may also mean that nothing has been signed yet, and a key that was missing at
        set-up may be there now.
        """
        if SignatureStatus.NOT_INITIALIZED not in status.signature:
            return
        if self.identity.public_key is None and (await self._meter.identify()).public_key is None:
            raise NotCommissionedError("the meter has no key yet")
        self._meter.found.note(
            "The meter has a key, and calls its signature not initialised before the first one"
        )

    async def _discard_prepared_cycle(self) -> None:
        """Bring a prepared cycle back to the start as the flowchart says: begin, then end.

        Whose identification it carries is not known: the records should carry none.
        """
        _LOGGER.info("A cycle was prepared already; discarding it by begin and end")
        self.clearing = True
        try:
            await self.preparation.take_back()
            try:
                await self._command(Command.BEGIN)
            except CommandFailedError, RecordUnavailableError:
                if not (await self._meter.read_status()).measurement.charging:
                    raise
                # A charge of nobody's must not go on; its record is fetched before the end.
            await self._command(Command.END)
        finally:
            self.clearing = False

    # --- commands ---------------------------------------------------------------------------------

    async def _renew(
        self, err: MeterError, time_offset: int | None, *, instead: bool = False
    ) -> None:
        """Give the meter what it may lack for a command that it has not carried out.

        Args:
            err: why the command failed; raised again where the status does not say that it had no
                effect, or where nothing can be done about it.
            time_offset: as for `end`.
            instead: whether another command is going to be given, so that it need not lack anything.
        """
        status = await self._meter.read_status()
        errors = err.errors if isinstance(err, CommandFailedError) else ()
        void = status.measurement.charging and not_signing(status)
        if not void or any(not name.startswith("JSON_") for name in errors):
            raise err
        after_failure = status.measurement is MeasurementStatus.ACTIVE_AFTER_POWER_FAILURE
        if isinstance(err, CommandFailedError) and not errors and not after_failure:
            if instead:
                self._meter.found.note(
                    "The meter goes on charging after 'begin and end', and is given 'end' then"
                )
                return
            raise err
        _LOGGER.debug("The command had no effect: %s", err)
        self._meter.found.note(
            "The meter has not carried out a command, and is given clock and prototype again then"
        )
        try:
            if status.errors:
                status = await self.watch.reset_errors()
            if SignatureStatus.TIMESTAMP_SYNCHRONISED not in status.signature:
                # Where the clock is locked while charging, it is not what the meter lacks.
                with suppress(RefusedError, ClockNotSynchronisedError):
                    status = await self.clock.synchronise(time_offset, idle=False)
            await self.preparation.hand_over_again(status)
        except StepFailedError as failure:
            with suppress(MeterError):
                await self.watch.reset_errors()
            raise err from failure

    async def _end_otherwise(
        self, err: MeterError, time_offset: int | None, *, combined: bool
    ) -> MadeT:
        """End a charge that the first command has not ended, where the status says so.

        'Begin and end' is given instead of an 'end' that is refused, and never twice: where it does
        not end the charge, it makes a record.
        """
        try:
            await self._renew(err, time_offset, instead=combined)
            return await self._command(Command.END)
        except RefusedError:
            status = await self._meter.read_status()
            if combined or not status.measurement.charging or not not_signing(status):
                raise
        record = await self._command(Command.BEGIN_AND_END)
        self._meter.found.note("The meter takes 'begin and end' where it refuses 'end'")
        return record

    async def _command(self, command: Command, status: Status | None = None) -> MadeT:
        """Give a command once, and fetch its record; the status is the last known, if it is fresh."""
        ready, previous = await self._make_ready(command, status)
        return await self._carry_out(command, previous, ready)

    async def _make_ready(self, command: Command, status: Status | None) -> tuple[Status, bytes]:
        """Wait for a signature under way, and have the record before in safety.

        The status can't distinguish a record that is not yet being signed from one that is signed
        already, so the record before has to be known: the new one is the one that differs.
        """
        if status is None or not not_signing(status):
            status = await self.watch.until(
                not_signing, self.watch.timing.command, CommandFailedError
            )
        previous = await self._previous_record()
        await self.journal.before(command, previous)
        return status, previous

    async def _previous_record(self) -> bytes:
        for _ in range(_RECORD_ATTEMPTS):
            try:
                self._last = await self._meter.read_last_record(self._last)
            except (RefusedError, UnexpectedAnswerError) as err:
                # What a new meter shows before its first record, the manual does not say.
                _LOGGER.debug("The record before can not be read: %s", err)
                self._meter.found.note("The meter has no record before this one that can be read")
                await asyncio.sleep(self.watch.timing.poll)
            else:
                break
        return self._last

    async def _carry_out(self, command: Command, previous: bytes, before: Status) -> MadeT:
        """Give a command, wait until it is carried out and signed, fetch its record."""
        left = _COMMAND_ATTEMPTS
        while True:
            left -= 1
            answered = await self._give(command)
            try:
                self._last = await self._await_record(command, previous, complaints(before))
            except (CommandFailedError, RecordUnavailableError) as err:
                if answered or not left or not await self._untouched(before, previous):
                    if command is Command.READ and not answered:
                        # Nothing but the record that is missing could show that it was taken.
                        raise CommandFailedError("there is no new record in time") from err
                    raise
                _LOGGER.info("The meter did not receive command %s: giving it again", command)
            else:
                self._note_habits(command, previous)
                return await self.journal.after(command, self._last)

    def _note_habits(self, command: Command, previous: bytes) -> None:
        prototype = self.preparation.prototype
        if prototype and not self.clearing:
            self._meter.found.note(
                *of_record(command, self._last, before=previous, prototype=prototype)
            )

    async def _give(self, command: Command) -> bool:
        """Give a command; return whether an answer came that says that it was taken."""
        try:
            await self._meter.send(command)
        except (SilentError, CannotConnectError, UnexpectedAnswerError) as err:
            # It may have been carried out all the same: only the status can show it.
            _LOGGER.debug("No usable answer to command %s: %s", command, err)
        except RefusedError as err:
            if err.code not in _UNDECIDED:
                raise
            _LOGGER.debug("No decision about command %s yet: %s", command, err)
        else:
            return True
        return False

    async def _untouched(self, before: Status, previous: bytes) -> bool:
        """Whether a command that was not answered has certainly not been taken."""
        with suppress(MeterError):
            return (
                await self._meter.read_status() == before
                and await self._previous_record() == previous
            )
        return False

    async def _await_record(
        self, command: Command, previous: bytes, known: frozenset[str]
    ) -> bytes:
        """Wait until a command is carried out and signed, and fetch its record."""
        # A signature takes a moment: nothing is to be seen before.
        await asyncio.sleep(self.watch.timing.poll)
        status = await self.watch.until(
            lambda status: (
                not_signing(status) and (_is_done(command, status) or _is_void(command, status))
            ),
            self.watch.timing.command,
            CommandFailedError,
            known=known,
        )
        if not _is_done(command, status):
            raise CommandFailedError("the meter can no longer carry out the command")
        return await self._new_record(previous, known)

    async def _new_record(self, previous: bytes, known: frozenset[str]) -> bytes:
        """Fetch the last record until it is another than the one before."""
        deadline = now() + self.watch.timing.command
        while True:
            error: MeterError | None = None
            try:
                record = await self._meter.read_last_record(previous)
            except MeterError as err:
                error = err
            else:
                if record and record != previous:
                    return record
            if now() >= deadline:
                raise RecordUnavailableError("the new record could not be fetched") from error
            await asyncio.sleep(self.watch.timing.poll)
            await self.watch.until(
                not_signing, self.watch.timing.command, CommandFailedError, known=known
            )


def _is_done(command: Command, status: Status) -> bool:
    """Whether the measurement status is what a command brings it to, also if the power failed since."""
    if command in (Command.BEGIN, Command.READ):
        return status.measurement.charging
    return status.measurement.known and not status.measurement.charging  # 0, or 1 on a relative


def _is_void(command: Command, status: Status) -> bool:
    """Whether a command can no longer be carried out: what it is for is gone, as with the power."""
    if command is Command.READ:
        return status.measurement.known and not status.measurement.charging
    return command is Command.BEGIN and status.measurement is MeasurementStatus.NOT_INITIALIZED
