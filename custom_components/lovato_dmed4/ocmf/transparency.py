"""Whether the S.A.F.E. transparency software (V1.4.1) is likely to take records, and why not.

It is the official tool that a customer checks a charge with. It reads less than the specification
allows, and more than it, so neither a good signature nor a record without deviations is enough. This
follows what it does step by step; of several reasons, the first is reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
import re

from .judgement import Judged, judge
from .keys import PublicKey
from .record import DEFAULT_ALGORITHM, DEFAULT_ENCODING, Reading, Record, field_text
from .sections import Json, Number
from .signature import Reason, SignatureShape, is_base64, signature_shape, strict_fields

# What its program compares FV with.
_VERSIONS = (Decimal("0.1"), Decimal("1.3"))
# Before this version, the format had other fields.
_FIRST_PRESENT_VERSION = Decimal("0.5")

_ALGORITHM = re.compile(r"ECDSA-([^-]+)-[^-]+")
_ENCODINGS = frozenset({"hex", "base64"})
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3}[+-][0-9]{4}")
# A-B:C.D.E.F, all hexadecimal. What follows D may be missing.
_OBIS = re.compile(
    r"([0-9a-f]*)-[0-9a-f]*:([0-9a-f]*)\.([0-9a-f]*)(?:\.[0-9a-f]*(?:[.*]([0-9a-f]*))?)?"
)

_COMPENSATED = frozenset({0x98, 0xB1, 0xB3, 0xC1, 0xC3})
_RELEVANT = frozenset({0x01, 0x98, 0x9E, *range(0xB0, 0xC8)})
# The last two are 200 and 255 written in decimal.
_STORAGES = frozenset({0x00, 0xFF, 0x200, 0x255})

_STOPS = frozenset({"E", "L", "R", "A", "P"})
_FAILED_LEVELS = frozenset({"MISMATCH", "INVALID", "OUTDATED", "UNKNOWN"})

# Fields that it reads as texts.
_TEXTS = ("GI", "GS", "GV", "PG", "MV", "MM", "MS", "MF", "IL", "IT", "ID", "TT", "CF", "CT", "CI")
_READING_TEXTS = ("TM", "TX", "RV", "RI", "RU", "RT", "EF", "ST", "EI")
_SIGNATURE_TEXTS = ("SA", "SE", "SM", "SD")


class Refusal(StrEnum):
    """Why the transparency software refuses."""

    # Neither one record, nor a begin and an end.
    RECORDS = "records"
    # A pipe in a text, where it cuts.
    PIPE = "pipe"
    FORMAT_VERSION_MISSING = "format_version_missing"
    FORMAT_VERSION = "format_version"
    # A list or an object where it expects a text, or the other way round.
    FIELD_TYPE = "field_type"
    PAGINATION_MISSING = "pagination_missing"
    READINGS_MISSING = "readings_missing"
    ALGORITHM = "algorithm"
    ENCODING = "encoding"
    NO_KEY = "no_key"
    KEY_CURVE = "key_curve"
    SIGNATURE_UNREADABLE = "signature_unreadable"
    # r‖s, not DER.
    SIGNATURE_RAW = "signature_raw"
    # DER with bytes too many before a number.
    SIGNATURE_PADDED = "signature_padded"
    SIGNATURE_INVALID = "signature_invalid"
    VALUE = "value"
    STATUS_MISSING = "status_missing"
    UNIT_MISSING = "unit_missing"
    # Among the registers that the law is about, which it recognises by their codes (RI).
    START_MISSING = "start_missing"
    START_REPEATED = "start_repeated"
    STOP_MISSING = "stop_missing"
    STOP_REPEATED = "stop_repeated"
    # Of a begin and an end record.
    START_IN_END = "start_in_end"
    STOP_IN_BEGIN = "stop_in_begin"
    REGISTERS = "registers"
    VALUE_BACKWARD = "value_backward"
    TIME_BACKWARD = "time_backward"
    IDENTIFICATION_FAILED = "identification_failed"
    STATUS_NOT_GOOD = "status_not_good"
    # No letter of the clock's quality, or a relative clock at the begin only.
    CLOCK = "clock"
    EVENT_COUNTER = "event_counter"
    ENERGY_UNUSABLE = "energy_unusable"


_REASONS = {
    Reason.ALGORITHM: Refusal.ALGORITHM,
    Reason.ENCODING: Refusal.ENCODING,
    Reason.KEY_CURVE: Refusal.KEY_CURVE,
    Reason.SIGNATURE_MISSING: Refusal.SIGNATURE_UNREADABLE,
    Reason.SIGNATURE_TEXT: Refusal.SIGNATURE_UNREADABLE,
    Reason.SIGNATURE_SHAPE: Refusal.SIGNATURE_UNREADABLE,
    Reason.NO_MATCH: Refusal.SIGNATURE_INVALID,
    Reason.REFORMATTED: Refusal.SIGNATURE_INVALID,
    # It always takes SHA-256, and so did the verification.
    Reason.HASH: Refusal.SIGNATURE_INVALID,
}
_SHAPES: dict[SignatureShape | None, Refusal] = {
    SignatureShape.RAW: Refusal.SIGNATURE_RAW,
    SignatureShape.PADDED: Refusal.SIGNATURE_PADDED,
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the transparency software is likely to say.

    Attributes:
        refusal: why it will refuse: a translation key; None if it will not.
    """

    refusal: Refusal | None = None

    @property
    def accepted(self) -> bool:
        """Whether it is likely to take and verify the records."""
        return self.refusal is None


