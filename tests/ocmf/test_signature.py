"""Verification of signatures, and the shapes of keys."""

import base64
from collections.abc import Iterator
import hashlib
import re
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
import pytest

from custom_components.lovato_dmed4.ocmf import (
    MalformedKeyError,
    PublicKey,
    Reason,
    Verdict,
    fingerprint,
    keys as keys_module,
    load_public_key,
    parse,
    signature as signature_module,
    to_spki_hex,
    verify,
)

from .helpers import KEY, PAYLOAD, der, integers, point, record, sign, spki

PUBLIC = load_public_key(spki())
OTHER = ec.derive_private_key(4711, ec.SECP256R1())

CURVES: list[ec.EllipticCurve] = [
    ec.SECP192R1(),
    ec.SECP224R1(),
    ec.SECP256K1(),
    ec.SECP256R1(),
    ec.SECP384R1(),
    ec.SECP521R1(),
    ec.BrainpoolP256R1(),
    ec.BrainpoolP384R1(),
    ec.BrainpoolP512R1(),
]
BRAINPOOL = [curve for curve in CURVES if "brainpool" in curve.name]
# The curve's generator: cryptography has no keys on it.
SECP192K1_POINT = bytes.fromhex(
    "04DB4FF10EC057E9AE26B07D0280B7F4341DA5D1B1EAE06C7D9B2F2F6D9C5628A7844163D015BE86344082AA88D95E2F9D"
)
SECP192K1_SPKI = bytes.fromhex("3046301006072A8648CE3D020106052B8104001F033200") + SECP192K1_POINT


def check(text: str, key: PublicKey | None = PUBLIC) -> tuple[Verdict, Reason]:
    result = verify(parse(text), key)
    return result.verdict, result.reason


VALID = (Verdict.VALID, Reason.MATCH)
INVALID = (Verdict.INVALID, Reason.NO_MATCH)


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_every_curve(curve: ec.EllipticCurve) -> None:
    key = ec.derive_private_key(4711, curve)
    signature = sign(PAYLOAD, key)
    name = curve.name.replace("brainpoolP", "brainpool")
    text = record(signature, SA=f"ECDSA-{name}-SHA256")
    public = load_public_key(spki(key))
    assert public.curve == name
    assert check(text, public) == VALID
    assert check(text.replace("140.750", "140.751"), public) == INVALID


@pytest.mark.parametrize("curve", BRAINPOOL, ids=lambda curve: curve.name)
def test_brainpool_spelt_otherwise(curve: ec.EllipticCurve) -> None:
    key = ec.derive_private_key(4711, curve)
    text = record(sign(PAYLOAD, key), SA=f"ECDSA-{curve.name}-SHA256")
    assert check(text, load_public_key(spki(key))) == VALID


@pytest.mark.parametrize("algorithm", [{}, {"SA": None}, {"SA": "ecdsa-SECP256R1-sha-256"}])
def test_algorithm_by_default_and_in_other_case(algorithm: dict[str, Any]) -> None:
    assert check(record(sign(PAYLOAD), **algorithm)) == VALID


@pytest.mark.parametrize(
    "data",
    [
        base64.b64encode(sign(PAYLOAD)).decode(),
        base64.b64encode(sign(PAYLOAD)).decode().rstrip("="),
        base64.encodebytes(sign(PAYLOAD)).decode(),
    ],
)
def test_signature_in_base64(data: str) -> None:
    assert check(record(data, SE="base64")) == VALID


def test_signature_in_grouped_hex() -> None:
    assert check(record(sign(PAYLOAD).hex(" "), SE="HEX")) == VALID


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_raw_signature(curve: ec.EllipticCurve) -> None:
    key = ec.derive_private_key(4711, curve)
    size = (curve.key_size + 7) // 8
    raw = b"".join(number.to_bytes(size) for number in integers(sign(PAYLOAD, key)))
    text = record(raw, SA=f"ECDSA-{curve.name}-SHA256")
    assert check(text, load_public_key(point(key)[1:])) == VALID
    assert check(text.replace("T41", "T42"), load_public_key(point(key)[1:])) == INVALID


