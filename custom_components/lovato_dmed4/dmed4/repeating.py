"""Asking again: one lost request or answer is nothing.

What changes nothing, or sets something to what it is set to anyway, is repeated here. The commands
of the charge cycle are not: only the status shows whether one was carried out.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum, auto
import math
from typing import Final

from .errors import RefusedError

# With one exchange of sixteen lost, as with 3 % of all messages, one question of a million fails.
ATTEMPTS = 5

# Whoever sets a device up wants to know soon that nothing is there.
FIRST_ATTEMPTS = 2

# How often a device must refuse what every DMED4 answers to be known as another one.
INSISTING: Final = 3

PAUSE = 0.1
"""Seconds before the next attempt: what refused a connection does not take the next one at once."""

BUSY_SECONDS = 30.0
"""How long a meter may be busy: as long as a command may take."""

BUSY_PAUSE = 0.2
"""Seconds until a busy meter is asked again: a signature takes a fraction of a second."""


class Reply(Enum):
    """What an error says of a question."""

    ANSWERED = auto()
    """It was understood and answered: asking again gives the same."""
    DISTURBED = auto()
    """It or its answer was garbled, or the connection was lost."""
    SILENT = auto()
    """Nothing came in time."""
    BUSY = auto()
    """The device has not acted on it."""


LOST: Final = (Reply.DISTURBED, Reply.SILENT)
"""Replies of which it is not known whether the question arrived."""


class Repeater:
    """Asks a device until it answers.

    A device that has left all attempts without an answer is asked once only until it answers again,
    so that it does not hold up the others on its line.

    Args:
        outcome: what an error says of the question.
    """

    def __init__(self, outcome: Callable[[Exception], Reply]) -> None:
        self._outcome = outcome
        self._attempts = FIRST_ATTEMPTS

    async def insist[T](self, question: Callable[[], Awaitable[T]]) -> T:
        """Ask what every device of the kind answers: one refusal may be a disturbance.

        Raises:
            RefusedError: the question is refused each time.
            Exception: that of the last attempt otherwise.
        """
        refusals = 0
        while True:
            try:
                return await self.ask(question)
            except RefusedError as err:
                refusals += 1
                if refusals == INSISTING or self._outcome(err) is not Reply.ANSWERED:
                    raise
                await asyncio.sleep(PAUSE)

    async def ask[T](self, question: Callable[[], Awaitable[T]]) -> T:
        """Ask until an answer comes.

        Raises:
            Exception: that of the last attempt.
        """
        left = self._attempts
        busy_until = math.inf
        while True:
            try:
                answer = await question()
            except Exception as err:
                outcome = self._outcome(err)
                if outcome in LOST:
                    left -= 1
                    # Another question to the same device may have been given up meanwhile.
                    if not left or self._attempts == 1:
                        self._attempts = 1
                        raise
                    await asyncio.sleep(PAUSE if outcome is Reply.DISTURBED else 0)
                    continue
                self._attempts = ATTEMPTS
                now = asyncio.get_running_loop().time()
                busy_until = min(busy_until, now + BUSY_SECONDS)
                if outcome is Reply.ANSWERED or now >= busy_until:
                    raise
                await asyncio.sleep(BUSY_PAUSE)
            else:
                self._attempts = ATTEMPTS
                return answer
