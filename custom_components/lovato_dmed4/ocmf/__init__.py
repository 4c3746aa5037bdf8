"""Signed records of electricity meters in the Open Charge Metering Format (OCMF)."""

from .billing import TimeQuality, TimeReason, outlined_time_quality, time_quality
from .deviations import Deviation, DeviationCode, deviations
from .envelopes import FoundRecord, find_records
from .export import NotExportableError, to_ocmf, to_xml
from .findings import Finding, FindingCode, Severity, begins_in_future, check_session
from .judgement import Judged, judge
from .keys import (
    MalformedKeyError,
    PublicKey,
    fingerprint,
    fingerprint_text,
    load_public_key,
    to_spki_hex,
)
from .other_sessions import check_other_sessions
from .record import ClockStatus, Reading, Record, SignatureSection, parse
from .sections import MAX_SIZE, Json, MalformedRecordError, Number
from .session import Moment, Outline, RecordKind, difference, outline
from .signature import Reason, SignatureResult, SignatureShape, Verdict, signature_shape, verify
from .transparency import Expectation, Refusal, expect, foresee, transaction

__all__ = [
    "MAX_SIZE",
    "ClockStatus",
    "Deviation",
    "DeviationCode",
    "Expectation",
    "Finding",
    "FindingCode",
    "FoundRecord",
    "Json",
    "Judged",
    "MalformedKeyError",
    "MalformedRecordError",
    "Moment",
    "NotExportableError",
    "Number",
    "Outline",
    "PublicKey",
    "Reading",
    "Reason",
    "Record",
    "RecordKind",
    "Refusal",
    "Severity",
    "SignatureResult",
    "SignatureSection",
    "SignatureShape",
    "TimeQuality",
    "TimeReason",
    "Verdict",
    "begins_in_future",
    "check_other_sessions",
    "check_session",
    "deviations",
    "difference",
    "expect",
    "find_records",
    "fingerprint",
    "fingerprint_text",
    "foresee",
    "judge",
    "load_public_key",
    "outline",
    "outlined_time_quality",
    "parse",
    "signature_shape",
    "time_quality",
    "to_ocmf",
    "to_spki_hex",
    "to_xml",
    "transaction",
    "verify",
]
