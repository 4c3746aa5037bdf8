"""The archive: signed records, kept for good, in a database of the user's choice."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction, contains_eager

from ..ocmf import MAX_SIZE, RecordKind, Verdict, fingerprint, load_public_key
from .database import Database
from .judging import (
    Legible,
    derive,
    digest,
    in_order,
    judge,
    pagination_of,
    read,
    searchable,
    time_of,
)
from .model import (
    ArchiveError,
    ArchiveSummary,
    KeyState,
    KeyVerdict,
    MeterInfo,
    Outcome,
    RecordPage,
    RecordTooLargeError,
    Session,
    SessionDetail,
    SessionEnergy,
    SessionPage,
    SessionQuery,
    Source,
    StoredKey,
    StoredRecord,
    StoreResult,
)
from .tables import NEVER, KeyRow, MeterRow, RecordRow, SessionRow, printable

# Record numbers are signed, of four bytes.
_NUMBERS: Final = 2**31
# Sessions that are read at once when all are asked for: some 100 KB.
_BATCH: Final = 50
_WITHOUT_END: Final = (Outcome.OPEN, Outcome.END_MISSING)
_SESSIONS: Final = select(SessionRow).options(contains_eager(SessionRow.meter)).join(MeterRow)


class Archive:
    """The records of all meters that share a database.

    Every method blocks: none may be called in an event loop. All may be called from several threads
    at once, and raise ArchiveError when the database fails; what was stored before that stays.
    """

    def __init__(self, url: str) -> None:
        """Name the database by its SQLAlchemy URL; nothing is opened yet."""
        self._database = Database(url)

    def open(self) -> None:
        """Connect, and make or migrate the tables.

        Raises:
            ArchiveError: also for a URL that is none, a driver that is not installed, and tables
                that a newer version has made.
        """
        self._database.open()

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()

    def pause(self) -> None:
        """Write everything into the database's own file, and leave that alone until `resume`.

        For a backup that copies the file. Nobody waits: what is stored meanwhile goes into the log
        next to it. Does nothing but for SQLite.
        """
        self._database.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._database.resume()

    def register_meter(self, info: MeterInfo) -> int:
        """Note a meter and what is known of it now; returns its number in the archive."""
        with self._database.writing() as transaction:
            return _register(transaction, info).id

    def rename_meter(self, old: str, new: str) -> None:
        """Know a meter by another unique ID, as one with all that is known of that ID."""
        with self._database.writing() as transaction:
            meter = _find_meter(transaction, old)
            if meter is None or old == new:
                return
            other = _find_meter(transaction, new)
            if other is None:
                meter.unique_id = new
            else:
                _move(transaction, meter, other)

    def see_key(self, meter_id: int, spki: bytes, now: datetime) -> StoredKey:
        """Note the key that a meter shows: the first one is pinned, another one is CHANGED.

        Records that could not be verified for want of a key are verified with a pinned one.
        """
        with self._database.writing() as transaction:
            _lock(transaction, meter_id)
            return _key(_see_key(transaction, meter_id, spki, now))

    def accept_key(self, meter_id: int, spki: bytes, now: datetime) -> None:
        """Pin a key that the user says is right; the pinned one becomes a former one.

        The meter's records signed with it are verified again.
        """
        with self._database.writing() as transaction:
            _lock(transaction, meter_id)
            accepted = _see_key(transaction, meter_id, spki, now)
            for key in _keys(transaction, meter_id):
                if key is accepted:
                    key.state = KeyState.PINNED
                elif key.state is KeyState.PINNED:
                    key.state = KeyState.FORMER
            _verify_all(transaction, meter_id, now)

    def keys(self, meter_id: int) -> tuple[StoredKey, ...]:
        """Return the keys that a meter was seen with, the first one first."""
        with self._database.reading() as transaction:
            return tuple(map(_key, _keys(transaction, meter_id)))

    def store(
        self, meter_id: int, raw: bytes, source: Source, now: datetime, *, chained: bool = False
    ) -> StoreResult:
        """Verify and keep a record; on disk when this returns.

        A record is kept once, by its digest. The same again changes nothing, except that one with a
        valid signature takes the place of one without, that COMMAND takes the place of METER, and
        that `chained` is taken over.

        Args:
            meter_id: the meter it came from.
            raw: any bytes, also such as are no record.
            source: how it came here.
            now: the time.
            chained: whether every older record of the meter's logbook is known to be here.

        Raises:
            RecordTooLargeError: it is larger than any record.
        """
        if len(raw) > MAX_SIZE:
            raise RecordTooLargeError(f"{len(raw)} bytes are no record")
        legible = read(raw)
        with self._database.writing() as transaction:
            _lock(transaction, meter_id)
            row, new = _store(transaction, meter_id, raw, legible, source, now=now)
            row.chained = row.chained or chained
            return StoreResult(record=_record(row), new=new)

    def is_chained(self, meter_id: int, raw: bytes) -> bool:
        """Tell whether a record is here together with all that are older in the logbook."""
        with self._database.reading() as transaction:
            row = _find(transaction, meter_id, digest(raw, read(raw)))
            return row is not None and row.chained

    def settle(self, meter_id: int, *, charging: bool) -> None:
        """Settle how sessions ended whose end is not told by a record.

        All open ones are END_MISSING, but for the newest one while the meter is charging.
        """
        with self._database.writing() as transaction:
            _lock(transaction, meter_id)
            of_meter = SessionRow.meter_id == meter_id
            newest = transaction.scalar(
                select(SessionRow.id)
                .where(of_meter)
                .order_by(SessionRow.page.desc(), SessionRow.begin.desc(), SessionRow.id.desc())
                .limit(1)
            )
            for row in transaction.scalars(
                select(SessionRow).where(of_meter, SessionRow.outcome.in_(_WITHOUT_END))
            ):
                is_open = charging and row.id == newest
                row.outcome = Outcome.OPEN if is_open else Outcome.END_MISSING

    def summary(self, meter_id: int) -> ArchiveSummary:
        """Return what the archive has of a meter."""
        with self._database.reading() as transaction:
            counted = transaction.execute(
                select(RecordRow.verdict, RecordRow.key_verdict, func.count())
                .where(RecordRow.meter_id == meter_id)
                .group_by(RecordRow.verdict, RecordRow.key_verdict)
            ).all()
            last = transaction.scalar(
                _SESSIONS.where(
                    SessionRow.meter_id == meter_id, SessionRow.outcome.not_in(_WITHOUT_END)
                )
                .order_by(SessionRow.begin.desc(), SessionRow.id.desc())
                .limit(1)
            )
            return ArchiveSummary(
                records=sum(count for _, _, count in counted),
                suspicious=sum(
                    count
                    for verdict, key, count in counted
                    if verdict is not Verdict.VALID or key is KeyVerdict.CHANGED
                ),
                failed=sum(count for verdict, _, count in counted if verdict is Verdict.INVALID),
                last=_session(last) if last else None,
            )

    def sessions(self, query: SessionQuery) -> SessionPage:
        """Return a page of sessions, the newest first."""
        wanted = _where(query)
        with self._database.reading() as transaction:
            total = transaction.scalar(
                select(func.count()).select_from(SessionRow).join(MeterRow).where(wanted)
            )
            rows = transaction.scalars(
                _SESSIONS.where(wanted)
                .order_by(SessionRow.begin.desc(), SessionRow.id.desc())
                .offset(query.offset)
                .limit(query.limit)
            )
            return SessionPage(sessions=tuple(map(_session, rows)), total=total or 0)

    def session(self, session_id: int) -> SessionDetail | None:
        """Return a session with its records; None if there is none of that number."""
        with self._database.reading() as transaction:
            rows = transaction.scalars(_SESSIONS.where(SessionRow.id == _id(session_id))).all()
            return next(_details(transaction, rows), None)

    def each_session(self, query: SessionQuery) -> Iterator[SessionDetail]:
        """Return all sessions that a query is about, the oldest first, whatever its page."""
        after: ColumnElement[bool] = true()
        while True:
            with self._database.reading() as transaction:
                rows = transaction.scalars(
                    _SESSIONS.where(_where(query), after)
                    .order_by(SessionRow.begin, SessionRow.id)
                    .limit(_BATCH)
                ).all()
                details = list(_details(transaction, rows))
            yield from details
            if len(rows) < _BATCH:
                return
            after = _after(rows[-1])

    def energies(self, query: SessionQuery) -> list[SessionEnergy]:
        """Return the energies of all sessions that a query is about, whatever its page.

        Those whose begin is not known are left out.
        """
        with self._database.reading() as transaction:
            rows = transaction.execute(
                select(
                    SessionRow.begin,
                    SessionRow.identification,
                    SessionRow.imported,
                    SessionRow.exported,
                )
                .join(MeterRow)
                .where(_where(query), SessionRow.begin > NEVER)
            )
            return [SessionEnergy(*row) for row in rows]

    def records_without_session(self, meters: Sequence[str], offset: int, limit: int) -> RecordPage:
        """Return a page of the records that tell of no session, the last to arrive first.

        Args:
            meters: unique IDs of config entries; empty for all.
            offset: how many to pass over.
            limit: how many at most.
        """
        wanted = and_(
            RecordRow.session_id.is_(None), MeterRow.unique_id.in_(meters) if meters else true()
        )
        with self._database.reading() as transaction:
            total = transaction.scalar(
                select(func.count()).select_from(RecordRow).join(MeterRow).where(wanted)
            )
            rows = transaction.scalars(
                select(RecordRow)
                .join(MeterRow)
                .where(wanted)
                .order_by(RecordRow.id.desc())
                .offset(offset)
                .limit(limit)
            )
            return RecordPage(records=tuple(map(_record, rows)), total=total or 0)

    def record(self, record_id: int) -> StoredRecord | None:
        """Return a record; None if there is none of that number."""
        with self._database.reading() as transaction:
            row = transaction.get(RecordRow, _id(record_id))
            return _record(row) if row else None

    def find_record(self, digest: str) -> StoredRecord | None:
        """Return a record by the SHA-256 of its payload in hex."""
        with self._database.reading() as transaction:
            row = transaction.scalar(
                select(RecordRow).where(RecordRow.digest == digest).order_by(RecordRow.id).limit(1)
            )
            return _record(row) if row else None

    def verify_again(self, after: int, limit: int, now: datetime) -> int | None:
        """Verify the next records after a number; returns the last one's, None at the end."""
        with self._database.reading() as transaction:
            rows = transaction.execute(
                select(RecordRow.id, RecordRow.meter_id)
                .where(RecordRow.id > after)
                .order_by(RecordRow.id)
                .limit(limit)
            ).all()
        for meter_id in {row.meter_id for row in rows}:
            with self._database.writing() as transaction:
                _lock(transaction, meter_id)
                _verify(
                    transaction, meter_id, [row.id for row in rows if row.meter_id == meter_id], now
                )
        return rows[-1].id if rows else None

    def forget_meter(self, meter_id: int) -> None:
        """Delete a meter with all its records and keys, because the user asked for it."""
        with self._database.writing() as transaction:
            _forget(transaction, meter_id)


