"""Parameters, operative status and board status (manual: parameters setup, v1/system_…)."""

import asyncio
from collections.abc import AsyncIterator
import struct

from aiohttp import ClientConnectionError, ClientSession
import pytest

from simulator import (
    GatewayServer,
    ManualClock,
    ModbusTcpServer,
    RestFault,
    RestServer,
    SimulatedMeter,
)
from simulator.boards import BOARD_BITS

from .helpers import ModbusClient, RestClient, give, prepare, sections

pytestmark = pytest.mark.usefixtures("socket_enabled")

NAMES = [
    f"P{menu:02}_{number:02}"
    for menu, count in enumerate((1, 5, 2, 6, 11, 2), 1)
    for number in range(1, count + 1)
]
ADDRESSES = ("P05_03", "P05_04", "P05_06")


@pytest.fixture
async def server(meter: SimulatedMeter) -> AsyncIterator[RestServer]:
    async with RestServer(meter, response_time=0) as server:
        yield server


@pytest.fixture
def rest(server: RestServer, session: ClientSession) -> RestClient:
    return RestClient(session, server)


@pytest.fixture
async def modbus(meter: SimulatedMeter) -> AsyncIterator[ModbusClient]:
    async with ModbusTcpServer(meter) as server, ModbusClient(server.port) as client:
        yield client


def charging(meter: SimulatedMeter, clock: ManualClock) -> None:
    prepare(meter, clock)
    give(meter, clock, "B")
    clock.advance(60)


def for_post(block: dict[str, int], **changes: int) -> dict[str, int]:
    """Split the addresses of a block that was read."""
    result: dict[str, int] = {}
    for name, value in block.items():
        if name in ADDRESSES:
            result |= {f"{name}_0{n}": byte for n, byte in enumerate(value.to_bytes(4), 1)}
        else:
            result[name] = value
    return result | changes


class TestParametersOverRest:
    async def test_get_needs_login(self, rest: RestClient) -> None:
        assert (await rest.ask("GET", "system_parameters"))[:2] == (401, "Unauthorized")
        assert await rest.post("system_parameters", P01_01=1) == 401
        await rest.put("login", password="1000")
        block = await rest.get("system_parameters")
        assert list(block) == NAMES
        assert all(isinstance(value, int) for value in block.values())
        assert block["P05_03"] == int.from_bytes(bytes([192, 168, 1, 1]))

    async def test_post_saves_and_reboots(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient
    ) -> None:
        await rest.put("login", password="1000")
        body = for_post(
            await rest.get("system_parameters"), P02_01=1, P04_02=7, P05_03_04=77, P06_01=1
        )
        assert await rest.post("system_parameters", **body) == 200
        assert meter.rebooting
        with pytest.raises(ClientConnectionError):
            await rest.get("measure")
        clock.advance(2)
        assert (await rest.get("system_status"))["logged"] == 0
        await rest.put("login", password="1000")
        block = await rest.get("system_parameters")
        assert for_post(block) == body
        assert block["P05_03"] == 0xC0A8014D
        assert (await rest.get("charge_settings"))["signature_format"] == 1

    async def test_answer_lost(
        self, meter: SimulatedMeter, clock: ManualClock, server: RestServer, rest: RestClient
    ) -> None:
        await rest.put("login", password="1000")
        body = for_post(await rest.get("system_parameters"), P02_01=1)
        server.faults.inject(RestFault.LOST_ANSWER, times=1)
        with pytest.raises(ClientConnectionError):
            await rest.post("system_parameters", **body)
        assert meter.rebooting
        assert meter.parameters["P02_01"] == 1
        clock.advance(2)
        await rest.get("measure")

    @pytest.mark.parametrize(
        "changes",
        [
            {"P02_01": 2},
            {"P04_02": 8},
            {"P04_03": 5},
            {"P04_01": 0},
            {"P05_03_01": 256},
            {"P05_03_01": -1},
            {"P01_01": "x"},
            {"P01_01": True},
            {"P07_01": 1},
            {"P05_03": 1},
        ],
    )
    async def test_refused_as_a_whole(
        self, meter: SimulatedMeter, rest: RestClient, changes: dict[str, int]
    ) -> None:
        await rest.put("login", password="1000")
        before = await rest.get("system_parameters")
        body = for_post(before) | {"P02_03": 1} | changes
        assert await rest.post("system_parameters", **body) == 400
        assert not meter.rebooting
        assert await rest.get("system_parameters") == before

    @pytest.mark.parametrize("name", ["P01_01", "P05_03_02", "P06_02"])
    async def test_all_of_them_are_needed(self, rest: RestClient, name: str) -> None:
        await rest.put("login", password="1000")
        body = for_post(await rest.get("system_parameters"))
        del body[name]
        assert await rest.post("system_parameters", **body) == 400

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}"])
    async def test_no_parameters(self, rest: RestClient, body: bytes) -> None:
        await rest.put("login", password="1000")
        assert (await rest.ask("POST", "system_parameters", data=body))[0] == 400

    @pytest.mark.parametrize("status", ["Charging", "Operating"])
    async def test_locked(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient, status: str
    ) -> None:
        await rest.put("login", password="1000")
        body = for_post(await rest.get("system_parameters"))
        if status == "Charging":
            charging(meter, clock)
        else:
            meter.operate()
        assert await rest.post("system_parameters", **body) == 400
        assert (await rest.get("system_status"))["operative_status"] == status

    async def test_which_are_addresses_is_an_open_place(
        self, clock: ManualClock, session: ClientSession
    ) -> None:
        readings = {"ip_parameters": "03_09"}
        meter = SimulatedMeter(clock=clock, readings=readings, parameters={"P05_09": 0xC0A80101})
        async with RestServer(meter, response_time=0) as server:
            rest = RestClient(session, server)
            await rest.put("login", password="1000")
            block = await rest.get("system_parameters")
            body: dict[str, int] = block | {
                f"{name}_0{n}": 9 for name in ("P05_03", "P05_09") for n in range(1, 5)
            }
            del body["P05_03"], body["P05_09"]
            assert await rest.post("system_parameters", **body) == 200
            assert meter.parameters["P05_09"] == 0x09090909


