"""Why no meter answers at an address, and where else at the host one does."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
import errno
import fcntl
import os
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant

from ..const import CONF_FRAMING, CONF_TLS, CONF_UNIT_ID
from ..dmed4.errors import CannotConnectError, MeterError, SilentError, UnexpectedAnswerError
from ..dmed4.lines import Framing
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
    WEB_SERVER = "web_server"
    TLS_SERVER = "tls_server"
    OTHER_SERVICE = "other_service"
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
    FRAMING = "found_framing"


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


async def async_find_cause(
    hass: HomeAssistant, data: Mapping[str, Any], err: MeterError
) -> Cause | None:
    """Find out why no meter answers; None where the meter's own error says it best.

    Args:
        hass: Home Assistant.
        data: the host and port where a meter was looked for, and as which unit if over Modbus.
        err: what came of it.
    """
    host, port, modbus = data[CONF_HOST], data[CONF_PORT], CONF_UNIT_ID in data
    lost = isinstance(err, CannotConnectError)
    cause = await _try_connection(hass, host, port) if lost else None
    unclear = modbus and isinstance(err, SilentError | UnexpectedAnswerError)
    if cause is None and (lost or unclear):
        cause = await _name_service(hass, host, port, modbus=modbus)
    return cause or (Cause.CLOSED if lost else None)


async def _try_connection(hass: HomeAssistant, host: str, port: int) -> Cause | None:
    """Find out why there is no connection; None if it is possible now and stays open."""
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
            # Neither Modbus nor HTTP says anything before it is asked.
            return Cause.OTHER_SERVICE if await reader.read(1) else Cause.CLOSED
    except TimeoutError:
        return None
    except OSError:
        return Cause.CLOSED
    finally:
        writer.close()


async def _name_service(hass: HomeAssistant, host: str, port: int, *, modbus: bool) -> Cause | None:
    """Name what answers at a port when it is asked in its own way."""
    # Two connections at a time are what a meter has for Modbus.
    certificate, web = await asyncio.gather(
        _fingerprint(hass, host, port), _speaks_http(host, port)
    )
    if certificate:
        return Cause.TLS_SERVER
    return Cause.WEB_SERVER if web and modbus else None


async def _fingerprint(hass: HomeAssistant, host: str, port: int) -> str:
    """Get the fingerprint of the certificate at a port; empty if there is no TLS in time."""
    with suppress(MeterError, TimeoutError):
        async with asyncio.timeout(_SECONDS):
            return await fetch_fingerprint(async_http_session(hass), host, port)
    return ""


async def _speaks_http(host: str, port: int) -> bool:
    """Whether a web server answers at a port, a meter's or any other."""
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, UnicodeError):
        async with asyncio.timeout(_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(b"HEAD / HTTP/1.0\r\n\r\n")
                return await reader.readexactly(5) == b"HTTP/"
            finally:
                writer.close()
    return False


async def async_search(
    hass: HomeAssistant, data: Mapping[str, Any], cause: Cause | None
) -> SearchResult | None:
    """Look for a DMED4 at the usual ports of a host, and at the given one in another way.

    Args:
        hass: Home Assistant.
        data: the host and port where none was found, and in which way: with which TLS, or with
            which framing and as which unit.
        cause: what is known of the port already.
    """
    host, port, unit = data[CONF_HOST], data[CONF_PORT], data.get(CONF_UNIT_ID)
    tls = data.get(CONF_TLS, Tls.OFF)
    modbus = dict.fromkeys(MODBUS_PORTS)
    web = dict.fromkeys(((_HTTP_PORT, False), (_HTTPS_PORT, True), (_HTTP_PORT, True)))
    # The port was asked in one way and may speak another.
    if unit is None:
        modbus = {port: None, **modbus}
        web = {(port, tls == Tls.OFF): None, **web}
        web.pop((port, tls != Tls.OFF), None)
    else:
        modbus.pop(port, None)
        if cause in {Cause.WEB_SERVER, Cause.TLS_SERVER}:
            web = {(port, cause is Cause.TLS_SERVER): None, **web}
    looks = [
        *(() if unit is None else (_look_at_port(host, port, unit, data[CONF_FRAMING]),)),
        *(_look_for_modbus(host, number, unit) for number in modbus),
        *(_look_for_rest(hass, host, number, tls=with_tls) for number, with_tls in web),
    ]
    found = await asyncio.gather(*looks)
    return next((finding for finding in found if finding is not None), None)


async def _look_at_port(host: str, port: int, unit: int, framing: str) -> SearchResult | None:
    """Ask over Modbus TCP, also as unit 0, to which a meter with its own Ethernet port answers as any."""
    for asked in (unit, 0):
        answer = await ask_model(host, port, asked, seconds=_SECONDS)
        if answer is None:
            continue
        if answer.model is not None and framing != Framing.TCP:
            return SearchResult(Answerer.FRAMING, port, answer.unit)
        if answer.model is not None and answer.unit != unit:
            return SearchResult(Answerer.UNIT, port, answer.unit)
        return None
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
    certificate = await _fingerprint(hass, host, port) if tls else ""
    if tls and not certificate:
        return None
    meter = RestMeter(
        async_http_session(hass),
        host,
        port,
        tls=Tls.PINNED if tls else Tls.OFF,
        certificate=certificate,
        timeout=_SECONDS,
    )
    with suppress(MeterError):
        await meter.identify()
        return SearchResult(Answerer.TLS if tls else Answerer.REST, port)
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
