"""The register map, word for word: a server of raw words, and values worked out by hand."""

from datetime import UTC, datetime
import struct

import pytest

from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.model import (
    Command,
    DisplayPage,
    Feature,
    MeasurementStatus,
    Settings,
    SignatureFormat,
    SignatureStatus,
    SystemStatus,
)
from simulator import ModbusTcpServer, SimulatedMeter

from .helpers import ModbusPeer, client

# Raw words by the manual's register numbers (manual: measure list; charge cycle management). No
# two words are alike, and every word of a number differs from 0, except high words of numbers
# that could not be told from others by their size.
RAW: dict[int, tuple[int, ...]] = {
    0x0002: (0x0000, 0x0001, 0x2A05, 0xF20D),  # 5 000 000 013 Wh
    0x0006: (0x0000, 0x0000, 0x0001, 0x86A3),  # 100 003 Wh
    0x000A: (0xDEAD, 0xBEEF),
    0x000C: (0xDEAD, 0xBEEF),
    0x000E: (0xDEAD, 0xBEEF, 0xDEAD, 0xBEEF),
    0x0012: (0xFF85,),  # -12.3 °C
    0x0013: (0x0063,),
    0x0014: (0x0237,),  # 56.7 °C
    0x0015: (0x0539,),
    0x0016: (0x0000, 0x0000, 0x0002, 0x0007),  # 131 079 Wh
    0x001A: (0x0000, 0x0000, 0x0000, 0x1F41),  # 8001 Wh
    0x001E: (0x0000, 0x0001, 0x2A07, 0xF214),  # 5 000 131 092 Wh
    0x0030: (0x0000, 0x0000, 0x0001, 0x0002),  # 65 538 h
    0x0034: (0x0000, 0x0000, 0x0000, 0x3039),  # 12 345 h
    0x0200: (0x0001, 0x86A7),  # 1000.07 V
    0x0202: (0x005B, 0x8D87),  # 600.0007 A
    0x0204: (0xFFFF, 0xFFFF, 0xFFF6, 0xD82D),  # -600.019 kW
    0x0208: (0x68E7, 0x7800),  # 2025-10-09T08:53:20Z
    0x020A: (0xFFC4,),
    0x020D: (0x0064,),
    0x020E: (0x0003,),
    0x0220: (0x01F4,),
    0x0221: (0x0007,),
    0x4000: (0x0001, 0x8020),  # bits 5, 15 and 16
    0x4002: (0x8000, 0x0004),  # bits 2 and 31
    0x4004: (0x1721, 0x0048),
    0x4200: (0x0007,),
    0x4201: (0x812A,),  # bits 1, 3, 5, 8 and 15
    0x4202: (0x0000,),
    0x4203: (0x0000,),
    0x4204: (0x0047,),
    0x4282: (0x0001,),
    0x4283: (0x05A0,),  # 1440 min
    0x4284: (0xFFC4,),  # -60 min
}
WORDS = {number + place: word for number, words in RAW.items() for place, word in enumerate(words)}


def serve(pdu: bytes) -> bytes:
    """Answer a read, never across a gap (manual: exception 0x02)."""
    function, address, count = struct.unpack(">BHH", pdu)
    numbers = range(address + 1, address + 1 + count)
    if function != 0x04 or count > 120 or not set(numbers) <= WORDS.keys():
        return bytes([function | 0x80, 2])
    return struct.pack(f">BB{count}H", function, 2 * count, *(WORDS[n] for n in numbers))


