"""What the Modbus library raises, as errors of ours."""

from collections.abc import Awaitable, Callable
from typing import Final

from modbus_connection import (
    ExceptionCode,
    GatewayPathUnavailableError,
    GatewayTargetError,
    ModbusConnectionError,
    ModbusError,
    ModbusExceptionError,
    ModbusTimeoutError,
)

from .errors import (
    CannotConnectError,
    MeterError,
    NotADmed4Error,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
)
from .repeating import INSISTING

# The manual's words (error codes).
_EXCEPTIONS: Final = {
    1: "function not valid",
    2: "address not valid",
    3: "value out of range",
    4: "operation not valid",
    6: "the meter is busy",
}


def meter_error(err: ModbusError) -> MeterError:
    """Make an error of ours of the library's."""
    if isinstance(err, ModbusTimeoutError | GatewayPathUnavailableError | GatewayTargetError):
        return SilentError("no answer in time")
    if isinstance(err, ModbusConnectionError):
        return CannotConnectError(_reason(err))
    if isinstance(err, ModbusExceptionError):
        code = err.exception_code
        meaning = _EXCEPTIONS.get(code or 0, "not in the manual")
        return RefusedError(f"Modbus exception {code}: {meaning}", code)
    return UnexpectedAnswerError(_reason(err))


def _reason(error: ModbusError) -> str:
    """Get what the library says without the call of its own that it names first."""
    return str(error).rpartition("): ")[2]


async def insist[T](question: Callable[[], Awaitable[T]], otherwise: str) -> T:
    """Ask what every DMED4 answers: one refusal may be a disturbance.

    Raises:
        NotADmed4Error: the question is refused each time.
    """
    refusals = 0
    while True:
        try:
            return await question()
        except RefusedError as err:
            refusals += 1
            if err.code == ExceptionCode.SERVER_DEVICE_BUSY:
                raise
            if refusals == INSISTING:
                raise NotADmed4Error(otherwise) from err
