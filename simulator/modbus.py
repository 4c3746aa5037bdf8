"""The meter over Modbus: what a request asks, and the framing of Modbus TCP around it."""

import asyncio
from contextlib import suppress
import struct
from types import TracebackType
from typing import Self

from .errors import BusyError, NoRegisterError, NotValidError, OutOfRangeError
from .meter import SimulatedMeter
from .registers import WRITE_MANY, WRITE_ONE, read_registers, write_registers

MAX_REGISTERS = 120
"""Registers in one message (manual: protocol specifications)."""

MAX_CONNECTIONS = 2
"""Modbus TCP connections at a time (manual: protocol specifications)."""

_READ = (0x03, 0x04)
_REPORT_SLAVE_ID = 0x11
_FIRMWARE, _HARDWARE, _PARAMETERS, _ETHERNET_FIRMWARE = 12, 3, 5, 7

_HEADER = struct.Struct(">HHHB")
_ADDRESS_AND_COUNT = struct.Struct(">HH")
_MAX_LENGTH = 254  # of unit ID and PDU, by the Modbus specification

# (manual: error codes)
_FUNCTION_NOT_VALID = 0x01
_ADDRESS_NOT_VALID = 0x02
_OUT_OF_RANGE = 0x03
_OPERATION_NOT_VALID = 0x04
_BUSY = 0x06


def handle_pdu(meter: SimulatedMeter, pdu: bytes) -> bytes | None:
    """Answer one request: function and data, without framing. An empty one has no answer."""
    if not pdu:
        return None
    function = pdu[0]
    try:
        return bytes([function]) + _answer(meter, function, pdu[1:])
    except _UnknownFunctionError:
        code = _FUNCTION_NOT_VALID
    except NoRegisterError:
        code = _ADDRESS_NOT_VALID
    except OutOfRangeError, struct.error:
        code = _OUT_OF_RANGE
    except NotValidError:
        code = _OPERATION_NOT_VALID
    except BusyError:
        code = _BUSY
    return bytes([function | 0x80, code])


class _UnknownFunctionError(Exception):
    """A function that the meter does not have."""


def _answer(meter: SimulatedMeter, function: int, data: bytes) -> bytes:
    if function in _READ:
        address, count = _ADDRESS_AND_COUNT.unpack(data)
        _check_count(count)
        words = read_registers(meter, address + 1, count)
        return bytes([len(words)]) + words
    if function == WRITE_ONE:
        address, _ = _ADDRESS_AND_COUNT.unpack(data)
        write_registers(meter, address + 1, data[2:], function)
        return data
    if function == WRITE_MANY:
        address, count = _ADDRESS_AND_COUNT.unpack_from(data)
        _check_count(count)
        if len(data) != 5 + 2 * count or data[4] != 2 * count:
            raise OutOfRangeError("byte count and data disagree")
        write_registers(meter, address + 1, data[5:], function)
        return data[:4]
    if function == _REPORT_SLAVE_ID:
        identity = (meter.model.slave_id, _FIRMWARE, _HARDWARE, _PARAMETERS)
        return bytes([8, *identity, 0x02, _ETHERNET_FIRMWARE, 0x00, 0x00])
    raise _UnknownFunctionError


def _check_count(count: int) -> None:
    if not 1 <= count <= MAX_REGISTERS:
        raise OutOfRangeError("1 to 120 registers in one message")


class ModbusTcpServer:
    """A meter's Modbus TCP port; two clients at a time.

    Args:
        meter: What answers.
        host: Address to listen on.
        port: 0 for any free one; the same again after a stop.
        unit_id: The meter's node number.
        strict_unit: Be silent to other unit IDs, as a meter behind a gateway. A meter with its own
            Ethernet port answers to all (manual: Modbus node number).

    Attributes:
        requests: The PDUs received so far.
    """

    def __init__(
        self,
        meter: SimulatedMeter,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        unit_id: int = 1,
        strict_unit: bool = False,
    ) -> None:
        self._meter = meter
        self.host = host
        self.port = port
        self.unit_id = unit_id
        self._strict_unit = strict_unit
        self.requests: list[bytes] = []
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        meter.on_reboot(self._drop_connections)

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._writers)

    async def start(self) -> None:
        """Plug the meter in."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Unplug the meter: open connections break off."""
        if self._server is not None:
            self._server.close()
            self._drop_connections()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    def _drop_connections(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._writers) >= MAX_CONNECTIONS:
            writer.close()
            return
        self._writers.add(writer)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while frame := await self._read_frame(reader):
                    await self._reply(frame, writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _read_frame(self, reader: asyncio.StreamReader) -> tuple[int, int, bytes] | None:
        """Return transaction, unit ID and PDU; None if it is not Modbus."""
        transaction, protocol, length, unit = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        if protocol or not 1 <= length <= _MAX_LENGTH:
            return None
        return transaction, unit, await reader.readexactly(length - 1)

    async def _reply(self, frame: tuple[int, int, bytes], writer: asyncio.StreamWriter) -> None:
        transaction, unit, pdu = frame
        if self._strict_unit and unit != self.unit_id:
            return
        self.requests.append(pdu)
        answer = handle_pdu(self._meter, pdu)
        if answer is not None:
            writer.write(_HEADER.pack(transaction, 0, len(answer) + 1, unit) + answer)
            await writer.drain()
