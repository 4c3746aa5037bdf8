"""Which of the bytes on a line are the answer to a request.

A line is not to be trusted: noise, a wrong baud rate or a stranger may send anything, at any length.
So the one answer that a request can have is looked for byte by byte, each byte is looked at once,
and as soon as more has come than that answer can have, the request has failed. What is intact but
answers something else is refused, too: on a line without transaction numbers it is probably the
late answer to an earlier request (manual: Modbus protocol).
"""

from abc import ABC, abstractmethod
import binascii
from collections.abc import Callable, Mapping
import struct
from typing import Final, override

from pymodbus.framer import FramerAscii, FramerRTU

from .lines import Framing

_READ: Final = (0x03, 0x04)
WRITE_ONE: Final = 0x06
WRITE_MANY: Final = 0x10
EXCEPTION: Final = 0x80
_EXCEPTION_LENGTH: Final = 2
_WRITTEN_LENGTH: Final = 5

# An answer to function 0x10 whose number of written registers has one byte: the manual gives the other
# sizes only (response to function 0x10).
_SHORT_LENGTH: Final = 4

_LONGEST_PDU: Final = 253

# A line that changes direction may add a few bytes of noise.
_NOISE: Final = 8

_MBAP: Final = struct.Struct(">HHHB")


class NoAnswerError(Exception):
    """What came can't be the answer, or be followed by it."""


class AwaitedAnswer(ABC):
    """The answer to one request, as it comes in.

    Attributes:
        pdu: function and data of the answer, once it was found.

    Args:
        unit: the node number that was asked; 0 over TCP is answered by any.
        pdu: function and data of the request.

    Attributes:
        shortened: whether the answer lacked the second byte of a number, and was completed.
    """

    def __init__(self, unit: int, pdu: bytes) -> None:
        self.shortened = False
        self._unit = unit
        self._function = pdu[0]
        self.pdu = b""
        self._begin, self._length = _expected(pdu)
        # Where the first byte is that has not been looked at.
        self._at = 0

    @property
    @abstractmethod
    def limit(self) -> int:
        """Bytes on the line that there can be at most, up to the answer's last."""

    def find(self, data: bytes) -> bytes:
        """Find the answer's frame in all that has come since the request; empty: not yet.

        Raises:
            NoAnswerError: it can't come any more.
        """
        frame = self._next(data[: self.limit])
        if not frame and len(data) > self.limit:
            raise NoAnswerError(f"more than {self.limit} bytes came")
        return frame

    @abstractmethod
    def _next(self, data: bytes) -> bytes:
        """Look at the bytes that have not been looked at; see `find`."""

    def _take(self, pdu: bytes) -> None:
        """Take an intact answer of this unit, if it is the one that was asked for; complete it."""
        if self._function == WRITE_MANY and pdu == self._begin[:3] + self._begin[-1:]:
            # What was written is read back anyway.
            self.shortened = True
            pdu = self._begin
        refusal = pdu[0] == self._function | EXCEPTION and len(pdu) == _EXCEPTION_LENGTH
        length = self._length or _own_length(pdu)
        if not refusal and (len(pdu) != length or not pdu.startswith(self._begin)):
            raise NoAnswerError(f"an answer of {len(pdu)} bytes to another request")
        self.pdu = pdu


class TcpAnswer(AwaitedAnswer):
    """An answer with the header of Modbus TCP, whose transaction ID must be the request's."""

    limit = 2 * (_MBAP.size + _LONGEST_PDU)  # that to an earlier request may come before it

    def __init__(self, request: bytes) -> None:
        self._transaction, _, _, unit = _MBAP.unpack_from(request)
        super().__init__(unit, request[_MBAP.size :])

    @override
    def _next(self, data: bytes) -> bytes:
        while len(data) - self._at > _MBAP.size:
            transaction, protocol, length, unit = _MBAP.unpack_from(data, self._at)
            if protocol or not 1 < length <= 1 + _LONGEST_PDU:
                raise NoAnswerError("no header of Modbus TCP")
            frame = data[self._at : self._at + _MBAP.size - 1 + length]
            if len(frame) < _MBAP.size - 1 + length:
                break
            self._at += len(frame)
            if transaction == self._transaction and self._unit in {0, unit}:
                self._take(frame[_MBAP.size :])
                return frame
        return b""


