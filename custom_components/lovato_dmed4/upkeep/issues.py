"""What a person has to do something about: repair issues that come and go with their cause."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval

from ..connection.errors import local_time
from ..connection.login import Login
from ..connection.names import repair_name
from ..connection.pages import ENTRIES_PAGE, device_page, inside
from ..const import DOMAIN, HOUSEKEEPING_INTERVAL, PANEL_PATH
from ..coordinator import HousekeepingCoordinator, LiveCoordinator
from ..dmed4.model import FATAL_ERRORS, Block, SystemCode, SystemStatus
from ..intake.logbook_sync import LogbookSync, SyncState
from .clock import FAILURES_LIMIT, ClockKeeper, fills_up

ERRORS_LIMIT: Final = 10
"""Minutes for which errors may stand: the next start of a charge resets them, and one that comes and
goes needs no attention."""

_BOARDS: Final = {
    SystemCode.MEASURE_BOARD_ERROR: "measure_board_error",
    SystemCode.COMMUNICATION_BOARD_ERROR: "communication_board_error",
    SystemCode.BOARDS_NOT_COMMUNICATING: "boards_not_communicating",
}

# What can be done about an issue is done at the meter's device, or there.
_PAGES: Final = {"login_locked": ENTRIES_PAGE}


class IssueWatcher:
    """Raises the issues of a meter, and deletes them when their cause has gone."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        live: LiveCoordinator,
        housekeeping: HousekeepingCoordinator,
        sync: LogbookSync,
        login: Login,
        clock: ClockKeeper,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._live = live
        self._housekeeping = housekeeping
        self._sync = sync
        self._login = login
        self._clock = clock
        self._raised: dict[str, Mapping[str, str]] = {}
        self._errors_for = 0

    @callback
    def async_start(self) -> None:
        """Watch from now on, until the entry is unloaded."""
        entry = self._entry
        # What else may be wrong than the status says is found within a minute: no poll of measures
        # changes it.
        entry.async_on_unload(
            self._live.async_add_listener(self.async_check, frozenset({Block.STATUS}))
        )
        entry.async_on_unload(self._housekeeping.async_add_listener(self.async_check))
        entry.async_on_unload(
            async_track_time_interval(self._hass, self._tick, HOUSEKEEPING_INTERVAL)
        )
        entry.async_on_unload(self._sync.news.async_add(self._check_sync))
        entry.async_on_unload(self._delete_all)
        self.async_check()

    @callback
    def _tick(self, _: datetime) -> None:
        live = self._live
        if live.last_update_success:
            self._errors_for = self._errors_for + 1 if live.data.status.errors else 0
        self.async_check()

    @callback
    def _check_sync(self, _: SyncState) -> None:
        self.async_check()

    @callback
    def async_check(self) -> None:
        """Compare what is wrong with what has been raised; nothing is known of a lost meter."""
        if not self._live.last_update_success:
            return
        wrong = self._wrong()
        for key in self._raised.keys() - wrong.keys():
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(key))
        for key, placeholders in wrong.items():
            if self._raised.get(key) != placeholders:
                self._raise(key, placeholders)
        self._raised = wrong

    def _wrong(self) -> dict[str, Mapping[str, str]]:
        """What is wrong, by translation key, with what the texts name of it."""
        wrong: dict[str, Mapping[str, str]] = {
            key: {} for key in _hardware(self._housekeeping.data.system)
        }
        if self._sync.state.overwrites_soon:
            wrong["logbook_overwrites"] = {"archive": f"/{PANEL_PATH}/archive"}
        if self._sync.state.unreadable:
            wrong["logbook_unreadable"] = {}
        if self._clock.failures >= FAILURES_LIMIT:
            wrong["clock_not_kept"] = {}
        if (doubt := self._clock.doubt) is not None:
            # Whole minutes, so that the text does not change with every poll.
            wrong["clock_doubtful"] = {"minutes": str(round(abs(doubt) / 60))}
        if fills_up(housekeeping := self._housekeeping.data):
            wrong["event_log_fills"] = {
                "saved": str(housekeeping.logbook.events_saved),
                "maximum": str(housekeeping.logbook.events_maximum),
            }
        if (until := self._login.locked_until) is not None:
            wrong["login_locked"] = {"until": local_time(until)}
        errors = self._live.data.status.errors
        if errors and self._errors_for >= ERRORS_LIMIT:
            wrong["errors_persist"] = {"errors": ", ".join(errors.names)}
        return wrong

    def _raise(self, key: str, placeholders: Mapping[str, str]) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id(key),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            learn_more_url=inside(_PAGES.get(key) or device_page(self._hass, self._entry)),
            translation_key=key,
            translation_placeholders={
                "meter": repair_name(self._hass, self._entry),
                **placeholders,
            },
        )

    @callback
    def _delete_all(self) -> None:
        for key in self._raised:
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(key))

    def _issue_id(self, key: str) -> str:
        return f"{self._entry.entry_id}_{key}"


def _hardware(system: SystemStatus) -> list[str]:
    """The hardware's issues; the sum of a board's errors only where nothing is more specific."""
    keys = [f"fatal_error_{number}" for number in system.fatal_errors if number in FATAL_ERRORS]
    if "wiring_err" in system.board_2_errors:
        keys.append("wiring_error")
    if not keys and system.code in _BOARDS:
        keys.append(_BOARDS[system.code])
    return keys
