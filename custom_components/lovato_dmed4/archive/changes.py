"""What changes the archive, each inside a transaction of its caller."""

from collections.abc import Sequence, Set as AbstractSet
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select, union_all, update
from sqlalchemy.orm import Session as Transaction, aliased

from ..ocmf import Judged, PublicKey, RecordKind, Verdict, fingerprint, load_public_key
from .judging import (
    COMPARED,
    KEPT_IN_VIEW,
    PLAUSIBLE,
    Judgement,
    check_record,
    derive,
    judge_record,
    key_verdict,
    pagination_of,
    time_of,
    verdict_of,
    weigh,
    worth,
)
from .model import ArchiveError, KeyState, KeyVerdict, MeterInfo, SessionVerdict, Source
from .tables import AppliedRow, KeyRow, MeterRow, PriceRow, RecordRow, SessionRow

_BETWEEN: Final = (RecordKind.INTERMEDIATE, RecordKind.OTHER)

# What each record asks for, put together once: that takes longer than to ask.
_LOCKED_METER: Final = (
    select(MeterRow.id).where(MeterRow.id == bindparam("meter")).with_for_update()
)
_METER: Final = (
    select(MeterRow).where(MeterRow.unique_id == bindparam("unique_id")).with_for_update()
)
_KEYS: Final = select(KeyRow).where(KeyRow.meter_id == bindparam("meter")).order_by(KeyRow.id)
_RECORD: Final = select(RecordRow).where(
    RecordRow.meter_id == bindparam("meter"), RecordRow.digest == bindparam("digest")
)
_SESSION: Final = select(SessionRow).where(
    SessionRow.meter_id == bindparam("meter"), SessionRow.key == bindparam("key")
)
_NEWEST: Final = {
    kind: select(RecordRow.__table__)
    .where(RecordRow.session_id == bindparam("session"), RecordRow.kind == kind)
    .order_by(RecordRow.time.desc(), RecordRow.id.desc())
    .limit(bindparam("between" if kind in _BETWEEN else "ends"))
    for kind in RecordKind
}
_ROWS: Final = select(RecordRow).from_statement(
    union_all(*(select(newest.subquery()) for newest in _NEWEST.values()))
)


def lock(transaction: Transaction, meter_id: int) -> None:
    """Keep others from changing what belongs to a meter until the transaction ends.

    Two that store records of one session would otherwise both derive it without the other's. In
    SQLite there is one writer anyway.

    Raises:
        ArchiveError: there is no such meter.
    """
    if transaction.scalar(_LOCKED_METER, {"meter": meter_id}) is None:
        raise ArchiveError("The archive does not know this meter")


# --- Meters


def find_meter(transaction: Transaction, unique_id: str) -> MeterRow | None:
    """Find a meter, and lock it."""
    return transaction.scalar(_METER, {"unique_id": unique_id})


def register(transaction: Transaction, info: MeterInfo) -> MeterRow:
    """Find or make a meter, and note what is known of it."""
    row = find_meter(transaction, info.unique_id)
    if row is None:
        row = MeterRow(unique_id=info.unique_id)
        transaction.add(row)
    row.name = info.name
    row.model = info.model
    row.serial_number = info.serial_number
    transaction.flush()
    return row


def move(transaction: Transaction, meter: MeterRow, other: MeterRow) -> None:
    """Give all that belongs to a meter to another one, which turned out to be the same."""
    for key in find_keys(transaction, meter.id):
        see_key(transaction, other.id, load_public_key(key.spki), key.last_seen)
    for row in transaction.scalars(
        select(RecordRow).where(RecordRow.meter_id == meter.id).order_by(RecordRow.id)
    ).all():
        moved, _, _ = store(transaction, other.id, row.raw, row.source, now=row.arrived)
        moved.chained = moved.chained or row.chained
    transaction.flush()
    _move_prices(transaction, meter.id, other.id)
    forget(transaction, meter.id)


def _move_prices(transaction: Transaction, meter_id: int, other_id: int) -> None:
    """Give the prices of a meter to another one, and the applied rates to its sessions."""
    transaction.execute(
        update(PriceRow).where(PriceRow.meter_id == meter_id).values(meter_id=other_id)
    )
    there = aliased(SessionRow)
    for applied, session_id in transaction.execute(
        select(AppliedRow, there.id)
        .join(SessionRow, SessionRow.id == AppliedRow.session_id)
        .join(there, and_(there.key == SessionRow.key, there.meter_id == other_id))
        .where(SessionRow.meter_id == meter_id)
    ).all():
        if transaction.get(AppliedRow, session_id) is None:
            applied.session_id = session_id
    transaction.flush()