class RtuAnswer(AwaitedAnswer):
    """An answer that ends with a CRC."""

    def __init__(self, request: bytes) -> None:
        super().__init__(request[0], request[1:-2])

    @property
    @override
    def limit(self) -> int:
        return 1 + (self._length or _LONGEST_PDU) + 2 + _NOISE

    @override
    def _next(self, data: bytes) -> bytes:
        while len(data) - self._at >= 1 + _EXCEPTION_LENGTH + 2:
            lengths = self._claimed(data[self._at : self._at + 3])
            for length in lengths:
                frame = data[self._at : self._at + 1 + length + 2]
                if len(frame) < 1 + length + 2:
                    return b""
                if FramerRTU.check_CRC(frame[:-2], int.from_bytes(frame[-2:])):
                    self._take(frame[1:-2])
                    return frame
            self._at += 1
        return b""

    def _claimed(self, head: bytes) -> tuple[int, ...]:
        """How long an answer's PDU may be by its own account; nothing if this is not how one begins."""
        unit, function, count = head
        if unit != self._unit:
            return ()
        if function == self._function | EXCEPTION:
            return (_EXCEPTION_LENGTH,)
        if function != self._function:
            return ()
        if function == WRITE_MANY:
            return _SHORT_LENGTH, _WRITTEN_LENGTH
        return (2 + count if self._length is None or function in _READ else self._length,)


class AsciiAnswer(AwaitedAnswer):
    """An answer in hexadecimal digits between a colon and CR LF."""

    def __init__(self, request: bytes) -> None:
        message = binascii.unhexlify(request[1:-2])
        super().__init__(message[0], message[1:-1])

    @property
    @override
    def limit(self) -> int:
        return 1 + 2 * (1 + (self._length or _LONGEST_PDU) + 1) + 2 + _NOISE

    @override
    def _next(self, data: bytes) -> bytes:
        while (end := data.find(b"\r\n", self._at)) >= 0:
            digits = data[self._at : end].rpartition(b":")[2]
            self._at = end + 2
            try:
                message = binascii.unhexlify(digits)
            except binascii.Error:
                continue
            if len(message) < 1 + _EXCEPTION_LENGTH + 1 or message[0] != self._unit:
                continue
            if message[1] & ~EXCEPTION != self._function:
                continue
            if FramerAscii.check_LRC(message[:-1], message[-1]):
                self._take(message[1:-1])
                return b":" + digits + b"\r\n"
        return b""


ANSWERS: Final[Mapping[Framing, Callable[[bytes], AwaitedAnswer]]] = {
    Framing.TCP: TcpAnswer,
    Framing.RTU: RtuAnswer,
    Framing.ASCII: AsciiAnswer,
}


def shortened_answer(address: int, count: int) -> bytes:
    """Get the answer (function and data) to function 0x10 that has one byte for the number of registers."""
    return struct.pack(">BHB", WRITE_MANY, address, count)


def _expected(pdu: bytes) -> tuple[bytes, int | None]:
    """How the PDU of the answer to a request begins, and its length; None: it says so itself."""
    function = pdu[0]
    if function in _READ:
        size = 2 * int.from_bytes(pdu[3:5])
        return bytes((function, size)), 2 + size
    if function == WRITE_ONE:
        return pdu[:3], _WRITTEN_LENGTH
    if function == WRITE_MANY:
        return pdu[:5], _WRITTEN_LENGTH
    return pdu[:1], None


def _own_length(pdu: bytes) -> int:
    return 2 + pdu[1] if len(pdu) > 1 else 0
