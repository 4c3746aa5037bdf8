"""What holds for any record, whoever made it."""

import base64
from collections.abc import Callable
import json
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lovato_dmed4.ocmf import (
    ClockStatus,
    MalformedKeyError,
    MalformedRecordError,
    Moment,
    NotExportableError,
    PublicKey,
    Reading,
    Reason,
    Record,
    SignatureSection,
    Verdict,
    check_session,
    deviations,
    expect,
    fingerprint,
    load_public_key,
    outline,
    parse,
    signature as signature_module,
    time_quality,
    to_ocmf,
    to_xml,
    transaction,
    verify,
)
from custom_components.lovato_dmed4.ocmf.export import to_strict

from .helpers import PAYLOAD, grows_evenly, integers, record, sign, spki

PUBLIC = load_public_key(spki())
SIGNATURE = sign(PAYLOAD)
RAW = b"".join(number.to_bytes(32) for number in integers(SIGNATURE))
RECORD = record(SIGNATURE).encode()
# Those of the specification that can be calculated with.
CURVES: list[ec.EllipticCurve] = [
    ec.SECP192R1(),
    ec.SECP256K1(),
    ec.SECP256R1(),
    ec.SECP384R1(),
    ec.BrainpoolP256R1(),
    ec.BrainpoolP384R1(),
]

steady = settings(derandomize=True, deadline=None, max_examples=200)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda values: (
        st.lists(values, max_size=4)
        | st.dictionaries(
            st.sampled_from(["RD", "TM", "RV", "ST", "IF", "IS", "FV", "SA", "SE", "SD"])
            | st.text(max_size=3),
            values,
            max_size=6,
        )
    ),
    max_leaves=10,
)
sections = json_values.map(json.dumps) | st.text(max_size=40)

# What fields of records hold, in whatever field it is put.
fitting: st.SearchStrategy[object] = st.sampled_from(
    [
        *("B", "C", "X", "E", "P", "T", "G", "M", "", "t", "Et", "kWh", "Wh", "mOhm", "DC"),
        *("1-0:1.8.0", "1-0:98.8.0*FF", "1-0:", "T1", "T2", "F3", "T" + "9" * 99, "1.0", "0.3"),
        "2026-05-01T12:00:00,000+0200 S",
        "2026-05-01T12:45:10,000+0200 R",
        "0001-01-01T00:00:00,000+1200 U",
        "9999-12-31T23:59:59,999-1200 I",
        *(None, True, 0, -1, 2.5, 99999999.999, 10**39, -(10**39), 1e99, 1e-99, 0.0001),
        *("1e99", "-0.000", "1.5 ", "NaN", "x|y", "ä€", "\0", "\ufffe", "x" * 300),
        *([], ["RFID_NONE"], [[]], {}, {"LR": 1, "LU": "mOhm"}, [None, 1]),
    ]
)
readings = st.lists(
    st.dictionaries(
        st.sampled_from(["TM", "TX", "RV", "RI", "RU", "RT", "CL", "EF", "ST", "EI", "U"]),
        fitting,
        max_size=7,
    ),
    max_size=4,
)
payloads = st.builds(
    lambda fields, entries: json.dumps({**fields, "RD": entries}),
    st.dictionaries(
        st.sampled_from(["FV", "PG", "MS", "GS", "IS", "IL", "IF", "IT", "ID", "TT", "LC", "CT"]),
        fitting,
        max_size=5,
    ),
    readings,
)


def use(source: object) -> None:
    """Ask for everything that a record, or a part of one, can tell."""
    for name in dir(type(source)):
        if not name.startswith("_"):
            getattr(source, name)
    repr(source)
    hash(source)


def judge(records: list[Record]) -> None:
    """Say all that can be said of records, which may be anybody's."""
    for each in records:
        told = outline(each)
        assert sum(len(moment.readings) for moment in told.moments) == len(each.readings)
        for moment in told.moments:
            assert isinstance(moment, Moment)
            use(moment)
        assert len(deviations(each)) <= 100
        assert expect([each], None).refusal is not None
        expected = expect([each], PUBLIC)
        reason = verify(each, PUBLIC).reason
        assert not expected.accepted or reason in {Reason.MATCH, Reason.CURVE}
    findings = check_session(records)
    assert len({(finding.record, finding.code) for finding in findings}) == len(findings)
    assert all(0 <= finding.record < len(records) for finding in findings)
    assert all(len(value) <= 64 for finding in findings for value in finding.values)
    assert time_quality(records).clock in {None, *ClockStatus}
    if len(records) != 1:  # A single one has been seen.
        expect(records, PUBLIC)
    export(records)


