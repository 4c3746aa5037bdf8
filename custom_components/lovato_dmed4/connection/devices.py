"""Make the device that an entry describes."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import DATA_RESOLVER, async_get_clientsession
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ssl import get_default_context

from ..const import (
    CONF_BAUDRATE,
    CONF_CERTIFICATE,
    CONF_CHANNEL,
    CONF_DATA_FORMAT,
    CONF_FRAMING,
    CONF_HOUR_UNIT,
    CONF_KIND,
    CONF_SCALE,
    CONF_STOP_BITS,
    CONF_TIMEOUT,
    CONF_TLS,
    CONF_TRANSPORT,
    CONF_UNIT_ID,
    DOMAIN,
    Kind,
    Transport,
)
from ..dmed4.display import ModbusDisplay, RemoteDisplay, RestDisplay
from ..dmed4.errors import LineInUseError
from ..dmed4.lines import Framing, Line, SerialLine, TcpLine
from ..dmed4.meter import Meter
from ..dmed4.modbus import ModbusDevice, ModbusMeter
from ..dmed4.rest import RestDevice, RestMeter
from ..dmed4.rest_session import Tls, open_session
from ..dmed4.scale import MeasureScale
from ..dmed4.tap import Tap
from .lending import async_lent_unit

_SESSION: Final[HassKey[ClientSession]] = HassKey(f"{DOMAIN}_session")


@callback
def async_http_session(hass: HomeAssistant) -> ClientSession:
    """Get the HTTP session for all meters, which makes a connection for each request.

    It finds names in the way that Home Assistant's own sessions do, those ending in .local included.
    """
    if (session := hass.data.get(_SESSION)) is None:
        async_get_clientsession(hass)  # makes the resolver
        session = open_session(hass.data.get(DATA_RESOLVER), get_default_context())
        hass.data[_SESSION] = opened = session

        async def close(_: Event) -> None:
            await opened.close()

        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close)
    return session


@callback
def async_open_session(hass: HomeAssistant, tap: Tap) -> ClientSession:
    """Open an HTTP session of one's own that is listened to; it finds names as the common one does."""
    async_get_clientsession(hass)  # makes the resolver
    return open_session(hass.data.get(DATA_RESOLVER), get_default_context(), tap)


async def async_make[ModbusT: ModbusDevice, RestT: RestDevice](
    hass: HomeAssistant,
    data: Mapping[str, Any],
    entry: ConfigEntry[Any] | None,
    modbus: type[ModbusT],
    rest: Callable[..., RestT],
) -> ModbusT | RestT:
    """Make the device that data describe; nothing is sent yet.

    Args:
        hass: Home Assistant.
        data: of an entry, or of one that is being made.
        entry: whose unload gives a lent unit back, if it is one's own.
        modbus: the kind of device behind a Modbus link.
        rest: makes a device behind a web server.

    Raises:
        CannotConnectError: the line can't be opened.
        LineHeldError: Home Assistant's Modbus uses the line with other settings.
        LineInUseError: other entries use the line with other settings.
    """
    if data[CONF_TRANSPORT] != Transport.REST:
        line, unit_id = line_of(data), data[CONF_UNIT_ID]
        lent = await async_lent_unit(hass, line, unit_id, entry)
        try:
            return modbus.on(line, unit_id, lent)
        except LineInUseError:
            if lent is not None:
                await lent.give_back()
            raise
    return rest(
        async_http_session(hass),
        data[CONF_HOST],
        data[CONF_PORT],
        tls=Tls(data.get(CONF_TLS, Tls.OFF)),
        certificate=data.get(CONF_CERTIFICATE, ""),
        channel=data.get(CONF_CHANNEL, 0),
        timeout=data.get(CONF_TIMEOUT),
    )


async def async_make_meter(
    hass: HomeAssistant, data: Mapping[str, Any], entry: ConfigEntry[Any] | None = None
) -> Meter:
    """Make the meter that data describe, for an entry if there is one; raises as `async_make` does."""
    scale = MeasureScale(**data.get(CONF_SCALE, {}))
    meter = await async_make(hass, data, entry, ModbusMeter, partial(RestMeter, scale=scale))
    if isinstance(meter, ModbusMeter):
        meter.hours.unit = data.get(CONF_HOUR_UNIT)
    return meter


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
    """Return whether an entry is a remote display, and no meter."""
    return entry.data.get(CONF_KIND) == Kind.DISPLAY


async def async_make_display(
    hass: HomeAssistant, data: Mapping[str, Any], entry: ConfigEntry[Any] | None = None
) -> RemoteDisplay:
    """Make the display that data describe, for an entry if there is one; see `async_make_meter`."""
    return await async_make(hass, data, entry, ModbusDisplay, RestDisplay)


def entry_scale(entry: ConfigEntry[Any]) -> MeasureScale:
    """Get the scale that an entry uses."""
    return MeasureScale(**entry.data.get(CONF_SCALE, {}))
