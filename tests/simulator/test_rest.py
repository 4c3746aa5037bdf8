"""The meter over HTTP, on a real socket (manual: API communication)."""

import asyncio
from collections.abc import AsyncIterator
import json

from aiohttp import ClientConnectionError, ClientSession
import pytest

from simulator import MODELS, ManualClock, ModbusTcpServer, RestServer, SimulatedMeter

from .helpers import ModbusClient, RestClient, give, prepare, prototype, verify

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def server(meter: SimulatedMeter) -> AsyncIterator[RestServer]:
    async with RestServer(meter, response_time=0) as server:
        yield server


@pytest.fixture
def rest(server: RestServer, session: ClientSession) -> RestClient:
    return RestClient(session, server)


def charging(meter: SimulatedMeter, clock: ManualClock) -> None:
    prepare(meter, clock)
    give(meter, clock, "B")
    clock.advance(600)
    meter.update()


async def raw(server: RestServer, request: str) -> tuple[str, bytes]:
    """Return head and body as they come over the wire, until the meter closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request.replace("\n", "\r\n").encode())
    answer = await reader.read()
    writer.close()
    head, body = answer.split(b"\r\n\r\n", 1)
    return head.decode(), body


class TestWire:
    async def test_chunks_of_at_most_256_bytes(self, server: RestServer) -> None:
        head, body = await raw(server, "GET /v1/system_status HTTP/1.1\nHost: dmed4\n\n")
        lines = head.split("\r\n")
        assert lines[0] == "HTTP/1.1 200 OK"
        assert "Connection: close" in lines
        assert "Transfer-Encoding: chunked" in lines
        assert "Content-Type: application/json" in lines
        sizes, content = [], b""
        while body:
            size, _, body = body.partition(b"\r\n")
            sizes.append(int(size, 16))
            content += body[: sizes[-1]]
            assert body[sizes[-1] : sizes[-1] + 2] == b"\r\n"
            body = body[sizes[-1] + 2 :]
        assert sizes[:2] == [256, 256]
        assert max(sizes) == 256
        assert sizes[-1] == 0
        assert "serial_number" in json.loads(content)

    @pytest.mark.parametrize(
        ("request_line", "status_line"),
        [
            ("GET /v1/nothing", "HTTP/1.1 404 Not Found"),
            ("GET /", "HTTP/1.1 404 Not Found"),
            ("PUT /v1/measure", "HTTP/1.1 501 Not Implemented"),
            ("PUT /v1/login?password=1001", "HTTP/1.1 401 Unauthorized"),
            ("DELETE /v1/ocmf", "HTTP/1.1 501 Not Implemented"),
            ("PUT /v1/charge_settings?command=B", "HTTP/1.1 400 Bad request"),
        ],
    )
    async def test_failures(self, server: RestServer, request_line: str, status_line: str) -> None:
        head, _ = await raw(server, f"{request_line} HTTP/1.1\nHost: dmed4\nContent-Length: 0\n\n")
        assert head.split("\r\n")[0] == status_line
        assert "Connection: close" in head

    async def test_a_successful_put_has_an_empty_body(self, rest: RestClient) -> None:
        assert await rest.ask("PUT", "force_display?set_page=3") == (200, "OK", "")

    async def test_requests_are_recorded(self, server: RestServer, rest: RestClient) -> None:
        await rest.get("measure")
        await rest.put("charge_settings", tariff=1)
        assert server.requests == [("GET", "/v1/measure"), ("PUT", "/v1/charge_settings")]
        assert server.max_concurrent == 1

    async def test_concurrent_requests_are_noticed(
        self, meter: SimulatedMeter, session: ClientSession
    ) -> None:
        async with RestServer(meter) as server:
            client = RestClient(session, server)
            await asyncio.gather(*(client.get("measure") for _ in range(3)))
            assert server.max_concurrent == 3

    async def test_unplugged_and_plugged_in_again(
        self, meter: SimulatedMeter, session: ClientSession
    ) -> None:
        server = RestServer(meter)
        meter.power_failure()  # nobody is connected
        await server.stop()  # not started yet
        async with server:
            port = server.port
            client = RestClient(session, server)
            await client.get("measure")
            await server.stop()
            with pytest.raises(ClientConnectionError):
                await client.get("measure")
            await server.start()
            assert server.port == port
            await client.get("measure")

    @pytest.mark.parametrize("what", ["unplug", "power failure"])
    async def test_open_connections_break_off(self, meter: SimulatedMeter, what: str) -> None:
        async with RestServer(meter, response_time=30) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"GET /v1/measure HTTP/1.1\r\nHost: dmed4\r\n\r\n")
            while not server.requests:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0)
            if what == "unplug":
                await server.stop()
            else:
                meter.power_failure()
            assert await reader.read() == b""
            writer.close()


class TestReading:
    async def test_measure(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient
    ) -> None:
        charging(meter, clock)
        sample = meter.physics.slow
        first, second = sample.temperatures
        assert await rest.get("measure") == {
            "voltage": sample.voltage,
            "current": sample.current,
            "power": sample.power,
            "energy": sample.cycle_imported,
            "energy_neg": sample.cycle_exported,
            "temperature_i1": round(first * 10),
            "temperature_i1_fahrenheit": round((first * 1.8 + 32) * 10),
            "temperature_i2": round(second * 10),
            "temperature_i2_fahrenheit": round((second * 1.8 + 32) * 10),
            "energyPos": sample.imported,
            "energyNeg": sample.exported,
        }

    async def test_measures_are_refreshed_every_second(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient
    ) -> None:
        charging(meter, clock)
        first = await rest.get("measure")
        clock.advance(0.9)
        assert await rest.get("measure") == first
        clock.advance(0.1)
        assert await rest.get("measure") != first

    async def test_the_same_as_over_modbus(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient
    ) -> None:
        charging(meter, clock)
        clock.advance(0.7)
        async with ModbusTcpServer(meter) as server, ModbusClient(server.port) as modbus:
            measure = await rest.get("measure")
            assert await modbus.number(0x0002, 4) == measure["energyPos"]
            assert await modbus.number(0x0006, 4) == measure["energy"]
            assert await modbus.number(0x000A, 2) == measure["voltage"]
            assert await modbus.number(0x000C, 2) == measure["current"]
            assert await modbus.number(0x000E, 4, signed=True) == measure["power"]
            assert await modbus.number(0x0012, signed=True) == measure["temperature_i1"]
            assert await modbus.number(0x0015) == measure["temperature_i2_fahrenheit"]
            assert await modbus.number(0x0016, 4) == measure["energyNeg"]
            settings = await rest.get("charge_settings")
            assert (await modbus.read(0x4600, 32)).hex().upper() == settings["public_key"]
            record = (await rest.get("ocmf"))["OCMF_BUFF"]
            assert await modbus.number(0x4202) == len(record)
            await rest.put("charge_settings", command="E")
            assert await modbus.number(0x4200) == 0

    async def test_charge_settings(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient
    ) -> None:
        settings = await rest.get("charge_settings")
        assert len(settings["public_key"]) == 128
        assert settings["public_key_ocmf"].endswith(settings["public_key"])
        assert len(settings["public_key_ocmf"]) == 182
        del settings["public_key"], settings["public_key_ocmf"]
        assert settings == {
            "sync_timeout": 1440,
            "signature_format": 0,
            "res_cable": 0,
            "datetime_offset": 0,
            "datetime": int(clock.now()),
            "tariff": 0,
        }
        assert meter.public_key_raw

    async def test_no_key_before_commissioning(
        self, clock: ManualClock, session: ClientSession
    ) -> None:
        meter = SimulatedMeter(clock=clock, commissioned=False)
        async with RestServer(meter, response_time=0) as server:
            settings = await RestClient(session, server).get("charge_settings")
            assert settings["public_key"] == settings["public_key_ocmf"] == ""

    async def test_system_status(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient
    ) -> None:
        status = await rest.get("system_status")
        assert status["serial_number"] == 12345678
        assert status["model_code"] == 1
        assert status["operative_status"] == "Ready"
        assert status["system_status"] == status["board_2_status"] == status["logged"] == 0
        assert len(status["meas_fw_cks"]) == len(status["pow_fw_cks"]) == 8
        assert len(status["board_1_status_bits"]) == 6
        assert len(status["board_2_status_bits"]) == 19
        assert list(status["board_2_status_bits"]["fatal_err_bits"]) == [
            f"e_{n}" for n in range(1, 13)
        ]
        charging(meter, clock)
        meter.set_error(dword=1, bit=15)
        status = await rest.get("system_status")
        assert status["operative_status"] == "Charging"
        assert status["board_2_status_bits"]["signature_err"] == 1
        assert status["board_2_status"] == 1 << 6
        assert status["system_status"] == 1

    @pytest.mark.parametrize("name", MODELS)
    async def test_model_codes(self, session: ClientSession, name: str) -> None:
        names = [
            f"DMED404{letter}{rating}"
            for letter in "RD"
            for rating in ("1500", "0600", "0400", "0150")
        ]
        async with RestServer(SimulatedMeter(model=name), response_time=0) as server:
            status = await RestClient(session, server).get("system_status")
            assert status.get("model_code") == (names.index(name) if name in names else None)


class TestSettings:
    async def test_put_and_post(self, clock: ManualClock, rest: RestClient) -> None:
        now = int(clock.now()) + 50
        assert await rest.put("charge_settings", datetime=now, datetime_offset=-60) == 200
        assert await rest.post("charge_settings", tariff=3, res_cable=12) == 200
        settings = await rest.get("charge_settings")
        assert settings["datetime"] == now
        assert settings["datetime_offset"] == -60
        assert (settings["tariff"], settings["res_cable"]) == (3, 12)
        assert (await rest.get("charge_status"))["signature_status"] == 0x20

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"datetime_offset": "10"},
            {"datetime_offset": "915"},
            {"datetime": "soon"},
            {"datetime": ""},
            {"tariff": "1.5"},
            {"public_key": "00"},
            {"tariff": "1", "command": "Z"},
            {"tariff": "1", "command": "B"},
            {"tariff": "1", "command": ""},
        ],
    )
    async def test_bad_put(self, rest: RestClient, query: dict[str, str]) -> None:
        assert await rest.put("charge_settings", **query) == 400
        assert (await rest.get("charge_settings"))["tariff"] == 0

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b"{}",
            b"[" * 500_000,
            b'{"tariff": true}',
            b'{"tariff": null}',
            b'{"command": ["B"]}',
            b'{"command": null}',
        ],
    )
    async def test_bad_post(self, rest: RestClient, body: bytes) -> None:
        status, reason, _ = await rest.ask("POST", "charge_settings", data=body)
        assert (status, reason) == (400, "Bad request")

    @pytest.mark.parametrize("name", ["datetime", "datetime_offset", "tariff", "res_cable"])
    async def test_locked_while_charging(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient, name: str
    ) -> None:
        charging(meter, clock)
        number = len(meter.records)
        assert await rest.put("charge_settings", **{name: 15}) == 400
        assert await rest.post("charge_settings", **{name: 15, "command": "C"}) == 400
        assert len(meter.records) == number
        assert meter.signature_status & 4 == 0

    async def test_display(self, meter: SimulatedMeter, rest: RestClient) -> None:
        assert await rest.put("force_display", display_on_off=0, set_page=4) == 200
        assert (meter.display_on, meter.display_page) == (False, 4)
        assert await rest.post("force_display", display_on_off=1) == 200
        assert (meter.display_on, meter.display_page) == (True, 4)
        assert await rest.post("force_display", display_on_off=0, set_page=14) == 400
        assert await rest.put("force_display", brightness=1) == 400
        assert (meter.display_on, meter.display_page) == (True, 4)


class TestChargeCycle:
    async def test_from_the_flowchart(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient
    ) -> None:
        assert (await rest.get("ocmf")) == {"OCMF_BUFF": ""}
        assert await rest.put("charge_settings", datetime=int(clock.now())) == 200
        assert (await rest.ask("POST", "ocmf", data=prototype()))[0] == 200
        assert await rest.put("charge_settings", command="B") == 503
        clock.advance(1)
        assert (await rest.get("charge_status")) == {
            "measurement_status": 1,
            "signature_status": 0b101010,
            "error_status_1": 0,
            "error_status_2": 0,
        }
        assert await rest.put("charge_settings", command="B") == 200
        assert (await rest.get("charge_status"))["signature_status"] == 0b100110
        assert await rest.ask("PUT", "charge_settings?command=C") == (
            503,
            "Service Unavailable",
            "Busy",
        )
        assert (await rest.ask("POST", "ocmf", data=prototype()))[0] == 503
        clock.advance(60)
        assert await rest.put("charge_settings", command="B") == 400
        assert await rest.post("charge_settings", command="C") == 200
        clock.advance(60)
        assert await rest.put("charge_settings", command="r") == 200
        clock.advance(1)
        assert (await rest.get("charge_status"))["measurement_status"] == 0
        record = (await rest.get("ocmf"))["OCMF_BUFF"]
        assert record == meter.records[-1]
        assert verify(record, meter.public_key)["RD"][3]["TX"] == "E"

    async def test_settings_and_command_together(
        self, meter: SimulatedMeter, clock: ManualClock, rest: RestClient
    ) -> None:
        prepare(meter, clock)
        now = int(clock.now())
        assert await rest.put("charge_settings", datetime=now, tariff=2, command="B") == 200
        assert meter.measurement_status == 2
        assert meter.tariff == 2
        assert meter.synchronised

    async def test_a_bad_prototype_is_acknowledged(
        self, clock: ManualClock, rest: RestClient
    ) -> None:
        assert (await rest.ask("POST", "ocmf", data=b"{}"))[0] == 200
        clock.advance(1)
        status = await rest.get("charge_status")
        assert status["measurement_status"] == 0
        assert status["signature_status"] == 0x8000
        assert status["error_status_1"] == 8
        assert await rest.put("charge_settings", command="X") == 200
        status = await rest.get("charge_status")
        assert (status["signature_status"], status["error_status_1"]) == (0, 0)


class TestLogbooks:
    @pytest.fixture(autouse=True)
    def records(self, meter: SimulatedMeter, clock: ManualClock) -> None:
        for identification in ("AA", "BB"):
            prepare(meter, clock, prototype(ID=identification))
            give(meter, clock, "B", "E")

    async def test_info(self, rest: RestClient) -> None:
        assert await rest.get("logbook/info") == {
            "ocmf_max_number": 500,
            "ocmf_total_number": 4,
            "ocmf_last_internal_progressive": 4,
            "ocmf_first_internal_progressive": 1,
            "events_max_number": 100,
            "events_total_number": 1,
            "log_search_status": 0,
            "log_search_position": 0,
        }

    async def test_info_of_an_empty_logbook(self, session: ClientSession) -> None:
        async with RestServer(SimulatedMeter(), response_time=0) as server:
            info = await RestClient(session, server).get("logbook/info")
            assert info["ocmf_total_number"] == 0
            assert info["ocmf_first_internal_progressive"] == 0

    @pytest.mark.parametrize(
        ("query", "place"),
        [
            ("index_type=POS&index_reference=LAST", 3),
            ("index_type=POS&index_reference=LAST_BUT&index_value=0", 3),
            ("index_type=POS&index_reference=LAST_BUT&index_value=1", 2),
            ("index_type=POS&index_reference=FIRST", 0),
            ("index_type=POS&index_reference=FIRST_BUT&index_value=1", 1),
            ("index_type=PROGR&index_value=2", 1),
            ("index_type=TRANS_ID&index_value=T3", 2),
            ("index_type=TRANS_ID&index_value=AA", 1),
        ],
    )
    async def test_search(
        self, meter: SimulatedMeter, rest: RestClient, query: str, place: int
    ) -> None:
        answer = await rest.get(f"logbook/OCMF?{query}")
        assert answer == {"OCMF_LOG": meter.records[place]}
        info = await rest.get("logbook/info")
        assert (info["log_search_status"], info["log_search_position"]) == (1, 3 - place)

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("", 400),
            ("index_type=NAME", 400),
            ("index_type=POS", 400),
            ("index_type=POS&index_reference=LAST_BUT", 400),
            ("index_type=POS&index_reference=LAST_BUT&index_value=x", 400),
            ("index_type=POS&index_reference=LAST_BUT&index_value=4", 404),
            ("index_type=POS&index_reference=FIRST_BUT&index_value=-1", 404),
            ("index_type=PROGR&index_value=9", 404),
            ("index_type=TRANS_ID&index_value=CC", 404),
        ],
    )
    async def test_not_found(self, rest: RestClient, query: str, status: int) -> None:
        await rest.get("logbook/OCMF?index_type=POS&index_reference=LAST")
        assert (await rest.ask("GET", f"logbook/OCMF?{query}"))[0] == status
        assert (await rest.get("logbook/info"))["log_search_status"] == 0

    async def test_index_from_1(self, clock: ManualClock, session: ClientSession) -> None:
        meter = SimulatedMeter(clock=clock, readings={"logbook_index": "1"})
        charging(meter, clock)
        async with RestServer(meter, response_time=0) as server:
            client = RestClient(session, server)
            path = "logbook/OCMF?index_type=POS&index_reference="
            last = await client.get(path + "LAST")
            assert await client.get(path + "LAST_BUT&index_value=1") == last
            assert (await client.ask("GET", path + "LAST_BUT&index_value=0"))[0] == 404

    async def test_events(self, meter: SimulatedMeter, rest: RestClient) -> None:
        meter.configure(datetime_offset=60)
        path = "logbook/events?index_type=POS&index_reference="
        head, _, event = (await rest.get(path + "LAST"))["EVENT_LOG"].partition("|")
        assert head == "EVENT"
        assert json.loads(event) == {
            "date": "2025-10-09",
            "time": "09:53:26",
            "event_code": "3",
            "arguments": "60",
        }
        first = (await rest.get(path + "FIRST"))["EVENT_LOG"]
        assert '"time": "08:53:20", "event_code": "1"' in first
        assert (await rest.ask("GET", path + "LAST_BUT&index_value=9"))[0] == 404
        assert (await rest.ask("GET", "logbook/events?index_type=PROGR"))[0] == 400


class TestReadings:
    async def started(
        self, clock: ManualClock, session: ClientSession, readings: dict[str, str]
    ) -> AsyncIterator[tuple[SimulatedMeter, RestClient]]:
        meter = SimulatedMeter(clock=clock, readings=readings)
        charging(meter, clock)
        async with RestServer(meter, response_time=0) as server:
            yield meter, RestClient(session, server)

    async def test_unescaped_ocmf(self, clock: ManualClock, session: ClientSession) -> None:
        readings = {"ocmf_text": "unescaped"}
        async for meter, rest in self.started(clock, session, readings):
            text = (await rest.ask("GET", "ocmf"))[2]
            assert text == f'{{"OCMF_BUFF": "{meter.records[-1]}"}}'
            path = "logbook/OCMF?index_type=POS&index_reference=LAST"
            text = (await rest.ask("GET", path))[2]
            assert text == f'{{"OCMF_LOG": "{meter.records[-1]}"}}'

    async def test_spaced_names(self, clock: ManualClock, session: ClientSession) -> None:
        async for meter, rest in self.started(clock, session, {"names": "spaces"}):
            assert "energy neg" in await rest.get("measure")
            assert "fatal err" in (await rest.get("system_status"))["board 2 status bits"]
            answer = await rest.get("logbook/OCMF?index_type=POS&index_reference=LAST")
            assert answer == {"OCMF LOG": meter.records[-1]}
            answer = await rest.get("logbook/events?index_type=POS&index_reference=LAST")
            assert '"event code"' in answer["EVENT LOG"]

    async def test_numbers_as_strings(self, clock: ManualClock, session: ClientSession) -> None:
        async for meter, rest in self.started(clock, session, {"numbers": "strings"}):
            assert (await rest.get("measure"))["voltage"] == str(meter.physics.slow.voltage)
            status = await rest.get("system_status")
            assert status["board_2_status_bits"]["fatal_err_bits"]["e_1"] == "0"
