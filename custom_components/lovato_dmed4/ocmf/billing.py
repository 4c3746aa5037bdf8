"""Whether the time of a charge may be billed: only with a clock that was known to be good throughout.

What is unknown counts as the weakest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .record import ClockStatus, Reading, Record
from .session import Outline, outline

_GOOD = frozenset({ClockStatus.RELATIVE, ClockStatus.SYNCHRONISED})


class TimeReason(StrEnum):
    """Why the time may not be billed."""

    # No reading at all, or one without a time or without a known letter of the clock's quality.
    UNKNOWN = "unknown"
    # The letter says that the clock was not synchronised.
    CLOCK = "clock"
    # The meter says so itself (EF t).
    FLAGGED = "flagged"
    # The charge ended before it began.
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class TimeQuality:
    """How good the clock behind a record or a session was.

    Attributes:
        clock: its quality at the weakest reading; None where a reading does not say.
        reason: why the time may not be billed; None if it may.
    """

    clock: ClockStatus | None
    reason: TimeReason | None

    @property
    def billable(self) -> bool:
        """Whether the time may be billed."""
        return self.reason is None

    @property
    def informative(self) -> bool:
        """Whether the transparency software shows the time as informative only."""
        return self.reason is not None


def time_quality(records: Sequence[Record]) -> TimeQuality:
    """Assess the time of a record, or of the records of one session; never raises."""
    return outlined_time_quality([outline(record) for record in records])


def outlined_time_quality(outlines: Sequence[Outline]) -> TimeQuality:
    """Do as `time_quality` does, where the outlines of the records are at hand."""
    readings = [
        reading for each in outlines for moment in each.moments for reading in moment.readings
    ]
    clock = _weakest(readings)
    return TimeQuality(clock, _reason(outlines, readings, clock))


def _weakest(readings: Sequence[Reading]) -> ClockStatus | None:
    """Return the weakest clock; None if a reading does not say."""
    clocks = {reading.clock for reading in readings}
    return None if None in clocks else next((each for each in ClockStatus if each in clocks), None)


def _reason(
    outlines: Sequence[Outline], readings: Sequence[Reading], clock: ClockStatus | None
) -> TimeReason | None:
    """Say why the time may not be billed: the gravest of several reasons."""
    if any("t" in (reading.error_flags or "") for reading in readings):
        return TimeReason.FLAGGED
    if any(_ends_early(each) for each in outlines):
        return TimeReason.BACKWARD
    if clock is None or any(reading.time is None for reading in readings):
        return TimeReason.UNKNOWN
    return None if clock in _GOOD else TimeReason.CLOCK


def _ends_early(outline: Outline) -> bool:
    """Whether a record's last moment is before its first."""
    times = [moment.time for moment in (outline.begin, outline.now) if moment and moment.time]
    return times != sorted(times)
