"""What a session costs: calculated without any rounding, and rounded once at the end.

The rule, as docs/billing.md has it: kWh imported times its price, plus minutes (to the second) times
their price, plus the price per session, minus kWh fed back times what is credited for them. The result
is rounded to the smallest unit of the currency, a half away from zero.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Final

from .model import Charge, Rates

# ISO 4217; all others have two decimals.
_DECIMALS: Final = {
    **dict.fromkeys(
        (
            *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"),
            *("UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def decimals(currency: str) -> int:
    """Return how many decimals a currency has."""
    return _DECIMALS.get(currency, 2)


def calculate(charge: Charge, rates: Rates) -> Decimal | None:
    """Return what a session costs; None where a kWh has no price."""
    if rates.energy is None:
        return None
    exact = Fraction(charge.imported) * Fraction(rates.energy)
    exact -= Fraction(charge.exported) * Fraction(rates.exported or 0)
    exact += Fraction(charge.seconds or 0) * Fraction(rates.minute or 0) / 60
    exact += Fraction(rates.session or 0)
    return rounded(exact, decimals(rates.currency))


def rounded(exact: Fraction, places: int) -> Decimal:
    """Round to so many decimals, a half away from zero."""
    units = int(abs(exact) * 10**places + Fraction(1, 2))
    return Decimal((exact < 0 and units > 0, tuple(map(int, str(units))), -places))


def net(gross: Decimal, vat: Decimal, currency: str) -> Decimal:
    """Return a gross amount without the VAT that it includes, rounded once."""
    return rounded(Fraction(gross) * 100 / (100 + Fraction(vat)), decimals(currency))
