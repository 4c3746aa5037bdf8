"""The explorer says which readings of the manual a meter follows."""

import json
from pathlib import Path

import pytest

from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from tools.explorer.__main__ import explore, parse_arguments


@pytest.mark.parametrize(
    ("way", "readings", "sentence"),
    [
        ("rest", {}, "nothing stands around the JSON of an answer"),
        ("rest", {"answer_padding": "nul"}, "answers end in a NUL"),
        ("rest", {"answer_padding": "bom"}, "answers begin with a byte order mark"),
        ("rest", {"measure_scale": "physical"}, "given themselves, with a decimal point"),
        ("rest", {"keys": "raw"}, "public_key_ocmf is missing"),
        ("rest", {"key_text": "colons"}, "public_key is not written in hexadecimal digits"),
        ("rest", {"ocmf_text": "unescaped"}, "The meter does not escape the quotes of a record"),
        ("modbus-tcp", {"registers": "no_hours"}, "The meter refuses register 0x0030"),
        ("modbus-tcp", {"output": "payload"}, "its records without their signature"),
        ("rest", {"serial_number": "text"}, "the serial number is a str"),
        ("modbus-tcp", {}, "the answer bears the node number that was asked"),
        ("modbus-tcp", {"node_answer": "own"}, "the meter's own node number"),
        ("modbus-tcp", {"sample_time": "local"}, "the time of the last sample is local time"),
    ],
)
async def test_a_reading_is_named_and_saved(
    way: str,
    readings: dict[str, str],
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    meter = SimulatedMeter(seed=1, time_offset=60, readings=readings)
    meter.fill_logbook(2)
    server = RestServer(meter) if way == "rest" else ModbusTcpServer(meter)
    file = tmp_path / "dump.json"
    async with server:
        line = [way, "127.0.0.1", "--port", str(server.port), "--dump", str(file)]
        await explore(parse_arguments(line))
    assert sentence in capsys.readouterr().out
    saved = json.loads(file.read_text(encoding="utf-8"))["findings"]
    assert any(sentence in reading for reading in saved["readings"])
    assert str(meter.serial_number) not in json.dumps(saved)
