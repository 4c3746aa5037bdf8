"""The meter's public key, in whatever form firmware writes it.

The manual gives it twice, as the bare point ("raw") and as OCMF requires it, and prints the form of
neither. Either can be derived from the other, and both transports have to give the same bytes: the
fingerprint of the point is what a meter is known by.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from contextlib import suppress
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

_SEQUENCE: Final = 0x30
_UNCOMPRESSED: Final = 0x04
_POINT_BYTES: Final = 64

# The curves of OCMF whose points have 64 bytes, the likeliest first.
_CURVES: Final = (ec.SECP256R1(), ec.BrainpoolP256R1(), ec.SECP256K1())


def key_bytes(text: str) -> bytes | None:
    """Read a key written in hex (with ``0x``, colons or spaces, if need be) or in base64.

    Returns:
        None if it is neither, or all zeros, as where there is no key yet.
    """
    bare = "".join(text.replace("\0", "").replace(":", "").split())
    bare = bare.removeprefix("0x").removeprefix("0X")
    try:
        key = bytes.fromhex(bare)
    except ValueError:
        try:
            key = b64decode(bare, validate=True)
        except Base64Error, ValueError:
            return None
    return key if any(key) else None


def both_forms(*found: bytes | None) -> tuple[bytes | None, bytes | None]:
    """Get a key as X‖Y and as SubjectPublicKeyInfo from whichever form of it could be read.

    Args:
        *found: What the meter gives as its key, in any form and order, padded or not.

    Returns:
        The point and the DER structure; None for what can't be derived.
    """
    keys = [key for key in found if key and any(key)]
    spki = next((der for der in map(cut_der, keys) if der is not None), None)
    point = next((point for point in map(_bare_point, keys) if point is not None), None)
    if point is None and spki is not None:
        point = _point_of(spki)
    if spki is None and point is not None:
        spki = _spki_of(point)
    return point, spki


def cut_der(padded: bytes) -> bytes | None:
    """Cut a DER structure at its own length: a key may end in zeros, so they must not be stripped."""
    if len(padded) < 2 or padded[0] != _SEQUENCE:  # noqa: PLR2004 - tag and length
        return None
    header, length = 2, padded[1]
    if length & 0x80:
        size = length & 0x7F
        header, length = 2 + size, int.from_bytes(padded[2 : 2 + size])
    end = header + length
    # A bare point may begin with the same byte; nothing but padding follows a structure.
    return padded[:end] if end <= len(padded) and not any(padded[end:]) else None


def _bare_point(key: bytes) -> bytes | None:
    if len(key) == _POINT_BYTES + 1 and key[0] == _UNCOMPRESSED:
        return key[1:]
    return key if len(key) == _POINT_BYTES else None


def _point_of(spki: bytes) -> bytes | None:
    with suppress(ValueError, UnsupportedAlgorithm):
        key = load_der_public_key(spki)
        if isinstance(key, ec.EllipticCurvePublicKey):
            return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
    return None


def _spki_of(point: bytes) -> bytes | None:
    for curve in _CURVES:
        with suppress(ValueError, UnsupportedAlgorithm):
            key = ec.EllipticCurvePublicKey.from_encoded_point(
                curve, bytes([_UNCOMPRESSED]) + point
            )
            return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return None
