"""The examination over Modbus: the steps, the cheapest first."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from ..dmed4 import registers
from ..dmed4.errors import MeterError, RefusedError, SilentError, UnexpectedAnswerError
from ..dmed4.lines import Framing, Line, TcpLine
from ..dmed4.meter import Meter
from ..dmed4.modbus import ModbusMeter
from ..dmed4.probe import ask_model
from ..dmed4.record_text import cut, is_whole
from ..dmed4.registers import RANGES
from .seen import ModbusSeen, Moment, SavedRecord
from .trace import Trace
from .words import Said, said

PROBE_SECONDS: Final = 2.0
_UNITS: Final = (0, 1, 255)

RECORDS: Final = 6
"""Saved records that are looked at: two sessions, or three."""
_EVENTS: Final = 2

# 0x0208 is refreshed every 100 ms, or with the other measures once a second.
SETTLED: Final = 1.5
_POLL: Final = 0.05
_PATIENCE: Final = 3.0
_STEADY: Final = 1.0
_OTHER_OFFSET: Final = 60
_RESTORED: Final = 3
_HOURS_TOTAL: Final = 0x0030
CLOCK_WRITES: Final = 2

_DER_WORDS: Final = 72
_MOST_PADDING: Final = 4  # bytes after the length of a text that are looked at, too

type Guard = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
"""Carries out what may be done only while no charge is running."""


class ExaminedModbusMeter(ModbusMeter):
    """A meter behind a Modbus link that is listened to."""

    @property
    def line(self) -> Line:
        """What the link runs over."""
        return self._link.line

    @property
    def unit_id(self) -> int:
        """Its node number."""
        return self._unit_id

    @property
    def is_lent(self) -> bool:
        """Whether the connection is another program's, which shows no bytes."""
        return self._lent is not None

    def listen(self, trace: Trace) -> None:
        """Take note of all bytes of this meter's requests and answers."""
        self._unit.listen(trace)

    @property
    def shortened(self) -> bool:
        """Whether an answer has come that lacked a byte."""
        return self._unit.shortened

    async def counts_from_0(self) -> bool | None:
        """Find out how the registers of charge cycle management are counted; None without a key."""
        with suppress(RefusedError):
            _, spki = await self._find_keys()
            return None if spki is None else bool(self._shift)
        return None

    async def report_server_id(self) -> bytes:
        """Ask who it is (function 0x11)."""
        return await self._report_server_id()


