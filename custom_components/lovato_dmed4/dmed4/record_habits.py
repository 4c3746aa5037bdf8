"""How a meter writes its records, where the manual leaves it open, in sentences about the meter.

None of it is an error, and none of it is in the way of a verdict. It says which meter this is.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
import json
import re
from typing import Final

from .model import Command
from .record_text import decoded_signature, payload_fields

type Fields = Mapping[str, object]

_TRIPLE: Final = 3
_SPACED: Final = re.compile(rb'": "?')
_HEX: Final = re.compile(r"[0-9A-Fa-f]*")
_SIGN: Final = 0x80
_NUMBER_BYTES: Final = 32


def of_record(command: Command, record: bytes, *, before: bytes, prototype: bytes) -> Iterator[str]:
    """Say how a record is written that a command brought.

    Args:
        command: which.
        record: what it brought.
        before: the record before it, empty for none.
        prototype: what was handed over for it.
    """
    frame = record.split(b"|")
    fields = payload_fields(record)
    if len(frame) != _TRIPLE or fields is None:
        return
    if frame[0] != frame[0].strip():
        yield "The meter puts spaces around the lines between the parts of its records"
    if _SPACED.search(frame[1]):
        yield "The meter signs its records with spaces after the names"
    yield from _of_signature(frame[2])
    sent = payload_fields(prototype) or {}
    yield from _of_numbers(fields, sent, payload_fields(before) or {})
    if any(fields.get(name) != sent.get(name, "") for name in ("MS", "MM")):
        yield "The meter writes its own model and serial number into its records"
    if command is Command.BEGIN:
        yield from _of_begin(fields.get("RD"))


def _of_signature(section: bytes) -> Iterator[str]:
    try:
        fields = json.loads(section)
    except ValueError, RecursionError:
        return
    data = fields.get("SD") if isinstance(fields, dict) else None
    if not isinstance(data, str):
        return
    if "SE" not in fields:
        coding = "hexadecimal" if _HEX.fullmatch(data) else "base64"
        yield f"The meter does not say how its signatures are written (SE): they are in {coding}"
    numbers = _numbers(decoded_signature(data.encode()))
    if any(digits[0] & _SIGN for digits in numbers):
        yield "The meter leaves out the leading zeros that DER requires in its signatures"
    elif any(len(digits) > 1 and not digits[0] and not digits[1] & _SIGN for digits in numbers):
        yield "The meter puts leading zeros into its signatures that DER does not allow"


def _numbers(der: bytes) -> list[bytes]:
    """Get r and s of a signature as they are written; nothing where it is no such structure."""
    with suppress(IndexError):
        first = der[4 : 4 + der[3]]
        start = 6 + der[3]
        second = der[start : start + der[start - 1]]
        return [digits for digits in (first, second) if digits]
    return []


def _of_numbers(fields: Fields, sent: Fields, before: Fields) -> Iterator[str]:
    """Who counts the records, by their pagination."""
    number = fields.get("PG")
    if not number:
        yield "The meter leaves the number of its records (PG) empty"
    elif number == sent.get("PG"):
        yield "The meter does not count its records: their number (PG) is the one handed over"
    elif number == before.get("PG"):
        yield "The meter counts charges, not records: those of a charge have one number (PG)"


def _of_begin(readings: object) -> Iterator[str]:
    """What stands in the six readings of the record of a begin."""
    if not isinstance(readings, list) or not all(isinstance(each, dict) for each in readings):
        return
    begin, end = readings[:_TRIPLE], readings[_TRIPLE:]
    if len(begin) == _TRIPLE and _value(begin[2]):
        yield "The meter gives the energy of the charge before as that at the begin (3rd reading)"
    if not end:
        yield "The meter leaves out the readings of the end in the record of a begin"
    elif not any(map(_value, end)):
        yield "The meter writes zeros for the readings of the end in the record of a begin"
    elif end[0].get("TM") != begin[0].get("TM"):
        yield "The meter repeats readings of the record before in the record of a begin"


def _value(reading: Mapping[str, object]) -> float:
    with suppress(ValueError):
        return float(str(reading.get("RV")))
    return 0.0
