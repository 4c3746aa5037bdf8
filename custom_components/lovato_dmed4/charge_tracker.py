"""Follow the charge cycle: who began it, what became of it, across restarts of either side."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .archive import StoredRecord
from .dmed4.prototype import ChargeIdentity

if TYPE_CHECKING:
    from .coordinator import Dmed4ConfigEntry


class ChargeEvent(StrEnum):
    """What happens to a charge cycle."""

    STARTED = "started"
    READ = "read"
    ENDED = "ended"
    POWER_FAILURE = "power_failure"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeNews:
    """Something that happened to a charge cycle; the attributes tell no identification."""

    event: ChargeEvent
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRecord:
    """What a step brought: the signed record, and that in the archive.

    ``stored`` is None when the archive can't be reached; the record is then kept and tried again.
    """

    raw: bytes
    stored: StoredRecord | None


class ChargeTracker:
    """Takes the steps of a charge for whoever asks: remembers them on disk, archives their records.

    The steps raise what `ChargeCycle`'s raise; whoever calls them does it through
    `LiveCoordinator.async_execute`.
    """

    def __init__(self, hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
        raise NotImplementedError

    async def async_load(self) -> None:
        """Remember the charge that was open when Home Assistant was stopped or killed."""
        raise NotImplementedError

    @callback
    def async_start(self) -> None:
        """Compare that charge with the meter, and follow the meter from now on."""
        raise NotImplementedError

    async def async_begin(self, charge: ChargeIdentity) -> MadeRecord:
        """Start a charge."""
        raise NotImplementedError

    async def async_read(self) -> MadeRecord:
        """Let the meter sign an intermediate record."""
        raise NotImplementedError

    async def async_end(self, *, combined: bool = False) -> MadeRecord:
        """End the charge."""
        raise NotImplementedError

    @callback
    def async_add_listener(self, listener: Callable[[ChargeNews], None]) -> CALLBACK_TYPE:
        """Call a listener for each thing that happens to a charge cycle."""
        raise NotImplementedError
