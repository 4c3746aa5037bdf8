"""The charge that is open, as it is remembered."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..archive import Archive, StoredRecord
from ..ocmf import MalformedRecordError, RecordKind, outline, parse

_ENDS: Final = (RecordKind.END, RecordKind.POWER_FAILURE)


class Origin(StrEnum):
    """Who gave a command."""

    HERE = "here"
    # Another master: the charger's own controller, another Home Assistant.
    ELSEWHERE = "elsewhere"


class Phase(StrEnum):
    """How far a charge is. Of a command about to be given, only the meter knows whether it came."""

    BEGINNING = "beginning"
    CHARGING = "charging"
    ENDING = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCharge:
    """The charge that is open. Who charges is in its signed records and, until it ends, in its prototype.

    Attributes:
        phase: how far it is.
        origin: who began it.
        since: when it began, or was first seen, by Home Assistant's clock.
        last: digest of the charge's last record before its end, while it is being ended.
        power_failed: whether the power of the meter failed meanwhile.
    """

    phase: Phase
    origin: Origin
    since: datetime
    last: str | None = None
    power_failed: bool = False


def begun(origin: Origin, phase: Phase) -> OpenCharge:
    """Describe a charge that begins now."""
    return OpenCharge(phase=phase, origin=origin, since=dt_util.utcnow())


def stored_charge(stored: Mapping[str, Any] | None) -> OpenCharge | None:
    """Read a charge as it was saved."""
    if stored is None:
        return None
    since = datetime.fromisoformat(stored["since"])
    phase, origin = Phase(stored["phase"]), Origin(stored["origin"])
    return OpenCharge(**{**stored, "phase": phase, "origin": origin, "since": since})


def digest_of_open(last: bytes) -> str | None:
    """Name the last record of a charge that is running; None if it can't be one of it."""
    with suppress(MalformedRecordError):
        record = parse(last)
        if outline(record).kind not in _ENDS:
            return record.digest
    return None


def find_end(claim: str, archive: Archive) -> StoredRecord | None:
    """Find the end of the session that a record belongs to."""
    known = archive.find_record(claim)
    number = known.session_id if known else None
    detail = archive.session(number) if number is not None else None
    records = detail.records if detail else ()
    return next((record for record in records if record.kind in _ENDS), None)
