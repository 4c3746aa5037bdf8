"""Verification of a record's signature: ECDSA over the SHA-256 of the payload's bytes.

Genuine records come with keys and signatures in more shapes than the specification names. Only a
signature that was really checked, and failed, is called invalid: that verdict is an accusation.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from .keys import (
    ALGORITHM,
    CURVES,
    INTEGER,
    SEQUENCE,
    Curve,
    PublicKey,
    canonical_name,
    from_base64,
    read_element,
)
from .record import DEFAULT_ENCODING, Record, SignatureSection, field_text

# The bit of an integer's first byte that makes it negative.
_SIGN = 0x80


class Verdict(StrEnum):
    """What is known about a signature."""

    VALID = "valid"
    INVALID = "invalid"
    # Fits the same values in another layout: a copy of something genuine, no evidence itself.
    REFORMATTED = "reformatted"
    NO_KEY = "no_key"
    # The key is on another curve than the signature says: a foreign key, no sign of tampering.
    KEY_MISMATCH = "key_mismatch"
    UNSUPPORTED = "unsupported"
    MALFORMED = "malformed"


class Reason(StrEnum):
    """Why the verdict is what it is."""

    MATCH = "match"
    NO_MATCH = "no_match"
    REFORMATTED = "reformatted"
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
    Reason.REFORMATTED: Verdict.REFORMATTED,
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


class SignatureShape(StrEnum):
    """How a signature's two numbers are put together; other software reads the first two at most."""

    DER = "der"
    # DER without the 00 that keeps a number with its top bit set from being negative.
    UNSIGNED = "unsigned"
    # DER with bytes that it does not need: before a number, or zeros behind the whole.
    PADDED = "padded"
    # r‖s.
    RAW = "raw"


class _UnverifiableError(Exception):
    """The signature cannot be checked."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def verify(record: Record, key: PublicKey | None) -> SignatureResult:
    """Check a record's signature over the bytes that arrived; never raises.

    `judge` also knows what to think of a copy in another layout.
    """
    return _verify(record, key, {record.payload: None, record.section or record.payload: None})


def verify_layouts(
    record: Record, key: PublicKey | None, payloads: Iterable[bytes]
) -> SignatureResult:
    """Check whether a signature fits one of these payloads instead of the record's own."""
    return _verify(record, key, payloads)


def _verify(record: Record, key: PublicKey | None, payloads: Iterable[bytes]) -> SignatureResult:
    try:
        curve, sha256 = _algorithm(record.signature)
        signatures = _signatures(record.signature, curve)
        native = _native(key, curve)
    except _UnverifiableError as err:
        return SignatureResult(err.reason)
    if any(
        _matches(native, signature, payload) for payload in payloads for signature in signatures
    ):
        return SignatureResult(Reason.MATCH)
    return SignatureResult(Reason.NO_MATCH if sha256 else Reason.HASH)


def signature_shape(section: SignatureSection) -> SignatureShape | None:
    """Return how a signature is written; None if it can't be read."""
    try:
        data = _decode(section)
    except _UnverifiableError:
        return None
    if numbers := _read_numbers(data):
        if any(map(_is_padded, numbers)) or _follows(data):
            return SignatureShape.PADDED
        return (
            SignatureShape.UNSIGNED
            if any(number[0] & _SIGN for number in numbers)
            else SignatureShape.DER
        )
    return (
        SignatureShape.RAW if len(data) in {2 * curve.size for curve in CURVES.values()} else None
    )


