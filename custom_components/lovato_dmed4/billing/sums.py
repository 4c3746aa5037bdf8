"""Adding up sessions: energies and costs, exact."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from typing import Final

from .model import Cost, NotBilled

# Counters have at most some twenty digits; their sum has a few more.
_EXACT: Final = Context(prec=100)


@dataclass(slots=True)
class Sums:
    """What some sessions come to.

    Attributes:
        sessions: how many, with or without a cost.
        imported: of all of them, in kWh.
        exported: as above.
        billed: how many have a cost.
        billed_energy: imported by those, in kWh.
        costs: by currency, of those that have one.
        left_out: how many have none, by reason.
    """

    sessions: int = 0
    imported: Decimal = Decimal(0)
    exported: Decimal = Decimal(0)
    billed: int = 0
    billed_energy: Decimal = Decimal(0)
    costs: dict[str, Decimal] = field(default_factory=dict)
    left_out: Counter[NotBilled] = field(default_factory=Counter)

    def add(self, imported: Decimal | None, exported: Decimal | None, cost: Cost) -> None:
        """Add a session; an energy that is not known counts nothing."""
        self.sessions += 1
        # Not `or 0`, which would drop the decimals of a 0.000.
        energy = Decimal(0) if imported is None else imported
        with localcontext(_EXACT):
            self.imported += energy
            self.exported += Decimal(0) if exported is None else exported
            if cost.amount is None or cost.rates is None:
                self.left_out[cost.reason or NotBilled.NO_PRICE] += 1
                return
            self.billed += 1
            self.billed_energy += energy
            currency = cost.rates.currency
            self.costs[currency] = self.costs.get(currency, Decimal(0)) + cost.amount
