"""docs/protocol-coverage.md: no row of the manual is missing, none is made up, all it names exists.

What rows there are is asked of the simulator, which was written from the manual without a look at
the integration; what the simulator can't be asked stands below, as the manual has it.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

import aiohttp
import pytest
import yaml

from simulator import (
    DISPLAY_MODELS,
    MODELS,
    ManualClock,
    RemoteDisplay,
    RestServer,
    SimulatedMeter,
    handle_pdu,
    login,
    modbus,
    parameters,
    registers,
    rest,
    rest_api,
    servers,
)
from simulator.display import DISPLAY_REGISTERS
from simulator.faults import RestFault
from simulator.framing import FramingName
from simulator.meter import (
    _DISPLAY_PAGES,
    _SIGNING_ERRORS,
    Command,
    MeasurementStatus,
    SignatureStatus,
)
from simulator.prototype import JsonError

ROOT = Path(__file__).parent.parent
INTEGRATION = ROOT / "custom_components" / "lovato_dmed4"
DOCUMENT = ROOT / "docs" / "protocol-coverage.md"
BEYOND = "## Beyond the manual"

# A row that nobody meets says why.
NOT_MET = ("not used: ", "not offered: ")

TOKEN = re.compile(r"`([^`]+)`")

# What the simulator can't be asked, in the manual's words.
ERROR_BITS = {
    1: {
        9: "ELLIPTIC_CURVE_INIT",
        10: "PUBKEY_INIT",
        11: "PRIVKEY_INIT",
        12: "GENERATION_KEY_PAIR",
        13: "ECDSA_SIGN_STRUCT_INIT",
        14: "SHA_FAILED",
        15: "ECDSA_SIGN",
        16: "ECDSA_VERIFY_SIGN",
    },
    2: {0: "EEPROM_READ", 1: "DMED_COMM", 2: "DMED_FRAME"},
}
SLAVE_ID = (
    "model code",
    "firmware revision",
    "hardware revision",
    "parameter revision",
    "Ethernet firmware revision",
)
OTHERS = {
    "address",
    "CRC",
    "LRC",
    "node 0",
    "gateway",
    "commissioning complete",
    "P01.05",
    "192.168.1.1",
    "v1/<n>/",
    "0x4C01 bits 9-0",
    "GET v1/logbook/OCMF index_value",
    "GET v1/logbook/events index_value",
    *(f"function 0x11 {part}" for part in SLAVE_ID),
    *(f"system_status {code}" for code in (0, 1, 10, 11, 22)),
    "signature_format 0",
    "signature_format 1",
    *(f"step {number}" for number in range(1, 7)),
}
FIXED_FIELDS = (
    b'{"FV":"1.1","GI":"DMED4","GS":"1","PG":"T1","IS":true,"IL":"TRUSTED",'
    b'"IF":["RFID_PLAIN"],"IT":"ISO14443","ID":"1A2B","TT":"0.49"}'
)


@dataclass(frozen=True)
class Line:
    """A line of one of the tables: the manual's rows, where a user meets them, what tests them."""

    rows: tuple[str, ...]
    where: str
    tests: tuple[str, ...]


def read_lines(text: str) -> list[Line]:
    lines = []
    for line in text.partition(BEYOND)[0].splitlines():
        if line.startswith("| `"):
            rows, _, where, tests = (cell.strip() for cell in line.strip("| ").split(" | "))
            lines.append(Line(tuple(TOKEN.findall(rows)), where, tuple(TOKEN.findall(tests))))
    return lines


TEXT = DOCUMENT.read_text(encoding="utf-8")
LINES = read_lines(TEXT)
BEYOND_TOKENS = TOKEN.findall(TEXT.partition(BEYOND)[2])


# --- what rows there are ------------------------------------------------------------------------


