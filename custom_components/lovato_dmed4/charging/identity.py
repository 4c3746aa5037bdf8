"""The identity that a charge starts with: what was given, who asked, or what the options say."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..billing.model import Driver, Identification
from ..const import (
    CONF_CHARGE_POINT_ID,
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_FLAGS,
    CONF_IDENTIFICATION_LEVEL,
    CONF_IDENTIFICATION_TYPE,
    CONF_TARIFF_TEXT,
    DOMAIN,
)
from ..dmed4.prototype import (
    ChargeIdentity,
    IdentificationFlag,
    IdentificationLevel,
    IdentificationType,
)
from ..intake.keeper import RecordKeeper

# Seconds. Nothing that names a driver waits longer for an archive that is away.
_LOOK_UP: Final = 2


def charge_identity(values: Mapping[str, Any]) -> ChargeIdentity:
    """Read a charge's identity from an action's fields or an entry's options."""
    return ChargeIdentity(
        type=IdentificationType(values.get(CONF_IDENTIFICATION_TYPE, IdentificationType.NONE)),
        level=IdentificationLevel(values.get(CONF_IDENTIFICATION_LEVEL, IdentificationLevel.NONE)),
        flags=tuple(IdentificationFlag(flag) for flag in values.get(CONF_IDENTIFICATION_FLAGS, ())),
        data=values.get(CONF_IDENTIFICATION_DATA, ""),
        tariff_text=values.get(CONF_TARIFF_TEXT, ""),
        charge_point_id=values.get(CONF_CHARGE_POINT_ID, ""),
    )


async def async_charge_identity(
    hass: HomeAssistant,
    options: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    driver_id: int | None = None,
    records: RecordKeeper,
    context: Context | None,
) -> ChargeIdentity:
    """Complete what was given: by the driver who was named or is logged in, then by the options.

    The driver who is logged in is the one for whom that person was chosen, in the panel.

    Raises:
        ServiceValidationError: there is no such driver, or none that may charge now.
        HomeAssistantError: the archive, which has the drivers, can't be reached.
    """
    own: Mapping[str, Any] = {}
    if driver_id is not None:
        own = _fields(await _async_first_identification(records, driver_id))
    elif CONF_IDENTIFICATION_DATA not in given and context is not None:
        own = await async_own_identity(hass, records, context.user_id)
    return charge_identity({**options, **given, **own})


async def async_own_identity(
    hass: HomeAssistant, records: RecordKeeper, user_id: str | None
) -> Mapping[str, Any]:
    """Get what a user identifies with, as fields of an action; none of one who is not a driver."""
    return identity_of(own_driver(hass, await async_drivers(records), user_id))


def identity_of(driver: Driver | None) -> Mapping[str, Any]:
    """Get what a driver identifies with, as fields of an action."""
    return {} if driver is None else _fields(driver.identifications[0])


def may_charge_as(drivers: Sequence[Driver]) -> list[Driver]:
    """Choose those in whose name a charge can be started."""
    return [driver for driver in drivers if driver.active and driver.identifications]


@callback
def own_driver(
    hass: HomeAssistant, drivers: Sequence[Driver], user_id: str | None
) -> Driver | None:
    """Find the driver for whom the person of a user was chosen."""
    if (person := _person(hass, user_id)) is None:
        return None
    return next((each for each in may_charge_as(drivers) if each.person == person), None)


def _fields(identification: Identification) -> Mapping[str, Any]:
    return {
        CONF_IDENTIFICATION_DATA: identification.value,
        CONF_IDENTIFICATION_TYPE: identification.type or IdentificationType.LOCAL,
    }


async def _async_first_identification(records: RecordKeeper, driver_id: int) -> Identification:
    """Get what a driver identifies with: the first on the list."""
    drivers = await records.async_run(lambda archive: archive.ledger.drivers())
    driver = next((each for each in drivers if each.id == driver_id), None)
    if driver is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_in_ledger")
    if not may_charge_as([driver]):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="driver_cannot_charge"
        )
    return driver.identifications[0]


async def async_drivers(records: RecordKeeper) -> tuple[Driver, ...]:
    """Get all drivers; none while the archive cannot be reached."""
    with suppress(HomeAssistantError, TimeoutError):
        async with asyncio.timeout(_LOOK_UP):
            return await records.async_run(lambda archive: archive.ledger.drivers())
    return ()


@callback
def _person(hass: HomeAssistant, user_id: str | None) -> str | None:
    """Find the person entity of a user."""
    if user_id is None:
        return None
    people = hass.states.async_all("person")
    return next((s.entity_id for s in people if s.attributes.get("user_id") == user_id), None)
