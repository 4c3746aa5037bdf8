"""The register table of a meter, as the manual prints it: every number is 1-based.

Functions 0x03 and 0x04 read; a write has the one function that the manual names for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from .device import Device
from .errors import NoEntryError, NoRegisterError, NotValidError, OutOfRangeError
from .logbook import Download
from .meter import COUNTER_SIZE, Command, SimulatedMeter
from .record import MAX_RECORD_BYTES

READ = (0x03, 0x04)
WRITE_ONE = 0x06
WRITE_MANY = 0x10
EITHER = (WRITE_ONE, WRITE_MANY)  # where the manual names no function

_MESSAGE_BYTES = 1024
_MAX_WORD = 0xFFFF
_RESET_ERRORS = 0x00FF
_READ_EVENT = 0xFFFF
_RECORD_LOGBOOK = 8192
_EVENT_LOGBOOK = 2
_SAVE_PARAMETERS = 5
_READ_INPUT = (0x04,)  # the only function that the manual gives for the parameters
_SEARCH_TIME = 0.05  # s until an entry of a logbook is ready
_IN_PROGRESS, _DATA_READY, _DOWNLOAD_DONE, _BIT_1 = 1 << 15, 1 << 14, 1 << 13, 1 << 1

type Read[Unit] = Callable[[Unit], int | bytes]
type Write[Unit] = Callable[[Unit, int], None]
type WritePart[Unit] = Callable[[Unit, int, bytes], None]


@dataclass(frozen=True)
class Register[Unit: Device]:
    """One row of the manual's tables.

    Attributes:
        number: As printed; the address on the wire is one less.
        words: Of 16 bits.
        read: Returns a number (big endian, two's complement) or text; None if write-only.
        write: Takes a number; None if it can't be written so.
        functions: With which it can be written.
        write_part: Takes a byte offset and bytes, of texts that are written piece by piece.
        read_functions: With which it can be read.
    """

    number: int
    words: int
    read: Read[Unit] | None
    write: Write[Unit] | None = None
    functions: tuple[int, ...] = ()
    write_part: WritePart[Unit] | None = None
    read_functions: tuple[int, ...] = READ

    def content(self, unit: Unit) -> bytes:
        """Return the register's bytes; numbers fill it, texts are followed by zeros."""
        value = self.read(unit) if self.read else 0
        size = self.words * 2
        if isinstance(value, bytes):
            return value.ljust(size, b"\0")
        return (value % (1 << (8 * size))).to_bytes(size)


def _fahrenheit(celsius: float) -> int:
    return round((celsius * 9 / 5 + 32) * 10)


def _sample_time(meter: SimulatedMeter) -> int:
    local = meter.readings.follows("sample_time", "local") or meter.readings.follows(
        "clock_set", "wall"
    )
    return meter.sample_time + (60 * meter.time_offset if local else 0)


def _counted(meter: SimulatedMeter, seconds: int) -> int:
    """Return a time in the unit of the hour counters."""
    return (
        seconds // {"hours": 3600, "hundredths": 36, "seconds": 1}[meter.readings["hour_counters"]]
    )


def _key(meter: SimulatedMeter, key: bytes) -> bytes:
    if not key and meter.readings.follows("key_before_commissioning", "refused"):
        raise NotValidError("no key yet")
    return key


def _output(meter: SimulatedMeter) -> bytes:
    if (record := meter.output_record) is None:
        if meter.readings.follows("nothing_yet", "refused"):
            raise NotValidError("no record")
        return b""
    if meter.readings.follows("output", "payload") and record.der:
        return record.payload
    return record.raw


def _output_length(meter: SimulatedMeter) -> int:
    nothing = {"null": _MAX_WORD, "blank": 16, "broken": 1, "refused": 10}
    if meter.output_record is None:
        return nothing.get(meter.readings["nothing_yet"], 0)
    length = _length(len(_output(meter)), meter.readings["output_length"])
    return min(length, _MAX_WORD)


def _length(length: int, reading: str) -> int:
    """Return how long a text is said to be, in one of the readings of what its length counts."""
    match reading:
        case "with_nul":
            return length + 1
        case "even":
            return length + length % 2
        case "words":
            return (length + 1) // 2
        case "window":
            return _MESSAGE_BYTES
    return length


def _last_der(meter: SimulatedMeter) -> bytes:
    return record.der if (record := meter.output_record) else b""


def _command(meter: SimulatedMeter, value: int) -> None:
    if value == _RESET_ERRORS:
        meter.reset_errors()
        meter.last_command = value
        return
    letter, other = divmod(value, 1 << 8)[:: -1 if meter.readings["command_word"] == "low" else 1]
    if other or letter not in map(ord, Command):
        raise OutOfRangeError("no such command")
    meter.command(Command(chr(letter)))


def _submit(meter: SimulatedMeter, length: int) -> None:
    if length > _MESSAGE_BYTES:
        raise OutOfRangeError("longer than the input message")
    meter.submit_prototype(bytes(meter.input_message[:length]))
    meter.input_length = length


def _set_offset(meter: SimulatedMeter, value: int) -> None:
    meter.configure(datetime_offset=value - (value >> 15 << 16))


def _start_record(meter: SimulatedMeter, index: int) -> None:
    meter.update()
    elsewhere = meter.readings.follows("logbook_last", "elsewhere")
    if elsewhere and index == meter.record_log.index_base:
        raise NoEntryError("the last one is at 0x4400")
    record = meter.record_log.from_last(index)
    meter.record_download.start(record.raw, ready_at=meter.now + _SEARCH_TIME)


def _record_status(meter: SimulatedMeter) -> int:
    download = meter.record_download
    if download.in_progress(meter.now):
        return _IN_PROGRESS
    entry = download.entry(meter.now)
    # Ten bits: of a planted record that is longer, the window shows the beginning.
    length = min(_length(len(entry), meter.readings["logbook_length"]), MAX_RECORD_BYTES)
    if not entry:
        return 0
    if meter.readings.follows("logbook_ready", "bit_1"):
        return length | _BIT_1
    reading_on = meter.readings.follows("logbook_ready", "both") and not download.done
    done = _DOWNLOAD_DONE if download.done else 0
    return _DATA_READY | (_IN_PROGRESS if reading_on else done) | length


def _record(meter: SimulatedMeter) -> bytes:
    entry = meter.record_download.entry(meter.now)
    meter.record_download.done = bool(entry)
    return entry


def _start_event(meter: SimulatedMeter, value: int) -> None:
    if value != _READ_EVENT:
        raise OutOfRangeError("0xFFFF starts the reading")
    event = meter.event_log.from_last(meter.event_index)
    meter.event_download.start(event.raw(), ready_at=meter.now + _SEARCH_TIME)


def _event_status(meter: SimulatedMeter) -> int:
    words = len(meter.event_download.entry(meter.now)) // 2
    return words if meter.readings.follows("event_ready", "count") else int(words > 0)


def _set_event_index(meter: SimulatedMeter, value: int) -> None:
    meter.event_index = value


def _write_input(meter: SimulatedMeter, start: int, data: bytes) -> None:
    meter.input_message[start : start + len(data)] = data


def _selection(name: str) -> Register[SimulatedMeter]:
    number = {"menu": 0x5000, "submenu": 0x5001, "number": 0x5002}[name]
    return Register(
        number,
        1,
        lambda m: getattr(m.parameters, name),
        lambda m, v: setattr(m.parameters, name, v),
        (WRITE_ONE,),
        read_functions=_READ_INPUT,
    )


def _write_parameter(meter: SimulatedMeter, start: int, data: bytes) -> None:
    meter.require_unlocked_parameters()
    if start:
        raise NotValidError("only a part of the parameter")
    meter.parameters.write_selected(data)


def _save_parameters(meter: SimulatedMeter, value: int) -> None:
    if value != _SAVE_PARAMETERS:
        raise OutOfRangeError("5 saves")
    meter.save_parameters()


def _selector(
    download: Callable[[SimulatedMeter], Download], logbook: int
) -> Write[SimulatedMeter]:
    return lambda meter, value: download(meter).select(value, logbook=logbook)


_MEASURES: tuple[Register[SimulatedMeter], ...] = (
    Register(0x0002, 4, lambda m: m.physics.slow.imported % COUNTER_SIZE),
    Register(0x0006, 4, lambda m: m.physics.slow.cycle_imported),
    Register(0x000A, 2, lambda m: m.physics.slow.voltage),
    Register(0x000C, 2, lambda m: abs(m.physics.slow.current)),
    Register(0x000E, 4, lambda m: m.physics.slow.power),
    Register(0x0012, 1, lambda m: round(m.physics.slow.temperatures[0] * 10)),
    Register(0x0013, 1, lambda m: _fahrenheit(m.physics.slow.temperatures[0])),
    Register(0x0014, 1, lambda m: round(m.physics.slow.temperatures[1] * 10)),
    Register(0x0015, 1, lambda m: _fahrenheit(m.physics.slow.temperatures[1])),
    Register(0x0016, 4, lambda m: m.physics.slow.exported % COUNTER_SIZE),
    Register(0x001A, 4, lambda m: m.physics.slow.cycle_exported),
    Register(
        0x001E, 4, lambda m: (m.physics.slow.imported + m.physics.slow.exported) % COUNTER_SIZE
    ),
    Register(0x0030, 4, lambda m: _counted(m, m.physics.slow.total_seconds)),
    Register(0x0034, 4, lambda m: _counted(m, m.physics.slow.working_seconds)),
    Register(0x0200, 2, lambda m: m.physics.fast.voltage),
    Register(0x0202, 2, lambda m: abs(m.physics.fast.current)),
    Register(0x0204, 4, lambda m: m.physics.fast.power),
    Register(0x0208, 2, _sample_time),
    Register(0x020A, 1, lambda m: m.time_offset),
    Register(0x020D, 1, lambda m: m.event_log.capacity),
    Register(0x020E, 1, lambda m: len(m.event_log.entries)),
    Register(0x0220, 1, lambda m: m.record_log.capacity),
    Register(0x0221, 1, lambda m: len(m.record_log.entries)),
)

_CHARGE_CYCLE: tuple[Register[SimulatedMeter], ...] = (
    Register(0x4000, 2, lambda m: m.errors_1),
    Register(0x4002, 2, lambda m: m.errors_2),
    Register(0x4004, 2, lambda m: m.firmware_checksum),
    Register(
        0x4080, 2, lambda m: m.shown_time, lambda m, v: m.configure(datetime=v), (WRITE_MANY,)
    ),
    Register(0x4200, 1, lambda m: m.measurement_status),
    Register(0x4201, 1, lambda m: m.signature_status),
    Register(0x4202, 1, _output_length),
    Register(0x4203, 1, lambda _: 0),  # the simulator has no binary message
    Register(0x4204, 1, lambda m: len(_last_der(m))),
    Register(0x4280, 1, lambda m: m.last_command, _command, (WRITE_ONE,)),
    Register(0x4281, 1, lambda m: m.input_length, _submit, (WRITE_ONE,)),
    Register(0x4282, 1, lambda m: m.signature_format),
    Register(0x4283, 1, lambda m: m.sync_timeout),
    Register(0x4284, 1, lambda m: m.time_offset, _set_offset, (WRITE_ONE,)),
    Register(0x4400, 512, _output),
    Register(0x4600, 32, lambda m: _key(m, m.public_key_raw)),
    Register(0x4620, 32, lambda m: m.signature_raw),
    Register(0x4640, 128, _last_der),
    Register(0x46C0, 512, lambda _: b""),
    Register(
        0x4A00, 512, lambda m: bytes(m.input_message), None, (WRITE_MANY,), write_part=_write_input
    ),
    Register(0x4F10, 1, None, lambda m, v: m.set_display(on=v), (WRITE_ONE,)),
    Register(0x4F11, 1, None, lambda m, v: m.set_display(page=v), (WRITE_ONE,)),
    Register(0x4F20, 48, lambda m: _key(m, m.public_key_ocmf)),
)

_LOGBOOKS: tuple[Register[SimulatedMeter], ...] = (
    Register(0x2F29, 1, None, _selector(lambda m: m.record_download, _RECORD_LOGBOOK), EITHER),
    Register(0x2F2A, 1, None, _start_record, EITHER),
    Register(0x4C01, 1, _record_status),
    Register(0x4C02, 512, _record),
    Register(0x2F39, 1, None, _selector(lambda m: m.event_download, _EVENT_LOGBOOK), EITHER),
    Register(0x2F3A, 1, None, _set_event_index, EITHER),
    Register(0x2F3B, 1, None, _start_event, EITHER),
    Register(0x4E03, 1, _event_status),
    Register(0x4E04, 8, lambda m: m.event_download.entry(m.now)),
)

_PARAMETERS: tuple[Register[SimulatedMeter], ...] = (
    Register(0x2F03, 1, None, _save_parameters, (WRITE_ONE,)),
    _selection("menu"),
    _selection("submenu"),
    _selection("number"),
    Register(
        0x5004,
        28,
        lambda m: m.parameters.selected,
        None,
        EITHER,
        write_part=_write_parameter,
        read_functions=_READ_INPUT,
    ),
)


_LACKING = {
    ("registers", "no_fast"): range(0x0200, 0x020B),
    ("registers", "no_exchanged"): range(0x001E, 0x0022),
    ("registers", "no_temperatures"): range(0x0012, 0x0016),
    ("registers", "no_hours"): range(0x0030, 0x0038),
    ("registers", "no_counts"): (0x020D, 0x020E, 0x0220, 0x0221),
    ("registers", "no_checksum"): (0x4004, 0x4005),
    ("keys", "raw"): range(0x4F20, 0x4F50),
    ("keys", "ocmf"): range(0x4600, 0x4620),
}


def _lacking(unit: Device) -> frozenset[int]:
    """Return the registers that a device of these readings does not have."""
    return _lacking_with(unit.readings["registers"], unit.readings["keys"])


@cache
def _lacking_with(registers: str, keys: str) -> frozenset[int]:
    followed = (("registers", registers), ("keys", keys))
    return frozenset().union(*(_LACKING.get(reading, ()) for reading in followed))


class RegisterTable[Unit: Device]:
    """The registers of one kind of device."""

    def __init__(self, registers: Iterable[Register[Unit]]) -> None:
        self._registers = {
            register.number + word: register
            for register in registers
            for word in range(register.words)
        }

    def read(self, unit: Unit, number: int, count: int, function: int) -> bytes:
        """Return the words from a register's number on.

        Raises:
            NoRegisterError: One of them is not documented, or can't be read.
            NotValidError: Not with this function, or not now.
        """
        unit.update()
        if not _lacking(unit).isdisjoint(range(number, number + count)):
            raise NoRegisterError(f"0x{number:04X}")
        words = bytearray()
        while count:
            register = self._at(number)
            if register.read is None:
                raise NoRegisterError(f"0x{number:04X}")
            if function not in register.read_functions:
                raise NotValidError("another function reads this register")
            start = number - register.number
            taken = min(count, register.words - start)
            words += register.content(unit)[2 * start : 2 * (start + taken)]
            number += taken
            count -= taken
        return bytes(words)

    def write(self, unit: Unit, number: int, data: bytes, function: int) -> None:
        """Write the words from a register's number on, all of one register.

        Raises:
            NoRegisterError: They are not documented, or can't be written.
            NotValidError: Not with this function, not a part of it, or not now.
            OutOfRangeError: The value is out of its range.
            BusyError: The meter is still signing or checking.
        """
        register = self._at(number)
        if not register.functions:
            raise NoRegisterError(f"0x{number:04X}")
        start = number - register.number
        count = len(data) // 2
        if start + count > register.words:
            raise NoRegisterError(f"0x{number + count:04X}")
        if function not in register.functions:
            raise NotValidError("another function writes this register")
        if register.write_part is not None:
            register.write_part(unit, 2 * start, data)
            return
        if register.write is None or count != register.words:
            raise NotValidError("only a part of the number")
        register.write(unit, int.from_bytes(data))

    def _at(self, number: int) -> Register[Unit]:
        if (register := self._registers.get(number)) is None:
            raise NoRegisterError(f"0x{number:04X}")
        return register


METER_REGISTERS = RegisterTable((*_MEASURES, *_CHARGE_CYCLE, *_LOGBOOKS, *_PARAMETERS))
