"""Setting the meter's clock (manual: date and time synchronisation)."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
import logging
from typing import Final

from .errors import ClockNotSynchronisedError, MeterError, RefusedError
from .meter import Meter
from .model import OFFSET_STEP, SignatureStatus, Status
from .record_text import begin_time
from .watch import Watch, now

_LOGGER = logging.getLogger(__name__)

# In s. A meter's relatives take no time for two seconds after their start.
_SETTLING_PAUSE: Final = 1.0


class ClockSetting:
    """Sets the clock of a meter and waits until that shows.

    Attributes:
        meter_clock: how the meter takes what it is set to.
    """

    def __init__(self, meter: Meter, watch: Watch) -> None:
        self._meter = meter
        self.meter_clock = meter.clock
        self._watch = watch

    async def synchronise(
        self, time_offset: int | None = None, *, idle: bool = True, patient: bool = False
    ) -> Status:
        """Set the clock to ours.

        Args:
            time_offset: minutes to UTC to be set with it; None leaves the meter's.
            idle: whether no charge is running; while one is, a refusal is nothing unusual.
            patient: whether to wait for a meter that has just started, and refuses it for a moment.

        Raises:
            RefusedError: the meter does not take the time.
            ClockNotSynchronisedError: the status does not say that it has the time.
        """
        clock = self.meter_clock
        known = clock.takes_local
        offset = None if time_offset is None or time_offset % OFFSET_STEP else time_offset
        if known:
            # What is set as local time is so by the offset that the meter has then.
            await self._set_offset(offset, idle=idle)
        await self._set_time(patient=patient)
        if not known:
            await self._set_offset(offset, idle=idle)
        if clock.is_ambiguous:
            with suppress(MeterError):
                await self._meter.read_housekeeping()
        if clock.takes_local and not known:
            # That has just been found out, by what became of the time.
            await self._set_time(patient=False)
        return await self._watch.until(
            lambda status: SignatureStatus.TIMESTAMP_SYNCHRONISED in status.signature,
            self._watch.timing.step,
            ClockNotSynchronisedError,
        )

    def check_signed(self, record: bytes, begun: float) -> None:
        """Compare the time in the record of a begin, before which the clock was set, with ours.

        Args:
            record: that the begin brought.
            begun: when the begin was asked for, Unix time in s.
        """
        if (found := begin_time(record)) is not None:
            self.meter_clock.note_signed(*found, begun, datetime.now(UTC).timestamp())

    async def _set_offset(self, minutes: int | None, *, idle: bool) -> None:
        if minutes is None:
            return
        try:
            await self._meter.write_time_offset(minutes)
        except RefusedError as err:
            _LOGGER.debug("Time offset %s: %s", minutes, err)
            if idle:
                self._meter.found.note("The meter does not take the time offset before a charge")

    async def _set_time(self, *, patient: bool) -> None:
        """Set the time; a meter that has just started, and has lost it, may refuse it for a moment."""
        deadline = now() + self._watch.timing.step
        while True:
            try:
                await self._meter.write_clock(datetime.now(UTC))
            except RefusedError:
                if not patient or now() >= deadline:
                    raise
                status = await self._meter.read_status()
                known = SignatureStatus.TIMESTAMP_SYNCHRONISED in status.signature
                if known or status.measurement.charging:
                    raise
                self._meter.found.note("The meter refuses its clock for a moment after its start")
                await asyncio.sleep(_SETTLING_PAUSE)
            else:
                return
