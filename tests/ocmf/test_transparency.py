"""What the transparency software is likely to say."""

import base64
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from custom_components.lovato_dmed4.ocmf import (
    PublicKey,
    Record,
    Refusal,
    expect,
    load_public_key,
    parse,
    transaction,
)

from .helpers import BEGIN, PAYLOAD, at, charge, der, integers, record, session, sign, spki

PUBLIC = load_public_key(spki())
NOON = "2026-05-01T12:00:00,000+0200 S"
LATER = "2026-05-01T12:45:10,000+0200 S"
START = {"TM": NOON, "TX": "B", "RV": 1.5, "RI": "1-0:1.8.0", "RU": "kWh", "ST": "G"}
STOP = {**START, "TM": LATER, "TX": "E", "RV": 2.5}


def refusal(*records: Record, key: PublicKey | None = PUBLIC) -> Refusal | None:
    expected = expect(records, key)
    assert expected.accepted is (expected.refusal is None)
    return expected.refusal


def made(*readings: dict[str, Any], **fields: Any) -> Record:
    """Return a signed record; ... takes a field away."""
    payload = {"FV": "1.0", "PG": "T1", **fields, "RD": list(readings)} | fields
    text = json.dumps({key: value for key, value in payload.items() if value is not ...})
    return parse(record(sign(text), text))


def test_the_meters_own_records() -> None:
    # As it is written (RI 01-00:01.08.00*FF; the cycle's is 01-00:01.09.00*FF): of the six readings
    # only the first and the fourth are total imports and have a transaction of their own.
    for made_record in session():
        assert refusal(made_record) is None
    assert refusal(charge(43, BEGIN, at("12:45:10", "P", 140_750, 11_250))) is None
    # With a cycle register whose code says that the cable's loss is taken off, it looks for the
    # transaction there alone.
    assert refusal(parse(record(sign(PAYLOAD)))) is Refusal.START_MISSING


def test_a_begin_and_an_end_of_the_meter_are_refused_together() -> None:
    begin, _, end = session()
    assert refusal(begin, end) is Refusal.START_IN_END


def test_whole_transaction() -> None:
    assert refusal(made(START, STOP)) is None
    assert refusal(made(START), made(STOP)) is None
    for letter in "LRAP":
        assert refusal(made(START, {**STOP, "TX": letter})) is None
        assert refusal(made(START), made({**STOP, "TX": f" {letter} "})) is None


@pytest.mark.parametrize("readings", [[], [START], [STOP], [{**START, "TX": ...}]])
def test_what_is_no_whole_transaction_is_only_verified(readings: list[dict[str, Any]]) -> None:
    readings = [{k: v for k, v in each.items() if v is not ...} for each in readings]
    assert refusal(made(*readings)) is None
    assert refusal(made({**START, "RV": 3}, STOP, PG="F1")) is None
    assert refusal(made({**START, "RV": 3}, STOP, PG="T1")) is Refusal.VALUE_BACKWARD


def test_how_many_records() -> None:
    assert refusal() is Refusal.RECORDS
    assert refusal(*session()) is Refusal.RECORDS


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (..., Refusal.FORMAT_VERSION_MISSING),
        (None, Refusal.FORMAT_VERSION_MISSING),
        ("0.0", Refusal.FORMAT_VERSION),
        ("0.1", None),
        ("1.3", None),
        (1.3, None),
        ("1.30", None),
        ("1.4", Refusal.FORMAT_VERSION),
        ("2", Refusal.FORMAT_VERSION),
        ("1.3.0", Refusal.FORMAT_VERSION),
        ("", Refusal.FORMAT_VERSION),
        ([], Refusal.FORMAT_VERSION),
    ],
)
def test_format_version(version: object, expected: Refusal | None) -> None:
    assert refusal(made(START, STOP, FV=version)) is expected


def test_pipe() -> None:
    assert refusal(made(START, STOP, TT="a|b")) is Refusal.PIPE
    assert refusal(made(START, STOP, TT="a b")) is None
    text = made(START, STOP).raw.decode()
    assert refusal(parse(f"{text}|{spki().hex()}")) is None
    assert refusal(parse(text.replace('{"SD"', '{"UX": "|", "SD"'))) is Refusal.PIPE


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({"MS": {}}, False),
        ({"MS": 7}, True),
        ({"TT": ["x"]}, False),
        ({"IF": "RFID_NONE"}, False),
        ({"IF": [["x"]]}, False),
        ({"IF": None}, True),
        ({"LC": []}, False),
        ({"LC": {"LR": 1}}, True),
        ({"IS": 1}, False),
        ({"IS": "true"}, True),
        ({"XX": {}}, True),
    ],
)
def test_types(fields: dict[str, Any], *, fits: bool) -> None:
    assert refusal(made(START, STOP, **fields)) is (None if fits else Refusal.FIELD_TYPE)


