"""The texts of statements, in the language that is asked for."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from ..connection.formats import LANGUAGES
from ..const import DOMAIN
from .table import Words

ATTR_LANGUAGE: Final = "language"
LANGUAGE_FIELD: Final = {vol.Optional(ATTR_LANGUAGE): vol.In(LANGUAGES)}


async def async_words(hass: HomeAssistant, language: str | None = None) -> Words:
    """Load the texts of a language; by default that of Home Assistant."""
    language = language or hass.config.language
    texts = await async_get_translations(hass, language, "config_panel", {DOMAIN})
    return Words(texts, language, hass.config.time_zone)
