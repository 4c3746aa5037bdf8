"""A Modbus unit on a line that another part of the program keeps open, and lends."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import struct

from modbus_connection import ModbusConnectionError, ModbusError, ModbusUnit

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
        shortened: never, as the answers of others are not seen.

    Args:
        unit: that is lent.
        line: that it is on.
    """

    shortened = False

    def __init__(self, unit: ModbusUnit, line: Line) -> None:
        self._unit = unit
        self._line = line
        self.tap: Tap | None = None

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

    async def write_registers(self, address: int, values: list[int]) -> None:
        """Write registers (0x10)."""
        await self._ask(self._unit.write_registers(address, values))

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
