"""Verification of a record's signature: ECDSA over the SHA-256 of the payload's bytes.

Genuine records come with keys and signatures in more shapes than the specification names. Only a
signature that was really checked, and failed, is called invalid: that verdict accuses somebody.
"""

import binascii
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
import hashlib
import re

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ObjectIdentifier

from .record import Record, SignatureSection

# A key takes some 160 bytes; PEM and base64 of its hex a few times that.
_MAX_KEY_SIZE = 4096

# The tags of ASN.1 that occur in keys and signatures.
_INTEGER = 0x02
_BIT_STRING = 0x03
_OID = 0x06
_SEQUENCE = 0x30
_LONG_LENGTH = 0x80
# The bit of an integer's first byte that makes it negative.
_SIGN = 0x80

_UNCOMPRESSED = b"\x04"
_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
# A curve of the specification that OpenSSL has but cryptography never offered.
_SECP192K1 = ("secp192k1", "1.3.132.0.31", 24)

_ALGORITHM = re.compile(r"(?:ECDSA-)?([A-Z0-9]+)(?:-(SHA-?[0-9]+))?", re.IGNORECASE)
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----")
_OCA = re.compile(r"oca:[a-z0-9]+:[a-z0-9]+:", re.IGNORECASE)


class MalformedKeyError(ValueError):
    """The data are not a public key on a known elliptic curve."""


class Verdict(StrEnum):
    """What is known about a signature."""

    VALID = "valid"
    INVALID = "invalid"
    NO_KEY = "no_key"
    # The key is on another curve than the signature says: a foreign key, no sign of tampering.
    KEY_MISMATCH = "key_mismatch"
    UNSUPPORTED = "unsupported"
    MALFORMED = "malformed"


class Reason(StrEnum):
    """Why the verdict is what it is."""

    MATCH = "match"
    NO_MATCH = "no_match"
    NO_KEY = "no_key"
    KEY_CURVE = "key_curve"
    ALGORITHM = "algorithm"
    CURVE = "curve"
    HASH = "hash"
    ENCODING = "encoding"
    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_TEXT = "signature_text"
    SIGNATURE_SHAPE = "signature_shape"


_VERDICTS = {
    Reason.MATCH: Verdict.VALID,
    Reason.NO_MATCH: Verdict.INVALID,
    Reason.NO_KEY: Verdict.NO_KEY,
    Reason.KEY_CURVE: Verdict.KEY_MISMATCH,
    Reason.ALGORITHM: Verdict.UNSUPPORTED,
    Reason.CURVE: Verdict.UNSUPPORTED,
    Reason.HASH: Verdict.UNSUPPORTED,
    Reason.ENCODING: Verdict.UNSUPPORTED,
    Reason.SIGNATURE_MISSING: Verdict.MALFORMED,
    Reason.SIGNATURE_TEXT: Verdict.MALFORMED,
    Reason.SIGNATURE_SHAPE: Verdict.MALFORMED,
}


@dataclass(frozen=True, slots=True)
class SignatureResult:
    """Outcome of a verification."""

    reason: Reason

    @property
    def verdict(self) -> Verdict:
        """What is known about the signature."""
        return _VERDICTS[self.reason]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A meter's public key, equal to the same key loaded from another shape.

    Attributes:
        curve: Name of the curve in the specification's spelling, such as `brainpool256r1`.
        point: The point of the curve, uncompressed: 04‖X‖Y.
    """

    curve: str
    point: bytes

    @property
    def spki(self) -> bytes:
        """The key as SubjectPublicKeyInfo in DER."""
        algorithm = _oid(_EC_PUBLIC_KEY) + _CURVES[self.curve].oid
        return _write(
            _SEQUENCE, _write(_SEQUENCE, algorithm) + _write(_BIT_STRING, b"\0" + self.point)
        )


class SignatureShape(StrEnum):
    """How a signature's two numbers are put together; other software reads the first two at most."""

    DER = "der"
    # DER without the 00 that keeps a number with its top bit set from being negative.
    UNSIGNED = "unsigned"
    # DER with bytes before a number that it does not need.
    PADDED = "padded"
    # r‖s.
    RAW = "raw"


class _UnverifiableError(Exception):
    """The signature cannot be checked."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Curve:
    """A curve: its OID as in a key, a coordinate's bytes, and what calculates with it, if anything."""

    name: str
    oid: bytes
    size: int
    native: ec.EllipticCurve | None = field(default=None, compare=False)


