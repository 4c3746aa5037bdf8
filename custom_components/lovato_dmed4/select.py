"""The page that the meter's display shows."""

from functools import partial
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import Dmed4ConfigEntry
from .dmed4.model import DisplayPage
from .entity import Dmed4Entity

# One write at a time.
PARALLEL_UPDATES = 1

DISPLAY_PAGE: Final = SelectEntityDescription(
    key="display_page",
    translation_key="display_page",
    entity_category=EntityCategory.CONFIG,
    options=[page.name.lower() for page in DisplayPage],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the select."""
    async_add_entities([DisplayPageSelect(entry, DISPLAY_PAGE)])


class DisplayPageSelect(Dmed4Entity, SelectEntity):
    """Chooses the display's page, which the meter does not let be read back."""

    _attr_assumed_state = True

    @override
    async def async_select_option(self, option: str) -> None:
        await self.async_write(partial(self._data.meter.show_page, DisplayPage[option.upper()]))
        self._attr_current_option = option
        self.async_write_ha_state()