def export(records: list[Record]) -> None:
    """Write records, and read them back."""
    raws = [each.raw for each in records]
    assert to_ocmf(raws).replace(b"\n", b"") == b"".join(raws).replace(b"\n", b"")
    try:
        written = to_xml([[(each, PUBLIC) for each in records]])
    except NotExportableError:
        return
    texts = [data.text or "" for data in ET.fromstring(written).iter("signedData")]  # noqa: S314 - our own
    given = transaction(records)
    assert [text.encode() for text in texts] == [to_strict(each, PUBLIC) for each in given]
    assert [parse(text).payload for text in texts] == [each.payload for each in given]


def read(data: bytes | str, signed: str = PAYLOAD) -> None:
    """Read a record that may be none; only one payload was ever signed."""
    try:
        parsed = parse(data)
    except MalformedRecordError:
        return
    for source in (parsed, parsed.signature, *parsed.readings):
        assert isinstance(source, Record | SignatureSection | Reading)
        use(source)
    assert parsed.payload in parsed.raw
    assert verify(parsed, None).verdict is not Verdict.VALID
    if verify(parsed, PUBLIC).verdict is Verdict.VALID:
        assert parsed.payload == signed.encode()
    judge([parsed])


@steady
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_data(data: bytes | str) -> None:
    read(data)


@steady
@given(st.lists(sections, min_size=1, max_size=4))
def test_any_sections(parts: list[str]) -> None:
    text = "|".join(["OCMF", *parts])
    read(text)
    if text.isascii():
        read(text.encode().hex())
        read(base64.b64encode(text.encode()))


@steady
@given(payloads, st.dictionaries(st.sampled_from(["SA", "SE", "SM", "SD"]), fitting))
def test_any_fields(payload: str, section: dict[str, object]) -> None:
    read(f"OCMF|{payload}|{json.dumps(section)}")
    read(record(sign(payload), payload), payload)


@steady
@given(st.lists(payloads, max_size=3))
def test_any_session(made: list[str]) -> None:
    judge([parse(f"OCMF|{payload}|{{}}") for payload in made])


@steady
@given(st.text(alphabet="0123456789-:TZ+,. UIRS", max_size=40))
def test_any_time(text: str) -> None:
    read(f'OCMF|{{"RD":[{{"TM":"{text}"}}]}}|{{}}')


@steady
@given(
    st.integers(0, len(RECORD)),
    st.integers(0, 20),
    st.binary(max_size=3) | st.sampled_from([b'"', b"|", b"\\", b"{", b"[", b"\0", b"1e99999999"]),
)
def test_any_damage(start: int, length: int, inserted: bytes) -> None:
    read(RECORD[:start] + inserted + RECORD[start + length :])


@steady
@given(st.binary(max_size=140) | st.text(max_size=200), st.none() | st.text(max_size=12))
def test_any_key(data: bytes | str, curve: str | None) -> None:
    try:
        key = load_public_key(data, curve)
    except MalformedKeyError:
        return
    assert isinstance(key, PublicKey)
    assert load_public_key(key.spki) == key
    assert fingerprint(load_public_key(key.point, key.curve)) == fingerprint(key)


