"""One meter, its parts put together."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .charging.announcements import Announcer
from .charging.pricing import ChargePricing
from .charging.tracker import ChargeTracker, MadeRecord
from .connection.login import Login
from .coordinator import EventLogCoordinator, HousekeepingCoordinator, LiveCoordinator
from .dmed4.charge_cycle import ChargeCycle
from .dmed4.meter import Meter
from .dmed4.model import Identity
from .intake.keeper import RecordKeeper
from .intake.logbook_sync import LogbookSync
from .live_stream import LiveStream
from .upkeep.clock import ClockKeeper


@dataclass(kw_only=True)
class Dmed4Data:
    """What a loaded entry works with."""

    meter: Meter
    identity: Identity
    cycle: ChargeCycle[MadeRecord]
    live: LiveCoordinator
    housekeeping: HousekeepingCoordinator
    events: EventLogCoordinator
    clock: ClockKeeper
    login: Login
    records: RecordKeeper
    sync: LogbookSync
    charge: ChargeTracker
    announcer: Announcer
    pricing: ChargePricing
    stream: LiveStream

    @property
    def entry(self) -> Dmed4ConfigEntry:
        """The entry that this is, or was, the data of."""
        return self.live.config_entry


type Dmed4ConfigEntry = ConfigEntry[Dmed4Data]
