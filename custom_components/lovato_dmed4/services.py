"""The actions: what automations and scripts can ask of a meter, a remote display or the archive."""

from typing import Final

from homeassistant.core import HomeAssistant, callback

from .actions.action import Action
from .actions.billing import BILLING_ACTIONS
from .actions.charging import CHARGING_ACTIONS
from .actions.display import DISPLAY_ACTIONS
from .actions.examine import EXAMINATION_ACTIONS
from .actions.logbook import LOGBOOK_ACTIONS
from .actions.records import RECORD_ACTIONS
from .actions.settings import SETTINGS_ACTIONS

ACTIONS: Final[dict[str, Action]] = {
    **CHARGING_ACTIONS,
    **LOGBOOK_ACTIONS,
    **SETTINGS_ACTIONS,
    **DISPLAY_ACTIONS,
    **RECORD_ACTIONS,
    **BILLING_ACTIONS,
    **EXAMINATION_ACTIONS,
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action in ACTIONS.items():
        action.register(hass, name)
