"""What a meter measures and counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, override

from homeassistant.components.sensor import (
    ATTR_LAST_RESET,
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfRatio,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .archive import ArchiveSummary, SessionVerdict
from .billing.cost import calculate
from .billing.model import Charge
from .charging.pricing import CostSummary
from .const import SIGNAL_LOGBOOK_PROGRESS
from .dmed4.model import (
    Block,
    Feature,
    Housekeeping,
    LiveData,
    MeasurementStatus,
    Measures,
    OpenEnum,
    OperativeStatus,
    SignatureFormat,
    SignatureStatus,
    SystemCode,
)
from .entity import ArchiveEntity, CommonEntity, Dmed4Entity, HousekeepingEntity, device_info
from .intake.logbook_sync import SyncState
from .runtime_data import Dmed4ConfigEntry

# The coordinators read; sensors only show.
PARALLEL_UPDATES = 0

# A counter that falls by more than this has rolled over at its maximum of 99999999.999 kWh.
_ROLL_OVER: Final = 50_000_000

# What no counter of the meter can show, in kWh: it has eight digits before the point.
_COUNTER_SIZE: Final = 100_000_000

# So many polls in a row have to show the same lower total, or one that has risen by less than this in
# kWh, until it is believed.
_AGREEING_POLLS: Final = 5
_AGREEMENT: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class Dmed4SensorDescription(SensorEntityDescription):
    """A sensor of a meter; with a feature, only where the transport offers that."""

    feature: Feature | None = None


@dataclass(frozen=True, kw_only=True)
class LiveSensorDescription(Dmed4SensorDescription):
    """A sensor of the live poll."""

    block: Block
    value_fn: Callable[[LiveData], StateType | datetime]


@dataclass(frozen=True, kw_only=True)
class EnergySensorDescription(Dmed4SensorDescription):
    """An energy of the live poll, in kWh."""

    value_fn: Callable[[Measures], float | None]


@dataclass(frozen=True, kw_only=True)
class HousekeepingSensorDescription(Dmed4SensorDescription):
    """A sensor of the housekeeping poll."""

    value_fn: Callable[[Housekeeping], StateType]


@dataclass(frozen=True, kw_only=True)
class ArchiveSensorDescription(SensorEntityDescription):
    """A sensor of what the archive has of a meter."""

    value_fn: Callable[[ArchiveSummary], StateType | datetime | Decimal]


def _measurement_status(data: LiveData) -> str | None:
    return _name(data.status.measurement)


def _name(code: OpenEnum | None) -> str | None:
    return code.name.lower() if code is not None and code.known else None


def _signature_status(data: LiveData) -> str:
    """Sum the bits up in the word that matters most."""
    bits = data.status.signature
    if bits & (SignatureStatus.ERROR | SignatureStatus.SIGNATURE_ERROR):
        return "error"
    if SignatureStatus.IN_PROGRESS in bits:
        return "in_progress"
    if SignatureStatus.OK in bits:
        return "signed"
    if SignatureStatus.CORRECT_JSON_RECEIVED in bits:
        return "prepared"
    return "not_initialized" if SignatureStatus.NOT_INITIALIZED in bits else "none"


LIVE_SENSORS: Final = (
    LiveSensorDescription(
        key="voltage",
        translation_key="voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        block=Block.FAST,
        value_fn=lambda data: data.measures.voltage,
    ),
    LiveSensorDescription(
        key="current",
        translation_key="current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        block=Block.FAST,
        value_fn=lambda data: data.measures.current,
    ),
    LiveSensorDescription(
        key="power",
        translation_key="power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        block=Block.FAST,
        value_fn=lambda data: data.measures.power,
    ),
    LiveSensorDescription(
        key="temperature_i1",
        translation_key="temperature_i1",
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        block=Block.MEASURES,
        value_fn=lambda data: data.measures.temperature_i1,
    ),
    LiveSensorDescription(
        key="temperature_i2",
        translation_key="temperature_i2",
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        state_class=SensorStateClass.MEASUREMENT,
        block=Block.MEASURES,
        value_fn=lambda data: data.measures.temperature_i2,
    ),
    LiveSensorDescription(
        key="measurement_status",
        translation_key="measurement_status",
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.ENUM,
        options=[status.name.lower() for status in MeasurementStatus],
        block=Block.STATUS,
        value_fn=_measurement_status,
    ),
    LiveSensorDescription(
        key="signature_status",
        translation_key="signature_status",
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.ENUM,
        options=["not_initialized", "none", "prepared", "in_progress", "signed", "error"],
        block=Block.STATUS,
        value_fn=_signature_status,
    ),
    LiveSensorDescription(
        key="last_sample",
        translation_key="last_sample",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        # It changes with every poll, too much for the recorder by default.
        entity_registry_enabled_default=False,
        feature=Feature.SAMPLE_TIME,
        block=Block.FAST,
        value_fn=lambda data: data.measures.sampled_at,
    ),
)


def _energy(
    key: str,
    state_class: SensorStateClass,
    value_fn: Callable[[Measures], float | None],
    feature: Feature | None = None,
    *,
    enabled: bool = True,
) -> EnergySensorDescription:
    return EnergySensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        state_class=state_class,
        suggested_display_precision=2,
        entity_registry_enabled_default=enabled,
        feature=feature,
        value_fn=value_fn,
    )


TOTAL_SENSORS: Final = (
    _energy(
        "energy_imported",
        SensorStateClass.TOTAL_INCREASING,
        lambda measures: measures.energy_imported,
    ),
    _energy(
        "energy_exported",
        SensorStateClass.TOTAL_INCREASING,
        lambda measures: measures.energy_exported,
    ),
    _energy(
        "energy_exchanged",
        SensorStateClass.TOTAL_INCREASING,
        lambda measures: measures.energy_exchanged,
        Feature.EXCHANGED_ENERGY,
        # The sum of both directions: in the energy dashboard, it would count everything twice.
        enabled=False,
    ),
)
SESSION_ENERGY: Final = _energy(
    "cycle_energy_imported",
    SensorStateClass.TOTAL,
    lambda measures: measures.cycle_energy_imported,
)
CYCLE_SENSORS: Final = (
    SESSION_ENERGY,
    _energy(
        "cycle_energy_exported",
        SensorStateClass.TOTAL,
        lambda measures: measures.cycle_energy_exported,
    ),
)

HOUSEKEEPING_SENSORS: Final = (
    HousekeepingSensorDescription(
        key="clock_drift",
        translation_key="clock_drift",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.clock_drift,
    ),
    HousekeepingSensorDescription(
        key="hours_total",
        translation_key="hours_total",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfTime.HOURS,
        state_class=SensorStateClass.TOTAL_INCREASING,
        feature=Feature.HOUR_COUNTERS,
        value_fn=lambda data: data.hours_total,
    ),
    HousekeepingSensorDescription(
        key="hours_working",
        translation_key="hours_working",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfTime.HOURS,
        state_class=SensorStateClass.TOTAL_INCREASING,
        feature=Feature.HOUR_COUNTERS,
        value_fn=lambda data: data.hours_working,
    ),
    HousekeepingSensorDescription(
        key="records_saved",
        translation_key="records_saved",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.logbook.records_saved,
    ),
    HousekeepingSensorDescription(
        key="records_maximum",
        translation_key="records_maximum",
        entity_registry_enabled_default=False,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: data.logbook.records_maximum,
    ),
    HousekeepingSensorDescription(
        key="sync_timeout",
        translation_key="sync_timeout",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        value_fn=lambda data: data.settings.sync_timeout,
    ),
    HousekeepingSensorDescription(
        key="signature_format",
        translation_key="signature_format",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        options=[form.name.lower() for form in SignatureFormat],
        value_fn=lambda data: _name(data.settings.signature_format),
    ),
    HousekeepingSensorDescription(
        key="operative_status",
        translation_key="operative_status",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=list(OperativeStatus),
        feature=Feature.SYSTEM_STATUS,
        value_fn=lambda data: data.system.operative_status,
    ),
    HousekeepingSensorDescription(
        key="system_status",
        translation_key="system_status",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[code.name.lower() for code in SystemCode],
        feature=Feature.SYSTEM_STATUS,
        value_fn=lambda data: _name(data.system.code),
    ),
    HousekeepingSensorDescription(
        key="measure_firmware",
        translation_key="measure_firmware",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feature=Feature.SYSTEM_STATUS,
        value_fn=lambda data: data.system.measure_firmware,
    ),
    HousekeepingSensorDescription(
        key="measure_checksum",
        translation_key="measure_checksum",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.system.measure_checksum,
    ),
    HousekeepingSensorDescription(
        key="power_firmware",
        translation_key="power_firmware",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feature=Feature.SYSTEM_STATUS,
        value_fn=lambda data: data.system.power_firmware,
    ),
    HousekeepingSensorDescription(
        key="power_checksum",
        translation_key="power_checksum",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feature=Feature.SYSTEM_STATUS,
        value_fn=lambda data: data.system.power_checksum,
    ),
    HousekeepingSensorDescription(
        key="events_saved",
        translation_key="events_saved",
        entity_registry_enabled_default=False,
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.logbook.events_saved,
    ),
    HousekeepingSensorDescription(
        key="events_maximum",
        translation_key="events_maximum",
        entity_registry_enabled_default=False,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: data.logbook.events_maximum,
    ),
    HousekeepingSensorDescription(
        key="first_progressive",
        translation_key="first_progressive",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feature=Feature.RECORD_SEARCH,
        value_fn=lambda data: data.logbook.first_progressive,
    ),
    HousekeepingSensorDescription(
        key="last_progressive",
        translation_key="last_progressive",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feature=Feature.RECORD_SEARCH,
        value_fn=lambda data: data.logbook.last_progressive,
    ),
    HousekeepingSensorDescription(
        key="search_status",
        translation_key="search_status",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feature=Feature.RECORD_SEARCH,
        value_fn=lambda data: data.logbook.search_status,
    ),
    HousekeepingSensorDescription(
        key="search_position",
        translation_key="search_position",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feature=Feature.RECORD_SEARCH,
        value_fn=lambda data: data.logbook.search_position,
    ),
)

LAST_SESSION_VERDICT: Final = ArchiveSensorDescription(
    key="last_session_verdict",
    translation_key="last_session_verdict",
    device_class=SensorDeviceClass.ENUM,
    options=[verdict.value for verdict in SessionVerdict],
    value_fn=lambda summary: None if summary.last is None else summary.last.verdict.value,
)
# Nothing in them names the driver.
ARCHIVE_SENSORS: Final = (
    # Without a state class: statistics add up what the meter counts. Two sessions with the same
    # energy, or one that is found in the logbook days later, would make nonsense of sums of these.
    ArchiveSensorDescription(
        key="last_session_energy",
        translation_key="last_session_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=lambda summary: None if summary.last is None else summary.last.imported,
    ),
    ArchiveSensorDescription(
        key="last_session_end",
        translation_key="last_session_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda summary: None if summary.last is None else summary.last.end,
    ),
    LAST_SESSION_VERDICT,
    # Records are only ever added. It starts again from zero with another database, as such a total
    # may, and statistics show how many were added each day.
    ArchiveSensorDescription(
        key="records_archived",
        translation_key="records_archived",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda summary: summary.records,
    ),
    # May well go down: a record can be good once its key has been accepted.
    ArchiveSensorDescription(
        key="records_failed",
        translation_key="records_failed",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda summary: summary.failed,
    ),
)
LOGBOOK_PROGRESS: Final = Dmed4SensorDescription(
    key="logbook_progress",
    translation_key="logbook_progress",
    entity_category=EntityCategory.DIAGNOSTIC,
    native_unit_of_measurement=UnitOfRatio.PERCENTAGE,
)

# Only where there are prices. Without a state class: costs belong to sessions, not to hours.
SESSION_COST: Final = Dmed4SensorDescription(
    key="session_cost",
    translation_key="session_cost",
    device_class=SensorDeviceClass.MONETARY,
)
LAST_SESSION_COST: Final = Dmed4SensorDescription(
    key="last_session_cost",
    translation_key="last_session_cost",
    device_class=SensorDeviceClass.MONETARY,
)

RECORDS_MISSING: Final = Dmed4SensorDescription(
    key="records_missing",
    translation_key="records_missing",
    entity_category=EntityCategory.DIAGNOSTIC,
    state_class=SensorStateClass.MEASUREMENT,
)


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


class EnergySensor(Dmed4Sensor, RestoreSensor):
    """An energy, compared with the one before, also with the one before a restart."""

    entity_description: EnergySensorDescription
    _before: float | None = None

    def __init__(self, entry: Dmed4ConfigEntry, description: EnergySensorDescription) -> None:
        super().__init__(entry, description, Block.MEASURES, Block.STATUS)

    @override
    async def async_added_to_hass(self) -> None:
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, int | float):
            self._before = float(last.native_value)
        await super().async_added_to_hass()

    @property
    def _value(self) -> float | None:
        return self.entity_description.value_fn(self.coordinator.data.measures)


class TotalSensor(EnergySensor):
    """An energy total, which never goes back.

    A lower value is probably a misreading: another meter would have another key and so another
    entry. It is believed when a counter has rolled over, and when several polls in a row agree: then
    it was the value before that had been misread.
    """

    _lower: float | None = None
    _agreeing = 0
    _counted_at: float | None = None
    _stop_counting: CALLBACK_TYPE | None = None

    @override
    def _async_update_attrs(self) -> object:
        value, before = self._value, self._before
        if value is not None and value >= _COUNTER_SIZE:
            value = before
        if value is not None and before is not None and 0 < before - value < _ROLL_OVER:
            if not self._is_believed(value):
                value = before
        else:
            self._end_doubt()
        if value is not None:
            self._before = value
        self._attr_native_value = value
        return value

    def _is_believed(self, value: float) -> bool:
        """Count the polls that agree on a lower value, also those in which other values changed."""
        live = self._data.live
        if live.asked_at != self._counted_at:
            agrees = self._lower is not None and 0 <= value - self._lower < _AGREEMENT
            self._agreeing = self._agreeing + 1 if agrees else 1
            self._counted_at, self._lower = live.asked_at, value
        if self._agreeing >= _AGREEING_POLLS:
            self._end_doubt()
            return True
        if self._stop_counting is None:
            self._stop_counting = live.async_add_listener(self._handle_coordinator_update)
        return False

    def _end_doubt(self) -> None:
        self._lower, self._agreeing = None, 0
        if self._stop_counting is not None:
            self._stop_counting()
            self._stop_counting = None

    @override
    async def async_will_remove_from_hass(self) -> None:
        self._end_doubt()
        await super().async_will_remove_from_hass()


class CycleSensor(EnergySensor):
    """The energy of the running or the last charge cycle, which starts again with each."""

    _attr_last_reset: datetime | None = None
    # Whether a charge that ended while Home Assistant was away would go unnoticed otherwise.
    _unseen = False

    @override
    async def async_added_to_hass(self) -> None:
        if (state := await self.async_get_last_state()) is not None:
            self._attr_last_reset = dt_util.parse_datetime(
                str(state.attributes.get(ATTR_LAST_RESET))
            )
            self._unseen = self._data.charge.charge is None
        await super().async_added_to_hass()
        # The charge tracker hears of a charge that was begun elsewhere just after this sensor.
        self.async_on_remove(
            self._data.charge.news.async_add(lambda _: self._handle_coordinator_update())
        )

    @override
    def _async_update_attrs(self) -> object:
        value, before = self._value, self._before
        charge = self._data.charge.charge
        charging = self.coordinator.data.status.measurement.charging
        if value is None or (charging and charge is None):
            # Not the new energy before it is known when the charge began.
            self._attr_native_value = None if value is None else before
            return self._attr_native_value, self._attr_last_reset
        since = charge.since if charge is not None and charging else None
        if since is not None and (self._attr_last_reset is None or since > self._attr_last_reset):
            self._attr_last_reset = since
        elif before is not None and (value < before or (self._unseen and value != before)):
            self._attr_last_reset = dt_util.utcnow()
        self._unseen = False
        self._before = value
        self._attr_native_value = value
        return value, self._attr_last_reset


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
