"""What can be set on a meter while it is idle."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, override

from homeassistant.components.number import NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .dmed4.meter import Meter
from .dmed4.model import Feature, Settings, SystemStatus
from .entity import HousekeepingEntity
from .runtime_data import Dmed4ConfigEntry

# One write at a time.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class Dmed4NumberDescription(NumberEntityDescription):
    """A setting of a meter; with a feature, only where the transport offers that."""

    feature: Feature | None = None
    value_fn: Callable[[Settings], int | None]
    set_fn: Callable[[Meter, int], Coroutine[Any, Any, None]]
    locked_fn: Callable[[SystemStatus], bool] = lambda _: False


NUMBERS: Final = (
    Dmed4NumberDescription(
        key="time_offset",
        translation_key="time_offset",
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.BOX,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        native_min_value=-900,
        native_max_value=900,
        native_step=15,
        value_fn=lambda settings: settings.time_offset,
        set_fn=lambda meter, value: meter.write_time_offset(value),
    ),
    # The manual gives no range for these two: that of a register.
    Dmed4NumberDescription(
        key="tariff",
        translation_key="tariff",
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.BOX,
        native_min_value=0,
        native_max_value=65535,
        native_step=1,
        feature=Feature.CHARGE_SETTINGS,
        value_fn=lambda settings: settings.tariff,
        set_fn=lambda meter, value: meter.write_tariff(value),
    ),
    Dmed4NumberDescription(
        key="cable_resistance",
        translation_key="cable_resistance",
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.BOX,
        native_min_value=0,
        native_max_value=65535,
        native_step=1,
        feature=Feature.CHARGE_SETTINGS,
        value_fn=lambda settings: settings.cable_resistance,
        set_fn=lambda meter, value: meter.write_cable_resistance(value),
        locked_fn=lambda system: system.cable_resistance_locked,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the settings that the entry's transport offers."""
    features = entry.runtime_data.meter.features
    async_add_entities(
        Dmed4Number(entry, description)
        for description in NUMBERS
        if description.feature is None or description.feature in features
    )


class Dmed4Number(HousekeepingEntity, NumberEntity):
    """A setting of a meter, which refuses it while charging."""

    entity_description: Dmed4NumberDescription

    @override
    def _async_update_attrs(self) -> object:
        settings = self._data.housekeeping.data.settings
        self._attr_native_value = self.entity_description.value_fn(settings)
        return self._attr_native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        if self.entity_description.locked_fn(self._data.housekeeping.data.system):
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="cable_resistance_locked"
            )
        write = partial(self.entity_description.set_fn, self._data.meter, int(value))
        async with self.writing():
            await self._data.cycle.while_idle(write)
        await self._data.housekeeping.async_refresh()
