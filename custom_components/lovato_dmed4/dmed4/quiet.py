"""A request whose failure is raised, and not logged by pymodbus as well at every poll of a lost meter."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
import logging

_requesting: ContextVar[bool] = ContextVar("requesting", default=False)
_PYMODBUS_LOGGER = logging.getLogger("pymodbus.logging")


def _demote(record: logging.LogRecord) -> bool:
    """Make a debug message of what pymodbus says about a request of ours."""
    if not _requesting.get():
        return True
    record.levelno, record.levelname = logging.DEBUG, "DEBUG"
    return _PYMODBUS_LOGGER.isEnabledFor(logging.DEBUG)


_PYMODBUS_LOGGER.addFilter(_demote)


@contextmanager
def quiet_pymodbus() -> Iterator[None]:
    """Keep what pymodbus says meanwhile out of the log, unless that shows debug messages."""
    token = _requesting.set(True)
    try:
        yield
    finally:
        _requesting.reset(token)
