"""The command that browsers watch a meter with."""

from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.const import CONF_DEVICE_ID, CONF_TYPE, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service import async_get_device_and_config_entry
import voluptuous as vol

from ..connection.devices import is_display
from ..const import DOMAIN


@callback
def async_setup_live_stream(hass: HomeAssistant) -> None:
    """Register the command that browsers subscribe with."""
    websocket_api.async_register_command(hass, _subscribe)


@websocket_api.websocket_command(
    {
        vol.Required(CONF_TYPE): f"{DOMAIN}/live/subscribe",
        vol.Required(CONF_DEVICE_ID): str,
    }
)
@callback
def _subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Stream a meter's measures to users who may see them as states."""
    number = msg["id"]
    try:
        _, entry = async_get_device_and_config_entry(hass, DOMAIN, msg[CONF_DEVICE_ID])
    except ServiceValidationError as err:
        connection.send_error(number, websocket_api.ERR_NOT_FOUND, str(err))
        return
    if is_display(entry):
        connection.send_error(number, websocket_api.ERR_NOT_SUPPORTED, "This is not a meter")
        return
    power = er.async_get(hass).async_get_entity_id(
        Platform.SENSOR, DOMAIN, f"{entry.unique_id}_power"
    )
    if power is None or not connection.user.permissions.check_entity(power, POLICY_READ):
        raise Unauthorized
    connection.send_result(number)
    entry.runtime_data.stream.async_watch(connection, number)
