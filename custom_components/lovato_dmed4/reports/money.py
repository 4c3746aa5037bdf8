"""Rates, costs and sums as they are shown."""

from ..billing.model import Cost, Rates
from ..billing.sums import Sums
from .billing_shapes import CostShape, RatesShape, SumsShape
from .text import decimal_text


def rates_shape(rates: Rates) -> RatesShape:
    """Show what is charged for."""
    return {
        "energy": decimal_text(rates.energy),
        "exported": decimal_text(rates.exported),
        "minute": decimal_text(rates.minute),
        "session": decimal_text(rates.session),
        "vat": decimal_text(rates.vat),
        "currency": rates.currency,
    }


def cost_shape(cost: Cost) -> CostShape:
    """Show what a session costs."""
    return {
        "amount": decimal_text(cost.amount),
        "reason": None if cost.reason is None else cost.reason.value,
        "rates": None if cost.rates is None else rates_shape(cost.rates),
        "time_left_out": cost.time_left_out,
        "fixed": cost.fixed,
    }


def sums_shape(sums: Sums) -> SumsShape:
    """Show what some sessions come to."""
    return {
        "sessions": sums.sessions,
        "imported": decimal_text(sums.imported),
        "exported": decimal_text(sums.exported),
        "billed": sums.billed,
        "billed_energy": decimal_text(sums.billed_energy),
        "costs": [
            {"currency": currency, "amount": decimal_text(amount)}
            for currency, amount in sorted(sums.costs.items())
        ],
        "left_out": [
            {"reason": reason.value, "sessions": count}
            for reason, count in sorted(sums.left_out.items())
        ],
    }
