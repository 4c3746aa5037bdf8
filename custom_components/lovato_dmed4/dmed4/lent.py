"""A Modbus unit on a line that another part of the program keeps open, and lends."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import struct

from modbus_connection import (
    ModbusConnectionError,
    ModbusError,
    ModbusProtocolError,
    ModbusTimeoutError,
    ModbusUnit,
)

from .answers import shortened_answer
from .direct import IsTaken
from .lines import Line
from .quiet import quiet_pymodbus
from .tap import Tap


@dataclass(frozen=True, slots=True)
class LentUnit:
    """A unit that others ask over the same connection, one request at a time.

    Attributes:
        unit: to ask; it connects by itself.
        give_back: to be awaited when it is no longer needed.
    """

    unit: ModbusUnit
    give_back: Callable[[], Awaitable[None]]


class AskedLentUnit:
    """A lent unit with the errors of one of ours.

    Attributes:
        tap: gets nothing: a lent unit shows no bytes.
        shortened: whether an answer has come that was a byte too short.
        unheard: whether something was written although no answer to that came.

    Args:
        unit: that is lent.
        line: that it is on.
    """

    def __init__(self, unit: ModbusUnit, line: Line) -> None:
        self._unit = unit
        self._line = line
        self.tap: Tap | None = None
        self.shortened = False
        self.unheard = False

    async def report_server_id(self) -> bytes:
        """Ask who it is (function 0x11)."""
        return await self._ask(self._unit.report_server_id())

    async def read_input_registers(self, address: int, count: int) -> bytes:
        """Read registers (0x04)."""
        words = await self._ask(self._unit.read_input_registers(address, count))
        if len(words) != count:
            raise ModbusError(f"{len(words)} registers instead of {count}")
        return struct.pack(f">{count}H", *words)

    async def write_register(self, address: int, value: int) -> None:
        """Write one register (0x06)."""
        await self._ask(self._unit.write_register(address, value))

    async def write_registers(self, address: int, values: list[int], is_taken: IsTaken) -> None:
        """Write registers (0x10).

        The library of the connection knows no answer that is shorter than the others'. On an RTU line
        it goes on waiting for the byte that such an answer lacks, so that the registers are read then.
        """
        try:
            await self._ask(self._unit.write_registers(address, values))
        except ModbusProtocolError as err:
            answered = getattr(err.__cause__, "response_bytes", b"")
            if answered != shortened_answer(address, len(values)):
                raise
            self.shortened = True
        except ModbusTimeoutError:
            if not is_taken(await self._ask(self._unit.read_input_registers(address, len(values)))):
                raise
            self.unheard = True

    async def _ask[T](self, request: Awaitable[T]) -> T:
        try:
            with quiet_pymodbus():
                return await request
        except ModbusError as err:
            cause = err.__cause__ and err.__cause__.__cause__
            if isinstance(cause, CancelledError):
                # pymodbus takes the cancellation of a request for silence.
                raise cause from None
            raise
        except Exception as err:
            # It connects when it is asked, over ports of all kinds.
            raise ModbusConnectionError(f"{self._line} could not be opened: {err}") from err
