"""The page that a display shows: the meter's own, or a remote one."""

from typing import Any, Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .connection.devices import is_display
from .dmed4.display import ViewerPage
from .dmed4.model import DisplayPage
from .entity import Dmed4Entity
from .remote_display import DisplayConfigEntry, DisplayEntity

# One write at a time.
PARALLEL_UPDATES = 1

DISPLAY_PAGE: Final = SelectEntityDescription(
    key="display_page",
    translation_key="display_page",
    entity_category=EntityCategory.CONFIG,
    options=[page.name.lower() for page in DisplayPage],
)
VIEWER_PAGE: Final = SelectEntityDescription(
    key="viewer_page", translation_key="viewer_page", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the select."""
    async_add_entities(
        [
            ViewerPageSelect(entry, VIEWER_PAGE)
            if is_display(entry)
            else DisplayPageSelect(entry, DISPLAY_PAGE)
        ]
    )


class DisplayPageSelect(Dmed4Entity, SelectEntity):
    """Chooses the display's page, which the meter does not let be read back."""

    _attr_assumed_state = True

    @override
    async def async_select_option(self, option: str) -> None:
        async with self.writing():
            await self._data.meter.show_page(DisplayPage[option.upper()])
        self._attr_current_option = option
        self.async_write_ha_state()


class ViewerPageSelect(DisplayEntity, SelectEntity):
    """Chooses the page of a remote display, which does not let it be read back."""

    _attr_assumed_state = True

    def __init__(self, entry: DisplayConfigEntry, description: SelectEntityDescription) -> None:
        super().__init__(entry, description)
        meters = self.coordinator.data.meters
        self._attr_options = [page.name.lower() for page in ViewerPage if page.meter in meters]

    @override
    def _async_update_attrs(self) -> object:
        page = self.coordinator.data.shown
        self._attr_current_option = None if page is None else page.name.lower()
        return page

    @override
    async def async_select_option(self, option: str) -> None:
        await self.async_require_admin()
        await self.coordinator.async_show(ViewerPage[option.upper()])
