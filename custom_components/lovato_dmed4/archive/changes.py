"""What changes the archive, each inside a transaction of its caller."""

from collections import defaultdict
from collections.abc import Sequence, Set as AbstractSet
from datetime import datetime
from itertools import batched
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session as Transaction, aliased

from ..ocmf import PublicKey, RecordKind, Verdict, fingerprint, load_public_key
from .judging import (
    KEY_VERDICTS,
    Judgement,
    Legible,
    derive,
    digest,
    is_full,
    judge,
    pagination_of,
    read,
    time_of,
)
from .model import ArchiveError, KeyState, MeterInfo, Source
from .tables import AppliedRow, KeyRow, MeterRow, PriceRow, RecordRow, SessionRow

# Sessions that are read at once with all of their records, of 1 MB each at most.
_BATCH: Final = 50


def lock(transaction: Transaction, meter_id: int) -> None:
    """Let nobody else change what belongs to a meter until the transaction ends.

    Two that store records of one session would otherwise both derive it without the other's. In
    SQLite there is one writer anyway.

    Raises:
        ArchiveError: there is no such meter.
    """
    if transaction.get(MeterRow, meter_id, with_for_update=True) is None:
        raise ArchiveError("The archive does not know this meter")


# --- Meters


def find_meter(transaction: Transaction, unique_id: str) -> MeterRow | None:
    """Find a meter, and lock it."""
    return transaction.scalar(
        select(MeterRow).where(MeterRow.unique_id == unique_id).with_for_update()
    )


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
        legible = read(row.raw)
        moved, _ = store(transaction, other.id, row.raw, legible, row.source, now=row.arrived)
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
    return transaction.scalars(
        select(KeyRow).where(KeyRow.meter_id == meter_id).order_by(KeyRow.id)
    ).all()


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


def accept_key(transaction: Transaction, meter_id: int, key: PublicKey, now: datetime) -> None:
    """Pin a key, and note of each record what that makes of the key it was verified with."""
    accepted = see_key(transaction, meter_id, key, now)
    for row in find_keys(transaction, meter_id):
        if row is accepted:
            row.state = KeyState.PINNED
        elif row.state is KeyState.PINNED:
            row.state = KeyState.FORMER
        transaction.execute(
            update(RecordRow)
            .where(RecordRow.key_id == row.id)
            .values(key_verdict=KEY_VERDICTS[row.state])
        )
    # Their sessions may be better than they were, and others fail by another key now.
    affected = or_(RecordRow.key_id == accepted.id, RecordRow.verdict == Verdict.INVALID)
    verify_again(transaction, meter_id, affected, now)


# --- Records


def find_record(transaction: Transaction, meter_id: int, name: str) -> RecordRow | None:
    """Find a meter's record by its digest."""
    return transaction.scalar(
        select(RecordRow).where(RecordRow.meter_id == meter_id, RecordRow.digest == name)
    )


def store(
    transaction: Transaction,
    meter_id: int,
    raw: bytes,
    legible: Legible | None,
    source: Source,
    *,
    now: datetime,
) -> tuple[RecordRow, bool]:
    """Keep a record; returns it, and whether it is new."""
    judgement = judge(legible, find_keys(transaction, meter_id))
    name = digest(raw, legible)
    row = find_record(transaction, meter_id, name)
    if row is None:
        row = RecordRow(meter_id=meter_id, digest=name, source=source, arrived=now, chained=False)
        _fill(transaction, row, raw, legible, judgement, now=now)
        transaction.add(row)
        new = True
    else:
        better = judgement.verdict is Verdict.VALID and row.verdict is not Verdict.VALID
        if not better and (source is row.source or source is Source.METER):
            return row, False
        if better:
            _fill(transaction, row, raw, legible, judgement, now=now)
        if source is not Source.METER:
            row.source = source
        new = False
    transaction.flush()
    _derive(transaction, {row.session_id})
    return row, new


def verify_again(
    transaction: Transaction, meter_id: int, which: ColumnElement[bool], now: datetime
) -> None:
    """Judge some of a meter's records again, with all keys known now."""
    keys = find_keys(transaction, meter_id)
    rows = transaction.scalars(select(RecordRow).where(RecordRow.meter_id == meter_id, which)).all()
    for row in rows:
        _note(row, judge(read(row.raw), keys), now)
    transaction.flush()
    _derive(transaction, {row.session_id for row in rows})


def _fill(
    transaction: Transaction,
    row: RecordRow,
    raw: bytes,
    legible: Legible | None,
    judgement: Judgement,
    *,
    now: datetime,
) -> None:
    row.raw = raw
    row.kind = legible.outline.kind if legible else RecordKind.OTHER
    row.pagination = pagination_of(legible)
    row.time = time_of(legible.outline.now) if legible else None
    row.session_id = _session_id(transaction, row.meter_id, legible)
    _note(row, judgement, now)


def _note(row: RecordRow, judgement: Judgement, now: datetime) -> None:
    row.verdict = judgement.verdict
    row.key_verdict = judgement.key
    row.key_id = judgement.key_id
    row.verified = now


def _session_id(transaction: Transaction, meter_id: int, legible: Legible | None) -> int | None:
    """Find or make the session that a record belongs to; none that is too large already."""
    key = legible.outline.session if legible else None
    if key is None:
        return None
    row = transaction.scalar(
        select(SessionRow).where(SessionRow.meter_id == meter_id, SessionRow.key == key)
    )
    if row is None:
        row = SessionRow(meter_id=meter_id, key=key)
        transaction.add(row)
        transaction.flush()
    return None if is_full(row) else row.id


def _derive(transaction: Transaction, session_ids: AbstractSet[int | None]) -> None:
    """Work out what sessions are, now that their records have changed."""
    for wanted in batched(session_ids - {None}, _BATCH, strict=False):
        records = defaultdict(list)
        for record in transaction.scalars(
            select(RecordRow).where(RecordRow.session_id.in_(wanted))
        ):
            records[record.session_id].append(record)
        for row in transaction.scalars(select(SessionRow).where(SessionRow.id.in_(wanted))).all():
            derive(row, records[row.id])