class _RefusedError(Exception):
    """The transparency software stops here."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class _Statement:
    """A record as the transparency software reads it.

    Attributes:
        readings: without what they inherit, since it does not know that.
        level: how far the identification is to be trusted.
        complete: whether it takes the record for a whole transaction.
        old: whether it is of a version with other fields.
    """

    readings: tuple[Reading, ...]
    level: str = field(repr=False)
    complete: bool
    old: bool


def expect(records: Sequence[Record], key: PublicKey | None) -> Expectation:
    """Foresee its answer to a self-contained record, or to a begin and an end record, as they are."""
    return foresee([judge(record.raw, [key] if key else ()) for record in records], exported=False)


def foresee(judged: Sequence[Judged], *, exported: bool) -> Expectation:
    """Foresee its answer to a self-contained record, or to a begin's and an end's.

    Args:
        judged: the records.
        exported: whether it gets them from `to_xml`, which writes signatures in the one shape that it
            reads, or as they are.
    """
    try:
        _go_through(judged, exported=exported)
    except _RefusedError as err:
        return Expectation(err.refusal)
    return Expectation()


def transaction(records: Sequence[Record]) -> tuple[Record, ...]:
    """Pick the records of a session that the transparency software is to be given.

    That is the end's, which mostly holds the begin as well: it refuses such a one together with a
    begin's. A session without an end is only shown by its last record.
    """
    ends = [record for record in records if any(map(_is_stop, _alone(record)))]
    last = (ends or records)[-1:]
    if not ends or any(map(_is_start, _alone(ends[-1]))) or records[0] == ends[-1]:
        return tuple(last)
    return records[0], ends[-1]


def _go_through(judged: Sequence[Judged], *, exported: bool) -> None:
    """Go through its steps."""
    _refuse(Refusal.RECORDS, when=len(judged) not in {1, 2})
    statements = [_read(each, exported=exported) for each in judged]
    for statement in statements:
        if statement.complete:
            _check_law([statement])
    match statements:
        case [begin, end]:
            _refuse(Refusal.START_IN_END, when=any(map(_is_start, end.readings)))
            _refuse(Refusal.STOP_IN_BEGIN, when=any(map(_is_stop, begin.readings)))
            _check_law([begin, end])
            _check_registers(begin, end)


def _refuse(refusal: Refusal, *, when: bool) -> None:
    """Refuse on a condition."""
    if when:
        raise _RefusedError(refusal)


def _read(judged: Judged, *, exported: bool) -> _Statement:
    """Read a record and its signature."""
    record = judged.record
    if record is None:
        raise _RefusedError(Refusal.RECORDS)
    pipes = 2 if record.former_key is None else 3
    _refuse(Refusal.PIPE, when=record.raw.count(b"|") > pipes)
    version = _version(record)
    _check_types(record)
    _check_signature(record, judged, strict_fields(record, judged.key) if exported else {})
    _refuse(Refusal.READINGS_MISSING, when=record.fields.get("RD") is None)
    readings = _alone(record)
    _refuse(Refusal.VALUE, when=any(map(_is_no_number, readings)))
    page = record.pagination or ""
    _refuse(Refusal.PAGINATION_MISSING, when=len(page) < len("T1"))
    old = version < _FIRST_PRESENT_VERSION
    level = record.fields.get("IS") if old else record.identification_level
    return _Statement(
        readings=readings,
        level=level if isinstance(level, str) else "",
        complete=page.startswith("T")
        and any(map(_is_start, readings))
        and any(map(_is_stop, readings)),
        old=old,
    )


def _version(record: Record) -> Decimal:
    """Return the version of the format."""
    _refuse(Refusal.FORMAT_VERSION_MISSING, when=record.fields.get("FV") is None)
    lowest, highest = _VERSIONS
    try:
        version = Number((record.format_version or "").strip())
    except ValueError:
        raise _RefusedError(Refusal.FORMAT_VERSION) from None
    _refuse(Refusal.FORMAT_VERSION, when=not lowest <= version <= highest)
    return version


def _check_types(record: Record) -> None:
    """Refuse what it can't read as what it expects."""
    flags, loss = record.fields.get("IF", []), record.fields.get("LC", {})
    texts = [
        *(record.fields.get(key) for key in _TEXTS),
        *(
            value
            for reading in record.readings
            for key, value in reading.present.items()
            if key in _READING_TEXTS
        ),
        *(record.signature.fields.get(key) for key in _SIGNATURE_TEXTS),
        *(flags if isinstance(flags, list) else ()),
    ]
    fits = (
        isinstance(flags, list | None)
        and isinstance(loss, dict | None)
        and isinstance(record.fields.get("IS"), bool | str | None)
        and not any(isinstance(text, list | dict) for text in texts)
    )
    _refuse(Refusal.FIELD_TYPE, when=not fits)


