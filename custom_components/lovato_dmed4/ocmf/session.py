"""What records say together: the moments they were taken at, and what must hold across a session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from .record import ClockStatus, Reading, Record


class RecordKind(StrEnum):
    """What a record was made for, from the transaction of its last reading (TX)."""

    BEGIN = "begin"
    INTERMEDIATE = "intermediate"
    END = "end"
    POWER_FAILURE = "power_failure"
    # Fiscal readings, and what cannot be told.
    OTHER = "other"


class Severity(StrEnum):
    """How much a finding or a deviation matters."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Moment:
    """The readings taken at one time: those from one with its own time stamp to the next one.

    A DMED4's have three: total imported, total exported, energy of the charge cycle.
    """

    readings: tuple[Reading, ...]

    @property
    def time(self) -> datetime | None:
        """When."""
        raise NotImplementedError

    @property
    def clock(self) -> ClockStatus | None:
        """How good the clock was."""
        raise NotImplementedError

    @property
    def transaction(self) -> str | None:
        """What for (TX)."""
        raise NotImplementedError

    @property
    def imported(self) -> Decimal | None:
        """Total imported, in kWh, exact."""
        raise NotImplementedError

    @property
    def exported(self) -> Decimal | None:
        """Total exported, in kWh, exact; None if the record has no such reading."""
        raise NotImplementedError

    @property
    def cycle(self) -> Decimal | None:
        """Energy of the charge cycle, in kWh, exact; None if the record has no such reading."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Outline:
    """A record as a step of a session.

    Attributes:
        kind: what the record was made for.
        begin: the moment the session began, where the record tells it.
        now: the last moment in the record: that of the begin itself in a record of a begin.
        session: names the session the record belongs to, the same in all of its records (made of
            the begin's time stamp and register values, as written); None where there is no begin.
    """

    kind: RecordKind
    begin: Moment | None
    now: Moment | None
    session: str | None


def outline(record: Record) -> Outline:
    """Find the moments of a record; never raises."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Finding:
    """Something noticed across the records of a session.

    Attributes:
        code: which check, in snake case: a translation key.
        severity: how much it matters.
        record: index of the record it was noticed at.
        values: what a text about it names.
    """

    code: str
    severity: Severity
    record: int
    values: tuple[str, ...] = ()


def check_session(records: Sequence[Record]) -> tuple[Finding, ...]:
    """Check what must hold across the records of one session, in the order they were made."""
    raise NotImplementedError


def clock_quality(records: Sequence[Record]) -> ClockStatus | None:
    """Return the weakest clock of all readings; None if none tells."""
    raise NotImplementedError
