"""What the archive takes and gives. Times are aware and in UTC, energies in kWh and exact."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..billing.model import Cost, Driver
from ..ocmf import Judged, RecordKind, Verdict


class ArchiveError(Exception):
    """The database could not be reached, or did not do what it was asked.

    Its text names the cause without the database's URL, which holds a password.
    """


class RecordTooLargeError(ArchiveError):
    """Bytes that are larger than any record, so they are not kept: they could fill the disk."""


class NotInLedgerError(ArchiveError):
    """There is no such driver, price or meter."""


class IdentificationTakenError(ArchiveError):
    """An identification belongs to another driver already."""


class Source(StrEnum):
    """How a record came here."""

    # Home Assistant gave the command that made it.
    COMMAND = "command"
    # Found in the meter's logbook, or as its last record: another controller made it, or a command's
    # answer was lost.
    METER = "meter"
    # Home Assistant gave the command, only to clear a cycle that was prepared and never began.
    CLEARING = "clearing"


class KeyState(StrEnum):
    """What is thought of a meter's key."""

    PINNED = "pinned"
    # Was pinned until the meter was given another one; what it signed before stays valid.
    FORMER = "former"
    # The meter presents it, but it has not been accepted.
    CHANGED = "changed"
    # Was pinned by mistake: an administrator says that it was never this meter's.
    REJECTED = "rejected"


class KeyVerdict(StrEnum):
    """Whose key a record's signature was checked with."""

    OWN = "own"
    FORMER = "former"
    CHANGED = "changed"
    # A former key, but the record is from after its replacement.
    REPLACED = "replaced"
    REJECTED = "rejected"
    NONE = "none"


TRUSTED: Final = frozenset({KeyVerdict.OWN, KeyVerdict.FORMER})
"""A valid signature with one of these keys is the meter's."""


class Outcome(StrEnum):
    """How a session ended."""

    OPEN = "open"
    ENDED = "ended"
    # Another master ended it: the charger's own controller, another Home Assistant.
    ENDED_ELSEWHERE = "ended_elsewhere"
    POWER_FAILURE = "power_failure"
    # It is over, and no record of its end was found.
    END_MISSING = "end_missing"


WITHOUT_END: Final = (Outcome.OPEN, Outcome.END_MISSING)


class SessionVerdict(StrEnum):
    """What is thought of a session as a whole, the worst of its records first."""

    # A signature failed: the only one that may be shown as tampering.
    INVALID = "invalid"
    # Signed with a key that has not been accepted for the meter, or not for that time.
    KEY_CHANGED = "key_changed"
    # Cannot be checked: no key, an unknown algorithm, an illegible record.
    UNVERIFIABLE = "unverifiable"
    # All signatures are good, the records do not fit together.
    INCONSISTENT = "inconsistent"
    VALID = "valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterInfo:
    """A meter as the archive knows it.

    Attributes:
        unique_id: the config entry's unique ID.
        name: what the user calls it.
        model: such as DMED404R0600.
        serial_number: None over Modbus, which does not report it.
    """

    unique_id: str
    name: str
    model: str | None = None
    serial_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMeter(MeterInfo):
    """A meter in the archive, with its number there."""

    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A key that a meter was seen with.

    Attributes:
        id: its number in the archive.
        spki: its SubjectPublicKeyInfo in DER.
        fingerprint: the SHA-256 of that in hex.
        state: what is thought of it.
        first_seen: when the meter showed it first.
        last_seen: when the meter showed it last.
        replaced: of a former one, when another took its place.
    """

    id: int
    spki: bytes
    fingerprint: str
    state: KeyState
    first_seen: datetime
    last_seen: datetime
    replaced: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record in the archive. It is shown without what it says, which names the customer.

    Attributes:
        id: its number in the archive.
        meter_id: the meter it came from, by its number in the archive.
        session_id: the session it belongs to; None if it belongs to none.
        digest: SHA-256 of the payload in hex; of the whole where it has none.
        raw: as it arrived.
        source: how it came here.
        arrived: when it came here.
        kind: what it was made for.
        pagination: PG.
        time: of its last moment, by the meter's clock.
        verdict: of its signature.
        key: whose key it was checked with.
        key_id: that key, by its number in the archive.
        verified: when it was checked last.
        judged: what was found about it when it was stored; None of one that is looked up.
    """

    id: int
    meter_id: int
    session_id: int | None
    digest: str
    raw: bytes = field(repr=False)
    source: Source
    arrived: datetime
    kind: RecordKind
    pagination: str | None
    time: datetime | None
    verdict: Verdict
    key: KeyVerdict
    key_id: int | None
    verified: datetime
    judged: Judged | None = field(default=None, compare=False, repr=False)

    @property
    def suspicious(self) -> bool:
        """Whether it is to be reviewed: anything but a verified signature by an accepted key."""
        return is_suspicious(self.verdict, self.key)


