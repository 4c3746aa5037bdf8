"""The command line: `python -m simulator`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
import hashlib
import json
import os
from pathlib import Path
import re
import signal
import socket
import subprocess
import sys

from aiohttp import ClientSession
import pytest

from simulator.__main__ import main, parse, serve

from .helpers import ModbusClient

pytestmark = pytest.mark.usefixtures("socket_enabled")

COMMAND = [sys.executable, "-m", "simulator"]
LINE = re.compile(
    r"(?P<model>\w+) serial (?P<serial>\d{8})"
    r"(?: REST http://127\.0\.0\.1:(?P<rest>\d+))?"
    r"(?: Modbus TCP 127\.0\.0\.1:(?P<modbus>\d+) unit 1)?"
    r" fingerprint (?P<fingerprint>[0-9a-f]{16}) public key (?P<key>3059[0-9a-f]{178})\n"
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_several_meters(number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *("--rest", "0", "--rest", "0", "--modbus-tcp", "0", "--both", "0:0"),
        *("--model", "DMED404D0150", "--seed", "3"),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        meters = []
        for _ in range(4):
            line = LINE.fullmatch((await process.stdout.readline()).decode())
            assert line
            meters.append(line)
        assert [bool(m["rest"]) for m in meters] == [True, True, False, True]
        assert [bool(m["modbus"]) for m in meters] == [False, False, True, True]
        assert len({m["serial"] for m in meters}) == len({m["key"] for m in meters}) == 4
        assert {m["model"] for m in meters} == {"DMED404D0150"}
        both = meters[3]
        key = bytes.fromhex(both["key"])
        assert hashlib.sha256(key).hexdigest().startswith(both["fingerprint"])
        async with ModbusClient(int(both["modbus"])) as modbus:
            assert (await modbus.read(0x4F20, 48))[:91] == key
        async with (
            ClientSession() as session,
            session.get(f"http://127.0.0.1:{both['rest']}/v1/system_status") as response,
        ):
            assert (await response.json())["serial_number"] == int(both["serial"])
        process.send_signal(number)
        assert await process.wait() == 0
    finally:
        with suppress(ProcessLookupError):
            process.kill()


async def lines_of(
    capsys: pytest.CaptureFixture[str], *argv: str, number: int
) -> AsyncIterator[list[str]]:
    """Serve until the test has seen so many lines and is done with them."""
    serving = asyncio.create_task(serve(parse(argv)))
    output = ""
    while output.count("\n") < number:
        if serving.done():
            await serving
        await asyncio.sleep(0.001)
        output += capsys.readouterr().out
    yield output.splitlines()
    os.kill(os.getpid(), signal.SIGTERM)
    await serving


async def test_serve(capsys: pytest.CaptureFixture[str]) -> None:
    async for lines in lines_of(capsys, "--rest", "0", "--modbus-tcp", "0", number=2):
        assert all(LINE.fullmatch(line + "\n") for line in lines)


async def test_all_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    options = "--rtu pty --ascii pty --rtu-tcp 0 --ascii-tcp 0 --gateway 0 --rest-tls 0 --dc1 0:0"
    async for lines in lines_of(capsys, *options.split(), number=11):
        meter = r"DMED404R0600 serial \d{8} "
        key = r" fingerprint [0-9a-f]{16} public key 3059[0-9a-f]{178}"
        at = r"127\.0\.0\.1:\d+"
        for line, pattern in zip(
            lines,
            [
                rf"{meter}REST https://{at} certificate [0-9a-f]{{64}}{key}",
                rf"{meter}Modbus RTU /dev/\S+ unit 1{key}",
                rf"{meter}Modbus ASCII /dev/\S+ unit 1{key}",
                rf"{meter}Modbus RTU over TCP {at} unit 1{key}",
                rf"{meter}Modbus ASCII over TCP {at} unit 1{key}",
                *(rf"{meter}Modbus TCP gateway {at} unit {unit}{key}" for unit in (1, 2, 3)),
                rf"DMED4DC1 REST http://{at} Modbus TCP {at} unit 1",
                *(rf"{meter}REST http://{at} channel {channel}{key}" for channel in (1, 2)),
            ],
            strict=True,
        ):
            assert re.fullmatch(pattern, line), line
        gateway = re.search(r":(\d+) unit 3 .* public key (\w+)", lines[7])
        assert gateway
        async with ModbusClient(int(gateway[1]), 3) as modbus:
            assert (await modbus.read(0x4F20, 48))[:91] == bytes.fromhex(gateway[2])


async def test_replay(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    web, modbus = tmp_path / "web.json", tmp_path / "modbus.json"
    page = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + '{"voltage": 4}'
    asked = {"sent": "GET /v1/measure HTTP/1.1\r\n\r\n", "received": page}
    web.write_text(json.dumps({"format": 2, "transport": "rest", "exchanges": [asked]}))
    read = {
        "sent": "00 07 00 00 00 06 01 04 01 FF 00 02",
        "received": "00 07 00 00 00 07 01 04 04 00 00 0F A0",
    }
    line = {"format": 2, "transport": "modbus", "framing": "tcp", "unit": 1, "exchanges": [read]}
    modbus.write_text(json.dumps(line))
    options = ("--replay", str(web), "--replay", str(modbus))
    async for lines in lines_of(capsys, *options, number=2):
        found = re.fullmatch(rf"replay of {web} REST (http://127\.0\.0\.1:\d+)", lines[0])
        assert found
        async with ClientSession() as session, session.get(f"{found[1]}/v1/measure") as response:
            assert await response.json() == {"voltage": 4}
        found = re.fullmatch(rf"replay of {modbus} Modbus TCP 127\.0\.0\.1:(\d+) unit 1", lines[1])
        assert found
        async with ModbusClient(int(found[1])) as client:
            assert await client.read(0x0200, 2) == b"\0\0\x0f\xa0"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1, "transport": "rest"}'])
def test_replay_of_something_else(
    content: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "dump.json"
    file.write_text(content)
    assert main(["--replay", str(file)]) == 1
    assert "python -m simulator: " in capsys.readouterr().err


def test_a_meter_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([])
    assert exit_.value.code == 2
    assert "--modbus-tcp" in capsys.readouterr().err


@pytest.mark.parametrize("ports", ["8080", "a:b"])
def test_bad_pair_of_ports(ports: str) -> None:
    with pytest.raises(SystemExit):
        main(["--both", ports])


def test_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["--rest", str(taken.getsockname()[1])]) == 1
    assert "address already in use" in capsys.readouterr().err


def test_no_such_port(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rtu", "/dev/no-such-port"]) == 1
    assert "/dev/no-such-port" in capsys.readouterr().err
