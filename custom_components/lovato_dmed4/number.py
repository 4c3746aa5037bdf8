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
from .dmed4.model import Settings, SystemStatus
from .entity import HousekeepingEntity
from .runtime_data import Dmed4ConfigEntry

# One write at a time.
PARALLEL_UPDATES = 1

type Write = Callable[[int], Coroutine[Any, Any, None]]


@dataclass(frozen=True, kw_only=True)
class Dmed4NumberDescription(NumberEntityDescription):
    """A setting of a meter; ``write_fn`` finds what writes it, None where the transport can't."""

    value_fn: Callable[[Settings], int | None]
    write_fn: Callable[[Meter], Write | None]
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
        write_fn=lambda meter: meter.write_time_offset,
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
        value_fn=lambda settings: settings.tariff,
        write_fn=lambda meter: (
            meter.charge_settings.write_tariff if meter.charge_settings else None
        ),
    ),
    Dmed4NumberDescription(
        key="cable_resistance",
        translation_key="cable_resistance",
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.BOX,
        native_min_value=0,
        native_max_value=65535,
        native_step=1,
        value_fn=lambda settings: settings.cable_resistance,
        write_fn=lambda meter: (
            meter.charge_settings.write_cable_resistance if meter.charge_settings else None
        ),
        locked_fn=lambda system: system.cable_resistance_locked,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the settings that the entry's transport offers."""
    meter = entry.runtime_data.meter
    async_add_entities(
        Dmed4Number(entry, description, write)
        for description in NUMBERS
        if (write := description.write_fn(meter)) is not None
    )


class Dmed4Number(HousekeepingEntity, NumberEntity):
    """A setting of a meter, which refuses it while charging."""

    entity_description: Dmed4NumberDescription

    def __init__(
        self, entry: Dmed4ConfigEntry, description: Dmed4NumberDescription, write: Write
    ) -> None:
        super().__init__(entry, description)
        self._write = write

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
        step = self.entity_description.native_step or 1
        async with self.writing():
            if value % step:
                raise ServiceValidationError(
                    translation_domain=DOMAIN,
                    translation_key="number_step",
                    translation_placeholders={"value": f"{value:g}", "step": f"{step:g}"},
                )
            await self._data.cycle.while_idle(partial(self._write, int(value)))
        await self._data.housekeeping.async_refresh()
