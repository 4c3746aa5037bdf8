"""Departures from the specification."""

import json
from typing import Any

import pytest

from custom_components.lovato_dmed4.ocmf import DeviationCode, Record, Severity, deviations, parse
from custom_components.lovato_dmed4.ocmf.deviations import _SEVERITIES

from .helpers import PAYLOAD, der, integers, record, session, sign

FIELDS = json.loads(PAYLOAD)
RAW = b"".join(number.to_bytes(32) for number in integers(sign(PAYLOAD)))
NOON = "2026-05-01T12:00:00,000+0200 S"


def made(payload: dict[str, Any], **section: object) -> Record:
    return parse(record(sign(PAYLOAD), json.dumps(payload), **section))


def found(parsed: Record) -> list[tuple[str, str]]:
    return [(deviation.code.value, deviation.path) for deviation in deviations(parsed)]


def changed(**fields: object) -> list[tuple[str, str]]:
    """Return the deviations of a record without any but for these fields."""
    return found(made({**FIELDS, **fields}))


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in FIELDS.items() if key not in keys}


def reading(number: int = 0, **fields: Any) -> list[tuple[str, str]]:
    """Return the deviations of a record with other fields in a reading; ... takes one away."""
    readings = [dict(each) for each in FIELDS["RD"]]
    readings[number] |= fields
    readings[number] = {key: item for key, item in readings[number].items() if item is not ...}
    return changed(RD=readings)


def test_records_without_deviations() -> None:
    assert found(parse(record(sign(PAYLOAD)))) == []
    assert found(parse(record(sign(PAYLOAD), SA="ECDSA-brainpool384r1-SHA256", SE="hex"))) == []
    for each in session():
        assert found(each) == []


@pytest.mark.parametrize("key", ["PG", "MS", "IS", "IT", "RD"])
def test_required_fields(key: str) -> None:
    assert ("missing", key) in found(made(without(key)))
    severities = {d.path: d.severity for d in deviations(made(without(key)))}
    lenient = key in {"MS", "IS", "IT"}
    assert severities[key] is (Severity.WARNING if lenient else Severity.ERROR)


@pytest.mark.parametrize(
    "key", ["FV", "GI", "GS", "GV", "MV", "MM", "MF", "IL", "IF", "ID", "TT", "CF", "CT", "CI"]
)
def test_optional_fields(key: str) -> None:
    assert found(made(without(key))) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("FV", 1.3),
        ("PG", 41),
        ("MS", None),
        ("IS", "true"),
        ("IS", 1),
        ("IL", True),
        ("IF", "RFID_PLAIN"),
        ("ID", 7),
        ("TT", []),
        ("LC", []),
    ],
)
def test_types(key: str, value: object) -> None:
    assert changed(**{key: value}) == [("wrong_type", key)]


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("IL", "SECURE", "secure"),
        ("IT", "KEY_CODE", "RFID"),
        ("CT", "CBIDC", ""),
        ("IF", ["PLMN_SMS", "ISO15118_PNC"], None),
    ],
)
def test_values(key: str, good: object, bad: object) -> None:
    assert changed(**{key: good}) == []
    if bad is not None:
        assert changed(**{key: bad}) == [("not_allowed", key)]


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("FV", ["0.4", "1.4", "10.12"], ["1", "1.4.1", "v1.3", ""]),
        ("PG", ["T0", "T1", "T4294967296"], ["T", "T01", "41", "X41", "T-1", "t41"]),
    ],
)
def test_forms(key: str, good: list[str], bad: list[str]) -> None:
    for value in good:
        assert changed(**{key: value}) == []
    for value in bad:
        assert changed(**{key: value}) == [("wrong_form", key)]


@pytest.mark.parametrize(("key", "longest"), [("TT", 250), ("CF", 25)])
def test_lengths(key: str, longest: int) -> None:
    assert changed(**{key: "ä" * longest}) == []
    assert changed(**{key: "ä" * (longest + 1)}) == [("too_long", key)]


