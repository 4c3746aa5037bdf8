"""What is thought of a record and of a session: from the records alone, in whatever order they came."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
import hashlib
import re
from typing import Final

from ..ocmf import (
    MalformedRecordError,
    Moment,
    Outline,
    Record,
    RecordKind,
    Severity,
    Verdict,
    check_session,
    difference,
    load_public_key,
    outline,
    parse,
    verify,
)
from .model import KeyState, KeyVerdict, Outcome, SessionVerdict, Source
from .tables import NEVER, SEARCH_LENGTH, KeyRow, RecordRow, SessionRow, printable

LARGEST_SESSION: Final = 2**20
"""Bytes of all records: a logbook of 1,000 full ones. All are read whenever one is added."""

KEY_VERDICTS: Final = {
    KeyState.PINNED: KeyVerdict.OWN,
    KeyState.FORMER: KeyVerdict.FORMER,
    KeyState.CHANGED: KeyVerdict.CHANGED,
}
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

    verdict: Verdict
    key: KeyVerdict
    key_id: int | None


@dataclass(frozen=True, slots=True)
class Legible:
    """A record that could be read."""

    record: Record
    outline: Outline


def read(raw: bytes) -> Legible | None:
    """Read a record; None if it is none."""
    with suppress(MalformedRecordError):
        record = parse(raw)
        return Legible(record, outline(record))
    return None


def digest(raw: bytes, legible: Legible | None) -> str:
    """Name a record."""
    return legible.record.digest if legible else hashlib.sha256(raw).hexdigest()


def judge(legible: Legible | None, keys: Sequence[KeyRow]) -> Judgement:
    """Check a signature with all keys of the meter, the most trusted one first."""
    if legible is None:
        return Judgement(Verdict.MALFORMED, KeyVerdict.NONE, None)
    states = list(KeyState)
    tried = [
        (verify(legible.record, load_public_key(key.spki)).verdict, key)
        for key in sorted(keys, key=lambda key: states.index(key.state))
    ]
    for wanted in (Verdict.VALID, Verdict.INVALID):
        for verdict, key in tried:
            if verdict is wanted:
                return Judgement(verdict, KEY_VERDICTS[key.state], key.id)
    verdict = tried[0][0] if tried else verify(legible.record, None).verdict
    return Judgement(verdict, KeyVerdict.NONE, None)


def time_of(moment: Moment | None) -> datetime | None:
    """Return when it was, if a database can hold it."""
    time = moment.time if moment else None
    return time.astimezone(UTC) if time and time > NEVER else None


def pagination_of(legible: Legible | None) -> str | None:
    """Return a record's page as the meter writes it."""
    pagination = legible.record.pagination if legible else None
    return None if pagination is None else printable(pagination)


def page_of(pagination: str | None) -> int:
    """Return a record's number; 0 if it has none."""
    match = _PAGE.fullmatch(pagination or "")
    return int(match[1]) if match else 0


def in_order(records: Sequence[RecordRow]) -> list[RecordRow]:
    """Return records in the order they were made: by page, since a clock may have been set."""
    return sorted(
        records,
        key=lambda row: (page_of(row.pagination), row.time or NEVER, _RANKS[row.kind], row.digest),
    )


def is_full(session: SessionRow) -> bool:
    """Tell whether a session has more than a meter can sign in one: nothing can be added."""
    return session.size > LARGEST_SESSION


def derive(session: SessionRow, records: Sequence[RecordRow]) -> None:
    """Work out what a session is from all of its records."""
    rows = in_order(records)
    session.records = len(rows)
    session.size = sum(len(row.raw) for row in rows)
    found = [(row, legible) for row in rows if (legible := read(row.raw))]
    if not found:
        # It was legible once: the verdict is all that can be said anew.
        session.verdict = _verdict(session, [], rows)
        return
    row, telling = max(reversed(found), key=lambda each: _weight(each[0]))
    record = telling.record
    session.begin = time_of(telling.outline.begin) or NEVER
    session.end = time_of(telling.outline.now)
    session.imported = _went(telling.outline, lambda moment: moment.imported)
    session.exported = _went(telling.outline, lambda moment: moment.exported)
    session.identification_type = record.identification_type
    session.identification = record.identification_data
    session.identification_level = record.identification_level
    session.tariff_text = record.tariff_text
    session.charge_point = record.charge_point_id
    session.outcome = _outcome(session.outcome, row)
    session.verdict = _verdict(session, [legible.record for _, legible in found], rows)
    session.search = _search(record, rows)


def _weight(row: RecordRow) -> tuple[int, bool]:
    """Tell how much a record says about its session: its end most, and then a good signature."""
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
    """Tell how a session ended from the record that says most.

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


def _verdict(
    session: SessionRow, records: Sequence[Record], rows: Sequence[RecordRow]
) -> SessionVerdict:
    """Return the worst that is known of a session."""
    if any(row.verdict is Verdict.INVALID for row in rows):
        return SessionVerdict.INVALID
    if any(row.key_verdict is KeyVerdict.CHANGED for row in rows):
        return SessionVerdict.KEY_CHANGED
    if any(row.verdict is not Verdict.VALID for row in rows):
        return SessionVerdict.UNVERIFIABLE
    if is_full(session) or any(
        finding.severity is Severity.ERROR for finding in check_session(records)
    ):
        return SessionVerdict.INCONSISTENT
    return SessionVerdict.VALID


def _search(record: Record, rows: Sequence[RecordRow]) -> str:
    """Put together what a session is found by."""
    texts = [record.identification_data, record.tariff_text, record.charge_point_id]
    texts += [row.pagination for row in rows]
    return searchable("\n".join(printable(text) for text in texts if text))


def searchable(text: str) -> str:
    """Return a text in one case, of any script: SQLite knows that of ASCII only."""
    return text.casefold()[:SEARCH_LENGTH]
