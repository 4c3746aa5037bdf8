"""All ways to get at a meter over Modbus (manual: Modbus, Modbus node number)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
import os
import struct
import time
from typing import Literal

from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
import pytest

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
from simulator.framing import AsciiFraming, Frame, RtuFraming, crc
from simulator.servers import ModbusServer

from .helpers import ModbusClient

pytestmark = pytest.mark.usefixtures("socket_enabled")

Name = Literal["rtu", "ascii"]
NAMES: tuple[Name, ...] = ("rtu", "ascii")


@pytest.fixture
def units(clock: ManualClock) -> dict[int, SimulatedMeter]:
    return {
        unit: SimulatedMeter(seed=unit, clock=clock, parameters={"P05_05": int(unit == 1)})
        for unit in (1, 2, 8)
    }


@pytest.fixture
def pty() -> Iterator[Pty]:
    with open_pty() as pty:
        yield pty


class Cable:
    """The client's end of a serial line, byte by byte."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def close(self) -> None:
        os.close(self._fd)

    def write(self, data: bytes) -> None:
        os.write(self._fd, data)

    async def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            try:
                data += os.read(self._fd, count - len(data))
            except BlockingIOError:
                await asyncio.sleep(0.0005)
        return data

    def is_empty(self) -> bool:
        try:
            return not os.read(self._fd, 1)
        except BlockingIOError:
            return True


@pytest.fixture
def cable(pty: Pty) -> Iterator[Cable]:
    cable = Cable(pty.path)
    yield cable
    cable.close()


def request(unit: int, pdu: str) -> bytes:
    return RtuFraming().encode(Frame(unit, bytes.fromhex(pdu)))


async def received(server: ModbusServer, count: int) -> None:
    """Wait until so many bytes have arrived."""
    while server.bytes_in < count:  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0.0005)