# --- Inside a transaction


def _id(number: int) -> int:
    """Return a number of the archive; one that none can have for what no database could compare."""
    return number if 0 < number < _NUMBERS else 0


def _lock(transaction: Transaction, meter_id: int) -> None:
    """Let nobody else change what belongs to a meter until the transaction ends.

    Two records of one session would otherwise both derive it without the other. In SQLite there is
    one writer anyway.

    Raises:
        ArchiveError: there is no such meter.
    """
    row = transaction.get(MeterRow, meter_id, with_for_update=True)
    if row is None:
        raise ArchiveError("The archive does not know this meter")


def _find_meter(transaction: Transaction, unique_id: str) -> MeterRow | None:
    return transaction.scalar(
        select(MeterRow).where(MeterRow.unique_id == unique_id).with_for_update()
    )


def _register(transaction: Transaction, info: MeterInfo) -> MeterRow:
    row = _find_meter(transaction, info.unique_id)
    if row is None:
        row = MeterRow(unique_id=info.unique_id, name=info.name)
        try:
            with transaction.begin_nested():
                transaction.add(row)
        except IntegrityError:
            # Somebody else has registered it at the same moment.
            row = transaction.scalars(
                select(MeterRow).where(MeterRow.unique_id == info.unique_id).with_for_update()
            ).one()
    row.name = info.name
    row.model = info.model
    row.serial_number = info.serial_number
    return row


