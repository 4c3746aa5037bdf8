"""What statements take: `python -m tools.benchmarks.statements`; by default 50 drivers and 10,000 sessions."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
import statistics
import sys
from tempfile import TemporaryDirectory
import time
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custom_components.lovato_dmed4.archive import Archive, MeterInfo, SessionQuery, Source
from custom_components.lovato_dmed4.billing.model import Driver, Identification, Price, Rates
from custom_components.lovato_dmed4.reports.billing import read_costs
from custom_components.lovato_dmed4.statements.files import StatementForm, export_statement
from custom_components.lovato_dmed4.statements.table import Words

from .archive import BEGIN, KEY, Timing, opened, signed, take_time

# Each session begins an hour after the one before: a month has 720 of them.
_MONTH: Final = timedelta(days=30)
_CARDS: Final = 100
_FORMS: Final = {StatementForm.PDF: "PDF", StatementForm.XLSX: "XLSX"}


def measure(url: str, drivers: int, sessions: int, runs: int) -> Iterator[Timing]:
    """Fill an archive with sessions of some drivers, and make what an owner makes at a month's end."""
    with opened(url) as archive:
        _fill(archive, drivers, sessions)
        until = BEGIN + timedelta(hours=sessions)
        month = SessionQuery(since=until - _MONTH, until=until)
        of_driver = SessionQuery(since=month.since, until=until, drivers=(1,))
        first = _statement(archive, month, StatementForm.PDF)
        begun = time.perf_counter()
        first()
        yield Timing(
            "the first statement of a month, libraries included", [time.perf_counter() - begun]
        )
        for form, name in _FORMS.items():
            yield take_time(
                f"a month of all drivers, {name}", [_statement(archive, month, form)] * runs
            )
        yield take_time(
            "a month of one driver, PDF", [_statement(archive, of_driver, StatementForm.PDF)] * runs
        )
        yield take_time("sums of a month", [partial(read_costs, archive, month, {})] * runs)
        yield take_time("sums of all sessions", [partial(read_costs, archive, SessionQuery(), {})])
        hours = partial(archive.hours, 1, None, UTC, "EUR")
        yield take_time("hours of all sessions, for the energy dashboard", [hours])
        yield take_time("find out which sessions have changed", [partial(archive.marks, 1)] * runs)


def _fill(archive: Archive, drivers: int, sessions: int) -> None:
    meter = archive.register_meter(MeterInfo(unique_id="benchmark", name="Benchmark"))
    spki = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    archive.see_key(meter, spki, BEGIN)
    for raw in islice(signed(2 * sessions), 1, None, 2):
        # The record of an end holds the begin as well.
        archive.store(meter, raw, Source.METER, BEGIN + timedelta(days=10_000))
    for number in range(drivers):
        cards = range(number, _CARDS, drivers)
        identifications = tuple(Identification(value=f"card {card:02}") for card in cards)
        archive.ledger.save_driver(
            Driver(name=f"Driver {number:02}", identifications=identifications)
        )
    rates = Rates(energy=Decimal("0.335"), minute=Decimal("0.02"), vat=Decimal(22), currency="EUR")
    archive.ledger.save_price(Price(rates=rates, since=datetime(2020, 1, 1, tzinfo=UTC)))


def _statement(archive: Archive, query: SessionQuery, form: StatementForm) -> partial[int]:
    return partial(_write, archive, query, form)


def _write(archive: Archive, query: SessionQuery, form: StatementForm) -> int:
    with TemporaryDirectory() as folder, (Path(folder) / "statement").open("w+b") as out:
        export_statement(
            archive, out, query=query, form=form, devices={}, words=Words({}, "en", "UTC")
        )
        return out.tell()


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.benchmarks.statements", description=__doc__
    )
    parser.add_argument("--drivers", type=int, default=50)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=10, help="of each document")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'records.db'}"
        sys.stderr.write(f"signing and storing {arguments.sessions} records\n")
        print(f"{arguments.drivers} drivers, {arguments.sessions} sessions:\n")
        print("| | times | median | longest |")
        print("|---|---|---|---|")
        for timing in measure(url, arguments.drivers, arguments.sessions, arguments.runs):
            median, longest = (
                f"{value:.2f} s" for value in (statistics.median(timing.times), max(timing.times))
            )
            print(f"| {timing.name} | {len(timing.times)} | {median} | {longest} |", flush=True)


if __name__ == "__main__":
    main()