class TestSerial:
    @pytest.mark.parametrize("framing", NAMES)
    async def test_a_real_client(
        self, units: dict[int, SimulatedMeter], pty: Pty, framing: Name
    ) -> None:
        async with SerialServer(units, pty, framing=framing) as server:
            client = AsyncModbusSerialClient(server.path, framer=FramerType(framing))
            assert await client.connect()
            for unit, meter in units.items():
                answer = await client.read_input_registers(1, count=4, device_id=unit)
                value = client.convert_from_registers(answer.registers, client.DATATYPE.UINT64)
                assert value == meter.physics.slow.imported
            await client.write_register(0x4F10, 7, device_id=8)
            client.close()
            assert [meter.display_page for meter in units.values()] == [1, 1, 7]
            assert [frame.unit for frame in server.frames] == [1, 2, 8, 8]
            assert server.requests == [frame.pdu for frame in server.frames]

    async def test_bytes_are_counted(
        self, units: dict[int, SimulatedMeter], pty: Pty, cable: Cable
    ) -> None:
        async with SerialServer(units, pty) as server:
            cable.write(request(8, "04 0001 0004"))
            answer = await cable.read(13)
            assert answer[:3] == bytes.fromhex("08 04 08")
            assert crc(answer[:-2]) == answer[-2:]
            assert (server.bytes_in, server.bytes_out) == (8, 13)

    async def test_garbage_and_a_pause(
        self, units: dict[int, SimulatedMeter], pty: Pty, cable: Cable
    ) -> None:
        async with SerialServer(units, pty) as server:
            cable.write(b"\x08\x04\xff")
            await received(server, 3)
            await asyncio.sleep(0.02)  # longer than 3.5 characters at 9600 baud
            cable.write(request(8, "04 41FF 0001"))
            assert await cable.read(7) == request(8, "04 02 0000")

    async def test_others_are_not_answered(
        self, units: dict[int, SimulatedMeter], pty: Pty, cable: Cable
    ) -> None:
        async with SerialServer(units, pty) as server:
            cable.write(request(3, "04 41FF 0001") + request(1, "04 41FF 0001"))
            assert await cable.read(7) == request(1, "04 02 0000")
            assert len(server.requests) == 1

    async def test_broadcast(
        self, units: dict[int, SimulatedMeter], pty: Pty, cable: Cable
    ) -> None:
        async with SerialServer(units, pty):
            for pdu in ("06 4F10 0003", "04 41FF 0001", "10 407F 0002 04 00000001", "11"):
                cable.write(request(0, pdu))
            cable.write(request(1, "04 41FF 0001"))
            assert await cable.read(7) == request(1, "04 02 0000")
            assert cable.is_empty()
        assert [meter.display_page for meter in units.values()] == [3, 3, 3]
        assert all(meter.time > 1 for meter in units.values())

    async def test_a_rebooting_meter_is_silent(
        self, clock: ManualClock, units: dict[int, SimulatedMeter], pty: Pty, cable: Cable
    ) -> None:
        async with SerialServer(units, pty) as server:
            units[8].reboot()
            cable.write(request(8, "04 41FF 0001") + request(1, "04 41FF 0001"))
            assert await cable.read(7) == request(1, "04 02 0000")
            assert len(server.requests) == 2
            clock.advance(2)
            cable.write(request(8, "04 41FF 0001"))
            assert await cable.read(7) == request(8, "04 02 0000")

    async def test_unplugged_and_plugged_in_again(
        self, units: dict[int, SimulatedMeter], pty: Pty, cable: Cable
    ) -> None:
        server = SerialServer(units, pty, framing="ascii")
        await server.stop()  # not started yet
        for _ in range(2):
            async with server:
                cable.write(AsciiFraming().encode(Frame(1, b"\x11")))
                assert (await cable.read(27)).startswith(b":011108")

    @pytest.mark.parametrize("framing", NAMES)
    async def test_a_serial_port_by_its_path(
        self, units: dict[int, SimulatedMeter], pty: Pty, framing: Name
    ) -> None:
        """The meters open the path, and the test is at the other end of the cable."""
        codec = {"rtu": RtuFraming, "ascii": AsciiFraming}[framing]()
        os.set_blocking(pty.fd, False)
        async with SerialServer(units, pty.path, framing=framing, baudrate=115200) as server:
            assert server.path == pty.path
            other_end = Cable.__new__(Cable)
            other_end._fd = pty.fd
            other_end.write(codec.encode(Frame(2, bytes.fromhex("04 41FF 0001"))))
            answer = codec.encode(Frame(2, bytes.fromhex("04 02 0000")))
            assert await other_end.read(len(answer)) == answer

    async def test_the_cable_is_pulled_out(self, units: dict[int, SimulatedMeter]) -> None:
        pty = open_pty()
        async with SerialServer(units, pty.path) as server:
            pty.close()
            assert server._talking is not None
            await server._talking

    async def test_no_such_port(self, units: dict[int, SimulatedMeter]) -> None:
        with pytest.raises(FileNotFoundError):
            await SerialServer(units, "/dev/no-such-port").start()
        with pytest.raises(OSError, match="not a serial port"):
            await SerialServer(units, "/dev/null").start()


class TestSerialOverTcp:
    @pytest.mark.parametrize("framing", NAMES)
    async def test_a_real_client(self, units: dict[int, SimulatedMeter], framing: Name) -> None:
        async with SerialOverTcpServer(units, framing=framing) as server:
            client = AsyncModbusTcpClient("127.0.0.1", port=server.port, framer=FramerType(framing))
            assert await client.connect()
            for unit, meter in units.items():
                answer = await client.read_input_registers(1, count=4, device_id=unit)
                value = client.convert_from_registers(answer.registers, client.DATATYPE.UINT64)
                assert value == meter.physics.slow.imported
            client.close()
            assert server.bytes_in
            assert server.bytes_out

    async def test_a_reboot_does_not_reach_the_device_server(
        self, clock: ManualClock, units: dict[int, SimulatedMeter]
    ) -> None:
        async with SerialOverTcpServer(units) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            units[1].reboot()
            clock.advance(2)
            writer.write(request(1, "04 41FF 0001"))
            assert await reader.readexactly(7) == request(1, "04 02 0000")
            writer.close()

    async def test_garbage_and_a_pause(self, units: dict[int, SimulatedMeter]) -> None:
        async with SerialOverTcpServer(units) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"\x2b" * 9)
            await received(server, 9)
            await asyncio.sleep(0.05)
            writer.write(request(1, "04 41FF 0001"))
            assert await reader.readexactly(7) == request(1, "04 02 0000")
            writer.close()


class TestRtuOnTheMetersOwnPort:
    async def test_any_node(self, meter: SimulatedMeter) -> None:
        """P05_10 = RTU; the node number goes on meaning nothing."""
        async with ModbusTcpServer(meter, framing="rtu") as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            for unit in (0, 1, 77):
                writer.write(request(unit, "04 41FF 0001"))
                assert await reader.readexactly(7) == request(unit, "04 02 0000")
            writer.close()