def _move(transaction: Transaction, meter: MeterRow, other: MeterRow) -> None:
    """Give all that belongs to a meter to another one, which turned out to be the same."""
    for key in _keys(transaction, meter.id):
        _see_key(transaction, other.id, key.spki, key.last_seen)
    for row in transaction.scalars(
        select(RecordRow).where(RecordRow.meter_id == meter.id).order_by(RecordRow.id)
    ):
        _store(transaction, other.id, row.raw, read(row.raw), row.source, now=row.arrived)
    _forget(transaction, meter.id)


def _forget(transaction: Transaction, meter_id: int) -> None:
    # In the order of their references, for databases that check each step.
    for table in (RecordRow, SessionRow, KeyRow):
        transaction.execute(delete(table).where(table.meter_id == meter_id))
    transaction.execute(delete(MeterRow).where(MeterRow.id == meter_id))


def _keys(transaction: Transaction, meter_id: int) -> Sequence[KeyRow]:
    return transaction.scalars(
        select(KeyRow).where(KeyRow.meter_id == meter_id).order_by(KeyRow.id)
    ).all()


def _see_key(transaction: Transaction, meter_id: int, spki: bytes, now: datetime) -> KeyRow:
    key = load_public_key(spki)
    known = _keys(transaction, meter_id)
    for row in known:
        if row.fingerprint == fingerprint(key):
            row.last_seen = max(now, row.last_seen)
            return row
    row = KeyRow(
        meter_id=meter_id,
        spki=key.spki,
        fingerprint=fingerprint(key),
        state=KeyState.CHANGED if known else KeyState.PINNED,
        first_seen=now,
        last_seen=now,
    )
    transaction.add(row)
    transaction.flush()
    _verify_all(transaction, meter_id, now)
    return row


