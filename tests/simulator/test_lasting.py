"""A meter whose process ends at any moment and is started again."""

import asyncio
from decimal import Decimal
from pathlib import Path
import re
import subprocess
import sys

import pytest

from simulator import Command, LastingMeter, ManualClock
from simulator.__main__ import Stand
from simulator.logbook import EventCode

from .helpers import ModbusClient, give, prepare, prototype, verify


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "meter.json"


def start(memory: Path, clock: ManualClock) -> LastingMeter:
    """Start the meter; the one before is forgotten as it is, as by SIGKILL."""
    return LastingMeter(memory, seed=1, clock=clock)


def signed(meter: LastingMeter) -> list[str]:
    """Return what each of the records was made for; all of them are good."""
    payloads = [verify(record, meter.public_key) for record in meter.records]
    assert [payload["PG"] for payload in payloads] == [
        f"T{number}" for number in range(1, len(payloads) + 1)
    ]
    return [payload["RD"][3]["TX"] for payload in payloads]


def test_a_new_meter_has_nothing(memory: Path, clock: ManualClock) -> None:
    meter = start(memory, clock)
    assert (meter.records, meter.measurement_status) == ([], 0)
    assert [event.code for event in meter.event_log.entries] == [EventCode.POWER_UP]


def test_between_charges(memory: Path, clock: ManualClock) -> None:
    meter = start(memory, clock)
    prepare(meter, clock)
    give(meter, clock, "B")
    clock.advance(60)
    give(meter, clock, "C", "E")
    again = start(memory, clock)
    assert again.records == meter.records
    assert again.measurement_status == 0
    before, now = meter.physics.fast, again.physics.fast
    assert (now.imported, now.exported) == (before.imported, before.exported)
    assert now.cycle_imported == before.cycle_imported > 0
    assert again.event_log.entries[-1].code is EventCode.POWER_FAILURE
    prepare(again, clock)
    give(again, clock, "B", "E")
    assert signed(again) == ["B", "C", "E", "B", "E"]


def test_a_prepared_cycle_is_dropped(memory: Path, clock: ManualClock) -> None:
    prepare(start(memory, clock), clock)
    meter = start(memory, clock)
    assert meter.measurement_status == 0
    prepare(meter, clock)
    give(meter, clock, "B")
    assert signed(meter) == ["B"]


def test_a_charge_goes_on_after_a_power_failure(memory: Path, clock: ManualClock) -> None:
    meter = start(memory, clock)
    prepare(meter, clock)
    give(meter, clock, "B")
    clock.advance(60)
    give(meter, clock, "C")
    meter = start(memory, clock)
    assert meter.measurement_status == 3
    clock.advance(60)
    give(meter, clock, "E")
    assert signed(meter) == ["B", "C", "P"]
    begin, intermediate, end = (verify(text, meter.public_key) for text in meter.records)
    assert begin["RD"][0] == intermediate["RD"][0] == end["RD"][0]
    cycle = [Decimal(str(payload["RD"][5]["RV"])) for payload in (begin, intermediate, end)]
    assert 0 == cycle[0] < cycle[1] < cycle[2]


@pytest.mark.parametrize("command", [Command.INTERMEDIATE, Command.END, Command.BEGIN_AND_END])
def test_a_signature_under_way_is_completed(
    memory: Path, clock: ManualClock, command: Command
) -> None:
    meter = start(memory, clock)
    meter.submit_prototype(prototype(ID="04A2B3C4"))
    clock.advance(1)
    meter.update()
    meter.command(Command.BEGIN)
    meter = start(memory, clock)
    assert signed(meter) == ["B"]
    meter.command(command)
    assert len(meter.records) == 1
    meter = start(memory, clock)
    assert signed(meter) == ["B", "C" if command is Command.INTERMEDIATE else "P"]
    assert meter.record_log.entries[-1].identification == "04A2B3C4"
    # It is complete now, and not once more the next time.
    assert signed(start(memory, clock)) == signed(meter)


async def charge_and_kill(memory: Path, command: str) -> None:
    """Command the second of two meters, and end their process before the signature is done."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulator", "--both", "0:0", "--modbus-tcp", "0"),
        *("--memory", str(memory)),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        lines = [(await process.stdout.readline()).decode() for _ in range(2)]
        found = re.search(r"Modbus TCP 127\.0\.0\.1:(\d+)", lines[1])
        assert found
        async with ModbusClient(int(found[1])) as modbus:
            if command == "B":
                await modbus.write_text(0x4A00, prototype())
                await modbus.write(0x4281, len(prototype()))
                await asyncio.sleep(0.1)  # twice the time that the check takes
            await modbus.write(0x4280, ord(command))
    finally:
        process.kill()
        await process.wait()


async def test_the_command_line_starts_meters_that_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in "BCE":
        await charge_and_kill(tmp_path, command)
    meter = LastingMeter(tmp_path / "meter-2.json", seed=2)
    assert signed(meter) == ["B", "C", "P"]
    async with Stand(host="127.0.0.1", model="DMED404R0600", seed=2, memory=tmp_path) as stand:
        await stand.meter(modbus=0)
        found = re.search(r"Modbus TCP 127\.0\.0\.1:(\d+)", capsys.readouterr().out)
        assert found
        async with ModbusClient(int(found[1])) as modbus:
            assert await modbus.number(0x4202) == len(meter.records[-1])
