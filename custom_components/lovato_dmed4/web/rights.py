"""The command that the card asks with what it may offer."""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.const import CONF_DEVICE_ID, CONF_TYPE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.loader import async_get_integration
import voluptuous as vol

from ..charging.rights import Step, may_charge
from ..const import DOMAIN


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
    """Answer which steps of a charge the user may take on a meter, and with which version."""
    try:
        _, entry = async_get_device_and_config_entry(hass, DOMAIN, msg[CONF_DEVICE_ID])
    except ServiceValidationError as err:
        connection.send_error(msg["id"], websocket_api.ERR_NOT_FOUND, str(err))
        return
    integration = await async_get_integration(hass, DOMAIN)
    rights = {step.value: may_charge(hass, entry, step, connection.user) for step in Step}
    connection.send_result(msg["id"], {**rights, "version": str(integration.version)})
