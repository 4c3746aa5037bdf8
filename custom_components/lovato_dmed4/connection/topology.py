"""Who is at an address, and which device is reached through which other."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_CHANNEL, CONF_TRANSPORT, CONF_UNIT_ID, DOMAIN, LOGGER, Transport
from ..dmed4.errors import MeterError, NotADmed4Error
from ..dmed4.model import Identity
from .devices import async_make_display, async_make_meter, is_display

# Node 0 is answered by a gateway itself and not passed on (manual: Modbus node number).
_GATEWAY_UNIT_ID: Final = 0

# Who answers to node 0 is asked once: a gateway of another make may be silent.
_GATEWAYS: Final[HassKey[dict[tuple[str, int], asyncio.Task[Identity | None]]]] = HassKey(
    f"{DOMAIN}_gateways"
)


async def async_detect(hass: HomeAssistant, data: Mapping[str, Any]) -> Identity:
    """Find out who is at an address: a meter or a remote display.

    A meter is looked for first, by what the manual says that each answers: what another web server
    does with the paths of a display is not known.

    Raises:
        MeterError: none is, or none of these.
    """
    meter = await async_make_meter(hass, data)
    try:
        return await meter.identify()
    except NotADmed4Error as err:
        if data.get(CONF_CHANNEL):
            raise
        LOGGER.debug("No meter: %s", err)
        return await _async_detect_display(hass, data, err)
    finally:
        await meter.close()


async def _async_detect_display(
    hass: HomeAssistant, data: Mapping[str, Any], no_meter: NotADmed4Error
) -> Identity:
    display = await async_make_display(hass, data)
    try:
        return await display.identify()
    except NotADmed4Error:
        raise no_meter from None
    finally:
        await display.close()


async def async_link_devices(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Show through which device another is reached, among those that share an entry's host.

    That is a display for the meters of its channels, and a gateway for what is on its bus. Both
    may be set up in any order, so all are looked at.
    """
    registry = dr.async_get(hass)
    devices = {
        other: device
        for other in hass.config_entries.async_entries(DOMAIN)
        if other.data.get(CONF_HOST) == entry.data.get(CONF_HOST)
        for device in dr.async_entries_for_config_entry(registry, other.entry_id)
    }
    for other, device in devices.items():
        via = await _async_via(hass, other, devices)
        # Either may have been removed while the gateway was asked.
        if registry.async_get(device.id) is None:
            continue
        known = via is not None and registry.async_get(via.id) is not None
        registry.async_update_device(
            device.id, via_device_id=via.id if via is not None and known else None
        )


async def _async_via(
    hass: HomeAssistant, entry: ConfigEntry[Any], devices: Mapping[ConfigEntry[Any], dr.DeviceEntry]
) -> dr.DeviceEntry | None:
    if entry.data.get(CONF_CHANNEL):
        return next((device for other, device in devices.items() if is_display(other)), None)
    if entry.data[CONF_TRANSPORT] != Transport.MODBUS_TCP or len(devices) == 1:
        return None
    gateway = await _async_gateway(hass, entry.data)
    return next(
        (
            device
            for other, device in devices.items()
            if gateway is not None and other is not entry and _is(other, device, gateway)
        ),
        None,
    )


def _is(entry: ConfigEntry[Any], device: dr.DeviceEntry, identity: Identity) -> bool:
    """Return whether an entry's device is the one that was identified; displays have but a model."""
    if is_display(entry):
        return device.model == identity.model
    return entry.unique_id == identity.fingerprint


async def _async_gateway(hass: HomeAssistant, data: Mapping[str, Any]) -> Identity | None:
    """Find out who is at the Ethernet port through which a device is reached, once for all of them."""
    known = hass.data.setdefault(_GATEWAYS, {})
    address = data[CONF_HOST], data[CONF_PORT]
    if address not in known:
        known[address] = hass.async_create_task(
            _async_ask_gateway(hass, data), f"{DOMAIN} gateway at {address}"
        )
    return await asyncio.shield(known[address])


async def _async_ask_gateway(hass: HomeAssistant, data: Mapping[str, Any]) -> Identity | None:
    """Ask who it is; None if that is not one of our devices."""
    try:
        return await async_detect(hass, {**data, CONF_UNIT_ID: _GATEWAY_UNIT_ID})
    except MeterError as err:
        LOGGER.debug("Nothing known answers to node 0: %s", err)
        return None
