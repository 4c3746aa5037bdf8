"""The Modbus register map, declared once.

Register numbers are the manual's; the address on the wire is the number minus one, which is what
``base_offset`` adds for the numbers read through a component and `wire` for the others. Everything
is read with function 0x04: some registers are documented with that one only.
"""

from modbus_connection import ModbusUnit
from modbus_connection.model import Component, RawField, gauge, int64, integer, uint32, uint64

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


class Registers(Component):
    """Registers read together, never across a gap between the documented ones.

    Args:
        unit: to ask.
        shift: by how many more than the manual's numbers the addresses on the wire are.
    """

    register_space = "input"
    max_span = MAX_REGISTERS
    register_ranges = (
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

    def __init__(self, unit: ModbusUnit, shift: int = 0) -> None:
        self.base = wire(0) + shift
        super().__init__(unit, base_offset=self.base)

    def number(self, name: str) -> int:
        """Get a field's register as the manual counts it."""
        return self.resolved_fields[name].address - self.base


def blocks(registers: Registers) -> list[int]:
    """How many registers each of the requests reads that an update makes: one request a range."""
    ends: dict[tuple[int, int], tuple[int, int]] = {}
    for name, field in registers.resolved_fields.items():
        first = registers.number(name)
        last = first + field.count - 1
        among = next(span for span in registers.register_ranges if span[0] <= first <= span[1])
        start, end = ends.get(among, (first, last))
        ends[among] = min(start, first), max(end, last)
    return [end - start + 1 for start, end in ends.values()]


class MeasureRegisters(Registers):
    """Measures refreshed once a second (manual: measure list)."""

    energy_imported = uint64(0x0002, scale=0.001)  # kWh
    cycle_energy_imported = uint64(0x0006, scale=0.001)  # kWh
    temperature_i1 = gauge(0x0012, 0.1)  # °C
    temperature_i2 = gauge(0x0014, 0.1)  # °C
    energy_exported = uint64(0x0016, scale=0.001)  # kWh
    cycle_energy_exported = uint64(0x001A, scale=0.001)  # kWh
    energy_exchanged = uint64(0x001E, scale=0.001)  # kWh


class SlowRegisters(Registers):
    """What `FastRegisters` hold, as far as it is refreshed once a second as well."""

    voltage = uint32(0x000A, scale=0.01)  # V
    current = uint32(0x000C, scale=0.0001)  # A
    power = int64(0x000E, scale=0.001)  # kW


class FastRegisters(Registers):
    """Measures refreshed every 100 ms."""

    voltage = uint32(0x0200, scale=0.01)  # V
    current = uint32(0x0202, scale=0.0001)  # A
    power = int64(0x0204, scale=0.001)  # kW
    sampled_at = uint32(0x0208)  # Unix time, s


class StatusRegisters(Registers):
    """Error dwords and status words (manual: charge cycle management)."""

    errors_1 = uint32(0x4000)
    errors_2 = uint32(0x4002)
    measurement = integer(0x4200, signed=False)
    signature = integer(0x4201, signed=False)
    message_length = integer(0x4202, signed=False)  # bytes


class LogbookRegisters(Registers):
    """State of the logbooks."""

    events_maximum = integer(0x020D, signed=False)
    events_saved = integer(0x020E, signed=False)
    records_maximum = integer(0x0220, signed=False)
    records_saved = integer(0x0221, signed=False)


class HousekeepingRegisters(Registers):
    """What changes slowly."""

    # Their unit is not printed (`HourCounter`).
    hours_total = uint64(0x0030)
    hours_working = uint64(0x0034)
    sampled_at = uint32(0x0208)  # Unix time, s


class SettingsRegisters(Registers):
    """What can be set while no charge is running, and what goes with it."""

    signature_format = integer(0x4282, signed=False)
    sync_timeout = integer(0x4283, signed=False)  # min
    time_offset = integer(0x4284)  # min


class SystemRegisters(Registers):
    """What Modbus reports of the meter's firmware."""

    checksum = uint32(0x4004)


class KeyRegisters(Registers):
    """The public key in both forms."""

    point = RawField(0x4600, count=32)  # X‖Y
    spki = RawField(0x4F20, count=48)  # SubjectPublicKeyInfo in DER, padded with zeros
