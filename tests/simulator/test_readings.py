"""The open places of the manual: each reading takes only what belongs to it."""

from collections.abc import Callable
import json
from typing import Any

import pytest

from simulator import (
    OPEN_PLACES,
    Command,
    JsonError,
    ManualClock,
    NotValidError,
    Readings,
    SimulatedMeter,
    handle_pdu,
)
from simulator.__main__ import main, parse
from simulator.prototype import PrototypeError, check_prototype
from simulator.record import raw_signature

from .helpers import give, prepare, sections


def test_the_default_is_the_first_reading() -> None:
    readings = Readings()
    assert dict(readings) == {name: place.default for name, place in OPEN_PLACES.items()}
    assert len(readings) == len(OPEN_PLACES)
    assert readings["logbook_index"] == "0"
    assert readings.follows("logbook_index", "0")


def test_a_reading_is_chosen_on_the_command_line() -> None:
    chosen = parse(["--rest", "0", "--reading", "logbook_index=1", "--reading", "names=spaces"])
    assert chosen.readings.follows("logbook_index", "1")
    assert not chosen.readings.follows("names", "underscores")
    assert chosen.readings["numbers"] == "numbers"


@pytest.mark.parametrize("text", ["nonsense=1", "logbook_index=2", "logbook_index"])
def test_only_what_the_table_knows_can_be_chosen(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--rest", "0", "--reading", text])
    assert exit_.value.code == 2
    assert "logbook_index" in capsys.readouterr().err


def test_a_misspelt_reading_is_no_reading() -> None:
    with pytest.raises(ValueError, match="logbook_index is one of 0, 1"):
        Readings().follows("logbook_index", "last")


# --- prototypes -----------------------------------------------------------------------------------

EVERY = {
    **dict.fromkeys(["FV", "GI", "GS", "GV", "PG", "MV", "MM", "MS", "MF"], ""),
    "IS": False,
    "IL": "NONE",
    "IF": [],
    "IT": "NONE",
    "ID": "",
    "TT": "",
    "CT": "",
    "CI": "",
}
MINIMAL = {key: value for key, value in EVERY.items() if key not in {"GV", "IL", "TT"}}
SIGNATURE = {"RD": [], "SA": "", "SE": "", "SD": ""}


def text_of(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()


FORMS = {
    "bare": text_of(EVERY),
    "rd": text_of(EVERY | {"RD": []}),
    "signature": text_of(EVERY | SIGNATURE),
    "file": b"OCMF|" + text_of(EVERY | {"RD": []}) + b'|{"SA":"","SE":"","SD":""}',
    "minimal": text_of(MINIMAL),
    "other order": text_of(dict(reversed(EVERY.items()))),
    "spaces": json.dumps(EVERY).encode(),
    "one key less": text_of({key: value for key, value in EVERY.items() if key != "MF"}),
    "1.0": text_of(EVERY | {"FV": "1.0"}),
    "filled": text_of(EVERY | {"MS": "1"}),
    "no level": text_of({key: value for key, value in EVERY.items() if key != "IL"}),
}


@pytest.mark.parametrize(
    ("name", "value", "taken", "refused"),
    [
        (
            "prototype_container",
            "file",
            ["file"],
            {"bare": JsonError.SYNTAX, "rd": JsonError.SYNTAX},
        ),
        (
            "prototype_end",
            "nothing",
            ["bare"],
            {"rd": JsonError.SEQUENCE, "signature": JsonError.SEQUENCE},
        ),
        (
            "prototype_end",
            "rd",
            ["rd"],
            {"bare": JsonError.NOT_FULL_PACKET, "signature": JsonError.SEQUENCE},
        ),
        (
            "prototype_end",
            "signature",
            ["signature"],
            {"bare": JsonError.NOT_FULL_PACKET, "rd": JsonError.NOT_FULL_PACKET},
        ),
        (
            "prototype_keys",
            "all",
            ["bare", "rd"],
            {
                "one key less": JsonError.NOT_FULL_PACKET,
                "other order": JsonError.SEQUENCE,
                "spaces": JsonError.SYNTAX,
                "minimal": JsonError.NOT_FULL_PACKET,
            },
        ),
        (
            "prototype_keys",
            "minimal",
            ["minimal"],
            {"bare": JsonError.SEQUENCE, "one key less": JsonError.NOT_FULL_PACKET},
        ),
        ("prototype_version", "1.0", ["1.0"], {"bare": JsonError.VALUE}),
        ("prototype_meter_fields", "empty", ["bare"], {"filled": JsonError.VALUE}),
        ("prototype_level", "refused", ["no level"], {"bare": JsonError.VALUE}),
    ],
)
def test_a_prototype_is_taken_in_one_form_only(
    name: str, value: str, taken: list[str], refused: dict[str, JsonError]
) -> None:
    readings = Readings({name: value})
    for form in taken:
        check_prototype(FORMS[form], readings)
    for form, error in refused.items():
        with pytest.raises(PrototypeError) as caught:
            check_prototype(FORMS[form], readings)
        assert caught.value.error is error, form


def test_a_prototype_that_is_not_where_it_is_looked_for_is_no_json() -> None:
    with pytest.raises(PrototypeError) as caught:
        check_prototype(None)
    assert caught.value.error is JsonError.SYNTAX


# --- records and cycles ---------------------------------------------------------------------------

Make = Callable[..., SimulatedMeter]


@pytest.fixture
def make(clock: ManualClock) -> Make:
    return lambda **readings: SimulatedMeter(clock=clock, readings=readings)


def charged(meter: SimulatedMeter, clock: ManualClock, times: int = 2) -> list[dict[str, Any]]:
    """Charge some times; return the payloads."""
    for _ in range(times):
        prepare(meter, clock)
        give(meter, clock, "B")
        clock.advance(600)
        give(meter, clock, "E")
    return [json.loads(record.payload) for record in meter.record_log.entries]


@pytest.mark.parametrize(
    ("reading", "pages"),
    [
        ("signature", ["T1", "T2", "T3", "T4"]),
        ("transaction", ["T1", "T1", "T2", "T2"]),
        ("copied", ["T0"] * 4),
    ],
)
def test_who_counts(make: Make, clock: ManualClock, reading: str, pages: list[str]) -> None:
    payloads = charged(make(pagination=reading), clock)
    assert [payload["PG"] for payload in payloads] == pages


def test_who_fills_the_meters_fields(make: Make, clock: ManualClock) -> None:
    meter = make(meter_fields="meter")
    begin = charged(meter, clock, 1)[0]
    assert (begin["MS"], begin["MM"]) == (str(meter.serial_number), "DMED404R0600")


def test_what_stands_in_the_record_of_a_begin(make: Make, clock: ManualClock) -> None:
    readings = {
        value: charged(make(readings_of_begin=value), clock)[2]["RD"]
        for value in OPEN_PLACES["readings_of_begin"].readings
    }
    assert len(readings["none"]) == 3
    assert readings["begin"][3:] == readings["begin"][:3]
    assert [reading["RV"] for reading in readings["zeros"][3:]] == [0, 0, 0]
    assert readings["stale"][3]["TX"] == "E"
    previous = charged(make(cycle_at_begin="previous"), clock)
    assert previous[2]["RD"][2]["RV"] == previous[1]["RD"][5]["RV"] > 0


def test_how_a_record_is_written(make: Make, clock: ManualClock) -> None:
    meter = make(frame="spaces", payload_spaces="colons", signature_section="data")
    charged(meter, clock, 1)
    assert meter.records[0].startswith('OCMF | {"FV": "1.3"')
    assert set(json.loads(meter.records[0].split("|")[2])) == {"SD"}


def test_how_a_reading_is_written(make: Make, clock: ManualClock) -> None:
    meter = make(energy_form="text", register_codes="plain", time_letter="I")
    meter.configure(datetime=int(clock.now()))
    reading = charged(meter, clock, 1)[0]["RD"][0]
    assert isinstance(reading["RV"], str)
    assert (reading["RI"], reading["TM"][-2:]) == ("1-0:1.8.0*255", " I")


@pytest.mark.parametrize("form", ["proper", "padded", "bare"])
def test_how_a_signature_is_written(make: Make, clock: ManualClock, form: str) -> None:
    meter = make(signature_der=form)
    charged(meter, clock, 3)
    lengths = {len(record.der) for record in meter.record_log.entries}
    assert (lengths == {72}) is (form == "padded")
    assert (lengths == {70}) is (form == "bare")
    assert {len(raw_signature(record.der)) for record in meter.record_log.entries} == {64}


def test_after_a_power_failure_clock_and_prototype_may_be_needed(
    make: Make, clock: ManualClock
) -> None:
    meter = make(power_failure="prepare")
    prepare(meter, clock)
    give(meter, clock, "B")
    meter.power_failure()
    with pytest.raises(NotValidError, match="lost"):
        meter.command(Command.END)
    meter.configure(datetime=1_760_000_100)
    with pytest.raises(NotValidError, match="lost"):
        meter.command(Command.END)
    prepare(meter, clock)
    assert meter.measurement_status == 3
    give(meter, clock, "E")
    assert meter.measurement_status == 0


def test_after_a_power_failure_the_meter_may_have_ended_the_cycle(
    make: Make, clock: ManualClock
) -> None:
    meter = make(power_failure="ended")
    prepare(meter, clock)
    meter.command(Command.BEGIN)
    meter.power_failure()
    clock.advance(1)
    assert meter.measurement_status == 0
    assert [sections(text)[1]["RD"][3]["TX"] for text in meter.records] == ["B", "P"]


def test_every_command_may_need_a_prototype(make: Make, clock: ManualClock) -> None:
    meter = make(prototype_needed="each")
    prepare(meter, clock)
    give(meter, clock, "B", "C")
    assert (len(meter.records), meter.errors_1) == (1, JsonError.NOT_FULL_PACKET)
    meter.reset_errors()
    prepare(meter, clock)
    give(meter, clock, "C")
    assert (len(meter.records), meter.measurement_status) == (2, 2)


def test_begin_and_end_may_not_end(make: Make, clock: ManualClock) -> None:
    meter = make(begin_and_end="fetches")
    prepare(meter, clock)
    give(meter, clock, "B", "r")
    assert (len(meter.records), meter.measurement_status) == (2, 2)


def test_when_the_status_changes_and_what_its_bits_mean(make: Make, clock: ManualClock) -> None:
    meter = make(
        status_change="last",
        signature_ok="signature",
        not_initialised="signature",
        error_bit="always",
    )
    # Bit 0 not initialised, 1 correct JSON, 2 in progress, 3 OK, 15 error.
    assert meter.signature_status == 1 << 15 | 1 << 0
    prepare(meter, clock)
    assert meter.signature_status == 1 << 15 | 1 << 1 | 1 << 0
    meter.command(Command.BEGIN)
    assert (meter.measurement_status, bool(meter.signature_status & 1 << 2)) == (1, True)
    clock.advance(1)
    assert (meter.measurement_status, meter.signature_status) == (2, 1 << 15 | 1 << 3 | 1 << 1)


# --- what is shown over Modbus ----------------------------------------------------------------------


def read(meter: SimulatedMeter, register: int, count: int) -> bytes:
    answer = handle_pdu(meter, b"\x04" + (register - 1).to_bytes(2) + count.to_bytes(2))
    assert answer is not None
    return answer[2:]


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ("bytes", lambda size: size),
        ("with_nul", lambda size: size + 1),
        ("even", lambda size: size + size % 2),
        ("words", lambda size: (size + 1) // 2),
        ("window", lambda _: 1024),
    ],
)
def test_what_the_length_counts(
    make: Make, clock: ManualClock, value: str, length: Callable[[int], int]
) -> None:
    meter = make(output_length=value)
    charged(meter, clock, 1)
    size = len(meter.records[-1])
    assert int.from_bytes(read(meter, 0x4202, 1)) == length(size)


def test_what_the_output_holds(make: Make, clock: ManualClock) -> None:
    meter = make(output="payload", output_after_power_down="empty")
    charged(meter, clock, 1)
    payload = sections(meter.records[-1])[0].encode()
    assert int.from_bytes(read(meter, 0x4202, 1)) == len(payload)
    assert read(meter, 0x4400, 100) == payload[:200]
    meter.power_failure()
    assert read(meter, 0x4202, 1) == b"\0\0"
    assert len(meter.records) == 2


@pytest.mark.parametrize(
    ("value", "length", "text"),
    [
        ("empty", 0, b"\0\0"),
        ("null", 0xFFFF, b"\0\0"),
        ("blank", 16, b"\0\0"),
        ("broken", 1, b"\0\0"),
        ("refused", 10, b""),
    ],
)
def test_what_there_is_before_the_first_record(
    make: Make, value: str, length: int, text: bytes
) -> None:
    meter = make(nothing_yet=value)
    assert int.from_bytes(read(meter, 0x4202, 1)) == length
    assert read(meter, 0x4400, 1) == text


@pytest.mark.parametrize(
    ("readings", "word"),
    [
        ({}, lambda size: 1 << 14 | size),
        ({"logbook_ready": "both"}, lambda size: 1 << 15 | 1 << 14 | size),
        ({"logbook_ready": "bit_1"}, lambda size: size | 1 << 1),
        ({"logbook_length": "with_nul"}, lambda size: 1 << 14 | size + 1),
        ({"logbook_length": "even"}, lambda size: 1 << 14 | size + size % 2),
    ],
)
def test_how_an_entry_of_the_logbook_is_ready(
    make: Make, clock: ManualClock, readings: dict[str, str], word: Callable[[int], int]
) -> None:
    meter = make(**readings)
    charged(meter, clock, 1)
    for register, value in ((0x2F29, 8192), (0x2F2A, 0)):
        handle_pdu(meter, b"\x06" + (register - 1).to_bytes(2) + value.to_bytes(2))
    assert int.from_bytes(read(meter, 0x4C01, 1)) == 1 << 15
    clock.advance(1)
    assert int.from_bytes(read(meter, 0x4C01, 1)) == word(len(meter.records[-1]))
    read(meter, 0x4C02, 1)
    if "logbook_ready" not in readings or readings["logbook_ready"] == "both":
        assert int.from_bytes(read(meter, 0x4C01, 1)) >> 13 == 0b011
