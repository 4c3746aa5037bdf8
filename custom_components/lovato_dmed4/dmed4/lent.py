"""A Modbus unit on a line that another part of the program keeps open, and lends."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from modbus_connection import ModbusUnit


@dataclass(frozen=True, slots=True)
class LentUnit:
    """A unit that others ask over the same connection, one request at a time.

    Attributes:
        unit: to ask; it connects by itself.
        give_back: to be awaited when it is no longer needed.
    """

    unit: ModbusUnit
    give_back: Callable[[], Awaitable[None]]
