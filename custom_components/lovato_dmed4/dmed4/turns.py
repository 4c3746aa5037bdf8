"""Whose turn it is on a line that devices share of which some may be off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

# How much longer than a line is listened to between two requests of a poll, in s: then it has ended.
_MORE: Final = 0.5

# How long, in s, a device that may be off waits for that at most.
_PATIENCE: Final = 5.0


class LineTurns:
    """The turns of one line.

    Silence takes seconds of it. So devices that may be off are asked one at a time, and between the polls
    of the others, which are several requests: a poll waits for one of them at most.

    Args:
        quiet: how long the line may be listened to between two requests of a poll, in s.
    """

    def __init__(self, quiet: float) -> None:
        self._lock = asyncio.Lock()
        self._pause = quiet + _MORE
        # How many questions there are to devices that answer, and when the last one ended, by the event
        # loop's clock.
        self._questions = 0
        self._used_at = 0.0

    def begin(self) -> None:
        """Begin to ask a device that answers: its turn comes with the line itself."""
        self._questions += 1

    def end(self) -> None:
        """Have asked it."""
        self._questions -= 1
        self._used_at = asyncio.get_running_loop().time()

    @asynccontextmanager
    async def doubtful(self) -> AsyncIterator[None]:
        """Ask a device that may be off."""
        async with self._lock:
            await self._let_polls_end()
            yield

    async def _let_polls_end(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PATIENCE
        while (now := loop.time()) < deadline:
            used_at = now if self._questions else self._used_at
            if (left := used_at + self._pause - now) <= 0:
                return
            await asyncio.sleep(left)
