"""Reading of signed records in the Open Charge Metering Format (OCMF).

A record is `OCMF|payload|signature`: two JSON objects behind a header. The signature covers the bytes
of the payload section exactly as they arrived, so those bytes are kept and never written anew from
what was read. Reading is lenient, because the meters in the field are: whatever the specification
asks for may be missing or of another type, and shows as None. It is strict where two readers could
understand different things (a key given twice, broken UTF-8), and bounded, since a record may come
from anybody.
"""

import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime
from decimal import Decimal
from enum import StrEnum
import hashlib
import json
import re
from types import MappingProxyType
from typing import Never, Self

# The largest records known are several KiB. All of a record is held in memory, some of it twice.
MAX_SIZE = 64 * 1024
# The specification needs three levels (payload, RD, reading); vendors' own fields may add some.
MAX_DEPTH = 32

DEFAULT_ALGORITHM = "ECDSA-secp256r1-SHA256"
DEFAULT_ENCODING = "hex"

_HEADER = b"OCMF"
# Meters hand out their text in buffers that are padded with NUL.
_PADDING = b" \t\r\n\0"
_HEX = re.compile(rb"[0-9A-Fa-f\s]+")
# What base64 makes of "OCMF".
_BASE64_HEADER = b"T0NNR"
# A string is one token, so a pipe or a brace in a text is none. Possessive: no backtracking.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["|{}\[\]]', re.DOTALL)
# Bounded: Decimal would otherwise accept exponents that fill the memory when written out.
_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?")
# Not a vendor's own fields: thousands of them, inherited thousands of times, would fill the memory.
_INHERITED = frozenset({"TM", "TX", "RV", "RI", "RU", "RT", "CL", "EF", "ST"})

type Json = str | Number | bool | list[Json] | dict[str, Json] | None


class MalformedRecordError(ValueError):
    """The bytes are not an OCMF record."""


class Number(Decimal):
    """A number of a record, which keeps the text it was written with.

    The decimals that a meter writes tell its precision, and a Decimal alone shows 0.0000000 as 0E-7.
    """

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Self:
        """Read a number.

        Raises:
            ValueError: The text is no JSON number, or one that no meter would write.
        """
        if not _NUMBER.fullmatch(text):
            raise ValueError("not a number, or too large")
        number = super().__new__(cls, text)
        number.text = text
        return number


class ClockStatus(StrEnum):
    """Quality of the clock behind a time stamp (the letter in TM), from weak to strong."""

    UNKNOWN = "U"
    INFORMATIVE = "I"
    RELATIVE = "R"
    SYNCHRONISED = "S"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading (an entry of RD).

    Attributes:
        present: The fields that this reading carried itself.
        fields: The same, completed with what it omitted and so inherits from the reading before it.
    """

    present: Mapping[str, Json] = field(hash=False)
    fields: Mapping[str, Json] = field(hash=False)

    @property
    def time_text(self) -> str | None:
        """Time stamp and clock status as written (TM)."""
        return _text(self.fields, "TM")

    @property
    def time(self) -> datetime | None:
        """Time stamp, with its offset from UTC (TM)."""
        return _time(self.time_text or "")[0]

    @property
    def clock(self) -> ClockStatus | None:
        """Quality of the clock (the letter in TM)."""
        return _time(self.time_text or "")[1]

    @property
    def transaction(self) -> str | None:
        """What the reading was taken for: B begin, C charging, E end … None in a fiscal one (TX)."""
        return _text(self.fields, "TX")

    @property
    def value(self) -> Decimal | None:
        """Value of the register (RV)."""
        return _number(self.fields, "RV")

    @property
    def value_text(self) -> str | None:
        """Value of the register as written, with all its decimals (RV)."""
        return _text(self.fields, "RV")

    @property
    def obis(self) -> str | None:
        """Code of the register (RI)."""
        return _text(self.fields, "RI")

    @property
    def unit(self) -> str | None:
        """Unit of the value (RU)."""
        return _text(self.fields, "RU")

    @property
    def current_type(self) -> str | None:
        """AC or DC (RT)."""
        return _text(self.fields, "RT")

    @property
    def cable_loss(self) -> Decimal | None:
        """Loss in the cable since the begin, in the value's unit (CL)."""
        return _number(self.fields, "CL")

    @property
    def error_flags(self) -> str | None:
        """E: the energy, t: the time must not be billed (EF)."""
        return _text(self.fields, "EF")

    @property
    def status(self) -> str | None:
        """State of the meter: G good, all else is an error (ST)."""
        return _text(self.fields, "ST")


