"""The clock as the REST API shows it (manual: v1/charge_settings, datetime and datetime_offset)."""

from .found import Found
from .model import CLOCK_TOLERANCE, drift_seconds
from .rest_answers import Answer, integer


class ShownClock:
    """Finds out whether a meter shows its clock as UTC or as local time.

    A clock that is ahead by just the time offset may be local time, or have been set to it by someone
    else. It is local time where it is still ahead after we have set it.
    """

    def __init__(self, found: Found) -> None:
        self._found = found
        self._just_set = False
        self._is_local = False

    def note_set(self) -> None:
        """Take note that the meter has taken the time, in UTC."""
        self._just_set = True

    def drift(self, settings: Answer, now: float) -> int | None:
        """How far the clock is ahead, in s; None where it is not shown.

        Args:
            settings: the answer to a GET of v1/charge_settings.
            now: the time when that was asked for, Unix time in s.
        """
        if (shown := integer(settings, "datetime")) is None:
            return None
        drift, local = drift_seconds(shown, now), 60 * (integer(settings, "datetime_offset") or 0)
        if not local:
            return drift
        ahead_by_offset = abs(drift - local) <= CLOCK_TOLERANCE
        if self._just_set:
            self._just_set, self._is_local = False, ahead_by_offset
            if ahead_by_offset:
                self._found.note("The meter gives its clock as local time (datetime)")
        return drift - local if ahead_by_offset and self._is_local else drift