def numbered(wanted: int) -> tuple[str, int, int]:
    """Find a payload whose r and s both need so many bits."""
    for number in range(1000):
        payload = PAYLOAD.replace("T41", f"T{number}")
        r, s = integers(sign(payload))
        if r.bit_length() == s.bit_length() == wanted:
            return payload, r, s
    raise AssertionError


def test_integers_without_their_zero() -> None:
    payload, r, s = numbered(256)
    text = record(der(r.to_bytes(32), s.to_bytes(32)), payload)
    assert check(text) == VALID
    assert check(text.replace("140.750", "140.751")) == INVALID


def test_integers_with_superfluous_zeros() -> None:
    payload, r, s = numbered(255)
    assert check(record(der(r.to_bytes(33), s.to_bytes(35)), payload)) == VALID


def test_length_in_the_long_form() -> None:
    data = sign(PAYLOAD)
    assert check(record(bytes([data[0], 0x81]) + data[1:])) == VALID


def test_high_and_low_s() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    r, s = integers(sign(PAYLOAD))
    for number in (s, order - s):
        assert check(record(der(r.to_bytes(33), number.to_bytes(33)))) == VALID


@pytest.mark.parametrize(
    "payload",
    [
        ' {\n  "FV" : "1.3",\r\n\t"RD" : [ ]\n} ',
        '{"TT":"Strom | 0,49 €/kWh, günstig","RD":[]}',
        "{}",
    ],
    ids=["pretty", "pipe and UTF-8", "empty"],
)
def test_payload_is_verified_as_sent(payload: str) -> None:
    text = record(sign(payload), payload)
    assert check(text) == VALID
    assert check(text.replace("{", "{ ", 1)) == INVALID


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("129.500", "129.5"),  # written anew by a program that read a float
        ("140.750", "100.750"),
        ("04A1B2C3", "04A1B2C4"),
        ("T12:45", "T12:46"),
        ('"FV":"1.3",', '"FV":"1.3", '),
    ],
)
def test_tampered_payload(old: str, new: str) -> None:
    text = record(sign(PAYLOAD))
    assert old in text
    assert check(text.replace(old, new)) == INVALID


def test_tampered_signature() -> None:
    r, s = integers(sign(PAYLOAD))
    for first, second in [(r + 1, s), (r, s + 1), (s, r), (0, s), (1 << 300, s)]:
        assert check(record(der(first.to_bytes(40), second.to_bytes(40)))) == INVALID


@pytest.mark.parametrize(
    "zeros", [bytes(64), bytes(72), der(b"\0", b"\0"), der(bytes(32), bytes(32))]
)
def test_zeros_are_no_signature(zeros: bytes) -> None:
    for shape in (record(zeros), record(base64.b64encode(zeros).decode(), SE="base64")):
        assert check(shape) == (Verdict.MALFORMED, Reason.SIGNATURE_MISSING)


def test_zeros_behind_the_signature_are_a_buffer() -> None:
    text = record(sign(PAYLOAD) + bytes(8))
    assert check(text) == VALID
    assert check(text.replace("T41", "T42")) == INVALID


@pytest.mark.parametrize("section", [{}, {"SE": ""}, {"SE": None}, {"SA": "", "SE": " "}])
def test_base64_without_its_name(section: dict[str, Any]) -> None:
    text = record(base64.b64encode(sign(PAYLOAD)).decode(), **section)
    assert check(text) == VALID
    assert check(text.replace("T41", "T42")) == INVALID
    assert check(record(sign(PAYLOAD), **section)) == VALID


def test_wrong_key() -> None:
    assert check(record(sign(PAYLOAD)), load_public_key(spki(OTHER))) == INVALID


@pytest.mark.parametrize("text", [record(sign(PAYLOAD)), record(sign("{}"))])
def test_key_on_another_curve_is_no_tampering(text: str) -> None:
    for key in (spki(ec.derive_private_key(4711, ec.SECP256K1())), SECP192K1_SPKI):
        assert check(text, load_public_key(key)) == (Verdict.KEY_MISMATCH, Reason.KEY_CURVE)


