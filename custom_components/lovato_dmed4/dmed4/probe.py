"""A first knock at a Modbus TCP port: who answers, and as which unit.

A meter with an Ethernet port of its own may answer with its own node number whatever it was asked for
(manual: Modbus node number), which a Modbus client drops as an answer to somebody else.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
import struct
from typing import Final

from .display import DISPLAY_MODELS
from .modbus import MODBUS_MODELS as METERS
from .registers import wire
from .tap import Tap

_HEADER: Final = struct.Struct(">HHHB")
_TRANSACTION: Final = 0x4D34
_REPORT_SLAVE_ID: Final = 0x11
_READ: Final = 0x04
_ANSWER_LIMIT: Final = 260


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What came back from a Modbus TCP port.

    Attributes:
        unit: the unit that the answer bears.
        model: of the DMED4 or remote display that answered; None for any other device.
    """

    unit: int
    model: str | None


async def ask_model(
    host: str, port: int, unit: int, *, seconds: float, tap: Tap | None = None
) -> ProbeAnswer | None:
    """Ask for the model (function 0x11) over a connection of its own.

    Args:
        host: name or IP address.
        port: of the Modbus TCP server.
        unit: who is asked, 0…255.
        seconds: how long to wait, for the connection and the answer together.
        tap: takes note of the bytes in both directions.

    Returns:
        None where nothing answers, or in no Modbus.
    """
    answer = await _ask(host, port, unit, bytes([_REPORT_SLAVE_ID]), seconds=seconds, tap=tap)
    return None if answer is None else ProbeAnswer(answer[0], _model(answer[1]))


async def ask_words(
    host: str, port: int, unit: int, register: int, count: int, *, seconds: float, tap: Tap
) -> list[int] | None:
    """Read registers by the manual's numbers over a connection of its own; None as for `ask_model`."""
    question = struct.pack(">BHH", _READ, wire(register), count)
    answer = await _ask(host, port, unit, question, seconds=seconds, tap=tap)
    if answer is None or answer[1][:2] != bytes([_READ, 2 * count]):
        return None
    data = answer[1][2:]
    return [int.from_bytes(data[place : place + 2]) for place in range(0, len(data), 2)]


async def _ask(
    host: str, port: int, unit: int, pdu: bytes, *, seconds: float, tap: Tap | None
) -> tuple[int, bytes] | None:
    """Ask once; return the unit that the answer bears, and the answer."""
    question = _HEADER.pack(_TRANSACTION, 0, 1 + len(pdu), unit) + pdu
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, UnicodeError):
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                if tap is not None:
                    tap.sent(question)
                writer.write(question)
                await writer.drain()
                head = await _read(reader, _HEADER.size, tap)
                transaction, protocol, length, answered = _HEADER.unpack(head)
                if (transaction, protocol) != (_TRANSACTION, 0) or not 1 < length <= _ANSWER_LIMIT:
                    return None
                return answered, await _read(reader, length - 1, tap)
            finally:
                writer.close()
    return None


async def _read(reader: asyncio.StreamReader, count: int, tap: Tap | None) -> bytes:
    data = await reader.readexactly(count)
    if tap is not None:
        tap.received(data)
    return data


def _model(pdu: bytes) -> str | None:
    """Read the model code, which follows the function and the number of bytes."""
    if len(pdu) < 3 or pdu[0] != _REPORT_SLAVE_ID:  # noqa: PLR2004
        return None
    return METERS.get(pdu[2]) or DISPLAY_MODELS.get(pdu[2])
