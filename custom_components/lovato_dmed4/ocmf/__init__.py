"""Signed records of electricity meters in the Open Charge Metering Format (OCMF)."""

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
from .signature import (
    MalformedKeyError,
    PublicKey,
    Reason,
    SignatureResult,
    Verdict,
    fingerprint,
    load_public_key,
    to_spki_hex,
    verify,
)

__all__ = [
    "MAX_SIZE",
    "ClockStatus",
    "Json",
    "MalformedKeyError",
    "MalformedRecordError",
    "Number",
    "PublicKey",
    "Reading",
    "Reason",
    "Record",
    "SignatureResult",
    "SignatureSection",
    "Verdict",
    "fingerprint",
    "load_public_key",
    "parse",
    "to_spki_hex",
    "verify",
]
