"""A logbook that is full: the oldest entries have given way (manual: logbook, getting OCMF files)."""

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
import json

from aiohttp import ClientSession
import pytest

from simulator import (
    BusyError,
    Command,
    ManualClock,
    ModbusTcpServer,
    NotValidError,
    RestServer,
    SimulatedMeter,
)

from .helpers import ModbusClient, RestClient, give, prepare, sections, verify

pytestmark = pytest.mark.usefixtures("socket_enabled")

type MakeMeter = Callable[[int], SimulatedMeter]


@pytest.fixture
def make_meter(clock: ManualClock) -> MakeMeter:
    """Make meters whose logbooks, of five entries, have overflown; their index starts from…"""

    def make(index_base: int) -> SimulatedMeter:
        readings = {"logbook_index": str(index_base)}
        meter = SimulatedMeter(clock=clock, max_records=5, max_events=5, readings=readings)
        meter.fill_logbook(12)
        for offset in range(0, 15 * 12, 15):
            meter.configure(datetime_offset=offset)
        return meter

    return make


@pytest.fixture
async def rest(
    make_meter: MakeMeter, session: ClientSession, base: int
) -> AsyncIterator[RestClient]:
    async with RestServer(make_meter(base), response_time=0) as server:
        yield RestClient(session, server)


def page_of(record: str) -> str:
    return str(sections(record)[1]["PG"])


async def by_index(modbus: ModbusClient, clock: ManualClock, index: int) -> tuple[int, str] | bytes:
    await modbus.write(0x2F29, 8192)
    answer = await modbus.write(0x2F2A, index)
    if answer[0] != 0x06:
        return answer
    clock.advance(0.1)
    status = await modbus.number(0x4C01)
    return status, await modbus.long_text(0x4C02, 512, status & 0x3FF)


@pytest.mark.parametrize("base", [0, 1])
class TestFull:
    async def test_info(self, rest: RestClient, base: int) -> None:
        info = await rest.get("logbook/info")
        assert info["ocmf_max_number"] == info["ocmf_total_number"] == 5
        assert info["ocmf_first_internal_progressive"] == 8
        assert info["ocmf_last_internal_progressive"] == 12
        assert info["events_max_number"] == info["events_total_number"] == 5

    @pytest.mark.parametrize(
        ("query", "pages"),
        [
            ("index_type=POS&index_reference=LAST", ["T12"]),
            ("index_type=POS&index_reference=FIRST", ["T8"]),
            (
                "index_type=POS&index_reference=LAST_BUT&index_value={}",
                ["T12", "T11", "T10", "T9", "T8", None],
            ),
            (
                "index_type=POS&index_reference=FIRST_BUT&index_value={}",
                ["T8", "T9", "T10", "T11", "T12", None],
            ),
        ],
    )
    async def test_by_position(
        self, rest: RestClient, base: int, query: str, pages: list[str | None]
    ) -> None:
        for index, page in enumerate(pages, base):
            status, _, text = await rest.ask("GET", f"logbook/OCMF?{query.format(index)}")
            if page is None:
                assert status == 404
                continue
            assert page_of(json.loads(text)["OCMF_LOG"]) == page
            position = (await rest.get("logbook/info"))["log_search_position"]
            assert position == 12 - int(page[1:]) + base

    async def test_by_progressive_and_transaction(self, rest: RestClient, base: int) -> None:
        for progressive in range(1, 14):
            for query in (
                f"index_type=PROGR&index_value={progressive}",
                f"index_type=TRANS_ID&index_value=T{progressive}",
            ):
                status, _, text = await rest.ask("GET", f"logbook/OCMF?{query}")
                if not 8 <= progressive <= 12:
                    assert status == 404
                    continue
                assert page_of(json.loads(text)["OCMF_LOG"]) == f"T{progressive}"

    async def test_by_the_identification_of_the_client(self, rest: RestClient, base: int) -> None:
        """The last of those that bear it: the end of the charge."""
        record = (await rest.get("logbook/OCMF?index_type=TRANS_ID&index_value=00000005"))[
            "OCMF_LOG"
        ]
        assert page_of(record) == "T10"
        status, _, _ = await rest.ask(
            "GET", "logbook/OCMF?index_type=TRANS_ID&index_value=00000003"
        )
        assert status == 404

    async def test_events(self, rest: RestClient, base: int) -> None:
        arguments = []
        for index in range(base, base + 5):
            path = f"logbook/events?index_type=POS&index_reference=FIRST_BUT&index_value={index}"
            event = (await rest.get(path))["EVENT_LOG"].removeprefix("EVENT|")
            arguments.append(json.loads(event)["arguments"])
        assert arguments == ["105", "120", "135", "150", "165"]
        last = await rest.get("logbook/events?index_type=POS&index_reference=LAST")
        assert '"arguments": "165"' in last["EVENT_LOG"]

    async def test_over_modbus(self, make_meter: MakeMeter, clock: ManualClock, base: int) -> None:
        meter = make_meter(base)
        async with ModbusTcpServer(meter) as server, ModbusClient(server.port) as modbus:
            assert await modbus.number(0x0221) == 5
            for index, record in enumerate(reversed(meter.records), base):
                answer = await by_index(modbus, clock, index)
                assert answer == (0x4000 | len(record), record)
            assert await by_index(modbus, clock, base + 5) == b"\x86\x03"

    async def test_events_over_modbus(
        self, make_meter: MakeMeter, clock: ManualClock, base: int
    ) -> None:
        meter = make_meter(base)
        async with ModbusTcpServer(meter) as server, ModbusClient(server.port) as modbus:
            for index, event in enumerate(reversed(meter.event_log.entries), base):
                await modbus.write(0x2F39, 2)
                await modbus.write(0x2F3A, index)
                assert (await modbus.write(0x2F3B, 0xFFFF))[0] == 0x06
                assert await modbus.write(0x2F3B, 0xFFFF) == b"\x86\x04"
                clock.advance(0.1)
                assert await modbus.number(0x4E03) == 1
                assert await modbus.read(0x4E04, 8) == event.raw()


