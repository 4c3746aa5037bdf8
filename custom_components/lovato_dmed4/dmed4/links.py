"""One shared link per Modbus endpoint and one lock per web server.

A meter takes two Modbus TCP connections and serves one web request at a time, and several meters
may sit behind one gateway or on one serial line: everything that goes to one address shares a link
and takes turns.
"""

import asyncio
from asyncio import CancelledError
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
import math
from typing import TYPE_CHECKING, Final, Protocol, override
from weakref import WeakValueDictionary

from modbus_connection import (
    ModbusConnectionError,
    ModbusError,
    ModbusExceptionError,
    ModbusTimeoutError,
)
from modbus_connection.pymodbus import ModbusConnection
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.client.base import ModbusBaseClient

from .answers import ANSWERS, EXCEPTION, AwaitedAnswer, NoAnswerError
from .direct import DirectUnit, Unit
from .errors import ClosedError, LineInUseError
from .lent import AskedLentUnit, LentUnit
from .lines import Framing, Line, TcpLine
from .quiet import quiet_pymodbus
from .tap import Tap
from .turns import LineTurns

# A DMED4 answers in milliseconds, and a gateway may serve others first. Together, all attempts have
# to stay below two idle polling intervals, so that a lost meter shows within two polls.
REQUEST_TIMEOUT = 3.0

QUIET = 1.0
"""Seconds of silence after which no late answer is expected any more."""

# A device that has left so many questions in a row without an answer may be off. A single answer may have
# been lost.
_SILENCES: Final = 2

# A line that is not silent for this long, in s, is not one that could be asked anything.
_QUIET_LIMIT: Final = 3.0

# Seconds for which the last user of a link waits for a request that is under way.
_GRACE: Final = 0.5

# After a missing answer the line is listened to before the next two questions: when the late answer
# to the first is taken for that to its repetition, the latter's is still to come.
_DOUBTS: Final = 2

# Requests over TCP are numbered from 1 to this, and again.
_TRANSACTIONS: Final = 0xFFFF

_links: dict[Hashable, ModbusLink] = {}
_logbook_locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
_http_locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()


class ListeningConnection(ModbusConnection):
    """A connection that sends requests and looks for their answers itself.

    pymodbus opens the line and frames what is sent, and gets nothing of what comes in: it tries every
    part of that, which takes it minutes for a kilobyte of noise. What it does around a request takes
    more of the processor's time than the request.

    Attributes:
        heard_at: when something came last, or the connection was made, by the event loop's clock.
        shortened: whether the last answer had to be completed.
    """

    def __init__(self, line: Line) -> None:
        super().__init__(
            line.params,
            timeout=REQUEST_TIMEOUT + line.exchange_seconds,
        )
        self._line = line
        self._answer_of = ANSWERS[line.framing]
        self._transaction = 0
        self._awaited: AwaitedAnswer | None = None
        self._answer: asyncio.Future[bytes] | None = None
        # What has come since the request.
        self._received = b""
        self._tap: Tap | None = None
        self._ended_at = -math.inf
        self.heard_at = 0.0
        self.shortened = False

    @override
    async def _connect_client(self) -> ModbusBaseClient:
        try:
            with quiet_pymodbus():
                client = await super()._connect_client()
        except ModbusError:
            raise
        except Exception as err:
            # What the serial stack raises is not all OSError, as when a port lacks a format.
            raise ModbusConnectionError(f"could not open {self._target}: {err}") from err
        self.heard_at = asyncio.get_running_loop().time()
        return client

    @override
    async def _create_client(self) -> ModbusBaseClient:
        client = self._serial_client() or await super()._create_client()
        # In place of pymodbus' own, which keeps a list of what came and looks for frames in it.
        client.ctx.data_received = self._receive  # type: ignore[method-assign]
        return client

    @override
    async def _close_client(self, client: ModbusBaseClient) -> None:
        """Close a connection; a port that has gone may fail at that, too, and is closed then."""
        with suppress(Exception):
            client.close()

    def _serial_client(self) -> ModbusBaseClient | None:
        """Make a client for the frames of a serial line over TCP; None for other lines.

        The library has a serial port named socket://… for them, which pymodbus opens with a call that
        blocks the event loop for up to five seconds.
        """
        line = self._line
        if not isinstance(line, TcpLine) or line.framing is Framing.TCP:
            return None
        return AsyncModbusTcpClient(
            line.host,
            port=line.port,
            framer=FramerType(line.framing.value),
            timeout=self._timeout,
            reconnect_delay=0,
            retries=0,
            trace_connect=self._on_trace_connect,
        )

    async def request(self, unit_id: int, pdu: bytes, tap: Tap | None) -> bytes:
        """Send a request and wait for its answer; both are function and data.

        One at a time: `ModbusLink.exchange` sees to it.

        Args:
            unit_id: node number.
            pdu: the request.
            tap: takes note of the bytes, if anything does.

        Raises:
            ModbusExceptionError: the device refuses.
            ModbusError: there is no answer, or something else came.
        """
        await self._keep_pause()
        if not self.connected:
            # It was lost during the pause.
            await self.connect()
        context = self._client.ctx
        self._transaction = self._transaction % _TRANSACTIONS + 1
        frame = context.framer.encode(pdu, unit_id, self._transaction)
        if tap is not None:
            self._tap = tap
            tap.sent(frame)
        self._awaited, self._received = self._answer_of(frame), b""
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        giving_up = loop.call_later(self._timeout, self._give_up)
        try:
            self._send(frame)
            answer = await self._answer
        finally:
            giving_up.cancel()
            self._awaited = self._tap = None
            self._ended_at = loop.time()
        if answer[0] & EXCEPTION:
            raise ModbusExceptionError.from_code(answer[1])
        return answer

    async def _keep_pause(self) -> None:
        """Let the line be silent between two messages."""
        loop = asyncio.get_running_loop()
        if (left := self._ended_at + self._line.pause - loop.time()) > 0:
            await asyncio.sleep(left)

    def _send(self, frame: bytes) -> None:
        try:
            self._client.ctx.transport.write(frame)
        except Exception as err:
            # A serial port that has gone is met here, in whatever words the serial stack has for it.
            raise ModbusConnectionError(f"could not send: {err}") from err

    def _receive(self, data: bytes) -> None:
        """Look for the answer in all that has come since the request."""
        if self._tap is not None:
            self._tap.received(data)
        self.heard_at = asyncio.get_running_loop().time()
        awaited, answer = self._awaited, self._answer
        if awaited is None or answer is None or answer.done():
            return
        self._received += data
        try:
            if awaited.find(self._received):
                self._awaited = None
                self.shortened = awaited.shortened
                answer.set_result(awaited.pdu)
        except NoAnswerError as err:
            self._fail(ModbusError(str(err)))

    @override
    def _on_trace_connect(self, connecting: bool) -> None:
        if not connecting:
            self._fail(ModbusConnectionError("the connection was closed"))
        super()._on_trace_connect(connecting)

    def _give_up(self) -> None:
        self._fail(ModbusTimeoutError("no answer in time"))

    def _fail(self, error: ModbusError) -> None:
        """End the request that is under way."""
        self._awaited = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


