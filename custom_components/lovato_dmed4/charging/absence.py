"""What became of sessions while Home Assistant was away: the signed records say when they began."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..archive import Session
from ..connection.names import device_name
from ..intake.keeper import RecordKeeper
from ..intake.logbook_sync import LogbookSync, SyncState

APART: Final = timedelta(minutes=1)
"""Two begins that differ by more belong to different sessions. The same session has two: that of its
record, by the clock of the meter, and when Home Assistant gave or saw the command."""


@callback
def async_after_comparison(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    sync: LogbookSync,
    work: Callable[[], Coroutine[Any, Any, None]],
) -> None:
    """Do something once, after the first comparison of the logbook, whether that succeeded or not."""
    done = False

    @callback
    def look(state: SyncState) -> None:
        nonlocal done
        compared = not state.running and (state.failed or state.missing is not None)
        if compared and not done:
            done = True
            name = f"{device_name(hass, entry)} sessions"
            entry.async_create_background_task(hass, work(), name)

    entry.async_on_unload(sync.news.async_add(look))
    look(sync.state)


async def async_newest_session(records: RecordKeeper) -> Session | None:
    """Get the newest session of a meter, which may be running; None also without the archive."""
    if (meter_id := records.meter_id) is None:
        return None
    try:
        return await records.async_run(lambda archive: archive.newest_session(meter_id))
    except HomeAssistantError:
        return None