def register_rows() -> Iterator[str]:
    tables: tuple[registers.RegisterTable[Any], ...] = (
        registers.METER_REGISTERS,
        *DISPLAY_REGISTERS.values(),
    )
    for table in tables:
        for register in table._registers.values():
            if register.read is not None:
                yield f"0x{register.number:04X}"
            if register.functions:
                yield f"write 0x{register.number:04X}"
    flags = (registers._IN_PROGRESS, registers._DATA_READY, registers._DOWNLOAD_DONE)
    yield from (f"0x4C01 bit {flag.bit_length() - 1}" for flag in flags)


def modbus_rows() -> Iterator[str]:
    for function in range(1, 0x80):
        answer = handle_pdu(SimulatedMeter(), bytes([function, 0, 0, 0, 1]))
        if answer is not None and answer != bytes([function | 0x80, 1]):
            yield f"function 0x{function:02X}"
    for code in (
        modbus._FUNCTION_NOT_VALID,
        modbus._ADDRESS_NOT_VALID,
        modbus._OUT_OF_RANGE,
        modbus._OPERATION_NOT_VALID,
        modbus.BUSY,
    ):
        yield f"exception 0x{code:02X}"
    yield from (f"framing {name}" for name in FramingName.__value__.__args__)
    yield f"{modbus.MAX_REGISTERS} registers"
    yield f"{servers.MAX_CONNECTIONS} connections"
    yield from (f"{model.name} 0x{model.slave_id:02X}" for model in MODELS.values())
    yield from (f"{model.name} 0x{model.slave_id:02X}" for model in DISPLAY_MODELS.values())


def state_rows() -> Iterator[str]:
    for status in MeasurementStatus:
        yield f"measurement status {status} {status.name}"
    for bit in SignatureStatus:
        yield f"signature status bit {bit.bit_length() - 1} {bit.name}"
    for error in JsonError:
        yield f"dword 1 bit {error.bit_length() - 1} JSON_{error.name}"
    for dword, names in ERROR_BITS.items():
        yield from (f"dword {dword} bit {bit} {name}" for bit, name in names.items())
    yield from (f"command {command}" for command in (*Command, rest_api._RESET_ERRORS))
    yield f"command 0x{registers._RESET_ERRORS:04X}"
    meter = SimulatedMeter()
    yield f"operative_status {meter.operative_status}"
    meter.operating = True
    yield f"operative_status {meter.operative_status}"
    meter._measurement_status = MeasurementStatus.ACTIVE
    yield f"operative_status {meter.operative_status}"


def other_rows() -> Iterator[str]:
    yield from OTHERS
    yield from parameters.PARAMETER_NAMES
    yield from (f"page {page}" for page in range(1, _DISPLAY_PAGES + 1))
    for display in DISPLAY_MODELS.values():
        yield from (f"viewer page {page}" for page in display.pages(5))
    yield f"{login.ATTEMPTS} wrong passwords"
    yield f"{login.LOCK_TIME // 60} minutes"
    for fault in (RestFault.BAD_REQUEST, RestFault.NOT_IMPLEMENTED):
        yield f"HTTP {rest._FAILURES[fault][0]}"
    for tls in (False, True):
        yield RestServer(SimulatedMeter(), tls=tls).url.partition(":")[0]


def record_rows(record: str) -> Iterator[str]:
    _, payload, signature = record.split("|")
    content = json.loads(payload)
    for name in (*content, *json.loads(signature)):
        yield f"OCMF {name}"
    yield from (f"OCMF RD.{name}" for name in content["RD"][0])


def charged(*, table_spelling: bool) -> SimulatedMeter:
    """Make a meter that has a record and is logged in."""
    clock = ManualClock()
    readings = {"system_names": "tables" if table_spelling else "schema"}
    meter = SimulatedMeter(clock=clock, readings=readings, signing_time=0, checking_time=0)
    meter.submit_prototype(FIXED_FIELDS)
    clock.advance(1)
    meter.update()
    for command in (Command.BEGIN, Command.END):
        meter.command(command)
        clock.advance(1)
        meter.update()
    meter.login.log_in("1000")
    return meter


