"""Reading of records."""

import base64
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
import hashlib

import pytest

from custom_components.lovato_dmed4.ocmf import (
    MAX_SIZE,
    ClockStatus,
    MalformedRecordError,
    Number,
    Reading,
    parse,
)

from .helpers import PAYLOAD, grows_evenly, record

RECORD = record("00")


def reading(text: str) -> Reading:
    return parse(f'OCMF|{{"RD":[{{{text}}}]}}|{{}}').readings[0]


def test_sections_are_kept_as_they_arrived() -> None:
    payload = ' {\n  "PG" : "T1",\t"MS":"\\u00e4ä" } '
    parsed = parse(f'OCMF|{payload}| {{"SD" : "00"}}\n')
    assert parsed.payload == payload.encode()
    assert parsed.raw == f'OCMF|{payload}| {{"SD" : "00"}}'.encode()
    assert parsed.digest == hashlib.sha256(payload.encode()).hexdigest()
    assert parsed.pagination == "T1"
    assert parsed.meter_serial == "ää"
    assert parsed.former_key is None


def test_known_fields() -> None:
    parsed = parse(RECORD)
    assert parsed.format_version == "1.3"
    assert parsed.gateway_id == "DMED4"
    assert parsed.gateway_serial == "G-17"
    assert parsed.pagination == "T41"
    assert parsed.meter_vendor == "LOVATO"
    assert parsed.meter_model == "DMED4"
    assert parsed.meter_serial == "M-4711"
    assert parsed.meter_firmware == "1.02"
    assert parsed.identified is True
    assert parsed.identification_level == "VERIFIED"
    assert parsed.identification_flags == ("RFID_PLAIN", "OCPP_NONE")
    assert parsed.identification_type == "ISO14443"
    assert parsed.identification_data == "04A1B2C3"
    assert parsed.tariff_text == "0.49 EUR/kWh"
    assert parsed.charge_point_id == "IT*XYZ*E1"
    assert parsed.fields["IS"] is True


@pytest.mark.parametrize("payload", ["{}", '{"MS":null,"IS":"true","IF":"RFID","RD":null}'])
def test_missing_and_unfit_fields_are_none(payload: str) -> None:
    parsed = parse(f"OCMF|{payload}|{{}}")
    assert parsed.meter_serial is None
    assert parsed.format_version is None
    assert parsed.identified is None
    assert parsed.identification_flags == ()
    assert parsed.readings == ()
    assert parsed.signature.data is None


def test_missing_fields_of_a_reading_are_none() -> None:
    empty = reading("")
    assert empty.present == empty.fields == {}
    assert {empty.value, empty.cable_loss, empty.time, empty.clock} == {None}
    assert {empty.time_text, empty.value_text, empty.transaction, empty.obis} == {None}
    assert {empty.unit, empty.current_type, empty.error_flags, empty.status} == {None}


def test_signature_section() -> None:
    signature = parse(record("ABCD", SA="ECDSA-secp384r1-SHA256", SE="base64")).signature
    assert signature.algorithm == "ECDSA-secp384r1-SHA256"
    assert signature.encoding == "base64"
    assert signature.data == "ABCD"


def test_signature_section_defaults() -> None:
    signature = parse(record(None)).signature
    assert signature.algorithm == "ECDSA-secp256r1-SHA256"
    assert signature.encoding == "hex"


def test_readings_inherit_what_they_omit() -> None:
    readings = parse(RECORD).readings
    assert [r.transaction for r in readings] == ["B", "B", "B", "E", "E", "E"]
    assert [r.value_text for r in readings] == [
        "129.500",
        "3.250",
        "0.000",
        "140.750",
        "3.250",
        "11.250",
    ]
    assert [r.obis for r in readings[:3]] == [f"01-00:{c}.08.00.FF" for c in ("01", "02", "98")]
    assert {(r.unit, r.current_type, r.error_flags, r.status) for r in readings} == {
        ("kWh", "DC", "", "G")
    }
    assert {r.clock for r in readings} == {ClockStatus.SYNCHRONISED}
    times = [r.time for r in readings]
    assert times[0] == times[1] == times[2]
    assert times[3] == times[4] == times[5]
    assert times[0]
    assert times[3]
    assert times[3] - times[0] == timedelta(minutes=45, seconds=10)
    assert list(readings[1].present) == ["RV", "RI", "RU", "ST"]


def test_null_counts_as_omitted_and_vendors_fields_are_not_inherited() -> None:
    first, second = parse(
        'OCMF|{"RD":[{"RU":"kWh","CL":0.01,"UC":{"n":1}},{"RU":null,"RV":1}]}|{}'
    ).readings
    assert second.unit == "kWh"
    assert second.cable_loss == first.cable_loss == Decimal("0.01")
    assert "UC" in first.fields
    assert "UC" not in second.fields
    assert second.present["RU"] is None


