"""The archive of signed records. Imports nothing of Home Assistant nor of dmed4."""

from .model import (
    ArchiveError,
    ArchiveSummary,
    KeyState,
    KeyVerdict,
    MeterInfo,
    Outcome,
    RecordTooLargeError,
    Session,
    SessionDetail,
    SessionPage,
    SessionQuery,
    SessionVerdict,
    Source,
    StoredKey,
    StoredRecord,
    StoreResult,
)
from .store import Archive

__all__ = [
    "Archive",
    "ArchiveError",
    "ArchiveSummary",
    "KeyState",
    "KeyVerdict",
    "MeterInfo",
    "Outcome",
    "RecordTooLargeError",
    "Session",
    "SessionDetail",
    "SessionPage",
    "SessionQuery",
    "SessionVerdict",
    "Source",
    "StoreResult",
    "StoredKey",
    "StoredRecord",
]
