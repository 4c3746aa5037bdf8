"""Actions of a charge."""

from enum import StrEnum
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..archive import Source
from ..charging.identity import async_charge_identity
from ..charging.rights import Step, async_is_admin
from ..charging.tracker import MadeRecord
from ..const import (
    CONF_CHARGE_POINT_ID,
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_FLAGS,
    CONF_IDENTIFICATION_LEVEL,
    CONF_IDENTIFICATION_TYPE,
    CONF_TARIFF_TEXT,
    DOMAIN,
)
from ..dmed4.prototype import IdentificationFlag, IdentificationLevel, IdentificationType
from ..reports.query import ATTR_DRIVER_ID, NUMBER
from ..reports.response import async_named_response, record_response
from ..runtime_data import Dmed4Data
from .action import Action

ATTR_COMBINED: Final = "combined"


def _code(codes: type[StrEnum]) -> Any:
    """Accept a code of OCMF in capitals, as records have it, or in small letters, as Home Assistant names it."""
    return vol.All(cv.string, str.upper, vol.In(list(codes)))


# The texts are checked where the record is made, with an error that names what is wrong.
START_FIELDS: Final = {
    vol.Optional(CONF_IDENTIFICATION_TYPE): _code(IdentificationType),
    vol.Optional(CONF_IDENTIFICATION_LEVEL): _code(IdentificationLevel),
    vol.Optional(CONF_IDENTIFICATION_FLAGS): vol.All(cv.ensure_list, [_code(IdentificationFlag)]),
    vol.Exclusive(CONF_IDENTIFICATION_DATA, "who"): cv.string,
    vol.Exclusive(ATTR_DRIVER_ID, "who"): NUMBER,
    vol.Optional(CONF_TARIFF_TEXT): cv.string,
    vol.Optional(CONF_CHARGE_POINT_ID): cv.string,
}


async def start(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Start a charge; what is not given comes from the driver, given or logged in, or the options."""
    identity = await async_charge_identity(
        call.hass,
        data.entry.options,
        call.data,
        driver_id=call.data.get(ATTR_DRIVER_ID),
        records=data.records,
        context=call.context,
    )
    return await _made(data, call, await data.charge.async_begin(identity))


async def read(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Make the meter sign an intermediate record."""
    return await _made(data, call, await data.charge.async_read())


async def end(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """End the charge."""
    made = await data.charge.async_end(combined=call.data[ATTR_COMBINED])
    return await _made(data, call, made)


async def _made(data: Dmed4Data, call: ServiceCall, made: MadeRecord) -> ServiceResponse:
    """Return the record, but only to administrators as it is: it says who charged."""
    if await async_is_admin(call.hass, call.context):
        return await async_named_response(data, made.raw, made.stored)
    return record_response(data, made.raw, made.stored) | {"record": None}


async def get_last_record(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Read and archive the last record that the meter signed."""
    async with data.live.commanding():
        record = await data.cycle.last_record()
    if not record:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_record")
    stored = await data.records.async_store(record, Source.METER)
    return await async_named_response(data, record, stored)


async def reset_errors(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Reset the meter's errors; those that persist come back."""
    async with data.live.commanding():
        await data.cycle.reset_errors()
    return {"errors": list(data.live.data.status.errors.names)}


async def synchronise_clock(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Set the meter's clock to Home Assistant's time."""
    await data.clock.async_set(call.context)
    return {"clock_drift": data.housekeeping.data.clock_drift}


CHARGING_ACTIONS: Final = {
    "start_charge_cycle": Action(handler=start, fields=START_FIELDS, step=Step.START),
    "read_charge_cycle": Action(handler=read, step=Step.READ),
    "end_charge_cycle": Action(
        handler=end,
        fields={vol.Optional(ATTR_COMBINED, default=False): cv.boolean},
        step=Step.END,
    ),
    "get_last_record": Action(handler=get_last_record, response=SupportsResponse.ONLY),
    "reset_errors": Action(handler=reset_errors),
    "synchronise_clock": Action(handler=synchronise_clock),
}
