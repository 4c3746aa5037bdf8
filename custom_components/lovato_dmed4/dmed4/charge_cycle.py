"""The charge cycle: the manual's flowchart, once, for every transport."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import logging
import time

from .errors import (
    CannotConnectError,
    ClockNotSynchronisedError,
    CommandFailedError,
    CycleActiveError,
    ErrorsPersistError,
    MeterError,
    NoCycleError,
    PrototypeRefusedError,
    RecordUnavailableError,
    RefusedError,
    SilentError,
    StepFailedError,
    UnexpectedAnswerError,
)
from .meter import Meter
from .model import Command, Identity, MeasurementStatus, SignatureStatus, Status
from .prototype import ChargeIdentity, build_prototype

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long to wait for the meter, in seconds. The manual gives no times."""

    poll: float = 0.2
    """Between two looks at the status: a fraction of the time a signature takes."""
    step: float = 10
    """For the clock, the prototype and the reset of errors, which take the meter a moment."""
    command: float = 30
    """For a command and its signature: long enough to outlast a short loss of the link."""


class Journal:
    """Is told of what creates records, while nothing else can happen to the meter; this one forgets.

    The step waits for it: what it does first is done before the command goes out, or before
    anything could overwrite the record.
    """

    async def before(self, command: Command, last: bytes) -> None:
        """Take down that a command is about to be given, and the last record; empty for none."""

    async def after(self, command: Command, record: bytes) -> None:
        """Take down the record that the command brought."""


