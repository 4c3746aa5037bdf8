"""Drivers, prices and costs in the archive, in each database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.lovato_dmed4.archive import (
    Archive,
    Bill,
    IdentificationTakenError,
    NotInLedgerError,
    SessionQuery,
    Source,
)
from custom_components.lovato_dmed4.billing.model import (
    NO_DRIVER,
    Driver,
    Identification,
    NotBilled,
    Price,
    Rates,
)

from .helpers import LATER, NOW, OTHER_KEY, OTHER_SPKI, Charge, add_meter, store, tampered

ZONE = ZoneInfo("Europe/Rome")
ALL = SessionQuery()
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def charge(day: int, who: str | None = "04A1B2C3", **texts: Any) -> Charge:
    return Charge(
        page=10 * day,
        start=datetime(2026, 5, day, 10, tzinfo=UTC),
        imported=Decimal(100 + day),
        texts={"ID": who, **texts},
    )


def charged(archive: Archive, meter: int, *charges: Charge) -> None:
    for each in charges:
        store(archive, meter, each.begin(), each.end(3))


def rates(energy: str, **fields: str) -> Rates:
    return Rates(
        energy=Decimal(energy),
        currency="EUR",
        **{name: Decimal(value) for name, value in fields.items()},
    )


def driver(name: str, *values: str, **fields: Any) -> Driver:
    given = tuple(Identification(value=value) for value in values)
    return Driver(name=name, identifications=given, **fields)


def bills(archive: Archive, query: SessionQuery = ALL) -> list[Bill]:
    return list(archive.ledger.bills(query, ZONE))


def costs(archive: Archive, query: SessionQuery = ALL) -> list[str | None]:
    return [
        None if bill.cost.amount is None else str(bill.cost.amount)
        for bill in bills(archive, query)
    ]


def reasons(archive: Archive) -> list[NotBilled | None]:
    return [bill.cost.reason for bill in bills(archive)]


def test_a_driver_is_kept_and_changed(archive: Archive) -> None:
    ledger = archive.ledger
    known = ledger.save_driver(
        driver("Zoë", "04a1", "IT-X", address="Via 1\nRoma", email="z@x.it", person="person.zoe")
    )
    other = ledger.save_driver(driver("anna", active=False, note="guest"))
    assert ledger.drivers() == (other, known)
    changed = replace(known, name="Zoë B.", identifications=(Identification(value="04A1"),))
    assert ledger.save_driver(changed) == changed
    assert ledger.drivers() == (other, changed)
    assert other.id is not None
    ledger.delete_driver(other.id)
    assert ledger.drivers() == (changed,)


def test_nothing_is_changed_that_is_not_there(archive: Archive, meter: int) -> None:
    ledger = archive.ledger
    missing: list[Callable[[], object]] = [
        lambda: ledger.save_driver(replace(driver("x"), id=99)),
        lambda: ledger.delete_driver(99),
        lambda: ledger.delete_price(2**40),
        lambda: ledger.save_price(Price(rates=rates("1"), since=SINCE, meter="elsewhere")),
        lambda: ledger.save_price(Price(rates=rates("1"), since=SINCE, driver_id=99)),
        lambda: ledger.save_price(Price(id=99, rates=rates("1"), since=SINCE)),
    ]
    for change in missing:
        with pytest.raises(NotInLedgerError):
            change()
    assert ledger.drivers() == ()
    assert ledger.prices() == ()


def test_an_identification_belongs_to_one_driver(archive: Archive) -> None:
    first = archive.ledger.save_driver(driver("Anna", "04A1", " 04a1 "))
    assert [each.value for each in first.identifications] == [" 04a1 "]
    with pytest.raises(IdentificationTakenError):
        archive.ledger.save_driver(driver("Bert", "04a1"))
    assert archive.ledger.drivers() == (first,)


def test_sessions_are_found_by_their_drivers(archive: Archive, meter: int) -> None:
    charged(archive, meter, charge(1), charge(2, "05B0"), charge(3, None), charge(4, "04a1b2c3"))
    anna = archive.ledger.save_driver(driver("Anna Bell", "04A1B2C3"))
    bert = archive.ledger.save_driver(driver("Bert"))
    assert anna.id is not None
    assert bert.id is not None

    def days(**query: Any) -> list[int]:
        page = archive.sessions(SessionQuery(**query))
        assert page.total == len(page.sessions)
        return [each.begin.day for each in page.sessions if each.begin]

    assert days(drivers=[anna.id]) == [4, 1]
    assert days(drivers=[bert.id]) == []
    assert days(drivers=[NO_DRIVER]) == [3, 2]
    assert days(drivers=[anna.id, NO_DRIVER]) == [4, 3, 2, 1]
    assert days(search="na bel") == [4, 1]
    assert days(search="bert") == []
    assert [bill.driver and bill.driver.name for bill in bills(archive)] == [
        "Anna Bell",
        None,
        None,
        "Anna Bell",
    ]


def test_new_identifications_are_offered_for_naming(archive: Archive, meter: int) -> None:
    charged(archive, meter, charge(1), charge(2, "05B0"), charge(3, None), charge(4, "05B0"))
    archive.ledger.save_driver(driver("Anna", "04a1b2c3"))
    (found,) = archive.ledger.unnamed()
    assert (found.value, found.type, found.sessions) == ("05B0", "ISO14443", 2)
    assert found.last == charge(4).start


def test_a_price_is_kept_and_changed(archive: Archive, meter: int) -> None:
    ledger = archive.ledger
    anna = ledger.save_driver(driver("Anna"))
    kept = ledger.save_price(
        Price(
            rates=rates("0.490", exported="0.1", minute="-0.05", session="1", vat="19"),
            since=SINCE,
            until=NOW,
            meter="meter",
            driver_id=anna.id,
            time_from=time(22, 30),
            time_until=time(6),
            entity_id="sensor.price",
        )
    )
    assert ledger.prices() == (kept,)
    assert str(ledger.prices()[0].rates.energy) == "0.490"
    general = replace(kept, meter=None, driver_id=None, time_from=None, time_until=None, until=None)
    assert ledger.save_price(general) == general
    assert ledger.prices() == (general,)
    assert general.id is not None
    ledger.delete_price(general.id)
    assert ledger.prices() == ()


def test_a_price_keeps_its_currency(archive: Archive) -> None:
    """Whose amounts were entered in euros must not become as many francs."""
    saved = archive.ledger.save_price(Price(rates=rates("0.40"), since=SINCE))
    francs = replace(rates("0.45"), currency="CHF")
    changed = archive.ledger.save_price(replace(saved, rates=francs))
    assert changed == replace(saved, rates=rates("0.45"))
    assert archive.ledger.prices() == (changed,)
    added = archive.ledger.save_price(Price(rates=francs, since=SINCE))
    assert archive.ledger.prices() == (changed, added)
    assert added.rates.currency == "CHF"


def test_deleting_a_driver_deletes_what_is_known_and_leaves_the_records(
    archive: Archive, meter: int
) -> None:
    charged(archive, meter, charge(1))
    anna = archive.ledger.save_driver(driver("Anna", "04A1B2C3"))
    archive.ledger.save_price(Price(rates=rates("1"), since=SINCE, driver_id=anna.id))
    assert anna.id is not None
    archive.ledger.delete_driver(anna.id)
    assert archive.ledger.prices() == ()
    assert [each.value for each in archive.ledger.unnamed()] == ["04A1B2C3"]
    assert archive.sessions(ALL).total == 1


def test_what_a_session_costs(archive: Archive, meter: int) -> None:
    charged(archive, meter, charge(1), charge(2))
    assert reasons(archive) == [NotBilled.NO_PRICE, NotBilled.NO_PRICE]
    everything = rates("0.49", minute="0.01", session="0.5", vat="22")
    archive.ledger.save_price(Price(rates=everything, since=SINCE))
    # 3 kWh and 45 minutes.
    assert costs(archive) == ["2.42", "2.42"]
    bill = bills(archive)[0]
    assert (str(bill.register_begin), str(bill.register_end)) == ("101", "104")
    assert bill.cost.rates == everything
    assert not bill.cost.fixed
    assert bill.pagination == "T13"
    detail = archive.session(bill.session.id)
    assert detail is not None
    assert bill.digest == detail.records[-1].digest


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([charge(1).begin()], NotBilled.OPEN),
        ([charge(1).begin(), tampered(charge(1).end(3))], NotBilled.INVALID),
        ([charge(1).begin(), charge(1).end(3), charge(1).end(4)], NotBilled.INCONSISTENT),
        ([charge(1).end(3).replace(b'"EF":""', b'"EF":"E"')], NotBilled.INVALID),
        ([replace(charge(1), key=OTHER_KEY).end(3)], NotBilled.INVALID),
    ],
)
def test_what_must_not_be_billed(
    archive: Archive, meter: int, records: list[bytes], reason: NotBilled
) -> None:
    archive.ledger.save_price(Price(rates=rates("1"), since=SINCE))
    store(archive, meter, *records)
    assert (costs(archive), reasons(archive)) == ([None], [reason])


def test_a_session_without_an_end_or_key_is_not_billed(archive: Archive, meter: int) -> None:
    archive.ledger.save_price(Price(rates=rates("1"), since=SINCE))
    store(archive, meter, charge(1).begin())
    archive.settle(meter, charging=False)
    assert reasons(archive) == [NotBilled.END_MISSING]
    keyless = add_meter(archive, "keyless", None)
    store(archive, keyless, charge(2).end(3))
    assert reasons(archive)[1] is NotBilled.UNVERIFIABLE
    archive.see_key(meter, OTHER_SPKI, LATER)
    store(archive, meter, replace(charge(3), key=OTHER_KEY).end(3))
    assert reasons(archive)[2] is NotBilled.KEY_CHANGED
    archive.accept_key(meter, OTHER_SPKI, LATER)
    assert costs(archive)[2] == "3.00"


class Flagged(Charge):
    """A charge whose readings carry error flags, or another clock."""

    def payload(self, reason: str, pages: int, steps: int, **changes: Any) -> str:
        flags, clock = changes.pop("flags", ""), changes.pop("clock", "S")
        text = super().payload(reason, pages, steps, **changes)
        return text.replace('"EF":""', f'"EF":"{flags}"').replace('+0000 S"', f'+0000 {clock}"')


def test_flags_of_the_meter_are_heeded(archive: Archive, meter: int) -> None:
    archive.ledger.save_price(Price(rates=rates("1", minute="1"), since=SINCE))
    changes: list[dict[str, str]] = [
        {},
        {"clock": "R"},
        {"flags": "t"},
        {"clock": "I"},
        {"clock": "U"},
        {"flags": "E"},
        {"flags": "Et"},
    ]
    for day, change in enumerate(changes, 1):
        each = Flagged(page=10 * day, start=charge(day).start, imported=Decimal(day))
        store(archive, meter, each.end(3, **change))
    # 3 kWh, and 45 minutes where they may be billed.
    assert costs(archive) == ["48.00", "48.00", "3.00", "3.00", "3.00", None, None]
    assert [bill.cost.time_left_out for bill in bills(archive)] == [
        False, False, True, True, True, False, False,
    ]  # fmt: skip
    assert reasons(archive)[-2:] == [NotBilled.ENERGY_ERROR] * 2


def fix(archive: Archive, *readings: str, since: datetime = SINCE) -> None:
    archive.ledger.fix(
        [bill.session.id for bill in bills(archive)],
        ZONE,
        readings=dict(zip(["sensor.price"], map(Decimal, readings), strict=False)),
        since=since,
    )


def test_fixed_rates_stay_until_prices_are_applied_again(archive: Archive, meter: int) -> None:
    ledger = archive.ledger
    charged(archive, meter, charge(1))
    price = ledger.save_price(Price(rates=rates("2"), since=SINCE))
    assert not bills(archive)[0].cost.fixed
    fix(archive)
    charged(archive, meter, charge(2))
    second = bills(archive)[1].session
    ledger.save_price(replace(price, rates=rates("1")))
    assert costs(archive) == ["6.00", "3.00"]
    assert [bill.cost.fixed for bill in bills(archive)] == [True, False]
    fix(archive)
    ledger.save_price(replace(price, rates=rates("0.5")))
    assert costs(archive) == ["6.00", "3.00"]
    assert ledger.apply(SessionQuery(since=second.begin), ZONE) == 1
    assert costs(archive) == ["6.00", "1.50"]
    assert ledger.apply(ALL, ZONE) == 1
    assert ledger.apply(ALL, ZONE) == 0
    assert costs(archive) == ["1.50", "1.50"]
    assert price.id is not None
    ledger.delete_price(price.id)
    assert ledger.apply(ALL, ZONE) == 0
    assert costs(archive) == ["1.50", "1.50"]


def test_the_price_of_an_entity_is_that_at_the_begin(archive: Archive, meter: int) -> None:
    ledger = archive.ledger
    changing = Price(
        rates=Rates(energy=None, currency="EUR"), since=SINCE, entity_id="sensor.price"
    )
    changing = ledger.save_price(changing)
    charged(archive, meter, charge(1))
    fix(archive, "0.1", since=charge(1).start + timedelta(seconds=1))
    assert reasons(archive) == [NotBilled.NO_PRICE]
    fix(archive)
    assert reasons(archive) == [NotBilled.NO_PRICE]
    fix(archive, "0.2", since=charge(1).start)
    fix(archive, "0.3")
    assert costs(archive) == ["0.60"]
    charged(archive, meter, charge(2))
    # What stands in for the entity is not put in the place of what it said.
    ledger.save_price(replace(changing, rates=rates("1")))
    assert ledger.apply(ALL, ZONE) == 1
    assert costs(archive) == ["0.60", "3.00"]


def test_an_entity_that_gave_no_price_leaves_a_session_without(
    archive: Archive, meter: int
) -> None:
    charged(archive, meter, charge(1))
    nothing = Rates(energy=None, currency="EUR")
    archive.ledger.save_price(Price(rates=nothing, since=SINCE, entity_id="sensor.price"))
    assert reasons(archive) == [NotBilled.NO_PRICE]


def test_prices_and_rates_follow_a_meter_that_is_known_by_another_name(
    archive: Archive, meter: int
) -> None:
    charged(archive, meter, charge(1))
    archive.ledger.save_price(Price(rates=rates("1"), since=SINCE, meter="meter"))
    fix(archive)
    archive.ledger.save_price(replace(archive.ledger.prices()[0], rates=rates("5")))
    add_meter(archive, "better")
    archive.rename_meter("meter", "better")
    assert [price.meter for price in archive.ledger.prices()] == ["better"]
    assert costs(archive) == ["3.00"]
    archive.forget_meter("better")
    assert archive.ledger.prices() == ()
    assert costs(archive) == []


def test_settings_are_kept(archive: Archive) -> None:
    archive.ledger.save_settings({"name": "Garage", "address": "Via 1\nRoma"})
    archive.ledger.save_settings({"name": "Garage 2"})
    assert archive.ledger.settings() == {"name": "Garage 2"}


def test_many_sessions_are_billed_in_batches(
    archive: Archive, meter: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.lovato_dmed4.archive.ledger.AT_ONCE", 2)
    archive.ledger.save_price(Price(rates=rates("1"), since=SINCE))
    charged(archive, meter, *(charge(day) for day in range(1, 6)))
    assert costs(archive) == ["3.00"] * 5
    assert archive.ledger.apply(ALL, ZONE) == 5
    begun = charge(2).start
    query = SessionQuery(since=begun, until=begun + timedelta(days=2))
    assert [bill.session.begin for bill in bills(archive, query)] == [
        charge(2).start,
        charge(3).start,
    ]


def test_a_record_that_comes_twice_is_billed_once(archive: Archive, meter: int) -> None:
    archive.ledger.save_price(Price(rates=rates("1"), since=SINCE))
    charged(archive, meter, charge(1))
    archive.store(meter, charge(1).end(3), Source.COMMAND, LATER)
    assert costs(archive) == ["3.00"]