@pytest.mark.parametrize(
    ("written", "text", "value"),
    [
        ("129.500", "129.500", "129.5"),
        ("0.0000000", "0.0000000", "0"),
        ("1e3", "1e3", "1000"),
        ("-7", "-7", "-7"),
        ('"129.500"', "129.500", "129.5"),
        ('"      9.038"', "      9.038", "9.038"),
        ('"00000000.000"', "00000000.000", "0"),
        ('"12,5"', "12,5", None),
        ('"NaN"', "NaN", None),
        ('"1e999"', "1e999", None),
        ('""', "", None),
        ("true", None, None),
        ("[1]", None, None),
    ],
)
def test_values_keep_their_text(written: str, text: str | None, value: str | None) -> None:
    read = reading(f'"RV":{written}')
    assert read.value_text == text
    assert read.value == (None if value is None else Decimal(value))


def test_numbers_are_never_floats() -> None:
    loss = parse('OCMF|{"LC":{"LR":0.10,"LI":7}}|{}').fields["LC"]
    assert isinstance(loss, dict)
    assert isinstance(loss["LR"], Number)
    assert (loss["LR"].text, loss["LI"]) == ("0.10", Decimal(7))


def test_version_may_be_a_number() -> None:
    assert parse('OCMF|{"FV":1.0}|{}').format_version == "1.0"


@pytest.mark.parametrize(
    ("text", "iso", "clock"),
    [
        ("2026-05-01T12:00:00,000+0200 S", "2026-05-01T12:00:00+02:00", "S"),
        ("2026-05-01T12:00:00,867-0330 R", "2026-05-01T12:00:00.867000-03:30", "R"),
        ("2026-05-01T12:00:00.000+00:00 U", "2026-05-01T12:00:00+00:00", "U"),
        ("2026-05-01T12:00:00Z I", "2026-05-01T12:00:00+00:00", "I"),
        (" 2026-05-01T12:00:00,000+0200S ", "2026-05-01T12:00:00+02:00", "S"),
        ("2026-05-01T12:00:00,000+0200", "2026-05-01T12:00:00+02:00", None),
        ("2026-05-01T12:00:00,000+0200 X", "2026-05-01T12:00:00+02:00", None),
        ("2026-05-01T12:00:00,000 S", None, "S"),
        ("2026-02-30T12:00:00,000+0200 S", None, "S"),
        ("9999-12-31T23:59:59,000-1200 S", None, "S"),
        ("0001-01-01T00:00:00,000+1200 S", None, "S"),
        ("S", None, "S"),
        ("", None, None),
    ],
)
def test_time_stamps(text: str, iso: str | None, clock: str | None) -> None:
    read = reading(f'"TM":"{text}"')
    assert (read.time.isoformat() if read.time else None) == iso
    assert read.clock == clock
    assert read.time_text == text


@pytest.mark.parametrize(
    "wrapped",
    [
        RECORD.encode(),
        f"\r\n {RECORD} \n",
        RECORD.encode() + bytes(40),
        RECORD.encode().hex(),
        RECORD.encode().hex(" ").upper(),
        base64.b64encode(RECORD.encode()),
        base64.encodebytes(RECORD.encode()).decode(),
    ],
    ids=["bytes", "space", "NUL", "hex", "grouped hex", "base64", "base64 lines"],
)
def test_wrappings(wrapped: bytes | str) -> None:
    parsed = parse(wrapped)
    assert parsed == parse(RECORD)
    assert hash(parsed) == hash(parse(RECORD))
    assert parsed.raw == RECORD.encode()
    assert parsed.payload == PAYLOAD.encode()


def test_pipe_in_a_text() -> None:
    payload = r'{"TT":"a|b \" | \\","MS":"7"}'
    parsed = parse(f"OCMF|{payload}|{{}}")
    assert parsed.payload == payload.encode()
    assert parsed.tariff_text == r'a|b " | ' + "\\"


def test_former_key() -> None:
    parsed = parse(f"{RECORD}|3059ABCD")
    assert parsed.former_key == b"3059ABCD"
    assert parsed.payload == PAYLOAD.encode()


def test_other_records_differ() -> None:
    assert parse(RECORD) != parse(record("01"))
    assert parse(RECORD).readings == parse(record("01")).readings
    assert len(set(parse(RECORD).readings)) == 6


def test_representation_keeps_the_customer_secret() -> None:
    assert "04A1B2C3" not in repr(parse(RECORD))
    assert "04A1B2C3" not in str(parse(RECORD))


def test_fields_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        parse(RECORD).fields["MS"] = "other"  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "OCMF",
        "OCMF|{}",
        "ocmf|{}|{}",
        "XCMF|{}|{}",
        "OCMF|{}|{}|key|more",
        "OCMF||{}",
        "OCMF|{}|",
        "OCMF|[]|{}",
        "OCMF|{}|7",
        'OCMF|{"MS":"1"},|{}',
        "OCMF|\ufeff{}|{}",
        b"\xff\xfe",
        "OCMF|{}|{}".encode("utf-16"),
        "4F434D46 7C7",
        "4F434D46ä",
        "T0NNRnx7!",
        "T0NNRnx7f",
        f"OCMF|{' ' * MAX_SIZE}{{}}|{{}}",
    ],
)
def test_malformed(data: bytes | str) -> None:
    with pytest.raises(MalformedRecordError):
        parse(data)


