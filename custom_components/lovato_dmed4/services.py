"""The actions: what automations and scripts can ask of a meter or a remote display."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import (
    async_get_device_and_config_entry,
    async_register_admin_service,
)
import voluptuous as vol

from .actions.charging import (
    ATTR_COMBINED,
    START_FIELDS,
    end,
    get_last_record,
    read,
    reset_errors,
    start,
    synchronise_clock,
)
from .actions.display import ATTR_METER, ATTR_SHOW, set_custom_page
from .actions.logbook import (
    ONE_RECORD,
    PAGE_FIELDS,
    RECORD_FIELDS,
    get_events,
    get_record,
    list_records,
    synchronise_records,
)
from .actions.settings import (
    ATTR_CONFIRM,
    ATTR_ON,
    ATTR_PAGE,
    ATTR_PARAMETERS,
    get_parameters,
    set_display,
    set_operating,
    set_parameters,
)
from .connection.devices import is_display
from .const import DOMAIN
from .dmed4.display import LIMITS, METERS
from .dmed4.model import DisplayPage

_METER: Final = {vol.Required(ATTR_DEVICE_ID): cv.string}


type Handler = Callable[[Any, ServiceCall], Coroutine[Any, Any, ServiceResponse]]


_ACTIONS: Final[dict[str, tuple[Handler, Any]]] = {
    "start_charge_cycle": (start, vol.Schema(_METER | START_FIELDS)),
    "read_charge_cycle": (read, vol.Schema(_METER)),
    "end_charge_cycle": (
        end,
        vol.Schema(_METER | {vol.Optional(ATTR_COMBINED, default=False): cv.boolean}),
    ),
    "get_last_record": (get_last_record, vol.Schema(_METER)),
    "get_record": (get_record, vol.All(vol.Schema(_METER | RECORD_FIELDS), *ONE_RECORD)),
    "list_records": (list_records, vol.Schema(_METER | PAGE_FIELDS)),
    "synchronise_records": (synchronise_records, vol.Schema(_METER)),
    "get_events": (get_events, vol.Schema(_METER | PAGE_FIELDS)),
    "reset_errors": (reset_errors, vol.Schema(_METER)),
    "synchronise_clock": (synchronise_clock, vol.Schema(_METER)),
    "get_parameters": (get_parameters, vol.Schema(_METER)),
    "set_parameters": (
        set_parameters,
        vol.Schema(
            _METER
            | {
                vol.Required(ATTR_PARAMETERS): vol.All(
                    {cv.string: vol.Any(int, cv.string)}, vol.Length(min=1)
                )
            }
        ),
    ),
    "set_operating": (
        set_operating,
        vol.Schema(_METER | {vol.Required(ATTR_CONFIRM): cv.string}),
    ),
    "set_display": (
        set_display,
        vol.All(
            vol.Schema(
                _METER
                | {
                    vol.Optional(ATTR_ON): cv.boolean,
                    vol.Optional(ATTR_PAGE): vol.In([page.name.lower() for page in DisplayPage]),
                }
            ),
            cv.has_at_least_one_key(ATTR_ON, ATTR_PAGE),
        ),
    ),
    "set_custom_page": (
        set_custom_page,
        vol.Schema(
            _METER
            | {
                vol.Optional(ATTR_METER, default=1): vol.In(range(1, max(METERS.values()) + 1)),
                vol.Optional(ATTR_SHOW, default=False): cv.boolean,
            }
            # As above: the texts are checked where the page is made.
            | {vol.Optional(name): cv.string for name in LIMITS}
        ),
    ),
}

_DISPLAY_HANDLERS: Final = {set_custom_page}


# What does nothing but tell something.
_ONLY_RESPONSE: Final = (get_last_record, get_parameters, get_record, list_records, get_events)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions: for administrators, because they write to a meter or tell who charged."""
    for name, (handler, schema) in _ACTIONS.items():
        async_register_admin_service(
            hass,
            DOMAIN,
            name,
            partial(_handle, hass, handler),
            schema=schema,
            supports_response=SupportsResponse.ONLY
            if handler in _ONLY_RESPONSE
            else SupportsResponse.OPTIONAL,
        )


async def _handle(hass: HomeAssistant, handler: Handler, call: ServiceCall) -> ServiceResponse:
    _, entry = async_get_device_and_config_entry(hass, DOMAIN, call.data[ATTR_DEVICE_ID])
    for_display = handler in _DISPLAY_HANDLERS
    if for_display and not is_display(entry):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_display")
    if is_display(entry) and not for_display:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_meter")
    return await handler(entry, call)
