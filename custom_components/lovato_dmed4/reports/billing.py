"""Drivers, prices and costs, for actions and the browser side alike."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, cast

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from ..archive import (
    Archive,
    Bill,
    IdentificationTakenError,
    NotInLedgerError,
    SessionQuery,
    UnnamedIdentification,
)
from ..billing.model import Driver, Identification, Price, Rates
from ..billing.sums import Sums
from ..const import DOMAIN, SIGNAL_PRICES_CHANGED
from .archives import async_meter_archive, async_meter_entry
from .billing_fields import (
    ATTR_ACTIVE,
    ATTR_ADDRESS,
    ATTR_EMAIL,
    ATTR_ENERGY,
    ATTR_EXPORTED,
    ATTR_IDENTIFICATIONS,
    ATTR_MINUTE,
    ATTR_NAME,
    ATTR_NOTE,
    ATTR_PERSON,
    ATTR_PRICE_ENTITY,
    ATTR_PRICE_ID,
    ATTR_SESSION,
    ATTR_TIME_FROM,
    ATTR_TIME_UNTIL,
    ATTR_VAT,
    ISSUER_FIELDS,
)
from .billing_shapes import (
    AppliedShape,
    CostsShape,
    DeletedShape,
    DriverShape,
    DriversShape,
    DriverSumsShape,
    IssuerShape,
    MeterSumsShape,
    PriceShape,
    PricesShape,
    UnnamedShape,
)
from .money import rates_shape, sums_shape
from .query import ATTR_DRIVER_ID, ATTR_SINCE, ATTR_UNTIL
from .report import Devices
from .text import shown

_TAG: Final = "tag"


# --- Drivers ------------------------------------------------------------------------------------


async def async_list_drivers(hass: HomeAssistant, values: Mapping[str, Any]) -> DriversShape:
    """Get all drivers, and the identifications that wait for a name."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    drivers, unnamed = await meter_archive.async_read(
        lambda archive: (archive.ledger.drivers(), archive.ledger.unnamed())
    )
    tags = _tags(hass)
    return {
        "drivers": [driver_shape(driver) for driver in drivers],
        "unnamed": [_unnamed_shape(each, tags) for each in unnamed],
    }


async def async_save_driver(hass: HomeAssistant, values: Mapping[str, Any]) -> DriverShape:
    """Add or change a driver.

    Raises:
        ServiceValidationError: there is no driver of that number, or another one has one of the
            identifications.
    """
    driver = Driver(
        id=values.get(ATTR_DRIVER_ID),
        name=values[ATTR_NAME],
        identifications=tuple(Identification(**each) for each in values[ATTR_IDENTIFICATIONS]),
        address=values[ATTR_ADDRESS],
        email=values[ATTR_EMAIL],
        person=values[ATTR_PERSON],
        note=values[ATTR_NOTE],
        active=values[ATTR_ACTIVE],
    )
    saved = await _async_write(hass, values, lambda archive: archive.ledger.save_driver(driver))
    return driver_shape(saved)


async def async_delete_driver(hass: HomeAssistant, values: Mapping[str, Any]) -> DeletedShape:
    """Delete all that is known of a driver; records stay.

    Raises:
        ServiceValidationError: there is no driver of that number.
    """
    driver_id = values[ATTR_DRIVER_ID]
    await _async_write(hass, values, lambda archive: archive.ledger.delete_driver(driver_id))
    return {"deleted": driver_id}


@callback
def _tags(hass: HomeAssistant) -> dict[str, str]:
    """Get what Home Assistant calls its tags, by their numbers without what separates digits."""
    return {
        _plain(entity.unique_id): entity.name
        for entity in er.async_get(hass).entities.values()
        if entity.platform == _TAG and entity.name
    }


def _plain(number: str) -> str:
    return "".join(filter(str.isalnum, number)).lower()


