"""The clock over the REST API (manual: v1/charge_settings, datetime and datetime_offset)."""

from datetime import datetime
import time
from typing import override

from .found import Found
from .meter_clock import MeterClock
from .rest_answers import Answer, integer


class RestClock(MeterClock):
    """The clock of a meter behind its web server.

    Attributes:
        drift: how far it is ahead, in s, as last seen; None where it is not shown.
    """

    @override
    def __init__(self, found: Found) -> None:
        super().__init__(found)
        self.drift: int | None = None

    def look_at(self, settings: Answer) -> Answer:
        """Look at the clock in v1/charge_settings, which has just come and is returned."""
        shown, offset = integer(settings, "datetime"), integer(settings, "datetime_offset")
        self.drift = None if shown is None else self.look(shown, offset, time.time())
        return settings

    def to_write(self, moment: datetime) -> int:
        """Get what to set it to, Unix time in s."""
        return round(moment.timestamp()) + self.lead
