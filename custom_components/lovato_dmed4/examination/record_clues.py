"""What the text of records says of the readings that their meter follows."""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
import json
import re
from typing import Any, Final

from .clues import Clues

_NUMBER: Final = re.compile(r"\D*(\d{1,18})\Z")
_TRIPLE: Final = 3
_OCTETS: Final = 0x80
# Of each of the two numbers of a signature.
_NUMBER_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Text:
    """A record that can be read.

    Attributes:
        raw: as it came.
        payload: what is signed.
        signature: the last part; empty where the record came without.
    """

    raw: bytes
    payload: Mapping[str, Any]
    signature: Mapping[str, Any]

    @property
    def readings(self) -> list[Mapping[str, Any]]:
        """The tuples."""
        found = self.payload.get("RD")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @property
    def session(self) -> object:
        """What all records of a session have in common: when it began."""
        return self.readings[0].get("TM") if self.readings else None

    @property
    def number(self) -> int | None:
        """The record number (pagination)."""
        found = _NUMBER.match(str(self.payload.get("PG", "")))
        return int(found[1]) if found else None

    @property
    def is_begin(self) -> bool:
        """Whether it is that of a start: no later moment is in it."""
        readings = self.readings
        if not readings or readings[0].get("TX") != "B":
            return False
        if len(readings) <= _TRIPLE:
            return True
        later = readings[_TRIPLE]
        return later.get("TX") == "B" or str(later.get("TM")) < str(readings[0].get("TM"))


def read(raw: bytes) -> Text | None:
    """Read a record, or its payload alone; None where that can't be done."""
    parts = raw.split(b"|")
    payload = parts[1] if len(parts) > 1 else parts[0]
    signature = parts[2] if len(parts) > 2 else b"{}"  # noqa: PLR2004 - the third part
    try:
        fields, section = (json.loads(part.decode(), strict=False) for part in (payload, signature))
    except ValueError, RecursionError:
        return None
    if not isinstance(fields, dict) or not isinstance(section, dict):
        return None
    return Text(raw, fields, section)


def look_at(clues: Clues, texts: Sequence[Text]) -> None:
    """Draw from records what they show.

    Args:
        clues: what is known.
        texts: records, the newest first, each once.
    """
    framed = [text for text in texts if text.raw.startswith(b"OCMF")]
    clues.fitting(
        "frame",
        framed,
        {
            "tight": lambda text: text.raw.startswith(b"OCMF|{"),
            "spaces": lambda text: text.raw.startswith(b"OCMF | {"),
        },
    )
    clues.fitting(
        "payload_spaces",
        texts,
        {
            "none": lambda text: b'": ' not in text.raw.partition(b"{")[2].partition(b"}|")[0],
            "colons": lambda text: b'": ' in text.raw,
        },
    )
    clues.fitting(
        "signature_section",
        [text for text in framed if "SD" in text.signature],
        {
            "full": lambda text: {"SA", "SE"} <= text.signature.keys(),
            "data": lambda text: text.signature.keys() == {"SD"} and _is_hex(text),
            "base64": lambda text: text.signature.keys() == {"SD"} and not _is_hex(text),
        },
    )
    clues.fitting("signature_der", _integers(framed), _DER_FORMS)
    _look_at_readings(clues, texts)
    _look_at_begins(clues, texts)
    _look_at_numbers(clues, texts)
    if any(not text.payload.get(field) for text in texts for field in ("MV", "MM", "MS", "MF")):
        # A meter that writes its own would have written all of them.
        clues.only("meter_fields", "copied")


def _look_at_readings(clues: Clues, texts: Sequence[Text]) -> None:
    """Look at how energy, register and time of a reading are written."""
    readings = [reading for text in texts for reading in text.readings]
    clues.fitting(
        "energy_form",
        [reading["RV"] for reading in readings if "RV" in reading],
        {
            "number": lambda value: not isinstance(value, str),
            "text": lambda value: isinstance(value, str),
        },
    )
    for code in (str(reading["RI"]) for reading in readings if reading.get("RI")):
        clues.only("register_codes", *(name for name, form in _CODES.items() if form.match(code)))
    times = [str(reading["TM"]) for reading in readings if "TM" in reading]
    letters = {time[-1] for time in times if " " in time}
    if letters & {"S", "R", "I"}:
        clues.only("time_letter", *(letters & {"S", "R", "I"}))
    elif letters == {"U"}:
        clues.only("time_letter", "S", "R", "I", "U")
    elif times and not letters:
        clues.only("time_letter", "none")


