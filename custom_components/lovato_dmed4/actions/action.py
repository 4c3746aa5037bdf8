"""What an action is: declared once, and registered from that."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.service import async_get_device_and_config_entry
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
import voluptuous as vol

from ..charging.rights import Step, async_require_admin, async_require_charge
from ..connection.devices import is_display
from ..const import DOMAIN

type Handler = Callable[[Any, ServiceCall], Coroutine[Any, Any, ServiceResponse]]

# What a target can name, besides devices, that devices are found by.
_INDIRECT: Final = (ATTR_ENTITY_ID, ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)
_TARGET: Final = (ATTR_DEVICE_ID, *_INDIRECT)


class Target(Enum):
    """What an action is for.

    The handlers of METER and DISPLAY are called with the runtime data of each device that the target
    names: they are taken before anything is awaited, as the entry may be gone afterwards. Those of
    ARCHIVE are called once, with Home Assistant, and find the devices in ``device_id``.
    """

    METER = auto()
    DISPLAY = auto()
    # Of any number of meters; of all if none is named.
    ARCHIVE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of automations, scripts and the card.

    Attributes:
        handler: does it.
        fields: its fields besides the target.
        checks: validators of all fields together.
        response: whether it returns something, or does nothing else.
        target: what it is for.
        step: of a charge, which those may take who may charge; None is for administrators.
        needs_loaded: whether its handler needs a meter or display that is set up and running.
        schema: what a call has to look like.
    """

    handler: Handler
    fields: Mapping[Any, Any] = field(default_factory=dict)
    checks: tuple[Callable[[Any], Any], ...] = ()
    response: SupportsResponse = SupportsResponse.OPTIONAL
    target: Target = Target.METER
    step: Step | None = None
    needs_loaded: bool = True
    schema: vol.Schema = field(init=False)

    def __post_init__(self) -> None:
        """Compile the schema now, on import, which Home Assistant does beside its event loop."""
        needed = () if self.target is Target.ARCHIVE else (cv.has_at_least_one_key(*_TARGET),)
        fields = {**self.fields, **cv.TARGET_FIELDS}
        schema = vol.Schema(vol.All(vol.Schema(fields), *needed, *self.checks))
        object.__setattr__(self, "schema", schema)

    def register(self, hass: HomeAssistant, name: str) -> None:
        """Register it with Home Assistant."""
        hass.services.async_register(
            DOMAIN,
            name,
            partial(self._async_handle, hass),
            schema=self.schema,
            supports_response=self.response,
        )

    async def _async_handle(self, hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
        if self.step is None:
            # Before the target is looked at: what there is, is not for others to find out.
            await async_require_admin(hass, call.context)
        devices = _devices(hass, call.data)
        if self.target is Target.ARCHIVE:
            return await self.handler(hass, _for_devices(call, devices))
        entries = [_entry(hass, device, loaded=self.needs_loaded) for device in devices]
        fitting = self._fitting(entries)
        # What is done with a meter that may not be set up is done with its entry.
        subjects = [entry.runtime_data if self.needs_loaded else entry for entry in fitting]
        if self.step is not None:
            for entry in fitting:
                await async_require_charge(hass, entry, self.step, call.context)
        if call.return_response and len(fitting) > 1:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="one_response")
        # All are asked, also when one fails: each has a meter of its own.
        results = await asyncio.gather(
            *(self.handler(subject, call) for subject in subjects), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return results[0]  # type: ignore[return-value]

    def _fitting(self, entries: list[ConfigEntry[Any]]) -> list[ConfigEntry[Any]]:
        """Choose the meters or the displays of a target, which may be an area with both."""
        for_display = self.target is Target.DISPLAY
        fitting = [entry for entry in entries if is_display(entry) is for_display]
        if not fitting:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_display" if for_display else "not_a_meter",
            )
        return fitting


def _devices(hass: HomeAssistant, data: Mapping[str, Any]) -> list[str]:
    """Find the devices that a target names: themselves, by an entity, or by where they are."""
    devices = dict.fromkeys(data.get(ATTR_DEVICE_ID, ()))
    indirect = {key: data[key] for key in _INDIRECT if data.get(key)}
    if not indirect:
        return list(devices)
    selected = async_extract_referenced_entity_ids(
        hass, TargetSelection(indirect), primary_entities_only=False
    )
    registry = er.async_get(hass)
    for entity_id in sorted(selected.referenced | selected.indirectly_referenced):
        entity = registry.async_get(entity_id)
        if entity is not None and entity.platform == DOMAIN and entity.device_id is not None:
            devices[entity.device_id] = None
    if not devices:
        # Not all meters: a target that has none was meant for some.
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_targeted")
    return list(devices)


def _entry(hass: HomeAssistant, device_id: str, *, loaded: bool) -> ConfigEntry[Any]:
    """Get the entry of a device.

    Raises:
        ServiceValidationError: it is none of ours, or its entry is not loaded and has to be.
    """
    if not loaded:
        _, found = dr.async_get_device_and_config_entry_for_domain(hass, device_id, domain=DOMAIN)
        if found is not None:
            return found
    _, entry = async_get_device_and_config_entry(hass, DOMAIN, device_id)
    return entry


def _for_devices(call: ServiceCall, devices: list[str]) -> ServiceCall:
    """Put the devices in the place of the target that they were found by."""
    data = {key: value for key, value in call.data.items() if key not in _TARGET}
    return ServiceCall(
        call.hass,
        call.domain,
        call.service,
        data | {ATTR_DEVICE_ID: devices},
        context=call.context,
        return_response=call.return_response,
    )
