"""All that goes over the line while a meter is examined, as far as there is room for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import time
from typing import Final, override

from ..dmed4.tap import Tap

MOST_BYTES: Final = 384 * 1024
"""Bytes that are kept of an examination. A whole one takes a tenth of it."""

# A record is a thousand bytes. What is much longer is no answer of a DMED4, but shows what came.
_LONGEST_ANSWER: Final = 16 * 1024


@dataclass(slots=True)
class Exchange:
    """A request and what came after it.

    Attributes:
        at: seconds since the examination began.
        to: where else it went than to the meter itself, such as another port.
        sent: the request.
        received: all that came until the next one.
        cut: whether more came than was kept.
        silent: whether an answer was waited for in vain, on a connection that stayed open.
    """

    at: float
    to: str
    sent: bytearray
    received: bytearray = field(default_factory=bytearray)
    cut: bool = False
    silent: bool = False


class Trace(Tap):
    """The exchanges with a meter.

    Attributes:
        exchanges: in their order.
        dropped: how many there was no more room for.
    """

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._left = MOST_BYTES
        self._to = ""
        self._dropping = False
        self.exchanges: list[Exchange] = []
        self.dropped = 0

    @property
    def last(self) -> Exchange:
        """The present exchange."""
        return self.exchanges[-1]

    @override
    def sent(self, data: bytes, *, more: bool = False) -> None:
        if more and self.exchanges and not self._dropping:
            self.last.sent += self._room(data)
            return
        self._dropping = self._left <= 0
        if self._dropping:
            self.dropped += 1
            return
        at = time.monotonic() - self._began
        self.exchanges.append(Exchange(round(at, 3), self._to, bytearray(self._room(data))))

    @override
    def received(self, data: bytes) -> None:
        if self._dropping or not self.exchanges:
            return
        room = _LONGEST_ANSWER - len(self.last.received)
        kept = self._room(data[:room])
        self.last.received += kept
        self.last.cut |= len(kept) < len(data)

    @contextmanager
    def going_to(self, to: str) -> Iterator[None]:
        """Note of the requests that they go to something else than the meter itself."""
        self._to = to
        try:
            yield
        finally:
            self._to = ""

    def _room(self, data: bytes) -> bytes:
        kept = data[: max(0, self._left)]
        self._left -= len(kept)
        return kept
