"""Conditions of automations: whether a charge is running, and whether the last one is verified."""

from collections.abc import Mapping
from typing import ClassVar, Final, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .archive import SessionVerdict
from .binary_sensor import CHARGING
from .entity import of_key
from .sensors.descriptions import LAST_SESSION_VERDICT


class StateCondition(EntityStateConditionBase):
    """Is true while one entity of a meter has a state."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return of_key(er.async_get(self._hass), super().entity_filter(entities), self._key)


def _condition(domain: str, key: str, state: str) -> type[Condition]:
    states: set[str | bool] = {state}

    class CustomCondition(StateCondition):
        """Is true in this state."""

        _domain_specs: Mapping[str, DomainSpec] = {domain: DomainSpec()}
        _states = states
        _key = key

    return CustomCondition


CONDITIONS: Final[dict[str, type[Condition]]] = {
    # With `for`, they also say since when.
    "is_charging": _condition(BINARY_SENSOR_DOMAIN, CHARGING.key, STATE_ON),
    "is_not_charging": _condition(BINARY_SENSOR_DOMAIN, CHARGING.key, STATE_OFF),
    "last_session_is_verified": _condition(
        SENSOR_DOMAIN, LAST_SESSION_VERDICT.key, SessionVerdict.VALID
    ),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