def load_public_key(key: bytes | str, curve: str | None = None) -> PublicKey:
    """Load a public key from any shape that meters, backends and files have been seen to use.

    These are SubjectPublicKeyInfo (DER) and points (04‖X‖Y, X‖Y or compressed), each as bytes, hex,
    base64 or OCA string, and PEM. What follows the DER is taken for a buffer's padding.

    Args:
        key: The key.
        curve: The curve of a point, by its name or as in SA. Needed for a compressed point, which
            often fits several curves; others fit one only. SubjectPublicKeyInfo names its own.

    Raises:
        MalformedKeyError: It is no key, not on a known curve, or on a curve that only `curve` tells.
    """
    if len(key) > _MAX_KEY_SIZE:
        raise MalformedKeyError("Too long for a public key")
    curves = _find_curves(curve)
    for data in _shapes(key):
        if loaded := _from_spki(data):
            return loaded
        fitting = [point for known in curves if (point := _from_point(known, data))]
        if len(fitting) > 1:
            raise MalformedKeyError("The point lies on several curves: name the one meant")
        if fitting:
            return fitting[0]
    raise MalformedKeyError("Not a public key on a known curve")


def fingerprint(key: PublicKey) -> str:
    """Return the SHA-256 of the key in hex, the same whatever shape the key came in."""
    return hashlib.sha256(key.spki).hexdigest()


def to_spki_hex(key: PublicKey) -> str:
    """Return the key in the one shape that every transparency software reads."""
    return key.spki.hex()


def verify(record: Record, key: PublicKey | None) -> SignatureResult:
    """Check a record's signature; never raises."""
    try:
        curve, sha256 = _algorithm(record.signature)
        signatures = _signatures(record.signature, curve)
        native = _native(key, curve)
    except _UnverifiableError as err:
        return SignatureResult(err.reason)
    if any(_matches(native, signature, record.payload) for signature in signatures):
        return SignatureResult(Reason.MATCH)
    return SignatureResult(Reason.NO_MATCH if sha256 else Reason.HASH)


def signature_shape(section: SignatureSection) -> SignatureShape | None:
    """Tell how a signature is written; None if it can't be read."""
    try:
        data = _decode(section)
    except _UnverifiableError:
        return None
    if numbers := _read_numbers(data):
        if any(map(_is_padded, numbers)):
            return SignatureShape.PADDED
        return (
            SignatureShape.UNSIGNED
            if any(number[0] & _SIGN for number in numbers)
            else SignatureShape.DER
        )
    return (
        SignatureShape.RAW if len(data) in {2 * curve.size for curve in _CURVES.values()} else None
    )


def _is_padded(number: bytes) -> bool:
    """Tell whether a number's first byte only repeats the sign of the second."""
    return len(number) > 1 and number[0] == (0xFF if number[1] & _SIGN else 0)


def _algorithm(section: SignatureSection) -> tuple[_Curve, bool]:
    """Return the curve, and whether SA names SHA-256, which is tried whatever it names."""
    if not section.data:
        raise _UnverifiableError(Reason.SIGNATURE_MISSING)
    algorithm = _ALGORITHM.fullmatch(section.algorithm.strip())
    curve = _CURVES.get(_canonical(algorithm[1])) if algorithm else None
    if not algorithm or not curve:
        raise _UnverifiableError(Reason.ALGORITHM)
    if not curve.native:
        raise _UnverifiableError(Reason.CURVE)
    return curve, (algorithm[2] or "SHA256").upper().replace("-", "") == "SHA256"


def _signatures(section: SignatureSection, curve: _Curve) -> list[bytes]:
    """Return the signature in proper DER, once for each way to read it."""
    pairs = list(_integers(_decode(section), curve.size))
    if not pairs:
        raise _UnverifiableError(Reason.SIGNATURE_SHAPE)
    return [encode_dss_signature(r, s) for r, s in pairs]


def _decode(section: SignatureSection) -> bytes:
    """Return the signature's bytes."""
    decoders = {"hex": bytes.fromhex, "base64": _from_base64}
    decode = decoders.get(section.encoding.strip().lower())
    if not decode:
        raise _UnverifiableError(Reason.ENCODING)
    try:
        return decode(section.data or "")
    except ValueError as err:
        raise _UnverifiableError(Reason.SIGNATURE_TEXT) from err


