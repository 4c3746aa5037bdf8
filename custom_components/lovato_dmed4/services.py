"""The actions: what automations and scripts can ask of a meter or a remote display."""

from collections.abc import Callable, Coroutine, Mapping
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
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .actions.logbook import (
    ONE_RECORD,
    PAGE_FIELDS,
    RECORD_FIELDS,
    get_events,
    get_record,
    list_records,
    synchronise_records,
)
from .archive import Source
from .charging.identity import charge_identity, record_response
from .charging.tracker import MadeRecord
from .const import (
    CONF_CHARGE_POINT_ID,
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_FLAGS,
    CONF_IDENTIFICATION_LEVEL,
    CONF_IDENTIFICATION_TYPE,
    CONF_TARIFF_TEXT,
    DOMAIN,
)
from .coordinator import Dmed4ConfigEntry, translated_errors
from .dmed4.display import LIMITS, METERS, ViewerPage
from .dmed4.model import DisplayPage, Feature
from .dmed4.parameters import address_text, change, is_address, meaning, read_changes
from .dmed4.prototype import IdentificationFlag, IdentificationLevel, IdentificationType
from .remote_display import DisplayConfigEntry, is_display

ATTR_COMBINED: Final = "combined"
ATTR_CONFIRM: Final = "confirm"
ATTR_METER: Final = "meter"
ATTR_ON: Final = "display_on"
ATTR_PAGE: Final = "page"
ATTR_PARAMETERS: Final = "parameters"
ATTR_SHOW: Final = "show"

_METER: Final = {vol.Required(ATTR_DEVICE_ID): cv.string}

# The texts are checked where the record is made, with an error that names what is wrong.
_START: Final = {
    vol.Optional(CONF_IDENTIFICATION_TYPE): vol.In(list(IdentificationType)),
    vol.Optional(CONF_IDENTIFICATION_LEVEL): vol.In(list(IdentificationLevel)),
    vol.Optional(CONF_IDENTIFICATION_FLAGS): vol.All(
        cv.ensure_list, [vol.In(list(IdentificationFlag))]
    ),
    vol.Optional(CONF_IDENTIFICATION_DATA): cv.string,
    vol.Optional(CONF_TARIFF_TEXT): cv.string,
    vol.Optional(CONF_CHARGE_POINT_ID): cv.string,
}

type Handler = Callable[[Any, ServiceCall], Coroutine[Any, Any, ServiceResponse]]


