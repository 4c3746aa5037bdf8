"""The Modbus register map, declared once.

Register numbers are the manual's; the address on the wire is the number minus one (`wire`). Everything
is read with function 0x04: some registers are documented with that one only.
"""

from collections.abc import Collection, Mapping
import struct
from typing import Any, ClassVar, Final, Protocol, Self, overload

MAX_REGISTERS = 120
"""Registers in one message (manual: protocol specifications)."""

# Written one by one, with the function that the manual names for each.
CLOCK = 0x4080  # two words, function 0x10
COMMAND = 0x4280  # 0x06
PROTOTYPE_LENGTH = 0x4281  # 0x06, after the text
TIME_OFFSET = 0x4284  # 0x06, two's complement
PROTOTYPE = 0x4A00  # up to 512 words, 0x10
DISPLAY_POWER = 0x4F10  # 0x06
DISPLAY_PAGE = 0x4F11  # 0x06

# Of a remote display, meter 1; those of the other meters follow without a gap.
VIEWER_PAGE = 0x2F50  # 0x06
VIEWER_TITLE = 0x2F64  # three titles for each meter
VIEWER_TITLE_WORDS = 16
VIEWER_TEXT = 0x3024  # three texts for each meter
VIEWER_TEXT_WORDS = 10

OUTPUT_MESSAGE = 0x4400  # up to 512 words, read in pieces
SIGNATURE_STATUS = 0x4201  # the length of the output message follows
SIGNATURE_RAW = 0x4620  # r and s
SIGNATURE_DER = 0x4640

# The window on a saved record: select the logbook, the index, poll, read.
RECORD_LOGBOOK = 0x2F29
RECORD_LOGBOOK_NUMBER = 8192
RECORD_INDEX = 0x2F2A
RECORD_STATUS = 0x4C01
RECORD_READING = 1 << 15
RECORD_READY = 1 << 14
RECORD_LENGTH = 0x03FF  # bytes
RECORD = 0x4C02  # up to 512 words, read in pieces

# The window on a metrological event.
EVENT_LOGBOOK = 0x2F39
EVENT_LOGBOOK_NUMBER = 2
EVENT_INDEX = 0x2F3A
EVENT_READ = 0x2F3B
EVENT_READ_CODE = 0xFFFF
EVENT_STATUS = 0x4E03  # not 0 when it can be read
EVENT = 0x4E04
EVENT_BYTES = 16

TEXT_BYTES = 1024
"""Size of the output message and of the prototype."""

RESET_ERRORS_CODE = 0x00FF
"""Resets the error dwords; the other commands are the code of the letter that REST takes."""


# Charge cycle management, whose column of numbers has another heading than that of the measures.
_CHARGE_CYCLE = (range(0x4000, 0x4C00), range(0x4F10, 0x4F50))


def wire(register: int) -> int:
    """The address on the wire of a register of the manual."""
    return register - 1


def is_of_charge_cycle(register: int) -> bool:
    """Whether a register is in the manual's table of charge cycle management."""
    return any(register in part for part in _CHARGE_CYCLE)


class Field[T]:
    """A value in one or more registers, the high word first; None while it is not read.

    Attributes:
        name: of the attribute.
        register: the first one, as the manual counts.
        count: how many.
        code: how `struct` calls what is in them.
        divisor: what a number is divided by to make the value; 0 for none.
    """

    name: str

    def __init__(self, register: int, count: int, code: str, divisor: int = 0) -> None:
        self.register = register
        self.count = count
        self.code = code
        self.divisor = divisor

    def __set_name__(self, owner: type[Registers], name: str) -> None:
        """Take the name of the attribute."""
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type[Registers]) -> Self: ...

    @overload
    def __get__(self, instance: Registers, owner: type[Registers]) -> T | None: ...

    def __get__(self, instance: Registers | None, owner: type[Registers]) -> Self | T | None:
        """Get the value that the last update read."""
        return self if instance is None else instance.values.get(self.name)


# How `struct` calls a number of so many registers.
_NUMBERS: Final = {1: "H", 2: "I", 4: "Q"}


def number(register: int, count: int = 1, *, signed: bool = False) -> Field[int]:
    """Declare a whole number in one, two or four registers."""
    return Field(register, count, _code(count, signed=signed))


def decimal(register: int, count: int, decimals: int, *, signed: bool = False) -> Field[float]:
    """Declare a number of which the last digits are decimals."""
    return Field(register, count, _code(count, signed=signed), 10**decimals)


def octets(register: int, count: int) -> Field[bytes]:
    """Declare bytes, two in each register."""
    return Field(register, count, f"{2 * count}s")


def _code(count: int, *, signed: bool) -> str:
    return _NUMBERS[count].lower() if signed else _NUMBERS[count]


class Reader(Protocol):
    """What registers are read with."""

    async def read_input_registers(self, address: int, count: int) -> bytes:
        """Read registers (0x04) by the address on the wire."""


# First and last of those that lie side by side.
RANGES: Final = (
    (0x0002, 0x0021),  # measures
    (0x0030, 0x0037),  # hour counters
    (0x0200, 0x020A),  # measures refreshed every 100 ms
    (0x020D, 0x020E),  # metrological events
    (0x0220, 0x0221),  # OCMF records
    (0x4000, 0x4005),  # errors
    (0x4200, 0x4204),  # status
    (0x4282, 0x4284),  # settings
    (0x4600, 0x461F),  # public key
    (0x4F20, 0x4F4F),  # OCMF public key
)


