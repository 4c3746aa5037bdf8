"""The check of a prototype, every error of error dword 1 that it can raise."""

import json

import pytest

from simulator import JsonError, ManualClock, SignatureStatus, SimulatedMeter
from simulator.prototype import PrototypeError, check_prototype
from simulator.record import MAX_RECORD_BYTES, longest_record

from .helpers import PROTOTYPE, give, prepare, prototype


def verdict(text: bytes) -> JsonError | None:
    try:
        check_prototype(text)
    except PrototypeError as error:
        return error.error
    return None


def test_fields_are_kept_as_they_came() -> None:
    text = b' { "IT" : "NONE" ,\n"FV":"1.3","PG":"","IS":false,"LC":{"LR":1.50, "LU":"mOhm"}}\r\n'
    assert check_prototype(text) == {
        "IT": '"NONE"',
        "FV": '"1.3"',
        "PG": '""',
        "IS": "false",
        "LC": '{"LR":1.50, "LU":"mOhm"}',
    }


@pytest.mark.parametrize(
    "text",
    [
        prototype(),
        prototype(RD=[], SA="", SE="", SD=""),
        prototype(IL=None, IF=None, ID=None, TT=None),
        prototype(IF=[], ID="x" * 40, GS=None, GI=None, MS=None),
        prototype(CF="1.0", CT="EVSEID", CI="DE*ABC*E1", LC={"LR": 3, "LU": "uOhm", "LN": "a"}),
        prototype(U1={"anything": [1, 2]}),
    ],
)
def test_sound(text: bytes) -> None:
    assert verdict(text) is None


TEXT = prototype(U1=[-1.5e3, None, "\u00e9 \\"], U2=False)


def test_every_broken_off_prototype_is_not_a_full_packet() -> None:
    for length in range(len(TEXT)):
        assert verdict(TEXT[:length]) is JsonError.NOT_FULL_PACKET, TEXT[:length]


@pytest.mark.parametrize(
    "text",
    [
        b'{"FV" "1.3"}',
        b"{FV:1}",
        b"{'FV':'1.3'}",
        b'{"FV":"1.3",}',
        b'{"a":tr}',
        b'{"a":NaN}',
        b"[]",
        b'"text"',
        b"12",
        b"hello",
        prototype() + b"}",
        prototype() + b"\0",
        '{"TT":"é"}'.encode(),
        b"\xff\xfe",
    ],
)
def test_syntax(text: bytes) -> None:
    assert verdict(text) is JsonError.SYNTAX


def test_depth_is_no_danger() -> None:
    assert verdict(b"[" * 1000) is JsonError.NOT_FULL_PACKET


@pytest.mark.parametrize(
    "text",
    [
        prototype(RD=[{"RV": 1}]),
        prototype(SA="ECDSA-secp256r1-SHA256"),
        prototype(SE="hex"),
        prototype(SD="00"),
        json.dumps({"RD": [], **PROTOTYPE}).encode(),
    ],
)
def test_sequence(text: bytes) -> None:
    assert verdict(text) is JsonError.SEQUENCE


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        *(prototype(**{key: None}) for key in ("FV", "PG", "IS", "IT")),
        prototype(FV=1.3),
        prototype(PG=1),
        prototype(IS="true"),
        prototype(IS=1),
        prototype(IL="SOME"),
        prototype(IL=["NONE"]),
        prototype(IF="RFID_PLAIN"),
        prototype(IF=["RFID"]),
        prototype(IF=[1]),
        prototype(IF=["RFID_PLAIN"] * 5),
        prototype(IT="CARD"),
        prototype(ID="x" * 41),
        prototype(ID="\u20ac" * 14),
        prototype(ID="\ud800" * 41),
        prototype(ID=5),
        prototype(TT="y" * 251),
        prototype(CF="z" * 26),
        prototype(CI=[]),
        prototype(TT="a|b"),
        prototype(U1="a|b"),
        prototype(LC=1),
        prototype(LC={"LR": 1}),
        prototype(LC={"LR": "1", "LU": "mOhm"}),
        prototype(LC={"LR": True, "LU": "mOhm"}),
        prototype(LC={"LR": 1, "LU": "kOhm"}),
        prototype(LC={"LR": 1, "LU": "mOhm", "XX": 1}),
        prototype(LC={"LR": 1, "LU": "mOhm", "LN": "x" * 21}),
        prototype(LC={"LR": 1, "LU": "mOhm", "LI": "x"}),
        prototype()[:-1] + b',"ID":"twice"}',
        prototype(U1="x" * 1000),
    ],
)
def test_value(text: bytes) -> None:
    assert verdict(text) is JsonError.VALUE


