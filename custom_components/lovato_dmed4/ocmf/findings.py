"""What must hold across the records of one session, beyond each one's signature."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain, pairwise
import re

from .record import ClockStatus, Reading, Record
from .session import COUNTER_SIZE, Outline, RecordKind, difference, energy, outline

# What a text can name; a hostile record's values are as long as the record.
LONGEST_VALUE = 64

# Bounded, since a meter counts with 32 bits and Python reads no number of any length.
PAGINATION = re.compile(r"([TF])([0-9]{1,20})")
FIRST_PAGES = range(2)
_FAILED_LEVELS = frozenset({"MISMATCH", "INVALID", "OUTDATED", "UNKNOWN"})
# Clocks whose time may be corrected at any moment.
_LOOSE_CLOCKS = frozenset({None, ClockStatus.UNKNOWN, ClockStatus.INFORMATIVE})
# A meter's clock and the one that notes arrivals are never the same to the second.
_CLOCK_TOLERANCE = timedelta(minutes=5)
_ENDS = frozenset({RecordKind.END, RecordKind.POWER_FAILURE})


class Severity(StrEnum):
    """How much a finding or a deviation matters."""

    # Good to know; no reason for doubt.
    NOTE = "note"
    # To be reviewed. Of a deviation: strict readers may refuse the record.
    WARNING = "warning"
    # The records contradict each other, or the meter itself says that they can't be billed. Of a
    # deviation: a reader misses what it needs, or may understand something else.
    ERROR = "error"


class FindingCode(StrEnum):
    """What was noticed; the comments say what the values name."""

    BEGIN_MISSING = "begin_missing"
    # Records disagree on the begin: what one says; what this one says.
    BEGIN_DIFFERS = "begin_differs"
    # More than one record was made for the begin: this one's pagination.
    BEGIN_REPEATED = "begin_repeated"
    END_MISSING = "end_missing"
    # More than one end: this one's pagination.
    END_REPEATED = "end_repeated"
    # A begin that is not the first record, or a record after the end: its pagination.
    OUT_OF_ORDER = "out_of_order"
    # The same payload twice, which would be counted twice: its pagination.
    RECORD_REPEATED = "record_repeated"
    # Another meter or gateway: the serial number before; this one.
    METER_CHANGED = "meter_changed"
    # Numbers are missing between two records: the one before; this one.
    PAGINATION_GAP = "pagination_gap"
    # The number does not go on: the one before; this one.
    PAGINATION_BACKWARD = "pagination_backward"
    # The same number again, which the meter may have taken over from what it was given: the number.
    PAGINATION_REPEATED = "pagination_repeated"
    # A transaction's and a fiscal record, which are counted apart: the one before; this one.
    PAGINATION_CONTEXT = "pagination_context"
    # No number: what is there instead.
    PAGINATION_UNREADABLE = "pagination_unreadable"
    # The session began later than its records arrived, by the meter's clock: the time.
    TIME_IN_FUTURE = "time_in_future"
    # The time before; this one, as written.
    TIME_BACKWARD = "time_backward"
    # Another session's record comes on the other side by number than by time: its number; its time.
    SESSIONS_OUT_OF_ORDER = "sessions_out_of_order"
    # The register; its value before; this one, as written.
    REGISTER_BACKWARD = "register_backward"
    # The same where the counter began again from 0, or went past its end: no reason for doubt.
    REGISTER_ROLLED_OVER = "register_rolled_over"
    # The cycle's energy is not what the total rose by, in kWh: the cycle's; the total's.
    CYCLE_DIFFERS = "cycle_differs"
    # The meter was not in order (ST): its status; the time.
    STATUS_NOT_GOOD = "status_not_good"
    # Flags of a reading (EF): the time.
    ENERGY_UNUSABLE = "energy_unusable"
    TIME_UNUSABLE = "time_unusable"
    # An error from which on energy or time can't be used (TX X): the time.
    EXCEPTION = "exception"
    # The charge was ended by a power failure (TX P): the time.
    POWER_FAILURE = "power_failure"
    # The charge was aborted (TX A): the time.
    ABORTED = "aborted"
    # More intermediate readings than are compared each time: how many were left out.
    READINGS_LEFT_OUT = "readings_left_out"
    # The user's identification failed: IL.
    IDENTIFICATION_FAILED = "identification_failed"
    # The user became known during the charge. No values: they name the user.
    IDENTIFICATION_ASSIGNED = "identification_assigned"
    # Another user. No values.
    IDENTIFICATION_CHANGED = "identification_changed"
    # Another tariff, with a reading that documents the change: the tariff before; this one.
    TARIFF_CHANGED = "tariff_changed"
    # The same without such a reading.
    TARIFF_TEXT_CHANGED = "tariff_text_changed"


_UNUSUAL_ENDS = {"P": FindingCode.POWER_FAILURE, "A": FindingCode.ABORTED}
_SEVERITIES = {
    FindingCode.BEGIN_MISSING: Severity.ERROR,
    FindingCode.BEGIN_DIFFERS: Severity.ERROR,
    FindingCode.BEGIN_REPEATED: Severity.ERROR,
    # Most likely the charge goes on.
    FindingCode.END_MISSING: Severity.WARNING,
    FindingCode.END_REPEATED: Severity.ERROR,
    FindingCode.OUT_OF_ORDER: Severity.ERROR,
    FindingCode.RECORD_REPEATED: Severity.WARNING,
    FindingCode.METER_CHANGED: Severity.ERROR,
    # No proof: the missing ones may be intermediate readings that only this archive lacks, and begin
    # and end prove the energy without them.
    FindingCode.PAGINATION_GAP: Severity.WARNING,
    FindingCode.PAGINATION_BACKWARD: Severity.ERROR,
    FindingCode.PAGINATION_REPEATED: Severity.NOTE,
    FindingCode.PAGINATION_CONTEXT: Severity.WARNING,
    FindingCode.PAGINATION_UNREADABLE: Severity.WARNING,
    FindingCode.TIME_IN_FUTURE: Severity.WARNING,
    FindingCode.TIME_BACKWARD: Severity.ERROR,
    # In which of the two sessions the clock was wrong, they do not say.
    FindingCode.SESSIONS_OUT_OF_ORDER: Severity.WARNING,
    FindingCode.REGISTER_BACKWARD: Severity.ERROR,
    FindingCode.REGISTER_ROLLED_OVER: Severity.NOTE,
    # A cable's loss may be in the one and not in the other.
    FindingCode.CYCLE_DIFFERS: Severity.NOTE,
    FindingCode.STATUS_NOT_GOOD: Severity.ERROR,
    FindingCode.ENERGY_UNUSABLE: Severity.ERROR,
    FindingCode.TIME_UNUSABLE: Severity.WARNING,
    FindingCode.EXCEPTION: Severity.ERROR,
    FindingCode.POWER_FAILURE: Severity.WARNING,
    FindingCode.ABORTED: Severity.WARNING,
    FindingCode.READINGS_LEFT_OUT: Severity.NOTE,
    FindingCode.IDENTIFICATION_FAILED: Severity.WARNING,
    FindingCode.IDENTIFICATION_ASSIGNED: Severity.NOTE,
    FindingCode.IDENTIFICATION_CHANGED: Severity.ERROR,
    FindingCode.TARIFF_CHANGED: Severity.NOTE,
    FindingCode.TARIFF_TEXT_CHANGED: Severity.WARNING,
}

# Where the energy of the charge cycle stands among the readings of a moment.
_CYCLE_PLACE = 2

# A register in a moment: by its place, since codes may be missing or the same, and by its code.
type _Register = tuple[int, str | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something noticed across the records of a session.

    Attributes:
        code: which check: a translation key.
        severity: how much it matters.
        record: index of the record it was noticed at.
        values: what a text about it names.
    """

    code: FindingCode
    severity: Severity
    record: int
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """A record of the session and what it says."""

    index: int
    record: Record
    outline: Outline

    @property
    def pagination(self) -> str:
        return self.record.pagination or ""

    def registers(self) -> Iterator[tuple[_Register, Reading]]:
        """Return each reading with its register."""
        for moment in self.outline.moments:
            for place, reading in enumerate(moment.readings):
                yield (place, reading.obis), reading

    def has(self, transaction: str) -> bool:
        """Return whether a reading was taken for this."""
        return any(moment.transaction == transaction for moment in self.outline.moments)