@asynccontextmanager
async def gateway(
    units: dict[int, SimulatedMeter], *, silent: bool = False
) -> AsyncIterator[GatewayServer]:
    bus = {unit: meter for unit, meter in units.items() if unit != 1}
    async with GatewayServer(units[1], bus, timeout=0.01, silent=silent) as server:
        yield server


class TestGateway:
    async def test_each_meter(self, units: dict[int, SimulatedMeter]) -> None:
        async with gateway(units) as server:
            for unit, meter in units.items():
                async with ModbusClient(server.port, unit) as modbus:
                    assert await modbus.number(0x0002, 4) == meter.physics.slow.imported
            assert [frame.unit for frame in server.frames] == [1, 2, 8]

    async def test_node_0_is_the_gateway_and_not_passed_on(
        self, units: dict[int, SimulatedMeter]
    ) -> None:
        async with gateway(units) as server, ModbusClient(server.port, 0) as modbus:
            assert await modbus.number(0x0002, 4) == units[1].physics.slow.imported
            await modbus.write(0x4F11, 9)
        assert [meter.display_page for meter in units.values()] == [9, 1, 1]

    async def test_nobody_there(self, units: dict[int, SimulatedMeter]) -> None:
        async with gateway(units) as server, ModbusClient(server.port, 77) as modbus:
            started = time.monotonic()
            assert await modbus.ask(bytes.fromhex("04 41FF 0001")) == b"\x84\x0b"
            assert time.monotonic() - started >= 0.01
            modbus._unit = 2
            assert await modbus.number(0x4200) == 0

    async def test_nobody_there_and_a_silent_gateway(
        self, units: dict[int, SimulatedMeter]
    ) -> None:
        async with gateway(units, silent=True) as server, ModbusClient(server.port, 2) as modbus:
            modbus.writer.write(bytes.fromhex("0063 0000 0006 4D 04 41FF 0001"))
            assert await modbus.number(0x4200) == 0
            assert len(server.requests) == 2

    async def test_a_meter_behind_it_reboots(
        self, clock: ManualClock, units: dict[int, SimulatedMeter]
    ) -> None:
        async with gateway(units) as server, ModbusClient(server.port, 2) as modbus:
            units[2].reboot()
            assert await modbus.ask(b"\x11") == b"\x91\x0b"
            clock.advance(2)
            assert (await modbus.ask(b"\x11"))[0] == 0x11

    async def test_the_bus_is_asked_one_thing_at_a_time(
        self, units: dict[int, SimulatedMeter]
    ) -> None:
        async with gateway(units) as server, AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(ModbusClient(server.port, unit)) for unit in (7, 9)
            ]
            started = time.monotonic()
            await asyncio.gather(*(client.ask(b"\x11") for client in clients))
            assert time.monotonic() - started >= 0.02

    async def test_it_is_unplugged_while_it_waits(self, units: dict[int, SimulatedMeter]) -> None:
        bus: dict[int, SimulatedMeter] = {}
        async with (
            GatewayServer(units[1], bus, timeout=30) as server,
            ModbusClient(server.port, 7) as modbus,
        ):
            modbus.writer.write(bytes.fromhex("0001 0000 0006 07 04 41FF 0001"))
            await received(server, 12)
            await server.stop()
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await modbus.reader.readexactly(1)


class TestReboot:
    @pytest.mark.parametrize("kind", ["meter", "gateway"])
    async def test_connections_are_dropped_and_refused_for_a_while(
        self, clock: ManualClock, units: dict[int, SimulatedMeter], kind: str
    ) -> None:
        server = ModbusTcpServer(units[1]) if kind == "meter" else GatewayServer(units[1], {})
        async with server:
            async with ModbusClient(server.port) as modbus:
                await modbus.number(0x4200)
                units[1].reboot()
                with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                    await modbus.number(0x4200)
            async with ModbusClient(server.port) as modbus:
                assert await modbus.reader.read() == b""
            clock.advance(2)
            async with ModbusClient(server.port) as modbus:
                assert await modbus.number(0x4200) == 0

    async def test_frames_of_a_test_are_what_they_seem(self) -> None:
        assert request(1, "11") == struct.pack(">BB", 1, 0x11) + crc(b"\x01\x11")
