"""The meter over Modbus: what a request asks, whatever the framing around it."""

import struct

from .errors import BusyError, NoRegisterError, NotValidError, OutOfRangeError
from .meter import SimulatedMeter
from .registers import WRITE_MANY, WRITE_ONE, read_registers, write_registers

MAX_REGISTERS = 120
"""Registers in one message (manual: protocol specifications)."""

_READ = (0x03, 0x04)
_REPORT_SLAVE_ID = 0x11
_FIRMWARE, _HARDWARE, _PARAMETERS, _ETHERNET_FIRMWARE = 12, 3, 5, 7

_ADDRESS_AND_COUNT = struct.Struct(">HH")

# (manual: error codes)
_FUNCTION_NOT_VALID = 0x01
_ADDRESS_NOT_VALID = 0x02
_OUT_OF_RANGE = 0x03
_OPERATION_NOT_VALID = 0x04
BUSY = 0x06
TARGET_DOES_NOT_RESPOND = 0x0B  # by the Modbus specification; the manual has no gateway's errors


type Unit = SimulatedMeter
"""A device that has a node number."""


def handle_pdu(meter: Unit, pdu: bytes) -> bytes | None:
    """Answer one request: function and data, without framing.

    There is no answer to an empty request, from a device that is rebooting, and to the request that
    makes it reboot.
    """
    if not pdu:
        return None
    answer = None if meter.rebooting else _answer_or_exception(meter, pdu)
    return None if meter.rebooting else answer


def _answer_or_exception(meter: Unit, pdu: bytes) -> bytes:
    function = pdu[0]
    try:
        return bytes([function]) + _answer(meter, function, pdu[1:])
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


class _UnknownFunctionError(Exception):
    """A function that the meter does not have."""


def _answer(meter: SimulatedMeter, function: int, data: bytes) -> bytes:
    if function in _READ:
        address, count = _ADDRESS_AND_COUNT.unpack(data)
        _check_count(count)
        words = read_registers(meter, address + 1, count)
        return bytes([len(words)]) + words
    if function == WRITE_ONE:
        address, _ = _ADDRESS_AND_COUNT.unpack(data)
        write_registers(meter, address + 1, data[2:], function)
        return data
    if function == WRITE_MANY:
        address, count = _ADDRESS_AND_COUNT.unpack_from(data)
        _check_count(count)
        if len(data) != 5 + 2 * count or data[4] != 2 * count:
            raise OutOfRangeError("byte count and data disagree")
        write_registers(meter, address + 1, data[5:], function)
        return data[:4]
    if function == _REPORT_SLAVE_ID:
        identity = (meter.model.slave_id, _FIRMWARE, _HARDWARE, _PARAMETERS)
        return bytes([8, *identity, 0x02, _ETHERNET_FIRMWARE, 0x00, 0x00])
    raise _UnknownFunctionError


def _check_count(count: int) -> None:
    if not 1 <= count <= MAX_REGISTERS:
        raise OutOfRangeError("1 to 120 registers in one message")