def forget(transaction: Transaction, meter_id: int) -> None:
    """Delete a meter and all that belongs to it, what refers to others first."""
    sessions = select(SessionRow.id).where(SessionRow.meter_id == meter_id)
    transaction.execute(delete(AppliedRow).where(AppliedRow.session_id.in_(sessions)))
    for table in (RecordRow, SessionRow, KeyRow, PriceRow):
        transaction.execute(delete(table).where(table.meter_id == meter_id))
    transaction.execute(delete(MeterRow).where(MeterRow.id == meter_id))


# --- Keys


def find_keys(transaction: Transaction, meter_id: int) -> Sequence[KeyRow]:
    """Find the keys of a meter, the first one first."""
    return transaction.scalars(_KEYS, {"meter": meter_id}).all()


def see_key(transaction: Transaction, meter_id: int, key: PublicKey, now: datetime) -> KeyRow:
    """Note a key; a new one may fit records that no other does."""
    known = find_keys(transaction, meter_id)
    name = fingerprint(key)
    for row in known:
        if row.fingerprint == name:
            row.last_seen = max(now, row.last_seen)
            return row
    row = KeyRow(
        meter_id=meter_id,
        spki=key.spki,
        fingerprint=name,
        state=KeyState.CHANGED if known else KeyState.PINNED,
        first_seen=now,
        last_seen=now,
    )
    transaction.add(row)
    transaction.flush()
    verify_again(transaction, meter_id, RecordRow.verdict != Verdict.VALID, now)
    return row


def accept_key(
    transaction: Transaction, meter_id: int, key: PublicKey, now: datetime, *, former: KeyState
) -> None:
    """Pin a key, and note of each record what that makes of the key it was verified with.

    Args:
        transaction: of the caller.
        meter_id: the meter.
        key: the one to pin.
        now: the time.
        former: what becomes of the one that was pinned, FORMER or REJECTED.
    """
    accepted = see_key(transaction, meter_id, key, now)
    # Since the meter showed the new key, the former one signs nothing any more.
    since = accepted.first_seen if accepted.state is KeyState.CHANGED else now
    for row in find_keys(transaction, meter_id):
        if row is accepted:
            row.state, row.replaced = KeyState.PINNED, None
        elif row.state is KeyState.PINNED:
            row.state = former
            row.replaced = since if former is KeyState.FORMER else None
        else:
            continue
        _note_key(transaction, row)
    # Others may fail by another key now.
    verify_again(transaction, meter_id, RecordRow.verdict == Verdict.INVALID, now)


def _note_key(transaction: Transaction, key: KeyRow) -> None:
    """Note of all records that a key verified what is thought of it now."""
    transaction.flush()
    of_key = RecordRow.key_id == key.id
    transaction.execute(
        update(RecordRow)
        .where(of_key)
        .values(key_verdict=key_verdict(key.state, None, None, key.last_seen))
    )
    if key.replaced is not None:
        made = RecordRow.time
        late = or_(made.is_(None), made < PLAUSIBLE, made > key.replaced)
        transaction.execute(
            update(RecordRow)
            .where(of_key, RecordRow.arrived > key.replaced, late)
            .values(key_verdict=KeyVerdict.REPLACED)
        )
    sessions = select(RecordRow.session_id).where(of_key).distinct()
    transaction.expire_all()
    _derive(transaction, set(transaction.scalars(sessions)))


# --- Records


def find_record(transaction: Transaction, meter_id: int, name: str) -> RecordRow | None:
    """Find a meter's record by its digest."""
    return transaction.scalar(_RECORD, {"meter": meter_id, "digest": name})


def store(
    transaction: Transaction, meter_id: int, raw: bytes, source: Source, *, now: datetime
) -> tuple[RecordRow, bool, Judged]:
    """Keep a record; returns it, whether it is new, and what was found about it."""
    judged, key = check_record(raw, find_keys(transaction, meter_id))
    row = find_record(transaction, meter_id, judged.digest)
    judgement = weigh(judged, key, row.arrived if row else now)
    if row is None:
        row = RecordRow(
            meter_id=meter_id, digest=judged.digest, source=source, arrived=now, chained=False
        )
        _fill(row, judgement, now=now)
        _add(transaction, row, judged)
        return row, True, judged
    better = judgement.worth > worth(row.verdict, row.key_verdict)
    if better:
        _fill(row, judgement, now=now)
        session = _session_of(transaction, row, judged)
        transaction.flush()
        row.session_id = session.id if session else None
    if source is not Source.METER:
        better |= row.source is not source
        row.source = source
    if better:
        transaction.flush()
        _derive(transaction, {row.session_id})
    return row, False, judged


