"""The verdict on records, part by part, in codes that the translations explain.

Only a signature that was checked and failed accuses anybody; every other part says what else there is
to know. Everything here calculates: it is for the executor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
import hashlib
from typing import Final

from ..archive import KeyState, KeyVerdict, Session, SessionVerdict, StoredKey, StoredRecord
from ..ocmf import (
    MAX_SIZE,
    ClockStatus,
    MalformedRecordError,
    PublicKey,
    Reading,
    Record,
    SignatureResult,
    SignatureSection,
    Verdict,
    clock_quality,
    deviations,
    expect,
    fingerprint,
    load_public_key,
    outline,
    parse,
    to_spki_hex,
    transaction,
    verify,
)
from .shapes import (
    ClockShape,
    KeyShape,
    ReadingShape,
    ReportShape,
    SessionShape,
    SignatureReportShape,
    TransparencyShape,
)
from .text import decimal_text, shown

# A genuine record has six readings and a few deviations at most. One that was made to choke whoever
# shows it has tens of thousands.
MAX_LISTED: Final = 200

# Why nothing can be said of a signature, and why the transparency software refuses: it is no record.
NOT_A_RECORD: Final = "not_a_record"
# The key came with the question, and belongs to no meter here.
KEY_GIVEN: Final = "given"
KEY_CODES: Final = (*KeyVerdict, KEY_GIVEN)
CLOCK_NONE: Final = "none"
CLOCK_CODES: Final = (*(clock.name.lower() for clock in ClockStatus), CLOCK_NONE)

_BILLABLE: Final = (ClockStatus.RELATIVE, ClockStatus.SYNCHRONISED)
# What is told of something that is no record: nothing.
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


@dataclass(frozen=True)
class Judged:
    """A record, and what its signature is worth.

    Attributes:
        raw: as it arrived.
        record: None where that is no record.
        key: what it is checked with; None where there is none.
        whose: that key is, one of KEY_CODES.
    """

    raw: bytes
    record: Record | None
    key: PublicKey | None
    whose: str

    @cached_property
    def result(self) -> SignatureResult | None:
        """What the check of the signature says; None where there is no record."""
        return None if self.record is None else verify(self.record, self.key)

    @property
    def signature(self) -> Verdict:
        """What is known about the signature."""
        return Verdict.MALFORMED if self.result is None else self.result.verdict

    @property
    def verdict(self) -> SessionVerdict:
        """The worst that is to be said of the record."""
        match self.signature:
            case Verdict.INVALID:
                return SessionVerdict.INVALID
            case Verdict.VALID if self.whose == KeyVerdict.CHANGED:
                return SessionVerdict.KEY_CHANGED
            case Verdict.VALID:
                return SessionVerdict.VALID
        return SessionVerdict.UNVERIFIABLE


def judge(raw: bytes, key: PublicKey | None, whose: str) -> Judged:
    """Read a record and lay the key beside it."""
    try:
        record = parse(raw)
    except MalformedRecordError:
        record = None
    return Judged(raw, record, key, whose)


def judge_stored(stored: StoredRecord, keys: Sequence[StoredKey]) -> Judged:
    """Read a record of the archive, and find the key that the archive checked it with."""
    return judge(stored.raw, _key_of(stored, keys), stored.key.value)


def _key_of(stored: StoredRecord, keys: Sequence[StoredKey]) -> PublicKey | None:
    """Find the key; where none could be used, the pinned one can still tell why."""
    for key in keys:
        pinned = stored.key_id is None and key.state is KeyState.PINNED
        if key.id == stored.key_id or pinned:
            return load_public_key(key.spki)
    return None


# --- A record by itself -------------------------------------------------------------------------


def report(judged: Judged) -> ReportShape:
    """Tell everything that is to be said of a record by itself."""
    record = judged.record or _NOTHING
    return {
        "verdict": judged.verdict.value,
        "signature": _signature(judged),
        "key": _key(judged),
        "deviations": [
            {"code": found.code.value, "path": shown(found.path), "severity": found.severity.value}
            for found in (deviations(record) if judged.record else ())
        ],
        "clock": clock([judged]),
        "transparency": transparency([judged]),
        "kind": outline(record).kind.value,
        "format_version": shown(record.format_version),
        "pagination": shown(record.pagination),
        "meter": {
            "vendor": shown(record.meter_vendor),
            "model": shown(record.meter_model),
            "serial_number": shown(record.meter_serial),
            "firmware": shown(record.meter_firmware),
            "gateway": shown(record.gateway_id),
            "gateway_serial_number": shown(record.gateway_serial),
        },
        "identification": {
            "identified": record.identified,
            "type": shown(record.identification_type),
            "data": shown(record.identification_data),
            "level": shown(record.identification_level),
            "flags": [shown(flag) for flag in record.identification_flags[:MAX_LISTED]],
        },
        "tariff_text": shown(record.tariff_text),
        "charge_point": shown(record.charge_point_id),
        "readings": [reading_shape(reading) for reading in record.readings[:MAX_LISTED]],
        "digest": record.digest if judged.record else hashlib.sha256(judged.raw).hexdigest(),
        "size": len(judged.raw),
        "raw": judged.raw[:MAX_SIZE].decode(errors="replace"),
    }


def _signature(judged: Judged) -> SignatureReportShape:
    return {
        "verdict": judged.signature.value,
        "reason": NOT_A_RECORD if judged.result is None else judged.result.reason.value,
        "algorithm": shown(judged.record.signature.algorithm) if judged.record else None,
    }


def _key(judged: Judged) -> KeyShape:
    key = judged.key
    return {
        "verdict": judged.whose,
        "fingerprint": None if key is None else fingerprint(key),
        "public_key": None if key is None else to_spki_hex(key),
        "curve": None if key is None else key.curve,
    }


def reading_shape(reading: Reading) -> ReadingShape:
    """Show a reading; its value as text, because its decimals mean something."""
    return {
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


def clock(judged: Sequence[Judged]) -> ClockShape:
    """Tell how good the clock was at its weakest, and whether the time may be billed."""
    quality = clock_quality([each.record for each in judged if each.record])
    return {
        "quality": CLOCK_NONE if quality is None else quality.name.lower(),
        "billable": quality in _BILLABLE,
    }


def transparency(judged: Sequence[Judged]) -> TransparencyShape:
    """Foresee what the transparency software says to the XML of a record or a session."""
    keys = {each.record: each.key for each in judged if each.record}
    if not keys:
        return {"accepted": False, "refusal": NOT_A_RECORD}
    records = transaction(list(keys))
    expected = expect(records, keys[records[-1]])
    return {
        "accepted": expected.accepted,
        "refusal": None if expected.refusal is None else expected.refusal.value,
    }


# --- Of the archive -----------------------------------------------------------------------------


def session_shape(session: Session, devices: Devices) -> SessionShape:
    """Tell of a session what a list needs."""
    device = devices.get(session.meter)
    duration = None if session.begin is None or session.end is None else session.end - session.begin
    return {
        "session_id": session.id,
        "device_id": device.id if device else None,
        "meter": device.name if device else None,
        "begin": None if session.begin is None else session.begin.isoformat(),
        "end": None if session.end is None else session.end.isoformat(),
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
    }
