"""Explore a meter over each transport, save what it answers, and let the simulator answer it again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from custom_components.lovato_dmed4.dmed4 import links, repeating
from custom_components.lovato_dmed4.dmed4.errors import RefusedError
from custom_components.lovato_dmed4.dmed4.meter import Meter
from custom_components.lovato_dmed4.dmed4.model import Command, Identity
from custom_components.lovato_dmed4.examination import modbus
from simulator import (
    Command as Given,
    GatewayServer,
    ManualClock,
    ModbusFault,
    ModbusTcpServer,
    Pty,
    RemoteDisplay,
    ReplayedMeter,
    RestFault,
    RestServer,
    SerialOverTcpServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from simulator.servers import ModbusServer
from tests.dmed4.helpers import client
from tests.driven_time import drive_meters
from tools.explorer.__main__ import explore, main, parse_arguments

UNIT = 8
UNIT_ASKED = 1
PRIVATE = {
    "ID": "04A2B3C4D5E6F7",
    "TT": "Friends and family",
    "CI": "DE*ABC*E123",
    "GS": "Garage-77",
}
PROTOTYPE = (
    b'{"FV":"1.3","GI":"DMED4","GS":"Garage-77","PG":"T0","IS":true,"IL":"TRUSTED","IF":[],'
    b'"IT":"ISO14443","ID":"04A2B3C4D5E6F7","TT":"Friends and family","CI":"DE*ABC*E123"}'
)

type Server = ModbusServer | RestServer


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the file be written into a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
async def driven_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find out what does not answer without waiting for it."""
    drive_meters(monkeypatch)


@pytest.fixture
def pty() -> Iterator[Pty]:
    with open_pty() as pty:
        yield pty


@pytest.fixture
def meter() -> SimulatedMeter:
    """Make a meter whose time stands still, in the middle of its second charge."""
    clock = ManualClock(1_760_000_000.0)
    meter = SimulatedMeter(seed=5, clock=clock, signing_time=0, checking_time=0)
    for _ in range(2):
        meter.configure(datetime=int(clock.now()))
        meter.submit_prototype(PROTOTYPE)
        meter.update()
        meter.command(Given.BEGIN)
        clock.advance(600)
        meter.update()
        meter.command(Given.INTERMEDIATE)
        meter.update()
        if meter.record_log.entries[-1].progressive < 3:
            meter.command(Given.END)
            clock.advance(60)
            meter.update()
    meter.set_error(1, 3)
    return meter


@pytest.fixture(
    params=[
        "rest",
        "rest with TLS",
        "rest behind a display",
        "modbus tcp",
        "gateway",
        "rtu over tcp",
        "ascii over tcp",
        "rtu",
        "ascii",
    ]
)
def place(
    request: pytest.FixtureRequest, meter: SimulatedMeter, pty: Pty
) -> tuple[Server, list[str]]:
    """A meter's server, and how the explorer is told of it, but for the port."""
    units = {UNIT: meter}
    unit = ["--unit", str(UNIT)]
    serial = ["modbus-serial", pty.path, "--baudrate", "115200", *unit]
    places: dict[str, tuple[Server, list[str]]] = {
        "rest": (RestServer(meter), ["rest", "127.0.0.1"]),
        "rest with TLS": (RestServer(meter, tls=True), ["rest", "127.0.0.1", "--tls"]),
        "rest behind a display": (
            RestServer(RemoteDisplay("DMED4DC1", {3: meter})),
            ["rest", "127.0.0.1", "--channel", "3"],
        ),
        "modbus tcp": (
            ModbusTcpServer(meter, unit_id=UNIT, strict_unit=True),
            ["modbus-tcp", "127.0.0.1", *unit],
        ),
        "gateway": (
            GatewayServer(SimulatedMeter(seed=99, parameters={"P05_05": 1}), units),
            ["modbus-tcp", "127.0.0.1", *unit],
        ),
        "rtu over tcp": (
            SerialOverTcpServer(units, framing="rtu"),
            ["modbus-tcp", "127.0.0.1", "--framing", "rtu", *unit],
        ),
        "ascii over tcp": (
            SerialOverTcpServer(units, framing="ascii"),
            ["modbus-tcp", "127.0.0.1", "--framing", "ascii", *unit],
        ),
        "rtu": (SerialServer(units, pty, framing="rtu", baudrate=115200), serial),
        "ascii": (
            SerialServer(units, pty, framing="ascii", baudrate=115200),
            [*serial, "--framing", "ascii"],
        ),
    }
    return places[request.param]


