"""Keep what a meter signs: every record goes through here before anybody sees it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .archive import Archive, ArchiveSummary, Source, StoredRecord
from .dmed4.model import Identity

if TYPE_CHECKING:
    from .coordinator import Dmed4ConfigEntry


class RecordKeeper:
    """Stores a meter's records, pins its key, and says what there is.

    A failing database never keeps the meter from working: what can't be stored is kept in memory and
    tried again, and stays on the meter until then.

    Attributes:
        summary: what the archive has of the meter; its listeners are told of each change.
        available: whether the archive could be reached when it was last tried.
    """

    summary: DataUpdateCoordinator[ArchiveSummary]
    available: bool

    def __init__(self, hass: HomeAssistant, entry: Dmed4ConfigEntry, identity: Identity) -> None:
        raise NotImplementedError

    async def async_start(self) -> None:
        """Open the archive, register the meter and its key; never raises for a failing database."""
        raise NotImplementedError

    async def async_stop(self) -> None:
        """Let go of the archive when nothing is being stored any more."""
        raise NotImplementedError

    @property
    def meter_id(self) -> int | None:
        """The meter's number in the archive; None while the archive can't be reached."""
        raise NotImplementedError

    @property
    def waiting(self) -> int:
        """How many records are in memory because they could not be stored yet."""
        raise NotImplementedError

    async def async_store(
        self, raw: bytes, source: Source, *, chained: bool = False
    ) -> StoredRecord | None:
        """Verify and keep a record; it is on disk when this returns.

        Returns:
            The record as it is in the archive. None when the archive can't be reached: then it is in
            memory, and tried again.
        """
        raise NotImplementedError

    async def async_run[T](self, method: Callable[[Archive], T]) -> T:
        """Ask the archive something, off the event loop.

        Raises:
            HomeAssistantError: the archive can't be reached, in the user's words.
        """
        raise NotImplementedError

    def async_add_record_listener(self, listener: Callable[[StoredRecord], None]) -> CALLBACK_TYPE:
        """Call a listener in the event loop for each record that was new to the archive."""
        raise NotImplementedError
