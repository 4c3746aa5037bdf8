"""Where a record departs from the OCMF specification (1.4.1): no sign of tampering."""

from dataclasses import dataclass

from .findings import Severity
from .record import Record


@dataclass(frozen=True, slots=True)
class Deviation:
    """A departure from the specification.

    Attributes:
        code: which rule, in snake case: a translation key.
        path: where, such as ``IL`` or ``RD[3].TM``.
        severity: how much it matters to other readers of the record.
    """

    code: str
    path: str
    severity: Severity


def deviations(record: Record) -> tuple[Deviation, ...]:
    """List where a record departs from the specification; never raises."""
    raise NotImplementedError
