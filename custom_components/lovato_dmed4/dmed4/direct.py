"""The four Modbus functions that a meter is asked with, as bytes.

A client library makes an object of each request and each answer and hands them through several layers,
which takes more of the processor's time than all the rest of a poll.
"""

import struct
from typing import Final, Protocol

from .answers import WRITE_MANY, WRITE_ONE
from .tap import Tap

_READ_INPUT: Final = 0x04
_REPORT_SERVER_ID: Final = 0x11

# Function, address, and a count of registers or a value.
_REQUEST: Final = struct.Struct(">BHH")


class Unit(Protocol):
    """What is used of a device on a line.

    Every method raises the library's ModbusError: ModbusExceptionError for a refusal,
    ModbusTimeoutError for silence.

    Attributes:
        tap: takes note of the bytes of this device's requests and answers, if anything does.
        shortened: whether an answer has come that had to be completed.
    """

    tap: Tap | None
    shortened: bool

    async def report_server_id(self) -> bytes:
        """Ask who it is (function 0x11)."""

    async def read_input_registers(self, address: int, count: int) -> bytes:
        """Read registers (0x04)."""

    async def write_register(self, address: int, value: int) -> None:
        """Write one register (0x06)."""

    async def write_registers(self, address: int, values: list[int]) -> None:
        """Write registers (0x10)."""


class Requests(Protocol):
    """Where requests go.

    Attributes:
        shortened: whether the last answer had to be completed.
    """

    shortened: bool

    async def request(self, unit_id: int, pdu: bytes, tap: Tap | None) -> bytes:
        """Send a request and wait for its answer, which fits it; both are function and data."""


class DirectUnit:
    """A device on a connection of ours.

    Args:
        connection: that it is on.
        unit_id: its node number, 0…255.
    """

    def __init__(self, connection: Requests, unit_id: int) -> None:
        self._connection = connection
        self._unit_id = unit_id
        self.tap: Tap | None = None
        self.shortened = False

    async def report_server_id(self) -> bytes:
        """Ask who it is (function 0x11)."""
        answer = await self._connection.request(
            self._unit_id, bytes((_REPORT_SERVER_ID,)), self.tap
        )
        return answer[2:]

    async def read_input_registers(self, address: int, count: int) -> bytes:
        """Read registers (0x04)."""
        pdu = _REQUEST.pack(_READ_INPUT, address, count)
        answer = await self._connection.request(self._unit_id, pdu, self.tap)
        return answer[2:]

    async def write_register(self, address: int, value: int) -> None:
        """Write one register (0x06)."""
        pdu = _REQUEST.pack(WRITE_ONE, address, value)
        await self._connection.request(self._unit_id, pdu, self.tap)

    async def write_registers(self, address: int, values: list[int]) -> None:
        """Write registers (0x10)."""
        count = len(values)
        words = struct.pack(f">B{count}H", 2 * count, *values)
        pdu = _REQUEST.pack(WRITE_MANY, address, count) + words
        await self._connection.request(self._unit_id, pdu, self.tap)
        self.shortened = self.shortened or self._connection.shortened
