"""Keep with the entry what a meter's hour counters count, so that it is not found out at each start."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_HOUR_UNIT
from ..coordinator import HousekeepingCoordinator
from ..dmed4.modbus import ModbusMeter


@callback
def async_keep_hour_unit(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    *,
    meter: ModbusMeter,
    housekeeping: HousekeepingCoordinator,
) -> None:
    """Store the unit once the meter has shown it."""

    @callback
    def look() -> None:
        unit = meter.hours.unit
        if unit is not None and unit != entry.data.get(CONF_HOUR_UNIT):
            data = {**entry.data, CONF_HOUR_UNIT: unit}
            hass.config_entries.async_update_entry(entry, data=data)

    entry.async_on_unload(housekeeping.async_add_listener(look))
