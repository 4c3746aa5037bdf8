"""What holds for any record, whoever made it."""

import base64
import json

from hypothesis import given, settings, strategies as st

from custom_components.lovato_dmed4.ocmf import (
    MalformedKeyError,
    MalformedRecordError,
    PublicKey,
    Reading,
    Record,
    SignatureSection,
    Verdict,
    fingerprint,
    load_public_key,
    parse,
    verify,
)

from .helpers import PAYLOAD, integers, record, sign, spki

PUBLIC = load_public_key(spki())
SIGNATURE = sign(PAYLOAD)
RAW = b"".join(number.to_bytes(32) for number in integers(SIGNATURE))
RECORD = record(SIGNATURE).encode()

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


def use(record: Record) -> None:
    """Ask for everything that a record can tell."""
    for source in (record, record.signature, *record.readings):
        for name in dir(type(source)):
            if not name.startswith("_"):
                getattr(source, name)
        repr(source)
        hash(source)
    assert all(isinstance(item, Reading) for item in record.readings)
    assert isinstance(record.signature, SignatureSection)


def read(data: bytes | str) -> None:
    """Read a record that may be none."""
    try:
        parsed = parse(data)
    except MalformedRecordError:
        return
    use(parsed)
    assert parsed.payload in parsed.raw
    assert verify(parsed, None).verdict is not Verdict.VALID
    if verify(parsed, PUBLIC).verdict is Verdict.VALID:
        assert parsed.payload == PAYLOAD.encode()


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
@given(st.lists(st.dictionaries(st.sampled_from(["TM", "RV", "ST", "U"]), json_values), max_size=5))
def test_any_readings(readings: list[object]) -> None:
    read(f"OCMF|{json.dumps({'RD': readings})}|{{}}")


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


def flip(data: bytes, bit: int) -> bytes:
    """Turn one bit round."""
    return (int.from_bytes(data) ^ 1 << bit).to_bytes(len(data))


def verdict(data: bytes) -> Verdict:
    """Return what is known about the signature; as malformed, if it is no record any more."""
    try:
        return verify(parse(data), PUBLIC).verdict
    except MalformedRecordError:
        return Verdict.MALFORMED


def test_the_record_that_is_flipped_is_valid() -> None:
    assert verdict(RECORD) is Verdict.VALID
    assert verdict(record(RAW).encode()) is Verdict.VALID


def test_no_flipped_bit_of_the_signature_is_valid() -> None:
    for signature in (SIGNATURE, RAW):
        for bit in range(len(signature) * 8):
            flipped = record(flip(signature, bit)).encode()
            assert verdict(flipped) in {Verdict.INVALID, Verdict.MALFORMED}, bit


@settings(steady, max_examples=1000)
@given(st.integers(0, len(PAYLOAD) * 8 - 1))
def test_no_flipped_bit_of_the_payload_is_valid(bit: int) -> None:
    flipped = RECORD.replace(PAYLOAD.encode(), flip(PAYLOAD.encode(), bit))
    assert verdict(flipped) in {Verdict.INVALID, Verdict.MALFORMED}


@steady
@given(st.integers(0, len(RECORD) * 8 - 1))
def test_no_flipped_bit_accuses_a_payload_in_order(bit: int) -> None:
    flipped = flip(RECORD, bit)
    if PAYLOAD.encode() not in flipped or SIGNATURE.hex().upper().encode() not in flipped:
        return
    assert verdict(flipped) is not Verdict.INVALID
