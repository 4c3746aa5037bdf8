"""The unit of the hour counters (manual: 0x0030 and 0x0034), which is not printed.

A counter of the hours with power counts while anybody looks at it: how fast shows what it counts.
Until that is known, there is no number that could be shown as right.
"""

from typing import Final

HOUR: Final = 3600

# Seconds that one count may stand for.
_UNITS: Final = (1, 36, HOUR)

# A count more or less for when the counter is looked at, and a part for the time that a request takes.
_COUNT: Final = 1.0
_PART: Final = 0.05

# In s: in less, a hundredth of an hour need not have passed; after more, the meter may have been off.
_SHORTEST: Final = 50.0
_LONGEST: Final = 900.0


class HourCounter:
    """Finds out what the counters count.

    Attributes:
        unit: seconds that one count stands for; None while that is not known.
    """

    def __init__(self) -> None:
        self.unit: int | None = None
        self._first: tuple[float, int] | None = None
        self._losses = 0

    def look(self, at: float, counts: int | None, *, losses: int = 0) -> None:
        """Take the counter of all hours with power into account.

        Args:
            at: when it was read, in s.
            counts: what it showed; None where the meter lacks it.
            losses: how often the link was lost, after which the meter may have been without power.
        """
        if self.unit is not None or counts is None:
            return
        if losses != self._losses:
            self._first, self._losses = None, losses
        if self._first is None or counts < self._first[1] or at - self._first[0] > _LONGEST:
            self._first = at, counts
            return
        seconds, counted = at - self._first[0], counts - self._first[1]
        if seconds < _SHORTEST:
            return
        possible = possible_units(seconds, counted)
        if len(possible) == 1:
            self.unit = possible[0]

    def hours(self, counts: int | None) -> float | None:
        """Get the hours that so many counts are; None while that is not known."""
        if counts is None or self.unit is None:
            return None
        return counts if self.unit == HOUR else round(counts * self.unit / HOUR, 2)


def possible_units(seconds: float, counted: int) -> list[int]:
    """Get the units, in s, of a counter that has counted so far in so many seconds."""
    return [unit for unit in _UNITS if _fits(counted, seconds / unit)]


def _fits(counted: int, expected: float) -> bool:
    return abs(counted - expected) <= _COUNT + _PART * expected
