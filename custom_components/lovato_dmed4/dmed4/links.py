"""One shared link per Modbus endpoint and one lock per web server.

A meter takes two Modbus TCP connections and serves one web request at a time, and several meters
may sit behind one gateway or on one serial line: everything that goes to one address shares a link
and takes turns.
"""

import asyncio
from asyncio import CancelledError
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
import logging
from weakref import WeakValueDictionary

from modbus_connection import ModbusTimeoutError
from modbus_connection.pymodbus import ModbusConnection

from .errors import LineInUseError
from .lines import Line

# A DMED4 answers in milliseconds; longer silence than this means that it is gone. It has to stay
# well below the idle polling interval, so that a lost meter shows within two polls.
REQUEST_TIMEOUT = 3.0

_links: dict[Hashable, ModbusLink] = {}
_logbook_locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
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
    """A Modbus connection that is closed when its last user lets go of it.

    Attributes:
        line: what the connection runs over.
        polls: how long a live poll of each user keeps the line busy, in s.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self.polls: dict[object, float] = {}
        self.connection = ModbusConnection(
            line.params,
            timeout=REQUEST_TIMEOUT + line.exchange_seconds,
            message_spacing=line.pause,
        )
        self.losses = 0
        self.connection.on_connection_lost(self._note_loss)
        self._users = 0
        self._lock = asyncio.Lock()

    @classmethod
    def acquire(cls, line: Line) -> ModbusLink:
        """Get the link to an endpoint, shared with everyone who has it already.

        Raises:
            LineInUseError: they use it with other settings.
        """
        if (link := _links.get(line.endpoint)) is None:
            link = _links[line.endpoint] = cls(line)
        if link.line != line:
            raise LineInUseError(str(link.line), str(line))
        link._users += 1
        return link

    def _note_loss(self) -> None:
        self.losses += 1

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Have the link to oneself for one exchange.

        The connection is dropped after silence, before the next user's turn: the peer may be gone
        without a word, and what it says too late must not be taken for the next answer.
        """
        async with self._lock:
            try:
                if not self.connection.connected:
                    await self._connect()
                yield
            except ModbusTimeoutError as err:
                await self.connection.disconnect()
                if err.__cause__ and isinstance(err.__cause__.__cause__, CancelledError):
                    # pymodbus takes the cancellation of a request for silence.
                    raise err.__cause__.__cause__ from None
                raise

    async def _connect(self) -> None:
        """Connect, and let it go on when its caller is cancelled.

        The library shields it itself, but asyncio would log the failure that no caller retrieves.
        """
        connecting = asyncio.ensure_future(self.connection.connect())
        connecting.add_done_callback(_hear)
        await asyncio.wait({connecting})
        connecting.result()

    async def release(self, user: object) -> None:
        """Let go of the link."""
        self.polls.pop(user, None)
        self._users -= 1
        if self._users == 0:
            _links.pop(self.line.endpoint, None)
            await self.connection.close()


def _hear(connecting: asyncio.Future[None]) -> None:
    if not connecting.cancelled():
        connecting.exception()


def logbook_lock(endpoint: Hashable) -> asyncio.Lock:
    """Get the lock with which the logbooks of all meters on a line take turns.

    So there is at most one request of a logbook before that of a live poll, and half of the time is
    left to others.
    """
    return _logbook_locks.setdefault(endpoint, asyncio.Lock())


def http_lock(host: str, port: int) -> asyncio.Lock:
    """Get the lock that makes requests to one web server take turns."""
    return _http_locks.setdefault((host.lower(), port), asyncio.Lock())
