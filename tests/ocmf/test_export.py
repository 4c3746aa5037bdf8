"""Files that other software reads."""

from base64 import b64decode, b64encode
import json
from xml.etree import ElementTree as ET

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
import pytest

from custom_components.lovato_dmed4.ocmf import (
    NotExportableError,
    Record,
    Verdict,
    load_public_key,
    parse,
    to_ocmf,
    to_spki_hex,
    to_xml,
    verify,
)
from custom_components.lovato_dmed4.ocmf.export import to_strict

from .helpers import KEY, PAYLOAD, der, integers, point, record, session, sign, spki, unsigned

PUBLIC = load_public_key(spki())
TX = [{"TX": transaction, "RV": 1} for transaction in "BE"]
BEGIN, END = unsigned(TX[:1], PG="T1"), unsigned(TX[1:], PG="T2")


def read(written: bytes) -> list[tuple[dict[str, str], str, str | None]]:
    """Return the attributes, the record and the key of each value."""
    root = ET.fromstring(written)  # noqa: S314 - written by the code under test
    assert (root.tag, root.attrib) == ("values", {})
    values = []
    for value in root:
        assert value.tag == "value"
        data, key = value.find("signedData"), value.find("publicKey")
        assert data is not None
        assert data.attrib == {"format": "OCMF", "encoding": "plain"}
        assert key is None or key.attrib == {"encoding": "plain"}
        values.append((value.attrib, data.text or "", None if key is None else key.text))
    return values


def written(*records: Record) -> bytes:
    return to_xml([[(each, PUBLIC) for each in records]])


def test_one_record_is_written_as_it_arrived() -> None:
    for raw in (b" OCMF|{}|{} \0", b"\xff", b"OCMF|{\r\n}|{}"):
        assert to_ocmf([raw]) == raw


def test_records_start_a_line_each() -> None:
    assert to_ocmf([b"OCMF|{}|{}", b"OCMF|[]|{}"]) == b"OCMF|{}|{}\nOCMF|[]|{}\n"
    assert to_ocmf([]) == b""
    raws = [each.raw for each in session()]
    assert to_ocmf(raws).splitlines() == raws


def test_the_meters_session_is_written_by_its_end_alone() -> None:
    begin, middle, end = session()
    assert read(written(begin, middle, end)) == [({}, end.raw.decode(), to_spki_hex(PUBLIC))]
    assert read(written(begin)) == [({}, begin.raw.decode(), to_spki_hex(PUBLIC))]


def test_begin_and_end_that_are_apart() -> None:
    values = to_xml([[(BEGIN, PUBLIC), (unsigned([]), None), (END, None)], [(BEGIN, None)]])
    assert read(values) == [
        (
            {"transactionId": "1", "context": "Transaction.Begin"},
            BEGIN.raw.decode(),
            to_spki_hex(PUBLIC),
        ),
        ({"transactionId": "1", "context": "Transaction.End"}, END.raw.decode(), None),
        ({}, BEGIN.raw.decode(), None),
    ]


def test_each_transaction_has_its_number() -> None:
    pair = [(BEGIN, None), (END, None)]
    other = [(unsigned(TX[:1], PG="T3"), None), (unsigned(TX[1:], PG="T4"), None)]
    values = read(to_xml([pair, [(session()[-1], PUBLIC)], other]))
    assert [value[0].get("transactionId") for value in values] == ["1", "1", None, "3", "3"]


def test_nothing() -> None:
    assert read(to_xml([])) == read(to_xml([[]])) == []


@pytest.mark.parametrize(
    "payload",
    [
        '{"TT":"<script>alert(1)</script> & ]]> \'x\'"}',
        '{\r\n\t"TT": "günstig 0,49 €/kWh 🔌"\r}',
        '{ \n\n "TT":"\\u0000\\u001b  "  }',
        '{"TT":"\u007f\u0085\u2028\ue000\ufffd"}',
    ],
)
def test_a_record_is_read_back_as_it_was(payload: str) -> None:
    made = parse(record(sign(payload), payload))
    file = written(made)
    assert b"\r" not in file
    assert file.startswith(b"<?xml version='1.0' encoding='utf-8'?>\n<values>\n")
    [(_, text, key)] = read(file)
    assert text == made.raw.decode()
    assert key is not None
    assert verify(parse(text), load_public_key(key)).verdict == "valid"


def test_key_is_written_in_the_one_shape_that_it_reads() -> None:
    bare = load_public_key(point()[1:])
    [(_, _, key)] = read(to_xml([[(BEGIN, bare)]]))
    assert key == spki().hex()


@pytest.mark.parametrize(
    "raw",
    [
        '{"TT":"\ufffe"}|{}'.encode(),
        '{"TT":"\uffff"}|{}'.encode(),
        b"{}|{}|\x00\x01",
        b"{}|{}|\x1b[31m",
        b"{}|{}|\xff",
        b"{}|{}|\xed\xa0\x80",
    ],
)
def test_what_xml_can_not_hold_is_refused(raw: bytes) -> None:
    made = parse(b"OCMF|" + raw)
    with pytest.raises(NotExportableError):
        written(made)
    # The others of a session can be written, as long as this one is not needed.
    begin, _, end = session()
    assert read(written(begin, made, end))


def _signed() -> tuple[str, bytes]:
    """Return a payload and its signature, whose numbers both need a zero before them."""
    for page in range(200):
        payload = PAYLOAD.replace("T41", f"T{page}")
        if all(number >> 255 for number in integers(sign(payload))):
            return payload, sign(payload)
    raise AssertionError


SIGNED, SIGNATURE = _signed()


def _shapes() -> dict[str, tuple[str | bytes, dict[str, object]]]:
    """What a signature section may hold that stricter software does not read: data, other fields."""
    signature = SIGNATURE
    r, s = (number.to_bytes(32) for number in integers(signature))
    zero = b"\0"
    return {
        "no zeros before the numbers": (der(r, s), {}),
        "zeros too many": (der(zero * 2 + r, zero * 3 + s), {}),
        "r and s alone": (r + s, {}),
        "zero bytes behind it": (signature + bytes(20), {}),
        "grouped": (signature.hex(" "), {}),
        "base64 without its padding": (b64encode(signature).decode().rstrip("="), {"SE": "base64"}),
        "base64 that is not named": (b64encode(signature).decode(), {}),
        "empty fields": (signature, {"SA": "", "SE": ""}),
        "null": (signature, {"SA": None, "SE": None}),
        "in other letters": (signature, {"SE": "HEX"}),
    }


@pytest.mark.parametrize("shape", _shapes())
def test_a_signature_is_written_in_the_one_shape_that_it_reads(shape: str) -> None:
    data, fields = _shapes()[shape]
    given = parse(record(data, SIGNED, **fields))
    assert verify(given, PUBLIC).verdict is Verdict.VALID
    strict = parse(to_strict(given, PUBLIC))
    # What is signed stays as it is, and the one library that we do not write says that it fits.
    assert strict.payload == given.payload
    section = json.loads(strict.raw.split(b"|")[2])
    if section.get("SE", "hex") == "base64":
        signature = b64decode(f"{section['SD']}==")
    else:
        signature = bytes.fromhex(section["SD"])
    assert encode_dss_signature(*decode_dss_signature(signature)) == signature
    KEY.public_key().verify(signature, given.payload, ec.ECDSA(hashes.SHA256()))
    assert section.get("SA", "ECDSA-secp256r1-SHA256") == "ECDSA-secp256r1-SHA256"
    # A record that is strict already stays the same, byte for byte.
    assert to_strict(strict, PUBLIC) == strict.raw