async def test_measures_come_from_their_registers_in_physical_units() -> None:
    async with ModbusPeer(serve) as peer, client("modbus", peer.port) as meter:
        measures = (await meter.read_live()).measures
    assert measures.energy_imported == pytest.approx(5_000_000.013, abs=1e-6)
    assert measures.cycle_energy_imported == pytest.approx(100.003)
    assert measures.energy_exported == pytest.approx(131.079)
    assert measures.cycle_energy_exported == pytest.approx(8.001)
    assert measures.energy_exchanged == pytest.approx(5_000_131.092, abs=1e-6)
    assert measures.temperature_i1 == pytest.approx(-12.3)
    assert measures.temperature_i2 == pytest.approx(56.7)
    assert measures.voltage == pytest.approx(1000.07)
    assert measures.current == pytest.approx(600.0007)
    assert measures.power == pytest.approx(-600.019)
    assert measures.sampled_at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)


async def test_a_meter_that_has_not_sampled_yet_has_no_time_of_the_last_sample() -> None:
    def unsampled(pdu: bytes) -> bytes:
        answer = serve(pdu)
        address, count = struct.unpack(">HH", pdu[1:])
        # 0x0208 and 0x0209 are the last two words of the fast block.
        return answer[:-4] + bytes(4) if (address, count) == (0x01FF, 10) else answer

    async with ModbusPeer(unsampled) as peer, client("modbus", peer.port) as meter:
        measures = (await meter.read_live()).measures
    assert measures.sampled_at is None
    assert measures.voltage == pytest.approx(1000.07)


async def test_states_keep_what_the_manual_does_not_know() -> None:
    async with ModbusPeer(serve) as peer, client("modbus", peer.port) as meter:
        status = await meter.read_status()
    assert status.measurement == 7
    assert not status.measurement.known
    assert not status.measurement.charging
    assert status.signature == 0x812A
    assert SignatureStatus.ERROR | SignatureStatus.TIMESTAMP_SYNCHRONISED in status.signature
    assert SignatureStatus.IN_PROGRESS not in status.signature
    assert status.errors.names == (
        "dword 1 bit 5",
        "ECDSA_SIGN",
        "ECDSA_VERIFY_SIGN",
        "DMED_FRAME",
        "dword 2 bit 31",
    )


async def test_housekeeping_comes_from_its_registers() -> None:
    async with ModbusPeer(serve) as peer, client("modbus", peer.port) as meter:
        assert isinstance(meter, ModbusMeter)
        assert (await meter.read_housekeeping()).hours_total is None
        meter.hours.unit = 3600
        counters = await meter.read_housekeeping()
    assert counters.hours_total == 65_538
    assert counters.hours_working == 12_345
    assert counters.logbook.records_maximum == 500
    assert counters.logbook.records_saved == 7
    assert counters.settings == Settings(
        time_offset=-60, sync_timeout=1440, signature_format=SignatureFormat.BASE64
    )
    assert counters.system == SystemStatus(measure_checksum="17210048")
    assert counters.clock_drift is not None
    now = datetime.now(UTC).timestamp()
    assert counters.clock_drift == pytest.approx(1_760_000_000 - now, abs=2)


def reads(server: ModbusTcpServer) -> list[tuple[int, int, int]]:
    """Return function, the manual's register and the count of each request."""
    requests = [struct.unpack(">BHH", pdu) for pdu in server.requests]
    return [(function, address + 1, count) for function, address, count in requests]


async def test_a_live_poll_takes_four_requests_of_documented_registers(
    modbus_meter: ModbusMeter, modbus_server: ModbusTcpServer
) -> None:
    await modbus_meter.read_live()
    assert reads(modbus_server) == [
        (0x04, 0x0002, 32),  # measures
        (0x04, 0x0200, 10),  # measures refreshed every 100 ms
        (0x04, 0x4000, 4),  # error dwords
        (0x04, 0x4200, 3),  # status words
    ]


async def test_housekeeping_takes_six_requests_of_documented_registers(
    modbus_meter: ModbusMeter, modbus_server: ModbusTcpServer
) -> None:
    await modbus_meter.read_housekeeping()
    assert reads(modbus_server) == [
        (0x04, 0x0030, 8),  # hour counters
        (0x04, 0x0208, 2),  # date-time of the last sample
        (0x04, 0x020D, 2),  # metrological events
        (0x04, 0x0220, 2),  # OCMF records
        (0x04, 0x4282, 3),  # settings
        (0x04, 0x4004, 2),  # checksum
    ]


