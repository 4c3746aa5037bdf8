"""An event loop whose time runs as fast as there is nothing to do.

Where everything of a test is in one process, nothing can come while all of it waits: then the next
timer is due at once. So an hour of time limits passes in as long as the work in it takes, and no
test depends on how fast the machine is.
"""

import asyncio
from collections.abc import Coroutine
import selectors

# What is on its way through the kernel arrives well within this.
_ON_ITS_WAY = 0.002


class _Selector(selectors.DefaultSelector):
    """Waits for sockets; where none has anything, the time to the next timer is skipped.

    Attributes:
        skipped: seconds so far.
    """

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(min(timeout, _ON_ITS_WAY))
        if not ready and timeout > _ON_ITS_WAY:
            self.skipped += timeout
        return ready


class DrivenLoop(asyncio.SelectorEventLoop):
    """The event loop; `time` is its own."""

    def __init__(self) -> None:
        self._driven = _Selector()
        super().__init__(self._driven)

    def time(self) -> float:
        """Real time and what was skipped, in s."""
        return super().time() + self._driven.skipped


def run_driven[T](work: Coroutine[object, object, T]) -> T:
    """Run a test's work in driven time."""
    with asyncio.Runner(loop_factory=DrivenLoop) as runner:
        return runner.run(work)
