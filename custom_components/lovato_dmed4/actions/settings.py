"""Actions that change a meter's settings."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from homeassistant.const import CONF_PASSWORD
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..connection.errors import translated_errors
from ..const import DOMAIN
from ..dmed4.errors import NotOfferedError
from ..dmed4.model import DisplayPage
from ..dmed4.parameters import address_text, change, is_address, meaning, read_changes
from ..runtime_data import Dmed4Data
from .action import Action

ATTR_CONFIRM: Final = "confirm"

ATTR_ON: Final = "display_on"

ATTR_PAGE: Final = "page"

ATTR_PARAMETERS: Final = "parameters"


async def set_display(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Switch the meter's display on or off, or show one of its pages."""
    if (on := call.data.get(ATTR_ON)) is not None:
        async with data.live.commanding():
            await data.meter.switch_display(on=on)
    if (page := call.data.get(ATTR_PAGE)) is not None:
        async with data.live.commanding():
            await data.meter.show_page(DisplayPage[page.upper()])
    return {key: call.data[key] for key in (ATTR_ON, ATTR_PAGE) if key in call.data}


async def get_parameters(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Read all parameters, after a login where the meter asks for one."""
    async with data.live.commanding():
        await data.login.async_ensure(call.data.get(CONF_PASSWORD))
        return _parameters(await data.meter.parameters.read())


async def set_parameters(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Change parameters, which reboots the meter: only while no charge is running."""
    with translated_errors():
        changes = read_changes(call.data[ATTR_PARAMETERS])
    log_in = partial(data.login.async_ensure, call.data.get(CONF_PASSWORD))
    step = partial(change, data.meter, changes, log_in)
    async with data.live.commanding():
        return _parameters(await data.cycle.while_idle(step))


def _parameters(values: Mapping[str, int]) -> ServiceResponse:
    """Return the value of each parameter and, where the manual gives one, its meaning."""
    parameters: dict[str, JsonValueType] = {}
    for name, value in values.items():
        parameters[name] = {
            "value": address_text(value) if is_address(name, value) else value,
            "meaning": meaning(name, value),
        }
    return {"parameters": parameters}


async def set_operating(data: Dmed4Data, call: ServiceCall) -> ServiceResponse:
    """Finish commissioning, which can't be undone: only with the serial number of this meter."""

    async def finish() -> None:
        if commissioning is None:
            raise NotOfferedError("commissioning is finished over REST only")
        await data.login.async_ensure(call.data.get(CONF_PASSWORD))
        await commissioning.set_operating()

    commissioning = data.meter.commissioning
    if commissioning and call.data[ATTR_CONFIRM].strip() != data.identity.serial_number:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_confirmed")
    async with data.live.commanding():
        await data.cycle.while_idle(finish)
    await data.housekeeping.async_refresh()
    return {"operative_status": data.housekeeping.data.system.operative_status}


# For this time only, by those who don't want it to be kept in the options.
_PASSWORD: Final = {vol.Optional(CONF_PASSWORD): cv.string}

SETTINGS_ACTIONS: Final = {
    "get_parameters": Action(
        handler=get_parameters, fields=_PASSWORD, response=SupportsResponse.ONLY
    ),
    "set_parameters": Action(
        handler=set_parameters,
        fields={
            vol.Required(ATTR_PARAMETERS): vol.All(
                {cv.string: vol.Any(int, cv.string)}, vol.Length(min=1)
            ),
            **_PASSWORD,
        },
    ),
    "set_operating": Action(
        handler=set_operating, fields={vol.Required(ATTR_CONFIRM): cv.string, **_PASSWORD}
    ),
    "set_display": Action(
        handler=set_display,
        fields={
            vol.Optional(ATTR_ON): cv.boolean,
            vol.Optional(ATTR_PAGE): vol.In([page.name.lower() for page in DisplayPage]),
        },
        checks=(cv.has_at_least_one_key(ATTR_ON, ATTR_PAGE),),
    ),
}
