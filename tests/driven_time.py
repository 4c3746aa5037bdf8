"""Time that a test drives: deadlines pass at once when nothing else can happen any more."""

import asyncio
from collections.abc import Callable
import select
import selectors
import socket
import time
from typing import Any, override

import pytest

from simulator.clock import Clock, SystemClock

# Seconds that a look for what has happened takes: what happens later does so at a later time.
_LOOK = 1e-6

# Seconds of time that pass at a time while threads are at work.
_STEP = 0.01

# What a socket of this machine has sent arrives in order: behind all else that is under way.
_TO_ITSELF = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
_TO_ITSELF.bind(("127.0.0.1", 0))
_TO_ITSELF.connect(_TO_ITSELF.getsockname())


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
        self._now += _LOOK
        if timeout is None or timeout <= 0:
            return self._selector.select(timeout)
        if self._threads:
            step = min(timeout, _STEP)
            if not (events := self._selector.select(step)):
                self._now += step
            return events
        if events := self._selector.select(0):
            return events
        self._let_arrive()
        if not (events := self._selector.select(0)):
            self._now += timeout
        return events

    def _let_arrive(self) -> None:
        """Let the kernel deliver what is on its way: on a busy machine it may be late.

        All that a test waits for is in its own process. What was sent to a socket has arrived when a
        datagram has that was sent after it. The bytes between the ends of a pseudo-terminal are carried
        by a thread of the kernel, which `poll` waits for and the selector's own `epoll` does not.
        """
        _TO_ITSELF.send(b".")
        _TO_ITSELF.recv(1)
        poll = select.poll()
        for fd, key in self._selector.get_map().items():
            if key.events & selectors.EVENT_READ:
                poll.register(fd, select.POLLIN)
        poll.poll(0)


class LoopClock(Clock):
    """A clock for a simulated meter, whose time passes as that of the event loop does."""

    def __init__(self) -> None:
        self._ahead = time.time() - time.monotonic()

    @override
    def now(self) -> float:
        try:
            passed = asyncio.get_running_loop().time()
        except RuntimeError:
            passed = time.monotonic()
        return self._ahead + passed


def drive_time(patch: pytest.MonkeyPatch) -> None:
    """Drive the time of the running event loop until the patches are undone."""
    loop: Any = asyncio.get_running_loop()
    driven = DrivenTime(loop, loop._selector)
    patch.setattr(loop, "_selector", driven)
    for name in ("time", "run_in_executor"):
        patch.setattr(loop, name, getattr(driven, name))


def drive_meters(patch: pytest.MonkeyPatch) -> None:
    """As `drive_time`, together with the time of simulated meters that have no clock of their own."""
    drive_time(patch)
    patch.setattr(SystemClock, "now", LoopClock().now)
