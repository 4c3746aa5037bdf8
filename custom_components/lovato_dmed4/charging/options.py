"""The form of a meter's options: what is in it, and how it is stored.

An entry keeps its options flat, with the codes of OCMF; the form shows them in sections, in words.
"""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Final

from homeassistant.const import CONF_PASSWORD
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..connection.forms import named_choice, whole_number
from ..const import (
    CONF_CHARGE_POINT_ID,
    CONF_DATABASE_URL,
    CONF_IDENTIFICATION_DATA,
    CONF_IDENTIFICATION_FLAGS,
    CONF_IDENTIFICATION_LEVEL,
    CONF_IDENTIFICATION_TYPE,
    CONF_INTERVAL_CHARGING,
    CONF_INTERVAL_IDLE,
    CONF_KEEP_CLOCK,
    CONF_TARIFF_TEXT,
    CONF_WHO_MAY_CHARGE,
    DEFAULT_INTERVAL_CHARGING,
    DEFAULT_INTERVAL_IDLE,
)
from ..dmed4.prototype import IdentificationFlag, IdentificationLevel, IdentificationType
from .rights import WhoMayCharge

# Keys of texts are in lower case, and so are the choices that they name.
_CODES: Final = {CONF_IDENTIFICATION_TYPE, CONF_IDENTIFICATION_LEVEL, CONF_IDENTIFICATION_FLAGS}

ACCESS: Final = "access"
"""The section with the advanced password, which only a meter with a login has."""


def _coded(codes: Iterable[str], key: str, *, multiple: bool = False) -> Any:
    return named_choice([code.lower() for code in codes], key, multiple=multiple)


SECTIONS: Final[Mapping[str, vol.Schema]] = {
    "charging": vol.Schema(
        {
            vol.Required(CONF_WHO_MAY_CHARGE, default=WhoMayCharge.EVERYONE.value): named_choice(
                WhoMayCharge, CONF_WHO_MAY_CHARGE
            ),
            vol.Optional(CONF_IDENTIFICATION_DATA): TextSelector(),
            vol.Required(CONF_IDENTIFICATION_TYPE, default=IdentificationType.NONE.lower()): _coded(
                IdentificationType, CONF_IDENTIFICATION_TYPE
            ),
            vol.Required(
                CONF_IDENTIFICATION_LEVEL, default=IdentificationLevel.NONE.lower()
            ): _coded(IdentificationLevel, CONF_IDENTIFICATION_LEVEL),
            vol.Optional(CONF_IDENTIFICATION_FLAGS, default=list): _coded(
                IdentificationFlag, CONF_IDENTIFICATION_FLAGS, multiple=True
            ),
            vol.Optional(CONF_TARIFF_TEXT): TextSelector(),
            vol.Optional(CONF_CHARGE_POINT_ID): TextSelector(),
        }
    ),
    "polling": vol.Schema(
        {
            vol.Required(CONF_INTERVAL_CHARGING, default=DEFAULT_INTERVAL_CHARGING): whole_number(
                min=1, max=60, unit_of_measurement="s"
            ),
            vol.Required(CONF_INTERVAL_IDLE, default=DEFAULT_INTERVAL_IDLE): whole_number(
                min=1, max=3600, unit_of_measurement="s"
            ),
            vol.Required(CONF_KEEP_CLOCK, default=True): BooleanSelector(),
        }
    ),
    "archive": vol.Schema(
        {
            # It may hold the password of a database server.
            vol.Optional(CONF_DATABASE_URL): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
            ),
        }
    ),
    ACCESS: vol.Schema(
        {
            vol.Optional(CONF_PASSWORD): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
            ),
        }
    ),
}


def options_form(*, has_login: bool) -> vol.Schema:
    """Make the form; what is changed often is open.

    Args:
        has_login: whether the meter has a login, whose password is asked for as well.
    """
    return vol.Schema(
        {
            vol.Required(name): section(schema, {"collapsed": name != "charging"})
            for name, schema in SECTIONS.items()
            if name != ACCESS or has_login
        }
    )


def section_of(field: str) -> str:
    """Get the section that a field is in, which is where Home Assistant shows its errors."""
    return next(name for name, schema in SECTIONS.items() if field in schema.schema)


def stored(user_input: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Make options, and the password, of what the user gave."""
    fields = chain.from_iterable(part.items() for part in user_input.values())
    return {key: _to_code(value) if key in _CODES else value for key, value in fields}


def shown(options: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Show options in the form."""
    return {
        name: {
            key: _to_word(options[key]) if key in _CODES else options[key]
            for key in map(str, schema.schema)
            if key in options
        }
        for name, schema in SECTIONS.items()
    }


def _to_code(value: str | list[str]) -> str | list[str]:
    return value.upper() if isinstance(value, str) else [word.upper() for word in value]


def _to_word(value: str | list[str]) -> str | list[str]:
    return value.lower() if isinstance(value, str) else [code.lower() for code in value]