def command_line(place: tuple[Server, list[str]], *more: str) -> list[str]:
    server, arguments = place
    port = [] if isinstance(server, SerialServer) else ["--port", str(getattr(server, "port", 0))]
    return [*arguments, *port, *more]


async def dump_of(place: tuple[Server, list[str]], folder: Path) -> dict[str, Any]:
    """Explore a meter; return what was saved."""
    file = folder / "dump.json"
    async with place[0]:
        assert await explore(parse_arguments(command_line(place, "--file", str(file))))
    dump: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return dump


@asynccontextmanager
async def replayed(dump: dict[str, Any]) -> AsyncIterator[Meter]:
    meter = ReplayedMeter(dump)
    server = RestServer(meter) if meter.transport == "rest" else ModbusTcpServer(meter)
    async with server, client(meter.transport, server.port) as found:
        yield found


@asynccontextmanager
async def directly(dump: dict[str, Any], meter: SimulatedMeter) -> AsyncIterator[Meter]:
    """Reach the meter itself, over the kind of transport that a dump has."""
    server = RestServer(meter) if dump["transport"] == "rest" else ModbusTcpServer(meter)
    async with server, client(dump["transport"], server.port) as found:
        yield found


def anonymous(identity: Identity) -> Identity:
    return replace(identity, serial_number=identity.serial_number and "10000000")


async def test_a_replay_says_what_the_meter_said(
    place: tuple[Server, list[str]], meter: SimulatedMeter, tmp_path: Path
) -> None:
    dump = await dump_of(place, tmp_path)
    async with directly(dump, meter) as original, replayed(dump) as replay:
        assert await replay.identify() == anonymous(await original.identify())
        live = await replay.read_live()
        assert live == await original.read_live()
        assert live.status.measurement.charging
        assert live.status.errors.names == ("JSON_VALUE",)
        assert live.measures.power
        first, second = [await m.read_housekeeping() for m in (replay, original)]
        assert replace(first, clock_drift=None) == replace(second, clock_drift=None)
        assert first.logbook.records_saved == len(meter.records)
        assert len(await replay.read_last_record()) == len(meter.records[-1])


async def test_nothing_in_a_dump_tells_who_charged(
    place: tuple[Server, list[str]], meter: SimulatedMeter, tmp_path: Path
) -> None:
    assert all(secret in meter.records[-1] for secret in PRIVATE.values())
    dump = await dump_of(place, tmp_path)
    text = json.dumps(dump)
    async with replayed(dump) as replay:
        text += (await replay.read_last_record()).decode()
    text += "".join(
        bytes.fromhex(entry["received"]).decode("latin-1")
        for entry in dump["exchanges"]
        if dump["transport"] == "modbus"
    )
    signature = json.loads(meter.records[-1].split("|")[2])["SD"]
    for secret in (*PRIVATE.values(), str(meter.serial_number), "127.0.0.1", signature, "/dev/"):
        assert secret not in text
    key = meter.public_key_raw
    assert key.decode("latin-1") in text or key.hex().upper() in text.replace(" ", "")
    size = f"The last record has {len(meter.records[-1])} bytes."
    assert dump["record"].startswith(f"{size} The signature is verified")
    assert set(dump["steps"].values()) == {"done", "not allowed"}


async def test_exploring_changes_nothing(
    place: tuple[Server, list[str]], meter: SimulatedMeter, tmp_path: Path
) -> None:
    server = place[0]
    await dump_of(place, tmp_path)
    if isinstance(server, RestServer):
        assert {method for method, _ in server.requests} == {"GET"}
    else:
        assert {pdu[0] for pdu in server.requests} == {0x04, 0x11}