async def _start(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    """Start a charge; fields that are not given come from the entry's options."""
    identity = charge_identity(entry.options | call.data)
    return _tell_made(entry, await entry.runtime_data.charge.async_begin(identity))


async def _read(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    return _tell_made(entry, await entry.runtime_data.charge.async_read())


async def _end(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    made = await entry.runtime_data.charge.async_end(combined=call.data[ATTR_COMBINED])
    return _tell_made(entry, made)


def _tell_made(entry: Dmed4ConfigEntry, made: MadeRecord) -> ServiceResponse:
    return record_response(entry, made.raw, stored=made.stored)


async def _get_last_record(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    data = entry.runtime_data
    record = await data.live.async_execute(data.cycle.last_record)
    if not record:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_record")
    stored = await data.records.async_store(record, Source.METER)
    return record_response(entry, record, stored=stored)


async def _reset_errors(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    data = entry.runtime_data
    await data.live.async_execute(data.cycle.reset_errors)
    return {"errors": list(data.live.data.status.errors.names)}


async def _synchronise_clock(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    data = entry.runtime_data
    await data.live.async_execute(data.cycle.synchronise_clock)
    await data.housekeeping.async_refresh()
    return {"clock_drift": data.housekeeping.data.clock_drift}


async def _set_display(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    data = entry.runtime_data
    if (on := call.data.get(ATTR_ON)) is not None:
        await data.live.async_execute(partial(data.meter.switch_display, on=on))
    if (page := call.data.get(ATTR_PAGE)) is not None:
        await data.live.async_execute(partial(data.meter.show_page, DisplayPage[page.upper()]))
    return {key: call.data[key] for key in (ATTR_ON, ATTR_PAGE) if key in call.data}


async def _get_parameters(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    data = entry.runtime_data

    async def read() -> Mapping[str, int]:
        await data.login.async_ensure()
        return await data.meter.parameters.read()

    return _parameters(await data.live.async_execute(read))


async def _set_parameters(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    """Change parameters, which reboots the meter: only while no charge is running."""
    data = entry.runtime_data
    with translated_errors():
        changes = read_changes(call.data[ATTR_PARAMETERS])
    step = partial(change, data.meter, changes, data.login.async_ensure)
    return _parameters(await data.live.async_execute(partial(data.cycle.while_idle, step)))


def _parameters(values: Mapping[str, int]) -> ServiceResponse:
    """Tell of each parameter its value and, where the manual says so, what it means."""
    parameters: dict[str, JsonValueType] = {}
    for name, value in values.items():
        parameters[name] = {
            "value": address_text(value) if is_address(name, value) else value,
            "meaning": meaning(name, value),
        }
    return {"parameters": parameters}


async def _set_operating(entry: Dmed4ConfigEntry, call: ServiceCall) -> ServiceResponse:
    """Finish commissioning, which can't be undone: only with the serial number of this meter."""
    data = entry.runtime_data

    async def finish() -> None:
        await data.login.async_ensure()
        await data.meter.set_operating()

    if Feature.SYSTEM_STATUS in data.meter.features and (
        call.data[ATTR_CONFIRM].strip() != data.identity.serial_number
    ):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_confirmed")
    await data.live.async_execute(partial(data.cycle.while_idle, finish))
    await data.housekeeping.async_refresh()
    return {"operative_status": data.housekeeping.data.system.operative_status}


async def _set_custom_page(entry: DisplayConfigEntry, call: ServiceCall) -> ServiceResponse:
    """Set all texts of a meter's custom page; those that are not given are shown empty."""
    display = entry.runtime_data
    meter = call.data[ATTR_METER]
    if meter not in display.data.meters:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_meter")
    texts = {name: call.data.get(name, "") for name in LIMITS}
    await display.async_write(meter, texts)
    if call.data[ATTR_SHOW]:
        await display.async_show(ViewerPage.custom(meter))
    return {ATTR_METER: meter, **texts}


_ACTIONS: Final[dict[str, tuple[Handler, Any]]] = {
    "start_charge_cycle": (_start, vol.Schema(_METER | _START)),
    "read_charge_cycle": (_read, vol.Schema(_METER)),
    "end_charge_cycle": (
        _end,
        vol.Schema(_METER | {vol.Optional(ATTR_COMBINED, default=False): cv.boolean}),
    ),
    "get_last_record": (_get_last_record, vol.Schema(_METER)),
    "get_record": (get_record, vol.All(vol.Schema(_METER | RECORD_FIELDS), *ONE_RECORD)),
    "list_records": (list_records, vol.Schema(_METER | PAGE_FIELDS)),
    "synchronise_records": (synchronise_records, vol.Schema(_METER)),
    "get_events": (get_events, vol.Schema(_METER | PAGE_FIELDS)),
    "reset_errors": (_reset_errors, vol.Schema(_METER)),
    "synchronise_clock": (_synchronise_clock, vol.Schema(_METER)),
    "get_parameters": (_get_parameters, vol.Schema(_METER)),
    "set_parameters": (
        _set_parameters,
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
        _set_operating,
        vol.Schema(_METER | {vol.Required(ATTR_CONFIRM): cv.string}),
    ),
    "set_display": (
        _set_display,
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
        _set_custom_page,
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

_DISPLAY_HANDLERS: Final = {_set_custom_page}


# What does nothing but tell something.
_ONLY_RESPONSE: Final = (_get_last_record, _get_parameters, get_record, list_records, get_events)


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
