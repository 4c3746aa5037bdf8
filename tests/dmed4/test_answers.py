"""What a stranger on the line can send: nothing of it costs more than the answer that is awaited.

The work is counted, not timed: bytes whose check sum is computed, and bytes that reach pymodbus.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
import os
import random
import struct
from typing import Any

from pymodbus.framer import FramerAscii, FramerRTU, FramerSocket
import pytest

from custom_components.lovato_dmed4.dmed4 import links, repeating
from custom_components.lovato_dmed4.dmed4.answers import (
    ANSWERS,
    AsciiAnswer,
    NoAnswerError,
    RtuAnswer,
    TcpAnswer,
)
from custom_components.lovato_dmed4.dmed4.errors import MeterError
from custom_components.lovato_dmed4.dmed4.lines import Framing, Line, SerialLine, TcpLine
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from simulator import Pty, open_pty
from simulator.framing import FRAMINGS, Frame

from .helpers import LOCALHOST, Peer, until

UNIT = 8
READ = bytes((4, 0x41, 0xFF, 0, 5))
WORDS = bytes((4, 10, *range(10)))
NOISE: dict[str, Callable[[], bytes]] = {
    "0xFF": lambda: b"\xff" * 1024,
    "random": lambda: random.Random(1).randbytes(1024),  # noqa: S311 - any will do, and the same each time
    "beginnings": lambda: bytes((UNIT, 4, 10)) * 400,
    "colons": lambda: b":" * 1024,
    "lines": lambda: b":\r\n" * 400,
}


def frame(framing: Framing, pdu: bytes, unit: int = UNIT, transaction: int = 7) -> bytes:
    return FRAMINGS[framing.value]().encode(Frame(unit, pdu, transaction))


class Work:
    """Counts what is done with what came in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checked = 0
        self.decoded = 0
        for framer in (FramerRTU, FramerAscii, FramerSocket):
            monkeypatch.setattr(framer, "decode", self._counting_decode(framer.decode))
        monkeypatch.setattr(FramerRTU, "check_CRC", self._counting_check(FramerRTU.check_CRC))
        monkeypatch.setattr(FramerAscii, "check_LRC", self._counting_check(FramerAscii.check_LRC))

    def _counting_check(self, check: Callable[[bytes, int], bool]) -> staticmethod[..., bool]:
        def counting(data: bytes, value: int) -> bool:
            self.checked += len(data)
            return check(data, value)

        return staticmethod(counting)

    def _counting_decode(
        self, decode: Callable[[Any, bytes], tuple[int, int, int, bytes]]
    ) -> Callable[[Any, bytes], tuple[int, int, int, bytes]]:
        def counting(framer: object, data: bytes) -> tuple[int, int, int, bytes]:
            self.decoded += len(data)
            return decode(framer, data)

        return counting


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    monkeypatch.setattr(links, "REQUEST_TIMEOUT", 0.3)
    monkeypatch.setattr(links, "QUIET", 0.02)
    monkeypatch.setattr(links, "_QUIET_LIMIT", 0.1)
    monkeypatch.setattr(repeating, "FIRST_ATTEMPTS", 2)
    return Work(monkeypatch)


class Noise(Peer):
    """Answers whatever comes with noise, once or without end."""

    def __init__(self, noise: bytes, *, endless: bool) -> None:
        super().__init__()
        self._noise = noise
        self._endless = endless

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            writer.write(self._noise)
            while self._endless:
                await writer.drain()
                writer.write(self._noise)
            await writer.drain()


async def ask(line: Line) -> None:
    meter = ModbusMeter.on(line, UNIT)
    try:
        with pytest.raises(MeterError):
            await meter.read_status()
    finally:
        await meter.close()


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("endless", [False, True])
@pytest.mark.parametrize("framing", Framing)
async def test_noise_over_tcp_costs_no_more_than_an_answer(
    noise: str, framing: Framing, work: Work, *, endless: bool
) -> None:
    async with Noise(NOISE[noise](), endless=endless) as peer:
        await ask(TcpLine(host=LOCALHOST, port=peer.port, framing=framing))
    assert work.decoded == 0
    # Two attempts, each byte up to the limit as often as an awaited answer is long.
    assert work.checked <= 2 * 30 * 20


class Chatter(Peer):
    """Answers each question as a meter does, and goes on talking when the answer has been taken."""

    noise = b"\xff" * 1024

    def __init__(self, framing: Framing) -> None:
        super().__init__()
        self.taken = asyncio.Event()
        self._framing = framing

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        framing = FRAMINGS[self._framing.value]()
        while data := await reader.read(4096):
            for asked in framing.feed(data):
                count = 2 * int.from_bytes(asked.pdu[3:5])
                answer = bytes((asked.pdu[0], count)) + bytes(count)
                writer.write(framing.encode(replace(asked, pdu=answer)))
            await self.taken.wait()
            for _ in range(100):
                writer.write(self.noise)
            await writer.drain()


@pytest.mark.parametrize("framing", Framing)
async def test_noise_between_two_questions_costs_nothing(framing: Framing, work: Work) -> None:
    async with Chatter(framing) as peer:
        line = TcpLine(host=LOCALHOST, port=peer.port, framing=framing)
        meter = ModbusMeter.on(line, UNIT)
        try:
            words = await meter.read_words(0x4200, 5)
            checked, heard = work.checked, meter._link.connection.heard_at
            peer.taken.set()
            await until(lambda: meter._link.connection.heard_at > heard)
        finally:
            await meter.close()
    assert words == [0] * 5
    assert work.checked == checked
    assert work.decoded == 0


