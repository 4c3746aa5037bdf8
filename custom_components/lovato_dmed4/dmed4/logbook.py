"""The meter's two logbooks: saved records and metrological events.

The manual does not say whether the index of the last entry is 0 or 1: that is found out once per
logbook, from the entries that come back. Reading an entry takes several requests over Modbus; a
lock keeps two such sequences from mixing, while each request takes its turn on the link as any
other does.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final, Protocol, override

from . import registers
from .errors import (
    EntryNotFoundError,
    EntryNotReadyError,
    RefusedError,
    SearchNotOfferedError,
    TransactionNotFoundError,
    UnexpectedAnswerError,
)
from .event_text import parse_event
from .found import Found
from .meter import Logbook
from .model import LogbookInfo, MetrologicalEvent
from .output import read_record
from .record_text import is_whole, payload_digest
from .watch import now

# The manual gives no time. A search in a flash memory takes a fraction of a second.
_READY_SECONDS: Final = 5.0
_READY_PAUSE: Final = 0.05
_STEADY_SECONDS: Final = 1.0

# A length may count a NUL at the end, or whole registers; and it lacks bit 1 where that means ready.
_MOST_PADDING: Final = 2

# A record is signed, an event logged, now and then: not several times within a few requests.
_ATTEMPTS: Final = 3

POSITIONS: Final = 1 << 16
"""How many entries there can be: a word counts them."""

_BAD_REQUESTS: Final = range(400, 500)

# Signing takes well under a second, and so should saving what was signed.
_SETTLE_PAUSE: Final = 0.2


class RestSource(Protocol):
    """What the logbooks need of a meter behind a web server."""

    @property
    def found(self) -> Found:
        """What has been found out about the meter."""

    async def read_logbook_info(self) -> LogbookInfo:
        """Read v1/logbook/info."""

    async def fetch_text(self, path: str, name: str, query: Mapping[str, str]) -> bytes:
        """Fetch one text of an answer, byte for byte; empty where it is missing."""


class ModbusSource(Protocol):
    """What the logbooks need of a meter behind a Modbus link."""

    @property
    def found(self) -> Found:
        """What has been found out about the meter."""

    async def read_logbook_info(self) -> LogbookInfo:
        """Read how many entries there are."""

    async def read_last_record(self) -> bytes:
        """Fetch the last record; empty when there is none."""

    async def read_words(self, register: int, count: int) -> list[int]:
        """Read so many registers."""

    async def read_text(self, register: int, length: int) -> bytes:
        """Read so many bytes from a register on."""

    async def write(self, register: int, value: int) -> None:
        """Write one register with function 0x06."""


class _Index:
    """The entries of a logbook by their position, whatever the index of the last one is.

    Args:
        found: what is known of the meter.
        read_at: reads an entry by its index.
        read_last: reads the last entry in another way; empty if there is none.
    """

    def __init__(
        self,
        found: Found,
        read_at: Callable[[int], Awaitable[bytes]],
        read_last: Callable[[], Awaitable[bytes]] | None = None,
    ) -> None:
        self._found = found
        self._read_at = read_at
        self._read_last = read_last
        self._base: int | None = None

    async def read(self, position: int) -> bytes:
        """Read the entry at a position counted back from the last one, which is 0."""
        base = await self._find_base() if self._base is None else self._base
        if position + base >= POSITIONS:
            raise EntryNotFoundError(f"there is no index {position + base}")
        try:
            return await self._read_at(position + base)
        except EntryNotFoundError:
            # The manual's way is to records "different from the last one": perhaps not to that.
            if position == 0 and (last := await self._last()):
                return last
            raise

    async def _last(self) -> bytes:
        return b"" if self._read_last is None else await self._read_last()

    async def _find_base(self) -> int:
        """Find out which index the last entry has, while no new one comes in between."""
        stable = False
        for _ in range(_ATTEMPTS):
            try:
                last = await self._last()
            except UnexpectedAnswerError:
                # Too long, or no text: it can't be compared, and must not hide all the others.
                self._found.note(
                    "The meter's last record can not be read, to be compared with its logbook"
                )
                return 0 if await self._exists(0) else 1
            base = await (self._base_by(last) if last else self._base_by_existence())
            # What is at index 0 has not moved on by one.
            stable = (bool(last) and base == 0) or await self._last() == last
            if stable and base is not None:
                self._base = base
                if base:
                    self._found.note("The meter's logbook gives its last entry the index 1")
                return base
            # The last record may be there a moment before it is in the logbook.
            await asyncio.sleep(_SETTLE_PAUSE)
        if not stable:
            raise UnexpectedAnswerError("the logbook keeps changing while it is read")
        # Not reachable by index: the one before it has the next one.
        for base in (0, 1):
            if await self._exists(base + 1):
                self._found.note("The meter's logbook gives its last record no index")
                self._base = base
                return base
        return 0

    async def _base_by(self, last: bytes) -> int | None:
        """Find the last entry, by what is signed of it, where it can be read."""
        digest = payload_digest(last)
        for base in (0, 1):
            # One that can't be read is not the last one, which has just been read elsewhere.
            with suppress(EntryNotFoundError, UnexpectedAnswerError):
                if payload_digest(await self._read_at(base)) == digest:
                    return base
        return None

    async def _base_by_existence(self) -> int:
        try:
            await self._read_at(0)
        except EntryNotFoundError, EntryNotReadyError:
            # Only if index 1 is answered, index 0 is missing and the meter does not just hang.
            if not await self._exists(1):
                raise
            return 1
        return 0

    async def _exists(self, index: int) -> bool:
        try:
            await self._read_at(index)
        except EntryNotFoundError:
            return False
        except UnexpectedAnswerError:
            return True
        return True


class RestLogbook(Logbook):
    """The logbooks over REST: each entry is one request.

    Attributes:
        turn: held from the first look at an entry until it has been read.
    """

    def __init__(self, source: RestSource) -> None:
        self._source = source
        self.turn: Final = asyncio.Lock()
        self._records = self._index("OCMF", "ocmf_log")
        self._events = self._index("events", "event_log")

    def _index(self, log: str, name: str) -> _Index:
        async def read_last() -> bytes:
            return await self._find(log, name, index_type="POS", index_reference="LAST")

        async def read_at(index: int) -> bytes:
            return await self._find(
                log, name, index_type="POS", index_reference="LAST_BUT", index_value=str(index)
            )

        return _Index(self._source.found, read_at, read_last)

    @override
    async def read_info(self) -> LogbookInfo:
        return await self._source.read_logbook_info()

    @override
    async def read_record(self, position: int) -> bytes:
        async with self.turn:
            return await self._records.read(position)

    @override
    async def find_first(self) -> bytes:
        return await self._find("OCMF", "ocmf_log", index_type="POS", index_reference="FIRST")

    @override
    async def find_by_progressive(self, progressive: int) -> bytes:
        return await self._find(
            "OCMF", "ocmf_log", index_type="PROGR", index_value=str(progressive)
        )

    @override
    async def find_by_transaction(self, transaction_id: str) -> bytes:
        try:
            return await self._find(
                "OCMF", "ocmf_log", index_type="TRANS_ID", index_value=transaction_id
            )
        except EntryNotFoundError as err:
            raise TransactionNotFoundError(str(err)) from err

    @override
    async def read_event(self, position: int) -> MetrologicalEvent:
        async with self.turn:
            return parse_event(await self._events.read(position))

    async def _find(self, log: str, name: str, **query: str) -> bytes:
        try:
            text = await self._source.fetch_text(f"logbook/{log}", name, query)
        except RefusedError as err:
            if err.code in _BAD_REQUESTS:
                raise EntryNotFoundError(str(err)) from err
            raise
        if not text:
            raise EntryNotFoundError("the answer is empty")
        return text


class ModbusLogbook(Logbook):
    """The logbooks over Modbus: an entry is selected, waited for, and read from a window.

    Attributes:
        turn: held from the choice of an entry until it has been read.
    """

    def __init__(self, source: ModbusSource) -> None:
        self._source = source
        self.turn: Final = asyncio.Lock()
        # What is known of the numbers of entries, which only grow.
        self._info = LogbookInfo()
        self._records = _Index(source.found, self._record_at, source.read_last_record)
        self._events = _Index(source.found, self._event_at)

    @override
    async def read_info(self) -> LogbookInfo:
        return await self._source.read_logbook_info()

    @override
    async def read_record(self, position: int) -> bytes:
        async with self.turn:
            if position >= (self._info.records_saved or 0):
                self._info = await self.read_info()
            _check_position(position, self._info.records_saved)
            return await self._records.read(position)

    @override
    async def find_first(self) -> bytes:
        async with self.turn:
            self._info = await self.read_info()
            if (saved := self._info.records_saved) is None:
                return await self._search_first()
            _check_position(0, saved)
            return await self._records.read(saved - 1)

    async def _search_first(self) -> bytes:
        """Find the oldest record where the number of records is not known: halve until it is."""
        self._source.found.note(
            "The meter does not give the number of its saved records: the oldest is searched for"
        )
        first = await self._records.read(0)
        there, missing = 0, POSITIONS
        while missing - there > 1:
            middle = (there + missing) // 2
            try:
                first = await self._records.read(middle)
            except EntryNotFoundError:
                missing = middle
            else:
                there = middle
        return first

    @override
    async def find_by_progressive(self, progressive: int) -> bytes:
        raise SearchNotOfferedError("Modbus finds records by their position only")

    @override
    async def find_by_transaction(self, transaction_id: str) -> bytes:
        raise SearchNotOfferedError("Modbus finds records by their position only")

    @override
    async def read_event(self, position: int) -> MetrologicalEvent:
        async with self.turn:
            if position >= (self._info.events_saved or 0):
                self._info = await self.read_info()
            _check_position(position, self._info.events_saved)
            return MetrologicalEvent(raw=await self._events.read(position))

    async def _record_at(self, index: int) -> bytes:
        """Read a record by its index (manual: getting an OCMF file other than the last)."""
        await self._source.write(registers.RECORD_LOGBOOK, registers.RECORD_LOGBOOK_NUMBER)
        await self._select(registers.RECORD_INDEX, index)
        length = await self._record_length()
        if not length:
            raise EntryNotFoundError(f"the record of index {index} is empty")
        text = await read_record(self._source, registers.RECORD, length, "0x4C01")
        if b"\0" in text or (not is_whole(text) and length - len(text) > _MOST_PADDING):
            # A meter that reboots meanwhile goes on with an empty window.
            raise UnexpectedAnswerError("the record broke off while it was read")
        return text

    async def _record_length(self) -> int:
        """Wait until a record is ready to be read, and get its length in bytes.

        The manual waits for *data ready* alone, which it prints as bit 1 and as bit 14. Where it is
        not bit 14 without *reading*, a length that stays for a second is taken for ready.
        """
        steady, since = 0, now()

        def ready(status: int) -> bool:
            nonlocal steady, since
            bits = status & (registers.RECORD_READING | registers.RECORD_READY)
            if bits == registers.RECORD_READY:
                return True
            if bits == registers.RECORD_READING or status != steady:
                steady, since = status, now()
            stays = bool(status & registers.RECORD_LENGTH) and now() - since >= _STEADY_SECONDS
            if stays:
                self._source.found.note(
                    "The meter does not mark a saved record as ready (0x4C01): its length is awaited"
                )
            return stays

        return await self._wait(registers.RECORD_STATUS, ready) & registers.RECORD_LENGTH

    async def _event_at(self, index: int) -> bytes:
        """Read the 16 bytes of an event by its index (manual: getting the event log)."""
        await self._source.write(registers.EVENT_LOGBOOK, registers.EVENT_LOGBOOK_NUMBER)
        await self._select(registers.EVENT_INDEX, index)
        await self._select(registers.EVENT_READ, registers.EVENT_READ_CODE)
        if await self._wait(registers.EVENT_STATUS, bool) != 1:
            self._source.found.note(
                "The meter marks an event that can be read with another value than 1 (0x4E03)"
            )
        return await self._source.read_text(registers.EVENT, registers.EVENT_BYTES)

    async def _select(self, register: int, value: int) -> None:
        """Write what selects an entry of a logbook that has been accepted: a refusal is its own."""
        try:
            await self._source.write(register, value)
        except RefusedError as err:
            raise EntryNotFoundError(str(err)) from err

    async def _wait(self, register: int, ready: Callable[[int], bool]) -> int:
        deadline = now() + _READY_SECONDS
        while not ready(status := int.from_bytes(await self._source.read_text(register, 2))):
            if now() >= deadline:
                raise EntryNotReadyError("the meter did not fetch the logbook entry in time")
            await asyncio.sleep(_READY_PAUSE)
        return status


def _check_position(position: int, saved: int | None) -> None:
    """Do not ask for what is not there: what a meter answers then, the manual does not say.

    Where the number is not known either, the answer has to show it.
    """
    if saved is not None and position >= saved:
        raise EntryNotFoundError(f"{saved} entries are saved")


async def read_records(
    logbook: Logbook, offset: int, limit: int
) -> AsyncGenerator[tuple[int, bytes]]:
    """Read saved records from a position on, the newest first, each once and none left out.

    A record that is signed meanwhile moves all others on by one position: a record that was read
    before is met again then, and passed over.

    Yields:
        The position where a record was found, and the record.
    """
    seen: set[bytes] = set()
    saved = 0
    for position in range(offset, POSITIONS):
        if position >= saved:
            known = (await logbook.read_info()).records_saved
            saved = POSITIONS if known is None else known
        if position >= saved or len(seen) == limit:
            return
        try:
            record = await logbook.read_record(position)
        except EntryNotFoundError:
            return
        digest = payload_digest(record)
        if digest not in seen:
            seen.add(digest)
            yield position, record


async def read_events(logbook: Logbook, offset: int, limit: int) -> list[MetrologicalEvent]:
    """Read events from a position on, the newest first; as many as there are, at most ``limit``.

    An event that comes in meanwhile moves all others: then they are read again.

    Raises:
        UnexpectedAnswerError: new events kept coming.
    """
    for _ in range(_ATTEMPTS):
        events: list[MetrologicalEvent] = []
        with suppress(EntryNotFoundError):
            for position in range(offset, offset + limit):
                events.append(await logbook.read_event(position))  # noqa: PERF401 - some may be missing
        if len(events) <= 1 or await logbook.read_event(offset) == events[0]:
            return events
    raise UnexpectedAnswerError("the logbook keeps changing while it is read")