def test_the_record_must_fit(meter: SimulatedMeter, clock: ManualClock) -> None:
    room = MAX_RECORD_BYTES - longest_record(check_prototype(prototype(U1="")))
    assert room > 50
    assert verdict(prototype(U1="x" * (room + 1))) is JsonError.VALUE
    prepare(meter, clock, prototype(U1="x" * room))
    give(meter, clock, "B")
    assert MAX_RECORD_BYTES - 100 < len(meter.records[0]) <= MAX_RECORD_BYTES


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"[]", JsonError.SYNTAX),
        (b"{", JsonError.NOT_FULL_PACKET),
        (prototype(SD="00"), JsonError.SEQUENCE),
        (b"{}", JsonError.VALUE),
    ],
)
def test_only_status_and_error_dword_tell(
    meter: SimulatedMeter, clock: ManualClock, text: bytes, error: JsonError
) -> None:
    prepare(meter, clock, text)
    assert meter.measurement_status == 0
    assert meter.errors_1 == error
    assert meter.signature_status == SignatureStatus.ERROR
    # The error stays, also when a good prototype follows, until it is reset.
    prepare(meter, clock)
    assert meter.measurement_status == 1
    assert meter.errors_1 == error
    meter.reset_errors()
    assert meter.errors_1 == 0
    assert meter.signature_status == SignatureStatus.CORRECT_JSON | SignatureStatus.OK


def test_the_check_takes_a_moment(meter: SimulatedMeter, clock: ManualClock) -> None:
    meter.submit_prototype(prototype())
    assert meter.measurement_status == 0
    clock.advance(0.04)
    assert meter.measurement_status == 0
    clock.advance(0.02)
    assert meter.measurement_status == 1


def test_a_prepared_prototype_can_be_replaced(meter: SimulatedMeter, clock: ManualClock) -> None:
    prepare(meter, clock)
    meter.submit_prototype(prototype(ID="OTHER"))
    assert not meter.signature_status & SignatureStatus.CORRECT_JSON
    clock.advance(1)
    assert meter.signature_status & SignatureStatus.CORRECT_JSON
    give(meter, clock, "B")
    assert '"ID":"OTHER"' in meter.records[0] or '"ID": "OTHER"' in meter.records[0]


def test_a_bad_replacement_leaves_the_prepared_one(
    meter: SimulatedMeter, clock: ManualClock
) -> None:
    prepare(meter, clock)
    prepare(meter, clock, b"{}")
    assert meter.measurement_status == 1
    assert meter.errors_1 == JsonError.VALUE


def test_a_prototype_in_a_running_cycle(meter: SimulatedMeter, clock: ManualClock) -> None:
    prepare(meter, clock)
    give(meter, clock, "B")
    prepare(meter, clock)
    assert meter.errors_1 == JsonError.SEQUENCE
    assert meter.measurement_status == 2
    assert meter.signature_status & SignatureStatus.ERROR
    assert meter.signature_status & SignatureStatus.CORRECT_JSON
    give(meter, clock, "E")
    assert len(meter.records) == 2


def test_a_prototype_before_commissioning(clock: ManualClock) -> None:
    meter = SimulatedMeter(clock=clock, commissioned=False)
    assert meter.signature_status == SignatureStatus.NOT_INITIALISED
    assert meter.public_key_raw == meter.public_key_ocmf == b""
    prepare(meter, clock)
    assert meter.errors_1 == JsonError.SEQUENCE
    assert meter.measurement_status == 0
