"""The archive: signed records, kept for good, in a database of the user's choice."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam, func, select, true
from sqlalchemy.orm import joinedload

from ..billing.hours import Share
from ..ocmf import MAX_SIZE, Verdict, judge, load_public_key
from . import changes
from .costs import bills_of
from .database import ConflictError, Database
from .hours import SessionMark, marks_of, sessions_since, shares_of
from .ledger import Ledger
from .model import (
    WITHOUT_END,
    ArchiveSummary,
    Bill,
    KeyState,
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
    StoredMeter,
    StoredRecord,
    StoreResult,
    is_suspicious,
)
from .queries import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    SESSIONS,
    after,
    details,
    matching,
    number,
    to_key,
    to_meter,
    to_record,
    to_session,
)
from .tables import MeterRow, RecordRow, SessionRow

# Sessions that are read at once when all are asked for: some 200 KB, and 1 MB each at most.
_BATCH: Final = 50

# What is asked again and again, put together once: that takes longer than to ask.
_CHAINED: Final = (
    select(RecordRow.id).where(RecordRow.meter_id == bindparam("meter"), RecordRow.chained).limit(1)
)
_COUNTED: Final = (
    select(RecordRow.verdict, RecordRow.key_verdict, func.count(), func.max(RecordRow.time))
    .where(RecordRow.meter_id == bindparam("meter"))
    .group_by(RecordRow.verdict, RecordRow.key_verdict)
)
_SESSIONS: Final = select(SessionRow).where(SessionRow.meter_id == bindparam("meter"))
_NEWEST_SESSION: Final = (
    _SESSIONS.options(joinedload(SessionRow.meter, innerjoin=True)).order_by(*NEWEST_FIRST).limit(1)
)
_LAST: Final = _NEWEST_SESSION.where(SessionRow.outcome.not_in(WITHOUT_END))
_WITHOUT_END: Final = _SESSIONS.where(SessionRow.outcome.in_(WITHOUT_END))
_NEWEST: Final = _SESSIONS.with_only_columns(SessionRow.id).order_by(*NEWEST_FIRST).limit(1)


class Archive:
    """The records of all meters that share a database.

    Every method blocks: none may be called in an event loop. All may be called from several threads
    at once, and raise ArchiveError when the database fails; what was stored before that stays.

    Attributes:
        ledger: drivers, prices and costs.
    """

    def __init__(self, url: str) -> None:
        """Name the database by its SQLAlchemy URL; nothing is opened yet."""
        self._database = Database(url)
        self.ledger = Ledger(self._database)

    def open(self) -> None:
        """Connect, and make or migrate the tables.

        Raises:
            ArchiveError: also for a URL that is none, a driver that is not installed, and tables
                that a newer version has made.
        """
        self._database.open()

    @property
    def opening(self) -> object:
        """What distinguishes one opening from the next; None while it is not open.

        It is closed when the file of SQLite turns out to have been deleted or replaced. Opened again,
        that may be another database, in which meters have other numbers.
        """
        return self._database.opening

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()

    def pause(self) -> None:
        """Write everything into the database's own file, and leave that alone until `resume`.

        For a backup that copies the file. Nothing waits: what is stored meanwhile goes into the log
        next to it. Does nothing but for SQLite.
        """
        self._database.pause()

    def resume(self) -> None:
        """Go on after `pause`."""
        self._database.resume()

    def at_once[T](self, work: Callable[[], T]) -> T:
        """Do several things in one transaction: all of it is on disk afterwards, or nothing.

        Args:
            work: calls this archive. It is called again if the same was written elsewhere meanwhile.
        """
        try:
            with self._database.writing():
                return work()
        except ConflictError:
            with self._database.writing():
                return work()

    def register_meter(self, info: MeterInfo) -> int:
        """Note a meter and what is known of it now; returns its number in the archive."""

        def register() -> int:
            with self._database.writing() as transaction:
                return changes.register(transaction, info).id

        return self.at_once(register)

    def rename_meter(self, old: str, new: str) -> None:
        """Know a meter by another unique ID, as one with all that is known of that ID."""
        with self._database.writing() as transaction:
            meter = changes.find_meter(transaction, old)
            if meter is None or old == new:
                return
            if other := changes.find_meter(transaction, new):
                changes.move(transaction, meter, other)
            else:
                meter.unique_id = new

    def meters(self) -> tuple[StoredMeter, ...]:
        """Return all meters that keep their records here, the first one first."""
        with self._database.reading() as transaction:
            return tuple(map(to_meter, transaction.scalars(select(MeterRow).order_by(MeterRow.id))))

    def see_key(self, meter_id: int, spki: bytes, now: datetime) -> StoredKey:
        """Note the key that a meter shows: the first one is pinned, another one is CHANGED.

        Records that could not be verified for lack of a key are verified with a pinned one.
        """
        key = load_public_key(spki)
        with self._database.writing() as transaction:
            changes.lock(transaction, meter_id)
            return to_key(changes.see_key(transaction, meter_id, key, now))

    def accept_key(
        self, meter_id: int, spki: bytes, now: datetime, *, former: KeyState = KeyState.FORMER
    ) -> None:
        """Pin a key that the user says is right; the pinned one becomes another.

        Args:
            meter_id: the meter.
            spki: the key to pin.
            now: the time.
            former: FORMER if the meter was given a new key, so that what the pinned one signed before
                stays valid; REJECTED if the pinned one was never this meter's.
        """
        key = load_public_key(spki)
        with self._database.writing() as transaction:
            changes.lock(transaction, meter_id)
            changes.accept_key(transaction, meter_id, key, now, former=former)

    def keys(self, meter_id: int) -> tuple[StoredKey, ...]:
        """Return the keys that a meter was seen with, the first one first."""
        with self._database.reading() as transaction:
            return tuple(map(to_key, changes.find_keys(transaction, meter_id)))

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
        with self._database.writing() as transaction:
            changes.lock(transaction, meter_id)
            row, new, judged = changes.store(transaction, meter_id, raw, source, now=now)
            row.chained = row.chained or chained
            return StoreResult(record=replace(to_record(row), judged=judged), new=new)

    def is_chained(self, meter_id: int, raw: bytes) -> bool:
        """Return whether a record is here together with all that are older in the logbook."""
        with self._database.reading() as transaction:
            row = changes.find_record(transaction, meter_id, judge(raw).digest)
            return row is not None and row.chained

    def has_chained(self, meter_id: int) -> bool:
        """Return whether `is_chained` is true of any record of a meter."""
        with self._database.reading() as transaction:
            return transaction.scalar(_CHAINED, {"meter": meter_id}) is not None

    def settle(self, meter_id: int, *, charging: bool) -> None:
        """Decide the outcome of sessions without a record of their end.

        All open ones are END_MISSING, but for the newest one while the meter is charging.
        """
        with self._database.writing() as transaction:
            changes.lock(transaction, meter_id)
            of_meter = {"meter": meter_id}
            newest = transaction.scalar(_NEWEST, of_meter) if charging else None
            for row in transaction.scalars(_WITHOUT_END, of_meter):
                still = charging and row.id == newest
                row.outcome = Outcome.OPEN if still else Outcome.END_MISSING

    def summary(self, meter_id: int) -> ArchiveSummary:
        """Return what the archive has of a meter."""
        of_meter = {"meter": meter_id}
        with self._database.reading() as transaction:
            counted = transaction.execute(_COUNTED, of_meter).all()
            last = transaction.scalar(_LAST, of_meter)
            return ArchiveSummary(
                records=sum(count for _, _, count, _ in counted),
                suspicious=sum(
                    count for verdict, key, count, _ in counted if is_suspicious(verdict, key)
                ),
                failed=sum(count for verdict, _, count, _ in counted if verdict is Verdict.INVALID),
                newest=max(
                    (
                        time
                        for verdict, key, _, time in counted
                        if time is not None and not is_suspicious(verdict, key)
                    ),
                    default=None,
                ),
                last=to_session(last) if last else None,
            )

    def newest_session(self, meter_id: int) -> Session | None:
        """Return the newest session of a meter, which may be running; None if it has none."""
        with self._database.reading() as transaction:
            row = transaction.scalar(_NEWEST_SESSION, {"meter": meter_id})
            return to_session(row) if row else None

    def sessions(self, query: SessionQuery) -> SessionPage:
        """Return a page of sessions, the newest first."""
        with self._database.reading() as transaction:
            total = transaction.scalar(
                select(func.count()).select_from(SessionRow).where(matching(query))
            )
            rows = transaction.scalars(
                SESSIONS.where(matching(query))
                .order_by(*NEWEST_FIRST)
                .offset(query.offset)
                .limit(query.limit)
            )
            return SessionPage(sessions=tuple(map(to_session, rows)), total=total or 0)

    def session(self, session_id: int) -> SessionDetail | None:
        """Return a session with its records; None if there is none of that number."""
        with self._database.reading() as transaction:
            rows = transaction.scalars(SESSIONS.where(SessionRow.id == number(session_id))).all()
            return next(details(transaction, rows), None)

    def neighbour(self, record: StoredRecord, *, later: bool) -> StoredRecord | None:
        """Return the verified record of another session that is next to a record by its time.

        Args:
            record: one of a session.
            later: whether the next one after it is wanted, instead of the last one before it.
        """
        if record.time is None:
            return None
        other = RecordRow.time > record.time if later else RecordRow.time < record.time
        with self._database.reading() as transaction:
            row = transaction.scalar(
                select(RecordRow)
                .where(
                    RecordRow.meter_id == record.meter_id,
                    # A metering board that was exchanged counts from the beginning.
                    RecordRow.key_id == record.key_id,
                    RecordRow.session_id != record.session_id,
                    RecordRow.verdict == Verdict.VALID,
                    other,
                )
                .order_by(RecordRow.time if later else RecordRow.time.desc())
                .limit(1)
            )
            return to_record(row) if row else None

    def each_session(
        self, query: SessionQuery, zone: tzinfo | None = None
    ) -> Iterator[SessionDetail]:
        """Return all sessions that a query is about, the oldest first, whatever its page.

        With a time zone, in which times of day are meant, their bills are added.
        """
        rest: ColumnElement[bool] = true()
        while True:
            with self._database.reading() as transaction:
                rows = transaction.scalars(
                    SESSIONS.where(matching(query), rest).order_by(*OLDEST_FIRST).limit(_BATCH)
                ).all()
                batch = tuple(details(transaction, rows))
                if zone is not None:
                    bills = bills_of(transaction, [each.session for each in batch], zone)
                    batch = tuple(map(_with_bill, batch, bills, strict=False))
            yield from batch
            if len(rows) < _BATCH:
                return
            rest = after(rows[-1])

    def energies(self, query: SessionQuery) -> list[SessionEnergy]:
        """Return the energies of all sessions that a query is about, whatever its page."""
        with self._database.reading() as transaction:
            rows = transaction.execute(
                select(
                    SessionRow.counted,
                    SessionRow.identification,
                    SessionRow.imported,
                    SessionRow.exported,
                ).where(matching(query))
            )
            return [SessionEnergy(*row) for row in rows]

    def marks(self, meter_id: int) -> dict[int, SessionMark]:
        """Mark all sessions of a meter by their numbers, to see later which of them have changed."""
        with self._database.reading() as transaction:
            return marks_of(transaction, meter_id)

    def hours(
        self, meter_id: int, since: datetime | None, zone: tzinfo, currency: str
    ) -> dict[datetime, Share]:
        """Add up what a meter's sessions have in each hour, from one hour on.

        Those sessions count that may be billed, or might be if they had a price.

        Args:
            meter_id: the meter.
            since: begin of the first hour; None for all hours.
            zone: in which the times of day of prices are meant.
            currency: costs in other currencies are left out.
        """
        hours: dict[datetime, Share] = defaultdict(Share)
        last = None
        while True:
            with self._database.reading() as transaction:
                rows = sessions_since(transaction, meter_id, since, last)
                for hour, share in shares_of(transaction, rows, zone, currency):
                    if since is None or hour >= since:
                        hours[hour] += share
            if not rows:
                return hours
            last = rows[-1]

    def records_without_session(self, meters: Sequence[str], offset: int, limit: int) -> RecordPage:
        """Return a page of the records that belong to no session, the last to arrive first.

        Args:
            meters: unique IDs of config entries; empty for all.
            offset: how many to pass over.
            limit: how many at most.
        """
        wanted: ColumnElement[bool] = RecordRow.session_id.is_(None)
        if meters:
            wanted &= RecordRow.meter_id.in_(
                select(MeterRow.id).where(MeterRow.unique_id.in_(meters))
            )
        with self._database.reading() as transaction:
            total = transaction.scalar(select(func.count()).select_from(RecordRow).where(wanted))
            rows = transaction.scalars(
                select(RecordRow)
                .where(wanted)
                .order_by(RecordRow.id.desc())
                .offset(offset)
                .limit(limit)
            )
            return RecordPage(records=tuple(map(to_record, rows)), total=total or 0)

    def record(self, record_id: int) -> StoredRecord | None:
        """Return a record; None if there is none of that number."""
        with self._database.reading() as transaction:
            row = transaction.get(RecordRow, number(record_id))
            return to_record(row) if row else None

    def find_record(self, digest: str) -> StoredRecord | None:
        """Return a record by the SHA-256 of its payload in hex."""
        with self._database.reading() as transaction:
            row = transaction.scalar(
                select(RecordRow).where(RecordRow.digest == digest).order_by(RecordRow.id).limit(1)
            )
            return to_record(row) if row else None

    def verify_again(self, after: int, limit: int, now: datetime) -> int | None:
        """Verify the next records after a number; returns the last one's, None at the end."""
        with self._database.reading() as transaction:
            rows = transaction.execute(
                select(RecordRow.id, RecordRow.meter_id)
                .where(RecordRow.id > after)
                .order_by(RecordRow.id)
                .limit(limit)
            ).all()
        if not rows:
            return None
        last: int = rows[-1].id
        for meter_id in {row.meter_id for row in rows}:
            with self._database.writing() as transaction:
                changes.lock(transaction, meter_id)
                these = and_(RecordRow.id > after, RecordRow.id <= last)
                changes.verify_again(transaction, meter_id, these, now)
        return last

    def forget_meter(self, unique_id: str) -> bool:
        """Delete a meter with all its records and keys, because the user asked for it.

        Returns:
            Whether the archive has any other meter.
        """
        with self._database.writing() as transaction:
            if meter := changes.find_meter(transaction, unique_id):
                changes.forget(transaction, meter.id)
            return transaction.scalar(select(MeterRow.id).limit(1)) is not None


def _with_bill(detail: SessionDetail, bill: Bill) -> SessionDetail:
    return replace(detail, bill=bill)
