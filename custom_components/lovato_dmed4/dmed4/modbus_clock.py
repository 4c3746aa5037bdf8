"""The clock over Modbus (manual: 0x4080, and 0x0208 with 0x020A)."""

from collections.abc import Callable
from datetime import datetime
import time
from typing import Protocol

from . import registers
from .errors import RefusedError
from .found import Found
from .meter_clock import MeterClock
from .model import CLOCK_TOLERANCE, Settings, drift_seconds


class ClockSource(Protocol):
    """What the clock needs of a meter behind a Modbus link."""

    @property
    def found(self) -> Found:
        """What has been found out about the meter."""

    async def read_words(self, register: int, count: int) -> list[int]:
        """Read so many registers."""

    async def write_many(
        self, register: int, values: list[int], is_taken: Callable[[list[int]], bool]
    ) -> None:
        """Write registers."""

    async def read_settings(self) -> Settings:
        """Read the time offset, among others."""


class ModbusClock(MeterClock):
    """The clock of a meter behind a Modbus link.

    It is set at 0x4080, which shows it as it was set, and shown as the time of the last sample.
    """

    def __init__(self, meter: ClockSource) -> None:
        super().__init__(meter.found)
        self._meter = meter
        # Whether the sample was ahead while the clock was right.
        self._apart = False

    async def write(self, moment: datetime) -> None:
        """Set the clock."""
        if self.takes_local and self.offset is None:
            self.offset = (await self._meter.read_settings()).time_offset
        seconds = round(moment.timestamp()) + self.lead
        started = time.monotonic()

        def is_taken(words: list[int]) -> bool:
            passed = time.monotonic() - started
            return abs(_number(words) - seconds - passed) <= CLOCK_TOLERANCE

        await self._meter.write_many(registers.CLOCK, [seconds >> 16, seconds & 0xFFFF], is_taken)
        self.note_set()

    async def drift(self, sampled_at: int | None, now: float, offset: int | None) -> int | None:
        """How far the clock is ahead, in s; None where it can't be read.

        A sample that is ahead by just the time offset is in local time where the clock itself is right.

        Args:
            sampled_at: the time of the last sample, Unix time in s; None where the meter has none.
            now: when that was asked for, Unix time in s.
            offset: minutes to UTC.
        """
        if sampled_at is None:
            self._meter.found.note(
                "The meter does not give the time of its last sample: its clock is read (0x4080)"
            )
            self.offset = offset
            return await self._own_drift()
        local = 60 * (offset or 0)
        ahead_by_offset = local and abs(drift_seconds(sampled_at, now) - local) <= CLOCK_TOLERANCE
        if ahead_by_offset and self._apart is self.shows_local:
            self.offset = offset
            own = await self._own_drift()
            self._apart = own is not None and abs(own) <= CLOCK_TOLERANCE
            if self._apart:
                self._adopt(shows=True, takes=self.takes_local)
            else:
                self.shows_local = False
        return self.look(sampled_at, offset, now)

    async def _own_drift(self) -> int | None:
        try:
            words = await self._meter.read_words(registers.CLOCK, 2)
        except RefusedError:
            return None
        return drift_seconds(_number(words), time.time()) - self.lead


def _number(words: list[int]) -> int:
    return words[0] << 16 | words[1]
