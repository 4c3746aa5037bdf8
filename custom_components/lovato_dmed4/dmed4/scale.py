"""The scale of the measures over REST, of which the manual's print has lost the powers of ten.

It can be checked, because voltage times current must be the power. That tells how far the three are
off together, not which of them is, so a person has to compare with the meter's display.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
import math
from typing import Final

from .model import Measures

# Values of fewer counts than this are too coarse to tell a power of ten, whatever the scale.
_SIGNIFICANT: Final = 100

# How far from a power of ten the ratio may be, as a decimal logarithm: a quarter more or less, for
# the rounding of three values and for the losses in the cable that a meter may subtract.
_TOLERANCE: Final = 0.1

# What a DC charger can have: volts, amperes.
_VOLTAGES: Final = (10, 1500)
_CURRENTS: Final = (0, 2000)

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

    None when the values can't tell: too little current flows, or they disagree in another way.
    """
    counts = _counts(measures, scale)
    if counts is None or min(counts) < _SIGNIFICANT:
        return None
    voltage, current, power = _values(counts, scale)
    exponent = math.log10(voltage * current / 1000 / power)
    return round(exponent) if abs(exponent - round(exponent)) < _TOLERANCE else None


def alternatives(measures: Measures, scale: MeasureScale) -> list[MeasureScale]:
    """Scales with which the values agree and are a charger's, the least changed first."""
    counts = _counts(measures, scale)
    if counts is None:
        return []
    found = [candidate for candidate in _candidates() if _is_possible(_values(counts, candidate))]
    return sorted(found, key=lambda other: _distance(scale, other))


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


def _distance(scale: MeasureScale, other: MeasureScale) -> tuple[int, int]:
    """How many of the three differ, and by how many decimals in all."""
    steps = (
        abs(scale.voltage - other.voltage),
        abs(scale.current - other.current),
        abs(scale.power - other.power),
    )
    return sum(map(bool, steps)), sum(steps)