def test_no_key() -> None:
    assert check(record(sign(PAYLOAD)), None) == (Verdict.NO_KEY, Reason.NO_KEY)


def test_former_key_is_not_trusted() -> None:
    text = f"{record(sign(PAYLOAD, OTHER))}|{spki(OTHER).hex()}"
    assert check(text, None) == (Verdict.NO_KEY, Reason.NO_KEY)
    assert check(text) == INVALID
    assert check(f"{record(sign(PAYLOAD))}|{spki(OTHER).hex()}") == VALID


@pytest.mark.parametrize("key", [None, PUBLIC, load_public_key(SECP192K1_SPKI)])
@pytest.mark.parametrize(
    ("section", "reason"),
    [
        ({"SA": "ECDSA-secp192k1-SHA256"}, Reason.CURVE),
        ({"SA": "ECDSA-secp111x1-SHA256"}, Reason.ALGORITHM),
        ({"SA": "RSA-2048-SHA256"}, Reason.ALGORITHM),
        ({"SA": "Ed25519"}, Reason.ALGORITHM),
        ({"SE": "base32"}, Reason.ENCODING),
    ],
)
def test_unsupported(section: dict[str, str], reason: Reason, key: PublicKey | None) -> None:
    assert check(record(sign(PAYLOAD), **section), key) == (Verdict.UNSUPPORTED, reason)


def test_hash_is_sha256_whatever_the_record_says() -> None:
    text = record(sign(PAYLOAD), SA="ECDSA-secp256r1-SHA384")
    assert check(text) == VALID
    tampered = text.replace("140.750", "140.751")
    assert check(tampered) == (Verdict.UNSUPPORTED, Reason.HASH)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, Reason.SIGNATURE_MISSING),
        ("", Reason.SIGNATURE_MISSING),
        ("xyz", Reason.SIGNATURE_TEXT),
        ("ABC", Reason.SIGNATURE_TEXT),
        ("äß", Reason.SIGNATURE_TEXT),
        ("ABCD", Reason.SIGNATURE_SHAPE),
        ("30", Reason.SIGNATURE_SHAPE),
        ("3080", Reason.SIGNATURE_SHAPE),
        ("30820101", Reason.SIGNATURE_SHAPE),
        ("3006020101030101", Reason.SIGNATURE_SHAPE),
        ("300402000200", Reason.SIGNATURE_SHAPE),
        (sign(PAYLOAD)[:-1], Reason.SIGNATURE_SHAPE),
        (sign(PAYLOAD) + b"\1", Reason.SIGNATURE_SHAPE),
        (der(b"\1", b"\1", b"\1"), Reason.SIGNATURE_SHAPE),
    ],
)
def test_malformed_signature(data: bytes | str | None, reason: Reason) -> None:
    assert check(record(data)) == (Verdict.MALFORMED, reason)


def test_malformed_base64() -> None:
    assert check(record("MEU$", SE="base64")) == (Verdict.MALFORMED, Reason.SIGNATURE_TEXT)


def pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def shapes(key: ec.EllipticCurvePrivateKey) -> Iterator[bytes | str]:
    """Return every shape of a key that tells its curve."""
    oca = f"oca:base16:asn1:{spki(key).hex()}"
    yield from (pem(key), pem(key).decode(), pem(key).decode().replace("\n", "\r\n"))
    yield from (oca, oca.encode(), base64.b64encode(oca.encode()))
    yield f"oca:base64:asn1:{base64.b64encode(spki(key)).decode()}"
    for data in (spki(key), spki(key) + bytes(5), point(key), point(key)[1:]):
        yield from (data, data.hex(), data.hex().encode(), data.hex().upper() + "\0\0")
        yield from (data.hex(" "), f" {data.hex(' ', 2)}\n", data.hex(":"))
        yield from (base64.b64encode(data), base64.b64encode(data).decode().rstrip("="))
        yield base64.encodebytes(data).decode()


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_every_shape_is_the_same_key(curve: ec.EllipticCurve) -> None:
    key = ec.derive_private_key(4711, curve)
    public = load_public_key(spki(key))
    assert public.spki == spki(key)
    assert to_spki_hex(public) == spki(key).hex()
    assert fingerprint(public) == hashlib.sha256(spki(key)).hexdigest()
    for shape in shapes(key):
        assert load_public_key(shape) == public, shape
        assert load_public_key(shape, f"ECDSA-{curve.name}") == public, shape
    for data in (point(key, PublicFormat.CompressedPoint), compressed_spki(key)):
        assert load_public_key(data, curve.name) == public
        assert load_public_key(data.hex(), f"ECDSA-{curve.name}-SHA256") == public


