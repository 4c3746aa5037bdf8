"""What is thought of a record and of a session: from the records alone, in whatever order they came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
import re
from typing import Final, Protocol

from ..ocmf import (
    Judged,
    Moment,
    Outline,
    Record,
    RecordKind,
    Severity,
    Verdict,
    begins_in_future,
    check_session,
    difference,
    judge,
    load_public_key,
)
from .model import TRUSTED, KeyState, KeyVerdict, Outcome, SessionVerdict, Source, StoredRecord
from .tables import NEVER, SEARCH_LENGTH, RecordRow, SessionRow, printable

KEPT_IN_VIEW: Final = 8
"""Intermediate records that a new one is compared with: a session costs the same however long it is."""

COMPARED: Final = 200
"""Intermediate records that are compared with each other when a session is judged as a whole, as on
its page. All others are kept and exported as well."""

PLAUSIBLE: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""No meter of this kind is older: an earlier time is that of a clock that was never set."""

_KEY_VERDICTS: Final = {
    KeyState.PINNED: KeyVerdict.OWN,
    KeyState.FORMER: KeyVerdict.FORMER,
    KeyState.CHANGED: KeyVerdict.CHANGED,
    KeyState.REJECTED: KeyVerdict.REJECTED,
}
_BETWEEN: Final = frozenset({RecordKind.INTERMEDIATE, RecordKind.OTHER})
# The signature was calculated, with that key.
_CHECKED: Final = frozenset({Verdict.VALID, Verdict.INVALID, Verdict.REFORMATTED})
_PAGE: Final = re.compile(r"[TF]?([0-9]{1,20})")
# In the order they are made.
_RANKS: Final = {
    kind: rank
    for rank, kind in enumerate(
        (
            RecordKind.BEGIN,
            RecordKind.INTERMEDIATE,
            RecordKind.OTHER,
            RecordKind.POWER_FAILURE,
            RecordKind.END,
        )
    )
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a signature is worth, and whose key was used."""

    judged: Judged
    key: KeyVerdict
    key_id: int | None

    @property
    def worth(self) -> int:
        """How much the signature is worth, to compare it with another one of the same payload."""
        return worth(self.judged.verdict, self.key)


class MeterKey(Protocol):
    """A key of a meter, in the database or out of it."""

    @property
    def id(self) -> int:
        """Its number in the archive."""

    @property
    def spki(self) -> bytes:
        """Its SubjectPublicKeyInfo in DER."""

    @property
    def state(self) -> KeyState:
        """What is thought of it."""

    @property
    def replaced(self) -> datetime | None:
        """When another one took its place."""


def judge_record(raw: bytes, keys: Sequence[MeterKey], arrived: datetime) -> Judgement:
    """Check a signature with the keys of the meter, and say whose key it was made with."""
    return weigh(*check_record(raw, keys), arrived)


def check_record(raw: bytes, keys: Sequence[MeterKey]) -> tuple[Judged, MeterKey | None]:
    """Check a signature with the keys of the meter, the most trusted one first.

    Returns:
        What was found, and the key that the signature was calculated with; None if it was not.
    """
    states = list(KeyState)
    ordered = sorted(keys, key=lambda key: states.index(key.state))
    loaded = {load_public_key(key.spki): key for key in ordered}
    judged = judge(raw, list(loaded))
    checked = judged.key is not None and judged.verdict in _CHECKED
    return judged, loaded[judged.key] if checked and judged.key else None


def weigh(judged: Judged, key: MeterKey | None, arrived: datetime) -> Judgement:
    """Say whose key a checked record was signed with.

    Args:
        judged: what `check_record` found.
        key: what it was checked with.
        arrived: when the record came here.
    """
    if key is None:
        return Judgement(judged, KeyVerdict.NONE, None)
    made = time_of(judged.outline.now) if judged.outline else None
    return Judgement(judged, key_verdict(key.state, key.replaced, made, arrived), key.id)


def worth(verdict: Verdict, key: KeyVerdict) -> int:
    """Return how much a signature is worth: most, if it is good and the meter's."""
    return (verdict is Verdict.VALID) + (verdict is Verdict.VALID and key in TRUSTED)


def key_verdict(
    state: KeyState, replaced: datetime | None, made: datetime | None, arrived: datetime
) -> KeyVerdict:
    """Say whose key a record was signed with.

    Args:
        state: of the key.
        replaced: when another key took its place.
        made: when the record was made, by the meter's clock.
        arrived: when the record came here.
    """
    if state is KeyState.FORMER and replaced is not None:
        times = [arrived] if made is None or made < PLAUSIBLE else [arrived, made]
        return KeyVerdict.FORMER if min(times) <= replaced else KeyVerdict.REPLACED
    return _KEY_VERDICTS[state]


def time_of(moment: Moment | None) -> datetime | None:
    """Return when it was, if a database can hold it."""
    time = moment.time if moment else None
    return time.astimezone(UTC) if time and time > NEVER else None


def pagination_of(judged: Judged) -> str | None:
    """Return a record's page as the meter writes it."""
    pagination = judged.record.pagination if judged.record else None
    return None if pagination is None else printable(pagination)


def page_of(pagination: str | None) -> int | None:
    """Return a record's number."""
    match = _PAGE.fullmatch(pagination or "")
    return int(match[1]) if match else None


def in_order(records: Sequence[RecordRow]) -> list[RecordRow]:
    """Return records in the order they were made: by page, since a clock may have been set.

    No page comes before that of the begin: where one does, the meter has begun to count anew.
    """
    begins = [page_of(row.pagination) for row in records if row.kind is RecordKind.BEGIN]
    first = min((page for page in begins if page is not None), default=0)

    def place(row: RecordRow) -> tuple[bool, int, datetime, int, str]:
        page = page_of(row.pagination)
        anew = page is not None and page < first
        return anew, page or 0, row.time or NEVER, _RANKS[row.kind], row.digest

    return sorted(records, key=place)


def derive(
    session: SessionRow, records: Sequence[RecordRow], *, whole: bool, known: Judged | None = None
) -> None:
    """Work out what a session is from its records.

    Args:
        session: what is known of it so far, and how many records it has.
        records: all that matter: of very many intermediate ones, the newest.
        whole: whether none is missing among them; if not, nothing gets better by them.
        known: one of the records as it has just been read.
    """
    rows = in_order(records)
    read = {known.digest: known} if known else {}
    found = [(row, read.get(row.digest) or judge(row.raw)) for row in rows]
    legible = [(row, judged) for row, judged in found if judged.record]
    verdict = _verdict([judged.record for _, judged in legible if judged.record], rows)
    worst = list(SessionVerdict).index
    session.verdict = verdict if whole else min(verdict, session.verdict, key=worst)
    # Where none is legible any more, that is all that can be said anew.
    if legible:
        row, best = max(reversed(legible), key=lambda each: _weight(each[0]))
        _describe(session, row, best)
        session.search = _search(session, best, rows, whole=whole)
    session.counted = _counted(session)


def _describe(session: SessionRow, row: RecordRow, best: Judged) -> None:
    """Note what the record says that knows most of a session."""
    record, outline = best.record, best.outline
    if record is None or outline is None:
        return
    session.begin = time_of(outline.begin) or NEVER
    session.end = time_of(outline.now)
    session.imported = _went(outline, lambda moment: moment.imported)
    session.exported = _went(outline, lambda moment: moment.exported)
    session.identification_type = record.identification_type
    session.identification = record.identification_data
    session.identification_level = record.identification_level
    session.tariff_text = record.tariff_text
    session.charge_point = record.charge_point_id
    session.outcome = _outcome(session.outcome, row)


def _counted(session: SessionRow) -> datetime:
    """Return the time that a session is sorted and counted by."""
    begin = session.begin
    wrong = begin < PLAUSIBLE or begins_in_future(begin, session.arrived)
    return session.arrived if wrong else begin


def _weight(row: RecordRow) -> tuple[int, bool]:
    """Return how much a record says about its session: its end most, and then a good signature."""
    ends = (RecordKind.POWER_FAILURE, RecordKind.END)
    return ends.index(row.kind) + 1 if row.kind in ends else 0, row.verdict is Verdict.VALID


def _went(outline: Outline, total: Callable[[Moment], Decimal | None]) -> Decimal | None:
    """Return the energy since the begin by a total; None if it is not known or went back."""
    begin = total(outline.begin) if outline.begin else None
    now = total(outline.now) if outline.now else None
    if begin is None or now is None or (went := difference(begin, now)) < 0:
        return None
    return went


def _outcome(before: Outcome, row: RecordRow) -> Outcome:
    """Return how a session ended from the record that says most.

    Without an end it is open, unless it was found that no end can come any more.
    """
    match row.kind:
        case RecordKind.END if row.source is not Source.METER:
            return Outcome.ENDED
        case RecordKind.END:
            return Outcome.ENDED_ELSEWHERE
        case RecordKind.POWER_FAILURE:
            return Outcome.POWER_FAILURE
    return Outcome.END_MISSING if before is Outcome.END_MISSING else Outcome.OPEN


def _verdict(records: Sequence[Record], rows: Sequence[RecordRow]) -> SessionVerdict:
    """Return the worst that is known of a session."""
    found = {verdict_of(row.verdict, row.key_verdict) for row in rows}
    if any(finding.severity is Severity.ERROR for finding in check_session(records)):
        found.add(SessionVerdict.INCONSISTENT)
    return next(verdict for verdict in SessionVerdict if verdict in found)


def verdict_of(verdict: Verdict, key: KeyVerdict) -> SessionVerdict:
    """Return what a record means for its session."""
    match verdict:
        case Verdict.VALID:
            return SessionVerdict.VALID if key in TRUSTED else SessionVerdict.KEY_CHANGED
        case Verdict.INVALID:
            return SessionVerdict.INVALID
    return SessionVerdict.UNVERIFIABLE


def _search(session: SessionRow, best: Judged, rows: Sequence[RecordRow], *, whole: bool) -> str:
    """Put together what a session is found by."""
    record = best.record
    texts = [session.identification, session.tariff_text, session.charge_point] if record else []
    texts += [row.pagination for row in rows]
    lines = dict.fromkeys(searchable(printable(text)) for text in texts if text)
    if not whole:
        lines |= dict.fromkeys((session.search or "").split("\n"))
    return "\n".join(lines)[:SEARCH_LENGTH]


def compared_records(records: Sequence[StoredRecord]) -> tuple[list[StoredRecord], int]:
    """Pick the records of a session that are compared: all but very many intermediate ones.

    Returns:
        The records in their order, and how many are not among them.
    """
    between = [each for each in records if each.kind in _BETWEEN]
    left_out = {each.id for each in between[:-COMPARED]}
    return [each for each in records if each.id not in left_out], len(left_out)


def searchable(text: str) -> str:
    """Return a text in one case, of any script: SQLite knows that of ASCII only."""
    return text.casefold()[:SEARCH_LENGTH]
