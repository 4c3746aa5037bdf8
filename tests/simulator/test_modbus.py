"""The meter over Modbus TCP, on a real socket (manual: Modbus, Modbus registers)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
import pytest

from simulator import MODELS, ManualClock, ModbusTcpServer, SimulatedMeter, handle_pdu

from .helpers import ModbusClient, give, prepare, prototype, verify

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def server(meter: SimulatedMeter) -> AsyncIterator[ModbusTcpServer]:
    async with ModbusTcpServer(meter) as server:
        yield server


@pytest.fixture
async def modbus(server: ModbusTcpServer) -> AsyncIterator[ModbusClient]:
    async with ModbusClient(server.port) as client:
        yield client


def charging(meter: SimulatedMeter, clock: ManualClock) -> None:
    prepare(meter, clock)
    give(meter, clock, "B")
    clock.advance(600)
    meter.update()


class TestManualsOwnFrames:
    async def test_total_imported_energy_is_at_address_1(
        self, meter: SimulatedMeter, modbus: ModbusClient
    ) -> None:
        answer = await modbus.ask(bytes.fromhex("04 0001 0004"))
        assert answer == b"\x04\x08" + meter.physics.slow.imported.to_bytes(8)
        assert await modbus.ask(bytes.fromhex("03 0001 0004")) == b"\x03" + answer[1:]

    async def test_report_slave_id(self, modbus: ModbusClient) -> None:
        answer = await modbus.ask(b"\x11")
        assert len(answer) == 10
        assert answer[:3] == bytes([0x11, 8, 0x48])
        assert answer[6] == 0x02
        assert answer[8:] == b"\0\0"

    @pytest.mark.parametrize("name", MODELS)
    def test_model_codes(self, name: str) -> None:
        codes = {
            "DMED4041500": 0x4A,
            "DMED4040600": 0x48,
            "DMED4040400": 0x47,
            "DMED4040150": 0x46,
            "DMED4031500": 0x45,
            "DMED4030600": 0x43,
            "DMED4030400": 0x42,
            "DMED4030150": 0x41,
        }
        answer = handle_pdu(SimulatedMeter(model=name), b"\x11")
        assert answer is not None
        assert answer[2] == codes[name[:7] + name[8:]]


class TestRegisters:
    async def test_measures(
        self, meter: SimulatedMeter, clock: ManualClock, modbus: ModbusClient
    ) -> None:
        charging(meter, clock)
        clock.advance(0.4)
        meter.update()
        slow, fast = meter.physics.slow, meter.physics.fast
        block = await modbus.read(0x0002, 0x0022 - 0x0002)
        first, second = slow.temperatures
        assert struct.unpack(">QQIIqhhhhQQQ", block) == (
            slow.imported,
            slow.cycle_imported,
            slow.voltage,
            slow.current,
            slow.power,
            round(first * 10),
            round((first * 1.8 + 32) * 10),
            round(second * 10),
            round((second * 1.8 + 32) * 10),
            slow.exported,
            slow.cycle_exported,
            slow.imported + slow.exported,
        )
        assert struct.unpack(">QQ", await modbus.read(0x0030, 8)) == (
            slow.total_seconds // 3600,
            slow.working_seconds // 3600,
        )
        assert struct.unpack(">IIqIH", await modbus.read(0x0200, 11)) == (
            fast.voltage,
            fast.current,
            fast.power,
            int(clock.now()),
            0,
        )
        assert fast.current != slow.current
        # V · I = P in the documented resolutions.
        assert slow.power == pytest.approx(slow.voltage / 100 * slow.current / 1e4, abs=1)

    async def test_negative_power(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock)
        prepare(meter, clock)
        give(meter, clock, "B")
        while meter.physics.slow.power >= 0:
            clock.advance(60)
            meter.update()
        async with ModbusTcpServer(meter) as server, ModbusClient(server.port) as modbus:
            assert await modbus.number(0x000E, 4, signed=True) == meter.physics.slow.power < 0
            assert await modbus.number(0x000C, 2) == -meter.physics.slow.current

    async def test_part_of_a_number(self, meter: SimulatedMeter, modbus: ModbusClient) -> None:
        whole = await modbus.read(0x0002, 4)
        assert await modbus.read(0x0004, 2) == whole[4:]
        assert await modbus.read(0x0003, 5) == whole[2:] + bytes(4)
        assert int.from_bytes(whole) == meter.physics.slow.imported

    async def test_numbers_of_records_and_events(
        self, meter: SimulatedMeter, clock: ManualClock, modbus: ModbusClient
    ) -> None:
        charging(meter, clock)
        assert struct.unpack(">HH", await modbus.read(0x020D, 2)) == (100, 1)
        assert struct.unpack(">HH", await modbus.read(0x0220, 2)) == (500, 1)

    async def test_settings(self, modbus: ModbusClient) -> None:
        assert await modbus.number(0x4004, 2)
        assert struct.unpack(">HH", await modbus.read(0x4282, 2)) == (0, 1440)
        assert await modbus.number(0x4203) == 0
        assert not any(await modbus.read(0x46C0, 120))

    async def test_nothing_signed_yet(self, modbus: ModbusClient) -> None:
        assert struct.unpack(">5H", await modbus.read(0x4200, 5)) == (0, 0, 0, 0, 0)
        for register, words in ((0x4400, 120), (0x4620, 32), (0x4640, 120)):
            assert not any(await modbus.read(register, words))

    async def test_keys(self, meter: SimulatedMeter, modbus: ModbusClient) -> None:
        numbers = meter.public_key.public_numbers()
        raw = await modbus.read(0x4600, 32)
        assert raw == numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
        padded = await modbus.read(0x4F20, 48)
        assert padded[91:] == bytes(5)
        key = serialization.load_der_public_key(padded[:91])
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key.public_numbers() == numbers

    async def test_no_key_before_commissioning(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, commissioned=False)
        async with ModbusTcpServer(meter) as server, ModbusClient(server.port) as modbus:
            assert not any(await modbus.read(0x4600, 32))
            assert not any(await modbus.read(0x4F20, 48))
            assert await modbus.number(0x4201) == 1


class TestExceptions:
    @pytest.mark.parametrize(
        ("register", "count"),
        [
            (0x0001, 1),
            (0x0022, 1),
            (0x001E, 5),
            (0x002F, 2),
            (0x0038, 1),
            (0x020A, 3),
            (0x020E, 0x13),
            (0x4006, 1),
            (0x4205, 1),
            (0x4200, 120),
            (0x4285, 1),
            (0x4F10, 1),
            (0x4F11, 1),
            (0x4EFF, 34),
            (0x2F29, 1),
            (0x2F03, 1),
            (0x5003, 1),
            (0x10000, 1),
        ],
    )
    async def test_gaps(self, modbus: ModbusClient, register: int, count: int) -> None:
        for function in (3, 4):
            pdu = struct.pack(">BHH", function, register - 1, count)
            assert await modbus.ask(pdu) == bytes([function | 0x80, 2])

    async def test_at_most_120_registers(self, modbus: ModbusClient) -> None:
        assert len(await modbus.read(0x4400, 120)) == 240
        for count in (0, 121, 0xFFFF):
            pdu = struct.pack(">BHH", 4, 0x4400 - 1, count)
            assert await modbus.ask(pdu) == b"\x84\x03"
        assert (await modbus.write_many(0x4A00, bytes(240)))[0] == 0x10
        assert await modbus.write_many(0x4A00, bytes(242)) == b"\x90\x03"

    @pytest.mark.parametrize("function", [0x01, 0x02, 0x05, 0x0F, 0x17, 0x2B])
    async def test_other_functions(self, modbus: ModbusClient, function: int) -> None:
        assert await modbus.ask(bytes([function, 0, 0, 0, 1])) == bytes([function | 0x80, 1])

    @pytest.mark.parametrize(
        "pdu", ["04", "04 0001", "04 0001 0001 00", "06 4280", "10 4A00", "10 49FF 0001 02 41"]
    )
    async def test_malformed(self, modbus: ModbusClient, pdu: str) -> None:
        request = bytes.fromhex(pdu)
        assert await modbus.ask(request) == bytes([request[0] | 0x80, 3])

    @pytest.mark.parametrize("register", [0x0002, 0x0200, 0x4200, 0x4282, 0x4400, 0x5003, 0x4285])
    async def test_read_only(self, modbus: ModbusClient, register: int) -> None:
        assert await modbus.write(register, 1) == b"\x86\x02"
        assert await modbus.write_many(register, b"\0\1") == b"\x90\x02"

    async def test_wrong_function(self, modbus: ModbusClient) -> None:
        for register in (0x4280, 0x4281, 0x4284, 0x4F10, 0x4F11):
            assert await modbus.write_many(register, b"\0\1") == b"\x90\x04"
        for register in (0x4080, 0x4A00):
            assert await modbus.write(register, 1) == b"\x86\x04"

    async def test_writing_beyond_or_half(self, modbus: ModbusClient) -> None:
        assert await modbus.write_many(0x4BFF, bytes(4)) == b"\x90\x02"
        assert await modbus.write_many(0x4080, bytes(6)) == b"\x90\x02"
        assert await modbus.write_many(0x4080, bytes(2)) == b"\x90\x04"

    def test_an_empty_request_has_no_answer(self, meter: SimulatedMeter) -> None:
        assert handle_pdu(meter, b"") is None


class TestSettings:
    async def test_clock(
        self, meter: SimulatedMeter, clock: ManualClock, modbus: ModbusClient
    ) -> None:
        assert not await modbus.number(0x4201) & 0x20
        moment = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
        answer = await modbus.write_many(0x4080, moment.to_bytes(4))
        assert answer == bytes.fromhex("10 407F 0002")
        assert await modbus.number(0x4080, 2) == moment
        assert await modbus.number(0x0208, 2) == moment
        assert await modbus.number(0x4201) & 0x20
        charging(meter, clock)
        assert await modbus.write_many(0x4080, moment.to_bytes(4)) == b"\x90\x04"
        assert await modbus.number(0x4080, 2) > moment

    @pytest.mark.parametrize("minutes", [-900, -15, 0, 120, 900])
    async def test_offset(self, modbus: ModbusClient, minutes: int) -> None:
        answer = await modbus.write(0x4284, minutes % 0x10000)
        assert answer == struct.pack(">BHh", 6, 0x4283, minutes)
        assert await modbus.number(0x4284, signed=True) == minutes
        assert await modbus.number(0x020A, signed=True) == minutes

    @pytest.mark.parametrize("minutes", [1, 10, 915, -915, 32767, -32768])
    async def test_offset_out_of_range(self, modbus: ModbusClient, minutes: int) -> None:
        assert await modbus.write(0x4284, minutes % 0x10000) == b"\x86\x03"

    async def test_offset_while_charging(
        self, meter: SimulatedMeter, clock: ManualClock, modbus: ModbusClient
    ) -> None:
        charging(meter, clock)
        assert await modbus.write(0x4284, 60) == b"\x86\x04"

    async def test_display(self, meter: SimulatedMeter, modbus: ModbusClient) -> None:
        assert await modbus.write(0x4F10, 0) == bytes.fromhex("06 4F0F 0000")
        assert await modbus.write(0x4F11, 13) == bytes.fromhex("06 4F10 000D")
        assert (meter.display_on, meter.display_page) == (False, 13)
        assert await modbus.write(0x4F10, 2) == b"\x86\x03"
        assert await modbus.write(0x4F11, 14) == b"\x86\x03"


class TestChargeCycle:
    async def test_from_the_flowchart(
        self, meter: SimulatedMeter, clock: ManualClock, modbus: ModbusClient
    ) -> None:
        await modbus.write_many(0x4080, int(clock.now()).to_bytes(4))
        text = prototype()
        assert len(text) > 120
        await modbus.write_text(0x4A00, text)
        assert await modbus.number(0x4200) == 0
        assert (await modbus.write(0x4281, len(text)))[0] == 0x06
        assert await modbus.number(0x4281) == len(text)
        assert (await modbus.read(0x4A00, 120)).startswith(text[:240])
        clock.advance(0.1)
        assert struct.unpack(">HH", await modbus.read(0x4200, 2)) == (1, 0b101010)

        assert (await modbus.write(0x4280, ord("B")))[0] == 0x06
        assert await modbus.number(0x4280) == ord("B")
        assert struct.unpack(">HH", await modbus.read(0x4200, 2)) == (2, 0b100110)
        assert await modbus.write(0x4280, ord("C")) == b"\x86\x06"
        assert await modbus.write(0x4281, len(text)) == b"\x86\x06"
        clock.advance(60)
        assert struct.unpack(">HH", await modbus.read(0x4200, 2)) == (2, 0b101010)
        assert (await modbus.write(0x4280, ord("E")))[0] == 0x06
        clock.advance(1)
        assert struct.unpack(">HH", await modbus.read(0x4200, 2)) == (0, 0b101000)

        length = await modbus.number(0x4202)
        record = await modbus.long_text(0x4400, 512, length)
        assert record == meter.records[-1]
        payload = verify(record, meter.public_key)
        assert payload["RD"][3]["TX"] == "E"

        payload_bytes = record.split("|")[1].encode()
        algorithm = ec.ECDSA(hashes.SHA256())
        der = (await modbus.read(0x4640, 120))[: await modbus.number(0x4204)]
        meter.public_key.verify(der, payload_bytes, algorithm)
        raw = await modbus.read(0x4620, 32)
        rebuilt = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        assert rebuilt == der

    async def test_refused_commands(self, modbus: ModbusClient) -> None:
        for command in "BCEr":
            assert await modbus.write(0x4280, ord(command)) == b"\x86\x04"
        for value in (0, ord("X"), 0x4200, 0xFFFF):
            assert await modbus.write(0x4280, value) == b"\x86\x03"
        assert await modbus.number(0x4280) == 0

    async def test_a_bad_prototype_is_acknowledged(
        self, clock: ManualClock, modbus: ModbusClient
    ) -> None:
        text = prototype()
        await modbus.write_text(0x4A00, text)
        assert (await modbus.write(0x4281, len(text) - 9))[0] == 0x06
        clock.advance(1)
        assert await modbus.number(0x4200) == 0
        assert await modbus.number(0x4201) == 0x8000
        assert await modbus.number(0x4000, 2) == 2
        assert (await modbus.write(0x4280, 0x00FF))[0] == 0x06
        assert await modbus.number(0x4280) == 0x00FF
        assert await modbus.read(0x4000, 4) == bytes(8)
        assert await modbus.number(0x4201) == 0

    async def test_longest_input_message(self, modbus: ModbusClient) -> None:
        assert await modbus.write(0x4281, 1025) == b"\x86\x03"
        assert (await modbus.write(0x4281, 1024))[0] == 0x06

    async def test_error_dwords(self, meter: SimulatedMeter, modbus: ModbusClient) -> None:
        meter.set_error(dword=1, bit=16)
        meter.set_error(dword=2, bit=0)
        assert struct.unpack(">II", await modbus.read(0x4000, 4)) == (1 << 16, 1)


class TestLogbooks:
    async def test_record_by_index(
        self, meter: SimulatedMeter, clock: ManualClock, modbus: ModbusClient
    ) -> None:
        charging(meter, clock)
        give(meter, clock, "C", "E")
        assert await modbus.number(0x4C01) == 0
        assert await modbus.write(0x2F2A, 0) == b"\x86\x04"  # no logbook selected yet
        assert await modbus.write(0x2F29, 1) == b"\x86\x03"
        for index, record in enumerate(reversed(meter.records)):
            assert (await modbus.write(0x2F29, 8192))[0] == 0x06
            assert (await modbus.write(0x2F2A, index))[0] == 0x06
            # The logbook has to be selected again for the next one.
            assert await modbus.write(0x2F2A, index) == b"\x86\x04"
            assert await modbus.number(0x4C01) == 0x8000
            assert not any(await modbus.read(0x4C02, 120))
            clock.advance(0.1)
            status = await modbus.number(0x4C01)
            assert status >> 13 == 0b010
            assert await modbus.long_text(0x4C02, 512, status & 0x3FF) == record
            assert await modbus.number(0x4C01) >> 13 == 0b011
        await modbus.write(0x2F29, 8192)
        assert await modbus.write(0x2F2A, 3) == b"\x86\x03"
        # The last record is still where it was.
        assert await modbus.number(0x4202) == len(meter.records[-1])

    async def test_index_from_1(self, clock: ManualClock) -> None:
        meter = SimulatedMeter(clock=clock, readings={"logbook_index": "1"})
        charging(meter, clock)
        async with ModbusTcpServer(meter) as server, ModbusClient(server.port) as modbus:
            await modbus.write_many(0x2F29, (8192).to_bytes(2))
            assert await modbus.write(0x2F2A, 0) == b"\x86\x03"
            assert (await modbus.write(0x2F2A, 1))[0] == 0x06

    async def test_events(
        self, meter: SimulatedMeter, clock: ManualClock, modbus: ModbusClient
    ) -> None:
        meter.set_error(dword=2, bit=1)
        assert await modbus.write(0x2F3B, 0xFFFF) == b"\x86\x04"
        assert await modbus.write(0x2F39, 3) == b"\x86\x03"
        assert (await modbus.write(0x2F39, 2))[0] == 0x06
        assert (await modbus.write(0x2F3A, 0))[0] == 0x06
        assert await modbus.write(0x2F3B, 1) == b"\x86\x03"
        assert (await modbus.write(0x2F3B, 0xFFFF))[0] == 0x06
        assert await modbus.number(0x4E03) == 0
        clock.advance(0.1)
        assert await modbus.number(0x4E03) == 1
        raw = await modbus.read(0x4E04, 8)
        assert struct.unpack(">IhHq", raw) == (int(clock.now() - 0.1), 0, 5, 33)
        await modbus.write(0x2F3A, 2)
        assert await modbus.write(0x2F3B, 0xFFFF) == b"\x86\x03"


class TestTcp:
    async def test_two_connections(self, server: ModbusTcpServer) -> None:
        async with ModbusClient(server.port) as first, ModbusClient(server.port) as second:
            await first.number(0x4200)
            await second.number(0x4200)
            assert server.connections == 2
            async with ModbusClient(server.port) as third:
                assert await third.reader.read() == b""
            assert await first.number(0x4200) == await second.number(0x4200) == 0
            second.writer.close()
            await second.writer.wait_closed()
            await first.number(0x4200)
            async with ModbusClient(server.port) as fourth:
                assert await fourth.number(0x4200) == 0

    async def test_requests_are_recorded(
        self, server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        await modbus.read(0x0002, 4)
        await modbus.write(0x4F11, 3)
        assert server.requests == [bytes.fromhex("0400010004"), bytes.fromhex("064F100003")]

    @pytest.mark.parametrize("unit", [0, 1, 8, 255])
    async def test_the_node_is_not_significant(self, server: ModbusTcpServer, unit: int) -> None:
        async with ModbusClient(server.port, unit) as modbus:
            assert await modbus.number(0x4200) == 0

    async def test_a_gateway_is_silent_for_others(self, meter: SimulatedMeter) -> None:
        async with (
            ModbusTcpServer(meter, unit_id=5, strict_unit=True) as server,
            ModbusClient(server.port, 5) as modbus,
        ):
            modbus.writer.write(bytes.fromhex("0063 0000 0006 04 04 41FF 0001"))
            # The answer to the next request is the next thing that comes.
            assert await modbus.number(0x4200) == 0
            assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "header", ["0001 0001 0006 01", "0001 0000 0000 01", "0001 0000 00FF 01"]
    )
    async def test_what_is_not_modbus_is_hung_up_on(
        self, server: ModbusTcpServer, header: str
    ) -> None:
        async with ModbusClient(server.port) as modbus:
            modbus.writer.write(bytes.fromhex(header))
            assert await modbus.reader.read() == b""

    async def test_an_empty_request_is_ignored(
        self, server: ModbusTcpServer, modbus: ModbusClient
    ) -> None:
        modbus.writer.write(bytes.fromhex("0001 0000 0001 01"))
        assert await modbus.number(0x4200) == 0
        assert server.requests[0] == b""

    async def test_pipelined_requests(self, modbus: ModbusClient) -> None:
        modbus.writer.write(bytes.fromhex("0009 0000 0006 01 04 41FF 0001" * 2))
        answer = bytes.fromhex("0009 0000 0005 01 04 02 0000")
        assert await modbus.reader.readexactly(2 * len(answer)) == 2 * answer

    async def test_unplugged_and_plugged_in_again(self, meter: SimulatedMeter) -> None:
        server = ModbusTcpServer(meter)
        await server.stop()  # not started yet
        async with server:
            port = server.port
            async with ModbusClient(port) as modbus:
                await modbus.number(0x4200)
                await server.stop()
                with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                    await modbus.number(0x4200)
                with pytest.raises(ConnectionError):
                    await asyncio.open_connection("127.0.0.1", port)
            await server.start()
            assert server.port == port
            async with ModbusClient(port) as modbus:
                assert await modbus.number(0x4200) == 0

    async def test_a_power_failure_drops_connections(
        self, meter: SimulatedMeter, clock: ManualClock, server: ModbusTcpServer
    ) -> None:
        charging(meter, clock)
        async with ModbusClient(server.port) as modbus:
            assert await modbus.number(0x4200) == 2
            meter.power_failure()
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await modbus.number(0x4200)
        async with ModbusClient(server.port) as modbus:
            assert await modbus.number(0x4200) == 3
