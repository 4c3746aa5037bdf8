"""The meter over Modbus: what a request asks, whatever the framing around it."""

import struct
from typing import Any

from .display import DISPLAY_REGISTERS, RemoteDisplay
from .errors import BusyError, NoRegisterError, NotValidError, OutOfRangeError
from .meter import SimulatedMeter
from .registers import METER_REGISTERS, READ, WRITE_MANY, WRITE_ONE, RegisterTable
from .replay import ReplayedMeter

MAX_REGISTERS = 120
"""Registers in one message (manual: protocol specifications)."""

_REPORT_SLAVE_ID = 0x11
_FIRMWARE, _HARDWARE, _PARAMETERS, _ETHERNET_FIRMWARE = 12, 3, 5, 7

_ADDRESS_AND_COUNT = struct.Struct(">HH")

# (manual: charge cycle management)
_CHARGE_CYCLE_TABLE = (range(0x4000, 0x4C00), range(0x4F10, 0x4F50))

_SAVE = bytes((0x06, 0x2F, 0x02, 0x00, 0x05))

# (manual: error codes)
_FUNCTION_NOT_VALID = 0x01
_ADDRESS_NOT_VALID = 0x02
_OUT_OF_RANGE = 0x03
_OPERATION_NOT_VALID = 0x04
BUSY = 0x06
TARGET_DOES_NOT_RESPOND = 0x0B  # by the Modbus specification; the manual has no gateway's errors


type Unit = SimulatedMeter | RemoteDisplay | ReplayedMeter
"""A device that has a node number."""


def handle_pdu(unit: Unit, pdu: bytes) -> bytes | None:
    """Answer one request: function and data, without framing.

    There is no answer to an empty request, from a device that is rebooting, and to the request that
    makes it reboot.
    """
    if not pdu:
        return None
    if isinstance(unit, ReplayedMeter):
        return unit.answer(pdu)
    answer = None if unit.rebooting else _answer_or_exception(unit, pdu)
    if pdu == _SAVE and unit.readings.follows("save_answer", "sent"):
        return answer
    return None if unit.rebooting else answer


def _answer_or_exception(unit: SimulatedMeter | RemoteDisplay, pdu: bytes) -> bytes:
    function = pdu[0]
    try:
        return bytes([function]) + _answer(unit, function, pdu[1:])
    except _UnknownFunctionError:
        code = _FUNCTION_NOT_VALID
    except NoRegisterError:
        code = _ADDRESS_NOT_VALID
    except OutOfRangeError, struct.error:
        code = _OUT_OF_RANGE
    except NotValidError:
        code = _OPERATION_NOT_VALID
    except BusyError:
        code = BUSY
    return exception(pdu, code)


def exception(pdu: bytes, code: int) -> bytes:
    """Return the answer that refuses a request."""
    return bytes([pdu[0] | 0x80, code])


def _number(unit: Unit, address: int) -> int:
    """Return which register of the manual an address on the wire is."""
    if unit.readings.follows("charge_cycle_numbers", "from_1"):
        return address + 1
    if any(address in table for table in _CHARGE_CYCLE_TABLE):
        return address
    if any(address + 1 in table for table in _CHARGE_CYCLE_TABLE):
        raise NoRegisterError(f"0x{address:04X}")
    return address + 1


class _UnknownFunctionError(Exception):
    """A function that the meter does not have."""


def _answer(unit: SimulatedMeter | RemoteDisplay, function: int, data: bytes) -> bytes:
    if function in READ:
        address, count = _ADDRESS_AND_COUNT.unpack(data)
        _check_count(count)
        words = _registers_of(unit).read(unit, _number(unit, address), count, function)
        return bytes([len(words)]) + words
    if function == WRITE_ONE:
        address, _ = _ADDRESS_AND_COUNT.unpack(data)
        _registers_of(unit).write(unit, _number(unit, address), data[2:], function)
        return data
    if function == WRITE_MANY:
        address, count = _ADDRESS_AND_COUNT.unpack_from(data)
        _check_count(count)
        if len(data) != 5 + 2 * count or data[4] != 2 * count:
            raise OutOfRangeError("byte count and data disagree")
        _registers_of(unit).write(unit, _number(unit, address), data[5:], function)
        one_byte = unit.readings.follows("write_answer", "one_byte")
        return data[:2] + data[3:4] if one_byte else data[:4]
    if function == _REPORT_SLAVE_ID:
        identification = _identification(unit)
        return bytes([len(identification)]) + identification
    raise _UnknownFunctionError


def _identification(unit: SimulatedMeter | RemoteDisplay) -> bytes:
    identity = (unit.model.slave_id, _FIRMWARE, _HARDWARE, _PARAMETERS)
    return bytes([*identity, 0x02, _ETHERNET_FIRMWARE, 0x00, 0x00])


def _registers_of(unit: SimulatedMeter | RemoteDisplay) -> RegisterTable[Any]:
    if isinstance(unit, RemoteDisplay):
        return DISPLAY_REGISTERS[unit.model.name]
    return METER_REGISTERS


def _check_count(count: int) -> None:
    if not 1 <= count <= MAX_REGISTERS:
        raise OutOfRangeError("1 to 120 registers in one message")