def strict_fields(record: Record, key: PublicKey | None) -> dict[str, str]:
    """Return what has to change in the signature section for software that reads no other shape.

    Nothing of that section is signed. It is the same signature, in DER and in hex; of two ways to read
    it, the one that fits.
    """
    section = record.signature
    shape = signature_shape(section)
    changes = {
        name: default
        for name, default in (("SA", section.algorithm), ("SE", _said(section) or DEFAULT_ENCODING))
        if name in section.fields and section.fields[name] != default
    }
    unsaid = not _said(section) and is_base64(section)
    if shape is None or (shape is SignatureShape.DER and not unsaid):
        return changes
    try:
        curve, _ = _algorithm(section)
        native = _native(key, curve) if key else None
        written = _signatures(section, curve)
    except _UnverifiableError:
        return changes
    fitting = [each for each in written if native and _matches(native, each, record.payload)]
    changes["SD"] = (fitting or written)[0].hex().upper()
    return changes | ({"SE": DEFAULT_ENCODING} if "SE" in section.fields else {})


def _said(section: SignatureSection) -> str:
    """Return the encoding that a section names, in small letters."""
    return (field_text(section.fields, "SE") or "").strip().lower()


def is_base64(section: SignatureSection) -> bool:
    """Whether a signature is no hex."""
    try:
        bytes.fromhex(section.data or "")
    except ValueError:
        return True
    return False


def _is_padded(number: bytes) -> bool:
    """Return whether a number's first byte only repeats the sign of the second."""
    return len(number) > 1 and number[0] == (0xFF if number[1] & _SIGN else 0)


def _algorithm(section: SignatureSection) -> tuple[Curve, bool]:
    """Return the curve, and whether SA names SHA-256, which is tried whatever it names."""
    if not section.data:
        raise _UnverifiableError(Reason.SIGNATURE_MISSING)
    algorithm = ALGORITHM.fullmatch(section.algorithm.strip())
    curve = CURVES.get(canonical_name(algorithm[1])) if algorithm else None
    if not algorithm or not curve:
        raise _UnverifiableError(Reason.ALGORITHM)
    if not curve.native:
        raise _UnverifiableError(Reason.CURVE)
    return curve, (algorithm[2] or "SHA256").upper().replace("-", "") == "SHA256"


def _signatures(section: SignatureSection, curve: Curve) -> list[bytes]:
    """Return the signature in proper DER, once for each way to read it."""
    pairs = list(_integers(_decode(section), curve.size))
    if not pairs:
        raise _UnverifiableError(Reason.SIGNATURE_SHAPE)
    # A meter that has not signed yet shows the buffer of its signature, which is all zeros.
    signed = [pair for pair in pairs if any(pair)]
    if not signed:
        raise _UnverifiableError(Reason.SIGNATURE_MISSING)
    return [encode_dss_signature(r, s) for r, s in signed]


def _decode(section: SignatureSection) -> bytes:
    """Return the signature's bytes.

    Some meters write base64 and leave SE out, which is seen by what comes of it.
    """
    decoders = {
        "hex": (bytes.fromhex,),
        "base64": (from_base64,),
        "": (bytes.fromhex, _numbers_in_base64),
    }
    named = _said(section)
    for decode in decoders.get(named, ()):
        with suppress(ValueError):
            data = decode(section.data or "")
            if data.strip(b"\0"):
                return data
            raise _UnverifiableError(Reason.SIGNATURE_MISSING)
    raise _UnverifiableError(Reason.SIGNATURE_TEXT if named in decoders else Reason.ENCODING)


def _numbers_in_base64(text: str) -> bytes:
    """Decode base64 if that makes a signature.

    Raises:
        ValueError: It does not.
    """
    data = from_base64(text)
    if not _read_numbers(data) and len(data) not in {2 * curve.size for curve in CURVES.values()}:
        raise ValueError("not a signature")
    return data


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
        content, after = read_element(SEQUENCE, data)
        r, content = read_element(INTEGER, content)
        s, content = read_element(INTEGER, content)
        if r and s and not content and not after.strip(b"\0"):
            return r, s
    return None


def _follows(data: bytes) -> bytes:
    """Return what follows the DER: the rest of a buffer."""
    return read_element(SEQUENCE, data)[1]


def _native(key: PublicKey | None, curve: Curve) -> ec.EllipticCurvePublicKey:
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
