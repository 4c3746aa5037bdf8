"""A session has the price that held when it began."""

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.lovato_dmed4.billing.model import Price, Rates
from custom_components.lovato_dmed4.billing.prices import choose

ROME = ZoneInfo("Europe/Rome")
ALWAYS = datetime(2020, 1, 1, tzinfo=UTC)


def price(number: int, **fields: Any) -> Price:
    rates = Rates(energy=Decimal(number), currency="EUR")
    return Price(**{"id": number, "rates": rates, "since": ALWAYS, **fields})


def chosen(prices: list[Price], begin: datetime, driver: int | None = None) -> int | None:
    found = choose(prices, meter="here", driver_id=driver, begin=begin, zone=ROME)
    # The order in which they are told must not matter.
    assert found == choose(prices[::-1], meter="here", driver_id=driver, begin=begin, zone=ROME)
    return None if found is None else found.id


def local(*moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=ROME, fold=fold).astimezone(UTC)  # type: ignore[arg-type,misc]


NEW_YEAR = local(2026, 1, 1)


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        (local(2025, 12, 31, 23, 59, 59), 1),
        (local(2026, 1, 1), 2),
        # Still the old year in UTC, and in a meter's record.
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), 2),
        (datetime(2019, 12, 31, tzinfo=UTC), None),
    ],
)
def test_a_price_holds_from_its_local_day_on(begin: datetime, expected: int | None) -> None:
    assert chosen([price(1), price(2, since=NEW_YEAR)], begin) == expected


def test_a_price_ends() -> None:
    prices = [price(1, until=NEW_YEAR)]
    assert chosen(prices, local(2025, 12, 31, 23, 59)) == 1
    assert chosen(prices, NEW_YEAR) is None


NIGHT = price(2, time_from=time(22), time_until=time(6))
DAY = price(3, time_from=time(8), time_until=time(20))


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        (local(2026, 7, 1, 21, 59, 59), 1),
        (local(2026, 7, 1, 22), 2),
        (local(2026, 7, 2), 2),
        (local(2026, 7, 2, 5, 59, 59), 2),
        (local(2026, 7, 2, 6), 1),
        (local(2026, 7, 2, 8), 3),
        (local(2026, 7, 2, 19, 59), 3),
        (local(2026, 7, 2, 20), 1),
        # The clock is put back at 3:00 to 2:00, and forward at 2:00 to 3:00: it stays night.
        (local(2026, 10, 25, 2, 30, fold=0), 2),
        (local(2026, 10, 25, 2, 30, fold=1), 2),
        (local(2026, 3, 29, 3, 30), 2),
        # The same clock time is another hour of UTC in winter.
        (datetime(2026, 7, 1, 20, 30, tzinfo=UTC), 2),
        (datetime(2026, 1, 1, 20, 30, tzinfo=UTC), 1),
    ],
)
def test_a_time_of_day_is_meant_locally(begin: datetime, expected: int) -> None:
    assert chosen([price(1), NIGHT, DAY], begin) == expected


def test_the_more_particular_price_wins() -> None:
    begin = local(2026, 7, 1, 23)
    general, newer = price(1), price(4, since=NEW_YEAR)
    meter, driver = price(5, meter="here"), price(6, driver_id=7)
    assert chosen([general, newer], begin) == 4
    assert chosen([general, newer, NIGHT], begin) == 2
    assert chosen([general, newer, NIGHT, meter], begin) == 5
    everything = [general, newer, NIGHT, meter, driver]
    assert chosen(everything, begin, driver=7) == 6
    assert chosen(everything, begin, driver=8) == 5
    assert chosen([price(9, meter="there"), price(10, driver_id=7)], begin) is None


def test_of_equals_the_last_one_made_wins() -> None:
    assert chosen([price(1), price(2)], NEW_YEAR) == 2
