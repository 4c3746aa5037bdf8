"""A device on a shared Modbus link, asked until it answers."""

from collections.abc import Awaitable, Callable
from functools import partial

from modbus_connection import (
    GatewayPathUnavailableError,
    GatewayTargetError,
    ModbusError,
    ModbusExceptionError,
    ModbusTimeoutError,
    ServerDeviceBusyError,
)

from . import links
from .direct import IsTaken
from .lent import LentUnit
from .modbus_errors import meter_error
from .repeating import LOST, Repeater, Reply
from .tap import Tap


def _outcome(error: Exception) -> Reply:
    if isinstance(error, ServerDeviceBusyError):
        return Reply.BUSY
    if isinstance(error, GatewayPathUnavailableError | GatewayTargetError):
        return Reply.DISTURBED  # the gateway's answer, and the device's silence
    if isinstance(error, ModbusTimeoutError):
        return Reply.SILENT
    if isinstance(error, ModbusError) and not isinstance(error, ModbusExceptionError):
        return Reply.DISTURBED
    return Reply.ANSWERED


class RepeatingUnit:
    """What is used of a `Unit`, with the addresses on the wire; it raises errors of ours.

    Attributes:
        unit_id: the device's node number.
        seconds_waited: how long answers have been waited for, all together, in s.
        closed: whether nothing is to be asked any more.
    """

    def __init__(self, link: links.ModbusLink, unit_id: int, lent: LentUnit | None) -> None:
        self.unit_id = unit_id
        self._link = link
        self._unit = link.unit(unit_id, lent)
        self._repeater = Repeater(_outcome)
        self.seconds_waited = 0.0
        self.closed = False

    @property
    def shortened(self) -> bool:
        """Whether an answer has come that had to be completed."""
        return self._unit.shortened

    @property
    def unheard(self) -> bool:
        """Whether something was written although no answer to that came."""
        return self._unit.unheard

    def listen(self, tap: Tap) -> None:
        """Take note of the bytes of this device's requests and answers."""
        self._unit.tap = tap

    async def report_server_id(self) -> bytes:
        """Ask who it is (function 0x11)."""
        return await self._ask(self._unit.report_server_id)

    async def read_input_registers(self, address: int, count: int) -> bytes:
        """Read registers (0x04)."""
        return await self._ask(partial(self._unit.read_input_registers, address, count))

    async def write_register(self, address: int, value: int) -> None:
        """Write one register (0x06) with what may be written twice."""
        await self._ask(partial(self._unit.write_register, address, value))

    async def write_registers(self, address: int, values: list[int], is_taken: IsTaken) -> None:
        """Write registers (0x10) with what may be written twice."""
        await self._ask(partial(self._unit.write_registers, address, values, is_taken))

    async def write_once(self, address: int, value: int) -> None:
        """Write one register (0x06), and do not repeat it whatever comes of it."""
        write = partial(self._unit.write_register, address, value)
        try:
            await self._link.exchange(self, write)
        except ModbusError as err:
            raise meter_error(err) from err

    async def write_unanswered(self, address: int, value: int) -> bool:
        """Write one register (0x06) once a link is there; return whether it was answered."""

        async def write() -> bool:
            try:
                await self._unit.write_register(address, value)
            except ModbusError as err:
                # A gateway says of a device behind it that it does not answer.
                if _outcome(err) in LOST:
                    return False
                raise
            return True

        return await self._ask(write)

    async def _ask[T](self, request: Callable[[], Awaitable[T]]) -> T:
        try:
            return await self._repeater.ask(partial(self._link.exchange, self, request))
        except ModbusError as err:
            raise meter_error(err) from err