@pytest.fixture
def pty() -> Iterator[Pty]:
    with open_pty() as pty:
        yield pty


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("endless", [False, True])
@pytest.mark.parametrize("framing", [Framing.RTU, Framing.ASCII])
async def test_noise_on_a_serial_port_costs_no_more_than_an_answer(
    noise: str, framing: Framing, work: Work, pty: Pty, *, endless: bool
) -> None:
    os.set_blocking(pty.fd, False)
    loop = asyncio.get_running_loop()

    def pour() -> None:
        with suppress(BlockingIOError):
            os.write(pty.fd, NOISE[noise]())

    def answer() -> None:
        os.read(pty.fd, 4096)
        pour()
        asked.set()

    async def go_on() -> None:
        await asked.wait()
        while True:
            # Several times as much as the line can carry.
            await asyncio.sleep(0.01)
            pour()

    asked = asyncio.Event()
    loop.add_reader(pty.fd, answer)
    going_on = asyncio.create_task(go_on()) if endless else None
    try:
        await ask(SerialLine(device=pty.path, baudrate=115200, framing=framing))
    finally:
        loop.remove_reader(pty.fd)
        if going_on:
            going_on.cancel()
    assert work.decoded == 0
    assert work.checked <= 2 * 30 * 20


@pytest.mark.parametrize("framing", Framing)
class TestOneAnswer:
    """Byte by byte, as it comes over a line."""

    def find(self, framing: Framing, request: bytes, data: bytes, *, whole: bool) -> bytes:
        answer = ANSWERS[framing](frame(framing, request))
        sizes = [len(data)] if whole else range(len(data) + 1)
        for size in sizes:
            if found := answer.find(data[:size]):
                assert frame(framing, answer.pdu) == found
                return found
        return b""

    @pytest.mark.parametrize("whole", [True, False])
    @pytest.mark.parametrize(
        ("request_pdu", "answer"),
        [
            (READ, WORDS),
            (READ, b"\x84\x06"),
            (bytes((6, 0x4F, 0x0F, 0, 1)), bytes((6, 0x4F, 0x0F, 0, 1))),
            (bytes((16, 0x40, 0x7F, 0, 2, 4, 1, 2, 3, 4)), bytes((16, 0x40, 0x7F, 0, 2))),
            (b"\x11", bytes((0x11, 8, *range(8)))),
        ],
    )
    def test_it_is_found(
        self, framing: Framing, request_pdu: bytes, answer: bytes, *, whole: bool
    ) -> None:
        expected = frame(framing, answer)
        assert self.find(framing, request_pdu, expected, whole=whole) == expected

    @pytest.mark.parametrize(
        "answer",
        [
            bytes((4, 8, *range(8))),
            bytes((4, 12, *range(12))),
            bytes((4, 0)),
        ],
    )
    def test_another_byte_count_is_refused(self, framing: Framing, answer: bytes) -> None:
        with pytest.raises(NoAnswerError):
            self.find(framing, READ, frame(framing, answer), whole=True)

    def test_a_write_of_something_else_is_refused(self, framing: Framing) -> None:
        with pytest.raises(NoAnswerError):
            self.find(
                framing,
                bytes((6, 0x4F, 0x0F, 0, 1)),
                frame(framing, bytes((6, 0x4F, 0x10, 0, 1))),
                whole=True,
            )

    def test_the_answer_of_another_unit_is_passed_over(self, framing: Framing) -> None:
        assert self.find(framing, READ, frame(framing, WORDS, unit=9), whole=True) == b""

    def test_a_wrong_check_sum_or_number_is_passed_over(self, framing: Framing) -> None:
        if framing is Framing.TCP:
            data = frame(framing, WORDS, transaction=6)
        else:
            data = frame(framing, WORDS).replace(
                *((b"\2\3", b"\2\7") if framing is Framing.RTU else (b"0203", b"0207"))
            )
        assert self.find(framing, READ, data, whole=True) == b""

    def test_it_is_found_after_a_little_noise(self, framing: Framing) -> None:
        expected = frame(framing, WORDS)
        noise = frame(framing, WORDS, transaction=6) if framing is Framing.TCP else b"\0\xff\x08"
        assert self.find(framing, READ, noise + expected, whole=False) == expected

    def test_it_is_over_when_more_has_come(self, framing: Framing) -> None:
        answer = ANSWERS[framing](frame(framing, READ))
        with pytest.raises(NoAnswerError):
            answer.find(bytes(2000) if framing is not Framing.TCP else b"\0\0\0\0\0\3\1\4\0" * 99)


def test_what_is_no_modbus_tcp_is_refused_at_its_header() -> None:
    with pytest.raises(NoAnswerError, match="header"):
        TcpAnswer(frame(Framing.TCP, READ)).find(b"HTTP/1.1 400 Bad request")


def test_lines_that_are_no_frames_are_passed_over() -> None:
    expected = frame(Framing.ASCII, WORDS)
    for line in (b":zz\r\n", b":08\r\n", b"\r\n", b":0806\r\n"):
        assert AsciiAnswer(frame(Framing.ASCII, READ)).find(line + expected) == expected


def test_a_unit_that_is_named_like_the_function_confuses_nobody() -> None:
    request = frame(Framing.RTU, READ, unit=4)
    expected = frame(Framing.RTU, WORDS, unit=4)
    assert RtuAnswer(request).find(b"\4" + expected) == expected


def test_the_header_of_a_request_is_what_pymodbus_sends() -> None:
    assert struct.unpack(">HHHB", frame(Framing.TCP, READ)[:7]) == (7, 0, 6, UNIT)
