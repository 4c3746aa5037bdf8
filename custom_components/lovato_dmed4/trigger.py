"""Triggers of automations: what happens to a charge, its records and its energy."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, override

from homeassistant.components.event import DOMAIN as EVENT_DOMAIN, EventEntityStateAttribute
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN, SensorDeviceClass
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityNumericalStateCrossedThresholdTriggerBase,
    EntityNumericalStateCrossedThresholdTriggerWithUnitBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)
from homeassistant.util.unit_conversion import BaseUnitConverter, EnergyConverter

from .charging.tracker import ChargeEvent
from .entity import of_key
from .event import CHARGE_CYCLE, EVENT_ARCHIVED, EVENT_SUSPICIOUS, RECORD
from .sensors.descriptions import SESSION_COST, SESSION_ENERGY


class EventTrigger(StatelessEntityTriggerBase):
    """Fires for one kind of event of a meter's event entity."""

    _domain_specs: Mapping[str, DomainSpec] = {EVENT_DOMAIN: DomainSpec()}
    _key: ClassVar[str]
    _event_types: ClassVar[frozenset[str]]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return of_key(er.async_get(self._hass), super().entity_filter(entities), self._key)

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        # Two events may fall into the same millisecond, which is all that the state shows.
        return _event(from_state) != _event(to_state)

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        return state.attributes.get(EventEntityStateAttribute.EVENT_TYPE) in self._event_types


def _event(state: State) -> tuple[Any, ...]:
    attributes = state.attributes
    kind = attributes.get(EventEntityStateAttribute.EVENT_TYPE)
    return state.state, kind, attributes.get("record_id")


def _event_trigger(key: str, *event_types: str) -> type[Trigger]:
    class CustomTrigger(EventTrigger):
        """Fires for these events."""

        _key = key
        _event_types = frozenset(event_types)

    return CustomTrigger


class SessionEnergyTrigger(EntityNumericalStateCrossedThresholdTriggerWithUnitBase):
    """Fires when the energy of the running charge crosses a threshold."""

    _domain_specs: Mapping[str, DomainSpec] = {
        SENSOR_DOMAIN: DomainSpec(device_class=SensorDeviceClass.ENERGY)
    }
    _base_unit: str | None = UnitOfEnergy.KILO_WATT_HOUR
    _unit_converter: type[BaseUnitConverter] = EnergyConverter

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return of_key(er.async_get(self._hass), super().entity_filter(entities), SESSION_ENERGY.key)


class SessionCostTrigger(EntityNumericalStateCrossedThresholdTriggerBase):
    """Fires when the cost of the running charge crosses a threshold, in the currency of its price."""

    _domain_specs: Mapping[str, DomainSpec] = {
        SENSOR_DOMAIN: DomainSpec(device_class=SensorDeviceClass.MONETARY)
    }

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return of_key(er.async_get(self._hass), super().entity_filter(entities), SESSION_COST.key)


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "charging_started": _event_trigger(CHARGE_CYCLE.key, ChargeEvent.STARTED),
    "charging_ended": _event_trigger(CHARGE_CYCLE.key, ChargeEvent.ENDED),
    "charging_interrupted": _event_trigger(CHARGE_CYCLE.key, ChargeEvent.POWER_FAILURE),
    "charging_failed": _event_trigger(CHARGE_CYCLE.key, ChargeEvent.FAILED),
    # A record that needs attention has arrived in the archive all the same.
    "record_archived": _event_trigger(RECORD.key, EVENT_ARCHIVED, EVENT_SUSPICIOUS),
    "record_suspicious": _event_trigger(RECORD.key, EVENT_SUSPICIOUS),
    "session_cost_crossed_threshold": SessionCostTrigger,
    "session_energy_crossed_threshold": SessionEnergyTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
