"""Records as files that other software reads."""

from collections.abc import Sequence

from .record import Record
from .signature import PublicKey


def to_ocmf(raws: Sequence[bytes]) -> bytes:
    """Write records as they arrived, one to a line.

    A single one is written byte for byte, without anything added.
    """
    raise NotImplementedError


def to_xml(transactions: Sequence[Sequence[tuple[Record, PublicKey | None]]]) -> bytes:
    """Write the transparency software's XML: one transaction for each inner sequence.

    A record that holds begin and end goes alone; else the first and the last record are written as
    Transaction.Begin and Transaction.End.
    """
    raise NotImplementedError