def test_types_of_readings_and_signature() -> None:
    assert refusal(made({**START, "RT": []}, STOP)) is Refusal.FIELD_TYPE
    assert refusal(made({**START, "UC": {}}, STOP)) is None
    text = made(START, STOP).raw.decode()
    assert refusal(parse(text.replace('{"SD"', '{"SM": {}, "SD"'))) is Refusal.FIELD_TYPE


@pytest.mark.parametrize("page", [..., None, "", "T"])
def test_pagination(page: object) -> None:
    assert refusal(made(START, STOP, PG=page)) is Refusal.PAGINATION_MISSING


def test_no_readings() -> None:
    assert refusal(made(RD=...)) is Refusal.READINGS_MISSING
    assert refusal(made(RD=None)) is Refusal.READINGS_MISSING


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("ECDSA-secp256r1-SHA256", None),
        ("ECDSA-SECP256R1-SHA256", None),
        ("ECDSA-secp256r1-SHA512", None),
        ("secp256r1", Refusal.ALGORITHM),
        ("ECDSA-secp256r1", Refusal.ALGORITHM),
        ("ecdsa-secp256r1-SHA256", Refusal.ALGORITHM),
        ("ECDSA-unheard-of", Refusal.ALGORITHM),
        ("ECDSA-unheard-SHA256", Refusal.ALGORITHM),
        ("ECDSA-secp384r1-SHA256", Refusal.KEY_CURVE),
        ("ECDSA-secp192k1-SHA256", Refusal.KEY_CURVE),
    ],
)
def test_algorithm(algorithm: str, expected: Refusal | None) -> None:
    text = json.dumps({"FV": "1.0", "PG": "T1", "RD": [START, STOP]})
    assert refusal(parse(record(sign(text), text, SA=algorithm))) is expected


@pytest.mark.parametrize("name", ["brainpool256r1", "brainpoolP256r1", "BRAINPOOLP256R1"])
def test_names_of_curves(name: str) -> None:
    key = ec.derive_private_key(4711, ec.BrainpoolP256R1())
    text = json.dumps({"FV": "1.0", "PG": "T1", "RD": [START, STOP]})
    signed = parse(record(sign(text, key), text, SA=f"ECDSA-{name}-SHA256"))
    assert refusal(signed, key=load_public_key(spki(key))) is None


def test_curve_that_only_it_has() -> None:
    text = json.dumps({"FV": "1.0", "PG": "T1", "RD": [START, STOP]})
    signed = parse(record(der(b"\1" * 24, b"\1" * 24), text, SA="ECDSA-secp192k1-SHA256"))
    assert refusal(signed, key=PublicKey("secp192k1", b"\4" + bytes(48))) is None
    backwards = json.dumps({"FV": "1.0", "PG": "T1", "RD": [STOP, {**STOP, "TX": "B", "RV": 9}]})
    signed = parse(record(der(b"\1" * 24, b"\1" * 24), backwards, SA="ECDSA-secp192k1-SHA256"))
    key = PublicKey("secp192k1", b"\4" + bytes(48))
    assert refusal(signed, key=key) is Refusal.VALUE_BACKWARD


def test_no_key() -> None:
    assert refusal(made(START, STOP), key=None) is Refusal.NO_KEY
    other = load_public_key(spki(ec.derive_private_key(4711, ec.SECP256R1())))
    assert refusal(made(START, STOP), key=other) is Refusal.SIGNATURE_INVALID


def numbered() -> tuple[str, bytes, bytes]:
    """Return a payload whose signature's numbers both have their top bit set."""
    for number in range(100):
        text = json.dumps({"FV": "1.0", "PG": f"T{number + 10}", "RD": [START, STOP]})
        r, s = (number.to_bytes(32) for number in integers(sign(text)))
        if min(r, s) > b"\x80" and max(r, s) < b"\xff":
            return text, r, s
    raise AssertionError


