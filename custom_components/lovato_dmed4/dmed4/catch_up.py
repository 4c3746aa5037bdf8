"""Fetch what a meter's logbook has and an archive has not: the oldest first, none left out.

The archive knows of each record whether it is *chained*: whether every older one of the logbook is
there, too. From the oldest on they are chained up to some record and not after it, so that a look
at a few of them shows where to begin, and a run that was interrupted goes on where it stopped.

Positions count back from the last record: each one that the meter signs meanwhile moves all others
on by one, and a full logbook does not show over Modbus that it did. So what was read counts only
once the record before it, the anchor, has been found again where it was. That also proves that it
is still the same meter that answers.

A record that the meter has and does not give out is passed over after some attempts, so that it
keeps no other from the archive. Those after it are stored without being chained: they are in the
archive, but not all before them. Runs go on after them, and a thorough run goes back to the gap.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace
import hashlib
from typing import Final, Protocol

from .errors import (
    CannotConnectError,
    EntryNotFoundError,
    LogbookUnreadableError,
    MeterError,
    SilentError,
    UnexpectedAnswerError,
)
from .logbook import POSITIONS
from .meter import Logbook
from .model import LogbookInfo
from .record_text import looks_like_record

_BLOCK: Final = 16
"""Records between two looks at the anchor: those looks are a sixteenth of the work, and a link that
breaks makes no more than this to be read again."""

_ATTEMPTS: Final = 3
_ATTEMPT_PAUSE: Final = 1.0
"""Seconds until a record is asked for again: a meter that is busy signing is not busy for longer."""

_REST: Final = 1.0
"""Time left to others after reading a record, as a multiple of the time that took: half of it all, so
that whatever else is polled and commanded on a slow line gets on as if no records were fetched."""

UNREADABLE_LIMIT: Final = 20
"""Entries in a row that are no records. A meter has a damaged one now and then; what goes on like that
is no logbook of a DMED4, and would fill the disk."""

_MOVES: Final = 10
"""How often in a row the records may move. A record takes the meter longer than reading one does."""


class Records(Protocol):
    """The archive, as far as it matters here; what its methods raise ends a run."""

    async def has_chained(self) -> bool:
        """Return whether any record of the meter is chained."""

    async def is_chained(self, raw: bytes) -> bool:
        """Return whether a record is in the archive with all that are older in the logbook."""

    async def store(self, raw: bytes, *, chained: bool) -> None:
        """Keep a record; it is on disk when this returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come.

    Attributes:
        fetched: records stored in this run.
        missing: records of the logbook that are not in the archive yet; those that the meter does
            not give out are among them.
        oldest: position of the oldest of them.
        lost: whether the meter had overwritten records before they were fetched.
    """

    fetched: int = 0
    missing: int = 0
    oldest: int | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What the next records are read after.

    Attributes:
        position: where it was found.
        record: None for the end of the logbook, after the oldest record.
        chained: whether what comes next is chained.
        next: position of the next record; not the one after the anchor if that can't be read.
    """

    position: int
    record: bytes | None
    chained: bool
    next: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far the last run came, to begin the next one there.

    Attributes:
        info: state of the logbook then.
        remaining: how many of its records were not yet stored.
    """

    info: LogbookInfo
    remaining: int


class CatchUp:
    """Brings the archive up to the logbook of a meter; one run at a time.

    Args:
        logbook: the meter's.
        records: the archive's.
        turn: surrounds the reading of each record; what it raises ends the run.
        identify: makes sure that it is this meter that answers, where no known record shows that;
            what it raises ends the run.
        report: called whenever records have been stored.
    """

    def __init__(
        self,
        logbook: Logbook,
        records: Records,
        *,
        turn: Callable[[], AbstractAsyncContextManager[None]],
        identify: Callable[[], Awaitable[None]],
        report: Callable[[Progress], None],
    ) -> None:
        self._logbook = logbook
        self._records = records
        self._turn = turn
        self._identify = identify
        self._report = report
        self._mark: _Mark | None = None
        self._progress = Progress()
        # Digests of the records that were stored after one that can't be read.
        self._beyond: set[bytes] = set()
        self._gaps: list[int] = []
        self._interruptions = 0
        # Entries in a row.
        self._unreadable = 0
        self._room = POSITIONS

    @property
    def complete(self) -> LogbookInfo | None:
        """The state of the logbook that the archive has all of; None if the last run broke off."""
        return None if self._mark is None or self._mark.remaining else self._mark.info

    def missing(self, info: LogbookInfo) -> int | None:
        """How many records are missing as far as the numbers show; None if they don't."""
        ahead = self._ahead(info)
        return None if ahead is None else ahead + len(self._gaps)

    async def run(self, *, thorough: bool = False) -> Progress:
        """Fetch what is missing.

        Args:
            thorough: also try again what the meter did not give out in an earlier run.

        Raises:
            LogbookUnreadableError: UNREADABLE_LIMIT entries in a row are no records.
            MeterError: the link was lost, or the records keep moving; what was stored before that
                stays, and the next run goes on there.
        """
        self._progress = Progress()
        self._unreadable = 0
        if thorough:
            self._beyond.clear()
        info = await self._logbook.read_info()
        self._room = _most(info)
        began = anchor = await self._begin(info)
        if anchor.record is None and not self._has_all_since(info):
            self._progress = replace(self._progress, lost=await self._records.has_chained())
        self._note_progress(anchor, info)
        size = 1
        moves = 0
        while anchor.next >= 0:
            if self._progress.fetched >= POSITIONS:
                raise UnexpectedAnswerError("more records than a logbook can have")
            if (found := await self._read_after(anchor, size)) is not None:
                anchor = await self._store_found(anchor, found, info)
                # The end of the logbook does not show that a full one has moved.
                size = 1 if anchor.record is None else min(2 * size, _BLOCK)
                moves = 0
                continue
            size = 1
            moves += 1
            if moves > _MOVES:
                raise UnexpectedAnswerError("the logbook keeps changing while it is read")
            info, before = await self._logbook.read_info(), info
            anchor = await self._find_again(anchor, info, before)
            if anchor.record is None and began.record is not None:
                self._progress = replace(self._progress, lost=True)
        return self._progress

    # --- where to begin -----------------------------------------------------------------------

    def _has_all_since(self, info: LogbookInfo) -> bool:
        """Whether the numbers show that the logbook still has all that are not stored yet."""
        ahead = self._ahead(info)
        return ahead is not None and ahead <= _saved(info)

    def _ahead(self, info: LogbookInfo) -> int | None:
        """How many records are newer than all that are stored; None where the numbers don't show it."""
        if self._mark is None or (new := _new_between(self._mark.info, info)) is None:
            return None
        return self._mark.remaining + new

    async def _begin(self, info: LogbookInfo) -> _Anchor:
        if self._mark is None:
            return await self._find(0, _saved(info), near=False)
        new = _new_between(self._mark.info, info) or 0
        return await self._find(self._mark.remaining + new, _saved(info), near=True)

    async def _find_again(self, anchor: _Anchor, info: LogbookInfo, before: LogbookInfo) -> _Anchor:
        """Find the anchor after the records have moved."""
        saved = _saved(info)
        if anchor.record is None and saved == _saved(before):
            # There is a record where by the number of records there is none.
            saved = self._room
        return await self._find(anchor.position + 1, saved, near=True)

    async def _find(self, guess: int, saved: int, *, near: bool) -> _Anchor:
        """Find the newest record that all up to it are stored, else the end of the logbook.

        One that is older would do as well: then some are read again.

        Args:
            guess: where it probably is.
            saved: how many records there are.
            near: whether it can't be far from there; else that there is any is found out first.
        """
        anchor = await self._search(guess, saved, near=near) if saved else _end(0)
        if anchor.chained:
            self._beyond.clear()
            self._gaps.clear()
        return anchor

    async def _search(self, guess: int, saved: int, *, near: bool) -> _Anchor:
        low, high = min(guess, saved - 1), _end(saved)
        if (first := await self._anchor_at(low)) is not None:
            if first.record is not None:
                return first
            low, high = -1, first
        if not near and await self._is_new(saved - 1):
            return high
        step = 1
        while high.position - low > 1:
            middle = min(low + step, (low + high.position) // 2)
            step *= 2
            if (found := await self._anchor_at(middle)) is None:
                low = middle
            else:
                high = found
        return high

    async def _anchor_at(self, position: int) -> _Anchor | None:
        """Look whether one can begin after a position; None if it is to be looked further back."""
        try:
            record = await self._read(position)
        except EntryNotFoundError:
            return _end(position)
        if record is None:
            return None
        if _digest(record) in self._beyond:
            return _Anchor(position, record, chained=False, next=position - 1)
        if await self._records.is_chained(record):
            return _Anchor(position, record, chained=True, next=position - 1)
        return None

    async def _is_new(self, position: int) -> bool:
        with suppress(EntryNotFoundError):
            record = await self._read(position)
            return record is not None and not await self._records.is_chained(record)
        return False

    # --- reading ------------------------------------------------------------------------------

    async def _read_after(self, anchor: _Anchor, size: int) -> list[bytes | None] | None:
        """Read the next records, None for each that can't be; None if they have moved meanwhile."""
        found: list[bytes | None] = []
        before = anchor.record
        with suppress(EntryNotFoundError):
            for position in range(anchor.next, max(anchor.next - size, -1), -1):
                record = await self._read(position)
                if record is not None and record == before:
                    # No two are the same. The meter may still have shown the one before.
                    await asyncio.sleep(_ATTEMPT_PAUSE)
                    record = await self._read(position)
                found.append(record)
                before = record
            if await self._is_still(anchor):
                if anchor.record is None:
                    await self._identify()
                return found
        return None

    async def _is_still(self, anchor: _Anchor) -> bool:
        if anchor.record is None and anchor.position >= self._room:
            # Whatever a meter answers to a position that it has no room for.
            return True
        try:
            record = await self._read(anchor.position)
        except EntryNotFoundError:
            return anchor.record is None
        return anchor.record is not None and record == anchor.record

    async def _read(self, position: int) -> bytes | None:
        """Read a record; None if the meter has it and does not give it out.

        Raises:
            EntryNotFoundError: there is none at this position.
            MeterError: the link was lost.
        """
        for _ in range(_ATTEMPTS):
            try:
                return await self._read_once(position)
            except CannotConnectError, SilentError:
                # Whether that is the link's fault or the record's, only more runs can show.
                if self._interruptions < _ATTEMPTS:
                    self._interruptions += 1
                    raise
                await self._logbook.read_info()
            except EntryNotFoundError:
                info = await self._logbook.read_info()
                if info.records_saved is None or position >= _saved(info):
                    raise
            except MeterError:
                # If it was the link's fault, this fails, too.
                await self._logbook.read_info()
            await asyncio.sleep(_ATTEMPT_PAUSE)
        return None

    async def _read_once(self, position: int) -> bytes:
        async with self._turn():
            start = _now()
            record = await self._logbook.read_record(position)
            await asyncio.sleep(_REST * (_now() - start))
            return record

    # --- storing ------------------------------------------------------------------------------

    async def _store_found(
        self, anchor: _Anchor, found: list[bytes | None], info: LogbookInfo
    ) -> _Anchor:
        """Store what was read, the oldest first; the last of it is the next anchor."""
        for record in found:
            position = anchor.next
            self._count_unreadable(record)
            if record is None:
                self._gaps.append(position)
                anchor = replace(anchor, chained=False, next=position - 1)
                continue
            await self._records.store(record, chained=anchor.chained)
            if not anchor.chained:
                self._beyond.add(_digest(record))
            anchor = replace(anchor, position=position, record=record, next=position - 1)
            self._interruptions = 0
            self._progress = replace(self._progress, fetched=self._progress.fetched + 1)
            self._note_progress(anchor, info)
        self._report(self._progress)
        return anchor

    def _count_unreadable(self, record: bytes | None) -> None:
        """End the run before an entry that is one too many of those that are no records."""
        if record is not None and looks_like_record(record):
            self._unreadable = 0
            return
        self._unreadable += 1
        if self._unreadable > UNREADABLE_LIMIT:
            self._report(self._progress)
            raise LogbookUnreadableError(f"{UNREADABLE_LIMIT} entries in a row are no records")

    def _note_progress(self, anchor: _Anchor, info: LogbookInfo) -> None:
        remaining = anchor.next + 1
        self._mark = _Mark(info, remaining)
        self._progress = replace(
            self._progress,
            missing=remaining + len(self._gaps),
            oldest=self._gaps[0] if self._gaps else (remaining - 1 if remaining else None),
        )


def _new_between(before: LogbookInfo, info: LogbookInfo) -> int | None:
    """How many records were signed in between; None where the numbers do not show it."""
    if info.last_progressive is not None and before.last_progressive is not None:
        return max(0, info.last_progressive - before.last_progressive)
    if info.records_saved is None or before.records_saved is None:
        return None
    if info.records_saved == info.records_maximum:
        return None
    return max(0, info.records_saved - before.records_saved)


def _saved(info: LogbookInfo) -> int:
    """How many records there are at most: all that there can be if the meter does not say."""
    most = _most(info)
    return most if info.records_saved is None else min(info.records_saved, most)


def _most(info: LogbookInfo) -> int:
    """How many records a logbook has room for."""
    return min(info.records_maximum or POSITIONS, POSITIONS)


def _end(position: int) -> _Anchor:
    return _Anchor(position, None, chained=True, next=position - 1)


def _digest(record: bytes) -> bytes:
    return hashlib.sha256(record).digest()


def _now() -> float:
    return asyncio.get_running_loop().time()