def _check_signature(record: Record, judged: Judged, strict: Mapping[str, str]) -> None:
    """Refuse a signature that it can't read or that does not fit."""
    algorithm = _ALGORITHM.fullmatch(_written(record, strict, "SA", DEFAULT_ALGORITHM))
    if not algorithm:
        raise _RefusedError(Refusal.ALGORITHM)
    encoding = _written(record, strict, "SE", DEFAULT_ENCODING)
    _refuse(Refusal.ENCODING, when=encoding not in _ENCODINGS)
    if judged.key is None or judged.result is None:
        raise _RefusedError(Refusal.NO_KEY)
    reason = judged.result.reason
    if reason is Reason.CURVE:
        # It has curves that can't be used here, so the signature may well be good.
        curve = algorithm[1].lower().replace("brainpoolp", "brainpool")
        _refuse(Refusal.KEY_CURVE, when=curve != judged.key.curve)
        reason = Reason.MATCH
    refusal = _REASONS.get(reason)
    if refusal in {None, Refusal.SIGNATURE_INVALID} and "SD" not in strict:
        refusal = _SHAPES.get(signature_shape(record.signature), refusal)
        if refusal is None and encoding == DEFAULT_ENCODING and is_base64(record.signature):
            refusal = Refusal.SIGNATURE_UNREADABLE
    if refusal:
        raise _RefusedError(refusal)


def _written(record: Record, strict: Mapping[str, str], name: str, default: str) -> str:
    """Return what it reads in a field of the signature section: an empty text is no default."""
    text = strict.get(name, field_text(record.signature.fields, name))
    return default if text is None else text


def _check_law(statements: Sequence[_Statement]) -> None:
    """Check what the law asks for, in the registers that it is about."""
    start, stop = _find_readings([r for statement in statements for r in statement.readings])
    if start.value is None or stop.value is None:
        raise _RefusedError(Refusal.VALUE)
    _refuse(Refusal.VALUE_BACKWARD, when=start.value > stop.value)
    (start_clock, start_time), (stop_clock, stop_time) = _clock(start), _clock(stop)
    if start_time and stop_time:
        _refuse(Refusal.TIME_BACKWARD, when=start_time > stop_time)
    levels = {statement.level.strip() for statement in statements}
    _refuse(Refusal.IDENTIFICATION_FAILED, when=bool(levels & _FAILED_LEVELS))
    _refuse(Refusal.STATUS_NOT_GOOD, when={start.status, stop.status} != {"G"})
    relative = start_clock == "R" != stop_clock
    _refuse(Refusal.CLOCK, when=start_clock is None or relative)
    if statements[-1].old:
        counts: tuple[Json, Json] = (start.fields.get("EI"), stop.fields.get("EI"))
        _refuse(Refusal.EVENT_COUNTER, when=counts[1] is not None and counts[0] != counts[1])
    else:
        flags = f"{start.error_flags or ''}{stop.error_flags or ''}"
        _refuse(Refusal.ENERGY_UNUSABLE, when="E" in flags)


