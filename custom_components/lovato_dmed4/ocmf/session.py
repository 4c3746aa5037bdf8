"""What a record says of its session: the moments of its readings, and the energy between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from enum import StrEnum
import hashlib
import json
from typing import Final

from .record import ClockStatus, Reading, Record

# As decimal places of a kWh. Some meters of others count in MWh.
_UNITS = {"Wh": -3, "kWh": 0, "MWh": 3}
# Enough for the sum of any two numbers that a record can hold, so nothing is ever rounded.
_EXACT = Context(prec=300)
# The meter's counters have 11 digits, the last three of them decimals: after 99999999.999 kWh comes 0.
COUNTER_SIZE = Decimal(100_000_000)
# Readings of a moment: total imported, total exported, energy of the charge cycle.
_FULL = 3
# No charge takes as much: a megawatt takes four days for it.
_LARGEST_CHARGE = Decimal(100_000)


class RecordKind(StrEnum):
    """What a record was made for, from the transaction of its last reading (TX)."""

    BEGIN = "begin"
    INTERMEDIATE = "intermediate"
    END = "end"
    POWER_FAILURE = "power_failure"
    # Fiscal readings, and what is unknown.
    OTHER = "other"


_KINDS = {
    "C": RecordKind.INTERMEDIATE,
    "S": RecordKind.INTERMEDIATE,
    "T": RecordKind.INTERMEDIATE,
    "X": RecordKind.INTERMEDIATE,
    "E": RecordKind.END,
    "L": RecordKind.END,
    "R": RecordKind.END,
    "A": RecordKind.END,
    "P": RecordKind.POWER_FAILURE,
}


# kWh. No meter's totals are so coarse that they stay where they are.
_MOVES_TOTALS: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Moment:
    """The readings taken at one time for one purpose.

    A DMED4's have three: total imported, total exported, energy of the charge cycle. They are distinguished by
    their place, since the codes of the registers depend on the meter's settings. Of other meters'
    records, a single reading counts as the total imported.
    """

    readings: tuple[Reading, ...]

    @property
    def time(self) -> datetime | None:
        """When."""
        return self.readings[0].time

    @property
    def clock(self) -> ClockStatus | None:
        """How good the clock was."""
        return self.readings[0].clock

    @property
    def transaction(self) -> str | None:
        """What for (TX)."""
        return self.readings[0].transaction

    @property
    def imported(self) -> Decimal | None:
        """Total imported, in kWh, exact."""
        match self.readings:
            case [imported] | [imported, _, _]:
                return energy(imported)
        return None

    @property
    def exported(self) -> Decimal | None:
        """Total exported, in kWh, exact; None if the record has no such reading."""
        match self.readings:
            case [_, exported, _]:
                return energy(exported)
        return None

    @property
    def cycle(self) -> Decimal | None:
        """Energy of the charge cycle, in kWh, exact; None if the record has no such reading."""
        match self.readings:
            case [_, _, cycle]:
                return energy(cycle)
        return None


@dataclass(frozen=True, slots=True)
class Outline:
    """A record as a step of a session.

    Attributes:
        kind: what the record was made for.
        moments: its moments, as they stand in it.
        leftover: what stands in the record of a begin where the end will come: zeros, or the end of
            the session before. It says nothing of this session.
        begin: the moment the session began, where the record states it.
        now: the last moment in the record: that of the begin itself in a record of a begin.
        session: names the session the record belongs to, the same in all of its records (made of
            the begin's time and register values); None where there is no begin.
    """

    kind: RecordKind
    moments: tuple[Moment, ...]
    leftover: tuple[Moment, ...]
    begin: Moment | None
    now: Moment | None
    session: str | None


def outline(record: Record) -> Outline:
    """Find the moments of a record; never raises."""
    found = _moments(record)
    begin = next((moment for moment in found if moment.transaction == "B"), None)
    leftover = tuple(moment for moment in found if begin and _is_leftover(begin, moment))
    moments = tuple(moment for moment in found if moment not in leftover)
    return Outline(
        kind=_kind(moments),
        moments=moments,
        leftover=leftover,
        begin=begin,
        now=moments[-1] if moments else None,
        session=_session(begin),
    )


def _is_leftover(begin: Moment, moment: Moment) -> bool:
    """Whether a moment is none of the session that began at another one.

    The manual defines the fourth to sixth reading "at end or during" a charge only. In the record of
    a begin they may be zeros, or what the buffer held before: an end that was not later, with totals
    that were not higher. It may look later where the clock was set back since: then it is an end with
    the energy of a charge in which the totals did not move. A small energy is no sign of that: totals
    may be coarser than the energy of the cycle.
    """
    if moment is begin or len(moment.readings) != _FULL:
        return False
    before, now = (begin.imported, begin.exported), (moment.imported, moment.exported)
    if None in {*before, *now}:
        return False
    if any(before) and not any(now) and moment.transaction in {"B", "", None}:
        return True
    moved = moment.cycle is not None and moment.cycle > _MOVES_TOTALS
    if before == now and moved and moment.transaction != begin.transaction:
        return True
    earlier = begin.time is not None and moment.time is not None and moment.time < begin.time
    return earlier and all(map(_not_more, now, before, strict=True))


def _not_more(now: Decimal | None, before: Decimal | None) -> bool:
    """Whether a total is not higher than another; unknown ones are not compared."""
    return now is None or before is None or now <= before


def _moments(record: Record) -> tuple[Moment, ...]:
    """Group the readings of a record.

    A moment ends where the time or the transaction changes. Readings that all repeat their time
    belong together until a register comes again, as do those that repeat nothing: in the record of a
    begin, the meter writes the same moment twice.
    """
    found: list[list[Reading]] = []
    registers: set[str | None] = set()
    last: tuple[str | None, str | None] | None = None
    for reading in record.readings:
        when, register = (reading.time_text, reading.transaction), reading.obis
        if when != last or (
            register in registers
            and ("TM" in reading.present or (register and len(found[-1]) == _FULL))
        ):
            found.append([])
            registers.clear()
            last = when
        found[-1].append(reading)
        registers.add(register)
    return tuple(Moment(tuple(readings)) for readings in found)


def energy(reading: Reading) -> Decimal | None:
    """Return the value of a reading in kWh, exact; None if it has none, or it is no energy."""
    places = _UNITS.get(reading.unit or "")
    if reading.value is None or places is None:
        return None
    return _EXACT.scaleb(reading.value, places)


def difference(earlier: Decimal, later: Decimal) -> Decimal:
    """Return how far a counter of kWh went from one value to another, exact.

    A counter that began again from 0 is taken for what it is where that explains the values;
    otherwise the difference of one that went back is negative.
    """
    went = _EXACT.subtract(later, earlier)
    around = _EXACT.add(went, COUNTER_SIZE)
    return around if went < 0 <= around <= _LARGEST_CHARGE else went


def _kind(found: Sequence[Moment]) -> RecordKind:
    """Tell what a record with these moments was made for."""
    transactions = [moment.transaction for moment in found]
    if transactions and set(transactions) == {"B"}:
        return RecordKind.BEGIN
    return _KINDS.get((transactions and transactions[-1]) or "", RecordKind.OTHER)


def _session(begin: Moment | None) -> str | None:
    """Name the session that began at this moment, whatever zone its time is given in."""
    if begin is None or begin.readings[0].time_text is None:
        return None
    time = begin.time.astimezone(UTC).isoformat() if begin.time else begin.readings[0].time_text
    written = [time, *(reading.value_text for reading in begin.readings)]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()
