"""Why no meter answers at an address, and where else at the host one does."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
import errno
import fcntl
import os
from typing import Final

from homeassistant.core import HomeAssistant

from ..dmed4.errors import MeterError
from ..dmed4.probe import ask_model
from ..dmed4.rest import RestMeter
from ..dmed4.rest_certificate import fetch_fingerprint
from ..dmed4.rest_session import Tls
from .devices import async_http_session

# A port that is open answers at once in a local network.
_SECONDS: Final = 2.0

# The usual one, and the usual one of the maker's other devices.
MODBUS_PORTS: Final = (502, 1001)
_HTTP_PORT: Final = 80
_HTTPS_PORT: Final = 443


class Cause(StrEnum):
    """Why there is no connection; the values are keys of the form's texts."""

    NAME_UNKNOWN = "name_unknown"
    UNREACHABLE = "cannot_connect"
    REFUSED = "connection_refused"
    CLOSED = "connection_closed"
    PORT_MISSING = "serial_missing"
    PORT_IN_USE = "serial_in_use"
    PORT_IN_USE_BY_HUB = "serial_in_use_by_hub"
    PORT_FORBIDDEN = "serial_forbidden"


class Answerer(StrEnum):
    """What answers elsewhere at the host; the values are keys of the form's texts."""

    REST = "found_rest"
    TLS = "found_tls"
    MODBUS = "found_modbus"
    UNIT = "found_unit"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Where somebody answers.

    Attributes:
        kind: in what way.
        port: where.
        unit: as which Modbus unit; 0 for none.
    """

    kind: Answerer
    port: int
    unit: int = 0


async def async_find_cause(hass: HomeAssistant, host: str, port: int) -> Cause | None:
    """Find out why a connection to a host failed; None if it is possible now and stays open."""
    try:
        await hass.loop.getaddrinfo(host, port)
    except OSError, UnicodeError:
        return Cause.NAME_UNKNOWN
    try:
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        return Cause.REFUSED
    except OSError:
        # A time-out is one as well.
        return Cause.UNREACHABLE
    try:
        async with asyncio.timeout(_SECONDS / 4):
            closed = not await reader.read(1)
    except TimeoutError:
        return None
    except OSError:
        return Cause.CLOSED
    finally:
        writer.close()
    return Cause.CLOSED if closed else None


async def async_search(
    hass: HomeAssistant, host: str, *, port: int, unit: int | None, tls: Tls = Tls.OFF
) -> SearchResult | None:
    """Look for a DMED4 at the usual ports of a host, and at the given one in another way.

    Args:
        hass: Home Assistant.
        host: whose ports.
        port: at which none was found.
        unit: as which Modbus unit; None for a web server.
        tls: how that web server was asked.
    """
    modbus = dict.fromkeys(MODBUS_PORTS)
    web = dict.fromkeys(((_HTTP_PORT, False), (_HTTPS_PORT, True), (_HTTP_PORT, True)))
    if unit is None:
        # It was asked in one way; whoever gave the port may have meant another.
        modbus = {port: None, **modbus}
        web = {(port, tls == Tls.OFF): None, **web}
        web.pop((port, tls != Tls.OFF), None)
    else:
        modbus.pop(port, None)
    looks = [
        _look_for_unit(host, port, unit),
        *(_look_for_modbus(host, number, unit) for number in modbus),
        *(_look_for_rest(hass, host, number, tls=with_tls) for number, with_tls in web),
    ]
    found = await asyncio.gather(*looks)
    return next((finding for finding in found if finding is not None), None)


async def _look_for_unit(host: str, port: int, unit: int | None) -> SearchResult | None:
    """Ask as unit 0, to which a meter with an Ethernet port of its own answers as any."""
    if unit is None:
        return None
    for asked in (unit, 0):
        answer = await ask_model(host, port, asked, seconds=_SECONDS)
        if answer is not None:
            other = answer.model is not None and answer.unit != unit
            return SearchResult(Answerer.UNIT, port, answer.unit) if other else None
    return None


async def _look_for_modbus(host: str, port: int, unit: int | None) -> SearchResult | None:
    for asked in dict.fromkeys((unit or 1, 0)):
        answer = await ask_model(host, port, asked, seconds=_SECONDS)
        if answer is not None and answer.model is not None:
            return SearchResult(Answerer.MODBUS, port, answer.unit)
    return None


async def _look_for_rest(
    hass: HomeAssistant, host: str, port: int, *, tls: bool
) -> SearchResult | None:
    session = async_http_session(hass)
    with suppress(MeterError, TimeoutError):
        if not tls:
            await RestMeter(session, host, port, timeout=_SECONDS).identify()
            return SearchResult(Answerer.REST, port)
        async with asyncio.timeout(_SECONDS):
            certificate = await fetch_fingerprint(session, host, port)
        await RestMeter(
            session, host, port, tls=Tls.PINNED, certificate=certificate, timeout=_SECONDS
        ).identify()
        return SearchResult(Answerer.TLS, port)
    return None


def serial_cause(device: str) -> Cause | None:
    """Find out why a serial port could not be opened; None if it can be. Blocks for a moment."""
    if not device.startswith("/dev/"):
        return None
    try:
        port = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except FileNotFoundError:
        return Cause.PORT_MISSING
    except PermissionError:
        return Cause.PORT_FORBIDDEN
    except OSError as err:
        return Cause.PORT_IN_USE if err.errno == errno.EBUSY else Cause.PORT_MISSING
    try:
        # With this lock, programs keep others from a port that they have open.
        fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Cause.PORT_IN_USE
    finally:
        os.close(port)
    return None
