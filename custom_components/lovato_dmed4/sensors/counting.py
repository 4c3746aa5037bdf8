"""What a counter of energy can have counted, and which of its readings are believed."""

from typing import Final

COUNTER_SIZE: Final = 100_000_000
"""kWh at which a counter starts again at 0: it has eight digits before the point (manual: Measures)."""

_MOST_POWER: Final = 2250.0
"""kW: the largest meter of the family is made for 1500 A, and no vehicle is charged with 1500 V."""

_LEEWAY: Final = 30.0
"""Seconds of that power that two readings may differ by at any time. A late answer, or one that the
meter worked out a moment before, is no misreading."""

_SECONDS: Final = 3600.0

RISEN: Final = 2
"""Readings that have to agree on a rise which no power explains."""

FALLEN: Final = 5
"""Readings that have to agree on a lower value: then it was the one before that had been misread.
More than for a rise, because statistics take each fall for the start of another counter."""


class EnergyCounter:
    """The readings of one counter, in kWh, and times in seconds on a clock that never goes back.

    Attributes:
        value: the last reading that is believed; None before the first.
    """

    def __init__(self) -> None:
        self.value: float | None = None
        self._at = 0.0
        self._other: float | None = None
        self._other_at = 0.0
        self._agreeing = 0

    @property
    def doubts(self) -> bool:
        """Whether a reading that differs from the value awaits others that agree."""
        return self._other is not None

    def restore(self, value: float, at: float) -> None:
        """Go on from a reading of an earlier run."""
        if is_possible(value):
            self.value, self._at = value, at

    def take(self, value: float, at: float) -> float | None:
        """Take a reading and return what is believed now; the same reading again changes nothing.

        Args:
            value: the reading.
            at: when it was asked for.
        """
        if not is_possible(value):
            return self.value
        if self.value is None or _explains(self.value, value, at - self._at):
            self._believe(value, at)
        elif self._other is None or at > self._other_at:
            self._doubt(value, at)
        return self.value

    def _doubt(self, value: float, at: float) -> None:
        before = self._other
        agrees = before is not None and _explains(before, value, at - self._other_at)
        self._agreeing = self._agreeing + 1 if agrees else 1
        self._other, self._other_at = value, at
        needed = RISEN if self.value is not None and value > self.value else FALLEN
        if self._agreeing >= needed:
            self._believe(value, at)

    def _believe(self, value: float, at: float) -> None:
        self.value, self._at = value, at
        self._other, self._agreeing = None, 0


def is_possible(value: float) -> bool:
    """Whether a counter can show it; NaN is not."""
    return 0 <= value < COUNTER_SIZE


def _explains(before: float, value: float, seconds: float) -> bool:
    """Whether the largest power makes a counter rise that far, also past its end."""
    risen = (value - before) % COUNTER_SIZE
    return risen <= (max(seconds, 0.0) + _LEEWAY) * _MOST_POWER / _SECONDS
