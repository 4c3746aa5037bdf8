"""The four Modbus functions that a meter is asked with, as bytes.

A client library makes an object of each request and each answer and hands them through several layers,
which takes more of the processor's time than all the rest of a poll.
"""

import struct
from typing import Final, Protocol

from modbus_connection import ModbusExceptionError

from .answers import EXCEPTION, WRITE_MANY, WRITE_ONE

_READ_INPUT: Final = 0x04
_REPORT_SERVER_ID: Final = 0x11

# Function, address, and a count of registers or a value.
_REQUEST: Final = struct.Struct(">BHH")


class Unit(Protocol):
    """What is used of a device on a line: a part of the library's own unit.

    Every method raises the library's ModbusError: ModbusExceptionError for a refusal,
    ModbusTimeoutError for silence.
    """

    async def report_server_id(self) -> bytes:
        """Ask who it is (function 0x11)."""

    async def read_input_registers(self, address: int, count: int) -> list[int]:
        """Read registers (0x04)."""

    async def write_register(self, address: int, value: int) -> None:
        """Write one register (0x06)."""

    async def write_registers(self, address: int, values: list[int]) -> None:
        """Write registers (0x10)."""


class Requests(Protocol):
    """Where requests go."""

    async def request(self, unit_id: int, pdu: bytes) -> bytes:
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

    async def report_server_id(self) -> bytes:
        """Ask who it is (function 0x11)."""
        answer = await self._ask(bytes((_REPORT_SERVER_ID,)))
        return answer[2:]

    async def read_input_registers(self, address: int, count: int) -> list[int]:
        """Read registers (0x04)."""
        answer = await self._ask(_REQUEST.pack(_READ_INPUT, address, count))
        return list(struct.unpack(f">{count}H", answer[2:]))

    async def write_register(self, address: int, value: int) -> None:
        """Write one register (0x06)."""
        await self._ask(_REQUEST.pack(WRITE_ONE, address, value))

    async def write_registers(self, address: int, values: list[int]) -> None:
        """Write registers (0x10)."""
        count = len(values)
        words = struct.pack(f">B{count}H", 2 * count, *values)
        await self._ask(_REQUEST.pack(WRITE_MANY, address, count) + words)

    async def _ask(self, pdu: bytes) -> bytes:
        answer = await self._connection.request(self._unit_id, pdu)
        if answer[0] & EXCEPTION:
            raise ModbusExceptionError.from_code(answer[1])
        return answer