def compressed_spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    data = point(key, PublicFormat.CompressedPoint)
    algorithm = re.split(re.escape(point(key)), spki(key))[0]
    algorithm = algorithm[algorithm.index(b"\x30", 1) : algorithm.rindex(b"\x03")]
    content = algorithm + bytes([3, len(data) + 1, 0]) + data
    written = bytes([0x30, len(content)]) + content
    assert load_der_public_key(written) == key.public_key()
    return written


def test_key_names_its_curve_better_than_the_caller() -> None:
    assert load_public_key(spki(), "secp384r1") == PUBLIC
    assert load_public_key(spki(), "unheard-of") == PUBLIC


def test_compressed_point_needs_its_curve_where_it_fits_several() -> None:
    messages = set()
    for number in range(1, 40):
        key = ec.derive_private_key(number, ec.SECP256R1())
        compressed = point(key, PublicFormat.CompressedPoint)
        try:
            assert load_public_key(compressed) == load_public_key(spki(key))
        except MalformedKeyError as err:
            messages.add(str(err))
    assert messages == {"The point lies on several curves: name the one meant"}


def test_secp192k1_key_can_be_named_though_not_used() -> None:
    key = load_public_key(SECP192K1_SPKI)
    assert key.curve == "secp192k1"
    assert key.spki == SECP192K1_SPKI
    assert load_public_key(SECP192K1_POINT[1:], "secp192k1") == key
    with pytest.raises(MalformedKeyError):
        load_public_key(SECP192K1_POINT)
    with pytest.raises(MalformedKeyError):
        load_public_key(b"\2" + SECP192K1_POINT[1:25], "secp192k1")


@pytest.mark.parametrize(
    "key",
    [
        "",
        b"",
        bytes(64),
        b"\xff" * 64,
        "00" * 96,
        "no key",
        "schlüssel",
        spki()[:-1],
        spki()[:-1] + b"\0",
        point()[:-1],
        b"\4" + bytes(64),
        b"\x30\x82",
        pem(KEY)[:-20],
        "oca:base16:asn1:",
        base64.b64encode(b"oca:base16:asn1:00"),
        spki().replace(bytes.fromhex("2A8648CE3D030107"), bytes.fromhex("2A8648CE3D03017F")),
        Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "A" * 100_000,
    ],
)
def test_malformed_keys(key: bytes | str) -> None:
    with pytest.raises(MalformedKeyError):
        load_public_key(key)


def test_point_on_a_curve_unheard_of() -> None:
    for name in ("unheard-of", "secp384r1", ""):
        with pytest.raises(MalformedKeyError):
            load_public_key(point(), name)


def test_curves_that_openssl_lacks_are_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    def derive(_: int, curve: ec.EllipticCurve) -> None:
        if "brainpool" in curve.name:
            raise UnsupportedAlgorithm(curve.name)

    key = ec.derive_private_key(4711, ec.BrainpoolP256R1())
    text = record(sign(PAYLOAD, key), SA="ECDSA-brainpoolP256r1-SHA256")
    public = load_public_key(spki(key))
    monkeypatch.setattr(ec, "derive_private_key", derive)
    curves = {curve.name: curve for curve in keys_module._curves()}
    monkeypatch.setattr(signature_module, "CURVES", curves)
    assert check(text, public) == (Verdict.UNSUPPORTED, Reason.CURVE)
    assert load_public_key(spki(key)) == public
    assert check(record(sign(PAYLOAD))) == VALID
