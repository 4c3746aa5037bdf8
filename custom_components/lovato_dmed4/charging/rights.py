"""Who may start and end charging, and who may do the rest."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import entity_registry as er

from ..const import CONF_WHO_MAY_CHARGE, DOMAIN


class WhoMayCharge(StrEnum):
    """Who may start and end charging on a meter."""

    # As with a lock: every user whom Home Assistant lets control the button.
    EVERYONE = "everyone"
    ADMINISTRATORS = "administrators"


class Step(StrEnum):
    """What the right to charge is about. The values are the keys of the buttons."""

    START = "start"
    READ = "read"
    END = "end"


@callback
def may_charge(hass: HomeAssistant, entry: ConfigEntry[Any], step: Step, user: User) -> bool:
    """Find out whether a user may take a step of a charge, by whichever door.

    The permission is that for the step's button, so a button that an administrator has disabled
    leaves the step to administrators. One that is off because it is so by default does not.
    """
    if user.is_admin:
        return True
    if entry.options.get(CONF_WHO_MAY_CHARGE) == WhoMayCharge.ADMINISTRATORS:
        return False
    registry = er.async_get(hass)
    button = registry.async_get_entity_id(Platform.BUTTON, DOMAIN, f"{entry.unique_id}_{step}")
    if button is None:
        return False
    if registry.entities[button].disabled_by not in {None, er.RegistryEntryDisabler.INTEGRATION}:
        return False
    return user.permissions.check_entity(button, POLICY_CONTROL)


async def async_require_charge(
    hass: HomeAssistant, entry: ConfigEntry[Any], step: Step, context: Context | None
) -> None:
    """Let a step of a charge be taken by those who may, and by automations.

    Raises:
        Unauthorized: the user who asked may not.
    """
    await _async_require(hass, context, partial(may_charge, hass, entry, step))


async def async_require_admin(hass: HomeAssistant, context: Context | None) -> None:
    """Let only administrators and automations do something.

    Raises:
        Unauthorized: the user who asked is not an administrator.
    """
    await _async_require(hass, context, lambda user: user.is_admin)


async def async_is_admin(hass: HomeAssistant, context: Context) -> bool:
    """Find out whether an administrator asked, or an automation, which acts for its author."""
    if context.user_id is None:
        return True
    user = await hass.auth.async_get_user(context.user_id)
    return user is not None and user.is_admin


async def _async_require(
    hass: HomeAssistant, context: Context | None, may: Callable[[User], bool]
) -> None:
    if context is None or context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None or not may(user):
        raise Unauthorized(context=context, permission=POLICY_CONTROL)