class ChargeCycle:
    """Takes the steps of a charge cycle, one at a time.

    Begin and end are not idempotent: a command is given once, and whether it was carried out is
    read from the status, also when the answer to it was lost. Besides what each step raises, all of
    them raise RefusedError when the meter refuses a request, and the errors of a lost link.

    Attributes:
        journal: is told of each command and each record, also of those that nobody is given.
    """

    def __init__(self, meter: Meter, identity: Identity, timing: Timing | None = None) -> None:
        self._meter = meter
        self._identity = identity
        self._timing = timing or Timing()
        self.journal = Journal()
        self._lock = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Whether a step is under way."""
        return self._lock.locked()

    async def begin(self, charge: ChargeIdentity) -> bytes:
        """Start a charge and return its first signed record.

        Raises:
            InputError: what the user gave can't be written; nothing was sent to the meter.
            CycleActiveError: a charge is running.
            ErrorsPersistError: the meter has errors that a reset does not clear.
            ClockNotSynchronisedError: the meter did not take the time.
            PrototypeRefusedError: the meter did not accept the identification.
            CommandFailedError: the meter did not start or did not sign.
            RecordUnavailableError: the charge runs, but its record could not be fetched.
        """
        prototype = build_prototype(charge, self._identity, transaction=int(time.time()))
        async with self._lock:
            status = await self._meter.read_status()
            if status.measurement.charging:
                raise CycleActiveError("a charge cycle is running")
            if _in_error(status):
                await self._reset_errors()
            if status.measurement is MeasurementStatus.IDLE:
                await self._discard_prepared_cycle()
            await self._synchronise_clock()
            await self._prepare(prototype)
            return await self._command(Command.BEGIN, MeasurementStatus.ACTIVE)

    async def read(self) -> bytes:
        """Let the meter sign an intermediate record and return it.

        Raises:
            NoCycleError: no charge is running.
            CommandFailedError: the meter did not sign.
            RecordUnavailableError: the record could not be fetched.
        """
        async with self._lock:
            status = await self._require_charging()
            return await self._command(Command.READ, status.measurement)

    async def end(self, *, combined: bool = False) -> bytes:
        """End the charge and return its signed record.

        Args:
            combined: give the command ``r``, whose record holds begin and end, instead of ``E``.

        Raises:
            NoCycleError: no charge is running.
            CommandFailedError: the meter did not end the charge or did not sign.
            RecordUnavailableError: the charge ended, but its record could not be fetched.
        """
        async with self._lock:
            await self._require_charging()
            command = Command.BEGIN_AND_END if combined else Command.END
            return await self._command(command, MeasurementStatus.NOT_INITIALIZED)

    async def reset_errors(self) -> None:
        """Clear the error dwords.

        Raises:
            ErrorsPersistError: error bits stayed set.
        """
        async with self._lock:
            await self._reset_errors()

    async def synchronise_clock(self) -> None:
        """Set the meter's clock to ours.

        Raises:
            CycleActiveError: a charge is running, during which the clock is locked.
            ClockNotSynchronisedError: the meter did not take the time.
        """
        await self.while_idle(self._synchronise_clock)

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
        """Fetch the last signed record; empty when there is none."""
        async with self._lock:
            return await self._meter.read_last_record()

    async def finish(self) -> None:
        """Wait until no step is under way, so that the link can be let go of."""
        async with self._lock:
            pass

    # --- steps, taken while the lock is held --------------------------------------------------

    async def _require_charging(self) -> Status:
        status = await self._meter.read_status()
        if not status.measurement.charging:
            raise NoCycleError("no charge cycle is running")
        return status

    async def _reset_errors(self) -> None:
        await self._meter.send(Command.RESET_ERRORS)
        await self._wait(
            lambda status: not _in_error(status), self._timing.step, ErrorsPersistError
        )

    async def _discard_prepared_cycle(self) -> None:
        """Bring a prepared cycle back to the start as the flowchart says: begin, then end."""
        _LOGGER.info("A cycle was prepared already; discarding it by begin and end")
        await self._command(Command.BEGIN, MeasurementStatus.ACTIVE)
        await self._command(Command.END, MeasurementStatus.NOT_INITIALIZED)

    async def _synchronise_clock(self) -> None:
        await self._meter.write_clock(datetime.now(UTC))
        await self._wait(
            lambda status: SignatureStatus.TIMESTAMP_SYNCHRONISED in status.signature,
            self._timing.step,
            ClockNotSynchronisedError,
        )

    async def _prepare(self, prototype: bytes) -> None:
        """Hand over the prototype; a refused one leaves the meter as it was, without its errors."""
        # The record of a cycle that another client has ended may still be being signed.
        before = await self._wait(_not_signing, self._timing.command, CommandFailedError)
        await self._meter.write_prototype(prototype)
        try:
            await self._wait(
                lambda status: (
                    status.measurement is MeasurementStatus.IDLE
                    and SignatureStatus.CORRECT_JSON_RECEIVED in status.signature
                ),
                self._timing.step,
                PrototypeRefusedError,
                known=_complaints(before),
            )
        except PrototypeRefusedError:
            with suppress(MeterError):
                await self._reset_errors()
            raise

    async def _command(self, command: Command, reached: MeasurementStatus) -> bytes:
        """Give a command once, wait until it is carried out and signed, fetch its record.

        The status can't tell a record that is not yet being signed from one that is signed
        already, so the record before is fetched first: the new one is the one that differs.
        """
        before = await self._wait(_not_signing, self._timing.command, CommandFailedError)
        try:
            previous = await self._meter.read_last_record()
        except RefusedError:
            previous = b""  # as good as none: a meter may refuse what it does not have yet
        await self.journal.before(command, previous)
        try:
            await self._meter.send(command)
        except (SilentError, CannotConnectError, UnexpectedAnswerError) as err:
            # It may have been carried out all the same: only the status can tell.
            _LOGGER.debug("No usable answer to command %s: %s", command, err)
        known = _complaints(before)
        await self._wait(
            lambda status: status.measurement == reached and _not_signing(status),
            self._timing.command,
            CommandFailedError,
            known=known,
        )
        record = await self._new_record(previous, known)
        await self.journal.after(command, record)
        return record

    async def _new_record(self, previous: bytes, known: frozenset[str]) -> bytes:
        """Fetch the last record until it is another than the one before."""
        deadline = _now() + self._timing.command
        while True:
            error: MeterError | None = None
            try:
                record = await self._meter.read_last_record()
            except MeterError as err:
                error = err
            else:
                if record and record != previous:
                    return record
            if _now() >= deadline:
                raise RecordUnavailableError("the new record could not be fetched") from error
            await asyncio.sleep(self._timing.poll)
            await self._wait(_not_signing, self._timing.command, CommandFailedError, known=known)

    async def _wait(
        self,
        reached: Callable[[Status], bool],
        seconds: float,
        failure: type[StepFailedError],
        *,
        known: frozenset[str] | None = None,
    ) -> Status:
        """Read the status until a step is done, through a short loss of the link.

        Args:
            reached: whether the step is done.
            seconds: how long to wait for it.
            failure: raised when the meter complains, or when the time is over.
            known: complaints that stood before the step; None when complaints are no failure.

        Raises:
            MeterError: what kept the status from being read when the time was over.
        """
        deadline = _now() + seconds
        while True:
            error: MeterError | None = None
            complaints: frozenset[str] = frozenset()
            try:
                status = await self._meter.read_status()
            except MeterError as err:
                error = err
            else:
                complaints = _complaints(status)
                if known is not None and (new := complaints - known):
                    # Modbus reads the dwords first: the name of an error may come a look later.
                    with suppress(MeterError):
                        new = _complaints(await self._meter.read_status()) - known or new
                    raise failure("the meter reports errors", tuple(sorted(new)))
                if reached(status):
                    return status
            if _now() >= deadline:
                raise error or failure(
                    "the meter did not get there in time", tuple(sorted(complaints))
                )
            await asyncio.sleep(self._timing.poll)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _not_signing(status: Status) -> bool:
    return SignatureStatus.IN_PROGRESS not in status.signature


def _in_error(status: Status) -> bool:
    return bool(status.errors) or SignatureStatus.ERROR in status.signature


def _complaints(status: Status) -> frozenset[str]:
    """Names of what the meter reports as wrong; its general error bit only where nothing is named."""
    names = set(status.errors.names)
    if SignatureStatus.SIGNATURE_ERROR in status.signature:
        names.add("SIGNATURE_ERROR")
    if SignatureStatus.ERROR in status.signature and not names:
        names.add("ERROR")
    return frozenset(names)