def check_session(
    records: Sequence[Record], *, arrived: datetime | None = None, left_out: int = 0
) -> tuple[Finding, ...]:
    """Check what must hold across the records of one session, in the order they were made.

    What several records repeat is reported once, and of each kind one finding to a record.

    Args:
        records: of the session.
        arrived: when the first of them arrived, if that is known.
        left_out: how many intermediate readings are not among them.
    """
    steps, findings = _steps(records)
    for check in _CHECKS:
        findings = chain(findings, check(steps))
    findings = chain(findings, _check_arrival(steps, arrived))
    if left_out and steps:
        found = _finding(FindingCode.READINGS_LEFT_OUT, steps[-1], str(left_out))
        findings = chain(findings, [found])
    reported: set[tuple[FindingCode, object]] = set()
    kept = []
    for finding in findings:
        marks = {(finding.code, finding.record), (finding.code, finding.values)}
        if not marks & reported:
            kept.append(finding)
            reported |= marks
    return tuple(sorted(kept, key=lambda finding: finding.record))


def _steps(records: Sequence[Record]) -> tuple[list[_Step], Iterator[Finding]]:
    """Read the records; one that comes again says nothing new."""
    steps = []
    repeated = []
    digests: set[str] = set()
    for index, record in enumerate(records):
        step = _Step(index, record, outline(record))
        if record.digest in digests:
            repeated.append(_finding(FindingCode.RECORD_REPEATED, step, step.pagination))
        else:
            steps.append(step)
        digests.add(record.digest)
    return steps, iter(repeated)