def test_shapes_of_signatures() -> None:
    text, r, s = numbered()
    zero = b"\0"
    assert refusal(parse(record(der(zero + r, zero + s), text))) is None
    encoded = base64.b64encode(der(zero + r, zero + s)).decode()
    assert refusal(parse(record(encoded, text, SE="base64"))) is None
    # Numbers without the 00 that keeps them positive are taken, those with one too many are not.
    assert refusal(parse(record(der(r, s), text))) is None
    assert refusal(parse(record(der(zero * 2 + r, s), text))) is Refusal.SIGNATURE_PADDED
    assert refusal(parse(record(r + s, text))) is Refusal.SIGNATURE_RAW
    assert refusal(parse(record("xyz", text))) is Refusal.SIGNATURE_UNREADABLE
    assert refusal(parse(record("ABCD", text))) is Refusal.SIGNATURE_UNREADABLE
    assert refusal(parse(record(None, text))) is Refusal.SIGNATURE_UNREADABLE
    assert refusal(parse(record(encoded, text, SE="BASE64"))) is Refusal.ENCODING
    assert refusal(parse(record(encoded, text, SE="base32"))) is Refusal.ENCODING
    tampered = text.replace("2.5", "3.5")
    assert refusal(parse(record(der(r, s), tampered))) is Refusal.SIGNATURE_INVALID
    assert refusal(parse(record(r + s, tampered))) is Refusal.SIGNATURE_RAW


@pytest.mark.parametrize(
    ("code", "relevant"),
    [
        ("1-0:1.8.0", True),
        ("1-b:1.8.0", True),
        ("1-b:1.8.e", True),
        ("1-0:1.8", True),
        ("01-00:01.08.00.FF", True),
        ("01-00:01.08.00*ff", True),
        (" 01-00:9E.08.00*FF", True),
        ("01-00:B0.08.00*FF", True),
        ("01-00:C7.08.00*FF", True),
        ("1-0:1.8.0*255", True),
        ("1-0:1.8.0*200", True),
        ("1-0:1.8.0*0", True),
        # The register of the transaction, as some write it: 198 is none that it knows.
        ("1-0:1.8.0*198", False),
        ("1-0:2.8.0", False),
        ("1-0:1.7.0", False),
        ("2-0:1.8.0", False),
        ("01-00:01.09.00*FF", False),
        ("01-00:AF.08.00*FF", False),
        ("01-00:C8.08.00*FF", False),
        ("1-b", False),
        ("1.8.0", False),
        ("1-0:1.8.0*255x", False),
        ("", False),
        (None, False),
    ],
)
def test_registers_that_the_law_is_about(code: str | None, *, relevant: bool) -> None:
    expected = None if relevant else Refusal.START_MISSING
    assert refusal(made({**START, "RI": code}, {**STOP, "RI": code})) is expected


def test_codes_are_not_inherited() -> None:
    stop = {key: value for key, value in STOP.items() if key != "RI"}
    assert refusal(made(START, stop)) is Refusal.STOP_MISSING


@pytest.mark.parametrize("group", ["98", "B1", "B3", "C1", "C3"])
def test_registers_less_the_cables_loss_go_first(group: str) -> None:
    code = {"RI": f"01-00:{group}.08.00*FF"}
    start, stop = {**START, **code}, {**STOP, **code}
    assert refusal(made(START, start, STOP, stop)) is None
    inherited = [{k: v for k, v in each.items() if k != "TX"} for each in (start, stop)]
    assert refusal(made(START, inherited[0], STOP, inherited[1])) is Refusal.START_MISSING
    # Whatever their storage is.
    assert refusal(made({**start, "RI": f"1-0:{group}.8.0*198"}, stop)) is None


def test_how_many_starts_and_stops() -> None:
    assert refusal(made(START, START, STOP)) is Refusal.START_REPEATED
    assert refusal(made(START, STOP, STOP)) is Refusal.STOP_REPEATED
    other = {"RI": "1-0:2.8.0"}
    assert refusal(made({**START, **other}, STOP)) is Refusal.START_MISSING
    assert refusal(made(START, {**STOP, **other})) is Refusal.STOP_MISSING
    assert refusal(made(START, {**START, **other}, STOP, {**STOP, **other})) is None


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        ({"ST": None}, {}, Refusal.STATUS_MISSING),
        ({}, {"ST": None}, None),
        ({"RU": None}, {}, Refusal.UNIT_MISSING),
        ({}, {"RU": None}, None),
        ({"RV": 2.5}, {}, None),
        ({"RV": "1.5"}, {"RV": "2.5"}, None),
        ({"RV": 2.501}, {}, Refusal.VALUE_BACKWARD),
        ({"RV": None}, {}, Refusal.VALUE),
        ({}, {"RV": None}, Refusal.VALUE),
        ({"RV": "x"}, {}, Refusal.VALUE),
        ({"TM": LATER}, {}, None),
        ({"TM": LATER}, {"TM": NOON}, Refusal.TIME_BACKWARD),
        # A time that it can't read is not compared.
        ({"TM": LATER}, {"TM": NOON.replace("+0200", "+02:00")}, None),
        ({"TM": LATER}, {"TM": NOON[:-2]}, None),
        ({"TM": NOON[:-2]}, {}, Refusal.CLOCK),
        ({"TM": None}, {}, Refusal.CLOCK),
        ({"TM": f"{NOON[:-1]}R"}, {}, Refusal.CLOCK),
        ({"TM": f"{NOON[:-1]}R"}, {"TM": f"{LATER[:-1]}R"}, None),
        ({"TM": f"{NOON[:-1]}U"}, {"TM": f"{LATER[:-1]}R"}, None),
        ({"ST": "E"}, {}, Refusal.STATUS_NOT_GOOD),
        ({}, {"ST": "M"}, Refusal.STATUS_NOT_GOOD),
        ({"EF": "E"}, {}, Refusal.ENERGY_UNUSABLE),
        ({"EF": ""}, {"EF": "tE"}, Refusal.ENERGY_UNUSABLE),
        ({"EF": "t"}, {"EF": "t"}, None),
        ({"EI": 1}, {"EI": 2}, None),
    ],
)
def test_law(start: dict[str, Any], stop: dict[str, Any], expected: Refusal | None) -> None:
    assert refusal(made({**START, **start}, {**STOP, **stop})) is expected


