"""The texts of a remote display's custom pages."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .dmed4.display import LIMITS, METERS
from .remote_display import DisplayConfigEntry, DisplayEntity

# One write at a time.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class PageTextDescription(TextEntityDescription):
    """A text of the custom page of a meter."""

    meter: int
    place: str


PAGE_TEXTS: Final = tuple(
    PageTextDescription(
        key=f"meter_{meter}_{place}",
        translation_key=f"custom_{place}",
        translation_placeholders={"meter": str(meter)},
        entity_category=EntityCategory.CONFIG,
        # Four meters have 24 texts: those of one are enough by default.
        entity_registry_enabled_default=meter == 1,
        native_max=limit,
        meter=meter,
        place=place,
    )
    for meter in range(1, max(METERS.values()) + 1)
    for place, limit in LIMITS.items()
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: DisplayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the texts of the meters that the display is for."""
    async_add_entities(
        PageText(entry, description)
        for description in PAGE_TEXTS
        if description.meter in entry.runtime_data.data.meters
    )


class PageText(DisplayEntity, TextEntity):
    """A text of the custom page of a meter; unknown if it was neither written nor can be read."""

    entity_description: PageTextDescription

    @override
    def _async_update_attrs(self) -> object:
        page = self.coordinator.data.pages.get(self.entity_description.meter)
        text = None if page is None else getattr(page, self.entity_description.place)
        self._attr_native_value = text
        return text

    @override
    async def async_set_value(self, value: str) -> None:
        description = self.entity_description
        await self.async_require_admin()
        await self.coordinator.async_write(description.meter, {description.place: value})