_CODES: Final = {
    "padded": re.compile(r"\d\d-\d\d:\w\w\.\d\d\.\d\d\*\w\w\Z"),
    "plain": re.compile(r"\d-\d:\w{1,2}\.\d{1,2}\.\d{1,2}\*\d{1,3}\Z"),
    "short": re.compile(r"\w{1,2}\.\d{1,2}\.\d{1,2}\Z"),
}

_DER_FORMS: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "proper": lambda digits: (
        digits[0] < _OCTETS and (len(digits) == 1 or bool(digits[0]) or digits[1] >= _OCTETS)
    ),
    "padded": lambda digits: not digits[0],
    # All numbers may have the same width: of 32 bytes, the first is zero once in 256 times.
    "bare": lambda digits: bool(digits[0]) or len(digits) == _NUMBER_BYTES,
}


def _is_hex(text: Text) -> bool:
    try:
        bytes.fromhex(str(text.signature.get("SD", "")))
    except ValueError:
        return False
    return True


def _integers(texts: Sequence[Text]) -> Iterator[bytes]:
    """Get the two numbers of each signature as they are written in ASN.1."""
    for text in texts:
        der = _decoded(str(text.signature.get("SD", "")))
        with suppress(IndexError):
            if der and der[0] == 0x30:  # noqa: PLR2004 - a sequence
                first = der[4 : 4 + der[3]]
                second = der[6 + der[3] :]
                yield from (digits for digits in (first, second) if digits)


def _decoded(text: str) -> bytes:
    with suppress(ValueError):
        return bytes.fromhex(text)
    with suppress(ValueError):
        return b64decode(text, validate=True)
    return b""


def _value(reading: Mapping[str, Any]) -> Decimal | None:
    try:
        return Decimal(str(reading.get("RV")))
    except InvalidOperation:
        return None


def _look_at_begins(clues: Clues, texts: Sequence[Text]) -> None:
    # What a meter shows in its very first record, with none before it, says less.
    for text in (text for text in texts[:-1] if text.is_begin):
        first, later = text.readings[0], text.readings[_TRIPLE:]
        if not later:
            clues.only("readings_of_begin", "none")
        elif str(later[0].get("TM")) < str(first.get("TM")):
            clues.only("readings_of_begin", "stale")
        elif _value(later[0]) == _value(first) != 0:
            clues.only("readings_of_begin", "begin")
        elif _value(later[0]) == 0 != _value(first):
            clues.only("readings_of_begin", "zeros")
    for newer, older in pairwise(texts):
        _look_at_cycle(clues, newer, older)


def _look_at_cycle(clues: Clues, newer: Text, older: Text) -> None:
    """Compare the session energy at a start with that of the session before."""
    if newer.session == older.session or len(newer.readings) < _TRIPLE:
        return
    started = _value(newer.readings[_TRIPLE - 1])
    ended = _value(older.readings[-1]) if len(older.readings) == 2 * _TRIPLE else None
    if started is None or not ended or older.is_begin:
        return
    if started in (0, ended):
        clues.only("cycle_at_begin", "zero" if started == 0 else "previous")


def _look_at_numbers(clues: Clues, texts: Sequence[Text]) -> None:
    if texts and not any(text.payload.get("PG") for text in texts):
        clues.only("pagination", "empty")
        return
    for newer, older in pairwise(texts):
        if newer.number is None or older.number is None:
            continue
        rise = newer.number - older.number
        if newer.session == older.session:
            clues.only("pagination", *(("transaction", "copied") if not rise else ("signature",)))
        elif rise == 1:
            # No client is known that counts the sessions.
            clues.only("pagination", "signature", "transaction")
        else:
            clues.only("pagination", "copied")
