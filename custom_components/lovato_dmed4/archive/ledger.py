"""Drivers, prices, and what sessions cost by them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, tzinfo
from decimal import Decimal

from sqlalchemy import ColumnElement, delete, func, select, true
from sqlalchemy.orm import Session as Transaction

from ..billing.model import Driver, Price, Rates
from . import changes
from .costs import AT_ONCE, RATES, bills_of, open_book, read_drivers, read_prices
from .database import ConflictError, Database
from .judging import searchable
from .model import (
    Bill,
    IdentificationTakenError,
    NotInLedgerError,
    Session,
    SessionQuery,
    UnnamedIdentification,
)
from .queries import OLDEST_FIRST, SESSIONS, WHO, after, matching, number, to_session
from .tables import (
    NEVER,
    AppliedRow,
    DriverRow,
    IdentificationRow,
    PriceRow,
    SessionRow,
    SettingRow,
)


class Ledger:
    """Drivers, prices and costs, in the archive's database.

    As the archive's, its methods block, and raise ArchiveError when the database fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- Drivers ------------------------------------------------------------------------------

    def drivers(self) -> tuple[Driver, ...]:
        """Return all drivers by name."""
        with self._database.reading() as transaction:
            return read_drivers(transaction)

    def save_driver(self, driver: Driver) -> Driver:
        """Add a driver, or change the one of that number; records stay as they were signed.

        Raises:
            IdentificationTakenError: another driver has one of the identifications.
            NotInLedgerError: there is no driver of that number.
        """
        try:
            with self._database.writing() as transaction:
                return _save_driver(transaction, driver)
        except ConflictError:
            raise IdentificationTakenError("Another driver has this identification") from None

    def delete_driver(self, driver_id: int) -> None:
        """Delete all that is known of a driver, and the prices made for them.

        What the meters have signed stays: identifications are a part of the evidence.

        Raises:
            NotInLedgerError: there is no driver of that number.
        """
        with self._database.writing() as transaction:
            row = _found(transaction.get(DriverRow, number(driver_id)))
            for table in (PriceRow, IdentificationRow):
                transaction.execute(delete(table).where(table.driver_id == row.id))
            transaction.delete(row)

    def unnamed(self) -> tuple[UnnamedIdentification, ...]:
        """Return the identifications in records that belong to no driver, the newest first."""
        with self._database.reading() as transaction:
            known = select(IdentificationRow.match)
            rows = transaction.execute(
                select(
                    SessionRow.identification,
                    func.min(SessionRow.identification_type),
                    func.count(),
                    func.max(SessionRow.begin),
                )
                .where(
                    SessionRow.identification != "",
                    WHO.not_in(known),
                )
                .group_by(SessionRow.identification)
            ).all()
        found = [
            UnnamedIdentification(
                value=value, type=kind, sessions=count, last=None if last == NEVER else last
            )
            for value, kind, count, last in rows
        ]
        return tuple(sorted(found, key=lambda each: each.last or NEVER, reverse=True))

    # --- Prices -------------------------------------------------------------------------------

    def prices(self) -> tuple[Price, ...]:
        """Return all prices, the oldest first."""
        with self._database.reading() as transaction:
            return read_prices(transaction)

    def save_price(self, price: Price) -> Price:
        """Add a price, or change the one of that number, which keeps its currency.

        Sessions whose rates are fixed already keep them: see `apply`.

        Raises:
            NotInLedgerError: there is no such price, meter or driver.
        """
        with self._database.writing() as transaction:
            row = PriceRow()
            if price.id is not None:
                row = _found(transaction.get(PriceRow, number(price.id)))
                # Home Assistant's may have changed since: the amounts did not change with it.
                price = replace(price, rates=replace(price.rates, currency=row.currency))
            meter = price.meter and _found(changes.find_meter(transaction, price.meter)).id
            row.meter_id = meter or None
            if price.driver_id is not None:
                _found(transaction.get(DriverRow, number(price.driver_id)))
            row.driver_id, row.entity_id = price.driver_id, price.entity_id
            row.since, row.until = price.since, price.until
            row.time_from, row.time_until = map(_time_text, (price.time_from, price.time_until))
            _fill_rates(row, price.rates)
            transaction.add(row)
            transaction.flush()
            return replace(price, id=row.id)

    def delete_price(self, price_id: int) -> None:
        """Delete a price; sessions whose rates are fixed keep them.

        Raises:
            NotInLedgerError: there is no price of that number.
        """
        with self._database.writing() as transaction:
            transaction.delete(_found(transaction.get(PriceRow, number(price_id))))

    # --- Who sends statements -----------------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """Return what was saved about the sender of statements."""
        with self._database.reading() as transaction:
            return {row.name: row.value for row in transaction.scalars(select(SettingRow))}

    def save_settings(self, values: Mapping[str, str]) -> None:
        """Replace what was saved."""
        with self._database.writing() as transaction:
            transaction.execute(delete(SettingRow))
            transaction.add_all(
                SettingRow(name=name, value=value) for name, value in values.items()
            )

    # --- Costs --------------------------------------------------------------------------------

    def fix(
        self,
        session_ids: Sequence[int],
        zone: tzinfo,
        *,
        readings: Mapping[str, Decimal],
        since: datetime,
    ) -> None:
        """Store with sessions the rates that apply to them, unless that is done.

        Args:
            session_ids: their numbers.
            zone: in which times of day are meant.
            readings: the present price of a kWh by the entity that says it.
            since: it is the price of sessions that began then or later, not of earlier ones.
        """
        with self._database.writing() as transaction:
            rows = transaction.scalars(SESSIONS.where(SessionRow.id.in_(session_ids)))
            sessions = list(map(to_session, rows))
            book = open_book(transaction, sessions)
            for session in sessions:
                price = None if session.id in book.applied else book.price(session, zone)
                if price is None or session.begin is None:
                    continue
                rates = price.rates
                said = readings.get(price.entity_id or "")
                if said is not None and session.begin >= since:
                    rates = replace(rates, energy=said)
                if rates.energy is not None:
                    _apply(transaction, session.id, rates)

    def apply(self, query: SessionQuery, zone: tzinfo) -> int:
        """Apply the prices as they are now to sessions, also where others were applied before.

        Where an entity says the price, rates that were applied stay: its state then is gone.

        Returns:
            How many sessions have other rates than before.
        """
        changed = 0
        for sessions in self._batches(query):
            with self._database.writing() as transaction:
                book = open_book(transaction, sessions)
                for session in sessions:
                    price, before = book.price(session, zone), book.applied.get(session.id)
                    if price is None or price.rates.energy is None:
                        continue
                    if before is not None and price.entity_id is not None:
                        continue
                    if before != price.rates:
                        transaction.execute(
                            delete(AppliedRow).where(AppliedRow.session_id == session.id)
                        )
                        _apply(transaction, session.id, price.rates)
                        changed += 1
        return changed

    def bill(self, sessions: Sequence[Session], zone: tzinfo) -> list[Bill]:
        """Calculate the costs of sessions."""
        with self._database.reading() as transaction:
            return list(bills_of(transaction, sessions, zone))

    def bills(self, query: SessionQuery, zone: tzinfo) -> Iterator[Bill]:
        """Calculate the costs of all sessions that a query is about, the oldest first."""
        for sessions in self._batches(query):
            yield from self.bill(sessions, zone)

    def _batches(self, query: SessionQuery) -> Iterator[list[Session]]:
        rest: ColumnElement[bool] = true()
        while True:
            with self._database.reading() as transaction:
                rows = transaction.scalars(
                    SESSIONS.where(matching(query), rest).order_by(*OLDEST_FIRST).limit(AT_ONCE)
                ).all()
                yield list(map(to_session, rows))
            if len(rows) < AT_ONCE:
                return
            rest = after(rows[-1])