# What a payload may hold, and what is read of its text.
ODD: list[tuple[str, str | None]] = [
    ('"TT":"a\tb"', "a\tb"),
    ('"TT":"a\nb"', "a\nb"),
    ('"TT":"\0"', "\0"),
    ('"TT":"a","TT":"b"', None),
    ('"TT":"a","TT":"a"', None),
    (r'"TT":"a\ud800"', "a\ufffd"),
    (r'"TT":"\ud83d\ude00"', "\U0001f600"),
    ('"TT":+1', "+1"),
    ('"TT":NaN', "NaN"),
    ('"TT":-Infinity', "-Infinity"),
    ('"TT":Müller', "Müller"),
    (f'"TT":{"9" * 5000}', "9" * 5000),
    ('"TT":1e999999999999999999', "1e999999999999999999"),
    ('"RD":{}', None),
    ('"RD":[7]', None),
    ('"RD":[[]]', None),
]


@pytest.mark.parametrize(("odd", "text"), ODD, ids=[ascii(odd[:20]) for odd, _ in ODD])
def test_an_odd_value_costs_itself_and_not_the_record(odd: str, text: str | None) -> None:
    payload = f'{{"PG":"T1",{odd},"MS":"7"}}'
    parsed = parse(f"OCMF|{payload}|{{}}")
    assert (parsed.payload, parsed.pagination, parsed.meter_serial) == (payload.encode(), "T1", "7")
    assert parsed.tariff_text == text
    assert parsed.readings == ()


@pytest.mark.parametrize("payload", ['{"MS" "1"}', "{[}", '{"MS":"1}', "{1}", '{"MS":1,}'])
def test_a_payload_that_cannot_be_read_has_a_signature_all_the_same(payload: str) -> None:
    parsed = parse(f'OCMF|{payload}|{{"SD":"AB"}}')
    assert (parsed.payload, dict(parsed.fields)) == (payload.encode(), {})
    assert parsed.signature.data == "AB"
    assert not parsed.well_formed


def test_bytes_that_are_no_utf8_cost_their_text() -> None:
    parsed = parse(b'OCMF|{"MS":"7","TT":"\xe4"}|{}')
    assert (parsed.meter_serial, parsed.tariff_text) == ("7", "\ufffd")
    assert b"\xe4" in parsed.payload


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0100.000", "100"),
        (".5", "0.5"),
        ("+1", "1"),
        ("NaN", None),
        ("1" * 41, None),
        ("1.", None),
    ],
)
def test_numbers_that_json_does_not_know(written: str, value: str | None) -> None:
    read = reading(f'"RV":{written},"RU":"kWh"')
    assert read.value_text == written
    assert read.value == (None if value is None else Decimal(value))
    assert read.unit == "kWh"


def test_a_value_given_twice_is_not_inherited() -> None:
    first, second = parse('OCMF|{"RD":[{"RV":1,"TX":"B"},{"RV":2,"RV":3}]}|{}').readings
    assert (first.value, second.value, second.transaction) == (Decimal(1), None, "B")
    assert parse('OCMF|{"RD":[{"RV":1,"RV":2}]}|{}').repeated == ("RV",)


def test_a_frame_with_spaces() -> None:
    spaced = parse('OCMF | {"MS":"7"} | {"SD":"AB"}')
    assert (spaced.payload, spaced.section) == (b'{"MS":"7"}', b' {"MS":"7"} ')
    assert spaced.digest == parse('OCMF|{"MS":"7"}|{}').digest
    assert parse('OCMF|{"MS":"7"} |{}').payload == b'{"MS":"7"} '


@pytest.mark.parametrize(
    "data",
    [
        lambda size: "OCMF|" + "[" * 60 * size,
        lambda size: 'OCMF|{"MS":' + "[" * 30 * size + "]" * 30 * size + "}|{}",
        lambda size: 'OCMF|{"MS":' * 5 * size,
        lambda size: 'OCMF|"' + '\\"' * 30 * size,
        lambda size: "OCMF|" + '"' * (60 * size + 1),
        lambda size: "|" * 60 * size,
        lambda size: (
            'OCMF|{"RD":[{'
            + ",".join(f'"{n}":0' for n in range(3 * size))
            + "}"
            + ",{}" * 10 * size
            + "]}|"
        ),
    ],
    ids=["arrays", "deep", "objects", "quotes", "texts", "pipes", "fields"],
)
def test_the_work_of_reading_hostile_data_grows_no_faster_than_they(
    data: Callable[[int], str],
) -> None:
    def work(size: int) -> None:
        with suppress(MalformedRecordError):
            assert not parse(data(size)).fields

    assert grows_evenly(work)


def test_vendors_may_nest_some_levels() -> None:
    assert parse('OCMF|{"U":' + "[" * 20 + "]" * 20 + "}|{}").fields["U"]


def test_many_readings_of_many_fields_fit_the_memory() -> None:
    fields = ",".join(f'"{n}":0' for n in range(3000))
    parsed = parse(f'OCMF|{{"RD":[{{{fields}}}{",{}" * 10_000}]}}|{{}}')
    assert len(parsed.readings) == 10_001
    assert not parsed.readings[-1].fields