class ModbusSteps:
    """The steps of an examination over Modbus.

    Args:
        meter: that is examined.
        trace: what takes note of the bytes.
        beside: the same meter as another part of the program uses it, which has to take turns where
            several requests belong together.
    """

    def __init__(
        self, meter: ExaminedModbusMeter, trace: Trace, beside: Meter | None = None
    ) -> None:
        self._meter = meter
        self._trace = trace
        own = beside if isinstance(beside, ModbusMeter) else meter
        self._logbook_turn = own.logbook.turn
        self._parameters_turn = own.parameters.turn
        self.seen = ModbusSeen(hour_unit=own.hours.unit)
        self.warnings: list[Said] = []

    # --- only reading ----------------------------------------------------------------------------

    async def knock(self) -> None:
        """Ask who answers to which node number, over connections of their own."""
        line = self._meter.line
        if not isinstance(line, TcpLine) or line.framing is not Framing.TCP:
            return
        for unit in dict.fromkeys((self._meter.unit_id, *_UNITS)):
            with self._trace.going_to(f"unit {unit}"):
                answer = await ask_model(
                    line.host, line.port, unit, seconds=PROBE_SECONDS, tap=self._trace
                )
            self.seen.answered_as[unit] = None if answer is None else answer.unit

    async def identify(self) -> None:
        """Ask for the model."""
        await self._meter.report_server_id()
        self.seen.counted_from_0 = await self._meter.counts_from_0()

    async def read_registers(self) -> None:
        """Read all documented registers that hold no texts, and the clock."""
        for first, last in RANGES:
            await self._read(first, last - first + 1)
        await self._read(registers.CLOCK, 2)
        await self._read(registers.SIGNATURE_RAW, 32)
        await self._read(registers.SIGNATURE_DER, _DER_WORDS)
        self.seen.moments.append(await self._moment())
        await self._look_at_hours()

    async def _look_at_hours(self) -> None:
        with suppress(RefusedError):
            words = await self._meter.read_words(_HOURS_TOTAL, 4)
            count = int.from_bytes(b"".join(word.to_bytes(2) for word in words))
            self.seen.hours.append((asyncio.get_running_loop().time(), count))

    async def _read(self, first: int, count: int) -> None:
        """Read a block; one that the meter refuses in halves, to find what of it is there."""
        try:
            words = await self._meter.read_words(first, count)
        except RefusedError as err:
            if count == 1:
                self.seen.refused[first] = err.code
                return
            half = count // 2
            await self._read(first, half)
            await self._read(first + half, count - half)
        except SilentError, UnexpectedAnswerError:
            # A meter that is silent about one thing may answer the next.
            self.seen.refused[first] = None
            if not self.seen.words:
                raise
        else:
            for place, word in enumerate(words):
                self.seen.words.setdefault(first + place, word)

    async def read_output(self) -> None:
        """Read the last record, with a little of what stands behind it."""
        length = self.seen.words.get(registers.SIGNATURE_STATUS + 1, 0)
        try:
            self.seen.window = await self._text(registers.OUTPUT_MESSAGE, length)
        except RefusedError:
            self.seen.window_refused = True

    async def _text(self, register: int, length: int) -> bytes:
        size = min(registers.TEXT_BYTES, (length + 1) // 2 * 2 + _MOST_PADDING)
        text = await self._meter.read_text(register, size)
        if not length or size == registers.TEXT_BYTES or is_whole(cut(text.partition(b"\0")[0])):
            return text
        return text + await self._meter.read_text(register + size // 2, registers.TEXT_BYTES - size)

    async def _moment(self) -> Moment:
        async def read(register: int, count: int) -> int | None:
            try:
                words = await self._meter.read_words(register, count)
            except RefusedError:
                return None
            return int.from_bytes(b"".join(word.to_bytes(2) for word in words))

        sample, clock = await read(0x0208, 2), await read(registers.CLOCK, 2)
        offset, events = await read(registers.TIME_OFFSET, 1), await read(0x020E, 1)
        signed = None if offset is None else (offset ^ 0x8000) - 0x8000
        return Moment(sample=sample, clock=clock, offset=signed, events=events)

    # --- with consent to write -------------------------------------------------------------------

    async def read_logbooks(self) -> None:
        """Select records and events by their index, from the last one on."""
        async with self._logbook_turn:
            for index in range(RECORDS):
                with suppress(UnexpectedAnswerError):
                    self.seen.saved[index] = await self._saved(index)
                if index > 1 and self.seen.saved.get(index) is None:
                    break
            for index in range(_EVENTS):
                with suppress(RefusedError, UnexpectedAnswerError):
                    self.seen.events[index] = await self._event(index)

    async def _saved(self, index: int) -> SavedRecord | None:
        try:
            await self._meter.write(registers.RECORD_LOGBOOK, registers.RECORD_LOGBOOK_NUMBER)
            await self._meter.write(registers.RECORD_INDEX, index)
        except RefusedError:
            return None

        def ready(status: int) -> bool:
            bits = status & (registers.RECORD_READING | registers.RECORD_READY)
            return bits == registers.RECORD_READY

        statuses = await self._await(registers.RECORD_STATUS, ready)
        length = statuses[-1] & registers.RECORD_LENGTH
        return SavedRecord(statuses, await self._text(registers.RECORD, length) if length else b"")

    async def _event(self, index: int) -> list[int]:
        await self._meter.write(registers.EVENT_LOGBOOK, registers.EVENT_LOGBOOK_NUMBER)
        await self._meter.write(registers.EVENT_INDEX, index)
        await self._meter.write(registers.EVENT_READ, registers.EVENT_READ_CODE)
        statuses = await self._await(registers.EVENT_STATUS, bool)
        await self._meter.read_words(registers.EVENT, registers.EVENT_BYTES // 2)
        return statuses

    async def _await(self, register: int, ready: Callable[[int], bool]) -> list[int]:
        """Look at a status until it says ready, or stays as it is; return what it was."""
        loop = asyncio.get_running_loop()
        began = since = loop.time()
        statuses: list[int] = []
        while True:
            (status,) = await self._meter.read_words(register, 1)
            if not statuses or statuses[-1] != status:
                since = loop.time()
            statuses.append(status)
            stays = loop.time() - since >= _STEADY
            if ready(status) or stays or loop.time() - began >= _PATIENCE:
                return statuses
            await asyncio.sleep(_POLL)

    async def read_parameters(self) -> None:
        """Read all system parameters, which are selected by menu and number."""
        async with self._parameters_turn:
            self.seen.parameters = dict(await self._meter.parameters.read_in_turn())

    async def set_clock(self) -> None:
        """Set the clock, again, then the time offset, and put the offset back."""
        for _ in range(CLOCK_WRITES):
            await self._set_and_look(self._meter.write_clock, datetime.now(UTC))
            self.seen.shortened = self._meter.shortened
        # Some seconds have passed, in which a counter of seconds has counted.
        await self._look_at_hours()
        before = self.seen.moments[-1].offset
        if before is None:
            return
        other = 0 if before == _OTHER_OFFSET else _OTHER_OFFSET
        try:
            await self._set_and_look(self._meter.write_time_offset, other)
        finally:
            await self._put_back(before)

    async def _set_and_look[T](self, write: Callable[[T], Awaitable[None]], value: T) -> None:
        await write(value)
        await asyncio.sleep(SETTLED)
        self.seen.moments.append(await self._moment())

    async def _put_back(self, offset: int) -> None:
        for _ in range(_RESTORED):
            with suppress(MeterError):
                await self._meter.write_time_offset(offset)
                return
        self.warnings.append(said("warning.offset", offset=offset))
        raise SilentError("the time offset could not be put back")
