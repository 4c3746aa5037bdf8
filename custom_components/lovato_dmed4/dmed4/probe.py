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

_HEADER: Final = struct.Struct(">HHHB")
_TRANSACTION: Final = 0x4D34
_REPORT_SLAVE_ID: Final = 0x11
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


async def ask_model(host: str, port: int, unit: int, *, seconds: float) -> ProbeAnswer | None:
    """Ask for the model (function 0x11) over a connection of its own.

    Args:
        host: name or IP address.
        port: of the Modbus TCP server.
        unit: who is asked, 0…255.
        seconds: how long to wait, for the connection and the answer together.

    Returns:
        None where nothing answers, or in no Modbus.
    """
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, UnicodeError):
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(_HEADER.pack(_TRANSACTION, 0, 2, unit) + bytes([_REPORT_SLAVE_ID]))
                await writer.drain()
                transaction, protocol, length, answered = _HEADER.unpack(
                    await reader.readexactly(_HEADER.size)
                )
                if (transaction, protocol) != (_TRANSACTION, 0) or length > _ANSWER_LIMIT:
                    return None
                return ProbeAnswer(answered, _model(await reader.readexactly(length - 1)))
            finally:
                writer.close()
    return None


def _model(pdu: bytes) -> str | None:
    """Read the model code, which follows the function and the number of bytes."""
    if len(pdu) < 3 or pdu[0] != _REPORT_SLAVE_ID:  # noqa: PLR2004
        return None
    return METERS.get(pdu[2]) or DISPLAY_MODELS.get(pdu[2])