def _find_readings(readings: Sequence[Reading]) -> tuple[Reading, Reading]:
    """Return the only start and the only stop, with the status that they inherit."""
    starts: list[Reading] = []
    stops: list[Reading] = []
    known: dict[str, Json] = {}
    for reading in [r for r in readings if _is_compensated(r)] or filter(_is_relevant, readings):
        own = {key: reading.present.get(key) for key in ("ST", "RU")}
        known |= {key: value for key, value in own.items() if value is not None}
        _refuse(Refusal.STATUS_MISSING, when="ST" not in known)
        _refuse(Refusal.UNIT_MISSING, when="RU" not in known)
        complete = Reading(reading.present, {**reading.present, **known})
        if _is_start(reading):
            _refuse(Refusal.START_REPEATED, when=bool(starts))
            starts.append(complete)
        if _is_stop(reading):
            _refuse(Refusal.STOP_REPEATED, when=bool(stops))
            stops.append(complete)
    _refuse(Refusal.START_MISSING, when=not starts)
    _refuse(Refusal.STOP_MISSING, when=not stops)
    return starts[0], stops[0]


def _check_registers(begin: _Statement, end: _Statement) -> None:
    """Compare all registers of a begin with all of an end, whatever they count."""
    first = [_in_kwh(reading) for reading in begin.readings if _is_relevant(reading)]
    last = [_in_kwh(reading) for reading in end.readings if _is_relevant(reading)]
    _refuse(Refusal.START_MISSING, when=not first)
    _refuse(Refusal.STOP_MISSING, when=not last)
    _refuse(Refusal.REGISTERS, when=max(first) > min(last))


def _alone(record: Record) -> tuple[Reading, ...]:
    """Return a record's readings without what they inherit."""
    return tuple(Reading(reading.present, reading.present) for reading in record.readings)


def _is_start(reading: Reading) -> bool:
    """Return whether a reading is one of a begin."""
    return (reading.transaction or "").strip() == "B"


def _is_stop(reading: Reading) -> bool:
    """Return whether a reading is one of an end."""
    return (reading.transaction or "").strip() in _STOPS


def _is_no_number(reading: Reading) -> bool:
    """Return whether a reading has a value that is none."""
    return reading.value_text is not None and reading.value is None


def _is_relevant(reading: Reading) -> bool:
    """Return whether the law is about the register."""
    match _obis(reading):
        case (1, quantity, 8, storage):
            return quantity in _RELEVANT and storage in _STORAGES
    return False


def _is_compensated(reading: Reading) -> bool:
    """Return whether the register is one less the cable's loss, which goes before all others."""
    match _obis(reading):
        case (1, quantity, 8, _):
            return quantity in _COMPENSATED
    return False


def _obis(reading: Reading) -> tuple[int, ...]:
    """Return the groups A, C, D and F of a register's code; none if it is none."""
    code = _OBIS.fullmatch((reading.obis or "").lower().strip())
    return tuple(int(group or "0", 16) for group in code.groups()) if code else ()


def _clock(reading: Reading) -> tuple[str | None, datetime | None]:
    """Return the letter of the clock, and the time if it is written as specified."""
    match (reading.time_text or "").rstrip(" ").split(" "):
        case [time, clock, *_]:
            return clock, reading.time if _TIME.fullmatch(time) else None
    return None, None


def _in_kwh(reading: Reading) -> Decimal:
    """Return a value as it compares it: what is not in Wh counts as kWh."""
    value = reading.value or Decimal(0)
    return value / 1000 if (reading.unit or "").strip().lower() == "wh" else value
