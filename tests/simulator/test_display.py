"""The remote displays (manual: API with DMED4DC1, custom pages and page switching)."""

from collections.abc import AsyncIterator

from aiohttp import ClientConnectionError, ClientSession
import pytest

from simulator import (
    ManualClock,
    ModbusTcpServer,
    RemoteDisplay,
    RestServer,
    SimulatedMeter,
    handle_pdu,
)

from .helpers import ModbusClient, RestClient, give, prepare, prototype, verify

pytestmark = pytest.mark.usefixtures("socket_enabled")

EXAMPLE = {
    "title1": "EV CHARGING STATION IDENTIFIER 2",
    "text1": "EVC1234567890",
    "title2": "TRANSACTION ID",
    "text2": "TRID1234567890123456",
    "title3": "ENERGY PRICE",
    "text3": "0.21 EUR/kWh",
}
NOTHING = dict.fromkeys(EXAMPLE, "")
# As the manual's tables have them: title 1, text 1, title 2, …
TABLE = {
    1: (0x2F64, 0x3024, 0x2F74, 0x302E, 0x2F84, 0x3038),
    2: (0x2F94, 0x3042, 0x2FA4, 0x304C, 0x2FB4, 0x3056),
    3: (0x2FC4, 0x3060, 0x2FD4, 0x306A, 0x2FE4, 0x3074),
    4: (0x2FF4, 0x307E, 0x3004, 0x3088, 0x3014, 0x3092),
}


@pytest.fixture
def meters(clock: ManualClock) -> dict[int, SimulatedMeter]:
    return {channel: SimulatedMeter(seed=channel, clock=clock) for channel in (1, 3)}


@pytest.fixture
def display(clock: ManualClock, meters: dict[int, SimulatedMeter]) -> RemoteDisplay:
    return RemoteDisplay("DMED4DC1", meters, clock=clock)


@pytest.fixture
async def modbus(display: RemoteDisplay) -> AsyncIterator[ModbusClient]:
    async with ModbusTcpServer(display) as server, ModbusClient(server.port) as client:
        yield client


@pytest.fixture
async def rest(display: RemoteDisplay, session: ClientSession) -> AsyncIterator[RestClient]:
    async with RestServer(display, response_time=0) as server:
        yield RestClient(session, server)


