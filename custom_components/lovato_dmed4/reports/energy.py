"""Energy by day or month, added up from signed records."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import Final

from homeassistant.util import dt as dt_util

from ..archive import Archive, SessionEnergy, SessionQuery
from ..billing.model import Driver, Identification
from .billing_shapes import DriverNameShape
from .query import Period
from .shapes import EnergyShape, EnergySumShape
from .text import decimal_text, shown

# Counters have at most some twenty digits; their sum has a few more.
_EXACT: Final = Context(prec=100)

_NOTHING: Final = Decimal(0)


@dataclass(slots=True)
class _Sum:
    """Energies added up, exact."""

    imported: Decimal = _NOTHING
    exported: Decimal = _NOTHING
    sessions: int = 0

    def add(self, energy: SessionEnergy) -> None:
        """Add a session; what is not known of it counts nothing."""
        # Not `or 0`, which would drop the decimals of a 0.000.
        with localcontext(_EXACT):
            self.imported += _NOTHING if energy.imported is None else energy.imported
            self.exported += _NOTHING if energy.exported is None else energy.exported
        self.sessions += 1

    @property
    def shape(self) -> EnergySumShape:
        """Show the sums."""
        return {
            "imported": decimal_text(self.imported),
            "exported": decimal_text(self.exported),
            "sessions": self.sessions,
        }


def read_energy(archive: Archive, query: SessionQuery, period: Period) -> EnergyShape:
    """Add the energy of sessions up, by day or month and by identification.

    A session counts for the day it began on, in the time zone of Home Assistant; one whose meter did
    not know when that was counts for none.
    """
    total = _Sum()
    sums: dict[str | None, _Sum] = defaultdict(_Sum)
    buckets: dict[str | None, dict[date, _Sum]] = defaultdict(lambda: defaultdict(_Sum))
    for energy in archive.energies(query):
        who = shown(energy.identification)
        first = dt_util.as_local(energy.counted).date()
        if period is Period.MONTH:
            first = first.replace(day=1)
        for each in (total, sums[who], buckets[who][first]):
            each.add(energy)
    drivers = {
        shown(identification.match): driver
        for driver in archive.ledger.drivers()
        for identification in driver.identifications
    }
    most_first = sorted(sums, key=lambda who: (-sums[who].imported, who or ""))
    return {
        **total.shape,
        "period": period.value,
        "time_zone": str(dt_util.get_default_time_zone()),
        "series": [
            {
                **sums[who].shape,
                "identification": who,
                **_driver(who, drivers),
                "buckets": [
                    {**bucket.shape, "start": first.isoformat()}
                    for first, bucket in sorted(buckets[who].items())
                ],
            }
            for who in most_first
        ],
    }


def _driver(who: str | None, drivers: Mapping[str, Driver]) -> DriverNameShape:
    driver = drivers.get(Identification(value=who or "").match)
    return {
        "driver_id": driver.id if driver else None,
        "driver": driver.name if driver else None,
    }
