"""The meter's status, looked at until a step is done."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from .errors import ErrorsPersistError, MeterError, StepFailedError
from .meter import Meter
from .model import Command, SignatureStatus, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long to wait for the meter, in seconds. The manual gives no times."""

    poll: float = 0.2
    """Between two looks at the status: a fraction of the time a signature takes."""
    step: float = 10
    """For the clock, the prototype and the reset of errors, which take the meter a moment."""
    command: float = 30
    """For a command to show, and its record: long enough to outlast a short loss of the link."""
    signature: float = 600
    """For a meter that says it is signing. Nothing is decided before it has finished."""


class Watch:
    """Waits for the status of a meter.

    Attributes:
        timing: how long.
    """

    def __init__(self, meter: Meter, timing: Timing) -> None:
        self._meter = meter
        self.timing = timing

    async def reset_errors(self) -> Status:
        """Clear the error dwords.

        The error bit may stay: the flowchart does not ask for it.

        Raises:
            ErrorsPersistError: error bits stayed set.
        """
        await self._meter.send(Command.RESET_ERRORS)
        return await self.until(
            lambda status: not status.errors, self.timing.step, ErrorsPersistError
        )

    async def until(
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
            seconds: how long to wait for it after the meter has last said that it is signing.
            failure: raised when the meter complains, or when the time is over.
            known: complaints that stood before the step; None when complaints are no failure.

        Raises:
            MeterError: what kept the status from being read when the time was over.
        """
        deadline = now() + seconds
        latest = now() + self.timing.signature
        while True:
            error: MeterError | None = None
            named: frozenset[str] = frozenset()
            try:
                status = await self._meter.read_status()
            except MeterError as err:
                error = err
            else:
                named = complaints(status)
                if known is not None and (new := named - known):
                    # Modbus reads the dwords first: the name of an error may come a look later.
                    with suppress(MeterError):
                        new = complaints(await self._meter.read_status()) - known or new
                    raise failure("the meter reports errors", tuple(sorted(new)))
                if reached(status):
                    return status
                if not not_signing(status):
                    deadline = max(deadline, min(now() + seconds, latest))
            if now() >= deadline:
                standing = named - (known or frozenset())
                raise error or failure(
                    "the meter did not get there in time", tuple(sorted(standing))
                )
            await asyncio.sleep(self.timing.poll)


def now() -> float:
    """Seconds by the clock of the event loop."""
    return asyncio.get_running_loop().time()


def not_signing(status: Status) -> bool:
    """Whether no signature is under way."""
    return SignatureStatus.IN_PROGRESS not in status.signature


def complaints(status: Status) -> frozenset[str]:
    """Names of what the meter reports as wrong; its general error bit only where nothing is named."""
    names = set(status.errors.names)
    if SignatureStatus.SIGNATURE_ERROR in status.signature:
        names.add("SIGNATURE_ERROR")
    if SignatureStatus.ERROR in status.signature and not names:
        names.add("ERROR")
    return frozenset(names)
