"""The steps of a charge cycle at the press of a button."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import STATE_UNAVAILABLE, EntityCategory
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .binary_sensor import has_problem
from .charging.identity import async_charge_identity
from .charging.rights import Step, async_require_charge
from .dmed4.model import Block, Status
from .entity import Dmed4Entity, MeterRestoreEntity
from .runtime_data import Dmed4ConfigEntry, Dmed4Data

# One step at a time.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class Dmed4ButtonDescription(ButtonEntityDescription):
    """A button of a meter; with a step, for those who may charge, else for administrators."""

    press_fn: Callable[[Dmed4Data, Context | None], Coroutine[Any, Any, object]]
    # Whether it can do something now. A press of one that is not available is not passed on.
    useful_fn: Callable[[Status], bool]
    step: Step | None = None


async def _reset_errors(data: Dmed4Data, _: Context | None) -> None:
    async with data.live.commanding():
        await data.cycle.reset_errors()


async def _start(data: Dmed4Data, context: Context | None) -> None:
    identity = await async_charge_identity(
        data.live.hass, data.entry.options, {}, records=data.records, context=context
    )
    await data.charge.async_begin(identity)


BUTTONS: Final = (
    Dmed4ButtonDescription(
        key=Step.START,
        translation_key="start",
        step=Step.START,
        useful_fn=lambda status: not status.measurement.charging,
        press_fn=_start,
    ),
    Dmed4ButtonDescription(
        key=Step.READ,
        translation_key="read",
        entity_category=EntityCategory.DIAGNOSTIC,
        # The card has a button of its own.
        entity_registry_enabled_default=False,
        step=Step.READ,
        useful_fn=lambda status: status.measurement.charging,
        press_fn=lambda data, _: data.charge.async_read(),
    ),
    Dmed4ButtonDescription(
        key=Step.END,
        translation_key="end",
        step=Step.END,
        useful_fn=lambda status: status.measurement.charging,
        press_fn=lambda data, _: data.charge.async_end(),
    ),
    Dmed4ButtonDescription(
        key="reset_errors",
        translation_key="reset_errors",
        entity_category=EntityCategory.CONFIG,
        useful_fn=has_problem,
        press_fn=_reset_errors,
    ),
    Dmed4ButtonDescription(
        key="synchronise_clock",
        translation_key="synchronise_clock",
        entity_category=EntityCategory.CONFIG,
        # The clock is kept in sync without it.
        entity_registry_enabled_default=False,
        useful_fn=lambda status: not status.measurement.charging,
        press_fn=lambda data, context: data.clock.async_set(context),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons."""
    async_add_entities(Dmed4Button(entry, description) for description in BUTTONS)


class Dmed4Button(MeterRestoreEntity, Dmed4Entity, ButtonEntity):
    """A button of a meter."""

    entity_description: Dmed4ButtonDescription

    def __init__(self, entry: Dmed4ConfigEntry, description: Dmed4ButtonDescription) -> None:
        super().__init__(entry, description, Block.STATUS)

    @property
    @override
    def available(self) -> bool:
        return super().available and self.entity_description.useful_fn(self.coordinator.data.status)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Keep changes of what is possible out of Activity, which has a line for the charge itself.

        Activity shows each change of a state, so two buttons would leave four lines per session, one
        of them with the time of an earlier press. It leaves out a state that has just appeared.
        """
        state = self.hass.states.get(self.entity_id)
        if state is not None and (state.state == STATE_UNAVAILABLE) is self.available:
            self.hass.states.async_remove(self.entity_id)
        super()._handle_coordinator_update()

    @override  # type: ignore[misc]
    async def _async_press_action(self) -> None:
        """Refuse a press before Home Assistant records it.

        Home Assistant writes the time of the press as the state first, which shows in Activity and
        sets automations off, and only then presses. There is no other place to refuse it earlier.
        """
        await self._async_check_right()
        await super()._async_press_action()

    @override
    async def async_press(self) -> None:
        # Once more, in case a later Home Assistant does not come by the method above.
        await self._async_check_right()
        await self.entity_description.press_fn(self._data, self._context)

    async def _async_check_right(self) -> None:
        if (step := self.entity_description.step) is None:
            await self.async_require_admin()
        else:
            entry = self.coordinator.config_entry
            await async_require_charge(self.hass, entry, step, self._context)