def test_identification_flags() -> None:
    groups = ["RFID_NONE", "OCPP_NONE", "ISO15118_NONE", "PLMN_NONE"]
    assert changed(IF=[]) == changed(IF=groups) == []
    assert changed(IF=["RFID_NONE", "RFID_PSK"]) == [("group_repeated", "IF[1]")]
    assert changed(IF=["RFID_NONE", "RFID", 1]) == [
        ("not_allowed", "IF[1]"),
        ("not_allowed", "IF[2]"),
    ]
    assert changed(IF=[*groups, "OCPP_RS"]) == [("wrong_number", "IF"), ("group_repeated", "IF[4]")]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("ISO14443", ["04A1B2C3", "04a1b2c3d4e5f6"], ["04A1B2", "04A1B2C3D4", "04A1B2CX"]),
        ("ISO15693", ["E004010012345678"], ["04A1B2C3", "E00401001234567G"]),
        ("EMAID", ["DE8ABC12345678", "DE8ABC123456789"], ["DE8ABC1234567", "DE-8AB-C12345678-X"]),
        ("EVCCID", ["A1B2C3"], ["A1B2C3D"]),
        ("PHONE_NUMBER", ["+4917012345678"], ["017012345678", "+"]),
        ("CENTRAL", ["anything", "x" * 40, "ä" * 20], []),
    ],
)
def test_identification_data(kind: str, good: list[str], bad: list[str]) -> None:
    for data in ["", *good]:
        assert changed(IT=kind, ID=data) == []
    for data in bad:
        assert changed(IT=kind, ID=data) == [("identification_form", "ID")]
    assert changed(IT=kind, ID="ä" * 21) == [("too_long", "ID")]


def test_fields_of_a_user_belong_to_transactions() -> None:
    readings = [{"TM": NOON, "RV": 1, "RI": "1-0:1.8.0", "RU": "kWh", "ST": "G"}]
    fiscal = {"PG": "F7", "MS": "M-4711", "RD": readings}
    assert found(made(fiscal)) == []
    assert found(made({**fiscal, "IS": False, "TT": 1})) == [
        ("not_expected", "IS"),
        ("not_expected", "TT"),
    ]
    transaction = {"PG": "F7", "MS": "M-4711", "RD": [{**readings[0], "TX": "B"}]}
    assert found(made(transaction)) == [("not_expected", "RD[0].TX")]


def test_loss_compensation() -> None:
    loss = {"LN": "cable", "LI": 1, "LR": 2.5, "LU": "mOhm"}
    assert changed(LC=loss) == changed(LC={"LR": 1, "LU": "uOhm"}) == []
    assert changed(LC={}) == [("missing", "LC.LR"), ("missing", "LC.LU")]
    assert changed(LC={**loss, "LN": "x" * 21, "LI": "1", "LU": "Ohm"}) == [
        ("too_long", "LC.LN"),
        ("wrong_type", "LC.LI"),
        ("not_allowed", "LC.LU"),
    ]
    assert changed(LC={**loss, "UX": 1, "XX" * 40: 1, "A": 1}) == [
        ("vendor_field_misplaced", "LC.UX"),
        ("vendor_field_misplaced", f"LC.{'XX' * 16}"),
        ("unknown_field", "LC.A"),
    ]


@pytest.mark.parametrize(
    ("key", "good", "bad", "code"),
    [
        ("TX", ["B"], ["b", ""], "not_allowed"),
        ("RU", ["kWh", "Wh"], ["KWH", "MWh"], "not_allowed"),
        ("RT", ["AC", "DC"], ["dc"], "not_allowed"),
        ("ST", ["G", "M"], ["g", "GOOD"], "not_allowed"),
        ("EF", ["", "E", "t", "Et", "tE"], ["e", "EE", "x"], "wrong_form"),
        ("RV", [1, 1.5, -1], ["1.5", None, True], "wrong_type"),
        ("CL", [0, 0.0], ["0"], "wrong_type"),
        (
            "TM",
            [NOON, "2026-12-31T23:59:59,999-0330 U"],
            [
                "2026-05-01T12:00:00,000+0200",
                "2026-05-01T12:00:00,000+02:00 S",
                "2026-05-01T12:00:00.000+0200 S",
                "2026-05-01T12:00:00+0200 S",
                "2026-05-01T12:00:00,000Z S",
                "2026-05-01 12:00:00,000+0200 S",
                "2026-05-01T12:00:00,000+0200 X",
                "2026-02-30T12:00:00,000+0200 S",
                "2026-05-01T25:00:00,000+0200 S",
            ],
            "wrong_form",
        ),
    ],
)
def test_readings(key: str, good: list[object], bad: list[object], code: str) -> None:
    for value in good:
        assert reading(0, **{key: value}) == [], value
    for value in bad:
        assert (code, f"RD[0].{key}") in reading(0, **{key: value}), value