async def test_identifying_asks_for_the_slave_id_and_both_forms_of_the_key(
    modbus_meter: ModbusMeter, modbus_server: ModbusTcpServer
) -> None:
    await modbus_meter.identify()
    assert modbus_server.requests.pop(0) == b"\x11"
    assert reads(modbus_server) == [(0x04, 0x4600, 32), (0x04, 0x4F20, 48)]


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        (Command.BEGIN, "06 42 7f 00 42"),
        (Command.READ, "06 42 7f 00 43"),
        (Command.END, "06 42 7f 00 45"),
        (Command.BEGIN_AND_END, "06 42 7f 00 72"),
        (Command.RESET_ERRORS, "06 42 7f 00 ff"),
    ],
)
async def test_a_command_is_one_word_to_0x4280(command: Command, frame: str) -> None:
    # Manual: command word; the address on the wire is the number minus one.
    async with ModbusPeer(lambda pdu: pdu) as peer, client("modbus", peer.port) as meter:
        await meter.send(command)
    assert [pdu.hex(" ") for pdu in peer.requests] == [frame]


async def test_the_clock_is_two_words_to_0x4080(
    modbus_meter: ModbusMeter, modbus_server: ModbusTcpServer, simulated: SimulatedMeter
) -> None:
    # Manual: date and time synchronisation, written with 0x10, high word first.
    await modbus_meter.write_clock(datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC))
    assert modbus_server.requests == [bytes.fromhex("10 407f 0002 04 68e7 7800")]
    assert simulated.synchronised


@pytest.mark.parametrize("length", [1, 2, 239, 240, 241, 480, 1023])
async def test_a_prototype_is_written_in_pieces_and_then_its_length(length: int) -> None:
    # Manual: input message, at most 120 registers in one message, then its length with 0x06.
    text = bytes(range(32, 127)) * 11
    text = text[:length]
    async with (
        ModbusPeer(lambda pdu: pdu[:5]) as peer,
        client("modbus", peer.port) as meter,
    ):
        await meter.write_prototype(text)
    *pieces, last = peer.requests
    assert last == struct.pack(">BHH", 0x06, 0x4280, length)
    address = 0x49FF
    written = b""
    for piece in pieces:
        function, start, count, size = struct.unpack(">BHHB", piece[:6])
        assert (function, start, size) == (0x10, address, 2 * count)
        assert len(piece) == 6 + size
        assert count <= 120
        address += count
        written += piece[6:]
    assert written == text + b"\0" * (length % 2)
    assert len(pieces) == -(-length // 240)


async def test_the_display_is_switched_and_turned_to_a_page(
    modbus_meter: ModbusMeter, modbus_server: ModbusTcpServer, simulated: SimulatedMeter
) -> None:
    # Manual: display pages, 13 last discharge cycle energy.
    await modbus_meter.switch_display(on=False)
    await modbus_meter.show_page(DisplayPage.CYCLE_EXPORTED_ENERGY)
    assert [pdu.hex(" ") for pdu in modbus_server.requests] == ["06 4f 0f 00 00", "06 4f 10 00 0d"]
    assert not simulated.display_on
    assert simulated.display_page == 13
    await modbus_meter.switch_display(on=True)
    assert simulated.display_on


def test_features_are_what_only_modbus_has() -> None:
    assert ModbusMeter.features == Feature.EXCHANGED_ENERGY | Feature.HOUR_COUNTERS | (
        Feature.SAMPLE_TIME
    )


async def test_a_known_state_of_each_number() -> None:
    # Manual: measurement status.
    assert [MeasurementStatus(n).charging for n in range(5)] == [False, False, True, True, False]
