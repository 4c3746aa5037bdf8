"""Fix what a session costs when it begins, and keep the costs of the running and of the last one."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..archive import Archive, Bill, Outcome, Session, SessionQuery, StoredRecord
from ..billing.model import Price
from ..connection.names import device_name
from ..const import DOMAIN, LOGGER, SIGNAL_PRICES_CHANGED
from ..intake.keeper import ARCHIVE_TIMEOUT, RecordKeeper

# Seconds: while a logbook is fetched, records come faster than costs need to be calculated.
_COOLDOWN: Final = 1

# For so long after its begin, the state of an entity counts as that at the begin: a meter that somebody
# else commands is asked for its record within seconds.
_FRESH: Final = timedelta(minutes=2)

# What one unit of a price is in units of a price of a kWh.
_ENERGY_UNITS: Final = {"Wh": Decimal(1000), "kWh": Decimal(1), "MWh": Decimal("0.001")}
_MINOR_UNITS: Final = {"ct", "c", "¢", "cent", "cents", "p", "rp", "öre", "øre", "gr"}
_SYMBOLS: Final = {"€", "$", "£", "kr", "fr", "fr.", "zł", "kč", "ft", "lei", "¥"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSummary:
    """The costs of a meter.

    Attributes:
        priced: whether there is any price that the meter may have.
        last: the last session that ended.
        running: the session that is open.
    """

    priced: bool = False
    last: Bill | None = None
    running: Bill | None = None


class ChargePricing:
    """Watches a meter's sessions for what they cost.

    Attributes:
        costs: of the running and of the last session.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], records: RecordKeeper) -> None:
        self._hass = hass
        self._entry = entry
        self._records = records
        self._pending: set[int] = set()
        self.costs = DataUpdateCoordinator(
            hass,
            LOGGER,
            config_entry=entry,
            name=f"{device_name(hass, entry)} costs",
            update_method=self._async_update,
            request_refresh_debouncer=Debouncer(
                hass, LOGGER, cooldown=_COOLDOWN, immediate=True, background=True
            ),
            always_update=False,
        )
        self.costs.data = CostSummary()

    @callback
    def async_start(self) -> None:
        """Follow the records, their verdicts and the prices from now on."""
        for stop in (
            self._records.news.async_add(self._note_record),
            self._records.summary_coordinator.async_add_listener(self._request_update),
            async_dispatcher_connect(self._hass, SIGNAL_PRICES_CHANGED, self._request_update),
        ):
            self._entry.async_on_unload(stop)
        self._entry.async_on_unload(self.costs.async_add_listener(lambda: None))
        self._request_update()

    async def async_stop(self) -> None:
        """Calculate no more; only a database that hangs is left to itself."""
        await self.costs.async_shutdown()
        end = self._hass.async_create_background_task(
            # Calculates nothing, but waits for what is being calculated.
            self.costs.async_refresh(),
            f"{self.costs.name} end",
        )
        await asyncio.wait({end}, timeout=ARCHIVE_TIMEOUT)

    @callback
    def _note_record(self, record: StoredRecord) -> None:
        if record.session_id is not None:
            self._pending.add(record.session_id)
            self._request_update()

    @callback
    def _request_update(self) -> None:
        if not self._hass.is_stopping:
            self._entry.async_create_background_task(
                self._hass, self.costs.async_request_refresh(), f"{self.costs.name} update"
            )

    async def _async_update(self) -> CostSummary:
        """Fix the rates of new sessions, then calculate.

        Raises:
            UpdateFailed: the archive can't be reached; it is tried again when there is news of it.
        """
        meter_id, unique_id = self._records.meter_id, self._entry.unique_id
        if meter_id is None or unique_id is None:
            return self.costs.data
        try:
            prices = await self._records.async_run(lambda archive: archive.ledger.prices())
            if not any(price.meter in (None, unique_id) for price in prices):
                self._pending.clear()
                return CostSummary()
            if pending := tuple(self._pending):
                readings = {
                    price.entity_id: reading
                    for price in prices
                    if price.entity_id and (reading := self._reading(price)) is not None
                }
                await self._async_fix(pending, readings)
            last = self._records.summary_coordinator.data.last
            return await self._records.async_run(
                lambda archive: _summarise(archive, unique_id, last)
            )
        except HomeAssistantError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=err.translation_key,
                translation_placeholders=err.translation_placeholders,
            ) from err

    def _reading(self, price: Price) -> Decimal | None:
        """Read the price of a kWh from a price's entity."""
        state = price.entity_id and self._hass.states.get(price.entity_id)
        return price_of(state or None, price.rates.currency)

    async def _async_fix(self, pending: tuple[int, ...], readings: Mapping[str, Decimal]) -> None:
        zone, since = dt_util.get_default_time_zone(), _fresh(dt_util.utcnow())
        await self._records.async_run(
            lambda archive: archive.ledger.fix(pending, zone, readings=readings, since=since),
            writes=True,
        )
        self._pending.difference_update(pending)


def _fresh(now: datetime) -> datetime:
    return now - _FRESH


def _summarise(archive: Archive, unique_id: str, last: Session | None) -> CostSummary:
    query = SessionQuery(meters=(unique_id,), outcomes=(Outcome.OPEN,), limit=1)
    opened = archive.sessions(query).sessions
    zone = dt_util.get_default_time_zone()
    bills = archive.ledger.bill([*opened, *([last] if last else [])], zone)
    return CostSummary(
        priced=True,
        running=bills[0] if opened else None,
        last=bills[-1] if last else None,
    )


def price_of(state: State | None, currency: str) -> Decimal | None:
    """Read the price of a kWh from an entity; None if it has none now, or none in a currency."""
    if state is None:
        return None
    factor = _factor(str(state.attributes.get("unit_of_measurement") or ""), currency)
    with suppress(InvalidOperation):
        number = Decimal(state.state)
        if factor is not None and number.is_finite():
            return number * factor
    return None


def _factor(unit: str, currency: str) -> Decimal | None:
    """Find what one of a unit is in units of the currency for a kWh; None if that is unknown."""
    money, slash, energy = (part.strip() for part in unit.rpartition("/"))
    if not slash:
        money, energy = energy, "kWh"
    if money.lower() in _MINOR_UNITS:
        factor = Decimal("0.01")
    elif money.lower() in {"", currency.lower(), *_SYMBOLS}:
        factor = Decimal(1)
    else:
        # Another currency: its amount would be taken for one in this.
        return None
    return factor * of_energy if (of_energy := _ENERGY_UNITS.get(energy)) else None
