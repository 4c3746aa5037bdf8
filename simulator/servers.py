"""The meter's Modbus connectors: its Ethernet port, its RS-485 bus, and ways between them."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
import os
import termios
import tty
from types import TracebackType
from typing import Literal, Self, override

from .faults import ModbusFault, ModbusFaults, garbled, resized
from .framing import FRAMINGS, Frame, Framing, FramingName, NotModbusError
from .lines import Bus, Ethernet, Gateway, Line
from .meter import SimulatedMeter
from .modbus import BUSY, Unit, exception

MAX_CONNECTIONS = 2
"""Modbus TCP connections at a time (manual: protocol specifications)."""

type SerialFramingName = Literal["rtu", "ascii"]

_BITS_PER_CHARACTER = 11
_PAUSE_CHARACTERS = 3.5
# On a socket there is no line that could be silent: this long without a byte ends a broken frame.
_SOCKET_PAUSE = 0.02
_READ_SIZE = 4096


class ModbusServer(ABC):
    """What all connectors share: frames in, frames out, and a record of both.

    Attributes:
        requests: The PDUs received so far that were for a device here.
        frames: The same with their node numbers.
        bytes_in: Bytes received, whatever they were.
        bytes_out: Bytes sent.
        faults: What goes wrong.
    """

    def __init__(self, line: Line, framing: FramingName, pause: float) -> None:
        self._line = line
        self._framing = framing
        self._pause = pause
        self.requests: list[bytes] = []
        self.frames: list[Frame] = []
        self.bytes_in = 0
        self.bytes_out = 0
        self.faults = ModbusFaults()

    @abstractmethod
    async def start(self) -> None:
        """Plug in."""

    @abstractmethod
    async def stop(self) -> None:
        """Unplug: whatever is under way breaks off."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        framing = FRAMINGS[self._framing]()
        with suppress(NotModbusError, OSError):
            while not reader.at_eof():
                for frame in await self._receive(reader, framing):
                    await self._reply(frame, framing, writer)

    async def _receive(self, reader: asyncio.StreamReader, framing: Framing) -> Iterator[Frame]:
        try:
            async with asyncio.timeout(self._pause if framing.waiting else None):
                data = await reader.read(_READ_SIZE)
        except TimeoutError:
            return framing.silence()
        self.bytes_in += len(data)
        return framing.feed(data)

    async def _reply(self, frame: Frame, framing: Framing, writer: asyncio.StreamWriter) -> None:
        if not self._line.hears(frame):
            return
        self.requests.append(frame.pdu)
        self.frames.append(frame)
        fault = self.faults.take(frame)
        if fault is ModbusFault.SILENCE:
            return
        answer = await (_busy(frame) if fault is ModbusFault.BUSY else self._line.answer(frame))
        await asyncio.sleep(self.faults.delay)
        if answer is None or fault is ModbusFault.LOST_ANSWER:
            return
        transaction = frame.transaction
        if fault is ModbusFault.WRONG_TRANSACTION:
            transaction = transaction + 1 & 0xFFFF
        unit, pdu = self._answers_as(frame.unit), resized(answer, fault)
        data = framing.encode(Frame(unit, pdu, transaction))
        match fault:
            case ModbusFault.CUT:
                await self._send(data[: len(data) // 2], writer)
                self._break_off(writer)
            case ModbusFault.GARBAGE:
                await self._send(garbled(data), writer)
            case _:
                await self._send(data, writer)

    def _answers_as(self, unit: int) -> int:
        """Return the node number that an answer bears."""
        return unit

    @abstractmethod
    def _break_off(self, writer: asyncio.StreamWriter) -> None:
        """Break one connection off, where there are connections."""

    async def _send(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        self.bytes_out += len(data)
        await writer.drain()


class SocketServer(ModbusServer):
    """A Modbus connector with an IP address.

    Args:
        line: Who answers.
        framing: `tcp`, or `rtu` or `ascii` behind a serial device server.
        host: Address to listen on.
        port: 0 for any free one; the same again after a stop.
        max_connections: Clients at a time; the others are hung up on.
        rebooting: Whether the device at the connector takes no connections now.
    """

    def __init__(
        self,
        line: Line,
        *,
        framing: FramingName,
        host: str,
        port: int,
        max_connections: int,
        rebooting: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(line, framing, _SOCKET_PAUSE)
        self.host = host
        self.port = port
        self._max_connections = max_connections
        self._rebooting = rebooting
        self._server: asyncio.Server | None = None
        self._tasks: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._tasks)

    @override
    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    @override
    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        self.drop_connections()
        for task in filter(None, self._tasks.values()):
            task.cancel()
        await self._server.wait_closed()
        self._server = None

    def drop_connections(self) -> None:
        """Break all connections off; new ones are taken."""
        for writer in self._tasks:
            self._break_off(writer)

    @override
    def _break_off(self, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.connections >= self._max_connections or self._rebooting():
            writer.close()
            return
        self._tasks[writer] = asyncio.current_task()
        try:
            await self._talk(reader, writer)
        finally:
            del self._tasks[writer]
            writer.close()


class ModbusTcpServer(SocketServer):
    """A device's Modbus TCP port; two clients at a time.

    Args:
        meter: What answers.
        host: Address to listen on.
        port: 0 for any free one; the same again after a stop.
        unit_id: The meter's node number.
        strict_unit: Be silent to other unit IDs, as a meter behind a gateway. A meter with its own
            Ethernet port answers to all (manual: Modbus node number).
        framing: `rtu` for a meter whose P05_10 is RTU, as the protocol reference reads it.
    """

    def __init__(
        self,
        meter: Unit,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        unit_id: int = 1,
        strict_unit: bool = False,
        framing: FramingName = "tcp",
    ) -> None:
        super().__init__(
            Ethernet(meter, unit_id, strict=strict_unit),
            framing=framing,
            host=host,
            port=port,
            max_connections=MAX_CONNECTIONS,
            rebooting=lambda: meter.rebooting,
        )
        self.unit_id = unit_id
        self._own_number = meter.readings.follows("node_answer", "own")
        meter.on_reboot(self.drop_connections)

    @override
    def _answers_as(self, unit: int) -> int:
        return self.unit_id if self._own_number else unit


class GatewayServer(SocketServer):
    """A meter that is a gateway (P05_05 = 1): its Modbus TCP port leads to its bus as well.

    Args:
        meter: The gateway; answers to its own unit ID and to 0. Its P05_05 must be 1, or it answers
            to all unit IDs and passes nothing on, as any meter.
        units: The devices on its bus by unit ID.
        unit_id: The gateway's own.
        host: Address to listen on.
        port: 0 for any free one; the same again after a stop.
        timeout: Seconds for which the gateway waits for a unit that does not answer.
        silent: Whether it then says nothing; otherwise exception 0x0B.
        framing: Of its Ethernet side, `rtu` if its P05_10 is RTU.
    """

    def __init__(
        self,
        meter: SimulatedMeter,
        units: Mapping[int, Unit],
        *,
        unit_id: int = 1,
        host: str = "127.0.0.1",
        port: int = 0,
        timeout: float = 0.1,
        silent: bool = False,
        framing: FramingName = "tcp",
    ) -> None:
        super().__init__(
            Gateway(meter, unit_id, Bus(units), timeout=timeout, silent=silent),
            framing=framing,
            host=host,
            port=port,
            max_connections=MAX_CONNECTIONS,
            rebooting=lambda: meter.rebooting,
        )
        self.unit_id = unit_id
        meter.on_reboot(self.drop_connections)


class SerialOverTcpServer(SocketServer):
    """A serial device server with meters on its bus: RTU or ASCII frames over a socket.

    Args:
        units: The devices by unit ID.
        framing: Of the bus and so of the socket.
        host: Address to listen on.
        port: 0 for any free one; the same again after a stop.
        max_connections: Clients at a time.
    """

    def __init__(
        self,
        units: Mapping[int, Unit],
        *,
        framing: SerialFramingName = "rtu",
        host: str = "127.0.0.1",
        port: int = 0,
        max_connections: int = 4,
    ) -> None:
        super().__init__(
            Bus(units), framing=framing, host=host, port=port, max_connections=max_connections
        )


class Pty:
    """A cable between two ends on this machine: the meters' end and a path for the client.

    It stays when the meters are unplugged: a client that has it open then hears nothing.

    Attributes:
        path: What a client opens like a serial port.
        fd: The meters' end.
    """

    def __init__(self) -> None:
        # The client's end is kept open here too: without it, the meters' end would break with
        # the first client that goes away.
        self.fd, self._client_fd = os.openpty()
        tty.setraw(self._client_fd)
        self.path = os.ttyname(self._client_fd)

    def close(self) -> None:
        """Pull the cable out: the path is gone."""
        os.close(self.fd)
        os.close(self._client_fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_pty() -> Pty:
    """Return a new cable, in raw mode."""
    return Pty()


class SerialServer(ModbusServer):
    """Meters on an RS-485 bus: each answers to its own unit ID only, and none to 0.

    Args:
        units: The devices by unit ID.
        device: Path of a serial port, or a cable from `open_pty`.
        framing: `rtu` or `ascii` (P04_05).
        baudrate: Bits per second (P04_02), 8 data bits, no parity. On a pty only the pause between
            RTU frames follows from it.

    Attributes:
        path: Of the serial port, or what a client opens to get at the meters.
    """

    def __init__(
        self,
        units: Mapping[int, Unit],
        device: str | Pty,
        *,
        framing: SerialFramingName = "rtu",
        baudrate: int = 9600,
    ) -> None:
        super().__init__(Bus(units), framing, _PAUSE_CHARACTERS * _BITS_PER_CHARACTER / baudrate)
        self.path = device if isinstance(device, str) else device.path
        self._device = device
        self._baudrate = baudrate
        self._talking: asyncio.Task[None] | None = None
        self._ends: tuple[asyncio.ReadTransport, asyncio.WriteTransport] | None = None

    @override
    async def start(self) -> None:
        # Each direction gets a descriptor of its own, because closing it is how asyncio ends it.
        with os.fdopen(self._open(), "wb", buffering=0) as end:
            loop = asyncio.get_running_loop()
            reader = asyncio.StreamReader()
            incoming, _ = await loop.connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(reader),
                os.fdopen(os.dup(end.fileno()), "rb", buffering=0),
            )
            outgoing, protocol = await loop.connect_write_pipe(
                lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()),
                os.fdopen(os.dup(end.fileno()), "wb", buffering=0),
            )
        writer = asyncio.StreamWriter(outgoing, protocol, reader, loop)
        self._talking = asyncio.create_task(self._talk(reader, writer))
        self._ends = (incoming, outgoing)

    @override
    async def stop(self) -> None:
        if self._talking is None or self._ends is None:
            return
        self._talking.cancel()
        with suppress(asyncio.CancelledError):
            await self._talking
        incoming, outgoing = self._ends
        for close, end in ((incoming.close, incoming), (outgoing.abort, outgoing)):
            # An end that broke is closed already, and asyncio does not stand a second time.
            if not end.is_closing():
                close()
        self._talking = self._ends = None

    @override
    def _break_off(self, writer: asyncio.StreamWriter) -> None:
        # A cable has no connections.
        pass

    def _open(self) -> int:
        if isinstance(self._device, Pty):
            return os.dup(self._device.fd)
        fd = os.open(self._device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            _set_up_port(fd, self._baudrate)
        except termios.error as error:
            os.close(fd)
            raise OSError(f"{self._device} is not a serial port") from error
        return fd


async def _busy(frame: Frame) -> bytes | None:
    return exception(frame.pdu, BUSY) if frame.pdu else None


def _set_up_port(fd: int, baudrate: int) -> None:
    tty.setraw(fd)
    attributes = termios.tcgetattr(fd)
    attributes[4] = attributes[5] = getattr(termios, f"B{baudrate}")
    termios.tcsetattr(fd, termios.TCSANOW, attributes)