def _found[RowT](row: RowT | None) -> RowT:
    if row is None:
        raise NotInLedgerError("There is none of that number")
    return row


def _save_driver(transaction: Transaction, driver: Driver) -> Driver:
    row = DriverRow()
    if driver.id is None:
        transaction.add(row)
    else:
        row = _found(transaction.get(DriverRow, number(driver.id)))
    row.name, row.address, row.email = driver.name, driver.address, driver.email
    row.person, row.note, row.active = driver.person, driver.note, driver.active
    row.search = searchable(f"{driver.name}\n{driver.email}")
    transaction.flush()
    transaction.execute(delete(IdentificationRow).where(IdentificationRow.driver_id == row.id))
    # A value given twice, in whatever case, counts once.
    given = {each.match: each for each in driver.identifications}
    transaction.add_all(
        IdentificationRow(driver_id=row.id, value=each.value, match=match, type=each.type)
        for match, each in given.items()
    )
    transaction.flush()
    return replace(driver, id=row.id, identifications=tuple(given.values()))


def _time_text(moment: time | None) -> str | None:
    return None if moment is None else f"{moment:%H:%M}"


def _fill_rates(row: PriceRow | AppliedRow, rates: Rates) -> None:
    for name in RATES:
        setattr(row, name, getattr(rates, name))


def _apply(transaction: Transaction, session_id: int, rates: Rates) -> None:
    row = AppliedRow(session_id=session_id)
    _fill_rates(row, rates)
    transaction.add(row)
