"""Whether the S.A.F.E. transparency software (V1.4.1) is likely to take records, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass

from .record import Record
from .signature import PublicKey


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the transparency software is likely to say.

    Attributes:
        refusal: why it will refuse, in snake case: a translation key; None if it will not.
    """

    refusal: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether it is likely to take and verify the records."""
        return self.refusal is None


def expect(records: Sequence[Record], key: PublicKey | None) -> Expectation:
    """Foresee its answer to a self-contained record, or to a begin and an end record."""
    raise NotImplementedError
