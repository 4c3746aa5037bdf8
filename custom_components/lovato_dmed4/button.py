"""The steps of a charge cycle at the press of a button."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charging.identity import charge_identity
from .charging.rights import Step, async_require_charge
from .entity import Dmed4Entity
from .runtime_data import Dmed4ConfigEntry, Dmed4Data

# One step at a time.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class Dmed4ButtonDescription(ButtonEntityDescription):
    """A button of a meter; with a step, for those who may charge, else for administrators."""

    press_fn: Callable[[Dmed4Data, Dmed4ConfigEntry], Coroutine[Any, Any, object]]
    step: Step | None = None


async def _reset_errors(data: Dmed4Data, _: Dmed4ConfigEntry) -> None:
    async with data.live.commanding():
        await data.cycle.reset_errors()


async def _synchronise_clock(data: Dmed4Data, _: Dmed4ConfigEntry) -> None:
    async with data.live.commanding():
        await data.cycle.synchronise_clock()


BUTTONS: Final = (
    Dmed4ButtonDescription(
        key=Step.START,
        translation_key="start",
        step=Step.START,
        press_fn=lambda data, entry: data.charge.async_begin(charge_identity(entry.options)),
    ),
    Dmed4ButtonDescription(
        key=Step.READ,
        translation_key="read",
        step=Step.READ,
        press_fn=lambda data, _: data.charge.async_read(),
    ),
    Dmed4ButtonDescription(
        key=Step.END,
        translation_key="end",
        step=Step.END,
        press_fn=lambda data, _: data.charge.async_end(),
    ),
    Dmed4ButtonDescription(
        key="reset_errors",
        translation_key="reset_errors",
        entity_category=EntityCategory.CONFIG,
        press_fn=_reset_errors,
    ),
    Dmed4ButtonDescription(
        key="synchronise_clock",
        translation_key="synchronise_clock",
        entity_category=EntityCategory.CONFIG,
        press_fn=_synchronise_clock,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons."""
    async_add_entities(Dmed4Button(entry, description) for description in BUTTONS)


class Dmed4Button(Dmed4Entity, ButtonEntity):
    """A button of a meter."""

    entity_description: Dmed4ButtonDescription

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
        entry = self.coordinator.config_entry
        await self.entity_description.press_fn(entry.runtime_data, entry)

    async def _async_check_right(self) -> None:
        if (step := self.entity_description.step) is None:
            await self.async_require_admin()
        else:
            entry = self.coordinator.config_entry
            await async_require_charge(self.hass, entry, step, self._context)
