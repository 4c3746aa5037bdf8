"""Where a simulated meter takes its time from."""

import time
from typing import Protocol, override


class Clock(Protocol):
    """A source of time: Unix seconds."""

    def now(self) -> float:
        """Return the Unix time in seconds."""
        ...


class SystemClock(Clock):
    """The time of the machine that runs the simulator."""

    @override
    def now(self) -> float:
        return time.time()


class ManualClock(Clock):
    """A time that stands still until a test moves it."""

    def __init__(self, start: float = 1_760_000_000.0) -> None:
        self._now = start

    @override
    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the time on by so many seconds."""
        self._now += seconds
