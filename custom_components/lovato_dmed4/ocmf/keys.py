"""Public keys of meters, in any shape that meters, backends and files have been seen to use."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
import hashlib
import json
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ObjectIdentifier, load_der_x509_certificate

# A key takes some 160 bytes, a certificate several times that; PEM and base64 of its hex more.
_MAX_KEY_SIZE = 8192

# The tags of ASN.1 that occur in keys and signatures.
INTEGER = 0x02
_BIT_STRING = 0x03
_OID = 0x06
SEQUENCE = 0x30
_LONG_LENGTH = 0x80

_UNCOMPRESSED = b"\x04"
_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
# A curve of the specification that OpenSSL has but cryptography never offered.
_SECP192K1 = ("secp192k1", "1.3.132.0.31", 24)

# SA: the curve and the hash.
ALGORITHM = re.compile(r"(?:ECDSA-)?([A-Z0-9]+)(?:-(SHA-?[0-9]+))?", re.IGNORECASE)
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----([^-]*)-----END \1-----")
_PRIVATE = "PRIVATE"
_URL_SAFE = str.maketrans("-_", "+/")
_OCA = re.compile(r"oca:[a-z0-9]+:[a-z0-9]+:", re.IGNORECASE)
# A label before the key, with a colon and a space behind it.
_LABEL = re.compile(r"[^:{]{1,40}:\s+(?=\S)")


class MalformedKeyError(ValueError):
    """The data are not a public key on a known elliptic curve."""


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
        algorithm = _oid(_EC_PUBLIC_KEY) + CURVES[self.curve].oid
        return _write(
            SEQUENCE, _write(SEQUENCE, algorithm) + _write(_BIT_STRING, b"\0" + self.point)
        )


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve: its OID as in a key, a coordinate's bytes, and what calculates with it, if anything."""

    name: str
    oid: bytes
    size: int
    native: ec.EllipticCurve | None = field(default=None, compare=False)


def load_public_key(key: bytes | str, curve: str | None = None) -> PublicKey:
    """Load a public key from any shape that meters, backends and files have been seen to use.

    These are SubjectPublicKeyInfo (DER), certificates that hold it, and points (04‖X‖Y, X‖Y or
    compressed), each as bytes, hex, base64, base64url, base32 or OCA string, PEM and JWK. What follows
    the DER is taken for a buffer's padding.

    Args:
        key: The key.
        curve: The curve of a point, by its name or as in SA. Needed for a compressed point, which
            often fits several curves; others fit one only. SubjectPublicKeyInfo names its own.

    Raises:
        MalformedKeyError: It is no key, not on a known curve, or on a curve that only `curve` names.
    """
    if len(key) > _MAX_KEY_SIZE:
        raise MalformedKeyError("Too long for a public key")
    curves = _find_curves(curve)
    for data in _shapes(key):
        if loaded := _from_spki(data) or _from_spki(_from_certificate(data) or b""):
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


def fingerprint_text(key: PublicKey) -> str:
    """Write the fingerprint as people compare it, everywhere in the same notation."""
    return hashlib.sha256(key.spki).digest().hex(":").upper()


def to_spki_hex(key: PublicKey) -> str:
    """Return the key in the one shape that every transparency software reads."""
    return key.spki.hex()


def _shapes(key: bytes | str) -> Iterator[bytes]:
    """Return the bytes a key may stand for."""
    if isinstance(key, bytes):
        yield key
        key = key.decode("latin-1")
    text = key.strip("\ufeff\0 \t\r\n\"'")
    if text.startswith("{"):
        yield from _from_jwk(text)
        return
    if pem := _PEM.search(text):
        text = "" if _PRIVATE in pem[1] else pem[2].replace(r"\n", "")
    elif label := _LABEL.match(text):
        text = text[label.end() :]
    text = _OCA.sub("", text, count=1).replace(":", "").removeprefix("0x")
    for decode in (bytes.fromhex, from_base64, _from_base32):
        with suppress(ValueError):
            data = decode(text)
            # OCA strings are themselves transmitted in base64.
            yield from _shapes(data) if data.startswith(b"oca:") else (data,)


def _from_jwk(text: str) -> Iterator[bytes]:
    """Return the point of a JSON Web Key; its curve is known by the point."""
    with suppress(ValueError, KeyError):
        jwk = json.loads(text)
        x, y = (from_base64(str(jwk[coordinate])) for coordinate in ("x", "y"))
        if len(x) == len(y):
            yield _UNCOMPRESSED + x + y


def from_base64(text: str) -> bytes:
    """Decode base64, also without its padding.

    Raises:
        ValueError: It is not base64.
    """
    text = "".join(text.split()).rstrip("=").translate(_URL_SAFE)
    return binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)


def _from_base32(text: str) -> bytes:
    """Decode base32, also without its padding.

    Raises:
        ValueError: It is not base32.
    """
    text = "".join(text.split()).rstrip("=").upper()
    return base64.b32decode(text + "=" * (-len(text) % 8))


def _from_certificate(data: bytes) -> bytes | None:
    """Return the SubjectPublicKeyInfo in a certificate (X.509)."""
    try:
        key = load_der_x509_certificate(data).public_key()
    except ValueError, UnsupportedAlgorithm:
        return None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _from_spki(data: bytes) -> PublicKey | None:
    """Load SubjectPublicKeyInfo; what follows it is padding."""
    try:
        content, _ = read_element(SEQUENCE, data)
        algorithm, content = read_element(SEQUENCE, content)
        bits, _ = read_element(_BIT_STRING, content)
    except ValueError:
        return None
    for curve in CURVES.values():
        if algorithm == _oid(_EC_PUBLIC_KEY) + curve.oid:
            return _from_point(curve, bits[1:])
    return None


def _from_point(curve: Curve, data: bytes) -> PublicKey | None:
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


def read_element(tag: int, data: bytes) -> tuple[bytes, bytes]:
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


def _find_curves(name: str | None) -> list[Curve]:
    """Find the curve with that name, or all on which a point can be tried."""
    if name is None:
        return [curve for curve in CURVES.values() if curve.native]
    match = ALGORITHM.fullmatch(name.strip())
    return [curve for curve in CURVES.values() if match and curve.name == canonical_name(match[1])]


def canonical_name(name: str) -> str:
    """Return a curve's name in the specification's spelling."""
    return name.lower().replace("brainpoolp", "brainpool")


def _curves() -> Iterator[Curve]:
    """Find the curves that this cryptography and its OpenSSL can calculate with."""
    yield Curve(_SECP192K1[0], _oid(_SECP192K1[1]), _SECP192K1[2])
    for oid in vars(ec.EllipticCurveOID).values():
        if isinstance(oid, ObjectIdentifier):
            curve = ec.get_curve_for_oid(oid)()
            size = (curve.key_size + 7) // 8
            yield Curve(
                canonical_name(curve.name),
                _oid(oid.dotted_string),
                size,
                curve if _usable(curve) else None,
            )


def _usable(curve: ec.EllipticCurve) -> bool:
    """Return whether OpenSSL was built with the curve: some distributions leave Brainpool's out."""
    try:
        ec.derive_private_key(1, curve)
    except UnsupportedAlgorithm:
        return False
    return True


CURVES = {curve.name: curve for curve in _curves()}