class Registers:
    """Registers read together, never across a gap between the documented ones.

    Attributes:
        fields: those that are read.
        requests: register and count of each request that an update makes.
        values: what the last update read, by the fields' names.

    Args:
        reader: to ask.
        shift: by how many more than usual the addresses on the wire are.
    """

    _declared: ClassVar[Mapping[str, Field[Any]]]

    def __init_subclass__(cls) -> None:
        """Collect the fields, which are declared in the order of their registers."""
        cls._declared = {name: each for name, each in vars(cls).items() if isinstance(each, Field)}

    def __init__(self, reader: Reader, shift: int = 0) -> None:
        self._reader = reader
        self._shift = shift
        self.values: dict[str, Any] = {}
        self.keep(self._declared)

    def keep(self, names: Collection[str]) -> None:
        """Read these fields alone from now on, and none of the other fields' registers on the way."""
        self.fields = {name: self._declared[name] for name in self._declared if name in names}
        self.values.clear()
        together: list[list[Field[Any]]] = []
        before: tuple[int, int] | None = None
        for name, field in self._declared.items():
            if name not in self.fields:
                before = None
                continue
            among = next(each for each in RANGES if each[0] <= field.register <= each[1])
            if among != before:
                together.append([])
            together[-1].append(field)
            before = among
        self._blocks = [_Block(fields) for fields in together]
        self.requests = [(block.first, block.count) for block in self._blocks]

    async def update(self) -> None:
        """Read all fields.

        Raises:
            MeterError: see `Meter`.
        """
        values = {}
        for block in self._blocks:
            address = wire(block.first) + self._shift
            data = await self._reader.read_input_registers(address, block.count)
            for field, raw in zip(block.fields, block.layout.unpack(data), strict=True):
                values[field.name] = raw / field.divisor if field.divisor else raw
        self.values = values


class _Block:
    """Fields that are read with one request.

    Attributes:
        fields: in the order of their registers.
        first: register.
        count: how many registers, those between the fields included.
        layout: of all of it, so that one call of C takes it apart.
    """

    def __init__(self, fields: list[Field[Any]]) -> None:
        self.fields = fields
        self.first = end = fields[0].register
        codes = ">"
        for field in fields:
            codes += f"{2 * (field.register - end)}x{field.code}"
            end = field.register + field.count
        self.count = end - self.first
        self.layout = struct.Struct(codes)


class MeasureRegisters(Registers):
    """Measures refreshed once a second (manual: measure list)."""

    energy_imported = decimal(0x0002, 4, 3)  # kWh
    cycle_energy_imported = decimal(0x0006, 4, 3)  # kWh
    temperature_i1 = decimal(0x0012, 1, 1, signed=True)  # °C
    temperature_i2 = decimal(0x0014, 1, 1, signed=True)  # °C
    energy_exported = decimal(0x0016, 4, 3)  # kWh
    cycle_energy_exported = decimal(0x001A, 4, 3)  # kWh
    energy_exchanged = decimal(0x001E, 4, 3)  # kWh


class SlowRegisters(Registers):
    """What `FastRegisters` hold, as far as it is refreshed once a second as well."""

    voltage = decimal(0x000A, 2, 2)  # V
    current = decimal(0x000C, 2, 4)  # A
    power = decimal(0x000E, 4, 3, signed=True)  # kW


class FastRegisters(Registers):
    """Measures refreshed every 100 ms."""

    voltage = decimal(0x0200, 2, 2)  # V
    current = decimal(0x0202, 2, 4)  # A
    power = decimal(0x0204, 4, 3, signed=True)  # kW
    sampled_at = number(0x0208, 2)  # Unix time, s


class StatusRegisters(Registers):
    """Error dwords and status words (manual: charge cycle management)."""

    errors_1 = number(0x4000, 2)
    errors_2 = number(0x4002, 2)
    measurement = number(0x4200)
    signature = number(0x4201)
    message_length = number(0x4202)  # bytes


class LogbookRegisters(Registers):
    """State of the logbooks."""

    events_maximum = number(0x020D)
    events_saved = number(0x020E)
    records_maximum = number(0x0220)
    records_saved = number(0x0221)


class HousekeepingRegisters(Registers):
    """What changes slowly."""

    # Their unit is not printed (`HourCounter`).
    hours_total = number(0x0030, 4)
    hours_working = number(0x0034, 4)
    sampled_at = number(0x0208, 2)  # Unix time, s


class SettingsRegisters(Registers):
    """What can be set while no charge is running, and what goes with it."""

    signature_format = number(0x4282)
    sync_timeout = number(0x4283)  # min
    time_offset = number(0x4284, signed=True)  # min


class SystemRegisters(Registers):
    """What Modbus reports of the meter's firmware."""

    checksum = number(0x4004, 2)


class KeyRegisters(Registers):
    """The public key in both forms."""

    point = octets(0x4600, 32)  # X‖Y
    spki = octets(0x4F20, 48)  # SubjectPublicKeyInfo in DER, padded with zeros
