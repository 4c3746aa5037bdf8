"""What must hold between the sessions of a meter, beyond the records of each."""

from collections.abc import Sequence

from .findings import FIRST_PAGES, LONGEST_VALUE, PAGINATION, Finding, FindingCode, Severity
from .record import Record


def check_other_sessions(
    records: Sequence[Record], *, earlier: Record | None = None, later: Record | None = None
) -> tuple[Finding, ...]:
    """Compare a session with others of the same meter: numbers and times go up together.

    A clock that was set wrong for a while shows in nothing else: each session is consistent. In
    which of two the clock was wrong, their records do not say.

    Args:
        records: of the session, in the order they were made.
        earlier: the last record that another session has before the first of these, by its time.
        later: the first record that another session has after the last of these, by its time.
    """
    found = []
    if records and earlier is not None and _rise(earlier, records[0]) < 0:
        found.append(_finding(earlier, 0))
    if records and later is not None and _rise(records[-1], later) < 0:
        found.append(_finding(later, len(records) - 1))
    return tuple(found)


def _finding(other: Record, record: int) -> Finding:
    time = other.readings[-1].time_text if other.readings else None
    values = tuple((value or "")[:LONGEST_VALUE] for value in (other.pagination, time))
    return Finding(FindingCode.SESSIONS_OUT_OF_ORDER, Severity.WARNING, record, values)


def _rise(before: Record, after: Record) -> int:
    """Return by how much the number rises; 0 where it began again, or they are not counted together."""
    first, second = (PAGINATION.fullmatch(each.pagination or "") for each in (before, after))
    if not first or not second or first[1] != second[1]:
        return 0
    numbers = int(first[2]), int(second[2])
    return 0 if min(numbers) in FIRST_PAGES else numbers[1] - numbers[0]
