"""Units that Home Assistant's own Modbus lends: a line has one connection, whoever has it.

That integration keeps one connection for each line, for all integrations that ask it for a unit. Where
it has one to a meter's line already, ours would be refused at a serial port, and be one too many at a
gateway. It also opens ports that are no devices of this machine, such as a serial proxy of ESPHome.

Hubs of `configuration.yaml` are not among them: these lend nothing, and hide what a device answers.
"""

from contextlib import AsyncExitStack
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from modbus_connection import ModbusSerialParams, ModbusTcpParams

from ..dmed4.errors import CannotConnectError, LineHeldError
from ..dmed4.lent import LentUnit
from ..dmed4.lines import Framing, Line, SerialLine, TcpLine

_MODBUS: Final = "modbus"

# As Home Assistant describes the lines of a serial device server, where it means nothing.
_SOCKET_BAUDRATE: Final = 115200


def is_local(device: str) -> bool:
    """Whether a serial port is a device of this machine, which pymodbus can open."""
    return device.startswith("/dev/")


async def async_lent_unit(
    hass: HomeAssistant, line: Line, unit_id: int, entry: ConfigEntry[Any] | None
) -> LentUnit | None:
    """Borrow a unit where Home Assistant's Modbus has the line, or is the only one to open it.

    Args:
        hass: Home Assistant.
        line: that the unit is on.
        unit_id: its node number.
        entry: whose unload gives it back; None while a device is being set up.

    Returns:
        None where the line is nobody's, and ours to open.

    Raises:
        CannotConnectError: only Home Assistant's Modbus could open the port, and it can't be set up.
        LineHeldError: it uses the line with other settings.
    """
    params = _params(line)
    if isinstance(line, SerialLine) and not is_local(line.device):
        if not await async_setup_component(hass, _MODBUS, {}):
            raise CannotConnectError("Home Assistant's Modbus could not be set up")
    elif not _is_held(hass, params):
        return None
    # Its requirements are there only once it is set up.
    from homeassistant.components.modbus import async_get_temporary_unit, async_get_unit  # noqa: PLC0415

    stack = AsyncExitStack()
    try:
        if entry is not None:
            unit = async_get_unit(hass, entry, params, unit_id)
        else:
            held = async_get_temporary_unit(hass, params, unit_id)
            unit = await stack.enter_async_context(held)
    except HomeAssistantError as err:
        raise LineHeldError(str(err)) from err
    return LentUnit(unit, stack.aclose)


def hub_of(hass: HomeAssistant, line: Line) -> str | None:
    """Get the name of the hub in `configuration.yaml` that uses a line, if one does."""
    if _MODBUS not in hass.config.components:
        return None
    from homeassistant.components.modbus.const import DATA_MODBUS_HUBS  # noqa: PLC0415

    endpoint = _params(line).endpoint
    hubs = hass.data.get(DATA_MODBUS_HUBS, {}).values()
    return next((hub.name for hub in hubs if hub.endpoint == endpoint), None)


def _is_held(hass: HomeAssistant, params: ModbusSerialParams | ModbusTcpParams) -> bool:
    if _MODBUS not in hass.config.components:
        return False
    from homeassistant.components.modbus.connection import async_get_connection_info  # noqa: PLC0415

    return any(info.endpoint == params.endpoint for info in async_get_connection_info(hass))


def _params(line: Line) -> ModbusSerialParams | ModbusTcpParams:
    """Describe a line as Home Assistant's Modbus does, so that it knows it for the same."""
    if not isinstance(line, TcpLine) or line.framing is Framing.TCP:
        return line.params
    host = f"[{line.host}]" if ":" in line.host else line.host
    return ModbusSerialParams(
        device=f"socket://{host}:{line.port}",
        framer="rtu" if line.framing is Framing.RTU else "ascii",
        baudrate=_SOCKET_BAUDRATE,
    )