def _find(transaction: Transaction, meter_id: int, name: str) -> RecordRow | None:
    return transaction.scalar(
        select(RecordRow).where(RecordRow.meter_id == meter_id, RecordRow.digest == name)
    )


def _store(
    transaction: Transaction,
    meter_id: int,
    raw: bytes,
    legible: Legible | None,
    source: Source,
    *,
    now: datetime,
) -> tuple[RecordRow, bool]:
    name = digest(raw, legible)
    row = _find(transaction, meter_id, name)
    judgement = judge(legible, _keys(transaction, meter_id))
    new = row is None
    if row is None:
        row = RecordRow(meter_id=meter_id, digest=name, source=source, arrived=now, chained=False)
        transaction.add(row)
    elif source is Source.COMMAND:
        row.source = source
    if new or (judgement.verdict is Verdict.VALID and row.verdict is not Verdict.VALID):
        row.raw = raw
        row.kind = legible.outline.kind if legible else RecordKind.OTHER
        row.pagination = pagination_of(legible)
        row.time = time_of(legible.outline.now) if legible else None
        row.verdict = judgement.verdict
        row.key_verdict = judgement.key
        row.key_id = judgement.key_id
        row.verified = now
        row.session_id = _session_id(transaction, meter_id, legible)
    transaction.flush()
    _derive(transaction, {row.session_id})
    return row, new


