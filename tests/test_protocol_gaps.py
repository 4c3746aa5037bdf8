"""Rows of docs/protocol-coverage.md that no other test would catch a mistake in."""

import pytest

from custom_components.lovato_dmed4.dmed4.display import ViewerPage
from custom_components.lovato_dmed4.dmed4.model import (
    DisplayPage,
    OperativeStatus,
    SignatureStatus,
    SystemCode,
)
from custom_components.lovato_dmed4.dmed4.parameters import meaning
from simulator import Command, ManualClock, SimulatedMeter
from simulator.boards import BOARD_BITS, FATAL_ERRORS
from simulator.meter import COUNTER_SIZE
from simulator.parameters import PARAMETER_NAMES

from .dmed4.helpers import offered, reached, until


def test_a_page_of_the_display_has_the_manual_s_number() -> None:
    # Manual: display pages.
    assert {int(page): page.name for page in DisplayPage} == {
        1: "TOTAL_IMPORTED_ENERGY",
        2: "CYCLE_IMPORTED_ENERGY",
        3: "VOLTAGE",
        4: "CURRENT",
        5: "POWER",
        6: "DATE",
        7: "TIME",
        8: "TEMPERATURE_I1",
        9: "TEMPERATURE_I2",
        10: "TOTAL_HOURS",
        11: "WORKING_HOURS",
        12: "TOTAL_EXPORTED_ENERGY",
        13: "CYCLE_EXPORTED_ENERGY",
    }


def test_a_page_of_a_remote_display_has_the_manual_s_number() -> None:
    # Manual: 1 to 4 main page of meter 1 to 4, 5 to 8 custom page of meter 1 to 4.
    main, custom = (f"{kind}_METER_" for kind in ("MAIN", "CUSTOM"))
    expected = {n: f"{main}{n}" for n in range(1, 5)} | {n + 4: f"{custom}{n}" for n in range(1, 5)}
    assert {int(page): page.name for page in ViewerPage} == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((f"P02_0{n}", ("off", "on")) for n in range(1, 5)),
        ("P02_05", ("°C", "°F")),
        ("P03_01", ("off", "on")),
        (
            "P04_02",
            tuple(f"{baud} bps" for baud in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)),
        ),
        (
            "P04_03",
            ("8 bits, none", "8 bits, odd", "8 bits, even", "7 bits, odd", "7 bits, even"),
        ),
        ("P04_05", ("RTU", "ASCII")),
        ("P04_06", ("off", "on")),
        ("P05_05", ("slave", "gateway")),
        ("P05_10", ("RTU", "TCP")),
        ("P05_11", ("off", "on")),
        ("P06_01", ("hexadecimal", "base64")),
        *((name, ()) for name in ("P01_01", "P03_02", "P04_01", "P04_04", "P05_03", "P06_02")),
    ],
)
def test_every_known_value_of_a_parameter_has_its_meaning(
    name: str, words: tuple[str, ...]
) -> None:
    # Manual: parameters setup.
    assert tuple(meaning(name, value) for value in range(len(words) + 1)) == (*words, None)


@pytest.mark.parametrize("transport", ["modbus", "rest"])
async def test_no_parameter_is_taken_for_another(transport: str) -> None:
    simulated = SimulatedMeter()
    values = simulated.parameters._saved
    async with reached(simulated, transport) as meter:
        if transport == "rest":
            await offered(meter.commissioning).log_in("1000")
        # After five rounds each of the 27 has had a sequence of zeros and ones of its own.
        for bit in range(5):
            values.update({name: n >> bit & 1 for n, name in enumerate(PARAMETER_NAMES)})
            assert await meter.parameters.read() == values


@pytest.mark.parametrize("table_spelling", [False, True], ids=["schema", "table"])
async def test_every_bit_of_the_boards_is_told_by_its_name(*, table_spelling: bool) -> None:
    # Manual: v1/system_status; a bit that one of the two lists lacks is not told in it.
    readings = {"system_names": "tables" if table_spelling else "schema"}
    simulated = SimulatedMeter(readings=readings)
    lacking = {"mac_err"} if table_spelling else {"board_2 hw_test_ongoing"}
    async with reached(simulated, "rest") as meter:
        for board, bits in BOARD_BITS.items():
            for bit in bits:
                simulated.set_board_bit(board, bit)
                status = await meter.read_system()
                simulated.set_board_bit(board, bit, on=False)
                told = (status.board_1_errors, status.board_2_errors)
                expected = () if lacking & {bit, f"{board} {bit}"} else (bit,)
                assert told == ((expected, ()) if board == "board_1" else ((), expected))
        assert (await meter.read_system()).board_2_errors == ()


async def test_every_fatal_error_is_told_by_its_number() -> None:
    simulated = SimulatedMeter()
    async with reached(simulated, "rest") as meter:
        for number in FATAL_ERRORS:
            simulated.set_fatal(number)
            assert (await meter.read_system()).fatal_errors == (number,)
            simulated.set_fatal(number, on=False)
        assert (await meter.read_system()).fatal_errors == ()


def test_every_system_status_has_its_name() -> None:
    # Manual: v1/system_status.
    assert {int(code): code.name for code in SystemCode} == {
        0: "OK",
        1: "MEASURE_BOARD_ERROR",
        10: "COMMUNICATION_BOARD_ERROR",
        11: "BOARDS_NOT_COMMUNICATING",
        22: "HARDWARE_TEST",
    }


async def test_the_operative_status_follows_the_meter() -> None:
    simulated = SimulatedMeter(signing_time=0, checking_time=0)
    async with reached(simulated, "rest") as meter:
        assert (await meter.read_system()).operative_status is OperativeStatus.READY
        simulated.submit_prototype(b'{"FV":"1.1","PG":"T0","IS":false,"IT":"NONE"}')
        await until(lambda: simulated.measurement_status == 1)
        simulated.command(Command.BEGIN)
        assert (await meter.read_system()).operative_status is OperativeStatus.CHARGING
        await until(lambda: bool(simulated.records))
        simulated.command(Command.END)
        simulated.operating = True
        assert (await meter.read_system()).operative_status is OperativeStatus.OPERATING


@pytest.mark.parametrize("transport", ["modbus", "rest"])
async def test_a_roll_over_is_told_and_ends_with_the_next_charge(transport: str) -> None:
    # Manual: digital signature status, bit 6; the counter shows up to 99999999.999 kWh.
    clock = ManualClock()
    simulated = SimulatedMeter(
        clock=clock, total_imported=COUNTER_SIZE - 1000, signing_time=0, checking_time=0
    )

    def begin() -> None:
        simulated.submit_prototype(b'{"FV":"1.1","PG":"T0","IS":false,"IT":"NONE"}')
        assert simulated.measurement_status == 1
        simulated.command(Command.BEGIN)

    async with reached(simulated, transport) as meter:
        begin()
        assert SignatureStatus.METER_ROLL_OVER not in (await meter.read_status()).signature
        clock.advance(1800)
        live = await meter.read_live()
        assert SignatureStatus.METER_ROLL_OVER in live.status.signature
        assert live.measures.energy_imported is not None
        assert live.measures.energy_imported < 1000
        simulated.command(Command.END)
        simulated.update()
        begin()
        assert SignatureStatus.METER_ROLL_OVER not in (await meter.read_status()).signature