def test_loss_starts_from_nothing() -> None:
    assert reading(0, CL=0.1) == [("loss_not_reset", "RD[0].CL")]
    assert reading(3, CL=0.1) == []


def test_readings_inherit() -> None:
    assert reading(1, ST=...) == reading(1, RU=..., RI=...) == reading(1, RV=...) == []
    assert reading(0, TM=...) == [("missing", f"RD[{n}].TM") for n in range(3)]
    assert reading(0, ST=...) == [("missing", "RD[0].ST")]
    assert reading(0, TX=...) == [("missing", f"RD[{n}].TX") for n in range(3)]


def test_registers() -> None:
    assert reading(0, RV=...) == [("missing", "RD[0].RV")]
    assert reading(0, RI=...) == [("unpaired", "RD[0].RI")]
    assert reading(0, RU=...) == [("unpaired", "RD[0].RU")]
    assert reading(0, RU=..., RI=...) == [("missing", "RD[0].RU")]
    nothing: dict[str, Any] = {"RV": ..., "RI": ..., "RU": ..., "RT": ...}
    assert reading(0, **nothing) == [("missing", "RD[0].RV"), ("missing", "RD[0].RU")]
    # Only an error is to be told.
    assert reading(0, **nothing, ST="T") == reading(0, **nothing, EF="E") == []


def test_no_readings() -> None:
    assert changed(RD=[]) == [("wrong_number", "RD")]


def test_fields_of_vendors() -> None:
    assert changed(**{f"{letter}1": 1 for letter in "UVWXYZ"}) == []
    assert changed(A1=1, pg="T1", **{"q" * 99: 1}) == [
        ("unknown_field", "A1"),
        ("unknown_field", "pg"),
        ("unknown_field", "q" * 32),
    ]
    assert reading(0, UC={"UN": "x"}, EI=7) == [
        ("vendor_field_misplaced", "RD[0].UC"),
        ("unknown_field", "RD[0].EI"),
    ]


def test_pipes() -> None:
    assert changed(TT="a|b") == [("pipe", "TT")]
    assert changed(XX={"a": ["b", {"c|": 1}]}) == [("pipe", "XX")]
    section = parse(record(sign(PAYLOAD), UX="|"))
    assert found(section) == [("pipe", "UX")]


def test_former_key() -> None:
    assert found(parse(record(sign(PAYLOAD)) + "|3059")) == [("former_key", "")]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ({"SA": "ECDSA-secp256r1-SHA384"}, [("wrong_form", "SA")]),
        ({"SA": "ECDSA-brainpoolP256r1-SHA256"}, [("wrong_form", "SA")]),
        ({"SA": 1}, [("wrong_type", "SA")]),
        ({"SE": "HEX"}, [("not_allowed", "SE")]),
        ({"SM": "text/plain"}, [("not_allowed", "SM")]),
        ({"SM": "application/x-der"}, []),
        ({"UX": 1, "AX": 1, "FX": 1}, []),
        ({"GX": 1}, [("unknown_field", "GX")]),
    ],
)
def test_signature_section(section: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert found(made(FIELDS, **section)) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, [("missing", "SD")]),
        ("xyz", [("wrong_form", "SD")]),
        ("ABCD", [("wrong_form", "SD")]),
        ("", [("wrong_form", "SD")]),
        (RAW, [("signature_raw", "SD")]),
        (der(b"\xf1" * 32, b"\x11" * 32), [("signature_numbers", "SD")]),
        (der(b"\x00\x11", b"\x11" * 32), [("signature_numbers", "SD")]),
        (der(b"\x11", b"\xff\xf1"), [("signature_numbers", "SD")]),
        (der(b"\x00\xf1", b"\x00"), []),
    ],
)
def test_signature_data(data: bytes | str | None, expected: list[tuple[str, str]]) -> None:
    assert found(parse(record(data))) == expected


def test_every_code_has_a_severity() -> None:
    assert set(_SEVERITIES) == set(DeviationCode)


def test_a_hostile_record_has_no_more_than_a_hundred() -> None:
    assert len(deviations(parse('OCMF|{"RD":[' + ",".join(["{}"] * 20_000) + "]}|{}"))) == 100