def _session_id(transaction: Transaction, meter_id: int, legible: Legible | None) -> int | None:
    """Find or make the session that a record belongs to."""
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
    return row.id


def _derive(transaction: Transaction, session_ids: Collection[int | None]) -> None:
    """Work out what sessions are, now that their records have changed."""
    for session_id in session_ids:
        if session_id is not None:
            row = transaction.get_one(SessionRow, session_id)
            derive(row, _records(transaction, [session_id]))


def _records(transaction: Transaction, session_ids: Sequence[int]) -> Sequence[RecordRow]:
    return transaction.scalars(select(RecordRow).where(RecordRow.session_id.in_(session_ids))).all()


def _verify_all(transaction: Transaction, meter_id: int, now: datetime) -> None:
    """Judge again what a change of a meter's keys makes a difference to."""
    ids = transaction.scalars(
        select(RecordRow.id).where(
            RecordRow.meter_id == meter_id, RecordRow.verdict != Verdict.MALFORMED
        )
    ).all()
    _verify(transaction, meter_id, ids, now)


def _verify(transaction: Transaction, meter_id: int, ids: Sequence[int], now: datetime) -> None:
    keys = _keys(transaction, meter_id)
    changed = set()
    for record_id in ids:
        row = transaction.get_one(RecordRow, record_id)
        judgement = judge(read(row.raw), keys)
        row.verdict = judgement.verdict
        row.key_verdict = judgement.key
        row.key_id = judgement.key_id
        row.verified = now
        changed.add(row.session_id)
    transaction.flush()
    _derive(transaction, changed)


# --- What is asked for


def _where(query: SessionQuery) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if query.meters:
        conditions.append(MeterRow.unique_id.in_(query.meters))
    if query.since:
        conditions.append(SessionRow.begin >= query.since)
    if query.until:
        conditions += [SessionRow.begin < query.until, SessionRow.begin > NEVER]
    if query.verdicts:
        conditions.append(SessionRow.verdict.in_(query.verdicts))
    if query.outcomes:
        conditions.append(SessionRow.outcome.in_(query.outcomes))
    if query.search:
        part = searchable(printable(query.search))
        conditions.append(SessionRow.search.contains(part, autoescape=True))
    return and_(*conditions)


def _after(row: SessionRow) -> ColumnElement[bool]:
    return or_(
        SessionRow.begin > row.begin,
        and_(SessionRow.begin == row.begin, SessionRow.id > row.id),
    )


def _details(transaction: Transaction, rows: Sequence[SessionRow]) -> Iterator[SessionDetail]:
    """Add their records and keys to sessions, with one question for each kind."""
    records: dict[int | None, list[RecordRow]] = defaultdict(list)
    for record in _records(transaction, [row.id for row in rows]):
        records[record.session_id].append(record)
    keys = {
        key.id: key
        for meter_id in {row.meter_id for row in rows}
        for key in _keys(transaction, meter_id)
    }
    for row in rows:
        ordered = in_order(records[row.id])
        used = sorted({record.key_id for record in ordered if record.key_id is not None})
        yield SessionDetail(
            session=_session(row),
            records=tuple(map(_record, ordered)),
            keys=tuple(_key(keys[number]) for number in used),
        )


# --- As the archive gives it


def _key(row: KeyRow) -> StoredKey:
    return StoredKey(
        id=row.id,
        spki=row.spki,
        fingerprint=row.fingerprint,
        state=row.state,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )


def _record(row: RecordRow) -> StoredRecord:
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


def _session(row: SessionRow) -> Session:
    return Session(
        id=row.id,
        meter_id=row.meter_id,
        meter=row.meter.unique_id,
        begin=None if row.begin == NEVER else row.begin,
        end=row.end,
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
    )
