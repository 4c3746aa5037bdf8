"""The command that the card asks with what it may offer."""

from collections.abc import Sequence
from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.const import CONF_DEVICE_ID, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.loader import async_get_integration
import voluptuous as vol

from ..billing.model import Driver
from ..charging.identity import (
    async_drivers,
    charge_identity,
    identity_of,
    may_charge_as,
    own_driver,
)
from ..charging.rights import Step, may_charge
from ..const import (
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_LEVEL,
    CONF_IDENTIFICATION_TYPE,
    CONF_TARIFF_TEXT,
    DOMAIN,
)
from ..dmed4.prototype import FORMS, IdentificationLevel, IdentificationType
from ..runtime_data import Dmed4ConfigEntry


@callback
def async_setup_rights(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, _get_rights)


@websocket_api.websocket_command(
    {
        vol.Required(CONF_TYPE): f"{DOMAIN}/rights",
        vol.Required(CONF_DEVICE_ID): str,
    }
)
@websocket_api.async_response
async def _get_rights(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Answer which steps of a charge the user may take on a meter, and with which version.

    Who may start one is also told what the form for it has to know.
    """
    try:
        _, entry = async_get_device_and_config_entry(hass, DOMAIN, msg[CONF_DEVICE_ID])
    except ServiceValidationError as err:
        connection.send_error(msg["id"], websocket_api.ERR_NOT_FOUND, str(err))
        return
    user = connection.user
    # The entry may be gone after anything that is awaited.
    records = entry.runtime_data.records
    integration = await async_get_integration(hass, DOMAIN)
    rights = {step.value: may_charge(hass, entry, step, user) for step in Step}
    answer: dict[str, Any] = {**rights, "version": str(integration.version)}
    if rights[Step.START]:
        drivers = await async_drivers(records)
        own = own_driver(hass, drivers, user.id)
        answer["form"] = _start_form(entry, drivers, own, names=user.is_admin)
    connection.send_result(msg["id"], answer)


def _start_form(
    entry: Dmed4ConfigEntry, drivers: Sequence[Driver], own: Driver | None, *, names: bool
) -> dict[str, object]:
    """Show what a charge is started with where a field is left empty, and how to read an identification.

    Whose identification the options hold, and who the drivers are, is for administrators only
    (`names`): of others, an empty ``identification_data`` is None where there is one, and the only
    driver is the user.
    """
    default = charge_identity({**entry.options, **identity_of(own)})
    hidden = bool(default.data) and not (names or own)
    offered = may_charge_as(drivers) if names else [own] if own else []
    return {
        CONF_IDENTIFICATION_TYPE: default.type,
        CONF_IDENTIFICATION_LEVEL: default.level,
        CONF_IDENTIFICATION_DATA: None if hidden else default.data,
        CONF_TARIFF_TEXT: default.tariff_text,
        # The type of another identification; NONE where its form decides, by the first that fits.
        "other_type": entry.options.get(CONF_IDENTIFICATION_TYPE, IdentificationType.NONE),
        "forms": [[kind, form.pattern] for kind, form in FORMS],
        "types": list(IdentificationType),
        "levels": list(IdentificationLevel),
        "drivers": [[driver.id, driver.name] for driver in offered],
        "driver": own.id if own else None,
    }