def driver_shape(driver: Driver) -> DriverShape:
    """Show a driver to an administrator."""
    return {
        "driver_id": driver.id or 0,
        "name": driver.name,
        "identifications": [
            {"value": each.value, "type": each.type} for each in driver.identifications
        ],
        "address": driver.address,
        "email": driver.email,
        "person": driver.person,
        "note": driver.note,
        "active": driver.active,
    }


def _unnamed_shape(found: UnnamedIdentification, tags: Mapping[str, str]) -> UnnamedShape:
    return {
        "identification": shown(found.value),
        "identification_type": shown(found.type),
        "sessions": found.sessions,
        "last": None if found.last is None else found.last.isoformat(),
        "suggestion": tags.get(_plain(found.value)),
    }


# --- Prices -------------------------------------------------------------------------------------


async def async_list_prices(hass: HomeAssistant, values: Mapping[str, Any]) -> PricesShape:
    """Get all prices."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    prices, drivers = await meter_archive.async_read(
        lambda archive: (archive.ledger.prices(), archive.ledger.drivers())
    )
    names = {driver.id: driver.name for driver in drivers}
    return {
        "prices": [_price_shape(price, meter_archive.devices, names) for price in prices],
        "currency": hass.config.currency,
        "time_zone": hass.config.time_zone,
    }


async def async_save_price(hass: HomeAssistant, values: Mapping[str, Any]) -> PriceShape:
    """Add a price, in the currency of Home Assistant, or change one, which keeps its own.

    Raises:
        ServiceValidationError: there is no such price, meter or driver.
    """
    device_id = values.get(ATTR_DEVICE_ID)
    price = Price(
        id=values.get(ATTR_PRICE_ID),
        rates=Rates(
            energy=values.get(ATTR_ENERGY),
            exported=values.get(ATTR_EXPORTED),
            minute=values.get(ATTR_MINUTE),
            session=values.get(ATTR_SESSION),
            vat=values.get(ATTR_VAT),
            currency=hass.config.currency,
        ),
        since=values[ATTR_SINCE],
        until=values.get(ATTR_UNTIL),
        meter=None if device_id is None else async_meter_entry(hass, device_id).unique_id,
        driver_id=values.get(ATTR_DRIVER_ID),
        time_from=values.get(ATTR_TIME_FROM),
        time_until=values.get(ATTR_TIME_UNTIL),
        entity_id=values.get(ATTR_PRICE_ENTITY),
    )
    where = {ATTR_DEVICE_ID: [] if device_id is None else [device_id]}
    meter_archive = async_meter_archive(hass, where[ATTR_DEVICE_ID])

    def save(archive: Archive) -> tuple[Price, dict[int | None, str]]:
        saved = archive.ledger.save_price(price)
        return saved, {driver.id: driver.name for driver in archive.ledger.drivers()}

    saved, names = await _async_write(hass, where, save)
    return _price_shape(saved, meter_archive.devices, names)


async def async_delete_price(hass: HomeAssistant, values: Mapping[str, Any]) -> DeletedShape:
    """Delete a price; sessions that it was applied to keep it.

    Raises:
        ServiceValidationError: there is no price of that number.
    """
    price_id = values[ATTR_PRICE_ID]
    await _async_write(hass, values, lambda archive: archive.ledger.delete_price(price_id))
    return {"deleted": price_id}


async def async_apply_prices(hass: HomeAssistant, values: Mapping[str, Any]) -> AppliedShape:
    """Apply the prices as they are now to sessions, also where others were applied before."""
    query = async_meter_archive(hass, values[ATTR_DEVICE_ID]).query(values)
    zone = dt_util.get_default_time_zone()
    changed = await _async_write(hass, values, lambda archive: archive.ledger.apply(query, zone))
    return {"changed": changed}


def _price_shape(price: Price, devices: Devices, names: Mapping[int | None, str]) -> PriceShape:
    device = devices.get(price.meter or "")
    return {
        "price_id": price.id or 0,
        "rates": rates_shape(price.rates),
        "since": dt_util.as_utc(price.since).isoformat(),
        "until": None if price.until is None else dt_util.as_utc(price.until).isoformat(),
        "device_id": device.id if device else None,
        "meter": device.name if device else price.meter,
        "driver_id": price.driver_id,
        "driver": names.get(price.driver_id),
        "time_from": None if price.time_from is None else f"{price.time_from:%H:%M}",
        "time_until": None if price.time_until is None else f"{price.time_until:%H:%M}",
        "price_entity": price.entity_id,
    }


# --- Who sends statements -----------------------------------------------------------------------


async def async_get_issuer(hass: HomeAssistant, values: Mapping[str, Any]) -> IssuerShape:
    """Get who sends statements."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    return issuer_shape(await meter_archive.async_read(lambda archive: archive.ledger.settings()))


