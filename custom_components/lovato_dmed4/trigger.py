"""Triggers of automations: what happens to a charge, its records and its energy."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast, override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN, SensorDeviceClass
from homeassistant.const import ATTR_DEVICE_ID, UnitOfEnergy
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA,
    EntityNumericalStateCrossedThresholdTriggerBase,
    EntityNumericalStateCrossedThresholdTriggerWithUnitBase,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.unit_conversion import BaseUnitConverter, EnergyConverter

from .charging.announcements import ANNOUNCEMENTS, event_type
from .entity import of_key
from .sensors.descriptions import SESSION_COST, SESSION_ENERGY


class AnnouncementTrigger(Trigger):
    """Fires when one thing is announced of a meter that the target names, or has an entity of."""

    _announcement: ClassVar[str]

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", ENTITY_STATE_TRIGGER_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._target = TargetSelection(config.target or {})

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        @callback
        def run(event: Event[Mapping[str, Any]]) -> None:
            if self._is_of_target(event.data[ATTR_DEVICE_ID]):
                run_action({"event": event}, self._announcement, event.context)

        return self._hass.bus.async_listen(event_type(self._announcement), run)

    @callback
    def _is_of_target(self, device_id: str) -> bool:
        """Find out whether a device belongs to the target, which changes with areas and labels."""
        selected = async_extract_referenced_entity_ids(self._hass, self._target)
        registry = er.async_get(self._hass)
        return device_id in selected.referenced_devices or any(
            (entity := registry.async_get(entity_id)) is not None and entity.device_id == device_id
            for entity_id in selected.referenced | selected.indirectly_referenced
        )


def _announcement_trigger(announcement: str) -> type[Trigger]:
    class CustomTrigger(AnnouncementTrigger):
        """Fires for this one."""

        _announcement = announcement

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
    **{name: _announcement_trigger(name) for name in ANNOUNCEMENTS},
    "session_cost_crossed_threshold": SessionCostTrigger,
    "session_energy_crossed_threshold": SessionEnergyTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
