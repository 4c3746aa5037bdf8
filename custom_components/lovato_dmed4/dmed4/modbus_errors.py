"""What the Modbus library raises, as errors of ours."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
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
    NotADmed4Error,
    RefusedError,
    SilentError,
    UnexpectedAnswerError,
)
from .links import quiet_pymodbus
from .repeating import INSISTING

# The manual's words (error codes).
_EXCEPTIONS: Final = {
    1: "function not valid",
    2: "address not valid",
    3: "value out of range",
    4: "operation not valid",
    6: "the meter is busy",
}


@asynccontextmanager
async def translated_errors() -> AsyncIterator[None]:
    """Surround requests: MeterError is all that they raise."""
    try:
        with quiet_pymodbus():
            yield
    except (ModbusTimeoutError, GatewayPathUnavailableError, GatewayTargetError) as err:
        raise SilentError("no answer in time") from err
    except ModbusConnectionError as err:
        raise CannotConnectError(_reason(err)) from err
    except ModbusExceptionError as err:
        code = err.exception_code
        meaning = _EXCEPTIONS.get(code or 0, "not in the manual")
        raise RefusedError(f"Modbus exception {code}: {meaning}", code) from err
    except ModbusError as err:
        raise UnexpectedAnswerError(_reason(err)) from err
    except UnicodeError as err:
        raise CannotConnectError(f"no name of a host: {err}") from err


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
            async with translated_errors():
                return await question()
        except RefusedError as err:
            refusals += 1
            if err.code == ExceptionCode.SERVER_DEVICE_BUSY:
                raise
            if refusals == INSISTING:
                raise NotADmed4Error(otherwise) from err
