"""Rates are fixed when a session begins, and its cost is shown while it runs and when it has ended."""

import asyncio
from datetime import UTC
from decimal import Decimal
from threading import Event
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lovato_dmed4.archive import Archive, Bill, SessionQuery
from custom_components.lovato_dmed4.archive.ledger import Ledger
from custom_components.lovato_dmed4.charging.pricing import price_of
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.intake.shared_archive import async_archives
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, SimulatedMeter
from tests.integration.helpers import complaints, entities, pass_time, press, value
from tests.integration.records import archive, charge_of

pytestmark = pytest.mark.usefixtures("clock_left_alone", "logbook_left_alone")


@pytest.fixture
def clock() -> ManualClock:
    """A meter whose clock is right: what begins now is not a record of the past."""
    return ManualClock(dt_util.utcnow().timestamp())


async def save_price(hass: HomeAssistant, **fields: Any) -> None:
    await hass.services.async_call(
        DOMAIN, "save_price", {"since": "2025-01-01", **fields}, blocking=True
    )
    await hass.async_block_till_done(wait_background_tasks=True)


async def bills(entry: Dmed4ConfigEntry) -> list[Bill]:
    def read(opened: Archive) -> list[Bill]:
        return list(opened.ledger.bills(SessionQuery(), UTC))

    return await entry.runtime_data.records.async_run(read)


async def settle(hass: HomeAssistant) -> None:
    """Let the costs be calculated again, which is done once in a while, and wait for it."""
    for _ in range(2):
        await pass_time(hass, 2)
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await entry.runtime_data.pricing.costs.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_costs_appear_with_the_first_price(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    await archive(rest_entry, charge_of(simulated).records)
    await settle(hass)
    assert "last_session_cost" not in entities(hass, rest_entry)
    await save_price(hass, energy="0.455")
    await settle(hass)
    assert value(hass, rest_entry, "last_session_cost") == "0.91"
    assert value(hass, rest_entry, "session_cost") == "unknown"
    found = hass.states.get(entities(hass, rest_entry)["last_session_cost"].entity_id)
    assert found is not None
    assert found.attributes["unit_of_measurement"] == hass.config.currency
    # A verdict that changes takes the cost away.
    bad = charge_of(simulated, 2)
    await archive(rest_entry, [bad.begin, bad.end.replace(b"04A2B3C4", b"04A2B3C5")])
    await settle(hass)
    assert value(hass, rest_entry, "last_session_cost") == "unknown"


async def test_a_running_session(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    simulated: SimulatedMeter,
) -> None:
    await save_price(hass, energy="0.50", session="1")
    await settle(hass)
    await press(hass, rest_entry, "start")
    await settle(hass)
    assert value(hass, rest_entry, "session_cost") == "1.00"
    # A price that changes now is for the next session.
    await save_price(hass, energy="9", since="2025-02-01")
    (bill,) = await bills(rest_entry)
    assert bill.cost.fixed
    assert bill.cost.rates is not None
    assert bill.cost.rates.energy == Decimal("0.50")
    await press(hass, rest_entry, "end")
    await settle(hass)
    assert value(hass, rest_entry, "session_cost") == "unknown"
    assert value(hass, rest_entry, "last_session_cost") == "1.00"


async def test_the_price_of_an_entity_at_the_begin(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
) -> None:
    hass.states.async_set("sensor.price", "31.5", {"unit_of_measurement": "ct/kWh"})
    await save_price(hass, price_entity="sensor.price", energy="1")
    await press(hass, rest_entry, "start")
    await settle(hass)
    hass.states.async_set("sensor.price", "99", {"unit_of_measurement": "ct/kWh"})
    await press(hass, rest_entry, "end")
    await settle(hass)
    (bill,) = await bills(rest_entry)
    assert bill.cost.rates is not None
    assert bill.cost.rates.energy == Decimal("0.315")


async def test_records_of_the_past_have_no_price_of_an_entity(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry, simulated: SimulatedMeter
) -> None:
    hass.states.async_set("sensor.price", "0.315", {"unit_of_measurement": "EUR/kWh"})
    await save_price(hass, price_entity="sensor.price", energy="1")
    await archive(rest_entry, charge_of(simulated).records)
    await settle(hass)
    (bill,) = await bills(rest_entry)
    assert bill.cost.amount == Decimal("2.00")


@pytest.mark.parametrize(
    ("state", "unit", "expected"),
    [
        ("0.315", "EUR/kWh", "0.315"),
        ("31.5", "ct/kWh", "0.315"),
        ("315", "EUR/MWh", "0.315"),
        ("0.000315", "€/Wh", "0.315"),
        ("-5", "EUR/MWh", "-0.005"),
        ("0.315", None, "0.315"),
        ("0.315", "EUR", "0.315"),
        ("31.5", "ct", "0.315"),
        # Neither is another currency, nor anything else, a number of euros for a kWh.
        ("3.15", "SEK/kWh", None),
        ("0.315", "EUR/MJ", None),
        ("0.315", "EUR/h", None),
        ("31.5", "%", None),
        ("unavailable", "EUR/kWh", None),
        ("nan", "EUR/kWh", None),
        ("inf", "EUR/kWh", None),
    ],
)
def test_units_of_a_price(state: str, unit: str | None, expected: str | None) -> None:
    found = price_of(State("sensor.price", state, {"unit_of_measurement": unit}), "EUR")
    assert found == (None if expected is None else Decimal(expected))
    assert price_of(None, "EUR") is None


async def test_unloading_while_costs_are_calculated(
    hass: HomeAssistant,
    rest_entry: Dmed4ConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The calculation ends first: it finds no archive that was closed under it."""
    await save_price(hass, energy="0.50")
    begun, gate, prices = Event(), Event(), Ledger.prices

    def look_slowly(ledger: Ledger) -> Any:
        begun.set()
        gate.wait()
        return prices(ledger)

    monkeypatch.setattr(Ledger, "prices", look_slowly)
    costs = rest_entry.runtime_data.pricing.costs
    calculating = hass.async_create_background_task(costs.async_refresh(), "costs")
    try:
        await hass.async_add_executor_job(begun.wait)
        unloading = hass.async_create_task(hass.config_entries.async_unload(rest_entry.entry_id))
        while not costs._shutdown_requested and async_archives(hass):  # noqa: ASYNC110 - no one says so
            await asyncio.sleep(0)
    finally:
        gate.set()
    assert await unloading
    assert calculating.done()
    assert costs.last_update_success
    assert complaints(caplog) == []
