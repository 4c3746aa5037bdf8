"""A remote display that plays the manual's page on DMED4DC…, over Modbus and REST."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import json
import struct
from typing import Final, override

from aiohttp import web

from simulator.framing import Frame
from simulator.lines import Line
from simulator.servers import SocketServer

LOCALHOST: Final = "127.0.0.1"

# The manual's table: register and words of each text.
REGISTERS: Final = {
    (1, "title_1"): (0x2F64, 16),
    (1, "text_1"): (0x3024, 10),
    (1, "title_2"): (0x2F74, 16),
    (1, "text_2"): (0x302E, 10),
    (1, "title_3"): (0x2F84, 16),
    (1, "text_3"): (0x3038, 10),
    (2, "title_1"): (0x2F94, 16),
    (2, "text_1"): (0x3042, 10),
    (2, "title_2"): (0x2FA4, 16),
    (2, "text_2"): (0x304C, 10),
    (2, "title_3"): (0x2FB4, 16),
    (2, "text_3"): (0x3056, 10),
    (3, "title_1"): (0x2FC4, 16),
    (3, "text_1"): (0x3060, 10),
    (3, "title_2"): (0x2FD4, 16),
    (3, "text_2"): (0x306A, 10),
    (3, "title_3"): (0x2FE4, 16),
    (3, "text_3"): (0x3074, 10),
    (4, "title_1"): (0x2FF4, 16),
    (4, "text_1"): (0x307E, 10),
    (4, "title_2"): (0x3004, 16),
    (4, "text_2"): (0x3088, 10),
    (4, "title_3"): (0x3014, 16),
    (4, "text_3"): (0x3092, 10),
}

CHARGE_STATUS: Final = {
    "measurement_status": 0,
    "signature_status": 0,
    "error_status_1": 0,
    "error_status_2": 0,
}

_PAGE_REGISTER = 0x2F50


class SimulatedDisplay:
    """What a display remembers.

    Attributes:
        model_code: Answer to function 0x11: 0x0C for a DMED4DC1, 0x0D for a DMED4DC2.
        memory: Words by register as the manual counts.
        shown: The page shown.
        locked: Whether P01.05 is something else than DISABLE.
        meters: The meters that answer behind it.
        posted: The last body posted for each meter.
    """

    def __init__(self, model_code: int = 0x0C) -> None:
        self.model_code = model_code
        self.meters = [1, 2, 3, 4] if model_code == 0x0C else [1]
        self.memory = {
            first + word: 0
            for (meter, _), (first, words) in REGISTERS.items()
            if meter in self.meters
            for word in range(words)
        }
        self.shown = 1
        self.locked = False
        self.posted: dict[int, dict[str, str]] = {}

    def raw(self, meter: int, name: str) -> bytes:
        """Return a text's bytes, padding included."""
        first, words = REGISTERS[meter, name]
        return b"".join(self.memory[first + word].to_bytes(2) for word in range(words))

    def put(self, meter: int, name: str, text: bytes) -> None:
        """Write a text, as another master does."""
        first, words = REGISTERS[meter, name]
        padded = text.ljust(2 * words, b"\0")
        for word in range(words):
            self.memory[first + word] = int.from_bytes(padded[2 * word : 2 * word + 2])

    def show(self, page: int) -> bool:
        """Switch the page; return whether that is possible."""
        if self.locked or page not in {*self.meters, *(meter + 4 for meter in self.meters)}:
            return False
        self.shown = page
        return True


class DisplayLine(Line):
    """The display's Modbus side; it answers to one node number."""

    def __init__(self, display: SimulatedDisplay, unit_id: int = 1) -> None:
        self._display = display
        self._unit_id = unit_id

    @override
    def hears(self, frame: Frame) -> bool:
        return frame.unit == self._unit_id

    @override
    async def answer(self, frame: Frame) -> bytes | None:
        function, data = frame.pdu[0], frame.pdu[1:]
        body = self._body(function, data)
        return bytes([function | 0x80, body]) if isinstance(body, int) else bytes([function]) + body

    def _body(self, function: int, data: bytes) -> bytes | int:
        """Return the answer, or an exception's code."""
        if function == 0x11:
            return bytes([8, self._display.model_code, 4, 1, 2, 2, 0, 0, 0])
        register, number = struct.unpack_from(">HH", data)
        register += 1
        if function == 0x06 and register == _PAGE_REGISTER:
            return data if self._display.show(number) else 0x04
        memory = self._display.memory
        registers = range(register, register + number)
        if not 1 <= number <= 120:
            return 0x03
        if any(one not in memory for one in registers):
            return 0x02
        if function == 0x04:
            return bytes([2 * number]) + b"".join(memory[one].to_bytes(2) for one in registers)
        assert function == 0x10, "the manual names no other"
        memory.update(zip(registers, struct.unpack_from(f">{number}H", data, 5), strict=True))
        return data[:4]


def modbus_server(display: SimulatedDisplay, *, port: int = 0, unit_id: int = 1) -> SocketServer:
    return SocketServer(
        DisplayLine(display, unit_id),
        framing="tcp",
        host=LOCALHOST,
        port=port,
        max_connections=2,
    )


class DisplayWebServer:
    """The web server of a DMED4DC1.

    Attributes:
        port: Where it listens; the same again after a stop.
        requests: Method and target so far.
        silent: Channels that the display waits for without an end.
        answer: What the meters say of their charge status.
    """

    def __init__(self, display: SimulatedDisplay) -> None:
        self._display = display
        self.port = 0
        self.requests: list[tuple[str, str]] = []
        self.silent: set[int] = set()
        self.answer: Mapping[str, object] = CHARGE_STATUS
        self._runner: web.ServerRunner | None = None

    async def start(self) -> None:
        server = web.Server(self._handle, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOCALHOST, self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append((request.method, request.path_qs))
        match request.method, *request.path.strip("/").split("/"):
            case "PUT", "v1", "set_viewer_page":
                done = self._display.show(int(request.query["page"]))
                return web.Response(status=200 if done else 400)
            case "POST", "v1", channel, "custom_string" if channel in "1234":
                texts = json.loads(await request.read())
                self._display.posted[int(channel)] = texts
                return web.Response()
            case "GET", "v1", channel, "charge_status" if channel in "1234":
                if int(channel) in self.silent:
                    await asyncio.Event().wait()
                if int(channel) in self._display.meters:
                    return web.json_response(self.answer)
        return web.Response(status=404)


@asynccontextmanager
async def serving_modbus(display: SimulatedDisplay) -> AsyncIterator[SocketServer]:
    async with modbus_server(display) as server:
        yield server


@asynccontextmanager
async def serving_web(display: SimulatedDisplay) -> AsyncIterator[DisplayWebServer]:
    server = DisplayWebServer(display)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