def _finding(
    code: FindingCode, step: _Step, *values: str | None, severity: Severity | None = None
) -> Finding:
    """Put a finding together."""
    shown = tuple((value or "")[:LONGEST_VALUE] for value in values)
    return Finding(code, severity or _SEVERITIES[code], step.index, shown)


def _check_begin(steps: Sequence[_Step]) -> Iterator[Finding]:
    """One begin, the same in all records that contain it."""
    first: dict[_Register | None, tuple[object, str | None]] = {}
    for step in steps:
        for register, reading in step.registers():
            if reading.transaction != "B":
                continue
            time = (reading.time or reading.time_text, reading.time_text)
            value = (_comparable(reading), reading.value_text)
            for stated, known in (
                (time, first.setdefault(None, time)),
                (value, first.setdefault(register, value)),
            ):
                if stated[0] != known[0]:
                    yield _finding(FindingCode.BEGIN_DIFFERS, step, known[1], stated[1])
    if not first and any(step.outline.kind is not RecordKind.OTHER for step in steps):
        yield _finding(FindingCode.BEGIN_MISSING, steps[0])


def _check_arrival(steps: Sequence[_Step], arrived: datetime | None) -> Iterator[Finding]:
    """A begin that was over when its record arrived."""
    for step in steps:
        begin = step.outline.begin
        if begin and begin.time and begins_in_future(begin.time, arrived):
            yield _finding(FindingCode.TIME_IN_FUTURE, step, begin.readings[0].time_text)


def begins_in_future(begin: datetime, arrived: datetime | None) -> bool:
    """Whether a session's begin, by the meter's clock, is later than its record can have arrived."""
    return arrived is not None and begin > arrived + _CLOCK_TOLERANCE


def _comparable(reading: Reading) -> Decimal | str | None:
    """Return the value of a reading, so that the same in another unit is equal."""
    in_kwh = energy(reading)
    return reading.value_text if in_kwh is None else in_kwh