def fields(answer: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in answer.items():
        if isinstance(value, dict):
            yield from fields(value, f"{before}{name}.")
            continue
        yield f"{before}{name}"
        if isinstance(value, str) and value.startswith("EVENT|"):
            yield from fields(json.loads(value.removeprefix("EVENT|")), f"{before}{name}.")


async def ask(
    session: aiohttp.ClientSession, method: str, url: str, **parameters: str
) -> tuple[int, str]:
    sent = {"json": parameters} if method == "POST" else {"params": parameters}
    async with session.request(method, url, **sent) as response:  # type: ignore[arg-type]
        return response.status, await response.text()


async def written(session: aiohttp.ClientSession, method: str, url: str) -> list[str]:
    """Ask for the parameters of a path by sending it one that there is not."""
    _, refusal = await ask(session, method, url, nonsense="1")
    found = re.fullmatch(r"parameters are (.*)", refusal)
    return found[1].split(", ") if found else []


async def path_rows(session: aiohttp.ClientSession, url: str, path: str) -> set[str]:
    """Ask what can be done with a path."""
    rows = set()
    for method in ("GET", "PUT", "POST"):
        position = {"index_type": "POS", "index_reference": "LAST"} if method == "GET" else {}
        status, body = await ask(session, method, f"{url}/{path}", **position)
        if status == 501:
            continue
        rows.add(f"{method} {path}")
        if method == "GET":
            rows |= {f"GET {path} {name}" for name in fields(json.loads(body))}
        else:
            names = await written(session, method, f"{url}/{path}")
            rows |= {f"{method} {path} {name}" for name in names}
    return rows


async def search_rows(session: aiohttp.ClientSession, url: str, path: str) -> set[str]:
    """Ask a logbook by what it can be searched."""
    rows = set()
    for query in ({}, {"index_type": "POS"}):
        _, refusal = await ask(session, "GET", f"{url}/{path}", **query)
        name, _, values = refusal.partition(" is ")
        rows |= {f"GET {path} {name}={value}" for value in re.findall(r"[A-Z_]{3,}", values)}
    return rows


async def rest_rows() -> set[str]:
    rows = set()
    async with aiohttp.ClientSession() as session:
        for table_spelling in (False, True):
            meter = charged(table_spelling=table_spelling)
            rows |= set(record_rows(meter.records[-1]))
            async with RestServer(meter) as server:
                for path in rest_api.MeterApi(meter)._calls:
                    rows |= await path_rows(session, server.url, path.strip("/"))
                for logbook in ("v1/logbook/OCMF", "v1/logbook/events"):
                    rows |= await search_rows(session, server.url, logbook)
        display = RemoteDisplay("DMED4DC1", {1: SimulatedMeter()})
        async with RestServer(display) as server:
            for path in ("v1/set_viewer_page", "v1/1/custom_string"):
                found = await path_rows(session, server.url, path)
                rows |= {row.replace("/1/", "/<n>/") for row in found}
    # The parameters have a chapter of their own, in which each stands once.
    return {re.sub(r"(GET|POST) v1/system_parameters (P.*)", r"\2", row) for row in rows}


async def wanted() -> set[str]:
    return {*register_rows(), *modbus_rows(), *state_rows(), *other_rows(), *await rest_rows()}


# --- what there is in the project ---------------------------------------------------------------

STRINGS: dict[str, Any] = json.loads((INTEGRATION / "strings.json").read_text(encoding="utf-8"))
ACTIONS: dict[str, Any] = yaml.safe_load((INTEGRATION / "services.yaml").read_text("utf-8"))


def fields_of_forms(flow: str) -> set[str]:
    return {
        name
        for step in STRINGS[flow]["step"].values()
        for part in (step, *step.get("sections", {}).values())
        for name in part.get("data", {})
    }


# Each of these stands in the document at least once.
PLACES = {
    *(f"{platform}.{key}" for platform, keys in STRINGS["entity"].items() for key in keys),
    *(f"action {name}" for name in ACTIONS),
    *(f"config {name}" for name in fields_of_forms("config")),
    *(f"option {name}" for name in fields_of_forms("options")),
    *(f"repair {key}" for key in STRINGS["issues"]),
}
# These may.
ACTION_FIELDS = {
    f"action {name}.{field}"
    for name, action in ACTIONS.items()
    for field in action.get("fields", {})
}


def names_in(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        found = node.body if isinstance(node, ast.ClassDef) else [node]
        before = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        for function in found:
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{file.relative_to(ROOT)}::{before}{function.name}"


@cache
def names_of_tests() -> set[str]:
    """Get the names of all tests; not before they are asked for, as each process collects."""
    return {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in names_in(file)
        if name.rpartition("::")[2].startswith("test_")
    }


def mistakes(lines: list[Line]) -> list[str]:
    """Tell what the lines name and there is not, and which of them do not say enough."""
    found = [
        f"{row} stands twice"
        for row, n in Counter(r for x in lines for r in x.rows).items()
        if n > 1
    ]
    for line in lines:
        places, not_met = TOKEN.findall(line.where), line.where.startswith(NOT_MET)
        found += [
            f"{place} does not exist" for place in places if place not in PLACES | ACTION_FIELDS
        ]
        found += [f"{test} does not exist" for test in line.tests if test not in names_of_tests()]
        if not line.where.strip("-"):
            found.append(f"{line.rows} is met nowhere, and no reason is given")
        if not (line.tests or not_met):
            found.append(f"{line.rows} has no test")
    return found


# --- the tests ----------------------------------------------------------------------------------


async def test_no_row_is_missing_and_none_is_made_up() -> None:
    rows = {row for line in LINES for row in line.rows}
    expected = await wanted()
    assert sorted(expected - rows) == []
    assert sorted(rows - expected) == []


def test_what_the_table_names_exists() -> None:
    assert mistakes(LINES) == []


def test_everything_a_user_meets_is_in_the_table_or_said_to_be_beyond_the_manual() -> None:
    named = {place for line in LINES for place in TOKEN.findall(line.where)}
    named |= {
        f"action {place.removeprefix('action ').partition('.')[0]}"
        for place in named
        if place in ACTION_FIELDS
    }
    beyond = set(BEYOND_TOKENS)
    assert sorted(PLACES - named - beyond) == []
    assert sorted(beyond - PLACES - ACTION_FIELDS) == []
    assert sorted(beyond & named) == []


def test_error_bits_of_the_simulator_are_those_of_the_manual() -> None:
    assert sum(1 << bit for bit in ERROR_BITS[1]) == _SIGNING_ERRORS


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("| `0x1` | x | `sensor.voltge` | `tests/test_imports.py::{}` |", "sensor.voltge does not exist"),
        ("| `0x1` | x | `action start` | `tests/test_imports.py::{}` |", "action start does not exist"),
        ("| `0x1` | x | `config hots` | `tests/test_imports.py::{}` |", "config hots does not exist"),
        ("| `0x1` | x | `repair me` | `tests/test_imports.py::{}` |", "repair me does not exist"),
        ("| `0x1` | x | every read | `tests/test_imports.py::test_x` |", "tests/test_imports.py::test_x does not exist"),
        ("| `0x1` | x | every read | - |", "('0x1',) has no test"),
        ("| `0x1` | x | - | `tests/test_imports.py::{}` |", "('0x1',) is met nowhere, and no reason is given"),
        ("| `0x1`, `0x1` | x | not used: why | - |", "0x1 stands twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(line: str, mistake: str) -> None:
    assert mistakes(read_lines(line.format("test_an_allowed_import_is_none"))) == [mistake]


def test_a_line_without_mistakes_has_none() -> None:
    line = (
        "| `0x1` | x | `sensor.voltage` | `tests/test_imports.py::test_an_allowed_import_is_none` |"
    )
    assert mistakes(read_lines(f"# Title\n{line}\n## Beyond the manual\n| `x` |")) == []
