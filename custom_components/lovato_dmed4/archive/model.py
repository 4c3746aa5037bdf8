"""What the archive takes and gives. Times are aware and in UTC, energies in kWh and exact."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from ..ocmf import RecordKind, Verdict


class ArchiveError(Exception):
    """The database could not be reached, or did not do what it was asked.

    Its text names the cause without the database's URL, which holds a password.
    """


class RecordTooLargeError(ArchiveError):
    """Bytes that are larger than any record, so they are not kept: they could fill the disk."""


class Source(StrEnum):
    """How a record came here."""

    # Home Assistant gave the command that made it.
    COMMAND = "command"
    # Found in the meter's logbook, or as its last record: somebody else made it, or a command's
    # answer was lost.
    METER = "meter"


class KeyState(StrEnum):
    """What is thought of a meter's key."""

    PINNED = "pinned"
    # Was pinned; records that it signed stay verifiable.
    FORMER = "former"
    # The meter shows it, nobody has accepted it.
    CHANGED = "changed"


class KeyVerdict(StrEnum):
    """Whose key a record's signature was checked with."""

    OWN = "own"
    FORMER = "former"
    CHANGED = "changed"
    NONE = "none"


class Outcome(StrEnum):
    """How a session ended."""

    OPEN = "open"
    ENDED = "ended"
    # Another master ended it: the charger's own controller, another Home Assistant.
    ENDED_ELSEWHERE = "ended_elsewhere"
    POWER_FAILURE = "power_failure"
    # A later session began, and no record of an end was ever found.
    END_MISSING = "end_missing"


class SessionVerdict(StrEnum):
    """What is thought of a session as a whole, the worst of its records first."""

    # A signature failed: the only one that may be shown as tampering.
    INVALID = "invalid"
    # Signed with a key that nobody has accepted.
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
        serial_number: None over Modbus, which does not tell it.
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
    """A key that a meter was seen with; ``spki`` is its SubjectPublicKeyInfo in DER."""

    id: int
    spki: bytes
    fingerprint: str
    state: KeyState
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record in the archive. It is shown without what it says, which names the customer.

    Attributes:
        id: its number in the archive.
        meter_id: the meter it came from, by its number in the archive.
        session_id: the session it belongs to; None where it tells of none.
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

    @property
    def suspicious(self) -> bool:
        """Whether somebody should look at it: anything but a good signature by an accepted key."""
        return is_suspicious(self.verdict, self.key)


def is_suspicious(verdict: Verdict, key: KeyVerdict) -> bool:
    """Tell whether somebody should look at a record with such verdicts."""
    return verdict is not Verdict.VALID or key is KeyVerdict.CHANGED


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
        end: when its last known moment was, for an open one that of its last record.
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
    """

    id: int
    meter_id: int
    meter: str
    begin: datetime | None
    end: datetime | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuery:
    """Which sessions, the newest first.

    Attributes:
        meters: unique IDs of config entries; empty for all.
        since: those that began then or later.
        until: those that began before.
        verdicts: with one of these verdicts; empty for all.
        outcomes: with one of these outcomes; empty for all.
        search: a part of identification, tariff text, charge point or pagination, whatever its case.
        offset: how many to pass over.
        limit: how many at most.
    """

    meters: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    verdicts: Sequence[SessionVerdict] = ()
    outcomes: Sequence[Outcome] = ()
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
    """Of a session, what sums of energy are made of."""

    begin: datetime
    identification: str | None = field(repr=False)
    imported: Decimal | None
    exported: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A page of records; ``total`` counts all that there are."""

    records: tuple[StoredRecord, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDetail:
    """A session with its records, in the order they were made, and the keys they need."""

    session: Session
    records: tuple[StoredRecord, ...]
    keys: tuple[StoredKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSummary:
    """What the archive has of a meter.

    Attributes:
        records: how many records.
        suspicious: how many of them somebody should look at.
        failed: how many of them have a signature that failed.
        last: the last session that ended.
    """

    records: int = 0
    suspicious: int = 0
    failed: int = 0
    last: Session | None = None