class TestFill:
    @pytest.mark.parametrize("number", [0, 1, 7, 20])
    def test_really_signed(self, meter: SimulatedMeter, clock: ManualClock, number: int) -> None:
        meter.fill_logbook(number)
        assert len(meter.records) == number
        payloads = [verify(record, meter.public_key) for record in meter.records]
        assert [payload["PG"] for payload in payloads] == [f"T{n}" for n in range(1, number + 1)]
        kinds = [payload["RD"][3]["TX"] for payload in payloads]
        assert kinds == ["B", "E"] * (number // 2) if number % 2 == 0 else kinds[0] == "E"
        assert sorted(kinds[number % 2 :]) == sorted(["B", "E"] * (number // 2))

    def test_the_charges_add_up(self, meter: SimulatedMeter, clock: ManualClock) -> None:
        meter.fill_logbook(6)
        prepare(meter, clock)
        give(meter, clock, "B")
        readings = [
            json.loads(sections(record)[0], parse_float=Decimal)["RD"] for record in meter.records
        ]
        ends = [begin_and_end[3]["RV"] for begin_and_end in readings]
        assert ends == sorted(ends)
        assert [r[5]["RV"] for r in readings[:6]] == [0, 20, 0, 20, 0, 20]
        assert all(r[3]["RV"] - r[0]["RV"] == r[5]["RV"] for r in readings)
        assert readings[5][3]["RV"] == readings[6][0]["RV"]
        times = [r[3]["TM"] for r in readings]
        assert times == sorted(times)
        assert readings[2][0]["TM"] == readings[3][0]["TM"]
        assert meter.last_record is not None
        assert meter.last_record.progressive == 7

    def test_a_new_meter_has_not_imported_much(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, total_imported=100)
        meter.fill_logbook(10)
        values = [
            json.loads(sections(record)[0], parse_float=Decimal)["RD"][3]["RV"]
            for record in meter.records
        ]
        assert values[0] == 0
        assert values[-1] == Decimal("0.100")

    def test_not_while_charging_nor_without_a_key(
        self, meter: SimulatedMeter, clock: ManualClock
    ) -> None:
        prepare(meter, clock)
        give(meter, clock, "B")
        with pytest.raises(NotValidError):
            meter.fill_logbook(2)
        with pytest.raises(NotValidError):
            SimulatedMeter(commissioned=False).fill_logbook(2)

    def test_a_full_one(self) -> None:
        meter = SimulatedMeter(max_records=1000)
        meter.fill_logbook(1000)
        assert len(meter.records) == 1000
        assert meter.measurement_status == 0


class TestPlanted:
    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\xff\xfe\xed\xa0\x80",
            b'"\\u0000\\',
            b"OCMF|\0\n\x1b|{}",
            "ä€".encode(),
            b"x" * 5000,
        ],
        ids=["nothing", "no utf-8", "escapes", "controls", "utf-8", "long"],
    )
    async def test_any_bytes_go_out_as_they_are(
        self, clock: ManualClock, session: ClientSession, raw: bytes
    ) -> None:
        meter = SimulatedMeter(clock=clock)
        meter.fill_logbook(2)
        meter.plant_record(raw)
        assert meter.signature_raw == b""
        async with RestServer(meter, response_time=0) as server:
            client = RestClient(session, server)
            query = "logbook/OCMF?index_type=POS&index_reference=LAST"
            for path, name in (("ocmf", "OCMF_BUFF"), (query, "OCMF_LOG")):
                async with session.get(f"{server.url}/v1/{path}") as response:
                    text = (await response.read()).decode(errors="surrogateescape")
                assert json.loads(text)[name].encode(errors="surrogateescape") == raw
            assert (await client.get("logbook/info"))["ocmf_last_internal_progressive"] == 3
        async with ModbusTcpServer(meter) as tcp, ModbusClient(tcp.port) as modbus:
            await modbus.write(0x2F29, 8192)
            await modbus.write(0x2F2A, 0)
            clock.advance(0.1)
            # Ten bits for the length, 1024 bytes for the text.
            length = await modbus.number(0x4C01) & 0x3FF
            assert length == min(len(raw), 1023)
            window = await modbus.read(0x4C02, 120)
            assert window == raw.ljust(240, b"\0")[:240]
            assert await modbus.number(0x4202) == len(raw)

    def test_the_next_one_is_genuine(self, meter: SimulatedMeter, clock: ManualClock) -> None:
        meter.plant_record(b"nothing of the kind")
        prepare(meter, clock)
        give(meter, clock, "B")
        assert verify(meter.records[1], meter.public_key)["PG"] == "T2"

    def test_not_while_signing(self, meter: SimulatedMeter, clock: ManualClock) -> None:
        prepare(meter, clock)
        meter.command(Command.BEGIN)
        with pytest.raises(BusyError):
            meter.plant_record(b"")