def _check_order(steps: Sequence[_Step]) -> Iterator[Finding]:
    """One record of a begin, first; one of an end, last."""
    begun = ended = False
    for step in steps:
        kind = step.outline.kind
        if kind is RecordKind.BEGIN:
            if begun:
                yield _finding(FindingCode.BEGIN_REPEATED, step, step.pagination)
            elif step is not steps[0]:
                yield _finding(FindingCode.OUT_OF_ORDER, step, step.pagination)
            begun = True
        elif kind in _ENDS:
            if ended or len(_end_times(step)) > 1:
                yield _finding(FindingCode.END_REPEATED, step, step.pagination)
            ended = True
        elif ended:
            yield _finding(FindingCode.OUT_OF_ORDER, step, step.pagination)
    if not ended and any(step.outline.kind is not RecordKind.OTHER for step in steps):
        yield _finding(FindingCode.END_MISSING, steps[-1])


def _end_times(step: _Step) -> set[datetime | str | None]:
    """Return the times at which a record says that the charge ended."""
    first = [
        moment.readings[0] for moment in step.outline.moments if moment.transaction in set("ELRAP")
    ]
    return {reading.time or reading.time_text for reading in first}


def _check_meter(steps: Sequence[_Step]) -> Iterator[Finding]:
    """One meter, one gateway, where the records name them."""
    for serials in (
        [(step, step.record.meter_serial) for step in steps],
        [(step, step.record.gateway_serial) for step in steps],
    ):
        known = [(step, serial) for step, serial in serials if serial]
        for (_, before), (step, serial) in pairwise(known):
            if before != serial:
                yield _finding(FindingCode.METER_CHANGED, step, before, serial)


def _check_pagination(steps: Sequence[_Step]) -> Iterator[Finding]:
    """Numbers that go on by one."""
    before: re.Match[str] | None = None
    for step in steps:
        page = PAGINATION.fullmatch(step.pagination)
        if not page:
            yield _finding(FindingCode.PAGINATION_UNREADABLE, step, step.pagination)
            continue
        if before and (code := _compare_pages(before, page)):
            # A counter that began again is no proof of anything.
            restarted = code is FindingCode.PAGINATION_BACKWARD and int(page[2]) in FIRST_PAGES
            severity = Severity.WARNING if restarted else None
            yield _finding(code, step, before[0], page[0], severity=severity)
        before = page


def _compare_pages(before: re.Match[str], page: re.Match[str]) -> FindingCode | None:
    """Compare the numbers of two records, one made after the other."""
    if before[1] != page[1]:
        return FindingCode.PAGINATION_CONTEXT
    match int(page[2]) - int(before[2]):
        case 0:
            return FindingCode.PAGINATION_REPEATED
        case 1:
            return None
        case rise:
            return FindingCode.PAGINATION_GAP if rise > 1 else FindingCode.PAGINATION_BACKWARD


def _check_progress(steps: Sequence[_Step]) -> Iterator[Finding]:
    """Times and registers that never go back, within a record and from one to the next."""
    last: dict[_Register, Reading] = {}
    for step in steps:
        here: dict[_Register, Reading] = {}
        for register, reading in step.registers():
            if register in here:
                yield from _compare(step, register, here[register], reading)
            here[register] = reading
        for register, reading in here.items():
            if register in last:
                yield from _compare(step, register, last[register], reading)
        last |= here


def _compare(
    step: _Step, register: _Register, earlier: Reading, later: Reading
) -> Iterator[Finding]:
    """Compare two readings of a register."""
    if earlier.time and later.time and later.time < earlier.time:
        loose = {earlier.clock, later.clock} & _LOOSE_CLOCKS
        yield _finding(
            FindingCode.TIME_BACKWARD,
            step,
            earlier.time_text,
            later.time_text,
            severity=Severity.WARNING if loose else None,
        )
    before, after = energy(earlier), energy(later)
    if before is None or after is None or _restarts(register, earlier):
        return
    values = (later.obis, earlier.value_text, later.value_text)
    if difference(before, after) < 0:
        yield _finding(FindingCode.REGISTER_BACKWARD, step, *values)
    elif after < before or before < COUNTER_SIZE <= after:
        yield _finding(FindingCode.REGISTER_ROLLED_OVER, step, *values)


