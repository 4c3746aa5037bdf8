"""Asking again: one lost request or answer is nothing.

What changes nothing, or sets something to what it is set to anyway, is repeated here. The commands
of the charge cycle are not: only the status tells whether one was carried out.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum, auto

# With one exchange of sixteen lost, as with 3 % of all messages, one question of a million fails.
ATTEMPTS = 5

PAUSE = 0.1
"""Seconds before the next attempt: what refused a connection does not take the next one at once."""

BUSY_SECONDS = 30.0
"""How long a meter may be busy: as long as a command may take."""

BUSY_PAUSE = 0.2
"""Seconds until a busy meter is asked again: a signature takes a fraction of a second."""


class Outcome(Enum):
    """What an error says of a question."""

    ANSWERED = auto()
    """It was understood and answered: asking again gives the same."""
    DISTURBED = auto()
    """It or its answer was lost or garbled."""
    BUSY = auto()
    """The device has not acted on it."""


class Repeater:
    """Asks a device until it answers.

    A device that has left all attempts without an answer is asked once only until it answers again,
    so that it does not hold up the others on its line.

    Args:
        outcome: what an error says of the question.
        patience: seconds that an answer may take until the last attempt, which may take any time;
            None where the late answer to one attempt could be taken for that to another.
    """

    def __init__(self, outcome: Callable[[Exception], Outcome], patience: float | None) -> None:
        self._outcome = outcome
        self._patience = patience
        self._answering = True

    async def ask[T](self, question: Callable[[float | None], Awaitable[T]]) -> T:
        """Ask until an answer comes; the question is given its time limit in s, if it has one.

        Raises:
            Exception: that of the last attempt.
        """
        attempts = ATTEMPTS if self._answering else 1
        busy_until = _now() + BUSY_SECONDS
        while True:
            try:
                answer = await question(self._patience if attempts > 1 else None)
            except Exception as err:
                outcome = self._outcome(err)
                if outcome is Outcome.DISTURBED:
                    attempts -= 1
                    self._answering = attempts > 0
                else:
                    self._answering = True
                busy = outcome is Outcome.BUSY and _now() < busy_until
                if not busy and (outcome is not Outcome.DISTURBED or not attempts):
                    raise
                await asyncio.sleep(BUSY_PAUSE if busy else PAUSE)
            else:
                if attempts == 1 and self._answering:
                    self._patience = None  # It is not gone but slow.
                self._answering = True
                return answer


def _now() -> float:
    return asyncio.get_running_loop().time()