async def test_a_replay_takes_no_writes(place: tuple[Server, list[str]], tmp_path: Path) -> None:
    async with replayed(await dump_of(place, tmp_path)) as replay:
        before = await replay.read_live()
        with pytest.raises(RefusedError):
            await replay.send(Command.END)
        with pytest.raises(RefusedError):
            await replay.write_prototype(b"{}")
        # Over Modbus a record has to be selected.
        if not isinstance(place[0], RestServer):
            with pytest.raises(RefusedError):
                await replay.logbook.read_record(1)
        assert await replay.read_live() == before


async def test_a_block_that_is_refused_is_read_in_pieces(
    meter: SimulatedMeter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Firmware without some of the registers is what a report may be about."""
    server = ModbusTcpServer(meter)
    missing = range(0x0032, 0x0035)

    def touches(first: int, count: int) -> bool:
        return any(first + 1 <= register < first + 1 + count for register in missing)

    handle = server._line.answer

    async def answer(frame: Any) -> bytes | None:
        pdu = frame.pdu
        if pdu[0] == 0x04 and touches(int.from_bytes(pdu[1:3]), int.from_bytes(pdu[3:5])):
            return bytes([0x84, 2])
        return await handle(frame)

    server._line.answer = answer  # type: ignore[method-assign]
    file = tmp_path / "dump.json"
    place = server, ["modbus-tcp", "127.0.0.1"]
    async with server:
        complete = await explore(parse_arguments(command_line(place, "--file", str(file))))
    assert not complete
    assert "  0x0030 (exception 2)\n  0x0034 (exception 2)\n" in capsys.readouterr().out
    dump = json.loads(file.read_text(encoding="utf-8"))
    assert dump["missing"] == ["0x0030 (exception 2)", "0x0034 (exception 2)"]
    again = ReplayedMeter(dump)
    there = {
        register
        for register in range(0x0030, 0x0038)
        if again.answer(bytes([4]) + (register - 1).to_bytes(2) + b"\0\1") != b"\x84\x02"
    }
    assert {*range(0x0030, 0x0038)} - there == {*missing}
    async with replayed(dump) as replay:
        assert (await replay.identify()).public_key == meter.public_key_raw
        assert (await replay.read_housekeeping()).hours_total is None


async def test_an_answer_that_is_refused_is_named(
    meter: SimulatedMeter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = RestServer(meter)
    server.faults.inject(RestFault.NOT_IMPLEMENTED, only=lambda request: "/logbook/" in request)
    file = tmp_path / "dump.json"
    place = server, ["rest", "127.0.0.1"]
    async with server:
        arguments = parse_arguments(command_line(place, "--file", str(file)))
        assert not await explore(arguments)
        assert json.loads(file.read_text())["missing"] == ["v1/logbook/info (HTTP 501)"]
        assert "HTTP 501" in capsys.readouterr().out
        server.faults.clear()
        assert await explore(arguments)
    assert json.loads(file.read_text())["missing"] == []


@pytest.mark.parametrize("transport", ["rest", "modbus-tcp"])
async def test_silence_about_one_thing_does_not_hide_the_rest(
    meter: SimulatedMeter, tmp_path: Path, transport: str
) -> None:
    server: RestServer | ModbusTcpServer
    if transport == "rest":
        server = RestServer(meter)
        server.faults.inject(RestFault.SILENCE, only=lambda request: "/measure" in request)
    else:
        server = ModbusTcpServer(meter)
        server.faults.inject(ModbusFault.SILENCE, only=lambda frame: frame.pdu[1:3] == b"\x02\x0c")
    file = tmp_path / "dump.json"
    async with server:
        arguments = command_line((server, [transport, "127.0.0.1"]), "--file", str(file))
        assert not await explore(parse_arguments(arguments))
        dump = json.loads(file.read_text())
        assert dump["steps"]["answers" if transport == "rest" else "last record"] == "done"
        assert dump["steps"]["as the integration reads it"] == "no answer"
        assert dump["readings"]["frame"] == ["tight"]
        server.faults.clear()
        assert await explore(parse_arguments(arguments))


async def test_a_device_that_is_no_meter_is_still_captured(tmp_path: Path) -> None:
    file = tmp_path / "dump.json"
    async with ModbusTcpServer(RemoteDisplay("DMED4DC2")) as server:
        arguments = command_line((server, ["modbus-tcp", "127.0.0.1"]), "--file", str(file))
        assert not await explore(parse_arguments(arguments))
    dump = json.loads(file.read_text())
    assert dump["steps"]["as the integration reads it"] == "not a DMED4"
    assert any("11 " in entry["received"] for entry in dump["exchanges"])


async def test_the_report_is_in_physical_units(
    meter: SimulatedMeter, capsys: pytest.CaptureFixture[str]
) -> None:
    async with RestServer(meter) as server:
        await explore(parse_arguments(["rest", "127.0.0.1", "--port", str(server.port)]))
    out = capsys.readouterr().out
    sample = meter.physics.slow
    for line in (
        "serial number              " + str(meter.serial_number),
        f"voltage                    {sample.voltage / 100} V",
        f"energy imported            {sample.imported / 1000} kWh",
        "measurement                ACTIVE (2)",
        "signature                  0x802A CORRECT_JSON_RECEIVED|OK|TIMESTAMP_SYNCHRONISED|ERROR",
        "errors                     JSON_VALUE",
        "signature format           HEX (0)",
        "operative status           charging",
        f"{len(meter.records[-1])} bytes, signature valid (match)",
        "identification type        ISO14443",
    ):
        assert f"  {line}\n" in out
    assert not any(secret in out for secret in PRIVATE.values())


async def test_a_meter_without_a_key(tmp_path: Path) -> None:
    meter = SimulatedMeter(commissioned=False)
    dump = await dump_of((ModbusTcpServer(meter), ["modbus-tcp", "127.0.0.1"]), tmp_path)
    assert dump["record"] == "There is no last record."
    async with replayed(dump) as replay:
        assert (await replay.identify()).public_key is None


def test_nobody_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["modbus-tcp", "127.0.0.1", "--port", "1"]) == 1
    assert "scripts/explore: could not connect" in capsys.readouterr().err


def test_a_silent_meter_is_not_asked_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, meter: SimulatedMeter
) -> None:
    def steps() -> dict[str, str]:
        found: dict[str, str] = json.loads(Path("meter.json").read_text())["steps"]
        return found

    async def serve_and_explore() -> None:
        async with ModbusTcpServer(meter) as server:
            server.faults.inject(ModbusFault.SILENCE)
            arguments = ["modbus-tcp", "127.0.0.1", "--port", str(server.port)]
            with monkeypatch.context() as patch:
                patch.setattr(links, "REQUEST_TIMEOUT", 0.1)
                patch.setattr(repeating, "FIRST_ATTEMPTS", 1)
                patch.setattr(modbus, "PROBE_SECONDS", 0.1)
                assert await asyncio.to_thread(main, arguments) == 1
            # One for each node number, one over the link, and one for the report.
            assert len(server.requests) == len({UNIT_ASKED, 0, 1, 255}) + 2
            assert (steps()["model"], steps()["registers"]) == ("no answer", "not reached")
            server.faults.clear()
            assert await asyncio.to_thread(main, arguments) == 0

    asyncio.run(serve_and_explore())
    assert "scripts/explore: " in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["rest"], ["modbus-serial", "x", "--baudrate", "1"]])
def test_mistakes_on_the_command_line(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2


# Runs the explorer as where there is no Home Assistant.
ALONE = """
import runpy, sys
sys.modules["homeassistant"] = None
runpy.run_module("tools.explorer", run_name="__main__", alter_sys=True)
assert "voluptuous" not in sys.modules
"""


async def test_no_home_assistant_is_needed(meter: SimulatedMeter, tmp_path: Path) -> None:
    async with ModbusTcpServer(meter) as server:
        place = server, ["modbus-tcp", "127.0.0.1"]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", ALONE),
            *command_line(place, "--file", str(tmp_path / "meter.json")),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert "signature valid (match)" in out.decode()