# The most of everything that fits into the largest record is 1000 of them.
HOSTILE: list[Callable[[int], str]] = [
    lambda size: ",".join(["{}"] * 20 * size),
    lambda size: ",".join(['{"TX":"B"},{"TX":"E"}'] * (28 * size // 10)),
    lambda size: ",".join(['{"TM":"2026-05-01T12:00:00,000+0200 S"}'] * size),
    lambda size: ",".join(
        f'{{"RI":"{n}","RV":{n}e99,"RU":"Wh","ST":"M","EF":"Et"}}' for n in range(size)
    ),
    lambda size: f'{{"RI":"{"0" * 60 * size}"}}',
    lambda size: f'{{"RI":"1-0:{"f" * 30 * size}.8.{"f" * 29 * size}x","TX":"B"}}',
    lambda size: f'{{"TM":"{" " * 60 * size}x","TX":"B","RV":"{"9" * 60}"}}',
    lambda size: f'{{"TX":"{" " * 60 * size}","U":"{"|" * size}"}}',
    lambda _: '{"U":' + "[" * 28 + "]" * 28 + "}",
]


@pytest.mark.parametrize("entries", HOSTILE, ids=range(len(HOSTILE)))
def test_the_work_on_hostile_records_grows_no_faster_than_they(
    entries: Callable[[int], str],
) -> None:
    def work(size: int) -> None:
        head = f'OCMF|{{"FV":"1.0","PG":"T1","RD":[{entries(size)}]}}'
        judge([parse(f'{head}|{{"SD":"{RAW.hex()}"}}')])

    assert grows_evenly(work)


def flip(data: bytes, bit: int) -> bytes:
    """Turn one bit round."""
    return (int.from_bytes(data) ^ 1 << bit).to_bytes(len(data))


def verdict(data: bytes, key: PublicKey = PUBLIC) -> Verdict:
    """Return what is known about the signature; as malformed, if it is no record any more."""
    try:
        return verify(parse(data), key).verdict
    except MalformedRecordError:
        return Verdict.MALFORMED


def numbers(data: bytes) -> list[tuple[int, int]]:
    """Return r and s of a record, once for each way to read its signature."""
    section = parse(data).signature
    return list(signature_module._integers(signature_module._decode(section), 32))


def test_the_record_that_is_flipped_is_valid() -> None:
    assert verdict(RECORD) is Verdict.VALID
    assert verdict(record(RAW).encode()) is Verdict.VALID


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_no_flipped_bit_of_r_or_s_is_valid(curve: ec.EllipticCurve) -> None:
    private = ec.derive_private_key(4711, curve)
    key = load_public_key(spki(private))
    r, s = integers(sign("{}", private))
    size = curve.key_size // 8
    raw = r.to_bytes(size) + s.to_bytes(size)
    algorithm = f"ECDSA-{curve.name}-SHA256"
    assert verdict(record(raw, "{}", SA=algorithm).encode(), key) is Verdict.VALID
    for bit in range(len(raw) * 8):
        flipped = record(flip(raw, bit), "{}", SA=algorithm).encode()
        assert verdict(flipped, key) is Verdict.INVALID, bit


def test_no_flipped_bit_of_der_is_valid() -> None:
    for bit in range(len(SIGNATURE) * 8):
        flipped = record(flip(SIGNATURE, bit)).encode()
        assert verdict(flipped) in {Verdict.INVALID, Verdict.MALFORMED}, bit


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_no_flipped_bit_of_a_short_payload_is_valid(curve: ec.EllipticCurve) -> None:
    payload = b'{"PG":"T1","RD":[{"RV":129.500}]}'
    private = ec.derive_private_key(4711, curve)
    key = load_public_key(spki(private))
    made = record(
        sign(payload.decode(), private), payload.decode(), SA=f"ECDSA-{curve.name}-SHA256"
    )
    assert verdict(made.encode(), key) is Verdict.VALID
    for bit in range(len(payload) * 8):
        flipped = made.encode().replace(payload, flip(payload, bit))
        assert verdict(flipped, key) in {Verdict.INVALID, Verdict.MALFORMED}, bit


def test_a_flipped_bit_of_the_text_is_valid_only_if_it_says_the_same() -> None:
    # Outside of the payload nothing is signed, and hexadecimal digits may be small or capital: what
    # is left must be the same payload, and the same r and s.
    same = 0
    for bit in range(len(RECORD) * 8):
        flipped = flip(RECORD, bit)
        if verdict(flipped) is Verdict.VALID:
            same += 1
            assert parse(flipped).payload == PAYLOAD.encode(), bit
            assert numbers(flipped) == numbers(RECORD), bit
    assert same >= sum(character.isalpha() for character in SIGNATURE.hex())


@steady
@given(st.integers(0, len(RECORD) * 8 - 1))
def test_no_flipped_bit_accuses_a_payload_in_order(bit: int) -> None:
    flipped = flip(RECORD, bit)
    if PAYLOAD.encode() not in flipped or SIGNATURE.hex().upper().encode() not in flipped:
        return
    assert verdict(flipped) is not Verdict.INVALID
