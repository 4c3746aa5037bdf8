"""Cost by cost, a statement is what its sessions cost: to the cent, whatever the prices, hours and signs.

The expected cost is worked out here in another way: in whole numbers, from what was signed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lovato_dmed4.archive import Archive, MeterInfo, SessionQuery, Source
from custom_components.lovato_dmed4.billing.model import Driver, Identification, Price, Rates
from custom_components.lovato_dmed4.billing.sums import Sums
from custom_components.lovato_dmed4.reports.billing import read_costs
from custom_components.lovato_dmed4.statements.content import PrintedKey, Statement, compose
from custom_components.lovato_dmed4.statements.files import StatementForm, export_statement
from custom_components.lovato_dmed4.statements.table import Words
from tests.integration.reports.opened import open_workbook
from tests.ocmf.helpers import KEY, record, sign, spki

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2027, 1, 1, tzinfo=UTC)
NIGHT = (time(22), time(6))
OURS = PrintedKey(meter="meter", fingerprint="", spki=b"")

# Summer time begins and ends, the night begins and ends, a month and a year end, and none of it.
MOMENTS = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 7, 1, 20, tzinfo=UTC),
    datetime(2026, 7, 1, 4, tzinfo=UTC),
    datetime(2026, 7, 31, 22, tzinfo=UTC),
    datetime(2025, 12, 31, 23, tzinfo=UTC),
    datetime(2026, 5, 5, 10, tzinfo=UTC),
]


@pytest.fixture(autouse=True)
def _time_zone() -> Iterator[None]:
    before = dt_util.get_default_time_zone()
    dt_util.set_default_time_zone(ROME)
    yield
    dt_util.set_default_time_zone(before)


@dataclass(frozen=True)
class Charge:
    """A charge; energies in Wh, times in whole seconds."""

    begin: datetime
    seconds: int
    imported: int
    exported: int
    card: str
    clock: str

    def sign(self, number: int) -> bytes:
        """Sign its end, which holds its begin as well."""
        end = self.begin + timedelta(seconds=self.seconds)
        first = self._moment("B", self.begin, 0, 0)
        last = self._moment("E", end, self.imported, self.exported)
        payload = (
            f'{{"FV":"1.3","PG":"T{number}","MS":"M-1","IS":true,"IT":"ISO14443","ID":"{self.card}",'
            f'"RD":[{first},{last}]}}'
        )
        return record(sign(payload, KEY), payload).encode()

    def _moment(self, reason: str, at: datetime, imported: int, exported: int) -> str:
        tell = f"{at:%Y-%m-%dT%H:%M:%S},000+0000 {self.clock}"
        return (
            f'{{"TM":"{tell}","TX":"{reason}","RV":{5_000_000 + imported},"RI":"1.8.0","RU":"Wh",'
            f'"ST":"G"}},{{"RV":{70_000 + exported},"RI":"2.8.0","RU":"Wh","ST":"G"}},'
            f'{{"RV":{imported},"RI":"1.9.0","RU":"Wh","ST":"G"}}'
        )

    def cost(self, day: Rates, night: Rates) -> Decimal:
        """Work the cost out in millionths of a thousandth of a sixtieth of a cent, and round once."""
        local = self.begin.astimezone(ROME).time()
        rates = night if local >= NIGHT[0] or local < NIGHT[1] else day
        energy, fed, minute, once = (
            int(rate.scaleb(6)) if rate is not None else 0
            for rate in (rates.energy, rates.exported, rates.minute, rates.session)
        )
        seconds = self.seconds if self.clock == "S" else 0
        exact = 60 * (energy * self.imported - fed * self.exported + 1000 * once)
        exact += 1000 * minute * seconds
        unit = 60 * 1000 * 10**4
        cents, rest = divmod(abs(exact), unit)
        cents += 2 * rest >= unit
        return Decimal(cents if exact >= 0 else -cents).scaleb(-2)


PRICES = st.sampled_from(["0.005", "-0.005", "0.015", "0.455", "-0.12", "0", "0.333333", "1.2345"])


def rates_of(numbers: tuple[str, str, str, str], vat: str | None) -> Rates:
    energy, exported, minute, session = map(Decimal, numbers)
    return Rates(
        energy=energy,
        exported=exported,
        minute=minute,
        session=session,
        vat=None if vat is None else Decimal(vat),
        currency="EUR",
    )


CHARGES = st.lists(
    st.builds(
        Charge,
        begin=st.builds(
            lambda moment, seconds: moment + timedelta(seconds=seconds),
            st.sampled_from(MOMENTS),
            st.integers(-5400, 5400),
        ),
        seconds=st.integers(0, 8 * 3600),
        imported=st.sampled_from([0, 1, 500, 1000, 1500]) | st.integers(0, 90_000),
        exported=st.sampled_from([0, 0, 1000]) | st.integers(0, 40_000),
        card=st.sampled_from(["04A2", "05B0", "FFFF"]),
        clock=st.sampled_from(["S", "S", "I"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda charge: charge.begin,
)


@settings(max_examples=25, deadline=None)
@given(
    charges=CHARGES,
    day=st.tuples(PRICES, PRICES, PRICES, PRICES),
    night=st.tuples(PRICES, PRICES, PRICES, PRICES),
    vat=st.sampled_from([None, "22", "5.5"]),
)
def test_the_costs_of_the_sessions_are_the_statement(
    charges: list[Charge],
    day: tuple[str, str, str, str],
    night: tuple[str, str, str, str],
    vat: str | None,
) -> None:
    by_day, by_night = rates_of(day, vat), rates_of(night, vat)
    expected = {charge.begin: charge.cost(by_day, by_night) for charge in charges}
    with TemporaryDirectory() as folder:
        archive = Archive(f"sqlite:///{Path(folder) / 'records.db'}")
        archive.open()
        try:
            _fill(archive, charges, by_day, by_night)
            bills = list(archive.ledger.bills(SessionQuery(), ROME))
            assert {bill.session.begin: bill.cost.amount for bill in bills} == expected
            statement = compose(
                bills, issuer={}, meters={}, keys={1: OURS}, since=None, until=None, zone=ROME
            )
            _check(statement, expected)
            costs = read_costs(archive, SessionQuery(), {})
            (total,) = costs["costs"]
            assert Decimal(str(total["amount"])) == sum(expected.values())
            _check_workbook(archive, expected)
        finally:
            archive.close()


def _fill(archive: Archive, charges: list[Charge], day: Rates, night: Rates) -> None:
    meter = archive.register_meter(MeterInfo(unique_id="meter", name="Meter"))
    archive.see_key(meter, spki(KEY), NOW)
    for number, charge in enumerate(sorted(charges, key=lambda each: each.begin), 1):
        archive.store(meter, charge.sign(number), Source.METER, NOW)
    for name, card in (("Anna", "04a2"), ("Bert", "05B0")):
        archive.ledger.save_driver(Driver(name=name, identifications=(Identification(value=card),)))
    since = datetime(2025, 1, 1, tzinfo=UTC)
    archive.ledger.save_price(Price(rates=day, since=since))
    archive.ledger.save_price(
        Price(rates=night, since=since, time_from=NIGHT[0], time_until=NIGHT[1])
    )


def _check(statement: Statement, expected: dict[datetime, Decimal]) -> None:
    total = sum(expected.values())
    lines = [line.bill.cost.amount for section in statement.sections for line in section.billed]
    assert sorted(lines, key=str) == sorted(expected.values(), key=str)
    assert statement.sums.costs == {"EUR": total}
    sections = Sums()
    for section in statement.sections:
        assert section.left_out == []
        assert section.sums.costs["EUR"] == sum(
            line.bill.cost.amount or Decimal(0) for line in section.billed
        )
        sections.imported += section.sums.imported
    assert sections.imported == statement.sums.imported
    (vat,) = statement.vat
    assert vat.gross == total
    assert vat.net + vat.vat == vat.gross


def _check_workbook(archive: Archive, expected: dict[datetime, Decimal]) -> None:
    """The file says the same as the session's own costs."""
    out = io.BytesIO()
    export_statement(
        archive,
        out,
        query=SessionQuery(),
        form=StatementForm.XLSX,
        devices={},
        words=Words({}, "en", "Europe/Rome"),
    )
    heading, *rows = open_workbook(out).worksheets[0].iter_rows(values_only=True)
    column = heading.index("cost")
    written = [Decimal(str(row[column])).quantize(Decimal("0.01")) for row in rows]
    assert sorted(written) == sorted(expected.values())