async def is_hung_up(modbus: ModbusClient) -> bool:
    try:
        return await modbus.reader.read() == b""
    except ConnectionError:
        return True


class TestParametersOverModbus:
    async def test_the_manuals_example(
        self, meter: SimulatedMeter, clock: ManualClock, modbus: ModbusClient
    ) -> None:
        assert await modbus.ask(bytes.fromhex("06 4FFF 0002")) == bytes.fromhex("06 4FFF 0002")
        await modbus.ask(bytes.fromhex("06 5001 0001"))
        assert await modbus.number(0x5000) == 2
        assert await modbus.number(0x5001) == 0
        assert await modbus.number(0x5002) == 1
        assert await modbus.number(0x5004) == 0
        assert await modbus.ask(bytes.fromhex("06 5003 0001")) == bytes.fromhex("06 5003 0001")
        assert await modbus.number(0x5004) == 1
        assert meter.parameters["P02_01"] == 0
        modbus.writer.write(bytes.fromhex("0063 0000 0006 01 06 2F02 0005"))
        assert await is_hung_up(modbus)
        assert meter.rebooting
        assert meter.parameters["P02_01"] == 1
        clock.advance(2)
        assert not meter.rebooting

    async def test_lost_by_a_power_failure(self, meter: SimulatedMeter) -> None:
        async with ModbusTcpServer(meter) as server:
            async with ModbusClient(server.port) as modbus:
                await modbus.write(0x5000, 2)
                await modbus.write(0x5002, 1)
                await modbus.write(0x5004, 1)
                meter.power_failure()
            async with ModbusClient(server.port) as modbus:
                assert await modbus.number(0x5000) == 0
                await modbus.write(0x5000, 2)
                await modbus.write(0x5002, 1)
                assert await modbus.number(0x5004) == 0

    async def test_an_address_has_two_words(
        self, meter: SimulatedMeter, modbus: ModbusClient
    ) -> None:
        await modbus.write(0x5000, 5)
        await modbus.write(0x5002, 3)
        assert await modbus.read(0x5004, 2) == bytes([192, 168, 1, 1])
        assert await modbus.read(0x5004, 28) == bytes([192, 168, 1, 1]) + bytes(52)
        assert await modbus.write(0x5004, 1) == b"\x86\x04"
        assert (await modbus.write_many(0x5004, bytes([10, 0, 0, 9])))[0] == 0x10
        assert await modbus.read(0x5004, 2) == bytes([10, 0, 0, 9])
        meter.save_parameters()
        assert meter.parameters["P05_03"] == 0x0A000009

    async def test_write_many_for_one_word(self, modbus: ModbusClient) -> None:
        await modbus.write(0x5000, 4)
        await modbus.write(0x5002, 2)
        assert (await modbus.write_many(0x5004, b"\0\7"))[0] == 0x10
        assert await modbus.number(0x5004) == 7
        assert await modbus.write_many(0x5004, b"\0\0\0\7") == b"\x90\x04"
        assert await modbus.write_many(0x5005, b"\0\7") == b"\x90\x04"
        assert await modbus.write(0x5004, 8) == b"\x86\x03"
        assert await modbus.number(0x5004) == 7

    @pytest.mark.parametrize("selection", [(0, 0, 0), (2, 0, 6), (7, 0, 1), (2, 1, 1), (2, 0, 101)])
    async def test_unknown_selection(
        self, modbus: ModbusClient, selection: tuple[int, int, int]
    ) -> None:
        for register, value in zip((0x5000, 0x5001, 0x5002), selection, strict=True):
            assert (await modbus.write(register, value))[0] == 0x06
        assert await modbus.ask(bytes.fromhex("04 5003 0001")) == b"\x84\x04"
        assert await modbus.write(0x5004, 1) == b"\x86\x04"

    async def test_only_the_functions_of_the_manual(self, modbus: ModbusClient) -> None:
        for register in (0x5000, 0x5001, 0x5002, 0x5004):
            pdu = struct.pack(">BHH", 0x03, register - 1, 1)
            assert await modbus.ask(pdu) == b"\x83\x04"
        assert await modbus.write_many(0x5000, b"\0\2") == b"\x90\x04"
        assert await modbus.write_many(0x2F03, b"\0\5") == b"\x90\x04"
        assert await modbus.write(0x2F03, 4) == b"\x86\x03"

    @pytest.mark.parametrize("status", ["Charging", "Operating"])
    async def test_locked(
        self, meter: SimulatedMeter, clock: ManualClock, modbus: ModbusClient, status: str
    ) -> None:
        await modbus.write(0x5000, 2)
        await modbus.write(0x5002, 1)
        if status == "Charging":
            charging(meter, clock)
        else:
            meter.login.log_in("1000")
            meter.operate()
        assert await modbus.write(0x5004, 1) == b"\x86\x04"
        assert await modbus.write(0x2F03, 5) == b"\x86\x04"
        assert not meter.rebooting
        assert await modbus.number(0x5004) == 0

    async def test_a_gateway_becomes_a_slave(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, parameters={"P05_05": 1})
        other = SimulatedMeter(clock=clock, seed=2)
        async with GatewayServer(meter, {2: other}) as server:
            async with ModbusClient(server.port, 2) as modbus:
                await modbus.write(0x4F11, 5)
                assert (meter.display_page, other.display_page) == (1, 5)
                modbus._unit = 1
                for register, value in ((0x5000, 5), (0x5002, 5), (0x5004, 0)):
                    await modbus.write(register, value)
                meter.save_parameters()
            clock.advance(2)
            async with ModbusClient(server.port, 2) as modbus:
                await modbus.write(0x4F11, 6)
                assert (meter.display_page, other.display_page) == (6, 5)

    async def test_signature_format(self, meter: SimulatedMeter, clock: ManualClock) -> None:
        meter.parameters.menu, meter.parameters.number = 6, 1
        meter.parameters.write_selected(b"\0\1")
        assert meter.signature_format == 0
        meter.save_parameters()
        assert meter.signature_format == 1
        prepare(meter, clock)
        give(meter, clock, "B")
        assert sections(meter.records[0])[2]["SE"] == "base64"


