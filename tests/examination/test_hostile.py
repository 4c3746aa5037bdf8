"""An examination of what hangs, floods, answers junk or drops the line ends, and leaves a small file."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
import json

import pytest

from custom_components.lovato_dmed4.dmed4.lines import Framing, TcpLine
from custom_components.lovato_dmed4.dmed4.rest_session import open_session
from custom_components.lovato_dmed4.examination.modbus import ExaminedModbusMeter
from custom_components.lovato_dmed4.examination.rest import ExaminedRestMeter
from custom_components.lovato_dmed4.examination.run import (
    DONE,
    NO_TIME,
    Examination,
    Wishes,
    examine,
)
from custom_components.lovato_dmed4.examination.trace import MOST_BYTES, Trace
from simulator import ModbusFault, ModbusTcpServer, ReplayedMeter, RestFault, RestServer

from .helpers import charged, examined_at, examined_on, readings_of, saved

type Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

# JSON writes a byte with six characters at most.
LARGEST_FILE = 6 * MOST_BYTES + 100_000
WISHES = Wishes(writes=True, ports=())


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await reader.read()


async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer without end."""
    await reader.read(1)
    while not writer.is_closing():
        writer.write(b"Maria 4711 " * 1000)
        await writer.drain()
        await asyncio.sleep(0)


async def flood_the_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with headers without end."""
    await reader.read(1)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-Driver: Maria 4711\r\n" * 1000)
        await writer.drain()
        await asyncio.sleep(0)


async def flood_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as HTTP demands, with a body without end."""
    await reader.read(1)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not writer.is_closing():
        writer.write(b'{"ID": "Maria 4711"}' * 1000)
        await writer.drain()
        await asyncio.sleep(0)


async def junk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer bytes that mean nothing, each time."""
    while await reader.read(4096):
        writer.write(b"\xff\x00Maria 4711\r\n\x80" * 3)
        await writer.drain()


async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin an answer and hang up."""
    request = await reader.read(4096)
    writer.write(request[:5] + b"\x03")
    await writer.drain()


async def drop_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hang up in the middle of a body."""
    await reader.read(4096)
    writer.write(
        b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"OCMF_BUFF": "OCMF|{\\"ID\\":\\"Mar'
    )
    await writer.drain()


async def nested(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer JSON that is too deep to be read."""
    await reader.read(4096)
    body = b'{"a":' * 5000
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
    await writer.drain()


@asynccontextmanager
async def serving(peer: Peer) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await peer(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        server.close_clients()


def assert_harmless(examination: Examination) -> None:
    """See that the file is small, names nobody, and can be replayed."""
    text = json.dumps(examination.content)
    raw = "".join(
        bytes.fromhex(entry["received"]).decode("latin-1")
        for entry in examination.content["exchanges"]
        if examination.content["transport"] == "modbus" and "to" not in entry
    )
    assert len(text) < LARGEST_FILE
    assert "Maria" not in text
    assert "127.0.0.1" not in text + raw
    assert examination.warnings == []
    ReplayedMeter(saved(examination))


@pytest.mark.parametrize("peer", [hang, flood, junk, drop])
@pytest.mark.parametrize("framing", list(Framing))
async def test_a_hostile_peer_on_a_modbus_line(peer: Peer, framing: Framing) -> None:
    async with serving(peer) as port:
        line = TcpLine(host="127.0.0.1", port=port, framing=framing)
        examination = await examined_on(line, WISHES)
    assert_harmless(examination)
    assert (
        DONE
        not in {
            name: outcome
            for name, outcome in examination.outcomes.items()
            if name not in ("node_numbers", "ports")
        }.values()
    )
    assert readings_of(examination) == {}


@pytest.mark.parametrize(
    "peer", [hang, flood, flood_the_head, flood_the_body, junk, drop, drop_the_body, nested]
)
async def test_a_hostile_web_server(peer: Peer) -> None:
    trace = Trace()
    async with serving(peer) as port, open_session(tap=trace) as session:
        meter = ExaminedRestMeter(session, "127.0.0.1", port)
        examination = await examine(meter, trace, WISHES)
    assert_harmless(examination)
    assert examination.outcomes["as_usual"] != DONE
    assert examination.outcomes["clock"] != DONE
    assert "measure_scale" not in readings_of(examination)


async def test_there_is_no_room_for_more_than_so_much() -> None:
    """Fifty megabytes in answers that are each as long as an answer may be."""
    trace = Trace()
    for _ in range(1000):
        trace.sent(b"GET / HTTP/1.1\r\n\r\n")
        for _ in range(50):
            trace.received(b"x" * 1024)
    kept = sum(len(one.sent) + len(one.received) for one in trace.exchanges)
    assert kept <= MOST_BYTES
    assert trace.dropped + len(trace.exchanges) == 1000
    assert all(one.cut for one in trace.exchanges)


@pytest.mark.parametrize("fault", [ModbusFault.SILENCE, ModbusFault.CUT, ModbusFault.GARBAGE])
async def test_a_line_that_fails_in_the_middle(fault: ModbusFault) -> None:
    """All that was read before is there, and what can be had after it, too."""
    meter = charged({})
    async with ModbusTcpServer(meter) as server:
        server.faults.inject(fault, only=lambda frame: frame.pdu[1:3] == b"\x44\x77")
        line = TcpLine(host=server.host, port=server.port)
        examination = await examined_on(line, Wishes(ports=()))
        assert examination.outcomes["last_record"] != DONE
        assert readings_of(examination)["keys"] == ("both",)
        server.faults.clear()
        again = await examined_on(line, Wishes(ports=()))
    assert readings_of(again)["frame"] == ("tight",)


async def test_a_web_server_that_fails_in_the_middle() -> None:
    meter = charged({})
    async with RestServer(meter) as server:
        server.faults.inject(RestFault.CUT, only=lambda request: "LAST_BUT" in request)
        examination = await examined_at(server, Wishes(ports=()))
    found = readings_of(examination)
    assert found["names"] == ("underscores",)
    assert found["frame"] == ("tight",)
    assert "logbook_index" not in found
    assert_harmless(examination)


async def test_an_examination_ends_in_time_and_puts_the_offset_back() -> None:
    """The time is over just while the offset is another one."""
    meter = charged({})
    async with ModbusTcpServer(meter) as server:
        trace = Trace()
        examined = ExaminedModbusMeter.on(TcpLine(host=server.host, port=server.port), 1)
        examined.listen(trace)
        changed = asyncio.Event()
        write = examined.write_time_offset

        async def write_and_note(minutes: int) -> None:
            await write(minutes)
            if not changed.is_set():
                changed.set()
                assert meter.time_offset != 60
                await asyncio.Event().wait()

        examined.write_time_offset = write_and_note  # type: ignore[method-assign]
        try:
            examination = await examine(examined, trace, Wishes(writes=True, ports=(), seconds=60))
        finally:
            await examined.close()
    assert changed.is_set()
    assert examination.outcomes["clock"] == NO_TIME
    assert meter.time_offset == 60
    assert readings_of(examination)["logbook_index"] == ("0",)


async def test_a_slow_meter_is_examined_as_far_as_there_is_time() -> None:
    meter = charged({})
    async with ModbusTcpServer(meter) as server:
        server.faults.delay = 2.5
        line = TcpLine(host=server.host, port=server.port)
        examination = await examined_on(line, Wishes(ports=(), seconds=30))
    assert examination.outcomes["model"] == DONE
    assert NO_TIME in examination.outcomes.values()
    assert_harmless(examination)