@pytest.mark.parametrize("level", ["MISMATCH", "INVALID", "OUTDATED", " UNKNOWN "])
def test_identification(level: str) -> None:
    assert refusal(made(START, STOP, IL=level)) is Refusal.IDENTIFICATION_FAILED
    assert refusal(made(START), made(STOP, IL=level)) is Refusal.IDENTIFICATION_FAILED
    assert refusal(made(START, STOP, IL="VERIFIED")) is None
    # In the first versions, IS told what IL does now.
    assert refusal(made(START, STOP, FV="0.4", IS=level)) is Refusal.IDENTIFICATION_FAILED
    assert refusal(made(START, STOP, FV="0.4", IL=level)) is None


def test_first_versions() -> None:
    counted = [{**START, "EI": 7}, {**STOP, "EI": 8}]
    assert refusal(made(*counted, FV="0.4")) is Refusal.EVENT_COUNTER
    assert refusal(made(*counted, FV="0.5")) is None
    assert refusal(made({**START, "EI": 7}, STOP, FV="0.4")) is None
    assert refusal(made({**START, "EF": "E"}, STOP, FV="0.4")) is None


def test_begin_and_end() -> None:
    begin, end = made(START), made(STOP)
    assert refusal(end, begin) is Refusal.START_IN_END
    assert refusal(begin, begin) is Refusal.START_IN_END
    assert refusal(made(START, STOP), end) is Refusal.STOP_IN_BEGIN
    assert refusal(made({**START, "RV": 3}), end) is Refusal.VALUE_BACKWARD
    assert refusal(begin, made({**STOP, "TX": "C"})) is Refusal.STOP_MISSING
    assert refusal(begin, end, key=None) is Refusal.NO_KEY
    assert refusal(made({**START, "RV": 3}, STOP), end) is Refusal.VALUE_BACKWARD


def test_begin_and_end_of_several_registers() -> None:
    # It compares the highest register of the begin with the lowest of the end.
    total = {"RI": "01-00:B0.08.00*FF", "TX": None}
    begin = made(START, {**START, **total, "RV": 100})
    assert refusal(begin, made(STOP, {**STOP, **total, "RV": 101})) is Refusal.REGISTERS
    in_wh = made({**START, **total, "RV": 2000, "RU": " WH "}, START)
    assert refusal(in_wh, made(STOP)) is None
    # Compensated ones count whatever their storage is, but not here.
    code = {"RI": "1-0:98.8.0*198"}
    assert refusal(made({**START, **code}), made({**STOP, **code})) is Refusal.START_MISSING
    end = made({**STOP, **code})
    assert refusal(made({**START, "RI": "1-0:98.8.0"}), end) is Refusal.STOP_MISSING


def test_which_records_it_is_given() -> None:
    begin, middle, end = session()
    assert transaction([begin, middle, end]) == (end,)
    assert transaction([begin, middle]) == (middle,)
    assert transaction([end]) == (end,)
    assert transaction([begin, end, middle]) == (end,)
    assert transaction([]) == ()
    first, between, last = made(START), made({**START, "TX": "C"}), made(STOP)
    assert transaction([first, between, last]) == (first, last)
    assert transaction([first, last, between]) == (first, last)
    assert transaction([first, between]) == (between,)
    assert transaction([last]) == (last,)
    assert refusal(*transaction([begin, middle, end])) is None
    assert refusal(*transaction([first, between, last])) is None
