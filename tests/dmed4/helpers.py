"""What these tests share: clients of a simulated meter, peers that misbehave, a verifier."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
import json
import struct
from types import TracebackType
from typing import Any, Self

import aiohttp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.lovato_dmed4.dmed4.lines import TcpLine
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.prototype import (
    ChargeIdentity,
    IdentificationFlag,
    IdentificationLevel,
    IdentificationType,
)
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from custom_components.lovato_dmed4.dmed4.watch import Timing
from simulator import ModbusTcpServer, RestServer, SimulatedMeter

LOCALHOST = "127.0.0.1"
TRANSPORTS = ("modbus", "rest")

# Deadlines that are long enough for a busy machine, and those that a test waits out.
PATIENT = Timing(poll=0.01, step=10, command=10)
HASTY = Timing(poll=0.01, step=0.2, command=0.2, signature=0.2)

CHARGE = ChargeIdentity(
    type=IdentificationType.ISO14443,
    level=IdentificationLevel.TRUSTED,
    flags=(IdentificationFlag.RFID_PLAIN, IdentificationFlag.OCPP_AUTH),
    data="1A2B3C4D",
    tariff_text="0.49 EUR/kWh",
)


@asynccontextmanager
async def client(transport: str, port: int) -> AsyncIterator[Meter]:
    """Reach a meter on this machine."""
    if transport == "modbus":
        meter = ModbusMeter.on(TcpLine(host=LOCALHOST, port=port), 1)
        try:
            yield meter
        finally:
            await meter.close()
        return
    async with aiohttp.ClientSession() as session:
        web = RestMeter(session, LOCALHOST, port)
        try:
            yield web
        finally:
            await web.close()


@asynccontextmanager
async def serving(simulated: SimulatedMeter, transport: str) -> AsyncIterator[int]:
    """Serve a simulated meter; gives the port."""
    server = ModbusTcpServer(simulated) if transport == "modbus" else RestServer(simulated)
    async with server:
        yield server.port


@asynccontextmanager
async def reached(simulated: SimulatedMeter, transport: str) -> AsyncIterator[Meter]:
    """Serve a simulated meter and reach it."""
    async with serving(simulated, transport) as port, client(transport, port) as meter:
        yield meter


def offered[T](part: T | None) -> T:
    """Get what a meter offers over some transports only, where it does."""
    assert part is not None
    return part


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what a test can't be told of; the test's own time limit ends it."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.005)


def verified(record: bytes, simulated: SimulatedMeter) -> dict[str, Any]:
    """Check a record's signature over the exact bytes of its payload; return the payload."""
    head, payload, signature = record.split(b"|")
    assert head == b"OCMF"
    der = bytes.fromhex(json.loads(signature)["SD"])
    simulated.public_key.verify(der, payload, ec.ECDSA(hashes.SHA256()))
    content: dict[str, Any] = json.loads(payload)
    return content


def reasons(record: bytes, simulated: SimulatedMeter) -> list[str]:
    """Return why the first and the fourth reading of a good record were taken (TX)."""
    readings = verified(record, simulated)["RD"]
    assert len(readings) == 6
    return [readings[0]["TX"], readings[3]["TX"]]


# --- peers that are no simulated meter ----------------------------------------------------------


class Hangup(Exception):  # noqa: N818 - the peer's will, not an error
    """The peer closes the connection."""