class LentConnection:
    """In place of a connection of ours, where another part of the program has one and lends units of it.

    It is others' to open and to close. What comes too late can't be heard, only waited for.

    Attributes:
        connected: always, as the lent units connect by themselves.
        heard_at: when an answer was given up, by the event loop's clock.
    """

    connected = True

    def __init__(self) -> None:
        self.heard_at = 0.0

    def on_connection_lost(self, lost: Callable[[], None]) -> None:
        """Do nothing: each lent unit is watched instead."""

    async def connect(self) -> None:
        """Do nothing: the lent units connect by themselves."""

    async def disconnect(self) -> None:
        """Leave the connection to the others on it, and note that an answer may still come."""
        self.heard_at = asyncio.get_running_loop().time()

    async def close(self) -> None:
        """Do nothing: who borrowed a unit gives it back."""


class User(Protocol):
    """Who asks over a link.

    Attributes:
        unit_id: of the device.
        closed: whether nothing is to be asked any more.
        seconds_waited: how long answers have been waited for, all together, in s.
    """

    unit_id: int
    closed: bool
    seconds_waited: float


class ModbusLink:
    """A Modbus connection that is closed when its last user lets go of it.

    Attributes:
        line: what the connection runs over.
        polls: how long a live poll of each user keeps the line busy, in s.
        losses: how often the connection has been made again.
    """

    def __init__(self, line: Line, *, lent: bool = False) -> None:
        self.line = line
        self.polls: dict[object, float] = {}
        self.connection = LentConnection() if lent else ListeningConnection(line)
        self.losses = 0
        self.connection.on_connection_lost(self.note_loss)
        self._doubts = 0
        self._users = 0
        self._lock = asyncio.Lock()
        self._turns = LineTurns(QUIET)
        # How often devices have left a question without an answer since they last gave one, whoever asked.
        self._silences: Counter[int] = Counter()

    @classmethod
    def acquire(cls, line: Line, *, lent: bool = False) -> ModbusLink:
        """Get the link to an endpoint, shared with everyone who has it already.

        Args:
            line: what it runs over.
            lent: whether another part of the program has a connection and lends units of it.

        Raises:
            LineInUseError: they use it with other settings.
        """
        if (link := _links.get(_here(line.endpoint))) is None:
            link = _links[_here(line.endpoint)] = cls(line, lent=lent)
        if link.line != line:
            raise LineInUseError(str(link.line), str(line))
        link._users += 1
        return link

    @property
    def shared(self) -> bool:
        """Whether it has more than one user."""
        return self._users > 1 or isinstance(self.connection, LentConnection)

    def unit(self, unit_id: int, lent: LentUnit | None) -> Unit:
        """Get what asks a device, over the connection that is used.

        Args:
            unit_id: of the device.
            lent: that of another connection; not used while there is one of ours.
        """
        if isinstance(self.connection, ListeningConnection):
            return DirectUnit(self.connection, unit_id)
        if TYPE_CHECKING:
            assert lent is not None
        lent.unit.set_message_spacing(self.line.pause)
        return AskedLentUnit(lent.unit, self.line)

    def note_loss(self) -> None:
        """Count a connection that the peer has closed."""
        self.losses += 1

    async def exchange[T](self, user: User, ask: Callable[[], Awaitable[T]]) -> T:
        """Have the link to oneself for one exchange.

        On a shared line devices that may be off are asked one at a time, and between the polls of the
        others: so a poll waits for one of them at most.

        Args:
            user: on whose behalf.
            ask: makes one request.

        Raises:
            ClosedError: the user has let go of it.
            ModbusError: the library's, about the connection or the answer.
        """
        if self.shared and self._silences[user.unit_id] >= _SILENCES:
            async with self._turns.doubtful():
                return await self._exchange(user, ask)
        self._turns.begin()
        try:
            return await self._exchange(user, ask)
        finally:
            self._turns.end()

    async def _exchange[T](self, user: User, ask: Callable[[], Awaitable[T]]) -> T:
        async with self._lock:
            if user.closed or not self._users:
                raise ClosedError("the device was let go of")
            if not self.connection.connected:
                await self._connect()
            if self._doubts:
                await self._listen()
            loop = asyncio.get_running_loop()
            start = loop.time()
            try:
                answer = await ask()
            except ModbusExceptionError:
                self._silences.pop(user.unit_id, None)
                raise
            except (CancelledError, ModbusError) as err:
                if isinstance(err, ModbusTimeoutError):
                    self._silences[user.unit_id] += 1
                await self._doubt()
                raise
            else:
                self._silences.pop(user.unit_id, None)
                return answer
            finally:
                user.seconds_waited += loop.time() - start

    async def _doubt(self) -> None:
        """Drop the connection: the peer may be gone without a word."""
        if self.line.framing is not Framing.TCP:
            self._doubts = _DOUBTS
        if self.connection.connected and isinstance(self.connection, ListeningConnection):
            self.losses += 1
        await self.connection.disconnect()

    async def _listen(self) -> None:
        """Let pass what comes too late, so that it is not taken for the next answer."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _QUIET_LIMIT
        while (silent := loop.time() - self.connection.heard_at) < QUIET:
            if loop.time() >= deadline:
                await self.connection.disconnect()
                raise ModbusConnectionError("the line is never silent")
            await asyncio.sleep(QUIET - silent)
        self._doubts -= 1

    async def _connect(self) -> None:
        """Connect, and let it go on when its caller is cancelled.

        The library shields it itself, but asyncio would log the failure that no caller retrieves.
        """
        connecting = asyncio.ensure_future(self.connection.connect())
        connecting.add_done_callback(_retrieve_failure)
        await asyncio.wait({connecting})
        connecting.result()

    async def release(self, user: object) -> None:
        """Let go of the link."""
        self.polls.pop(user, None)
        self._users -= 1
        if self._users == 0:
            _links.pop(_here(self.line.endpoint), None)
            # A request that is about to be answered is waited for, another one is cut.
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE), self._lock:
                    pass
            await self.connection.close()
        else:
            # A request of the one that leaves is over before it has left.
            async with self._lock:
                pass


def _retrieve_failure(connecting: asyncio.Future[None]) -> None:
    if not connecting.cancelled():
        connecting.exception()


def logbook_lock(endpoint: Hashable) -> asyncio.Lock:
    """Get the lock with which the logbooks of all meters on a line take turns.

    So there is at most one request of a logbook before that of a live poll, and half of the time is
    left to others.
    """
    return _logbook_locks.setdefault(_here(endpoint), asyncio.Lock())


class HttpTurns:
    """The turns of one device at a web server, among all who ask that server.

    Args:
        host: of the server.
        port: of the server.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server = (host.lower(), port)
        self._lock: asyncio.Lock | None = None
        self._closed = False

    async def __aenter__(self) -> None:
        """Wait for a turn.

        Raises:
            ClosedError: the device has let go of the server.
        """
        if self._lock is None:
            self._lock = _http_locks.setdefault(_here(self._server), asyncio.Lock())
        await self._lock.acquire()
        if self._closed:
            self._lock.release()
            raise ClosedError("the device was let go of")

    async def __aexit__(self, *_: object) -> None:
        """Let the next one have its turn."""
        if TYPE_CHECKING:
            assert self._lock is not None
        self._lock.release()

    async def close(self) -> None:
        """Take no more turns, after the one that is under way."""
        self._closed = True
        if self._lock is not None:
            async with self._lock:
                pass


def _here(endpoint: Hashable) -> tuple[asyncio.AbstractEventLoop, Hashable]:
    """Name an endpoint in the running event loop: a lock or a connection is good for one loop only."""
    return asyncio.get_running_loop(), endpoint
