"""Modbus frames: TCP, RTU and ASCII (manual: Modbus).

Nothing here reads or writes: bytes go in as they come, and whole frames come out.
"""

from abc import ABC, abstractmethod
from binascii import Error as NotHexError, unhexlify
from collections.abc import Callable, Iterator
from dataclasses import dataclass
import struct
from typing import Literal, override

type FramingName = Literal["tcp", "rtu", "ascii"]

_HEADER = struct.Struct(">HHHB")
_MAX_LENGTH = 254  # of unit ID and PDU, by the Modbus specification
_SHORTEST_RTU = 4  # unit ID, function, CRC
_SHORTEST_ASCII = 3  # unit ID, function, LRC
_LONGEST_RTU = 256
_LONGEST_ASCII = 513

# Bytes of a request from the unit ID to the CRC, by function.
_FIXED_LENGTHS = dict.fromkeys((0x01, 0x02, 0x03, 0x04, 0x05, 0x06), 8) | {0x11: 4}
# Where a request of changing length says how many bytes of data follow.
_COUNT_AT = {0x0F: 6, 0x10: 6}


@dataclass(frozen=True)
class Frame:
    """A request or an answer.

    Attributes:
        unit: Modbus node number.
        pdu: Function and data.
        transaction: By which a TCP client finds the answer; the other framings have none.
    """

    unit: int
    pdu: bytes
    transaction: int = 0


class NotModbusError(Exception):
    """What comes is not Modbus, and where it would begin again can't be known."""


def crc(data: bytes) -> bytes:
    """Return the CRC of an RTU frame as it is sent: low byte first (manual: CRC computation)."""
    register = 0xFFFF
    for byte in data:
        register = register >> 8 ^ _CRC_TABLE[(register ^ byte) & 0xFF]
    return register.to_bytes(2, "little")


def lrc(data: bytes) -> int:
    """Return the LRC of an ASCII frame (manual: LRC computation; its example is misprinted)."""
    return -sum(data) & 0xFF


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC_TABLE = tuple(map(_crc_of_byte, range(256)))


class Framing(ABC):
    """One direction of one line or connection: what has come of it and is not a frame yet."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun that a silence would end."""
        return False

    @abstractmethod
    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take bytes; yield the frames that they complete.

        Raises:
            NotModbusError: The connection is of no more use.
        """

    def silence(self) -> Iterator[Frame]:
        """Take note of a pause on the line; yield the frame that it ends, if it is one."""
        yield from ()

    @abstractmethod
    def encode(self, frame: Frame) -> bytes:
        """Return the bytes of a frame."""


class TcpFraming(Framing):
    """Transaction ID, protocol ID 0, length, node; no check sum."""

    @override
    def feed(self, data: bytes) -> Iterator[Frame]:
        self._buffer += data
        while len(self._buffer) >= _HEADER.size:
            transaction, protocol, length, unit = _HEADER.unpack_from(self._buffer)
            if protocol or not 1 <= length <= _MAX_LENGTH:
                raise NotModbusError
            end = _HEADER.size - 1 + length
            if len(self._buffer) < end:
                return
            pdu = bytes(self._buffer[_HEADER.size : end])
            del self._buffer[:end]
            yield Frame(unit, pdu, transaction)

    @override
    def encode(self, frame: Frame) -> bytes:
        return _HEADER.pack(frame.transaction, 0, len(frame.pdu) + 1, frame.unit & 0xFF) + frame.pdu


class RtuFraming(Framing):
    """Node, function, data, CRC; a pause of 3.5 characters before and after.

    The length of a frame follows from its function, so that an answer need not wait for the pause.
    After anything that is not a frame, all is ignored until the line has been silent.
    """

    @property
    @override
    def waiting(self) -> bool:
        return bool(self._buffer)

    @override
    def feed(self, data: bytes) -> Iterator[Frame]:
        self._buffer += data
        while (length := self._length()) and len(self._buffer) >= length:
            frame = _rtu_frame(bytes(self._buffer[:length]))
            if frame is None:
                break
            del self._buffer[:length]
            yield frame
        # Only what can still become a frame is worth keeping; the rest shows there was no pause.
        del self._buffer[_LONGEST_RTU + 1 :]

    @override
    def silence(self) -> Iterator[Frame]:
        # A function of unknown length ends where the pause begins.
        frame = _rtu_frame(bytes(self._buffer))
        self._buffer.clear()
        if frame is not None:
            yield frame

    @override
    def encode(self, frame: Frame) -> bytes:
        data = bytes([frame.unit & 0xFF]) + frame.pdu
        return data + crc(data)

    def _length(self) -> int | None:
        if len(self._buffer) < 2:  # noqa: PLR2004 - node and function
            return None
        function = self._buffer[1]
        if (count_at := _COUNT_AT.get(function)) is None:
            return _FIXED_LENGTHS.get(function)
        if len(self._buffer) <= count_at:
            return None
        return count_at + 1 + self._buffer[count_at] + 2


class AsciiFraming(Framing):
    """A colon, then node, function, data and LRC as two hexadecimal digits a byte, CR LF."""

    @override
    def feed(self, data: bytes) -> Iterator[Frame]:
        self._buffer += data
        while b"\r\n" in self._buffer:
            line, _, rest = bytes(self._buffer).partition(b"\r\n")
            self._buffer[:] = rest
            _, colon, digits = line.rpartition(b":")
            if colon and (frame := _ascii_frame(digits)):
                yield frame
        del self._buffer[: -_LONGEST_ASCII - 1]

    @override
    def encode(self, frame: Frame) -> bytes:
        data = bytes([frame.unit & 0xFF]) + frame.pdu
        return b":" + (data + bytes([lrc(data)])).hex().upper().encode() + b"\r\n"


FRAMINGS: dict[FramingName, Callable[[], Framing]] = {
    "tcp": TcpFraming,
    "rtu": RtuFraming,
    "ascii": AsciiFraming,
}


def _rtu_frame(data: bytes) -> Frame | None:
    if not _SHORTEST_RTU <= len(data) <= _LONGEST_RTU or crc(data[:-2]) != data[-2:]:
        return None
    return Frame(data[0], data[1:-2])


def _ascii_frame(digits: bytes) -> Frame | None:
    try:
        data = unhexlify(digits)
    except NotHexError:
        return None
    if len(data) < _SHORTEST_ASCII or lrc(data):
        return None
    return Frame(data[0], data[1:-1])
