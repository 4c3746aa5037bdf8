"""What goes wrong, on every kind of connection, and that all is well again afterwards."""

import asyncio
from collections.abc import AsyncIterator
import json

from aiohttp import ClientConnectionError, ClientPayloadError, ClientSession
import pytest

from simulator import (
    Command,
    ManualClock,
    ModbusFault,
    ModbusTcpServer,
    RestFault,
    RestServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from simulator.framing import Frame, RtuFraming
from tests.driven_time import drive_time

from .helpers import ModbusClient, RestClient, give, prepare
from .test_servers import Cable

pytestmark = pytest.mark.usefixtures("socket_enabled")

STATUS = bytes.fromhex("04 41FF 0001")


@pytest.fixture
async def modbus_server(meter: SimulatedMeter) -> AsyncIterator[ModbusTcpServer]:
    async with ModbusTcpServer(meter) as server:
        yield server


@pytest.fixture
async def modbus(modbus_server: ModbusTcpServer) -> AsyncIterator[ModbusClient]:
    async with ModbusClient(modbus_server.port) as client:
        yield client


@pytest.fixture
async def rest_server(meter: SimulatedMeter) -> AsyncIterator[RestServer]:
    async with RestServer(meter, response_time=0) as server:
        yield server


@pytest.fixture
def rest(rest_server: RestServer, session: ClientSession) -> RestClient:
    return RestClient(session, rest_server)


@pytest.fixture(autouse=True)
async def _driven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for answers that do not come."""
    drive_time(monkeypatch)


async def is_silent(modbus: ModbusClient) -> bool:
    try:
        async with asyncio.timeout(60):
            await modbus.reader.read(1)
    except TimeoutError:
        return True
    return False


class TestModbus:
    async def test_busy_for_some_requests(
        self, meter: SimulatedMeter, modbus_server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        modbus_server.faults.inject(ModbusFault.BUSY, times=2)
        assert await modbus.ask(STATUS) == b"\x84\x06"
        assert await modbus.write(0x4F11, 5) == b"\x86\x06"
        assert meter.display_page == 1
        assert (await modbus.write(0x4F11, 5))[0] == 0x06
        assert meter.display_page == 5

    async def test_busy_has_no_answer_to_nothing(
        self, modbus_server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        modbus_server.faults.inject(ModbusFault.BUSY, times=1)
        modbus.writer.write(bytes.fromhex("0001 0000 0001 01"))
        assert await modbus.number(0x4200) == 0

    async def test_only_some_requests(
        self, modbus_server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        modbus_server.faults.inject(ModbusFault.BUSY, only=lambda frame: frame.pdu[0] == 0x06)
        assert await modbus.number(0x4200) == 0
        assert await modbus.write(0x4F11, 5) == b"\x86\x06"
        assert await modbus.write(0x4F11, 5) == b"\x86\x06"
        modbus_server.faults.clear()
        assert (await modbus.write(0x4F11, 5))[0] == 0x06

    async def test_half_open(
        self, meter: SimulatedMeter, modbus_server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        modbus_server.faults.inject(ModbusFault.SILENCE)
        modbus.writer.write(bytes.fromhex("0001 0000 0006 01 06 4F10 0005"))
        assert await is_silent(modbus)
        assert meter.display_page == 1
        assert modbus_server.requests == [bytes.fromhex("06 4F10 0005")]
        async with ModbusClient(modbus_server.port) as other:
            other.writer.write(bytes.fromhex("0001 0000 0006 01 04 41FF 0001"))
            assert await is_silent(other)
        modbus_server.faults.clear()
        assert await modbus.number(0x4200) == 0

    async def test_answer_lost_after_the_begin(
        self,
        meter: SimulatedMeter,
        clock: ManualClock,
        modbus_server: ModbusTcpServer,
        modbus: ModbusClient,
    ) -> None:
        prepare(meter, clock)
        begin = bytes.fromhex("06 427F 0042")
        modbus_server.faults.inject(
            ModbusFault.LOST_ANSWER, times=1, only=lambda frame: frame.pdu == begin
        )
        modbus.writer.write(bytes.fromhex("0063 0000 0006 01") + begin)
        assert await is_silent(modbus)
        assert await modbus.number(0x4200) == 2

    async def test_connection_cut_in_the_middle_of_an_answer(
        self, modbus_server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        modbus_server.faults.inject(ModbusFault.CUT, times=1)
        modbus.writer.write(bytes.fromhex("0001 0000 0006 01 04 41FF 0001"))
        assert await modbus.reader.read() == bytes.fromhex("0001 0000 00")
        async with ModbusClient(modbus_server.port) as other:
            assert await other.number(0x4200) == 0

    async def test_garbage(self, modbus_server: ModbusTcpServer, modbus: ModbusClient) -> None:
        modbus_server.faults.inject(ModbusFault.GARBAGE, times=1)
        modbus.writer.write(bytes.fromhex("0001 0000 0006 01 04 41FF 0001"))
        right = bytes.fromhex("0001 0000 0005 01 04 02 0000")
        wrong = await modbus.reader.readexactly(len(right))
        assert all(a != b for a, b in zip(wrong, right, strict=True))
        modbus._transaction = 1
        assert await modbus.number(0x4200) == 0

    async def test_wrong_transaction(
        self, modbus_server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        modbus_server.faults.inject(ModbusFault.WRONG_TRANSACTION, times=1)
        modbus.writer.write(bytes.fromhex("FFFF 0000 0006 01 04 41FF 0001"))
        assert await modbus.reader.readexactly(11) == bytes.fromhex("0000 0000 0005 01 04 02 0000")
        assert await modbus.number(0x4200) == 0

    async def test_slow_answers(
        self, meter: SimulatedMeter, modbus_server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        modbus_server.faults.delay = 90
        modbus.writer.write(bytes.fromhex("0001 0000 0006 01 06 4F10 0005"))
        assert await is_silent(modbus)
        assert meter.display_page == 5
        assert await modbus.reader.readexactly(12) == bytes.fromhex(
            "0001 0000 0006 01 06 4F10 0005"
        )
        modbus_server.faults.clear()
        assert await modbus.number(0x4200) == 0

    async def test_first_come_first_served(
        self, modbus_server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        modbus_server.faults.inject(ModbusFault.BUSY, times=1)
        modbus_server.faults.inject(ModbusFault.CUT, times=1)
        assert await modbus.ask(STATUS) == b"\x84\x06"
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await modbus.ask(STATUS)

    async def test_on_a_cable(self, meter: SimulatedMeter) -> None:
        question = RtuFraming().encode(Frame(1, STATUS))
        right = RtuFraming().encode(Frame(1, bytes.fromhex("04 02 0000")))
        with open_pty() as pty:
            async with SerialServer({1: meter}, pty) as server:
                cable = Cable(pty.path)
                server.faults.inject(ModbusFault.CUT, times=1)
                server.faults.inject(ModbusFault.GARBAGE, times=1)
                cable.write(question)
                assert await cable.read(3) == right[:3]
                cable.write(question)
                assert await cable.read(7) != right
                cable.write(question)
                assert await cable.read(7) == right
                cable.close()


class TestRest:
    async def test_half_open(self, rest_server: RestServer, rest: RestClient) -> None:
        rest_server.faults.inject(RestFault.SILENCE, times=1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await rest.put("force_display", set_page=5)
        assert rest_server._device.display_page == 1  # type: ignore[union-attr]
        assert rest_server.max_concurrent == 1
        await rest.get("measure")

    @pytest.mark.parametrize("fault", [RestFault.LOST_ANSWER, RestFault.CUT])
    async def test_carried_out_but_not_answered(
        self, meter: SimulatedMeter, rest_server: RestServer, rest: RestClient, fault: RestFault
    ) -> None:
        # Not PUT: aiohttp's client sends that again by itself when the connection breaks off.
        rest_server.faults.inject(fault, times=1, only=lambda line: line.startswith("POST"))
        await rest.get("measure")
        with pytest.raises((ClientConnectionError, ClientPayloadError)):
            await rest.post("force_display", set_page=5)
        assert meter.display_page == 5
        assert await rest.put("force_display", set_page=6) == 200

    async def test_only_one_command(
        self, meter: SimulatedMeter, clock: ManualClock, rest_server: RestServer, rest: RestClient
    ) -> None:
        prepare(meter, clock)
        rest_server.faults.inject(
            RestFault.LOST_ANSWER,
            only=lambda line: line == "PUT /v1/charge_settings?command=B",
        )
        assert await rest.put("charge_settings", tariff=3) == 200
        with pytest.raises(ClientConnectionError):
            await rest.put("charge_settings", command="B")
        assert (await rest.get("charge_status"))["measurement_status"] == 2

    async def test_cut_body(self, rest_server: RestServer, rest: RestClient) -> None:
        whole = await rest.ask("GET", "system_status")
        rest_server.faults.inject(RestFault.CUT, times=1)
        with pytest.raises(ClientPayloadError):
            await rest.ask("GET", "system_status")
        assert await rest.ask("GET", "system_status") == whole

    async def test_not_json(self, rest_server: RestServer, rest: RestClient) -> None:
        rest_server.faults.inject(RestFault.NOT_JSON, times=1)
        status, _, text = await rest.ask("GET", "measure")
        assert status == 200
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)
        await rest.get("measure")

    async def test_fields(self, rest_server: RestServer, rest: RestClient) -> None:
        rest_server.faults.missing_fields = {"e_3", "voltage"}
        rest_server.faults.extra_fields = {"phase": [1, 2], "colour": None}
        measure = await rest.get("measure")
        assert "voltage" not in measure
        assert measure["phase"] == [1, 2]
        status = await rest.get("system_status")
        assert "e_3" not in status["board_2_status_bits"]["fatal_err_bits"]
        assert await rest.put("force_display", set_page=6) == 200
        rest_server.faults.clear()
        measure = await rest.get("measure")
        assert "voltage" in measure
        assert "phase" not in measure

    @pytest.mark.parametrize(
        ("fault", "answer"),
        [
            (RestFault.BAD_REQUEST, (400, "Bad request")),
            (RestFault.SERVER_ERROR, (500, "Internal Server Error")),
            (RestFault.NOT_IMPLEMENTED, (501, "Not Implemented")),
            (RestFault.UNAVAILABLE, (503, "Service Unavailable")),
        ],
    )
    async def test_failures(
        self,
        meter: SimulatedMeter,
        rest_server: RestServer,
        rest: RestClient,
        fault: RestFault,
        answer: tuple[int, str],
    ) -> None:
        rest_server.faults.inject(fault, times=1)
        assert (await rest.ask("PUT", "force_display?set_page=5"))[:2] == answer
        assert meter.display_page == 1
        assert (await rest.ask("PUT", "force_display?set_page=5"))[0] == 200

    async def test_slow_answers(
        self,
        meter: SimulatedMeter,
        rest_server: RestServer,
        rest: RestClient,
    ) -> None:
        rest_server.faults.delay = 0.05
        task = asyncio.create_task(rest.put("force_display", set_page=5))
        while meter.display_page == 1:  # noqa: ASYNC110 - the meter tells nobody
            await asyncio.sleep(0.001)
        assert not task.done()
        assert await task == 200


class TestReboot:
    async def test_in_the_middle_of_a_poll(
        self,
        meter: SimulatedMeter,
        clock: ManualClock,
        rest_server: RestServer,
        rest: RestClient,
        modbus: ModbusClient,
    ) -> None:
        meter.configure(datetime=int(clock.now()))
        prepare(meter, clock)
        give(meter, clock, "B")
        rest_server.faults.delay = 30
        poll = asyncio.create_task(rest.get("measure"))
        while not rest_server.requests:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.001)
        meter.reboot()
        with pytest.raises(ClientConnectionError):
            await poll
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await modbus.ask(STATUS)
        rest_server.faults.clear()
        with pytest.raises(ClientConnectionError):
            await rest.get("measure")
        assert meter.rebooting
        clock.advance(2)
        assert not meter.rebooting
        status = await rest.get("charge_status")
        assert status["measurement_status"] == 3
        assert not status["signature_status"] & 0x20
        meter.command(Command.END)

    async def test_reboot_time(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, reboot_time=30)
        meter.reboot()
        clock.advance(29.9)
        assert meter.rebooting
        clock.advance(0.1)
        assert not meter.rebooting
