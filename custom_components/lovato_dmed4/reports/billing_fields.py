"""What may be said of drivers, prices and senders of statements: everything is checked here.

What people may enter by mistake is refused with a text in their language, in actions and in the panel
alike. What no form lets them enter is refused as the schemas of Home Assistant do it.
"""

from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal, InvalidOperation
import re
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import DOMAIN
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
_PRICE_ENTITY: Final = cv.entity_domain(["sensor", "input_number", "number"])
# Not what an address may be, but what makes none: a second recipient, a line break, no domain.
_EMAIL: Final = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+")


def line(value: Any) -> str:
    """Read a text of one line, without anything unseen in it.

    Raises:
        ServiceValidationError: it is longer than 120 characters, or has others than visible ones.
    """
    text = cv.string(value).strip()
    if len(text) > _MAX_LINE or shown(text) != text:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="text_not_possible")
    return text


def lines(value: Any) -> str:
    """Read a text of several lines, without anything else unseen in it.

    Raises:
        ServiceValidationError: it is longer than 1000 characters, or has others than visible ones.
    """
    text = cv.string(value).replace("\r\n", "\n").strip()
    if len(text) > _MAX_TEXT or any(shown(each) != each for each in text.split("\n")):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="text_not_possible")
    return text


def _filled(value: Any) -> str:
    if not (text := line(value)):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="text_missing")
    return text


def _email(value: Any) -> str:
    text = line(value)
    if text and not _EMAIL.fullmatch(text):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="email_not_possible"
        )
    return text


def _person(value: Any) -> str:
    text = line(value)
    return cv.entity_domain("person")(text) if text else ""


def _identification(value: Any) -> dict[str, Any]:
    given = value if isinstance(value, Mapping) else {"value": value}
    found: dict[str, Any] = _IDENTIFICATION(dict(given))
    return found


def _identifications(value: Any) -> list[Any]:
    found: list[Any] = cv.ensure_list(value)
    if len(found) > _MAX_IDENTIFICATIONS:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="too_many_identifications"
        )
    return found


def amount(value: Any) -> Decimal:
    """Read an exact amount: a text, or a number as it is written.

    Raises:
        ServiceValidationError: it is not a number from -1,000,000 to 1,000,000, or has more than ten
            decimals.
    """
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    exponent = number.as_tuple().exponent
    # Infinite ones and those that are none have a letter there.
    if not isinstance(exponent, int) or -exponent > _MAX_DECIMALS or abs(number) > _MAX_AMOUNT:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="amount_not_possible"
        )
    return number


def _price_entity(value: Any) -> str:
    try:
        return _PRICE_ENTITY(value)
    except vol.Invalid as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="price_entity_not_possible"
        ) from err


def _time_of_day(value: Any) -> time:
    return cv.time(value).replace(second=0, microsecond=0)


def _price(values: dict[str, Any]) -> dict[str, Any]:
    """See that a price is one, as a whole."""
    if ATTR_ENERGY not in values and ATTR_PRICE_ENTITY not in values:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="price_without_energy"
        )
    if (ATTR_TIME_FROM in values) != (ATTR_TIME_UNTIL in values) or (
        ATTR_TIME_FROM in values and values[ATTR_TIME_FROM] == values[ATTR_TIME_UNTIL]
    ):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="price_time_of_day")
    if ATTR_UNTIL in values and values[ATTR_UNTIL] <= values[ATTR_SINCE]:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="price_ends_early")
    return values


_IDENTIFICATION: Final = vol.Schema(
    {vol.Required("value"): _filled, vol.Optional("type", default=None): vol.Any(None, line)}
)

DRIVER_FIELDS: Final = {
    vol.Optional(ATTR_DRIVER_ID): NUMBER,
    vol.Required(ATTR_NAME): _filled,
    vol.Optional(ATTR_IDENTIFICATIONS, default=list): vol.All(_identifications, [_identification]),
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
    vol.Optional(ATTR_PRICE_ENTITY): _price_entity,
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
