"""Reading of signed records in the Open Charge Metering Format (OCMF).

A record is `OCMF|payload|signature`: two JSON objects behind a header. The signature covers the bytes
of the payload section exactly as they arrived, so those bytes are kept and never written anew from
what was read.

Only `OCMF|{…}|{…}` is structure. Reading what stands between the braces is lenient, because the meters
in the field are: whatever the specification asks for may be missing, of another type or written in a
way that JSON does not know, and shows as None; the record can be verified, archived and exported all
the same. Where two readers could understand different things (a key given twice), nothing is understood.
Everything is bounded, since a record may come from anywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
import hashlib
import re
from types import MappingProxyType

from .sections import HEADER, PADDING, Json, MalformedRecordError, Number, load, split, unwrap

DEFAULT_ALGORITHM = "ECDSA-secp256r1-SHA256"
DEFAULT_ENCODING = "hex"

# The letter of the clock behind a time, known or not. A Z alone is the zone.
_LETTER = re.compile(r"\s+[A-Za-z]$|[UISR]$")
# Not a vendor's own fields: thousands of them, inherited thousands of times, would fill the memory.
_INHERITED = frozenset({"TM", "TX", "RV", "RI", "RU", "RT", "CL", "EF", "ST"})


class ClockStatus(StrEnum):
    """Quality of the clock behind a time stamp (the letter in TM), from weak to strong."""

    UNKNOWN = "U"
    INFORMATIVE = "I"
    RELATIVE = "R"
    SYNCHRONISED = "S"


@dataclass(frozen=True)
class Reading:
    """One reading (an entry of RD).

    What takes time to read is read once: the checks across a session ask for it again and again.

    Attributes:
        present: The fields that this reading carried itself.
        fields: The same, completed with what it omitted and so inherits from the reading before it.
    """

    present: Mapping[str, Json] = field(hash=False)
    fields: Mapping[str, Json] = field(hash=False)

    @property
    def time_text(self) -> str | None:
        """Time stamp and clock status as written (TM)."""
        return field_text(self.fields, "TM")

    @property
    def time(self) -> datetime | None:
        """Time stamp, with its offset from UTC (TM)."""
        return self._time[0]

    @property
    def clock(self) -> ClockStatus | None:
        """Quality of the clock (the letter in TM)."""
        return self._time[1]

    @cached_property
    def _time(self) -> tuple[datetime | None, ClockStatus | None]:
        return _time(self.time_text or "")

    @property
    def transaction(self) -> str | None:
        """What the reading was taken for: B begin, C charging, E end … None in a fiscal one (TX)."""
        return field_text(self.fields, "TX")

    @cached_property
    def value(self) -> Decimal | None:
        """Value of the register (RV)."""
        return _number(self.fields, "RV")

    @property
    def value_text(self) -> str | None:
        """Value of the register as written, with all its decimals (RV)."""
        return field_text(self.fields, "RV")

    @property
    def obis(self) -> str | None:
        """Code of the register (RI)."""
        return field_text(self.fields, "RI")

    @property
    def unit(self) -> str | None:
        """Unit of the value (RU)."""
        return field_text(self.fields, "RU")

    @property
    def current_type(self) -> str | None:
        """AC or DC (RT)."""
        return field_text(self.fields, "RT")

    @property
    def cable_loss(self) -> Decimal | None:
        """Loss in the cable since the begin, in the value's unit (CL)."""
        return _number(self.fields, "CL")

    @property
    def error_flags(self) -> str | None:
        """E: the energy, t: the time must not be billed (EF)."""
        return field_text(self.fields, "EF")

    @property
    def status(self) -> str | None:
        """State of the meter: G good, all else is an error (ST)."""
        return field_text(self.fields, "ST")


@dataclass(frozen=True, slots=True)
class SignatureSection:
    """The third section. Nothing protects it: anyone who changes the payload can change it too."""

    fields: Mapping[str, Json] = field(hash=False)

    @property
    def algorithm(self) -> str:
        """Signature algorithm (SA)."""
        return field_text(self.fields, "SA") or DEFAULT_ALGORITHM

    @property
    def encoding(self) -> str:
        """How the signature is written as text (SE)."""
        return field_text(self.fields, "SE") or DEFAULT_ENCODING

    @property
    def data(self) -> str | None:
        """The signature (SD)."""
        return field_text(self.fields, "SD")