def _integers(data: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Read r and s from DER, or as r‖s.

    Many meters omit the 00 that keeps a DER integer positive, and some write one too many, so they
    are read as unsigned.
    """
    if numbers := _read_numbers(data):
        r, s = numbers
        yield int.from_bytes(r), int.from_bytes(s)
    if len(data) == 2 * size:
        yield int.from_bytes(data[:size]), int.from_bytes(data[size:])


def _read_numbers(data: bytes) -> tuple[bytes, bytes] | None:
    """Read r and s from DER, as they are written."""
    with suppress(ValueError):
        content, after = _read(_SEQUENCE, data)
        r, content = _read(_INTEGER, content)
        s, content = _read(_INTEGER, content)
        if r and s and not content and not after:
            return r, s
    return None


def _native(key: PublicKey | None, curve: _Curve) -> ec.EllipticCurvePublicKey:
    """Return what calculates with the key."""
    if key is None:
        raise _UnverifiableError(Reason.NO_KEY)
    if key.curve != curve.name or not curve.native:
        raise _UnverifiableError(Reason.KEY_CURVE)
    return ec.EllipticCurvePublicKey.from_encoded_point(curve.native, key.point)


def _matches(key: ec.EllipticCurvePublicKey, signature: bytes, payload: bytes) -> bool:
    """Check one signature. The hash is SHA-256 on every curve."""
    try:
        key.verify(signature, payload, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _shapes(key: bytes | str) -> Iterator[bytes]:
    """Return the bytes a key may stand for."""
    if isinstance(key, bytes):
        yield key
        key = key.decode("latin-1")
    text = key.strip("\0 \t\r\n")
    if pem := _PEM.search(text):
        text = pem[1]
    text = _OCA.sub("", text, count=1).replace(":", "")
    for decode in (bytes.fromhex, _from_base64):
        with suppress(ValueError):
            data = decode(text)
            # OCA strings are themselves transmitted in base64.
            yield from _shapes(data) if data.startswith(b"oca:") else (data,)


def _from_base64(text: str) -> bytes:
    """Decode base64, also without its padding.

    Raises:
        ValueError: It is not base64.
    """
    text = "".join(text.split())
    return binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)


def _from_spki(data: bytes) -> PublicKey | None:
    """Load SubjectPublicKeyInfo; what follows it is padding."""
    try:
        content, _ = _read(_SEQUENCE, data)
        algorithm, content = _read(_SEQUENCE, content)
        bits, _ = _read(_BIT_STRING, content)
    except ValueError:
        return None
    for curve in _CURVES.values():
        if algorithm == _oid(_EC_PUBLIC_KEY) + curve.oid:
            return _from_point(curve, bits[1:])
    return None


def _from_point(curve: _Curve, data: bytes) -> PublicKey | None:
    """Load a point of the curve."""
    if len(data) == 2 * curve.size:
        data = _UNCOMPRESSED + data
    if not curve.native:
        # Cannot be checked, yet is good for a fingerprint and for other software.
        uncompressed = data.startswith(_UNCOMPRESSED) and len(data) == 1 + 2 * curve.size
        return PublicKey(curve.name, data) if uncompressed else None
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(curve.native, data)
    except ValueError:
        return None
    return PublicKey(curve.name, point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _read(tag: int, data: bytes) -> tuple[bytes, bytes]:
    """Return the content of a DER element, and what follows the element.

    Raises:
        ValueError: The data do not start with such an element, or end within it.
    """
    if data[:1] != bytes([tag]) or len(data) == 1:
        raise ValueError("another element was expected")
    start, length = 2, data[1]
    if length & _LONG_LENGTH:
        start += length ^ _LONG_LENGTH
        length = int.from_bytes(data[2:start])
    if start + length > len(data):
        raise ValueError("the element is cut off")
    return data[start : start + length], data[start + length :]


def _write(tag: int, content: bytes) -> bytes:
    """Return a DER element; keys need lengths of one byte only."""
    length = [len(content)] if len(content) < _LONG_LENGTH else [_LONG_LENGTH | 1, len(content)]
    return bytes([tag, *length]) + content


def _oid(dotted: str) -> bytes:
    """Return an object identifier as a DER element."""
    first, second, *arcs = map(int, dotted.split("."))
    content = bytes([40 * first + second])
    for arc in arcs:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(arc & 0x7F | 0x80)
        content += bytes(reversed(septets))
    return _write(_OID, content)


def _find_curves(name: str | None) -> list[_Curve]:
    """Find the curve with that name, or all on which a point can be tried."""
    if name is None:
        return [curve for curve in _CURVES.values() if curve.native]
    match = _ALGORITHM.fullmatch(name.strip())
    return [curve for curve in _CURVES.values() if match and curve.name == _canonical(match[1])]


def _canonical(name: str) -> str:
    """Return a curve's name in the specification's spelling."""
    return name.lower().replace("brainpoolp", "brainpool")


def _curves() -> Iterator[_Curve]:
    """Find the curves that this cryptography and its OpenSSL can calculate with."""
    yield _Curve(_SECP192K1[0], _oid(_SECP192K1[1]), _SECP192K1[2])
    for oid in vars(ec.EllipticCurveOID).values():
        if isinstance(oid, ObjectIdentifier):
            curve = ec.get_curve_for_oid(oid)()
            size = (curve.key_size + 7) // 8
            yield _Curve(
                _canonical(curve.name),
                _oid(oid.dotted_string),
                size,
                curve if _usable(curve) else None,
            )


def _usable(curve: ec.EllipticCurve) -> bool:
    """Tell whether OpenSSL was built with the curve: some distributions leave Brainpool's out."""
    try:
        ec.derive_private_key(1, curve)
    except UnsupportedAlgorithm:
        return False
    return True


_CURVES = {curve.name: curve for curve in _curves()}
