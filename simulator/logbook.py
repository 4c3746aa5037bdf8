"""What the meter keeps: a ring of entries, and the windows through which Modbus reads one."""

from collections import deque
from dataclasses import dataclass
from enum import IntEnum
import struct

from .errors import NoEntryError, NotValidError, OutOfRangeError


class EventCode(IntEnum):
    """Metrological events. The manual has no list of them: these are the simulator's own."""

    POWER_UP = 1
    CLOCK_SET = 2
    OFFSET_SET = 3
    POWER_FAILURE = 4
    ERROR = 5


@dataclass(frozen=True)
class Event:
    """A metrological event.

    Attributes:
        time: Unix seconds by the meter's clock.
        offset: Minutes to UTC at that time.
        code: What happened.
        argument: The new clock or offset, or the number of the error bit (32 on for dword 2).
    """

    time: int
    offset: int
    code: EventCode
    argument: int = 0

    def raw(self) -> bytes:
        """Return the 16 bytes of register 0x4E04, whose layout is the simulator's own."""
        return struct.pack(">IhHq", self.time, self.offset, self.code, self.argument)


class Logbook[Entry]:
    """The last entries of a kind, oldest first; the oldest gives way when it is full."""

    def __init__(self, capacity: int, index_base: int) -> None:
        self.index_base = index_base
        self.capacity = capacity
        self.entries: deque[Entry] = deque(maxlen=capacity)

    def from_last(self, index: int) -> Entry:
        """Return an entry by its index counted back from the last.

        Raises:
            NoEntryError: There is no such entry.
        """
        return self.entries[-1 - self._distance(index)]

    def from_first(self, index: int) -> Entry:
        """Return an entry by its index counted on from the oldest.

        Raises:
            NoEntryError: There is no such entry.
        """
        return self.entries[self._distance(index)]

    def index_of(self, entry: Entry) -> int:
        """Return the index of an entry counted back from the last."""
        return len(self.entries) - 1 - self.entries.index(entry) + self.index_base

    def _distance(self, index: int) -> int:
        distance = index - self.index_base
        if not 0 <= distance < len(self.entries):
            raise NoEntryError("no such logbook entry")
        return distance


class Download:
    """A window of registers on one entry: select the logbook, then the entry, poll, read.

    All steps are needed for every entry: the manual describes no shorter way.
    """

    def __init__(self) -> None:
        self._selected = False
        self._entry = b""
        self._ready_at = 0.0
        self.done = False

    def select(self, value: int, *, logbook: int) -> None:
        """Select the logbook by its number.

        Raises:
            OutOfRangeError: There is no logbook of this number here.
        """
        if value != logbook:
            raise OutOfRangeError("no such logbook")
        self._selected = True

    def start(self, entry: bytes, *, ready_at: float) -> None:
        """Fetch an entry, which takes until `ready_at` (Unix seconds).

        Raises:
            NotValidError: No logbook has been selected.
        """
        if not self._selected:
            raise NotValidError("no logbook selected")
        self._selected = False
        self._entry = entry
        self._ready_at = ready_at
        self.done = False

    def in_progress(self, now: float) -> bool:
        """Return whether an entry is being fetched."""
        return bool(self._entry) and now < self._ready_at

    def entry(self, now: float) -> bytes:
        """Return the entry, empty until it is ready."""
        return b"" if self.in_progress(now) else self._entry
