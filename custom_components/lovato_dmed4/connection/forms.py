"""The forms that ask how a meter is reached, and what is made of the answers."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Unpack

from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
    TextSelector,
)
from homeassistant.util.network import is_host_valid
import voluptuous as vol

from ..const import (
    CONF_BAUDRATE,
    CONF_CHANNEL,
    CONF_DATA_FORMAT,
    CONF_FRAMING,
    CONF_SERIAL_NUMBER,
    CONF_STOP_BITS,
    CONF_TIMEOUT,
    CONF_TLS,
    CONF_TRANSPORT,
    CONF_UNIT_ID,
    DEFAULT_BAUDRATE,
    DEFAULT_HTTP_PORT,
    DEFAULT_HTTPS_PORT,
    DEFAULT_MODBUS_PORT,
    DEFAULT_UNIT_ID,
    Transport,
)
from ..dmed4.lines import BAUD_RATES, DATA_FORMATS, Framing
from ..dmed4.rest_session import Tls
from .lending import is_local

# Longer than on any type plate, and short enough for a record.
_SERIAL_LIMIT: Final = 32


def whole_number(**config: Unpack[NumberSelectorConfig]) -> vol.All[int]:
    """Make a field for a whole number; the selector alone would give a float."""
    selector = NumberSelector({"step": 1, "mode": NumberSelectorMode.BOX, **config})
    return vol.All(selector, vol.Coerce(int))


def choice(options: list[str]) -> SelectSelector:
    """Make a choice among figures and codes, which no language changes."""
    return SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN))


def named_choice(options: Iterable[str], key: str, *, multiple: bool = False) -> SelectSelector:
    """Make a choice among words that each language has its own for."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options),
            translation_key=key,
            multiple=multiple,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def number_choice(options: Iterable[int]) -> vol.All[int]:
    """Make a choice among a few numbers."""
    return vol.All(choice([str(option) for option in options]), vol.Coerce(int))


REST_DISPLAY: Final = "rest_display"
"""The form for a meter that is reached through a remote display, on one of its channels."""

_WEB_SERVER: Final = {
    # Without one it is the usual port, which depends on TLS.
    vol.Optional(CONF_PORT): whole_number(min=1, max=65535),
    vol.Required(CONF_TLS, default=Tls.OFF.value): named_choice(Tls, CONF_TLS),
    vol.Optional(CONF_TIMEOUT): whole_number(min=1, max=30, unit_of_measurement="s"),
}

# By the step of the flow, in the order of its menu.
CONNECTION_FORMS: Final[Mapping[str, vol.Schema]] = {
    Transport.REST: vol.Schema({vol.Required(CONF_HOST): TextSelector(), **_WEB_SERVER}),
    REST_DISPLAY: vol.Schema(
        {
            vol.Required(CONF_HOST): TextSelector(),
            vol.Required(CONF_CHANNEL, default=1): whole_number(min=1, max=4),
            **_WEB_SERVER,
        }
    ),
    Transport.MODBUS_TCP: vol.Schema(
        {
            vol.Required(CONF_HOST): TextSelector(),
            vol.Required(CONF_PORT, default=DEFAULT_MODBUS_PORT): whole_number(min=1, max=65535),
            vol.Required(CONF_UNIT_ID, default=DEFAULT_UNIT_ID): whole_number(min=0, max=255),
            vol.Required(CONF_FRAMING, default=Framing.TCP.value): named_choice(
                Framing, CONF_FRAMING
            ),
            vol.Optional(CONF_SERIAL_NUMBER): TextSelector(),
        }
    ),
    Transport.MODBUS_SERIAL: vol.Schema(
        {
            vol.Required(CONF_DEVICE): SerialPortSelector(),
            vol.Required(CONF_BAUDRATE, default=str(DEFAULT_BAUDRATE)): number_choice(BAUD_RATES),
            vol.Required(CONF_DATA_FORMAT, default=DATA_FORMATS[0]): choice([*DATA_FORMATS]),
            vol.Required(CONF_STOP_BITS, default="1"): number_choice((1, 2)),
            vol.Required(CONF_FRAMING, default=Framing.RTU.value): named_choice(
                (Framing.RTU, Framing.ASCII), CONF_FRAMING
            ),
            vol.Required(CONF_UNIT_ID, default=DEFAULT_UNIT_ID): whole_number(min=1, max=247),
            vol.Optional(CONF_SERIAL_NUMBER): TextSelector(),
        }
    ),
}


def form_of(data: Mapping[str, Any]) -> str:
    """Get the form that data are from."""
    return REST_DISPLAY if data.get(CONF_CHANNEL) else str(data[CONF_TRANSPORT])


def connection(form: str, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Make an entry's data of what the user gave in a form."""
    transport = Transport.REST if form == REST_DISPLAY else Transport(form)
    data = {CONF_TRANSPORT: transport.value, **user_input}
    if CONF_HOST in data:
        data[CONF_HOST] = data[CONF_HOST].strip().lower()
    if serial_number := data.pop(CONF_SERIAL_NUMBER, "").strip():
        data[CONF_SERIAL_NUMBER] = serial_number
    if transport is Transport.REST:
        data.setdefault(CONF_PORT, _usual_port(data))
    return data


def suggested(form: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Show in a form what is known and fits it; choices are texts there."""
    suggested = dict(data)
    rest = form in {Transport.REST, REST_DISPLAY}
    # The port of Modbus is not that of the web server, whose usual one depends on TLS.
    fits = rest == (data.get(CONF_TRANSPORT) == Transport.REST)
    if not fits or (rest and data[CONF_PORT] == _usual_port(data)):
        suggested.pop(CONF_PORT, None)
    if form == Transport.MODBUS_SERIAL and data.get(CONF_FRAMING) == Framing.TCP:
        del suggested[CONF_FRAMING]
    for key in (CONF_BAUDRATE, CONF_STOP_BITS):
        if key in data:
            suggested[key] = str(data[key])
    return suggested


def _usual_port(data: Mapping[str, Any]) -> int:
    off = data.get(CONF_TLS, Tls.OFF) == Tls.OFF
    return DEFAULT_HTTP_PORT if off else DEFAULT_HTTPS_PORT


def mistakes(data: Mapping[str, Any]) -> dict[str, str]:
    """Find what can't be right, by field."""
    if not is_serial_number(data.get(CONF_SERIAL_NUMBER, "")):
        return {CONF_SERIAL_NUMBER: "invalid_serial_number"}
    if CONF_HOST in data:
        return {} if is_host_valid(data[CONF_HOST]) else {CONF_HOST: "invalid_host"}
    if not is_local(data[CONF_DEVICE]) and "://" not in data[CONF_DEVICE]:
        return {CONF_DEVICE: "invalid_device"}
    if data[CONF_FRAMING] == Framing.RTU and data[CONF_DATA_FORMAT].startswith("7"):
        return {CONF_DATA_FORMAT: "rtu_needs_eight_bits"}
    return {}


def is_serial_number(text: str) -> bool:
    """Whether a text can stand in a signed record as a serial number; an empty one can."""
    return (
        text.isascii()
        and (text.isprintable() or not text)
        and "|" not in text
        and len(text) <= _SERIAL_LIMIT
    )
