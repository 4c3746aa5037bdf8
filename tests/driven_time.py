"""Time that a test drives: deadlines pass at once when nothing else can happen any more."""

import asyncio
from collections.abc import Callable
import select
import selectors
import time
from typing import Any, override

import pytest

from simulator.clock import Clock

# Seconds of a look for what has happened. Many short ones: while this process gets no processor on a
# busy machine, no look ends.
_LOOK = 0.002

# Seconds in which nothing must have happened until nothing can happen any more: all that a test
# waits for is in its own process.
_QUIET = 0.01


class DrivenTime:
    """The time of an event loop that stands still while anything happens, and jumps when nothing does.

    It stands in for the loop's selector, which is where a loop waits: for sockets, for threads, or
    for its next timer. A timer that is waited for with nothing else to come is due at once; while
    threads are at work, time passes as it does elsewhere.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, selector: selectors.BaseSelector) -> None:
        self._now = loop.time()
        self._selector = selector
        self._run_in_executor = loop.run_in_executor
        self._threads = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)

    def time(self) -> float:
        """Stand in for the loop's method."""
        return self._now

    def run_in_executor(
        self, executor: Any, function: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Stand in for the loop's method: count the threads that are at work."""
        self._threads += 1
        future = self._run_in_executor(executor, function, *args)
        future.add_done_callback(self._note_end)
        return future

    def _note_end(self, _: asyncio.Future[Any]) -> None:
        self._threads -= 1

    def select(self, timeout: float | None = None) -> Any:
        """Stand in for the selector's method."""
        if timeout is None or timeout <= 0:
            return self._selector.select(timeout)
        quiet = min(timeout, _QUIET)
        for _ in range(round(quiet / _LOOK) or 1):
            if events := self._selector.select(_LOOK):
                return events
        if self._has_arrived() and (events := self._selector.select(0)):
            return events
        self._now += quiet if self._threads else timeout
        return []

    def _has_arrived(self) -> bool:
        """Let the kernel deliver what is on its way; return whether there is anything to read.

        A thread of the kernel carries the bytes between the ends of a pseudo-terminal, and may be late
        on a busy machine. `poll` waits until it has, which the selector's own `epoll` does not.
        """
        poll = select.poll()
        for fd, key in self._selector.get_map().items():
            if key.events & selectors.EVENT_READ:
                poll.register(fd, select.POLLIN)
        return bool(poll.poll(0))


class LoopClock(Clock):
    """A clock for a simulated meter, whose time passes as that of the event loop does."""

    @override
    def now(self) -> float:
        try:
            passed = asyncio.get_running_loop().time()
        except RuntimeError:
            passed = time.monotonic()
        return 1_760_000_000 + passed


def drive_time(patch: pytest.MonkeyPatch) -> None:
    """Drive the time of the running event loop until the patches are undone."""
    loop: Any = asyncio.get_running_loop()
    driven = DrivenTime(loop, loop._selector)
    patch.setattr(loop, "_selector", driven)
    for name in ("time", "run_in_executor"):
        patch.setattr(loop, name, getattr(driven, name))
