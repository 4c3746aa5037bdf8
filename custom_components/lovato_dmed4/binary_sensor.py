"""What a meter says yes or no to."""

from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charging.tracker import ChargeNews
from .dmed4.model import (
    BOARD_1_BITS,
    BOARD_2_BITS,
    FATAL_ERRORS,
    Block,
    Feature,
    SignatureStatus,
    Status,
    SystemStatus,
)
from .entity import Dmed4Entity, HousekeepingEntity
from .runtime_data import Dmed4ConfigEntry

# The coordinator reads; binary sensors only show.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class Dmed4BinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a meter."""

    is_on_fn: Callable[[Status], bool]
    attributes_fn: Callable[[Status], Mapping[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class SystemBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of the system status."""

    is_on_fn: Callable[[SystemStatus], bool]
    attributes_fn: Callable[[SystemStatus], Mapping[str, Any]] = lambda _: {}


def has_problem(status: Status) -> bool:
    """Find out whether the meter reports an error that a reset may help against."""
    return bool(
        status.errors
        or status.signature & (SignatureStatus.ERROR | SignatureStatus.SIGNATURE_ERROR)
    )


def _errors(status: Status) -> Mapping[str, Any]:
    return {"errors": [name.lower().replace(" ", "_") for name in status.errors.names]}


# A bit that says what the meter does, not what is wrong with it.
_NO_ERRORS: Final = {"hw_test_ongoing"}


def _hardware_problem(system: SystemStatus) -> bool:
    errors = {*system.board_1_errors, *system.board_2_errors} - _NO_ERRORS
    return bool(errors or system.fatal_errors)


def _hardware_errors(system: SystemStatus) -> Mapping[str, Any]:
    fatal = [f"e_{number}" for number in system.fatal_errors]
    return {
        "board_1": _with_text(system.board_1_errors, BOARD_1_BITS),
        "board_2": _with_text(system.board_2_errors, BOARD_2_BITS),
        "fatal": _with_text(fatal, {f"e_{number}" for number in FATAL_ERRORS}),
    }


def _with_text(errors: Sequence[str], known: AbstractSet[str]) -> list[str]:
    """Replace what the manual does not name, and what has no text, by one that has; diagnostics have it."""
    return list(dict.fromkeys(error if error in known else "unknown" for error in errors))


CHARGING: Final = Dmed4BinarySensorDescription(
    key="charging",
    translation_key="charging",
    device_class=BinarySensorDeviceClass.RUNNING,
    is_on_fn=lambda status: status.measurement.charging,
)

BINARY_SENSORS: Final = (
    CHARGING,
    Dmed4BinarySensorDescription(
        key="clock_synchronised",
        translation_key="clock_synchronised",
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda status: SignatureStatus.TIMESTAMP_SYNCHRONISED in status.signature,
    ),
    Dmed4BinarySensorDescription(
        key="roll_over",
        translation_key="roll_over",
        entity_category=EntityCategory.DIAGNOSTIC,
        # It happens after 99999999 kWh.
        entity_registry_enabled_default=False,
        is_on_fn=lambda status: SignatureStatus.METER_ROLL_OVER in status.signature,
    ),
    Dmed4BinarySensorDescription(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=has_problem,
        attributes_fn=_errors,
    ),
)

SYSTEM_BINARY_SENSORS: Final = (
    SystemBinarySensorDescription(
        key="hardware",
        translation_key="hardware",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=_hardware_problem,
        attributes_fn=_hardware_errors,
    ),
    SystemBinarySensorDescription(
        key="cable_resistance_locked",
        translation_key="cable_resistance_locked",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=lambda system: system.cable_resistance_locked,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors."""
    async_add_entities(
        (ChargingSensor if description is CHARGING else Dmed4BinarySensor)(entry, description)
        for description in BINARY_SENSORS
    )
    if Feature.SYSTEM_STATUS in entry.runtime_data.meter.features:
        async_add_entities(
            SystemBinarySensor(entry, description) for description in SYSTEM_BINARY_SENSORS
        )


class Dmed4BinarySensor(Dmed4Entity, BinarySensorEntity):
    """A binary sensor of a meter."""

    entity_description: Dmed4BinarySensorDescription

    def __init__(self, entry: Dmed4ConfigEntry, description: Dmed4BinarySensorDescription) -> None:
        super().__init__(entry, description, Block.STATUS)

    @override
    def _async_update_attrs(self) -> object:
        status = self.coordinator.data.status
        description = self.entity_description
        self._attr_is_on = description.is_on_fn(status)
        if description.attributes_fn is not None:
            self._attr_extra_state_attributes = dict(description.attributes_fn(status))
            return self._attr_is_on, self._attr_extra_state_attributes
        return self._attr_is_on


class ChargingSensor(Dmed4BinarySensor):
    """Whether a charge is running, and since when, also over a restart of Home Assistant."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        # A charge that another controller began becomes known only now.
        self.async_on_remove(self._data.charge.news.async_add(self._handle_news))
        # When it began may become known later still, from its record.
        self.async_on_remove(self._data.charge.past.async_add(self._handle_news))

    @callback
    def _handle_news(self, _: ChargeNews | None) -> None:
        self._handle_coordinator_update()

    @override
    def _async_update_attrs(self) -> object:
        shown = super()._async_update_attrs()
        charge = self._data.charge.charge
        since = charge.since.isoformat() if charge is not None and self._attr_is_on else None
        measurement = self.coordinator.data.status.measurement
        status = measurement.name.lower() if measurement.known else None
        self._attr_extra_state_attributes = {"since": since, "status": status}
        return shown, since, status


class SystemBinarySensor(HousekeepingEntity, BinarySensorEntity):
    """A binary sensor of the system status."""

    entity_description: SystemBinarySensorDescription

    @override
    def _async_update_attrs(self) -> object:
        system, description = self._data.housekeeping.data.system, self.entity_description
        self._attr_is_on = description.is_on_fn(system)
        self._attr_extra_state_attributes = dict(description.attributes_fn(system))
        return self._attr_is_on, self._attr_extra_state_attributes
