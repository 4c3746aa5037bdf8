"""What sessions cost, by the prices and drivers in the archive."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import time, timedelta, tzinfo
from decimal import Decimal
from itertools import batched
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from ..billing.cost import calculate
from ..billing.model import Charge, Cost, Driver, Identification, NotBilled, Price, Rates
from ..billing.prices import choose
from ..ocmf import Judged, Moment, Record, RecordKind, judge, outlined_time_quality
from .model import Bill, Outcome, Session, SessionVerdict
from .tables import AppliedRow, DriverRow, IdentificationRow, MeterRow, PriceRow, RecordRow

AT_ONCE: Final = 500
"""Sessions whose costs are calculated at once: the last record of each is in memory meanwhile."""

# Asked for at each record, put together once: that takes longer than to ask.
_PRICES: Final = select(PriceRow).order_by(PriceRow.since, PriceRow.id)
RATES: Final = tuple(field.name for field in fields(Rates))
_ENDS: Final = (RecordKind.END, RecordKind.POWER_FAILURE)
# Flag of a reading (EF): its energy must not be billed.
_ENERGY_ERROR: Final = "E"
_VERDICTS: Final = {
    SessionVerdict.INVALID: NotBilled.INVALID,
    SessionVerdict.KEY_CHANGED: NotBilled.KEY_CHANGED,
    SessionVerdict.UNVERIFIABLE: NotBilled.UNVERIFIABLE,
    SessionVerdict.INCONSISTENT: NotBilled.INCONSISTENT,
}
_OUTCOMES: Final = {
    Outcome.OPEN: NotBilled.OPEN,
    Outcome.END_MISSING: NotBilled.END_MISSING,
}


@dataclass(frozen=True, slots=True)
class Book:
    """All that prices a session: read once, used for many."""

    drivers: Mapping[str, Driver]
    prices: Sequence[Price]
    applied: Mapping[int, Rates]

    def driver(self, session: Session) -> Driver | None:
        """Find who charged."""
        if session.identification is None:
            return None
        return self.drivers.get(Identification(value=session.identification).match)

    def price(self, session: Session, zone: tzinfo) -> Price | None:
        """Find the price that held when a session began."""
        if session.begin is None:
            return None
        driver = self.driver(session)
        return choose(
            self.prices,
            meter=session.meter,
            driver_id=driver.id if driver else None,
            begin=session.counted,
            zone=zone,
        )


def read_drivers(transaction: Transaction) -> tuple[Driver, ...]:
    """Read all drivers, by name."""
    identifications = defaultdict(list)
    for row in transaction.scalars(select(IdentificationRow).order_by(IdentificationRow.id)):
        identifications[row.driver_id].append(Identification(value=row.value, type=row.type))
    found = [
        Driver(
            id=row.id,
            name=row.name,
            identifications=tuple(identifications[row.id]),
            address=row.address,
            email=row.email,
            person=row.person,
            note=row.note,
            active=row.active,
        )
        for row in transaction.scalars(select(DriverRow))
    ]
    return tuple(sorted(found, key=lambda driver: (driver.name.casefold(), driver.id)))


def read_prices(transaction: Transaction) -> tuple[Price, ...]:
    """Read all prices, the oldest first."""
    rows = transaction.scalars(_PRICES).all()
    if not rows:
        return ()
    meters = {row.id: row.unique_id for row in transaction.scalars(select(MeterRow))}
    return tuple(
        Price(
            id=row.id,
            rates=rates_of(row),
            since=row.since,
            until=row.until,
            meter=None if row.meter_id is None else meters[row.meter_id],
            driver_id=row.driver_id,
            time_from=_time(row.time_from),
            time_until=_time(row.time_until),
            entity_id=row.entity_id,
        )
        for row in rows
    )


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


def rates_of(row: PriceRow | AppliedRow) -> Rates:
    """Return the rates that a row has."""
    return Rates(**{name: getattr(row, name) for name in RATES})


def open_book(transaction: Transaction, sessions: Iterable[Session]) -> Book:
    """Read all that prices some sessions."""
    wanted = [session.id for session in sessions]
    return Book(
        drivers={
            identification.match: driver
            for driver in read_drivers(transaction)
            for identification in driver.identifications
        },
        prices=read_prices(transaction),
        applied={
            row.session_id: rates_of(row)
            for some in batched(wanted, AT_ONCE, strict=False)
            for row in transaction.scalars(
                select(AppliedRow).where(AppliedRow.session_id.in_(some))
            )
        },
    )


def bills_of(transaction: Transaction, sessions: Sequence[Session], zone: tzinfo) -> Iterator[Bill]:
    """Calculate the costs of sessions."""
    book = open_book(transaction, sessions)
    ends: dict[int, RecordRow] = {}
    for some in batched((session.id for session in sessions), AT_ONCE, strict=False):
        for row in transaction.scalars(
            select(RecordRow)
            .where(RecordRow.session_id.in_(some), RecordRow.kind.in_(_ENDS))
            .order_by(RecordRow.id)
        ):
            if row.session_id is not None and _is_better(row, ends.get(row.session_id)):
                ends[row.session_id] = row
    for session in sessions:
        yield _bill(session, ends.get(session.id), book, zone)


def _is_better(row: RecordRow, before: RecordRow | None) -> bool:
    """Prefer the record of an end over that of a power failure, as `judging.derive` does."""
    return before is None or (row.kind is RecordKind.END and before.kind is not RecordKind.END)


def _bill(session: Session, end: RecordRow | None, book: Book, zone: tzinfo) -> Bill:
    judged = judge(end.raw) if end else None
    bill = Bill(session=session, driver=book.driver(session), cost=Cost(amount=None))
    if end is None or judged is None or judged.outline is None:
        return replace(bill, cost=_cost(session, None, book, zone))
    begin, now = judged.outline.begin, judged.outline.now
    return replace(
        bill,
        cost=_cost(session, judged, book, zone),
        register_begin=_register(begin),
        register_end=_register(now),
        record=end.id,
        pagination=end.pagination,
        digest=end.digest,
        key_id=end.key_id,
    )


def _register(moment: Moment | None) -> Decimal | None:
    return None if moment is None else moment.imported


def _cost(session: Session, judged: Judged | None, book: Book, zone: tzinfo) -> Cost:
    """Calculate what a session costs; the rates are named also where it may not be billed."""
    record = judged.record if judged else None
    rates = book.applied.get(session.id)
    fixed = rates is not None
    if rates is None and (price := book.price(session, zone)) is not None:
        rates = price.rates
    reason = _reason(session, record)
    cost = Cost(amount=None, reason=reason, rates=rates, fixed=fixed)
    if reason is not None or judged is None or session.imported is None:
        return cost
    if rates is None or rates.energy is None:
        return replace(cost, reason=NotBilled.NO_PRICE)
    charge = Charge(
        seconds=_seconds(session, judged),
        imported=session.imported,
        exported=session.exported or Decimal(0),
    )
    return replace(
        cost,
        amount=calculate(charge, rates),
        time_left_out=charge.seconds is None and bool(rates.minute),
    )


def _reason(session: Session, record: Record | None) -> NotBilled | None:
    """Find what keeps a session from being billed, whatever it would cost."""
    reason = _OUTCOMES.get(session.outcome) or _VERDICTS.get(session.verdict)
    if reason not in (None, NotBilled.INCONSISTENT):
        return reason
    if record and any(_ENERGY_ERROR in (each.error_flags or "") for each in record.readings):
        # Says more than that the records are inconsistent, which they are because of it.
        return NotBilled.ENERGY_ERROR
    if reason is None and (record is None or session.imported is None or session.begin is None):
        return NotBilled.ENERGY_UNKNOWN
    return reason


def _seconds(session: Session, judged: Judged) -> Decimal | None:
    """Return how long a session took; None where that may not be billed."""
    if session.begin is None or session.end is None or session.end < session.begin:
        return None
    if session.begin != session.counted:
        # The clock was wrong.
        return None
    if judged.outline is None or not outlined_time_quality([judged.outline]).billable:
        return None
    return Decimal((session.end - session.begin) // timedelta(microseconds=1)) / 1_000_000
