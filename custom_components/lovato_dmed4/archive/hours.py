"""The hours of a meter's sessions: what statistics are made of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from itertools import batched
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session as Transaction

from ..billing.hours import HOUR, Reached, Share, hour_of, spread
from ..billing.model import NotBilled
from ..ocmf import Verdict, difference, judge
from .costs import AT_ONCE, RATES, bills_of
from .model import TRUSTED, Bill, Session
from .queries import OLDEST_FIRST, SESSIONS, after, to_session
from .tables import AppliedRow, RecordRow, SessionRow

# All that the share of a session in its hours depends on, but for the prices themselves.
_MARKED: Final = (
    SessionRow.end,
    SessionRow.imported,
    SessionRow.exported,
    SessionRow.outcome,
    SessionRow.verdict,
    SessionRow.records,
    SessionRow.arrived,
    *(getattr(AppliedRow, name) for name in RATES),
)


@dataclass(frozen=True, slots=True)
class SessionMark:
    """Where a session begins to count, and a number that changes with all that it counts by."""

    since: datetime
    content: int


def marks_of(transaction: Transaction, meter_id: int) -> dict[int, SessionMark]:
    """Mark all sessions of a meter by their numbers, to see later which of them have changed."""
    rows = transaction.execute(
        select(SessionRow.id, SessionRow.begin, SessionRow.counted, *_MARKED)
        .outerjoin(AppliedRow, AppliedRow.session_id == SessionRow.id)
        .where(SessionRow.meter_id == meter_id)
    )
    # A begin that is wrong may be later as well.
    return {
        number: SessionMark(hour_of(counted), hash((begin, counted, *rest)))
        for number, begin, counted, *rest in rows
    }


def sessions_since(
    transaction: Transaction, meter_id: int, since: datetime | None, last: SessionRow | None
) -> Sequence[SessionRow]:
    """Read the next sessions of a meter that reach into an hour or follow it."""
    wanted: list[ColumnElement[bool]] = [SessionRow.meter_id == meter_id]
    if since is not None:
        wanted.append(or_(SessionRow.end >= since, SessionRow.counted >= since))
    if last is not None:
        wanted.append(after(last))
    return transaction.scalars(SESSIONS.where(*wanted).order_by(*OLDEST_FIRST).limit(AT_ONCE)).all()


def shares_of(
    transaction: Transaction, rows: Iterable[SessionRow], zone: tzinfo, currency: str
) -> Iterator[tuple[datetime, Share]]:
    """Spread some sessions over their hours: those that may be billed, or might if they had a price."""
    counted = [
        bill
        for bill in bills_of(transaction, list(map(to_session, rows)), zone)
        if bill.cost.reason in (None, NotBilled.NO_PRICE)
    ]
    between = _between(transaction, [bill.session for bill in counted if _is_long(bill.session)])
    for bill in counted:
        yield from _spread(bill, between, currency).items()


def _is_right(session: Session) -> bool:
    """Whether the meter's clock can have been right: else only the arrival is known."""
    return session.begin == session.counted


def _is_long(session: Session) -> bool:
    return (
        _is_right(session)
        and session.end is not None
        and session.end > hour_of(session.counted) + HOUR
    )


def _spread(
    bill: Bill, between: Mapping[int, list[Reached]], currency: str
) -> Mapping[datetime, Share]:
    session, cost = bill.session, bill.cost
    whole = Reached(
        session.end if session.end and _is_right(session) else session.counted,
        session.imported or Decimal(0),
        session.exported or Decimal(0),
    )
    amount = cost.amount if cost.rates and cost.rates.currency == currency else None
    return spread(session.counted, [*between.get(session.id, ()), whole], amount)


def _between(transaction: Transaction, sessions: Sequence[Session]) -> Mapping[int, list[Reached]]:
    """Read how far sessions had come before they ended, from what the meter signed meanwhile."""
    ends = {session.id: session.end for session in sessions if session.end is not None}
    found: dict[int, dict[datetime, Reached]] = defaultdict(dict)
    for some in batched(ends, AT_ONCE, strict=False):
        for session_id, raw in transaction.execute(
            select(RecordRow.session_id, RecordRow.raw).where(
                RecordRow.session_id.in_(some),
                RecordRow.verdict == Verdict.VALID,
                RecordRow.key_verdict.in_(TRUSTED),
            )
        ):
            for reached in _readings(raw):
                if reached.time < ends[session_id]:
                    found[session_id][reached.time] = reached
    return {number: [each[time] for time in sorted(each)] for number, each in found.items()}


def _readings(raw: bytes) -> Iterator[Reached]:
    outline = judge(raw).outline
    begin = outline.begin if outline else None
    if outline is None or begin is None or begin.imported is None:
        return
    for moment in outline.moments:
        if moment.time is None or moment.imported is None or moment.time == begin.time:
            continue
        exported = Decimal(0)
        if begin.exported is not None and moment.exported is not None:
            exported = difference(begin.exported, moment.exported)
        yield Reached(moment.time, difference(begin.imported, moment.imported), exported)