async def async_save_issuer(hass: HomeAssistant, values: Mapping[str, Any]) -> IssuerShape:
    """Replace what is said of who sends statements."""
    saved = issuer_shape(values)
    await _async_write(
        hass, values, lambda archive: archive.ledger.save_settings(cast("dict[str, str]", saved))
    )
    return saved


def issuer_shape(values: Mapping[str, Any]) -> IssuerShape:
    """Show who sends statements."""
    texts = {str(field): values.get(str(field), "") for field in ISSUER_FIELDS}
    return cast("IssuerShape", texts)


# --- Costs --------------------------------------------------------------------------------------


async def async_sum_costs(hass: HomeAssistant, values: Mapping[str, Any]) -> CostsShape:
    """Get what sessions come to, by driver and by meter."""
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    return await meter_archive.async_read(
        partial(read_costs, query=meter_archive.query(values), devices=meter_archive.devices)
    )


def read_costs(archive: Archive, query: SessionQuery, devices: Devices) -> CostsShape:
    """Add sessions up, by driver and by meter. This blocks."""
    total = Sums()
    by_driver: dict[tuple[int | None, str | None, str | None], Sums] = defaultdict(Sums)
    by_meter: dict[str, Sums] = defaultdict(Sums)
    for bill in archive.ledger.bills(query, dt_util.get_default_time_zone()):
        session = bill.session
        for sums in (total, by_driver[_who(bill)], by_meter[session.meter]):
            sums.add(session.imported, session.exported, bill.cost)
    drivers: list[DriverSumsShape] = [
        {
            **sums_shape(sums),
            "driver_id": driver_id,
            "driver": name,
            "identification": identification,
        }
        for (driver_id, name, identification), sums in sorted(
            by_driver.items(), key=lambda each: (-each[1].imported, each[0][1:] != (None, None))
        )
    ]
    meters: list[MeterSumsShape] = [
        {
            **sums_shape(sums),
            "device_id": device.id if (device := devices.get(meter)) else None,
            "meter": device.name if device else None,
        }
        for meter, sums in sorted(by_meter.items(), key=lambda each: -each[1].imported)
    ]
    return {**sums_shape(total), "by_driver": drivers, "by_meter": meters}


def _who(bill: Bill) -> tuple[int | None, str | None, str | None]:
    if bill.driver is not None:
        return bill.driver.id, bill.driver.name, None
    return None, None, shown(bill.session.identification)


# --- Writing ------------------------------------------------------------------------------------


async def _async_write[T](
    hass: HomeAssistant, values: Mapping[str, Any], change: Callable[[Archive], T]
) -> T:
    """Change drivers or prices, and let all know who show them.

    Raises:
        ServiceValidationError: what is to be changed is not there, or an identification is taken.
    """
    meter_archive = async_meter_archive(hass, values[ATTR_DEVICE_ID])
    changed = await meter_archive.async_write(partial(_changed, change))
    async_dispatcher_send(hass, SIGNAL_PRICES_CHANGED)
    return changed


def _changed[T](change: Callable[[Archive], T], archive: Archive) -> T:
    try:
        return change(archive)
    except NotInLedgerError:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_in_ledger"
        ) from None
    except IdentificationTakenError:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="identification_taken"
        ) from None
