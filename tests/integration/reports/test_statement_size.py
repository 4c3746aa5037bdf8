"""A statement of many sessions stays small, and says the same of each of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import io

import pytest

from custom_components.lovato_dmed4.archive import Archive, SessionQuery
from custom_components.lovato_dmed4.billing.model import Price, Rates
from custom_components.lovato_dmed4.statements.files import StatementForm, export_statement
from custom_components.lovato_dmed4.statements.table import Words
from tests.archive.helpers import Charge, add_meter, store
from tests.integration.reports.opened import open_pdf

SESSIONS = 200
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Fill an archive, which statements are only read from."""
    archive = Archive(f"sqlite:///{tmp_path_factory.mktemp('size') / 'records.db'}")
    archive.open()
    meter = add_meter(archive)
    start = datetime(2026, 5, 1, tzinfo=UTC)
    rates = Rates(energy=Decimal("0.335"), currency="EUR")
    archive.ledger.save_price(Price(rates=rates, since=start))
    for number in range(SESSIONS):
        charge = Charge(
            page=2 * number + 1,
            start=start + timedelta(hours=number),
            imported=Decimal("100.000") + 10 * number,
        )
        store(archive, meter, charge.end(3))
    yield archive
    archive.close()


@pytest.mark.parametrize("form", StatementForm)
def test_two_hundred_sessions_make_less_than_a_megabyte(
    archive: Archive, form: StatementForm
) -> None:
    out = io.BytesIO()
    export = export_statement(
        archive,
        out,
        query=SessionQuery(),
        form=form,
        devices={},
        words=Words({}, "en", "UTC"),
    )
    assert export.contents.sessions == SESSIONS
    assert len(out.getvalue()) < MEGABYTE
    if form is StatementForm.PDF:
        text = "".join(page.extract_text() for page in open_pdf(out).pages)
        # 3 kWh at 0.335 are 1.005, rounded once each: 200 x 1.01, and not 200 x 1.005.
        assert text.count("1.01") >= SESSIONS
        assert "202.00 EUR" in text