def verify_again(
    transaction: Transaction, meter_id: int, which: ColumnElement[bool], now: datetime
) -> None:
    """Judge some of a meter's records again, with all keys known now."""
    rows = transaction.scalars(select(RecordRow).where(RecordRow.meter_id == meter_id, which)).all()
    keys = find_keys(transaction, meter_id) if rows else ()
    for row in rows:
        _set_verdict(row, judge_record(row.raw, keys, row.arrived), now)
    transaction.flush()
    _derive(transaction, {row.session_id for row in rows})


def _add(transaction: Transaction, row: RecordRow, judged: Judged) -> None:
    """Write a new record, and what its session is with it."""
    session = _session_of(transaction, row, judged)
    if session is not None:
        _derive_with(transaction, session, row, judged)
        if session.id is None:
            transaction.flush()
        row.session_id = session.id
    transaction.add(row)
    transaction.flush()


def _fill(row: RecordRow, judgement: Judgement, *, now: datetime) -> None:
    judged = judgement.judged
    row.raw = judged.raw
    row.kind = judged.outline.kind if judged.outline else RecordKind.OTHER
    row.pagination = pagination_of(judged)
    row.time = time_of(judged.outline.now) if judged.outline else None
    _set_verdict(row, judgement, now)


def _set_verdict(row: RecordRow, judgement: Judgement, now: datetime) -> None:
    row.verdict = judgement.judged.verdict
    row.key_verdict = judgement.key
    row.key_id = judgement.key_id
    row.verified = now


def _session_of(transaction: Transaction, record: RecordRow, judged: Judged) -> SessionRow | None:
    """Find or make the session that a record belongs to; a new one has no number yet."""
    key = judged.outline.session if judged.outline else None
    if key is None:
        return None
    row = transaction.scalar(_SESSION, {"meter": record.meter_id, "key": key})
    if row is None:
        arrived = record.arrived
        row = SessionRow(
            meter_id=record.meter_id, key=key, arrived=arrived, counted=arrived, records=0
        )
        transaction.add(row)
    return row


def _derive_with(
    transaction: Transaction, session: SessionRow, record: RecordRow, judged: Judged
) -> None:
    """Work out what a session is with one more record."""
    others, whole = _rows(transaction, session, KEPT_IN_VIEW) if session.records else ([], True)
    session.records += 1
    session.arrived = min(session.arrived, record.arrived)
    derive(session, [*others, record], whole=whole, known=judged)


def _derive(transaction: Transaction, session_ids: AbstractSet[int | None]) -> None:
    """Work out what sessions are, now that their records have changed."""
    for session_id in session_ids - {None}:
        of_session = RecordRow.session_id == session_id
        session = transaction.get(SessionRow, session_id)
        if session is None:
            continue
        count, arrived = transaction.execute(
            select(func.count(), func.min(RecordRow.arrived)).where(of_session)
        ).one()
        session.records, session.arrived = count, arrived
        rows, whole = _rows(transaction, session, COMPARED)
        if not whole:
            session.verdict = _worst_of(transaction, session.id)
        derive(session, rows, whole=whole)


def _worst_of(transaction: Transaction, session_id: int) -> SessionVerdict:
    """Return the worst that is known of the records of a session, one by one."""
    found = transaction.execute(
        select(RecordRow.verdict, RecordRow.key_verdict)
        .where(RecordRow.session_id == session_id)
        .distinct()
    )
    worst = list(SessionVerdict).index
    return min((verdict_of(verdict, key) for verdict, key in found), key=worst)


def _rows(
    transaction: Transaction, session: SessionRow, between: int
) -> tuple[Sequence[RecordRow], bool]:
    """Return the records that say most about a session, and whether that is all of them.

    Those are all of the begin and the end, and the newest ones between them. Nobody but a forger
    makes very many of the first.
    """
    wanted = {"session": session.id, "ends": COMPARED, "between": between}
    rows = transaction.scalars(_ROWS, wanted).all()
    return rows, len(rows) == session.records