class TestModbus:
    @pytest.mark.parametrize(("model", "code"), [("DMED4DC1", 0x0C), ("DMED4DC2", 0x0D)])
    def test_report_slave_id(self, model: str, code: int) -> None:
        answer = handle_pdu(RemoteDisplay(model), b"\x11")
        assert answer is not None
        assert len(answer) == 10
        assert answer[:3] == bytes([0x11, 8, code])
        assert answer[6] == 0x02

    async def test_the_manuals_page(self, display: RemoteDisplay, modbus: ModbusClient) -> None:
        request = bytes.fromhex("06 2F4F 0004")
        assert await modbus.ask(request) == request
        assert display.page == 4

    @pytest.mark.parametrize(
        ("model", "pages"), [("DMED4DC1", set(range(1, 9))), ("DMED4DC2", {1, 5})]
    )
    async def test_pages(self, model: str, pages: set[int]) -> None:
        display = RemoteDisplay(model)
        async with ModbusTcpServer(display) as server, ModbusClient(server.port) as modbus:
            for page in range(10):
                before = display.page
                answer = await modbus.write(0x2F50, page)
                assert (answer == b"\x86\x03") is (page not in pages)
                assert display.page == (page if page in pages else before)
            assert await modbus.write_many(0x2F50, b"\0\1") == b"\x90\x04"

    async def test_page_locked(self) -> None:
        display = RemoteDisplay(page_locked=True)
        async with ModbusTcpServer(display) as server, ModbusClient(server.port) as modbus:
            assert await modbus.write(0x2F50, 4) == b"\x86\x04"
            assert display.page == 1
            display.page_locked = False
            assert (await modbus.write(0x2F50, 4))[0] == 0x06

    @pytest.mark.parametrize("channel", TABLE)
    async def test_texts(self, display: RemoteDisplay, modbus: ModbusClient, channel: int) -> None:
        for register, (name, text) in zip(TABLE[channel], EXAMPLE.items(), strict=True):
            size = 32 if name.startswith("title") else 20
            assert await modbus.read(register, size // 2) == bytes(size)
            content = text.encode().ljust(size, b"\0")
            assert (await modbus.write_many(register, content))[0] == 0x10
            assert await modbus.read(register, size // 2) == content
        assert display.texts[channel] == EXAMPLE
        assert all(display.texts[n] == NOTHING for n in TABLE if n != channel)

    async def test_a_part_of_a_text(self, display: RemoteDisplay, modbus: ModbusClient) -> None:
        await modbus.write_many(0x2F94, b"ABCDEFGH")
        assert (await modbus.write(0x2F95, int.from_bytes(b"xy")))[0] == 0x06
        assert display.texts[2]["title1"] == "ABxyEFGH"
        await modbus.write(0x2F96, 0)
        assert display.texts[2]["title1"] == "ABxy"

    async def test_bad_texts(self, display: RemoteDisplay, modbus: ModbusClient) -> None:
        assert await modbus.write_many(0x3024, "ä".encode()) == b"\x90\x03"
        assert await modbus.write_many(0x3024, b"A" * 22) == b"\x90\x02"
        assert display.texts[1] == NOTHING

    async def test_one_meter_only(self) -> None:
        display = RemoteDisplay("DMED4DC2")
        async with ModbusTcpServer(display) as server, ModbusClient(server.port) as modbus:
            for channel, registers in TABLE.items():
                for register in registers:
                    answer = await modbus.write(register, 0x4142)
                    assert (answer == b"\x86\x02") is (channel > 1)
        assert display.texts == {1: dict.fromkeys(EXAMPLE, "AB")}

    async def test_it_is_no_meter(self, modbus: ModbusClient) -> None:
        assert await modbus.ask(bytes.fromhex("04 0001 0004")) == b"\x84\x02"

    async def test_reboot(
        self, clock: ManualClock, display: RemoteDisplay, modbus: ModbusClient
    ) -> None:
        display.reboot()
        assert await modbus.reader.read() == b""
        assert handle_pdu(display, b"\x11") is None
        clock.advance(2)
        assert handle_pdu(display, b"\x11") is not None


class TestRest:
    async def test_a_charge_through_the_display(
        self, clock: ManualClock, meters: dict[int, SimulatedMeter], rest: RestClient
    ) -> None:
        assert (await rest.ask("POST", "3/ocmf", data=prototype()))[0] == 200
        clock.advance(1)
        assert await rest.put("3/charge_settings", command="B") == 200
        clock.advance(60)
        assert (await rest.get("3/charge_status"))["measurement_status"] == 2
        assert (await rest.get("1/charge_status"))["measurement_status"] == 0
        assert (await rest.get("3/measure"))["power"] > 0
        assert await rest.post("3/charge_settings", command="E") == 200
        clock.advance(1)
        record = (await rest.get("3/ocmf"))["OCMF_BUFF"]
        verify(record, meters[3].public_key)
        path = "3/logbook/OCMF?index_type=POS&index_reference=LAST"
        assert (await rest.get(path))["OCMF_LOG"] == record
        for channel, meter in meters.items():
            status = await rest.get(f"{channel}/system_status")
            assert status["serial_number"] == meter.serial_number

    @pytest.mark.parametrize(
        "path",
        [
            "system_status",
            "measure",
            "2/measure",
            "4/system_status",
            "0/measure",
            "5/measure",
            "1/nothing",
            "1/",
            "1",
            "1/1/measure",
            "1/set_viewer_page",
            "custom_string",
        ],
    )
    async def test_not_there(self, rest: RestClient, path: str) -> None:
        assert (await rest.ask("GET", path))[0] == 404

    async def test_wrong_methods(self, rest: RestClient) -> None:
        assert (await rest.ask("GET", "set_viewer_page"))[0] == 501
        assert (await rest.ask("PUT", "1/custom_string"))[0] == 501
        assert (await rest.ask("PUT", "1/measure"))[0] == 501

    async def test_pages(self, display: RemoteDisplay, rest: RestClient) -> None:
        assert await rest.put("set_viewer_page", page=7) == 200
        assert display.page == 7
        for page in ("0", "9", "x", ""):
            assert await rest.put("set_viewer_page", page=page) == 400
        assert await rest.put("set_viewer_page", side=1) == 400
        display.page_locked = True
        assert await rest.put("set_viewer_page", page=8) == 400
        assert display.page == 7

    @pytest.mark.parametrize("channel", [1, 2, 3, 4])
    async def test_the_manuals_texts(
        self, display: RemoteDisplay, rest: RestClient, channel: int
    ) -> None:
        """A page has texts even where no meter is connected."""
        assert await rest.post(f"{channel}/custom_string", **EXAMPLE) == 200
        assert display.texts[channel] == EXAMPLE

    @pytest.mark.parametrize(
        "changes",
        [
            {"title1": "A" * 33},
            {"text1": "A" * 21},
            {"text3": "0.21 €/kWh"},
            {"text2": 21},
            {"title4": "A"},
        ],
    )
    async def test_bad_texts(
        self, display: RemoteDisplay, rest: RestClient, changes: dict[str, object]
    ) -> None:
        assert await rest.post("2/custom_string", **(EXAMPLE | changes)) == 400
        assert display.texts[2] == NOTHING

    async def test_a_meter_reboots(
        self,
        clock: ManualClock,
        display: RemoteDisplay,
        meters: dict[int, SimulatedMeter],
        rest: RestClient,
    ) -> None:
        await rest.put("3/login", password="1000")
        block = await rest.get("3/system_parameters")
        for name in ("P05_03", "P05_04", "P05_06"):
            block |= {f"{name}_0{n}": 1 for n in range(1, 5)}
            del block[name]
        assert await rest.post("3/system_parameters", **block) == 200
        assert meters[3].rebooting
        assert not display.rebooting
        assert (await rest.ask("GET", "3/measure"))[0] == 503
        await rest.get("1/measure")
        clock.advance(2)
        await rest.get("3/measure")

    async def test_the_display_reboots(
        self, clock: ManualClock, display: RemoteDisplay, rest: RestClient
    ) -> None:
        display.reboot()
        with pytest.raises(ClientConnectionError):
            await rest.get("1/measure")
        clock.advance(2)
        await rest.get("1/measure")

    async def test_tls(self, meters: dict[int, SimulatedMeter], session: ClientSession) -> None:
        display = RemoteDisplay(meters=meters, readings={"display_with_tls": "refused"})
        async with RestServer(display, tls=True, response_time=0) as server:
            rest = RestClient(session, server)
            assert (await rest.ask("GET", "1/measure", ssl=False))[0] == 200
            answer = await rest.ask("PUT", "1/force_display?set_page=2", ssl=False)
            assert answer[0] == 501

    async def test_the_meter_keeps_its_own_address(
        self, clock: ManualClock, meters: dict[int, SimulatedMeter], rest: RestClient
    ) -> None:
        prepare(meters[1], clock)
        give(meters[1], clock, "B")
        async with ModbusTcpServer(meters[1]) as server, ModbusClient(server.port) as modbus:
            assert await modbus.number(0x4200) == 2
            assert (await rest.get("1/charge_status"))["measurement_status"] == 2


class TestConstruction:
    def test_channels(self, meter: SimulatedMeter) -> None:
        for model, channel in (("DMED4DC1", 5), ("DMED4DC1", 0), ("DMED4DC2", 2)):
            with pytest.raises(ValueError, match="channels"):
                RemoteDisplay(model, {channel: meter})

    def test_no_ethernet_port(self) -> None:
        with pytest.raises(ValueError, match="Ethernet"):
            RestServer(RemoteDisplay("DMED4DC2"))