@dataclass(frozen=True, slots=True)
class Record:
    """A record. Two are equal when their bytes are.

    It is shown without the payload, which names the customer.

    Attributes:
        raw: The record from its header to its end, out of any hex or base64 it was wrapped in.
        payload: What the signature covers: the payload section as it arrived. Without the spaces
            around it where the frame has spaces around its pipes (`OCMF | {…} | {…}`).
        fields: The payload as read; empty if it is no JSON at all.
        readings: The entries of RD.
        signature: The signature section.
        section: The payload section as it arrived, with all spaces.
        well_formed: Whether both sections are JSON to any reader.
        repeated: The keys that are given twice in one object, and so are not read.
        former_key: A fourth section, which once carried the public key. It proves nothing, since
            who forges a record can add a key that fits.
    """

    raw: bytes = field(repr=False)
    payload: bytes = field(repr=False, compare=False)
    fields: Mapping[str, Json] = field(repr=False, compare=False)
    readings: tuple[Reading, ...] = field(compare=False)
    signature: SignatureSection = field(compare=False)
    section: bytes = field(default=b"", repr=False, compare=False)
    well_formed: bool = field(default=True, compare=False)
    repeated: tuple[str, ...] = field(default=(), repr=False, compare=False)
    former_key: bytes | None = field(default=None, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the payload in hex: names what was measured, however often it was signed."""
        return hashlib.sha256(self.payload).hexdigest()

    @property
    def format_version(self) -> str | None:
        """Version of the format (FV)."""
        return field_text(self.fields, "FV")

    @property
    def gateway_id(self) -> str | None:
        """Name of the device that signed (GI)."""
        return field_text(self.fields, "GI")

    @property
    def gateway_serial(self) -> str | None:
        """Serial number of the device that signed (GS)."""
        return field_text(self.fields, "GS")

    @property
    def pagination(self) -> str | None:
        """Number of the record, T… for a transaction, F… for a fiscal reading (PG)."""
        return field_text(self.fields, "PG")

    @property
    def meter_vendor(self) -> str | None:
        """Manufacturer of the meter (MV)."""
        return field_text(self.fields, "MV")

    @property
    def meter_model(self) -> str | None:
        """Model of the meter (MM)."""
        return field_text(self.fields, "MM")

    @property
    def meter_serial(self) -> str | None:
        """Serial number of the meter (MS)."""
        return field_text(self.fields, "MS")

    @property
    def meter_firmware(self) -> str | None:
        """Firmware of the meter (MF)."""
        return field_text(self.fields, "MF")

    @property
    def identified(self) -> bool | None:
        """Whether a user was assigned (IS)."""
        status = self.fields.get("IS")
        return status if isinstance(status, bool) else None

    @property
    def identification_level(self) -> str | None:
        """How far the identification is to be trusted (IL)."""
        return field_text(self.fields, "IL")

    @property
    def identification_flags(self) -> tuple[str, ...]:
        """How the user was identified (IF)."""
        flags = self.fields.get("IF")
        return tuple(f for f in flags if isinstance(f, str)) if isinstance(flags, list) else ()

    @property
    def identification_type(self) -> str | None:
        """What kind of identification the data are (IT)."""
        return field_text(self.fields, "IT")

    @property
    def identification_data(self) -> str | None:
        """The identification itself, such as a card's number (ID)."""
        return field_text(self.fields, "ID")

    @property
    def tariff_text(self) -> str | None:
        """Text about the tariff (TT)."""
        return field_text(self.fields, "TT")

    @property
    def charge_point_id(self) -> str | None:
        """Name of the charge point (CI)."""
        return field_text(self.fields, "CI")


def parse(data: bytes | str) -> Record:
    """Read a record, given plain, in hex (as over OCPP) or in base64.

    A pipe in a text, which the specification forbids, does not end the section: the record of a
    meter that signed one can still be verified.

    Raises:
        MalformedRecordError: The data are not `OCMF|{…}|{…}`, or more than a record can have.
    """
    try:
        raw = unwrap(data.encode(errors="replace") if isinstance(data, str) else data)
    except ValueError as err:  # hex's and base64's own errors too
        raise MalformedRecordError(f"Not an OCMF record: {err}") from err
    header, section, signature, *former_keys = split(raw)
    payload = section.strip(PADDING) if header != HEADER else section
    loaded, signed = load(payload), load(signature)
    return Record(
        raw=raw,
        payload=payload,
        section=section,
        fields=loaded.fields,
        readings=tuple(_readings(loaded.fields.get("RD"))),
        signature=SignatureSection(signed.fields),
        well_formed=loaded.well_formed and signed.well_formed,
        repeated=(*loaded.repeated, *signed.repeated),
        former_key=former_keys[0] if former_keys else None,
    )


def _readings(entries: Json) -> Iterator[Reading]:
    """Resolve what each reading inherits from the one before it; null counts as omitted.

    What is no object is no reading.
    """
    known: dict[str, Json] = {}
    for present in entries if isinstance(entries, list) else ():
        if isinstance(present, dict):
            fields = known | {key: item for key, item in present.items() if item is not None}
            known = {key: item for key, item in fields.items() if key in _INHERITED}
            yield Reading(MappingProxyType(present), MappingProxyType(fields))


def field_text(fields: Mapping[str, Json], key: str) -> str | None:
    """Return a text, or a number's text, since FV is a number in many records."""
    value = fields.get(key)
    if isinstance(value, str):
        return value
    return value.text if isinstance(value, Number) else None


def _number(fields: Mapping[str, Json], key: str) -> Decimal | None:
    """Return a number, or a text's number, since RV is a text in some records."""
    text = field_text(fields, key)
    try:
        return Number(text.strip()) if text else None
    except ValueError:
        return None


def _time(text: str) -> tuple[datetime | None, ClockStatus | None]:
    """Read a time stamp with its clock status: 2026-05-01T12:00:00,000+0200 S."""
    letter = text.strip()[-1:]
    clock = ClockStatus(letter) if letter in ClockStatus else None
    try:
        time = datetime.fromisoformat(_LETTER.sub("", text.strip()))
    except ValueError:
        return None, clock
    # At the ends of the calendar, a time cannot be shown in every zone.
    usable = time.tzinfo is not None and MINYEAR < time.year < MAXYEAR
    return time if usable else None, clock