class TestOperativeStatus:
    @pytest.mark.parametrize("method", ["put", "post"])
    async def test_operating(self, meter: SimulatedMeter, rest: RestClient, method: str) -> None:
        ask = rest.put if method == "put" else rest.post
        assert await ask("system_status", operative_status="operating") == 400
        assert (await rest.get("system_status"))["operative_status"] == "Ready"
        await rest.put("login", password="1000")
        assert await ask("system_status", operative_status="operating") == 200
        status = await rest.get("system_status")
        assert status["operative_status"] == "Operating"
        assert status["cable_res_locked"] == 1
        assert await rest.put("charge_settings", datetime=1) == 200
        assert await rest.put("charge_settings", tariff=1) == 200
        assert await rest.put("charge_settings", res_cable=1) == 400
        assert await ask("system_status", operative_status="operating") == 200
        meter.power_failure()
        assert (await rest.get("system_status"))["operative_status"] == "Operating"

    async def test_not_while_charging(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient
    ) -> None:
        await rest.put("login", password="1000")
        charging(meter, clock)
        assert await rest.put("system_status", operative_status="operating") == 400
        assert (await rest.get("system_status"))["operative_status"] == "Charging"

    @pytest.mark.parametrize(
        "query", [{}, {"operative_status": "ready"}, {"operative_status": "operating", "logged": 1}]
    )
    async def test_nothing_else(self, rest: RestClient, query: dict[str, str]) -> None:
        await rest.put("login", password="1000")
        assert await rest.put("system_status", **query) == 400
        assert (await rest.get("system_status"))["operative_status"] == "Ready"


