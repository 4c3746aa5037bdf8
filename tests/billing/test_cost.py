"""Costs are exact, and rounded once."""

from decimal import Context, Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lovato_dmed4.billing.cost import calculate, decimals, net
from custom_components.lovato_dmed4.billing.model import Charge, Rates

# Enough for all products below, so that this way of calculating never rounds before the end.
WIDE = Context(prec=200)


def charge(imported: str, exported: str = "0", seconds: str | None = "0") -> Charge:
    return Charge(
        seconds=None if seconds is None else Decimal(seconds),
        imported=Decimal(imported),
        exported=Decimal(exported),
    )


def rates(energy: str | None, currency: str = "EUR", **others: str) -> Rates:
    return Rates(
        energy=None if energy is None else Decimal(energy),
        currency=currency,
        **{name: Decimal(value) for name, value in others.items()},
    )


@pytest.mark.parametrize(
    ("kwh", "price", "cost"),
    [
        ("1", "0.005", "0.01"),  # a half goes away from zero
        ("1", "-0.005", "-0.01"),
        ("1", "0.015", "0.02"),  # in contrast to a banker's rounding
        ("1", "0.025", "0.03"),
        ("1", "0.0049999999999999999999999999999", "0.00"),
        ("1", "-0.0049", "0.00"),
        ("0.000", "0.49", "0.00"),
        ("0.1", "0.35", "0.04"),  # 0.035; as a float 0.034999…
        ("10.15", "0.30", "3.05"),  # 3.045
        ("99999999.999", "0.49", "49000000.00"),
    ],
)
def test_energy_is_rounded_once(kwh: str, price: str, cost: str) -> None:
    found = calculate(charge(kwh), rates(price))
    assert str(found) == cost


def test_parts_are_not_rounded_each() -> None:
    everything = rates("0.004", minute="0.004", session="0.004", exported="0.004")
    # 0.004 + 0.004 + 0.004 - 0.004 = 0.008; each for itself would be 0.
    assert calculate(charge("1", "1", "60"), everything) == Decimal("0.01")


def test_time_counts_by_the_second_and_only_where_it_may_be_billed() -> None:
    both = rates("0", minute="0.06")
    assert calculate(charge("0", seconds="90.5"), both) == Decimal("0.09")
    assert calculate(charge("0", seconds="95"), both) == Decimal("0.10")
    assert calculate(charge("0", seconds=None), both) == Decimal("0.00")


def test_feeding_back_is_credited_at_its_own_price() -> None:
    assert calculate(charge("2", "5"), rates("0.40", exported="0.30")) == Decimal("-0.70")
    assert calculate(charge("2", "5"), rates("0.40")) == Decimal("0.80")


def test_without_a_price_of_energy_there_is_no_cost() -> None:
    assert calculate(charge("2"), rates(None, session="1")) is None


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_the_currency_decides_what_is_smallest(currency: str, places: int) -> None:
    assert decimals(currency) == places
    found = calculate(charge("1"), rates("1.2345", currency))
    assert found is not None
    assert -int(found.as_tuple().exponent) == places


AMOUNTS = st.decimals(min_value=-1000, max_value=1000, places=6)
ENERGIES = st.decimals(min_value=0, max_value=100_000, places=3)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Charge, Rates]:
    charged = Charge(
        seconds=Decimal(draw(st.integers(0, 10**7))),
        imported=draw(ENERGIES),
        exported=draw(ENERGIES),
    )
    return charged, Rates(
        energy=draw(AMOUNTS),
        exported=draw(AMOUNTS),
        minute=draw(AMOUNTS),
        session=draw(AMOUNTS),
        currency=draw(st.sampled_from(["EUR", "JPY", "KWD"])),
    )


@given(cases())
def test_another_way_to_calculate_has_the_same_result(case: tuple[Charge, Rates]) -> None:
    charged, asked = case
    found = calculate(charged, asked)
    # Sixty times the cost in millionths of a millionth: whole numbers, so every figure is exact.
    exact = sum(
        int(amount.scaleb(6, WIDE)) * int((factor * 60).scaleb(6, WIDE))
        for amount, factor in (
            (charged.imported, asked.energy or Decimal(0)),
            (-charged.exported, asked.exported or Decimal(0)),
            (Decimal(1), asked.session or Decimal(0)),
        )
    ) + int(charged.seconds or 0) * 10**6 * int((asked.minute or Decimal(0)).scaleb(6, WIDE))
    unit = 60 * 10 ** (12 - decimals(asked.currency))
    units, rest = divmod(abs(exact), unit)
    units += 2 * rest >= unit
    assert found is not None
    assert found == Decimal(units if exact >= 0 else -units).scaleb(-decimals(asked.currency))


@given(
    st.lists(st.decimals(min_value=-100, max_value=100, places=2), max_size=50), st.integers(0, 30)
)
def test_net_and_vat_make_the_gross(costs: list[Decimal], percent: int) -> None:
    gross = sum(costs, Decimal("0.00"))
    without = net(gross, Decimal(percent), "EUR")
    assert without + (gross - without) == gross
    assert abs(without * (100 + percent) - gross * 100) <= Decimal("0.005") * (100 + percent)


def test_vat() -> None:
    assert net(Decimal("1.19"), Decimal(19), "EUR") == Decimal("1.00")
    assert net(Decimal("-1.19"), Decimal(19), "EUR") == Decimal("-1.00")
    assert net(Decimal("10.00"), Decimal("5.5"), "EUR") == Decimal("9.48")
