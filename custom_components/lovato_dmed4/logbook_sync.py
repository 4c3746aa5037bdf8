"""Fetch what the meter's logbook has and the archive has not, the oldest first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

if TYPE_CHECKING:
    from .coordinator import Dmed4ConfigEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """How far the archive is.

    Attributes:
        running: whether records are being fetched now.
        fetched: how many were fetched in this run.
        missing: how many the logbook has that the archive has not, None while that is not known.
        lost: how many times the meter has overwritten records before they could be fetched.
        failed: whether the last run was broken off by an error; it is tried again.
        overwrites_soon: whether the meter is about to overwrite what is missing.
    """

    running: bool = False
    fetched: int = 0
    missing: int | None = None
    lost: int = 0
    failed: bool = False
    overwrites_soon: bool = False


class LogbookSync:
    """Compares the archive with the meter's logbook.

    It does so at set-up, after each step of a charge, after each reconnect, when housekeeping counts
    new records, and daily.

    Attributes:
        state: how far it is.
    """

    state: SyncState

    def __init__(self, hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
        raise NotImplementedError

    @callback
    def async_start(self) -> None:
        """Compare now and whenever there is a reason to, until the entry is unloaded."""
        raise NotImplementedError

    @callback
    def async_request(self) -> None:
        """Compare soon; while a run is under way, once more after it."""
        raise NotImplementedError

    async def async_run(self) -> SyncState:
        """Compare now and return when that is done.

        Raises:
            HomeAssistantError: the meter or the archive failed, in the user's words.
        """
        raise NotImplementedError

    @callback
    def async_add_listener(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call a listener whenever `state` changes."""
        raise NotImplementedError
