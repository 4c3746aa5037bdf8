"""The verdict on records, part by part, in codes that the translations explain.

Only a signature that was checked and failed is an accusation; every other part says what else there is
to know. Everything here calculates: it is for the executor.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from ..archive import (
    Bill,
    KeyState,
    KeyVerdict,
    MeterKey,
    Session,
    SessionVerdict,
    StoredKey,
    StoredRecord,
    judge_record,
    verdict_of,
)
from ..ocmf import (
    MAX_SIZE,
    ClockStatus,
    Judged,
    Moment,
    Outline,
    PublicKey,
    Reading,
    Record,
    RecordKind,
    SignatureSection,
    TimeReason,
    deviations,
    difference,
    fingerprint_text,
    foresee,
    judge,
    load_public_key,
    outline,
    time_quality,
    to_spki_hex,
    transaction,
)
from .money import cost_shape
from .shapes import (
    ClockShape,
    IdentificationShape,
    KeyShape,
    MeterShape,
    ReadingShape,
    ReportShape,
    SessionShape,
    SignatureReportShape,
    TransparencyShape,
)
from .text import decimal_text, shown

# A genuine record has six readings and a few deviations at most. One that was crafted to overwhelm the
# viewer has tens of thousands.
MAX_LISTED: Final = 200

# Why nothing can be said of a signature, and why the transparency software refuses: it is no record.
NOT_A_RECORD: Final = "not_a_record"
# The key came with the question, and belongs to no meter here.
KEY_GIVEN: Final = "given"
KEY_CODES: Final = (*KeyVerdict, KEY_GIVEN)
CLOCK_NONE: Final = "none"
CLOCK_CODES: Final = (*(clock.name.lower() for clock in ClockStatus), CLOCK_NONE)

# Why the time may not be billed, beside what the record itself says of it.
NOT_SIGNED: Final = "signature"
KEY_NOT_ACCEPTED: Final = "key"
INCONSISTENT: Final = "inconsistent"
NO_END: Final = "no_end"
CLOCK_WRONG: Final = "clock_wrong"
OF_SESSION: Final = "session"
TIME_REASONS: Final = (
    *TimeReason,
    NOT_SIGNED,
    KEY_NOT_ACCEPTED,
    INCONSISTENT,
    NO_END,
    CLOCK_WRONG,
    OF_SESSION,
)
_VERDICT_REASONS: Final = {
    SessionVerdict.INVALID: NOT_SIGNED,
    SessionVerdict.UNVERIFIABLE: NOT_SIGNED,
    SessionVerdict.KEY_CHANGED: KEY_NOT_ACCEPTED,
    SessionVerdict.INCONSISTENT: INCONSISTENT,
}
# What the readings of a moment count, by their place.
REGISTERS: Final = ("imported", "exported", "cycle")
_ENDS: Final = (RecordKind.END, RecordKind.POWER_FAILURE)
# What is said of a text that is not a record.
_NOTHING: Final = Record(
    raw=b"", payload=b"", fields={}, readings=(), signature=SignatureSection({})
)


@dataclass(frozen=True, slots=True)
class Device:
    """A meter's device in Home Assistant."""

    id: str | None
    name: str


# By the unique ID of their config entries.
type Devices = Mapping[str, Device]


@dataclass(frozen=True, slots=True)
class Checked:
    """A record, what its signature is worth, and whose key it was checked with.

    Attributes:
        judged: the record.
        whose: one of KEY_CODES.
    """

    judged: Judged
    whose: str

    @property
    def record(self) -> Record | None:
        """What it says; None where it is no record."""
        return self.judged.record

    @property
    def verdict(self) -> SessionVerdict:
        """The worst that is to be said of the record."""
        key = KeyVerdict.OWN if self.whose == KEY_GIVEN else KeyVerdict(self.whose)
        return verdict_of(self.judged.verdict, key)


def check(raw: bytes, keys: Sequence[MeterKey], arrived: datetime) -> Checked:
    """Check a record with all keys of a meter."""
    found = judge_record(raw, keys, arrived)
    return Checked(found.judged, found.key.value)