def _restarts(register: _Register, earlier: Reading) -> bool:
    """Whether a register may begin again after a reading.

    The manual calls the third reading of a begin the "last charge cycle energy value": with some
    firmware that may be the energy of the cycle before.
    """
    return register[0] == _CYCLE_PLACE and earlier.transaction == "B"


def _check_cycle(steps: Sequence[_Step]) -> Iterator[Finding]:
    """The cycle's energy is what the total rose by, within the precision of the readings."""
    for step in steps:
        begin, now = step.outline.begin, step.outline.now
        if begin is None or now is None:
            continue
        values = (begin.imported, now.imported, begin.cycle, now.cycle)
        known = [value for value in values if value is not None]
        if len(known) != len(values):
            continue
        rise, cycle = difference(known[0], known[1]), difference(known[2], known[3])
        coarsest = max(int(value.as_tuple().exponent) for value in known)
        # Each of the two may be off by one in its last decimal. The register may have begun again.
        off = min(abs(rise - cycle), abs(rise - known[3]))
        if step.outline.kind is not RecordKind.BEGIN and off > Decimal((0, (2,), coarsest)):
            yield _finding(FindingCode.CYCLE_DIFFERS, step, f"{cycle:f}", f"{rise:f}")


def _check_readings(steps: Sequence[_Step]) -> Iterator[Finding]:
    """The meter in order, at each reading."""
    for step in steps:
        for _, reading in step.registers():
            flags, time = reading.error_flags or "", reading.time_text
            if reading.status not in {None, "G"}:
                yield _finding(FindingCode.STATUS_NOT_GOOD, step, reading.status, time)
            if "E" in flags:
                yield _finding(FindingCode.ENERGY_UNUSABLE, step, time)
            if "t" in flags:
                yield _finding(FindingCode.TIME_UNUSABLE, step, time)
            if reading.transaction == "X":
                # The flags may say that the energy is still good.
                severity = Severity.WARNING if flags == "t" else None
                yield _finding(FindingCode.EXCEPTION, step, time, severity=severity)
            if code := _UNUSUAL_ENDS.get(reading.transaction or ""):
                yield _finding(code, step, time)


def _check_user(steps: Sequence[_Step]) -> Iterator[Finding]:
    """One user, identified without an error."""
    for step in steps:
        if (step.record.identification_level or "").strip() in _FAILED_LEVELS:
            level = step.record.identification_level
            yield _finding(FindingCode.IDENTIFICATION_FAILED, step, level)
    for earlier, step in pairwise(steps):
        before, now = _user(earlier.record), _user(step.record)
        if before != now:
            changed = FindingCode.IDENTIFICATION_CHANGED
            yield _finding(changed if before[1] else FindingCode.IDENTIFICATION_ASSIGNED, step)


def _user(record: Record) -> tuple[str, str]:
    """Return who charges."""
    return record.identification_type or "", record.identification_data or ""


def _check_tariff(steps: Sequence[_Step]) -> Iterator[Finding]:
    """One tariff, or a reading that documents its change."""
    for earlier, step in pairwise(steps):
        before, now = earlier.record.tariff_text, step.record.tariff_text
        if before != now:
            has_text = earlier.has("T") or step.has("T")
            code = FindingCode.TARIFF_CHANGED if has_text else FindingCode.TARIFF_TEXT_CHANGED
            yield _finding(code, step, before, now)


_CHECKS: tuple[Callable[[Sequence[_Step]], Iterator[Finding]], ...] = (
    _check_begin,
    _check_order,
    _check_meter,
    _check_pagination,
    _check_progress,
    _check_cycle,
    _check_readings,
    _check_user,
    _check_tariff,
)
