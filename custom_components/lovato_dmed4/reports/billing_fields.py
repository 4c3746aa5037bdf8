"""What may be said of drivers, prices and senders of statements: everything is checked here."""

from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal, InvalidOperation
import re
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .query import ATTR_DRIVER_ID, ATTR_SINCE, ATTR_UNTIL, NUMBER, moment
from .text import shown

ATTR_ACTIVE: Final = "active"
ATTR_ADDRESS: Final = "address"
ATTR_EMAIL: Final = "email"
ATTR_ENERGY: Final = "energy"
ATTR_EXPORTED: Final = "exported"
ATTR_IDENTIFICATIONS: Final = "identifications"
ATTR_MINUTE: Final = "minute"
ATTR_NAME: Final = "name"
ATTR_NOTE: Final = "note"
ATTR_PERSON: Final = "person"
# Not `entity_id`, which is a target in actions.
ATTR_PRICE_ENTITY: Final = "price_entity"
ATTR_PRICE_ID: Final = "price_id"
ATTR_SESSION: Final = "session"
ATTR_TIME_FROM: Final = "time_from"
ATTR_TIME_UNTIL: Final = "time_until"
ATTR_VAT: Final = "vat"

_MAX_LINE: Final = 120
_MAX_TEXT: Final = 1000
_MAX_IDENTIFICATIONS: Final = 50
# More than a kWh, a minute or a session costs in any currency.
_MAX_AMOUNT: Final = 1_000_000
_MAX_DECIMALS: Final = 10
# Not what an address may be, but what makes none: a second recipient, a line break, no domain.
_EMAIL: Final = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+")


def line(value: Any) -> str:
    """Read a text of one line, without anything unseen in it."""
    text = cv.string(value).strip()
    if len(text) > _MAX_LINE or shown(text) != text:
        raise vol.Invalid(f"one line of at most {_MAX_LINE} characters is needed")
    return text


def lines(value: Any) -> str:
    """Read a text of several lines, without anything else unseen in it."""
    text = cv.string(value).replace("\r\n", "\n").strip()
    if len(text) > _MAX_TEXT or any(shown(each) != each for each in text.split("\n")):
        raise vol.Invalid(f"at most {_MAX_TEXT} characters are possible")
    return text


def _filled(value: Any) -> str:
    if not (text := line(value)):
        raise vol.Invalid("a text is needed")
    return text


def _email(value: Any) -> str:
    text = line(value)
    if text and not _EMAIL.fullmatch(text):
        raise vol.Invalid("one e-mail address is needed")
    return text


def _person(value: Any) -> str:
    text = line(value)
    return cv.entity_domain("person")(text) if text else ""


def _identification(value: Any) -> dict[str, Any]:
    given = value if isinstance(value, Mapping) else {"value": value}
    found: dict[str, Any] = _IDENTIFICATION(dict(given))
    return found


def amount(value: Any) -> Decimal:
    """Read an exact amount: a text, or a number as it is written."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as err:
        raise vol.Invalid("a number is needed") from err
    if not number.is_finite() or abs(number) > _MAX_AMOUNT:
        raise vol.Invalid("the number is too large")
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _MAX_DECIMALS:
        raise vol.Invalid(f"at most {_MAX_DECIMALS} decimals are possible")
    return number


def _time_of_day(value: Any) -> time:
    return cv.time(value).replace(second=0, microsecond=0)


def _price(values: dict[str, Any]) -> dict[str, Any]:
    """See that a price is one, as a whole."""
    if ATTR_ENERGY not in values and ATTR_PRICE_ENTITY not in values:
        raise vol.Invalid("a price of a kWh is needed, or an entity that says it")
    if (ATTR_TIME_FROM in values) != (ATTR_TIME_UNTIL in values) or (
        ATTR_TIME_FROM in values and values[ATTR_TIME_FROM] == values[ATTR_TIME_UNTIL]
    ):
        raise vol.Invalid("a time of day needs a beginning and another end")
    if ATTR_UNTIL in values and values[ATTR_UNTIL] <= values[ATTR_SINCE]:
        raise vol.Invalid("the price has to end after it begins")
    return values


_IDENTIFICATION: Final = vol.Schema(
    {vol.Required("value"): _filled, vol.Optional("type", default=None): vol.Any(None, line)}
)

DRIVER_FIELDS: Final = {
    vol.Optional(ATTR_DRIVER_ID): NUMBER,
    vol.Required(ATTR_NAME): _filled,
    vol.Optional(ATTR_IDENTIFICATIONS, default=list): vol.All(
        cv.ensure_list, vol.Length(max=_MAX_IDENTIFICATIONS), [_identification]
    ),
    vol.Optional(ATTR_ADDRESS, default=""): lines,
    vol.Optional(ATTR_EMAIL, default=""): _email,
    vol.Optional(ATTR_PERSON, default=""): _person,
    vol.Optional(ATTR_NOTE, default=""): lines,
    vol.Optional(ATTR_ACTIVE, default=True): cv.boolean,
}

PRICE_FIELDS: Final = {
    vol.Optional(ATTR_PRICE_ID): NUMBER,
    vol.Required(ATTR_SINCE): moment,
    vol.Optional(ATTR_UNTIL): moment,
    vol.Optional(ATTR_ENERGY): amount,
    vol.Optional(ATTR_EXPORTED): amount,
    vol.Optional(ATTR_MINUTE): amount,
    vol.Optional(ATTR_SESSION): amount,
    vol.Optional(ATTR_VAT): vol.All(amount, vol.Range(min=0, max=100)),
    vol.Optional(ATTR_DEVICE_ID): cv.string,
    vol.Optional(ATTR_DRIVER_ID): NUMBER,
    vol.Optional(ATTR_TIME_FROM): _time_of_day,
    vol.Optional(ATTR_TIME_UNTIL): _time_of_day,
    vol.Optional(ATTR_PRICE_ENTITY): cv.entity_domain(["sensor", "input_number", "number"]),
}
"""Together they have to pass `PRICE`."""

PRICE: Final[Callable[[dict[str, Any]], dict[str, Any]]] = _price

ISSUER_FIELDS: Final = {
    vol.Optional(ATTR_NAME, default=""): line,
    vol.Optional(ATTR_ADDRESS, default=""): lines,
    vol.Optional(ATTR_EMAIL, default=""): _email,
    vol.Optional("phone", default=""): line,
    vol.Optional("tax_id", default=""): line,
    vol.Optional(ATTR_NOTE, default=""): lines,
    vol.Optional("city", default=""): line,
    vol.Optional("party_id", default=""): vol.Any("", cv.matches_regex("^[A-Za-z0-9]{3}$")),
}