class Peer:
    """A plain server on this machine.

    Attributes:
        accepted: How many connections there have been.
        port: Where it listens.
    """

    def __init__(self) -> None:
        self.accepted = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def connections(self) -> int:
        """How many connections there are."""
        return len(self._writers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client."""
        raise NotImplementedError

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._writers.add(writer)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, Hangup):
                await self.serve(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, LOCALHOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()


class ModbusPeer(Peer):
    """A Modbus TCP server that answers what the test says, None for silence.

    Attributes:
        requests: The PDUs received.
    """

    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        super().__init__()
        self.answer = answer
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            header = await reader.readexactly(7)
            transaction, _, length, unit = struct.unpack(">HHHB", header)
            pdu = await reader.readexactly(length - 1)
            self.requests.append(pdu)
            answer = self.answer(pdu)
            if answer is not None:
                writer.write(struct.pack(">HHHB", transaction, 0, len(answer) + 1, unit) + answer)
                await writer.drain()


class RawPeer(Peer):
    """A server that answers whatever comes with the same bytes, and then closes or keeps still."""

    def __init__(self, answer: bytes, *, then_close: bool) -> None:
        super().__init__()
        self._answer = answer
        self._then_close = then_close

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            writer.write(self._answer)
            await writer.drain()
            if self._then_close:
                raise Hangup


def http_answer(
    body: bytes, status: str = "200 OK", headers: Mapping[str, str] | None = None
) -> bytes:
    """Write an HTTP answer with a length."""
    fields = {"Content-Length": str(len(body)), "Connection": "close", **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


class WebPeer(Peer):
    """A web server that answers what the test says for each request line.

    Attributes:
        requests: Method and target of the requests.
        bodies: Their bodies.
    """

    def __init__(self, answer: Callable[[str, str], bytes]) -> None:
        super().__init__()
        self.answer = answer
        self.requests: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            method, target, _ = head.split(" ", 2)
            length = 0
            for line in head.split("\r\n"):
                name, _, value = line.partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            self.bodies.append(await reader.readexactly(length))
            self.requests.append((method, target))
            answer = self.answer(method, target)
            writer.write(answer)
            await writer.drain()
            if b"connection: close" in answer.lower():
                raise Hangup


# --- a link that loses things -------------------------------------------------------------------


class Fate(Enum):
    """What becomes of a request on its way."""

    PASS = auto()
    SWALLOW = auto()
    """It never arrives, and the link breaks."""
    LOSE_ANSWER = auto()
    """It arrives, and the link breaks before the answer does."""
    HANG = auto()
    """It never arrives, and the link stays up."""


class Proxy(Peer):
    """A link to a server on this machine that loses what the test says.

    Attributes:
        decide: Says the fate of each request.
        passed: The requests that arrived.
    """

    def __init__(self, target: int, decide: Callable[[bytes], Fate] | None = None) -> None:
        super().__init__()
        self._target = target
        self.decide = decide or (lambda _: Fate.PASS)
        self.passed: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(LOCALHOST, self._target)
        answers = asyncio.create_task(self._answers(back, writer))
        try:
            while request := await reader.read(65536):
                fate = self.decide(request)
                if fate is Fate.SWALLOW:
                    break
                if fate is Fate.HANG:
                    continue
                if fate is Fate.LOSE_ANSWER:
                    answers.cancel()
                    with suppress(asyncio.CancelledError):
                        await answers
                self.passed.append(request)
                forth.write(request)
                if fate is Fate.LOSE_ANSWER:
                    await back.read(1)
                    break
        finally:
            answers.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await answers
            forth.close()

    async def _answers(self, back: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer := await back.read(65536):
            writer.write(answer)
        writer.close()


@asynccontextmanager
async def proxied(simulated: SimulatedMeter, transport: str) -> AsyncIterator[tuple[Meter, Proxy]]:
    """Serve a simulated meter and reach it over a link that can lose things."""
    async with (
        serving(simulated, transport) as port,
        Proxy(port) as proxy,
        client(transport, proxy.port) as meter,
    ):
        yield meter, proxy


def gives(command: str) -> Callable[[bytes], bool]:
    """Recognise the request, of either transport, that gives a command."""
    modbus = struct.pack(">BHH", 0x06, 0x427F, 0x00FF if command == "X" else ord(command))
    json_body = f'"command":"{command}"'.encode()
    query = f"command={command} ".encode()

    def recognise(request: bytes) -> bool:
        return (
            request[7:] == modbus
            or json_body in request.replace(b" ", b"")
            or (query in request and request.startswith((b"PUT", b"POST")))
        )

    return recognise


def reads_status(request: bytes) -> bool:
    """Recognise a request for the status words."""
    return request[7:10] == b"\x04\x41\xff" or b"/charge_status" in request


def reads_record(request: bytes) -> bool:
    """Recognise a request for the last record."""
    return request[7:10] == b"\x04\x43\xff" or request.startswith(b"GET /v1/ocmf")


def sets_clock(request: bytes) -> bool:
    """Recognise a request that sets the clock."""
    return request[7:10] == b"\x10\x40\x7f" or b'"datetime":' in request


def hands_over(request: bytes) -> bool:
    """Recognise a request that hands a prototype over."""
    return request[7:10] == b"\x06\x42\x80" or request.startswith(b"POST /v1/ocmf")


class AfterCommand:
    """Does something to the meter at the first request after a command, before it arrives.

    Attributes:
        done: Whether it has done it.
    """

    def __init__(self, command: str, act: Callable[[], None], *, always: bool = False) -> None:
        self._given = gives(command)
        self._act = act
        self._always = always
        self._seen = False
        self.done = False

    def __call__(self, request: bytes) -> Fate:
        if self._given(request):
            self._seen = True
        elif self._seen and (self._always or not self.done):
            self.done = True
            self._act()
        return Fate.PASS


class Once:
    """Gives a fate to the first request that is recognised, and lets the others pass."""

    def __init__(self, recognise: Callable[[bytes], bool], fate: Fate) -> None:
        self._recognise = recognise
        self._fate = fate
        self.done = asyncio.Event()

    def __call__(self, request: bytes) -> Fate:
        if self.done.is_set() or not self._recognise(request):
            return Fate.PASS
        self.done.set()
        return self._fate