def check_stored(stored: StoredRecord, keys: Sequence[StoredKey]) -> Checked:
    """Check a record of the archive with the key that the archive checked it with."""
    key = _key_of(stored, keys)
    return Checked(judge(stored.raw, [key] if key else ()), stored.key.value)


def _key_of(stored: StoredRecord, keys: Sequence[StoredKey]) -> PublicKey | None:
    """Find the key; where none could be used, the pinned one can still show why."""
    for key in keys:
        pinned = stored.key_id is None and key.state is KeyState.PINNED
        if key.id == stored.key_id or pinned:
            return load_public_key(key.spki)
    return None


# --- A single record -----------------------------------------------------------------------------


def report(checked: Checked, *, exported: bool = True) -> ReportShape:
    """Return the full assessment of a single record.

    Args:
        checked: the record.
        exported: whether other software gets it from an export here, or as it is.
    """
    judged = checked.judged
    record = judged.record or _NOTHING
    charge = outline(record)
    return {
        "verdict": checked.verdict.value,
        "legible": judged.record is not None,
        "signature": _signature(judged),
        "key": _key(checked),
        "deviations": [
            {"code": found.code.value, "path": shown(found.path), "severity": found.severity.value}
            for found in (deviations(record) if judged.record else ())
        ],
        "clock": clock([checked]),
        "transparency": transparency([checked], exported=exported),
        "kind": charge.kind.value,
        "begin": _time(charge.begin),
        "end": _time(charge.now) if charge.kind in _ENDS else None,
        "imported": decimal_text(_went(charge, lambda moment: moment.imported)),
        "exported": decimal_text(_went(charge, lambda moment: moment.exported)),
        "format_version": shown(record.format_version),
        "pagination": shown(record.pagination),
        "meter": _meter(record),
        "identification": _identification(record),
        "tariff_text": shown(record.tariff_text),
        "charge_point": shown(record.charge_point_id),
        "readings": [
            reading_shape(reading, name) for name, reading in named_readings(charge)[:MAX_LISTED]
        ],
        "digest": judged.digest,
        "size": len(judged.raw),
        "raw": judged.raw[:MAX_SIZE].decode(errors="replace"),
    }


def _meter(record: Record) -> MeterShape:
    return {
        "vendor": shown(record.meter_vendor),
        "model": shown(record.meter_model),
        "serial_number": shown(record.meter_serial),
        "firmware": shown(record.meter_firmware),
        "gateway": shown(record.gateway_id),
        "gateway_serial_number": shown(record.gateway_serial),
    }


def _identification(record: Record) -> IdentificationShape:
    return {
        "identified": record.identified,
        "type": shown(record.identification_type),
        "data": shown(record.identification_data),
        "level": shown(record.identification_level),
        "flags": [shown(flag) for flag in record.identification_flags[:MAX_LISTED]],
    }


def _time(moment: Moment | None) -> str | None:
    return None if moment is None or moment.time is None else moment.time.isoformat()


def _went(charge: Outline, total: Callable[[Moment], Decimal | None]) -> Decimal | None:
    """Return the energy since the begin by a total; None if it is not known or went back."""
    begin = total(charge.begin) if charge.begin else None
    now = total(charge.now) if charge.now else None
    if begin is None or now is None or (went := difference(begin, now)) < 0:
        return None
    return went


def named_readings(charge: Outline) -> list[tuple[str | None, Reading]]:
    """Return all readings, each with the name of its register where its place shows it."""
    named: list[tuple[str | None, Reading]] = []
    for moment in charge.moments:
        names = (
            REGISTERS if len(moment.readings) == len(REGISTERS) else (None,) * len(moment.readings)
        )
        named += zip(names, moment.readings, strict=True)
    return named


def _signature(judged: Judged) -> SignatureReportShape:
    return {
        "verdict": judged.verdict.value,
        "reason": NOT_A_RECORD if judged.result is None else judged.result.reason.value,
        "algorithm": shown(judged.record.signature.algorithm) if judged.record else None,
    }


def _key(checked: Checked) -> KeyShape:
    key = checked.judged.key
    return {
        "verdict": checked.whose,
        "fingerprint": None if key is None else fingerprint_text(key),
        "public_key": None if key is None else to_spki_hex(key),
        "curve": None if key is None else key.curve,
    }


