"""Signed records of electricity meters in the Open Charge Metering Format (OCMF)."""

from .deviations import Deviation, DeviationCode, deviations
from .export import NotExportableError, to_ocmf, to_xml
from .findings import Finding, FindingCode, Severity, check_session
from .record import (
    MAX_SIZE,
    ClockStatus,
    Json,
    MalformedRecordError,
    Number,
    Reading,
    Record,
    SignatureSection,
    parse,
)
from .session import Moment, Outline, RecordKind, clock_quality, difference, outline
from .signature import (
    MalformedKeyError,
    PublicKey,
    Reason,
    SignatureResult,
    SignatureShape,
    Verdict,
    fingerprint,
    load_public_key,
    signature_shape,
    to_spki_hex,
    verify,
)
from .transparency import Expectation, Refusal, expect, transaction

__all__ = [
    "MAX_SIZE",
    "ClockStatus",
    "Deviation",
    "DeviationCode",
    "Expectation",
    "Finding",
    "FindingCode",
    "Json",
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
    "Verdict",
    "check_session",
    "clock_quality",
    "deviations",
    "difference",
    "expect",
    "fingerprint",
    "load_public_key",
    "outline",
    "parse",
    "signature_shape",
    "to_ocmf",
    "to_spki_hex",
    "to_xml",
    "transaction",
    "verify",
]
