"""The action that examines a meter, whose parts are imported when it is used for the first time."""

from typing import Any, Final, cast

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.importlib import async_import_module
import voluptuous as vol

from .action import Action

ATTR_ALLOW_WRITES: Final = "allow_writes"
ATTR_DISPLAY_VOLTAGE: Final = "display_voltage"


async def _examine_meter(entry: ConfigEntry[Any], call: ServiceCall) -> ServiceResponse:
    """Examine a meter, loaded or not; keep the file for its download."""
    examination = await async_import_module(call.hass, f"{__package__}.examination")
    return cast("ServiceResponse", await examination.examine_meter(entry, call))


EXAMINATION_ACTIONS: Final = {
    "examine_meter": Action(
        handler=_examine_meter,
        fields={
            vol.Optional(ATTR_ALLOW_WRITES, default=False): cv.boolean,
            vol.Optional(ATTR_DISPLAY_VOLTAGE): vol.All(vol.Coerce(float), vol.Range(0, 2000)),
        },
        response=SupportsResponse.ONLY,
        needs_loaded=False,
    )
}
