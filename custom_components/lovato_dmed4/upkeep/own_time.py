"""Whether the time of this machine can be believed.

A machine without a battery starts with the time of its last shutdown until the network tells it
better. A charge that is begun then is signed with that time, as synchronised.
"""

from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..connection.formats import local_moment
from ..connection.names import repair_name
from ..const import CONF_WRONG_UNTIL, DOMAIN, RELEASED
from .clock import DOUBT_LIMIT

ISSUE: Final = "time_before_records"

_TOLERANCE: Final = timedelta(seconds=DOUBT_LIMIT)


@callback
def async_require_own_time(
    hass: HomeAssistant, entry: ConfigEntry[Any], newest: datetime | None
) -> None:
    """Begin no charge while the time of this machine cannot be right.

    Args:
        hass: Home Assistant.
        entry: of the meter.
        newest: what its newest verified record states; None where that is not known.

    Raises:
        ServiceValidationError: it is before this version was made, or before the newest record that
            the meter has signed.
    """
    now = dt_util.utcnow()
    if now < RELEASED:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="time_before_release",
            translation_placeholders={"now": local_moment(hass, now)},
        )
    wrong_until = dt_util.parse_datetime(entry.data.get(CONF_WRONG_UNTIL, ""))
    if newest is None or newest <= now + _TOLERANCE or (wrong_until and newest <= wrong_until):
        async_own_time_settled(hass, entry)
        return
    placeholders = {"now": local_moment(hass, now), "newest": local_moment(hass, newest)}
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry),
        data={"entry_id": entry.entry_id, "newest": newest.isoformat()},
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=ISSUE,
        translation_placeholders={"meter": repair_name(hass, entry), **placeholders},
    )
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key=ISSUE, translation_placeholders=placeholders
    )


@callback
def async_own_time_settled(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take the question back: the time is right, or the meter is gone."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry))


def _issue_id(entry: ConfigEntry[Any]) -> str:
    return f"{entry.entry_id}_{ISSUE}"


class OwnTimeFlow(ConfirmRepairFlow):
    """Let an administrator say that it is the records whose time is wrong."""

    def __init__(self, entry: ConfigEntry[Any], newest: str) -> None:
        self._entry = entry
        self._newest = newest

    @override
    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask, then believe these records no more than this machine."""
        if user_input is not None:
            data = {**self._entry.data, CONF_WRONG_UNTIL: self._newest}
            self.hass.config_entries.async_update_entry(self._entry, data=data)
        return await super().async_step_confirm(user_input)