def reading_shape(reading: Reading, name: str | None = None) -> ReadingShape:
    """Show a reading; its value as text, because its decimals mean something.

    Args:
        reading: the reading.
        name: of its register, one of REGISTERS, where that is known.
    """
    return {
        "name": name,
        "time": None if reading.time is None else reading.time.isoformat(),
        "clock": None if reading.clock is None else reading.clock.name.lower(),
        "transaction": shown(reading.transaction),
        "value": shown(reading.value_text),
        "unit": shown(reading.unit),
        "register": shown(reading.obis),
        "current_type": shown(reading.current_type),
        "error_flags": shown(reading.error_flags),
        "status": shown(reading.status),
    }


# --- One or several records ---------------------------------------------------------------------


def clock(checked: Sequence[Checked]) -> ClockShape:
    """Return how good the clock was at its weakest, and whether the time may be billed.

    Without a verified signature, nothing may be billed.
    """
    quality = time_quality([each.record for each in checked if each.record])
    reason = None if quality.reason is None else quality.reason.value
    if reason is None:
        found = {_VERDICT_REASONS.get(each.verdict) for each in checked}
        reason = next((each for each in (NOT_SIGNED, KEY_NOT_ACCEPTED) if each in found), None)
    return {
        "quality": CLOCK_NONE if quality.clock is None else quality.clock.name.lower(),
        "billable": reason is None,
        "reason": reason,
        "informative": quality.informative,
    }


def session_clock(session: Session, checked: Sequence[Checked]) -> ClockShape:
    """Do as `clock` does for a session as a whole: what is said of it speaks against its time, too."""
    found = clock(checked)
    if found["reason"] is not None or (reason := _against(session)) is None:
        return found
    return {**found, "billable": False, "reason": reason}


def clock_in_session(record: ClockShape, session: ClockShape) -> ClockShape:
    """Call no record's time good where that of its session may not be billed."""
    if session["billable"] or not record["billable"]:
        return record
    return {**record, "billable": False, "reason": OF_SESSION}


def _against(session: Session) -> str | None:
    """What keeps the time of a session from being billed, although its clock was good."""
    if session.verdict is not SessionVerdict.VALID:
        return _VERDICT_REASONS[session.verdict]
    if session.end is None:
        return NO_END
    return None if session.begin == session.counted else CLOCK_WRONG


def transparency(checked: Sequence[Checked], *, exported: bool = True) -> TransparencyShape:
    """Foresee what the transparency software says to a record or a session."""
    judged = {each.record: each.judged for each in checked if each.record}
    if not judged:
        return {"accepted": False, "refusal": NOT_A_RECORD}
    expected = foresee([judged[record] for record in transaction(list(judged))], exported=exported)
    return {
        "accepted": expected.accepted,
        "refusal": None if expected.refusal is None else expected.refusal.value,
    }


# --- Of the archive -----------------------------------------------------------------------------


def session_shape(bill: Bill, devices: Devices) -> SessionShape:
    """Summarise a session for a list."""
    session, driver = bill.session, bill.driver
    device = devices.get(session.meter)
    duration = None if session.begin is None or session.end is None else session.end - session.begin
    return {
        "session_id": session.id,
        "device_id": device.id if device else None,
        "meter": device.name if device else None,
        "begin": None if session.begin is None else session.begin.isoformat(),
        "end": None if session.end is None else session.end.isoformat(),
        "last_known": None if session.last_known is None else session.last_known.isoformat(),
        "duration": None if duration is None else int(duration.total_seconds()),
        "imported": decimal_text(session.imported),
        "exported": decimal_text(session.exported),
        "identification_type": shown(session.identification_type),
        "identification": shown(session.identification),
        "identification_level": shown(session.identification_level),
        "tariff_text": shown(session.tariff_text),
        "charge_point": shown(session.charge_point),
        "outcome": session.outcome.value,
        "verdict": session.verdict.value,
        "records": session.records,
        "counted": session.counted.isoformat(),
        "by_arrival": session.begin != session.counted,
        "driver_id": driver.id if driver else None,
        "driver": driver.name if driver else None,
        "cost": cost_shape(bill.cost),
    }
