"""The scale of the measures over REST, of which the manual's print has lost the powers of ten.

It can be checked, because voltage times current must be the power. That shows how far the three are
off together, not which of them is. The energy counter, whose unit is printed, gives the power's own
scale, and then the other two follow from what a charger can have; where they do not, a person has to
compare with the meter's display.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
import math
from typing import Final

from .model import Measures

# Values of fewer counts than this are too coarse to show a power of ten, whatever the scale.
_SIGNIFICANT: Final = 100

# How far from a power of ten the ratio may be, as a decimal logarithm: a quarter more or less, for
# the rounding of three values and for the losses in the cable that a meter may subtract.
_TOLERANCE: Final = 0.1

# What a DC charger can have: volts, amperes.
_VOLTAGES: Final = (10, 1500)
_CURRENTS: Final = (0, 2000)

# What it mostly has while it charges, in V: less than a power of ten, so that one scale fits.
_USUAL_VOLTAGES: Final = (200, 1000)

# So much energy, in kWh, and so much time, in s, give its power to a few percent: the counter shows
# Wh, and a poll is up to a second older than it looks.
_ENOUGH_ENERGY: Final = 0.05
_ENOUGH_TIME: Final = 20.0

# Between two samples further apart than this, in s, the power may have been anything.
_LONGEST_STEP: Final = 15.0

_MOST_DECIMALS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureScale:
    """How many decimals the whole numbers have that a meter gives as V, A and kW."""

    voltage: int = 2
    current: int = 4
    power: int = 3


PHYSICAL: Final = MeasureScale(voltage=0, current=0, power=0)
"""That of a meter that gives V, A and kW themselves, with a decimal point."""


def deviation(measures: Measures, scale: MeasureScale) -> int | None:
    """By which power of ten voltage times current is more than the power; 0 when they agree.

    None when the values can't show it: too little current flows, or they disagree in another way.
    """
    counts = _counts(measures, scale)
    if counts is None or min(counts) < _SIGNIFICANT:
        return None
    voltage, current, power = _values(counts, scale)
    exponent = math.log10(voltage * current / 1000 / power)
    return round(exponent) if abs(exponent - round(exponent)) < _TOLERANCE else None


def alternatives(
    measures: Measures, scale: MeasureScale, *, rated: int | None = None, power: int | None = None
) -> list[MeasureScale]:
    """Scales with which the values agree and are a charger's, the likeliest first.

    Args:
        measures: as they are with ``scale``.
        scale: the one in use.
        rated: the model's rated current in A, where that is known.
        power: the number of decimals of the power, where that is known.
    """
    counts = _counts(measures, scale)
    if counts is None:
        return []
    found = [
        candidate
        for candidate in _candidates()
        if power in (None, candidate.power) and _is_possible(_values(counts, candidate))
    ]

    def unlikely(candidate: MeasureScale) -> tuple[bool, bool, tuple[int, int]]:
        equal = candidate.voltage == candidate.current == candidate.power
        usual = _is_usual(_values(counts, candidate), rated)
        return not usual, not equal, _distance(scale, candidate)

    return sorted(found, key=unlikely)


def the_only(
    measures: Measures, scale: MeasureScale, *, rated: int | None, power: int
) -> MeasureScale | None:
    """The one scale with which the values are those of a charger that charges; None for several.

    Args:
        measures: as for `alternatives`, like the others.
        scale: the one in use.
        rated: the model's rated current in A.
        power: the number of decimals of the power, as the energy shows.
    """
    counts = _counts(measures, scale)
    if counts is None or min(counts) < _SIGNIFICANT:
        return None
    found = [
        candidate
        for candidate in alternatives(measures, scale, power=power)
        if _is_usual(_values(counts, candidate), rated)
    ]
    return found[0] if len(found) == 1 else None


class EnergyBalance:
    """Compares the power with the energy that is counted meanwhile.

    Attributes:
        exponent: By which power of ten the power is too large; None while that is not known.
        moving: Whether the counter counts, so that it will be known.
    """

    def __init__(self) -> None:
        self.exponent: int | None = None
        self.moving = False
        self._last: tuple[float, float, float] | None = None
        self._start: tuple[float, float] | None = None
        self._sum = 0.0
        self._seen: int | None = None

    def add(self, at: float, measures: Measures) -> None:
        """Take a sample into account.

        Args:
            at: when it was taken, in s.
            measures: power in kW, imported energy in kWh.
        """
        power, energy = measures.power, measures.energy_imported
        last, self._last = self._last, None
        if power is None or energy is None or power <= 0:
            self._start = None
            return
        self._last = at, power, energy
        if last is None or self._start is None or not 0 < at - last[0] <= _LONGEST_STEP:
            self._start, self._sum = (at, energy), 0.0
            return
        if energy < last[2]:
            self._start, self._sum = (at, energy), 0.0
            return
        self.moving = self.moving or energy > last[2]
        self._sum += (power + last[1]) / 2 * (at - last[0]) / 3600
        begun, first = self._start
        if energy - first >= _ENOUGH_ENERGY and at - begun >= _ENOUGH_TIME:
            self._conclude(self._sum / (energy - first))
            self._start, self._sum = (at, energy), 0.0

    def _conclude(self, ratio: float) -> None:
        """Believe what two spells of time in a row say."""
        exponent = math.log10(ratio)
        found = round(exponent) if abs(exponent - round(exponent)) < _TOLERANCE else None
        if found is not None and found == self._seen:
            self.exponent = found
        self._seen = found


def scaled(measures: Measures, scale: MeasureScale, other: MeasureScale) -> tuple[float, ...]:
    """What voltage (V), current (A) and power (kW) would be with the other scale."""
    counts = _counts(measures, scale)
    return () if counts is None else _values(counts, other)


def _counts(measures: Measures, scale: MeasureScale) -> tuple[int, int, int] | None:
    """The whole numbers that the meter gave, without their signs."""
    if measures.voltage is None or measures.current is None or measures.power is None:
        return None
    return (
        round(abs(measures.voltage) * 10**scale.voltage),
        round(abs(measures.current) * 10**scale.current),
        round(abs(measures.power) * 10**scale.power),
    )


def _values(counts: tuple[int, int, int], scale: MeasureScale) -> tuple[float, float, float]:
    voltage, current, power = counts
    return (
        voltage / 10**scale.voltage,
        current / 10**scale.current,
        power / 10**scale.power,
    )


def _candidates() -> Iterator[MeasureScale]:
    for voltage, current, power in product(range(_MOST_DECIMALS + 1), repeat=3):
        yield MeasureScale(voltage=voltage, current=current, power=power)


def _is_possible(values: tuple[float, float, float]) -> bool:
    voltage, current, power = values
    return (
        _VOLTAGES[0] <= voltage <= _VOLTAGES[1]
        and _CURRENTS[0] < current <= _CURRENTS[1]
        and power > 0
        and abs(math.log10(voltage * current / 1000 / power)) < _TOLERANCE
    )


def _is_usual(values: tuple[float, float, float], rated: int | None) -> bool:
    voltage, current, _ = values
    return _USUAL_VOLTAGES[0] <= voltage <= _USUAL_VOLTAGES[1] and current <= (
        _CURRENTS[1] if rated is None else 1.2 * rated
    )


def _distance(scale: MeasureScale, other: MeasureScale) -> tuple[int, int]:
    """How many of the three differ, and by how many decimals in all."""
    steps = (
        abs(scale.voltage - other.voltage),
        abs(scale.current - other.current),
        abs(scale.power - other.power),
    )
    return sum(map(bool, steps)), sum(steps)
