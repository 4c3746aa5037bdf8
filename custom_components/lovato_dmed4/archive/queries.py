"""What is asked of the archive, and what it answers with."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session as Transaction, selectinload

from ..billing.model import NO_DRIVER
from .changes import find_keys
from .judging import in_order, searchable
from .model import (
    WITHOUT_END,
    Session,
    SessionDetail,
    SessionQuery,
    StoredKey,
    StoredMeter,
    StoredRecord,
)
from .tables import (
    NEVER,
    DriverRow,
    IdentificationRow,
    KeyRow,
    MeterRow,
    RecordRow,
    SessionRow,
    printable,
)

# With the few meters in a question of their own: a join would look one up for each session, also for
# those that a page passes over.
SESSIONS: Final = select(SessionRow).options(selectinload(SessionRow.meter))
NEWEST_FIRST: Final = (SessionRow.counted.desc(), SessionRow.id.desc())
OLDEST_FIRST: Final = (SessionRow.counted, SessionRow.id)

# As `Identification.match` writes it.
WHO: Final = func.lower(func.trim(SessionRow.identification))

# Numbers in a database have four bytes and a sign; others compare with none that is larger.
_NUMBERS: Final = range(1, 2**31)


def number(wanted: int) -> int:
    """Return a number that a database can look for, also for one that nothing can have."""
    return wanted if wanted in _NUMBERS else 0


def matching(query: SessionQuery) -> ColumnElement[bool]:
    """Return which sessions a query is about."""
    conditions: list[ColumnElement[bool]] = [true()]
    if query.meters:
        meters = select(MeterRow.id).where(MeterRow.unique_id.in_(query.meters))
        conditions.append(SessionRow.meter_id.in_(meters))
    if query.since:
        conditions.append(SessionRow.counted >= query.since)
    if query.until:
        conditions.append(SessionRow.counted < query.until)
    if query.verdicts:
        conditions.append(SessionRow.verdict.in_(query.verdicts))
    if query.outcomes:
        conditions.append(SessionRow.outcome.in_(query.outcomes))
    if query.search:
        part = searchable(printable(query.search))
        named = select(IdentificationRow.match).where(
            IdentificationRow.driver_id == DriverRow.id,
            DriverRow.search.contains(part, autoescape=True),
        )
        conditions.append(or_(SessionRow.search.contains(part, autoescape=True), WHO.in_(named)))
    if query.drivers:
        conditions.append(_of_drivers(query.drivers))
    return and_(*conditions)


def _of_drivers(drivers: Sequence[int]) -> ColumnElement[bool]:
    named = select(IdentificationRow.match)
    condition: ColumnElement[bool] = WHO.in_(
        named.where(IdentificationRow.driver_id.in_(map(number, drivers)))
    )
    if NO_DRIVER in drivers:
        condition |= SessionRow.identification.is_(None) | WHO.not_in(named)
    return condition


def after(row: SessionRow) -> ColumnElement[bool]:
    """Return which sessions follow one, the oldest first."""
    return or_(
        SessionRow.counted > row.counted,
        and_(SessionRow.counted == row.counted, SessionRow.id > row.id),
    )


def details(transaction: Transaction, rows: Sequence[SessionRow]) -> Iterator[SessionDetail]:
    """Add their records and keys to sessions, asking once for all."""
    records: dict[int | None, list[RecordRow]] = defaultdict(list)
    for record in transaction.scalars(
        select(RecordRow).where(RecordRow.session_id.in_(row.id for row in rows))
    ):
        records[record.session_id].append(record)
    keys = {
        key.id: key
        for meter_id in {row.meter_id for row in rows}
        for key in find_keys(transaction, meter_id)
    }
    for row in rows:
        ordered = in_order(records[row.id])
        used = sorted({record.key_id for record in ordered if record.key_id})
        yield SessionDetail(
            session=to_session(row),
            records=tuple(map(to_record, ordered)),
            keys=tuple(to_key(keys[key_id]) for key_id in used),
        )


def to_meter(row: MeterRow) -> StoredMeter:
    """Return a meter as the archive gives it."""
    return StoredMeter(
        id=row.id,
        unique_id=row.unique_id,
        name=row.name,
        model=row.model,
        serial_number=row.serial_number,
    )


def to_key(row: KeyRow) -> StoredKey:
    """Return a key as the archive gives it."""
    return StoredKey(
        id=row.id,
        spki=row.spki,
        fingerprint=row.fingerprint,
        state=row.state,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        replaced=row.replaced,
    )


def to_record(row: RecordRow) -> StoredRecord:
    """Return a record as the archive gives it."""
    return StoredRecord(
        id=row.id,
        meter_id=row.meter_id,
        session_id=row.session_id,
        digest=row.digest,
        raw=row.raw,
        source=row.source,
        arrived=row.arrived,
        kind=row.kind,
        pagination=row.pagination,
        time=row.time,
        verdict=row.verdict,
        key=row.key_verdict,
        key_id=row.key_id,
        verified=row.verified,
    )


def to_session(row: SessionRow) -> Session:
    """Return a session as the archive gives it."""
    return Session(
        id=row.id,
        meter_id=row.meter_id,
        meter=row.meter.unique_id,
        begin=None if row.begin == NEVER else row.begin,
        end=None if row.outcome in WITHOUT_END else row.end,
        last_known=row.end,
        imported=row.imported,
        exported=row.exported,
        identification_type=row.identification_type,
        identification=row.identification,
        identification_level=row.identification_level,
        tariff_text=row.tariff_text,
        charge_point=row.charge_point,
        outcome=row.outcome,
        verdict=row.verdict,
        records=row.records,
        arrived=row.arrived,
        counted=row.counted,
    )