@dataclass(frozen=True, slots=True)
class SignatureSection:
    """The third section. Nothing protects it: whoever changes the payload can change it too."""

    fields: Mapping[str, Json] = field(hash=False)

    @property
    def algorithm(self) -> str:
        """Signature algorithm (SA)."""
        return _text(self.fields, "SA") or DEFAULT_ALGORITHM

    @property
    def encoding(self) -> str:
        """How the signature is written as text (SE)."""
        return _text(self.fields, "SE") or DEFAULT_ENCODING

    @property
    def data(self) -> str | None:
        """The signature (SD)."""
        return _text(self.fields, "SD")


@dataclass(frozen=True, slots=True)
class Record:
    """A record. Two are equal when their bytes are.

    It is shown without the payload, which names the customer.

    Attributes:
        raw: The record from its header to its end, out of any hex or base64 it was wrapped in.
        payload: The payload section as it arrived; what the signature covers.
        fields: The payload as read.
        readings: The entries of RD.
        signature: The signature section.
        former_key: A fourth section, which once carried the public key. It proves nothing, since
            who forges a record can add a key that fits.
    """

    raw: bytes = field(repr=False)
    payload: bytes = field(repr=False, compare=False)
    fields: Mapping[str, Json] = field(repr=False, compare=False)
    readings: tuple[Reading, ...] = field(compare=False)
    signature: SignatureSection = field(compare=False)
    former_key: bytes | None = field(default=None, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the payload in hex: names what was measured, whoever signed it how often."""
        return hashlib.sha256(self.payload).hexdigest()

    @property
    def format_version(self) -> str | None:
        """Version of the format (FV)."""
        return _text(self.fields, "FV")

    @property
    def gateway_id(self) -> str | None:
        """Name of the device that signed (GI)."""
        return _text(self.fields, "GI")

    @property
    def gateway_serial(self) -> str | None:
        """Serial number of the device that signed (GS)."""
        return _text(self.fields, "GS")

    @property
    def pagination(self) -> str | None:
        """Number of the record, T… for a transaction, F… for a fiscal reading (PG)."""
        return _text(self.fields, "PG")

    @property
    def meter_vendor(self) -> str | None:
        """Manufacturer of the meter (MV)."""
        return _text(self.fields, "MV")

    @property
    def meter_model(self) -> str | None:
        """Model of the meter (MM)."""
        return _text(self.fields, "MM")

    @property
    def meter_serial(self) -> str | None:
        """Serial number of the meter (MS)."""
        return _text(self.fields, "MS")

    @property
    def meter_firmware(self) -> str | None:
        """Firmware of the meter (MF)."""
        return _text(self.fields, "MF")

    @property
    def identified(self) -> bool | None:
        """Whether a user was assigned (IS)."""
        status = self.fields.get("IS")
        return status if isinstance(status, bool) else None

    @property
    def identification_level(self) -> str | None:
        """How far the identification is to be trusted (IL)."""
        return _text(self.fields, "IL")

    @property
    def identification_flags(self) -> tuple[str, ...]:
        """How the user was identified (IF)."""
        flags = self.fields.get("IF")
        return tuple(f for f in flags if isinstance(f, str)) if isinstance(flags, list) else ()

    @property
    def identification_type(self) -> str | None:
        """What kind of identification the data are (IT)."""
        return _text(self.fields, "IT")

    @property
    def identification_data(self) -> str | None:
        """The identification itself, such as a card's number (ID)."""
        return _text(self.fields, "ID")

    @property
    def tariff_text(self) -> str | None:
        """Text about the tariff (TT)."""
        return _text(self.fields, "TT")

    @property
    def charge_point_id(self) -> str | None:
        """Name of the charge point (CI)."""
        return _text(self.fields, "CI")


def parse(data: bytes | str) -> Record:
    """Read a record, given plain, in hex (as over OCPP) or in base64.

    A pipe in a text, which the specification forbids, does not end the section: the record of a
    meter that signed one can still be verified.

    Raises:
        MalformedRecordError: The data are not an OCMF record.
    """
    try:
        raw = _unwrap(data.encode() if isinstance(data, str) else data)
        payload, signature, former_key = _sections(raw)
        fields = _load(payload)
        return Record(
            raw=raw,
            payload=payload,
            fields=fields,
            readings=tuple(_readings(fields.get("RD"))),
            signature=SignatureSection(_load(signature)),
            former_key=former_key,
        )
    except ValueError as err:  # also JSON's, UTF-8's, hex's and base64's own errors
        raise MalformedRecordError(f"Not an OCMF record: {err}") from err


def _unwrap(data: bytes) -> bytes:
    """Take a record out of hex or base64, if it is in one, and off its padding."""
    if len(data) > MAX_SIZE:
        raise ValueError("too long")
    data = data.strip(_PADDING)
    if _HEX.fullmatch(data):
        data = bytes.fromhex(data.decode())
    elif data.startswith(_BASE64_HEADER):
        data = binascii.a2b_base64(b"".join(data.split()), strict_mode=True)
    return data.strip(_PADDING)


def _sections(raw: bytes) -> tuple[bytes, bytes, bytes | None]:
    """Return the payload, the signature and, in old records, the public key."""
    match _split(raw):
        case [header, payload, signature] if header == _HEADER:
            return payload, signature, None
        case [header, payload, signature, former_key] if header == _HEADER:
            return payload, signature, former_key
    raise ValueError("not OCMF|payload|signature")


def _split(raw: bytes) -> list[bytes]:
    """Cut at the pipes outside of texts, and see that nothing is nested too deeply."""
    cuts = [-1]
    depth = 0
    for token in _TOKEN.finditer(raw):
        match token[0]:
            case b"|":
                cuts.append(token.start())
            case b"{" | b"[":
                depth += 1
            case b"}" | b"]":
                depth -= 1
            case b'"':
                raise ValueError("a text without an end")
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
    return [raw[a + 1 : b] for a, b in zip(cuts, [*cuts[1:], len(raw)], strict=True)]


def _load(section: bytes) -> Mapping[str, Json]:
    """Read a section's JSON object, with every number as it was written."""
    loaded: Json = json.loads(
        section.decode(),
        parse_float=Number,
        parse_int=Number,
        parse_constant=_refuse_constant,
        object_pairs_hook=_object,
    )
    _check_texts(loaded)
    return MappingProxyType(_expect_object(loaded))


def _refuse_constant(_: str) -> Never:
    """Refuse NaN and Infinity, which Python would read though they are not JSON."""
    raise ValueError("not a number")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Make an object; of a key given twice, another reader might take the other value."""
    loaded = dict(pairs)
    if len(loaded) != len(pairs):
        raise ValueError("a key given twice")
    return loaded


def _expect_object(value: Json) -> dict[str, Json]:
    """Refuse whatever is not an object."""
    match value:
        case dict():
            return value
        case _:
            raise ValueError("not a JSON object")


def _check_texts(value: Json) -> None:
    r"""Refuse half of a surrogate pair (`\ud800`), which no file or database could store."""
    match value:
        case str():
            value.encode()
        case list():
            for item in value:
                _check_texts(item)
        case dict():
            for key, item in value.items():
                _check_texts(key)
                _check_texts(item)


def _readings(entries: Json) -> Iterator[Reading]:
    """Resolve what each reading inherits from the one before it; null counts as omitted."""
    match entries:
        case None:
            return
        case list():
            known: dict[str, Json] = {}
        case _:
            raise ValueError("RD is not an array")
    for entry in entries:
        present = _expect_object(entry)
        fields = known | {key: item for key, item in present.items() if item is not None}
        known = {key: item for key, item in fields.items() if key in _INHERITED}
        yield Reading(MappingProxyType(present), MappingProxyType(fields))


def _text(fields: Mapping[str, Json], key: str) -> str | None:
    """Return a text, or a number's text, since FV is a number in many records."""
    match fields.get(key):
        case Number(text=text) | (str() as text):
            return text
    return None


def _number(fields: Mapping[str, Json], key: str) -> Decimal | None:
    """Return a number, or a text's number, since RV is a text in some records."""
    text = _text(fields, key)
    try:
        return Number(text.strip()) if text else None
    except ValueError:
        return None


def _time(text: str) -> tuple[datetime | None, ClockStatus | None]:
    """Read a time stamp with its clock status: 2026-05-01T12:00:00,000+0200 S."""
    text = text.strip()
    clock = ClockStatus(text[-1]) if text[-1:] in ClockStatus else None
    try:
        time = datetime.fromisoformat(text.removesuffix(clock or "").rstrip())
    except ValueError:
        return None, clock
    # At the ends of the calendar, a time cannot be shown in every zone.
    usable = time.tzinfo is not None and MINYEAR < time.year < MAXYEAR
    return time if usable else None, clock