def is_suspicious(verdict: Verdict, key: KeyVerdict) -> bool:
    """Return whether a record with such verdicts is to be reviewed."""
    return verdict is not Verdict.VALID or key not in TRUSTED


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreResult:
    """What came of storing: the record as it is in the archive, and whether it was new there."""

    record: StoredRecord
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A charge session. It is shown without who charged.

    Attributes:
        id: its number in the archive.
        meter_id: by its number in the archive.
        meter: unique ID of the meter's config entry.
        begin: when it began, by the meter's clock.
        end: when it ended; None where no record of the end is known.
        last_known: when its last known moment was, of an ended one its end.
        imported: energy imported between the two.
        exported: energy exported between the two.
        identification_type: IT.
        identification: ID: who charged.
        identification_level: IL.
        tariff_text: TT.
        charge_point: CI.
        outcome: how it ended.
        verdict: what is thought of it.
        records: how many it has.
        arrived: when the first of them came here.
        counted: the time that the session is sorted and counted by: the begin, or the arrival where
            the meter's clock cannot have been right.
    """

    id: int
    meter_id: int
    meter: str
    begin: datetime | None
    end: datetime | None
    last_known: datetime | None
    imported: Decimal | None
    exported: Decimal | None
    identification_type: str | None
    identification: str | None = field(repr=False)
    identification_level: str | None
    tariff_text: str | None
    charge_point: str | None
    outcome: Outcome
    verdict: SessionVerdict
    records: int
    arrived: datetime
    counted: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A session, who charged, and what it costs.

    Attributes:
        session: the session.
        driver: None for one without a name.
        cost: what it costs, or why it has no cost.
        register_begin: total imported when it began, in kWh.
        register_end: as above, when it ended.
        record: number of the record that this was taken from, None where there is none of an end.
        pagination: that record's number on the meter.
        digest: that record's SHA-256.
        key_id: the key it was verified with.
    """

    session: Session
    driver: Driver | None
    cost: Cost
    register_begin: Decimal | None = None
    register_end: Decimal | None = None
    record: int | None = None
    pagination: str | None = None
    digest: str | None = None
    key_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuery:
    """Which sessions, the newest first.

    Attributes:
        meters: unique IDs of config entries; empty for all.
        since: those counted then or later.
        until: those counted before.
        verdicts: with one of these verdicts; empty for all.
        outcomes: with one of these outcomes; empty for all.
        drivers: of one of these drivers, NO_DRIVER for those without a known driver; empty for all.
        search: a part of identification, tariff text, charge point, pagination or of the driver's
            name, whatever its case.
        offset: how many to pass over.
        limit: how many at most.
    """

    meters: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    verdicts: Sequence[SessionVerdict] = ()
    outcomes: Sequence[Outcome] = ()
    drivers: Sequence[int] = ()
    search: str = ""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """A page of sessions; ``total`` counts all that the query is about."""

    sessions: tuple[Session, ...]
    total: int


@dataclass(frozen=True, slots=True)
class SessionEnergy:
    """Of a session, what sums of energy are made of; ``counted`` as in `Session`."""

    counted: datetime
    identification: str | None = field(repr=False)
    imported: Decimal | None
    exported: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnnamedIdentification:
    """An identification in records that belongs to no driver.

    Attributes:
        value: as signed.
        type: IT.
        sessions: how many sessions have it.
        last: when the last of them began; None if no meter knew.
    """

    value: str = field(repr=False)
    type: str | None
    sessions: int
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A page of records; ``total`` counts all that there are."""

    records: tuple[StoredRecord, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetail:
    """A session with its records, in the order they were made, and the keys they need.

    ``bill`` is there only if it was asked for.
    """

    session: Session
    records: tuple[StoredRecord, ...]
    keys: tuple[StoredKey, ...]
    bill: Bill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSummary:
    """What the archive has of a meter.

    Attributes:
        records: how many records.
        suspicious: how many of them are to be reviewed.
        failed: how many of them have a signature that failed.
        newest: the latest time that a verified record states.
        last: the last session that ended.
    """

    records: int = 0
    suspicious: int = 0
    failed: int = 0
    newest: datetime | None = None
    last: Session | None = None
