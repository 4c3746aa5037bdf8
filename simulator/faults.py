"""What goes wrong between a meter and its client, switched on and off while a server runs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Any

from .framing import Frame


class ModbusFault(StrEnum):
    """What can happen to a Modbus request."""

    BUSY = "busy"
    """Exception 6; the request is not carried out."""
    SILENCE = "silence"
    """The request is swallowed: neither carried out nor answered, and the connection stays."""
    LOST_ANSWER = "lost answer"
    """The request is carried out, and its answer never comes."""
    CUT = "cut"
    """The connection breaks off in the middle of the answer; a cable just falls silent."""
    GARBAGE = "garbage"
    """As many bytes as the answer has, none of them right."""
    LONGER = "longer"
    """The answer to a read is intact and has one register more than was asked for."""
    SHORTER = "shorter"
    """The answer to a read is intact and has one register less; of one there is none left."""
    WRONG_TRANSACTION = "wrong transaction"
    """The answer bears the next transaction ID (TCP; other framings have none)."""


class RestFault(StrEnum):
    """What can happen to an HTTP request."""

    SILENCE = "silence"
    """The request is neither carried out nor answered, and the connection stays."""
    LOST_ANSWER = "lost answer"
    """The request is carried out, and the connection breaks off before the answer."""
    CUT = "cut"
    """The request is carried out, and the connection breaks off in the middle of the body."""
    NOT_JSON = "not JSON"
    """The request is carried out, and the answer's body is a web page."""
    BAD_REQUEST = "400"
    """HTTP 400; the request is not carried out. So are the next three."""
    SERVER_ERROR = "500"
    NOT_IMPLEMENTED = "501"
    UNAVAILABLE = "503"


@dataclass
class _Injected[Kind, Request]:
    kind: Kind
    times: float
    only: Callable[[Request], bool]


class Faults[Kind, Request]:
    """The faults of one server; `Request` is how it distinguishes requests.

    Attributes:
        delay: Seconds that every answer takes; what was asked for is done before.
    """

    def __init__(self) -> None:
        self.delay = 0.0
        self._injected: list[_Injected[Kind, Request]] = []

    def inject(
        self,
        kind: Kind,
        *,
        times: float = inf,
        only: Callable[[Request], bool] = lambda _: True,
    ) -> None:
        """Let a fault happen to so many of the requests to come, or to all until `clear`.

        One request has one fault: the first injected of those that apply.

        Args:
            kind: Which.
            times: To how many requests.
            only: Picks the requests that it happens to.
        """
        self._injected.append(_Injected(kind, times, only))

    def clear(self) -> None:
        """Let everything be well again."""
        self.delay = 0.0
        self._injected.clear()

    def take(self, request: Request) -> Kind | None:
        """Return what happens to this request."""
        for fault in self._injected:
            if fault.times > 0 and fault.only(request):
                fault.times -= 1
                return fault.kind
        return None


class ModbusFaults(Faults[ModbusFault, Frame]):
    """The faults of a Modbus server; `only` gets the `Frame`: its unit and its PDU."""


class RestFaults(Faults[RestFault, str]):
    """The faults of a web server; `only` gets method and address: `PUT /v1/login?password=1`.

    Attributes:
        missing_fields: Left out of every answer, wherever they stand in it.
        extra_fields: Added to every answer that is a JSON object.
    """

    def __init__(self) -> None:
        super().__init__()
        self.missing_fields: set[str] = set()
        self.extra_fields: dict[str, Any] = {}

    def clear(self) -> None:
        """Let everything be well again."""
        super().clear()
        self.missing_fields = set()
        self.extra_fields = {}


def resized(answer: bytes, fault: ModbusFault | None) -> bytes:
    """Return an answer to a read with a register more or less, whose byte count is right."""
    if fault not in {ModbusFault.LONGER, ModbusFault.SHORTER} or answer[0] not in {0x03, 0x04}:
        return answer
    words = answer[2:-2] if fault is ModbusFault.SHORTER else answer[2:] + b"\xff\xff"
    return bytes([answer[0], len(words)]) + words


def garbled(data: bytes) -> bytes:
    """Return as many bytes, all of them wrong."""
    return bytes(byte ^ 0x5A for byte in data)
