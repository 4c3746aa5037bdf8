"""The sensors of a meter: what each shows, in which unit, and over which transport."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
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
from homeassistant.helpers.typing import StateType

from ..archive import ArchiveSummary, SessionVerdict
from ..dmed4.model import (
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
    """An energy of the live poll, in kWh; what flows back is off on a model for one direction."""

    flows_back: bool = False
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
        # *Charging* has it as an attribute, which is no line of Activity.
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.ENUM,
        options=[status.name.lower() for status in MeasurementStatus],
        block=Block.STATUS,
        value_fn=_measurement_status,
    ),
    LiveSensorDescription(
        key="signature_status",
        translation_key="signature_status",
        entity_category=EntityCategory.DIAGNOSTIC,
        # Several of its states follow each other at each step of a session.
        entity_registry_enabled_default=False,
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
    flows_back: bool = False,
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
        flows_back=flows_back,
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
        flows_back=True,
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
        flows_back=True,
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
        entity_registry_enabled_default=False,
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
        # The event shows it, too; each of both is a line of Activity.
        entity_registry_enabled_default=False,
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
