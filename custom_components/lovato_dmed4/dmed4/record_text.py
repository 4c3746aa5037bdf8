"""The text of a record as a meter shows it: padded, cut off, or without its frame.

The bytes that are signed are never touched. What is around them may be completed.
"""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
import hashlib
import json
import re
from typing import Final

_PADDING: Final = b"\0\r\n"

# Hex or base64 of a signature: at the end of a record it distinguishes it from every other.
_SIGNED_END: Final = re.compile(rb'[0-9A-Za-z+/=]{16,}"\s*\}\Z')

# The time of a reading, without the fraction of a second.
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[,.]\d+)?([+-]\d\d:?\d\d)")

_SEQUENCE: Final = 0x30
_INTEGER: Final = 0x02
_NUMBER_BYTES: Final = 32


READ_LIMIT: Final = 4096
"""Bytes of a record from a meter, whose own buffer has 1024."""


def looks_like_record(text: bytes) -> bool:
    """Whether a text can be a record at all, with or without its frame, however damaged."""
    return text.lstrip().startswith((b"OCMF", b"{"))


def cut(text: bytes) -> bytes:
    """Cut what pads a text at its end: NULs and line breaks."""
    return text.rstrip(_PADDING)


def is_whole(text: bytes) -> bool:
    """Whether a text, cut, is a whole record: with its frame, or the payload alone."""
    if text.startswith(b"{"):
        return is_payload(text)
    return text.count(b"|") >= 2 and text.endswith(b"}")  # noqa: PLR2004 - OCMF|payload|signature


def is_payload(text: bytes) -> bool:
    """Whether a text is the payload of a record without its frame."""
    if not text.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(text), dict)
    except ValueError, RecursionError:
        return False


def payload_fields(text: bytes) -> dict[str, object] | None:
    """Get the fields of a payload, bare or between ``OCMF|`` and a signature; None if it is none."""
    _, line, framed = text.partition(b"|")
    try:
        fields = json.loads(framed.partition(b"|")[0] if line else text)
    except ValueError, RecursionError:
        return None
    return fields if isinstance(fields, dict) else None


def begin_time(record: bytes) -> tuple[float, int] | None:
    """Get the time of a record's first reading, Unix time in s, and the minutes to UTC that it states.

    None where there is none with an offset.
    """
    readings = (payload_fields(record) or {}).get("RD")
    first = readings[0] if isinstance(readings, list) and readings else None
    found = _TIME.match(str(first.get("TM"))) if isinstance(first, dict) else None
    if found is None:
        return None
    try:
        moment = datetime.strptime("".join(found.groups()), "%Y-%m-%dT%H:%M:%S%z")
        offset = moment.utcoffset() or timedelta()
        return moment.timestamp(), round(offset.total_seconds() / 60)
    except ValueError, OverflowError:
        return None


def payload_digest(text: bytes) -> bytes:
    """SHA-256 of what the signature of a record covers; of all of a text that has no frame."""
    payload = text.partition(b"|")[2].rpartition(b"|")[0].strip()
    return hashlib.sha256(payload or text).digest()


def telling_end(text: bytes) -> bytes:
    """Get what distinguishes a record from every other out of its last bytes; empty if that is not in them."""
    end = cut(text)
    return end if _SIGNED_END.search(end) else b""


def signature_section(der: bytes, raw: bytes) -> bytes | None:
    """Write the signature section of a record from the registers of the signature; None if both are empty.

    Args:
        der: register 0x4640, ASN.1; in bytes, or as text in hex or base64.
        raw: register 0x4620, r and s of 32 bytes each.
    """
    signature = _cut_der(decoded_signature(der)) or (_der(raw) if any(raw) else None)
    if signature is None:
        return None
    return (
        b'{"SA":"ECDSA-secp256r1-SHA256","SE":"hex","SD":"%s"}' % signature.hex().upper().encode()
    )


def decoded_signature(signature: bytes) -> bytes:
    """Get the bytes of a signature that may be written as text."""
    if signature[:1] == bytes([_SEQUENCE]):
        return signature
    text = cut(signature)
    with suppress(ValueError):
        return bytes.fromhex(text.decode())
    with suppress(ValueError):
        return b64decode(text, validate=True)
    return b""


def _cut_der(padded: bytes) -> bytes | None:
    if padded[:1] != bytes([_SEQUENCE]) or len(padded) < 2 or padded[1] & 0x80:  # noqa: PLR2004
        return None
    return padded[: 2 + padded[1]] if len(padded) >= 2 + padded[1] else None


def _der(raw: bytes) -> bytes:
    numbers = b"".join(_integers(raw))
    return bytes([_SEQUENCE, len(numbers)]) + numbers


def _integers(raw: bytes) -> Iterator[bytes]:
    for part in (raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]):
        digits = part.lstrip(b"\0")
        # An integer whose first bit is set would be negative.
        digits = b"\0" + digits if not digits or digits[0] & 0x80 else digits
        yield bytes([_INTEGER, len(digits)]) + digits