class TestBoards:
    async def test_every_bit(self, meter: SimulatedMeter, rest: RestClient) -> None:
        for board, bits in BOARD_BITS.items():
            shown = [bit for bit in bits if (board, bit) != ("board_2", "hw_test_ongoing")]
            for place, bit in enumerate(shown):
                meter.set_board_bit(board, bit)
                status = await rest.get("system_status")
                assert status[f"{board}_status"] == 1 << place
                assert status[f"{board}_status_bits"][bit] == 1
                meter.set_board_bit(board, bit, on=False)
        status = await rest.get("system_status")
        assert status["board_1_status"] == status["board_2_status"] == 0

    @pytest.mark.parametrize(
        ("bits", "code"),
        [
            ([("board_2", "osc_err")], 1),
            ([("board_1", "mac_err")], 10),
            ([("board_1", "meas_not_comm_err"), ("board_2", "osc_err")], 11),
            ([("board_1", "hw_test_ongoing"), ("board_2", "osc_err")], 22),
            ([("board_2", "hw_test_ongoing")], 22),
            ([], 0),
        ],
    )
    async def test_code(
        self, meter: SimulatedMeter, rest: RestClient, bits: list[tuple[str, str]], code: int
    ) -> None:
        for board, bit in bits:
            meter.set_board_bit(board, bit)  # type: ignore[arg-type]
        assert (await rest.get("system_status"))["system_status"] == code

    async def test_fatal(self, meter: SimulatedMeter, rest: RestClient) -> None:
        meter.set_fatal(3)
        meter.set_fatal(12)
        status = await rest.get("system_status")
        bits = status["board_2_status_bits"]
        assert bits["fatal_err"] == 1
        assert [name for name, on in bits["fatal_err_bits"].items() if on] == ["e_3", "e_12"]
        assert status["board_2_status"] == 1 << 17
        assert status["system_status"] == 1
        meter.set_fatal(3, on=False)
        meter.set_fatal(12, on=False)
        assert (await rest.get("system_status"))["board_2_status"] == 0

    def test_unknown(self, meter: SimulatedMeter) -> None:
        with pytest.raises(ValueError, match="mac_err"):
            meter.set_board_bit("board_2", "mac_err")
        with pytest.raises(ValueError, match="13"):
            meter.set_fatal(13)

    async def test_table_spelling(self, clock: ManualClock, session: ClientSession) -> None:
        meter = SimulatedMeter(clock=clock, readings={"system_names": "tables"})
        meter.set_board_bit("board_1", "flash_err")
        meter.set_fatal(1)
        async with RestServer(meter, response_time=0) as server:
            status = await RestClient(session, server).get("system_status")
        assert isinstance(status["meas_fw_rev"], int)
        assert isinstance(status["pow_fw_rev"], int)
        assert list(status["board_1_status_bits"]) == [
            "hw_test_ongoing",
            "flash_pattern_error",
            "flash_init_err",
            "udp_client_err",
            "meas_not_comm_error",
        ]
        assert status["board_1_status"] == 2
        assert {"init_uncorrect_flag", "hw_test_ongoing"} <= status["board_2_status_bits"].keys()
        assert status["board_2_status"] == 1 << 18

    @pytest.mark.parametrize(("model", "error"), [("DMED404D0600", 1), ("DMED404R0600", 0)])
    async def test_swapped_cables(
        self, clock: ManualClock, session: ClientSession, model: str, error: int
    ) -> None:
        meter = SimulatedMeter(clock=clock, model=model)
        charging(meter, clock)
        async with RestServer(meter, response_time=0) as server:
            rest = RestClient(session, server)
            status = await rest.get("system_status")
            assert status["board_2_status_bits"]["wiring_err"] == 0
            meter.reverse_wiring()
            clock.advance(60)
            measure = await rest.get("measure")
            assert measure["power"] < 0
            assert measure["energy_neg"] > 0
            status = await rest.get("system_status")
            assert status["board_2_status_bits"]["wiring_err"] == error
            meter.reverse_wiring(on=False)
            clock.advance(1)
            status = await rest.get("system_status")
            assert status["board_2_status_bits"]["wiring_err"] == 0


async def test_a_request_during_the_answer_of_a_save(
    meter: SimulatedMeter, session: ClientSession
) -> None:
    """The reboot breaks off what others are being told."""
    async with RestServer(meter, response_time=0) as server:
        rest = RestClient(session, server)
        server.faults.delay = 30
        poll = asyncio.create_task(rest.ask("POST", "force_display", json={"set_page": 3}))
        while meter.display_page == 1:  # noqa: ASYNC110 - the meter tells nobody
            await asyncio.sleep(0.001)
        meter.save_parameters()
        with pytest.raises(ClientConnectionError):
            await poll
