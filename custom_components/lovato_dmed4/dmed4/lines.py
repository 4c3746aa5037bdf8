"""The lines that Modbus runs over, and the time that it takes on them.

`docs/modbus-timing.md` shows the arithmetic.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, cast

from modbus_connection import ModbusSerialParams, ModbusTcpParams

from .registers import MAX_REGISTERS

BAUD_RATES: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
"""Line speeds of a meter in bit/s (manual: P04.02)."""

DATA_FORMATS: Final = ("8N", "8O", "8E", "7O", "7E")
"""Data bits and parity of a meter (manual: P04.03)."""

# PDU of a request for registers: function, address, count.
_REQUEST: Final = 5

# Modbus over serial line: frames are 3.5 characters apart, and 1.75 ms on lines faster than this.
_PAUSE_CHARACTERS: Final = 3.5
_PAUSE_FIXED_ABOVE: Final = 19200
_PAUSE_FIXED: Final = 0.00175


class Framing(StrEnum):
    """How a message is wrapped up."""

    TCP = "tcp"
    RTU = "rtu"
    ASCII = "ascii"

    def frame(self, pdu: int) -> int:
        """Bytes on the line of a message whose function and data are ``pdu`` bytes."""
        match self:
            case Framing.TCP:
                return pdu + 7  # header with the unit ID
            case Framing.RTU:
                return pdu + 3  # unit ID, CRC
            case Framing.ASCII:
                return 2 * (pdu + 2) + 3  # two characters a byte, with unit ID and LRC; ':', CR, LF

    def read(self, registers: int) -> int:
        """Bytes on the line of a request for so many registers and its answer."""
        return self.frame(_REQUEST) + self.frame(2 + 2 * registers)


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpLine:
    """A TCP connection to a meter, a gateway or a serial device server.

    What is behind it, and how fast, is not known here: the device at the other end keeps the pauses
    of a serial line.
    """

    host: str
    port: int
    framing: Framing = Framing.TCP

    def __post_init__(self) -> None:
        """Fold the host to lower case, so that spelling makes no difference."""
        object.__setattr__(self, "host", self.host.lower())

    @property
    def endpoint(self) -> Hashable:
        """What can be connected to only once."""
        return ("tcp", self.host, self.port)

    @property
    def params(self) -> ModbusTcpParams:
        """The library's description of the connection; the framing is not part of it."""
        return ModbusTcpParams(host=self.host, port=self.port)

    @property
    def pause(self) -> float:
        """Seconds between two messages."""
        return 0.0

    @property
    def exchange_seconds(self) -> float:
        """Time on the line of the longest request and answer, in s."""
        return 0.0

    def poll_seconds(self, blocks: Iterable[int]) -> float:
        """Time on the line of reading blocks of registers, in s; 0: only the clock can measure it."""
        return 0.0

    def __str__(self) -> str:
        """Return the settings that all users of the line share."""
        return f"Modbus {self.framing.upper()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialLine:
    """A serial port with an RS-485 line behind it.

    Seven data bits do not carry RTU, whose bytes have eight.
    """

    device: str
    baudrate: int = 9600
    data_format: str = "8N"
    stop_bits: int = 1
    framing: Framing = Framing.RTU

    @property
    def endpoint(self) -> Hashable:
        """What can be opened only once."""
        return ("serial", self.device)

    @property
    def params(self) -> ModbusSerialParams:
        """The library's description of the line."""
        return ModbusSerialParams(
            device=self.device,
            baudrate=self.baudrate,
            bytesize=cast("Literal[7, 8]", int(self.data_format[0])),
            parity=cast("Literal['N', 'E', 'O']", self.data_format[1]),
            stopbits=cast("Literal[1, 2]", self.stop_bits),
            framer=cast("Literal['rtu', 'ascii']", self.framing.value),
        )

    @property
    def character_seconds(self) -> float:
        """Time of one character: start bit, data bits, parity bit if any, stop bits; in s."""
        parity = self.data_format[1] != "N"
        return (1 + int(self.data_format[0]) + parity + self.stop_bits) / self.baudrate

    @property
    def pause(self) -> float:
        """Seconds between two messages; an ASCII message has a beginning and needs none."""
        if self.framing is Framing.ASCII:
            return 0.0
        if self.baudrate > _PAUSE_FIXED_ABOVE:
            return _PAUSE_FIXED
        return _PAUSE_CHARACTERS * self.character_seconds

    @property
    def exchange_seconds(self) -> float:
        """Time on the line of the longest request and answer, in s."""
        writing = self.framing.frame(_REQUEST + 1 + 2 * MAX_REGISTERS) + self.framing.frame(
            _REQUEST
        )
        return writing * self.character_seconds + 2 * self.pause

    def poll_seconds(self, blocks: Iterable[int]) -> float:
        """Time on the line of reading blocks of so many registers each, in s.

        A pause stands before each request and before each answer.
        """
        return sum(
            self.framing.read(registers) * self.character_seconds + 2 * self.pause
            for registers in blocks
        )

    def __str__(self) -> str:
        """Return the settings that all users of the line share."""
        return f"{self.baudrate} bit/s {self.data_format}{self.stop_bits} {self.framing.upper()}"


type Line = TcpLine | SerialLine
