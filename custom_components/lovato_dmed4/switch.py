"""The meter's display, on or off."""

from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import Dmed4Entity
from .runtime_data import Dmed4ConfigEntry

# One write at a time.
PARALLEL_UPDATES = 1

DISPLAY: Final = SwitchEntityDescription(
    key="display", translation_key="display", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switch."""
    async_add_entities([DisplaySwitch(entry, DISPLAY)])


class DisplaySwitch(Dmed4Entity, SwitchEntity):
    """Switches the display, which the meter does not let be read back."""

    _attr_assumed_state = True

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._switch(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._switch(on=False)

    async def _switch(self, *, on: bool) -> None:
        async with self.writing():
            await self._data.meter.switch_display(on=on)
        self._attr_is_on = on
        self.async_write_ha_state()
