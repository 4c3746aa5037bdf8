"""What each hour has of a session: its energy and its cost, spread so that nothing is lost to rounding."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from .cost import rounded

HOUR: Final = timedelta(hours=1)

LONGEST: Final = timedelta(days=31)
"""A session that claims to have taken longer counts as a whole in the hour it began: a clock was set."""

# Energies are written with three decimals; of a meter that writes more, all are kept.
_PLACES: Final = 3


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a session had come at a time: energies since its begin, in kWh."""

    time: datetime
    imported: Decimal
    exported: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """What an hour has: energies in kWh, and the cost."""

    imported: Decimal = Decimal(0)
    exported: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)

    def __add__(self, other: Share) -> Share:
        return Share(
            self.imported + other.imported, self.exported + other.exported, self.cost + other.cost
        )

    def __sub__(self, other: Share) -> Share:
        return Share(
            self.imported - other.imported, self.exported - other.exported, self.cost - other.cost
        )


def hour_of(moment: datetime) -> datetime:
    """Return the begin of an hour, in UTC, where no hour is missing or comes twice."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def spread(
    begin: datetime, readings: Sequence[Reached], cost: Decimal | None
) -> dict[datetime, Share]:
    """Spread a session over its hours; all of them together have exactly what the session has.

    Between two readings energy counts as evenly distributed, and the cost follows the imported energy
    (the time, where none was imported). What an hour has is the difference of what had been reached at
    its end and at its begin, each rounded as the session's own figures are.

    Args:
        begin: when it began.
        readings: how far it had come, the last one at its end. Those before it are left out where they
            contradict it.
        cost: in units of the currency; None if it has none.
    """
    start, end = Reached(begin, Decimal(0), Decimal(0)), readings[-1]
    if not begin < end.time <= begin + LONGEST:
        return {hour_of(begin): Share(end.imported, end.exported, cost or Decimal(0))}
    path = [start, *readings]
    if not all(_goes_on(*pair) for pair in pairwise(path)):
        path = [start, end]
    shares: dict[datetime, Share] = {}
    hour, before = hour_of(begin), Share()
    while hour < end.time:
        reached = _reached(path, min(hour + HOUR, end.time), cost or Decimal(0))
        shares[hour] = reached - before
        hour, before = hour + HOUR, reached
    return shares


def _goes_on(before: Reached, after: Reached) -> bool:
    return (
        before.time < after.time
        and before.imported <= after.imported
        and before.exported <= after.exported
    )


def _reached(path: Sequence[Reached], moment: datetime, cost: Decimal) -> Share:
    """Return what a session had come to at a moment, rounded."""
    first, last = path[0], path[-1]
    earlier, later = next(pair for pair in pairwise(path) if moment <= pair[1].time)
    part = _ratio(moment - earlier.time, later.time - earlier.time)
    imported = _between(earlier.imported, later.imported, part)
    exported = _between(earlier.exported, later.exported, part)
    paid = (
        imported / Fraction(last.imported)
        if last.imported
        else _ratio(moment - first.time, last.time - first.time)
    )
    return Share(
        rounded(imported, _places(last.imported, _PLACES)),
        rounded(exported, _places(last.exported, _PLACES)),
        rounded(Fraction(cost) * paid, _places(cost, 0)),
    )


def _ratio(some: timedelta, whole: timedelta) -> Fraction:
    microsecond = timedelta(microseconds=1)
    return Fraction(some // microsecond, whole // microsecond)


def _between(earlier: Decimal, later: Decimal, part: Fraction) -> Fraction:
    return Fraction(earlier) + (Fraction(later) - Fraction(earlier)) * part


def _places(number: Decimal, least: int) -> int:
    exponent = number.as_tuple().exponent
    return max(least, -exponent) if isinstance(exponent, int) else least
