"""What a meter measures and counts."""

from datetime import datetime
from decimal import Decimal
from typing import override

from homeassistant.components.sensor import (
    ATTR_LAST_RESET,
    RestoreSensor,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .billing.cost import calculate
from .billing.model import Charge
from .charging.absence import APART
from .charging.pricing import CostSummary
from .const import SIGNAL_LOGBOOK_PROGRESS
from .dmed4.model import Block
from .entity import (
    ArchiveEntity,
    CommonEntity,
    Dmed4Entity,
    HousekeepingEntity,
    MeterRestoreEntity,
    device_info,
)
from .intake.logbook_sync import SyncState
from .runtime_data import Dmed4ConfigEntry
from .sensors.counting import EnergyCounter, is_possible
from .sensors.descriptions import (
    ARCHIVE_SENSORS,
    CYCLE_SENSORS,
    HOUSEKEEPING_SENSORS,
    LAST_SESSION_COST,
    LIVE_SENSORS,
    LOGBOOK_PROGRESS,
    RECORDS_MISSING,
    SESSION_COST,
    TOTAL_SENSORS,
    ArchiveSensorDescription,
    Dmed4SensorDescription,
    EnergySensorDescription,
    HousekeepingSensorDescription,
    LiveSensorDescription,
)

# The coordinators read; sensors only show.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors that the entry's transport can fill."""
    kinds: tuple[tuple[type[Dmed4Sensor], tuple[Dmed4SensorDescription, ...]], ...] = (
        (LiveSensor, LIVE_SENSORS),
        (TotalSensor, TOTAL_SENSORS),
        (CycleSensor, CYCLE_SENSORS),
        (HousekeepingSensor, HOUSEKEEPING_SENSORS),
    )
    features = entry.runtime_data.meter.features
    async_add_entities(
        kind(entry, description)
        for kind, descriptions in kinds
        for description in descriptions
        if description.feature is None or description.feature in features
    )
    async_add_entities(
        [
            LogbookProgressSensor(entry, LOGBOOK_PROGRESS),
            RecordsMissingSensor(entry, RECORDS_MISSING),
        ]
    )
    async_add_entities(ArchiveSensor(entry, description) for description in ARCHIVE_SENSORS)
    _add_costs_when_priced(entry, async_add_entities)


@callback
def _add_costs_when_priced(
    entry: Dmed4ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what shows costs as soon as there is a price: others would show nothing for good."""
    costs = entry.runtime_data.pricing.costs
    added = False

    @callback
    def look() -> None:
        nonlocal added
        if costs.data.priced and not added:
            added = True
            async_add_entities(
                [
                    RunningCostSensor(entry, SESSION_COST),
                    CostSensor(entry, LAST_SESSION_COST),
                ]
            )

    entry.async_on_unload(costs.async_add_listener(look))
    look()


class Dmed4Sensor(Dmed4Entity, SensorEntity):
    """A sensor of a meter."""


class LiveSensor(Dmed4Sensor):
    """A sensor that shows what the last live poll brought."""

    entity_description: LiveSensorDescription

    def __init__(self, entry: Dmed4ConfigEntry, description: LiveSensorDescription) -> None:
        super().__init__(entry, description, description.block)

    @override
    def _async_update_attrs(self) -> object:
        self._attr_native_value = self.entity_description.value_fn(self.coordinator.data)
        return self._attr_native_value


class EnergySensor(MeterRestoreEntity, Dmed4Sensor, RestoreSensor):
    """An energy, compared with the one before, also with the one before a restart."""

    entity_description: EnergySensorDescription

    def __init__(self, entry: Dmed4ConfigEntry, description: EnergySensorDescription) -> None:
        super().__init__(entry, description, Block.MEASURES, Block.STATUS)
        if description.flows_back and entry.runtime_data.identity.one_way:
            self._attr_entity_registry_enabled_default = False

    @override
    async def async_added_to_hass(self) -> None:
        data, last = await self.async_get_last_sensor_data(), await self.async_get_last_state()
        if data is not None and last is not None and isinstance(data.native_value, int | float):
            self._restore(float(data.native_value), last.last_updated)
        await super().async_added_to_hass()

    def _restore(self, value: float, written: datetime) -> None:
        """Go on from the value before a restart."""

    @property
    def _value(self) -> float | None:
        return self.entity_description.value_fn(self.coordinator.data.measures)


class TotalSensor(EnergySensor):
    """An energy total, which never goes back.

    What its counter can't have counted since the last reading is probably a misreading: another meter
    would have another key and so another entry. It is believed when several polls in a row agree.
    """

    _stop_counting: CALLBACK_TYPE | None = None

    def __init__(self, entry: Dmed4ConfigEntry, description: EnergySensorDescription) -> None:
        super().__init__(entry, description)
        self._counter = EnergyCounter()

    @override
    def _restore(self, value: float, written: datetime) -> None:
        # The state is as old as the reading, or older where the reading did not change.
        age = max(0.0, (dt_util.utcnow() - written).total_seconds())
        self._counter.restore(value, self.hass.loop.time() - age)

    @override
    def _async_update_attrs(self) -> object:
        value = self._value
        if value is not None:
            value = self._counter.take(value, self._data.live.asked_at)
        self._watch_polls(on=self._counter.doubts)
        self._attr_native_value = value
        return value

    def _watch_polls(self, *, on: bool) -> None:
        """Look at each poll in doubt, also at those that bring the same values once more."""
        if on and self._stop_counting is None:
            live = self._data.live
            self._stop_counting = live.async_add_poll_listener(self._handle_coordinator_update)
        elif not on and self._stop_counting is not None:
            self._stop_counting()
            self._stop_counting = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        self._watch_polls(on=False)
        await super().async_will_remove_from_hass()


class CycleSensor(EnergySensor):
    """The energy of the running or the last charge cycle, which starts again with each.

    After a restart, the value of before is shown until the records have said which session the energy
    is of: statistics take each other `last_reset` for another session, whose energy they add.
    """

    _attr_last_reset: datetime | None = None
    _before: float | None = None
    # Whether Home Assistant was away since the energy before, and whether it knew of no charge then.
    _away = _idle_before = False

    @override
    def _restore(self, value: float, written: datetime) -> None:
        self._before = value

    @override
    async def async_added_to_hass(self) -> None:
        charge = self._data.charge
        if (state := await self.async_get_last_state()) is not None:
            self._attr_last_reset = dt_util.parse_datetime(
                str(state.attributes.get(ATTR_LAST_RESET))
            )
            self._idle_before = charge.charge is None
        # A charge that runs when the meter is set up began before, too.
        charging = self.coordinator.data.status.measurement.charging
        self._away = state is not None or charging
        await super().async_added_to_hass()
        # The charge tracker hears of a charge that was begun elsewhere just after this sensor.
        self.async_on_remove(charge.news.async_add(lambda _: self._handle_coordinator_update()))
        self.async_on_remove(charge.past.async_add(lambda _: self._handle_coordinator_update()))

    @override
    def _async_update_attrs(self) -> object:
        value, before = self._value, self._before
        if value is not None and not is_possible(value):
            value = before
        charge = self._data.charge
        charging = self.coordinator.data.status.measurement.charging
        if (
            value is None
            or (charging and charge.charge is None)
            or (self._away and not charge.looked_back)
        ):
            # Not the new energy before it is known when the charge began.
            self._attr_native_value = None if value is None else before
            return self._attr_native_value, self._attr_last_reset
        self._attr_last_reset = self._reset(value, charging=charging)
        self._away = self._idle_before = False
        self._before = value
        self._attr_native_value = value
        return value, self._attr_last_reset

    def _reset(self, value: float, *, charging: bool) -> datetime | None:
        """Find out when the session began that the energy is of."""
        before, reset, tracker = self._before, self._attr_last_reset, self._data.charge
        since = None
        if charging and tracker.charge is not None:
            since = tracker.charge.since
        elif self._away and value != before and (begin := tracker.last_begin) is not None:
            since = begin if reset is None or begin > reset + APART else None
        if since is not None and (reset is None or since > reset):
            return since
        if before is not None and (value < before or (self._idle_before and value != before)):
            return dt_util.utcnow()
        return reset


class HousekeepingSensor(HousekeepingEntity, Dmed4Sensor):
    """A sensor that shows what the last housekeeping poll brought."""

    entity_description: HousekeepingSensorDescription

    @override
    def _async_update_attrs(self) -> object:
        self._attr_native_value = self.entity_description.value_fn(self._data.housekeeping.data)
        return self._attr_native_value


class ArchiveSensor(ArchiveEntity, SensorEntity):
    """A sensor that shows what the archive has of the meter."""

    entity_description: ArchiveSensorDescription

    @override
    def _async_update_attrs(self) -> object:
        self._attr_native_value = self.entity_description.value_fn(self.coordinator.data)
        return self._attr_native_value


class CostSensor(CommonEntity[DataUpdateCoordinator[CostSummary]], SensorEntity):
    """What the last session costs; unknown for one that is not billed."""

    _attr_native_unit_of_measurement: str | None = None

    def __init__(self, entry: Dmed4ConfigEntry, description: SensorEntityDescription) -> None:
        super().__init__(entry.runtime_data.pricing.costs, description)
        self._attr_unique_id = f"{entry.unique_id}_{description.key}"
        self._attr_device_info = device_info(entry, entry.runtime_data.identity)

    @override
    def _async_update_attrs(self) -> object:
        bill = self.coordinator.data.last
        self._attr_native_value = bill.cost.amount if bill else None
        if bill and bill.cost.rates:
            self._attr_native_unit_of_measurement = bill.cost.rates.currency
        return self._attr_native_value, self._attr_native_unit_of_measurement


class RunningCostSensor(Dmed4Sensor):
    """What the running session costs so far, by what the meter measures: not signed yet."""

    _attr_native_unit_of_measurement: str | None = None

    def __init__(self, entry: Dmed4ConfigEntry, description: SensorEntityDescription) -> None:
        super().__init__(entry, description, Block.MEASURES, Block.STATUS)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(
            self._data.pricing.costs.async_add_listener(self._handle_coordinator_update)
        )

    @override
    def _async_update_attrs(self) -> object:
        data, bill = self.coordinator.data, self._data.pricing.costs.data.running
        rates = bill.cost.rates if bill else None
        energy = data.measures.cycle_energy_imported
        self._attr_native_value = None
        if data.status.measurement.charging and bill and rates and energy is not None:
            begin = bill.session.begin
            seconds = (dt_util.utcnow() - begin).total_seconds() if begin and rates.minute else 0
            self._attr_native_value = calculate(
                Charge(
                    seconds=Decimal(max(0, int(seconds))),
                    imported=Decimal(str(energy)),
                    exported=Decimal(str(data.measures.cycle_energy_exported or 0)),
                ),
                rates,
            )
            self._attr_native_unit_of_measurement = rates.currency
        return self._attr_native_value, self._attr_native_unit_of_measurement


class LogbookProgressSensor(Dmed4Sensor):
    """How far the reading of the logbook has come; unknown while it is not being read."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = SIGNAL_LOGBOOK_PROGRESS.format(self.coordinator.config_entry.entry_id)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._show))

    @callback
    def _show(self, percent: int | None) -> None:
        self._attr_native_value = percent
        self._handle_coordinator_update()

    @override
    def _async_update_attrs(self) -> object:
        return self._attr_native_value


class RecordsMissingSensor(Dmed4Sensor):
    """How many records of the logbook are not in the archive; unknown before the first comparison."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._data.sync.news.async_add(self._handle_news))

    @callback
    def _handle_news(self, _: SyncState) -> None:
        self._handle_coordinator_update()

    @override
    def _async_update_attrs(self) -> object:
        self._attr_native_value = self._data.sync.state.missing
        return self._attr_native_value
