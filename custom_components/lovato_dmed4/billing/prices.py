"""Which price a session has: the one that holds for its begin, and no other.

A session that runs past midnight, into another month or over a change of price keeps the price it began
with, as the driver was shown it.
"""

from collections.abc import Iterable
from datetime import datetime, time, tzinfo

from .model import Price


def choose(
    prices: Iterable[Price],
    *,
    meter: str,
    driver_id: int | None,
    begin: datetime,
    zone: tzinfo,
) -> Price | None:
    """Find the price of a session; None if there is none.

    The more particular one wins: that of the driver, then that of the meter, then that of a time of
    day; among equals the newest.

    Args:
        prices: all there are.
        meter: unique ID of the meter.
        driver_id: who charges; None if that is not known.
        begin: when the session began.
        zone: in which times of day are meant.
    """
    fitting = [
        price
        for price in prices
        if price.meter in (None, meter)
        and price.driver_id in (None, driver_id)
        and price.since <= begin
        and (price.until is None or begin < price.until)
        and _is_within(price, begin.astimezone(zone).time())
    ]
    return max(fitting, key=_rank, default=None)


def _rank(price: Price) -> tuple[bool, bool, bool, datetime, int]:
    return (
        price.driver_id is not None,
        price.meter is not None,
        price.time_from is not None,
        price.since,
        price.id or 0,
    )


def _is_within(price: Price, moment: time) -> bool:
    begin, end = price.time_from, price.time_until
    if begin is None or end is None:
        return True
    if begin < end:
        return begin <= moment < end
    return moment >= begin or moment < end
