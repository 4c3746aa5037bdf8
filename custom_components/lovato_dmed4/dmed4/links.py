"""One shared link per Modbus endpoint and one lock per web server.

A meter takes two Modbus TCP connections and serves one web request at a time, and several meters
may sit behind one gateway: everything that goes to one address shares a link and takes turns.
"""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
import logging
from weakref import WeakValueDictionary

from modbus_connection import ModbusTcpParams
from modbus_connection.pymodbus import ModbusConnection

# A DMED4 answers in milliseconds; longer silence than this means that it is gone. It has to stay
# well below the idle polling interval, so that a lost meter shows within two polls.
REQUEST_TIMEOUT = 3.0

_links: dict[Hashable, ModbusLink] = {}
_http_locks: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()

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
    """Make a request whose failure is raised and not logged as well, at every poll of a lost meter."""
    token = _requesting.set(True)
    try:
        yield
    finally:
        _requesting.reset(token)


class ModbusLink:
    """A Modbus connection that is closed when its last user lets go of it."""

    def __init__(self, params: ModbusTcpParams) -> None:
        self.connection = ModbusConnection(params, timeout=REQUEST_TIMEOUT)
        self._endpoint = params.endpoint
        self._users = 0

    @classmethod
    def acquire(cls, params: ModbusTcpParams) -> ModbusLink:
        """Get the link to an endpoint, shared with everyone who has it already."""
        if (link := _links.get(params.endpoint)) is None:
            link = _links[params.endpoint] = cls(params)
        link._users += 1
        return link

    async def release(self) -> None:
        """Let go of the link."""
        self._users -= 1
        if self._users == 0:
            _links.pop(self._endpoint, None)
            await self.connection.close()


def http_lock(host: str, port: int) -> asyncio.Lock:
    """Get the lock that makes requests to one web server take turns."""
    return _http_locks.setdefault((host.lower(), port), asyncio.Lock())
