"""Make the device that an entry describes."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..const import (
    CONF_BAUDRATE,
    CONF_CERTIFICATE,
    CONF_CHANNEL,
    CONF_DATA_FORMAT,
    CONF_FRAMING,
    CONF_KIND,
    CONF_SCALE,
    CONF_STOP_BITS,
    CONF_TLS,
    CONF_TRANSPORT,
    CONF_UNIT_ID,
    Kind,
    Transport,
)
from ..dmed4.display import ModbusDisplay, RemoteDisplay, RestDisplay
from ..dmed4.lines import Framing, Line, SerialLine, TcpLine
from ..dmed4.meter import Meter
from ..dmed4.modbus import ModbusDevice, ModbusMeter
from ..dmed4.rest import RestDevice, RestMeter, Tls
from ..dmed4.scale import MeasureScale


def make_device[ModbusT: ModbusDevice, RestT: RestDevice](
    hass: HomeAssistant,
    data: Mapping[str, Any],
    modbus: type[ModbusT],
    rest: Callable[..., RestT],
) -> ModbusT | RestT:
    """Make the device that an entry's data describe; nothing is sent yet.

    Raises:
        LineInUseError: other entries use the same line with other settings.
    """
    if data[CONF_TRANSPORT] != Transport.REST:
        return modbus.on(line_of(data), data[CONF_UNIT_ID])
    return rest(
        async_get_clientsession(hass),
        data[CONF_HOST],
        data[CONF_PORT],
        tls=Tls(data.get(CONF_TLS, Tls.OFF)),
        certificate=data.get(CONF_CERTIFICATE, ""),
        channel=data.get(CONF_CHANNEL, 0),
    )


def make_meter(hass: HomeAssistant, data: Mapping[str, Any]) -> Meter:
    """Make the meter that an entry's data describe; see `make_device`."""
    scale = MeasureScale(**data.get(CONF_SCALE, {}))
    return make_device(hass, data, ModbusMeter, partial(RestMeter, scale=scale))


def line_of(data: Mapping[str, Any]) -> Line:
    """Get the Modbus line that an entry's data describe."""
    if data[CONF_TRANSPORT] == Transport.MODBUS_TCP:
        return TcpLine(
            host=data[CONF_HOST],
            port=data[CONF_PORT],
            framing=Framing(data.get(CONF_FRAMING, Framing.TCP)),
        )
    return SerialLine(
        device=data[CONF_DEVICE],
        baudrate=data[CONF_BAUDRATE],
        data_format=data[CONF_DATA_FORMAT],
        stop_bits=data[CONF_STOP_BITS],
        framing=Framing(data[CONF_FRAMING]),
    )


def is_display(entry: ConfigEntry[Any]) -> bool:
    """Tell whether an entry is a remote display, and no meter."""
    return entry.data.get(CONF_KIND) == Kind.DISPLAY


def make_display(hass: HomeAssistant, data: Mapping[str, Any]) -> RemoteDisplay:
    """Make the display that an entry's data describe; see `make_device`."""
    return make_device(hass, data, ModbusDisplay, RestDisplay)


def entry_scale(entry: ConfigEntry[Any]) -> MeasureScale:
    """Get the scale that an entry uses."""
    return MeasureScale(**entry.data.get(CONF_SCALE, {}))
