"""The text of a signed record (manual: v1/ocmf; field meanings: the OCMF specification)."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
import json

MAX_RECORD_BYTES = 1023
"""The longest record: the logbook's status register has ten bits for its length (0x4C01)."""

# OBIS codes: total import and total export since ever, and the import of this charge cycle. The
# last is "time integral 2" (9), which official checking software does not take for a meter reading.
_IMPORT = "01-00:01.08.00*FF"
_EXPORT = "01-00:02.08.00*FF"
_CYCLE = "01-00:01.09.00*FF"
_PLAIN = {_IMPORT: "1-0:1.8.0*255", _EXPORT: "1-0:2.8.0*255", _CYCLE: "1-0:1.9.0*255"}
_SHORT = {_IMPORT: "1.8.0", _EXPORT: "2.8.0", _CYCLE: "1.9.0"}
_REGISTER_CODES: dict[str, dict[str, str]] = {"padded": {}, "plain": _PLAIN, "short": _SHORT}

_LONGEST_DER = bytes(72)
_HIGHEST_WH = 199_999_999_999
_HIGHEST_PAGE = 4_294_967_295


@dataclass(frozen=True)
class Reading:
    """The three counters at one moment.

    Attributes:
        time: TM, with the letter of the clock's quality.
        reason: TX: B begin, C intermediate, E end, P end after a power failure.
        imported: Wh, total.
        exported: Wh, total.
        cycle: Wh, imported in this charge cycle.
    """

    time: str
    reason: str
    imported: int
    exported: int
    cycle: int


@dataclass(frozen=True)
class Style:
    """How the meter writes its payloads.

    Attributes:
        colon: What stands between a name and its value.
        codes: How RI is written: `padded`, `plain` or `short`.
        value_mark: What stands before and after RV.
    """

    colon: str = ":"
    codes: str = "padded"
    value_mark: str = ""


_AS_USUAL = Style()


@dataclass(frozen=True)
class Record:
    """A signed record as the meter keeps it.

    Attributes:
        progressive: The meter's own number of it, from 1 on.
        identification: ID of the prototype, empty if it had none.
        text: `OCMF|payload|signature`; bytes that are no UTF-8 stand in it as surrogates.
        der: The signature, DER; empty for an unsigned record.
    """

    progressive: int
    identification: str
    text: str
    der: bytes

    @property
    def payload(self) -> bytes:
        """What is signed."""
        return self.raw.split(b"|")[1].strip()

    @property
    def pagination(self) -> str:
        """PG of the record; empty if it has none."""
        try:
            return str(json.loads(self.payload).get("PG", ""))
        except AttributeError, IndexError, ValueError:
            return ""

    @property
    def raw(self) -> bytes:
        """The text as bytes."""
        return self.text.encode(errors="surrogateescape")


def time_text(unix: float, offset: int, *, synchronised: bool, letter: str = "S") -> str:
    """Write TM: the time at an offset to UTC in minutes, the letter if the clock is synchronised else U.

    With the letter `none` there is none, whatever the clock is.
    """
    milliseconds = int(unix * 1000 + 0.5)
    local = datetime.fromtimestamp(milliseconds // 1000, UTC).astimezone(
        timezone(timedelta(minutes=offset))
    )
    time = f"{local:%Y-%m-%dT%H:%M:%S},{milliseconds % 1000:03d}{local:%z}"
    if letter == "none":
        return time
    return f"{time} {letter if synchronised else 'U'}"


def payload_text(
    fields: dict[str, str], begin: Reading, now: Reading | None, style: Style = _AS_USUAL
) -> str:
    """Write the signed part: the fields in their order, then the readings.

    Args:
        fields: The members before the readings, each value as its JSON text.
        begin: Readings 1 to 3.
        now: Readings 4 to 6, None to leave them out.
        style: How it is written.
    """
    triples = (*_triple(begin, style), *(_triple(now, style) if now else ()))
    members = {**fields, "RD": f"[{','.join(triples)}]"}
    return _members(members, style.colon)


def signature_text(der: bytes, signature_format: int, *, data_only: bool = False) -> str:
    """Write the signature section, or SD alone; format 0 is hex, 1 is base64 (register 0x4282)."""
    encoding, data = (
        ("base64", b64encode(der).decode()) if signature_format else ("hex", der.hex().upper())
    )
    own = {"SA": '"ECDSA-secp256r1-SHA256"', "SE": f'"{encoding}"'}
    return _members({**({} if data_only else own), "SD": f'"{data}"'}, ":")


def der_signature(r: int, s: int, form: str) -> bytes:
    """Write r and s as ASN.1: `proper` DER, `padded` with zeros or `bare` of the zeros it needs."""
    numbers = b""
    for number in (r, s):
        digits = number.to_bytes(32)
        if form == "padded":
            digits = b"\0" + digits
        elif form == "proper":
            digits = number.to_bytes(number.bit_length() // 8 + 1)
        numbers += bytes([2, len(digits)]) + digits
    return bytes([0x30, len(numbers)]) + numbers


def raw_signature(der: bytes) -> bytes:
    """Return r and s of an ASN.1 signature in any of the forms, 32 bytes each."""
    first = der[4 : 4 + der[3]]
    second = der[6 + der[3] :]
    return b"".join(digits.lstrip(b"\0").rjust(32, b"\0") for digits in (first, second))


def longest_record(fields: dict[str, str]) -> int:
    """Return how many bytes a record made from these fields may come to need."""
    reading = Reading(
        time_text(0, 0, synchronised=True), "B", _HIGHEST_WH, _HIGHEST_WH, _HIGHEST_WH
    )
    payload = payload_text({**fields, "PG": f'"T{_HIGHEST_PAGE}"'}, reading, reading)
    return len(f"OCMF|{payload}|{signature_text(_LONGEST_DER, 0)}")


def identification_of(fields: dict[str, str]) -> str:
    """Return the ID of a prototype's fields, empty if there is none."""
    identification = json.loads(fields.get("ID", '""'))
    return str(identification)


def _triple(reading: Reading, style: Style) -> tuple[str, str, str]:
    # The 2nd, 3rd, 5th and 6th reading carry four fields and inherit the rest.
    moment = {"TM": f'"{reading.time}"', "TX": f'"{reading.reason}"'}
    kind, good, colon = {"RT": '"DC"', "EF": '""'}, {"ST": '"G"'}, style.colon
    return (
        _members({**moment, **_value(reading.imported, _IMPORT, style), **kind, **good}, colon),
        _members({**_value(reading.exported, _EXPORT, style), **good}, colon),
        _members({**_value(reading.cycle, _CYCLE, style), **good}, colon),
    )


def _value(wh: int, identification: str, style: Style) -> dict[str, str]:
    code = _REGISTER_CODES[style.codes].get(identification, identification)
    mark = style.value_mark
    return {"RV": f"{mark}{wh // 1000}.{wh % 1000:03d}{mark}", "RI": f'"{code}"', "RU": '"kWh"'}


def _members(members: dict[str, str], colon: str) -> str:
    return "{" + ",".join(f'"{name}"{colon}{value}' for name, value in members.items()) + "}"
