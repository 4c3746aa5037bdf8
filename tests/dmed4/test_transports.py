"""The same meter over every Modbus transport, and several meters on one line (manual: Modbus)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest

from custom_components.lovato_dmed4.dmed4.errors import (
    CannotConnectError,
    LineInUseError,
    SilentError,
)
from custom_components.lovato_dmed4.dmed4.lines import Framing, Line, SerialLine, TcpLine
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.model import Command, DisplayPage
from custom_components.lovato_dmed4.dmed4.prototype import ChargeIdentity, build_prototype
from simulator import (
    GatewayServer,
    ManualClock,
    ModbusTcpServer,
    Pty,
    SerialOverTcpServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from simulator.servers import ModbusServer, SerialFramingName
from tests.driven_time import drive_time

UNIT = 8
OTHERS = (9, 10, 11)


@pytest.fixture
def clock() -> ManualClock:
    """Let nothing move."""
    return ManualClock()


@pytest.fixture
def units(clock: ManualClock) -> dict[int, SimulatedMeter]:
    return {unit: SimulatedMeter(seed=unit, clock=clock) for unit in (UNIT, *OTHERS)}


@pytest.fixture
def pty() -> Iterator[Pty]:
    with open_pty() as pty:
        yield pty


type Units = dict[int, SimulatedMeter]
type Place = tuple[ModbusServer, Line]


def _tcp(units: Units, pty: Pty) -> Place:
    server = ModbusTcpServer(units[UNIT], unit_id=UNIT, strict_unit=True)
    return server, TcpLine(host=server.host, port=server.port)


def _gateway(units: Units, pty: Pty) -> Place:
    server = GatewayServer(SimulatedMeter(seed=99, parameters={"P05_05": 1}), units)
    return server, TcpLine(host=server.host, port=server.port)


def _over_tcp(framing: Framing) -> Callable[[Units, Pty], Place]:
    def place(units: Units, pty: Pty) -> Place:
        name: SerialFramingName = "rtu" if framing is Framing.RTU else "ascii"
        server = SerialOverTcpServer(units, framing=name)
        return server, TcpLine(host=server.host, port=server.port, framing=framing)

    return place


def _serial(framing: Framing, baudrate: int = 115200) -> Callable[[Units, Pty], Place]:
    def place(units: Units, pty: Pty) -> Place:
        name: SerialFramingName = "rtu" if framing is Framing.RTU else "ascii"
        server = SerialServer(units, pty, framing=name, baudrate=baudrate)
        return server, SerialLine(device=pty.path, baudrate=baudrate, framing=framing)

    return place


PLACES: dict[str, Callable[[Units, Pty], Place]] = {
    "tcp": _tcp,
    "gateway": _gateway,
    "rtu over tcp": _over_tcp(Framing.RTU),
    "ascii over tcp": _over_tcp(Framing.ASCII),
    "rtu": _serial(Framing.RTU),
    "ascii": _serial(Framing.ASCII),
}
SHARED = [name for name in PLACES if name != "tcp"]


@asynccontextmanager
async def running(place: Place) -> AsyncIterator[Place]:
    """Start a server; a port of its own choice becomes known only then."""
    server, line = place
    async with server:
        if isinstance(server, ModbusTcpServer | GatewayServer | SerialOverTcpServer):
            assert isinstance(line, TcpLine)
            line = TcpLine(host=server.host, port=server.port, framing=line.framing)
        yield server, line


@asynccontextmanager
async def on(line: Line, unit: int = UNIT) -> AsyncIterator[ModbusMeter]:
    meter = ModbusMeter.on(line, unit)
    try:
        yield meter
    finally:
        await meter.close()


@pytest.mark.parametrize("name", ["tcp", "rtu over tcp", "ascii over tcp"])
async def test_an_answer_that_lacks_the_second_byte_of_a_number_is_completed(
    name: str, pty: Pty
) -> None:
    """Function 0x10 answers a number of registers, whose size the manual does not give."""
    simulated = SimulatedMeter(seed=5, readings={"write_answer": "one_byte"})
    async with running(PLACES[name]({UNIT: simulated}, pty)) as (server, line), on(line) as meter:
        before = await meter.identify()
        for seconds in (1_800_000_000, 1_800_000_256):
            await meter.write_clock(datetime.fromtimestamp(seconds, UTC))
            assert int(simulated.time) in range(seconds, seconds + 60)
        assert await meter.identify() == before
        # Each was sent once, and said once.
        assert [pdu[0] for pdu in server.requests].count(0x10) == 2
        assert len(meter.found.texts) == 1


@pytest.mark.parametrize("name", PLACES)
async def test_every_transport_tells_the_same_of_a_meter(
    name: str, units: Units, pty: Pty, clock: ManualClock
) -> None:
    simulated = units[UNIT]
    clock.advance(5)
    async with (
        ModbusTcpServer(simulated) as reference,
        on(TcpLine(host=reference.host, port=reference.port)) as direct,
        running(PLACES[name](units, pty)) as (_, line),
        on(line) as meter,
    ):
        assert await meter.identify() == await direct.identify()
        assert (await meter.identify()).public_key == simulated.public_key_raw
        assert await meter.read_live() == await direct.read_live()
        assert await meter.read_last_record() == b""


@pytest.mark.parametrize("name", PLACES)
async def test_every_transport_writes(
    name: str, units: Units, pty: Pty, clock: ManualClock
) -> None:
    simulated = units[UNIT]
    async with running(PLACES[name](units, pty)) as (_, line), on(line) as meter:
        charge = ChargeIdentity(tariff_text="x" * 100)  # more than one message holds
        await meter.write_prototype(build_prototype(charge, await meter.identify(), transaction=1))
        clock.advance(1)
        status = await meter.read_status()
        assert status.errors.names == ()
        assert status.measurement.name == "IDLE"
        await meter.send(Command.BEGIN)
        clock.advance(1)
        assert (await meter.read_last_record()).decode() == simulated.records[-1]
        await meter.show_page(DisplayPage.POWER)


@pytest.mark.parametrize("name", SHARED)
async def test_meters_on_one_line_take_turns(name: str, units: Units, pty: Pty) -> None:
    async with AsyncExitStack() as stack:
        server, line = await stack.enter_async_context(running(PLACES[name](units, pty)))
        meters = {unit: await stack.enter_async_context(on(line, unit)) for unit in units}
        found = await asyncio.gather(*(meter.identify() for meter in meters.values()))
        keys = [identity.public_key for identity in found]
        assert keys == [simulated.public_key_raw for simulated in units.values()]
        await asyncio.gather(*(meter.read_live() for meter in meters.values()))
        if not isinstance(server, SerialServer):
            assert server.connections == 1  # type: ignore[attr-defined]
        shared = {id(meter._link) for meter in meters.values()}
        assert len(shared) == 1


@pytest.mark.parametrize("name", SHARED)
async def test_a_silent_meter_does_not_cut_the_others_off(
    name: str, units: Units, pty: Pty, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive_time(monkeypatch)
    gone = units.pop(OTHERS[0])
    async with (
        running(PLACES[name](units, pty)) as (_, line),
        on(line) as meter,
        on(line, OTHERS[0]) as silent,
    ):
        for _ in range(2):
            results = await asyncio.gather(
                *(silent.read_status(), meter.read_live(), meter.read_live()),
                return_exceptions=True,
            )
            assert isinstance(results[0], SilentError)
            assert results[1] == results[2] == await meter.read_live()
        units[OTHERS[0]] = gone
        assert (await silent.identify()).public_key == gone.public_key_raw


@pytest.mark.parametrize(
    "line",
    [
        TcpLine(host="127.0.0.1", port=1, framing=Framing.RTU),
        TcpLine(host="127.0.0.1", port=1, framing=Framing.ASCII),
        SerialLine(device="/dev/no-such-port"),
    ],
    ids=str,
)
async def test_nobody_there(line: Line) -> None:
    async with on(line) as meter:
        with pytest.raises(CannotConnectError):
            await meter.identify()


async def test_a_line_has_one_kind_of_settings_at_a_time(units: Units, pty: Pty) -> None:
    slow, fast = SerialLine(device=pty.path), SerialLine(device=pty.path, baudrate=19200)
    first = ModbusMeter.on(slow, 1)
    with pytest.raises(LineInUseError) as raised:
        ModbusMeter.on(fast, 2)
    assert raised.value.used == "9600 bit/s 8N1 RTU"
    assert raised.value.wanted == "19200 bit/s 8N1 RTU"
    await first.close()
    async with SerialServer(units, pty, baudrate=19200), on(fast) as meter:
        assert (await meter.identify()).public_key == units[UNIT].public_key_raw


async def test_rtu_and_tcp_to_one_address_are_other_settings() -> None:
    first = ModbusMeter.on(TcpLine(host="127.0.0.1", port=1), 1)
    with pytest.raises(LineInUseError, match="Modbus TCP, not Modbus RTU"):
        ModbusMeter.on(TcpLine(host="127.0.0.1", port=1, framing=Framing.RTU), 1)
    await first.close()


@pytest.mark.parametrize("name", ["rtu", "ascii"])
async def test_a_live_poll_takes_the_bytes_that_were_computed(
    name: str, units: Units, pty: Pty
) -> None:
    place = _serial(Framing(name), 9600)(units, pty)
    async with running(place) as (server, line), on(line) as meter:
        assert isinstance(line, SerialLine)
        await meter.identify()
        before = server.bytes_in + server.bytes_out, len(server.requests)
        await meter.read_live()
        measured = server.bytes_in + server.bytes_out - before[0]
        requests = len(server.requests) - before[1]
        expected = measured * line.character_seconds + requests * 2 * line.pause
        assert requests == 4
        assert measured == {"rtu": 150, "ascii": 308}[name]
        assert meter.shortest_interval == pytest.approx(2 * expected)


@pytest.mark.parametrize("name", ["rtu", "ascii"])
async def test_the_interval_stretches_with_the_meters_that_share_a_line(
    name: str, units: Units, pty: Pty
) -> None:
    async with AsyncExitStack() as stack:
        _, line = await stack.enter_async_context(running(_serial(Framing(name), 9600)(units, pty)))
        alone = await stack.enter_async_context(on(line))
        await alone.read_live()
        interval = alone.shortest_interval
        async with on(line, OTHERS[0]) as second:
            await second.read_live()
            assert alone.shortest_interval == second.shortest_interval
            assert alone.shortest_interval == pytest.approx(2 * interval)
        assert alone.shortest_interval == interval


async def test_the_polls_behind_a_gateway_are_timed(units: Units, pty: Pty) -> None:
    async with running(_gateway(units, pty)) as (server, line), on(line) as meter:
        await meter.identify()
        server.faults.delay = 0.2
        await meter.read_live()
        assert meter.shortest_interval == pytest.approx(2 * 4 * 0.2, abs=0.001)
        server.faults.clear()
        await meter.read_live()
        assert meter.shortest_interval == pytest.approx(0, abs=0.001)


async def test_rtu_messages_are_apart_by_the_pause(units: Units, pty: Pty) -> None:
    async with (
        running(_serial(Framing.RTU, 1200)(units, pty)) as (server, line),
        on(line) as meter,
    ):
        loop = asyncio.get_running_loop()
        await meter.read_status()
        start = loop.time()
        await meter.read_status()
        assert loop.time() - start >= 2 * line.pause
        assert len(server.requests) == 4
