"""Whether a meter's clock is set and shown as UTC or as local time.

The manual has a time offset beside each time (v1/charge_settings, 0x0208) and one example of a time, in
UTC. A meter may show its clock as local time, take what it is set to as local time, or both.
"""

from itertools import product
from typing import Final

from .found import Found
from .model import CLOCK_TOLERANCE, drift_seconds

# Time zones are whole quarters of an hour apart, and at most so many of them from UTC.
_QUARTER: Final = 900
_MOST_QUARTERS: Final = 60

# In s. A record that is signed while nobody is looking may be fetched much later.
_SIGNED_TOLERANCE: Final = 300


class MeterClock:
    """Finds out how a meter's clock is set and shown.

    A clock that is shown right after it was set says so in part: one that is taken and shown as local
    time looks like one that is taken and shown as UTC. The time in a signed record tells them apart.

    Attributes:
        shows_local: whether the clock is shown as local time.
        takes_local: whether what it is set to is taken as local time.
        proved: whether a record has shown what it is set to.
        signed_ahead: by how many seconds the time in the last record of a begin was ahead of ours,
            where that is too much for a delay.
        offset: minutes to UTC, as last seen; None until then.
        error: seconds by which the clock is ahead because it was set before that was known.
    """

    def __init__(self, found: Found) -> None:
        self._found = found
        self.shows_local = False
        self.takes_local = False
        self.proved = False
        self.signed_ahead = 0
        self.offset: int | None = None
        self.error = 0
        # When it was set: by how much that was ahead of UTC and what the offset was, in s.
        self._written = 0
        self._set_offset = 0
        self._looked = True

    @property
    def state(self) -> dict[str, int]:
        """What has been found out, to be kept; empty where it is what the manual's example shows."""
        found = {
            "shows_local": self.shows_local,
            "takes_local": self.takes_local,
            "proved": self.proved and (self.shows_local or self.takes_local),
            "signed_ahead": self.signed_ahead,
        }
        return {name: int(value) for name, value in found.items() if value}

    def recall(self, state: dict[str, int]) -> None:
        """Continue with what was found out before (`state`)."""
        self.shows_local = bool(state.get("shows_local"))
        self.takes_local = bool(state.get("takes_local"))
        self.proved = bool(state.get("proved"))
        self.signed_ahead = self.error = state.get("signed_ahead", 0)

    @property
    def is_ambiguous(self) -> bool:
        """Whether the next time that it is set has to be looked at before a charge begins."""
        return self.shows_local and not self.takes_local and not self.proved

    @property
    def lead(self) -> int:
        """By how many seconds it has to be set ahead of UTC."""
        return 60 * (self.offset or 0) if self.takes_local else 0

    @property
    def shown_lead(self) -> int:
        """By how many seconds it is shown ahead of UTC."""
        return 60 * (self.offset or 0) if self.shows_local else 0

    def note_set(self) -> None:
        """Take note that the meter has just taken a time, `lead` seconds ahead of UTC."""
        self._written, self._set_offset = self.lead, 60 * (self.offset or 0)
        self._looked = False
        self.error = 0

    def look(self, shown: int, offset: int | None, now: float) -> int:
        """Find out how far the clock is ahead, in s.

        Args:
            shown: what the meter shows, Unix time in s.
            offset: minutes to UTC, as the meter shows it.
            now: the time when that was asked for, Unix time in s.
        """
        self.offset = offset
        drift = drift_seconds(shown, now)
        if not self._looked:
            self._looked = True
            self._learn(drift)
            self.error = self._written - self._set_offset * self.takes_local
        elif self.error and abs(drift - self.error - 60 * (offset or 0)) <= CLOCK_TOLERANCE:
            # A clock that is known to be off looks right only where it is shown as local time.
            self._adopt(shows=True, takes=self.takes_local)
        return drift - self.shown_lead

    def _learn(self, drift: int) -> None:
        """Find out which reading explains what is shown of a clock that was just set.

        Of several, it is the one that we know already, or one that agrees with what we know.
        """
        seen = 60 * (self.offset or 0)
        fitting = [
            (shows, takes)
            for shows, takes in product((False, True), repeat=2)
            if abs(drift - self._written + takes * self._set_offset - shows * seen)
            <= CLOCK_TOLERANCE
            and not (self.proved and takes is not self.takes_local)
        ]
        known = (self.shows_local, self.takes_local)
        if not fitting or known in fitting:
            return
        agreeing = [each for each in fitting if each[0] >= known[0] and each[1] >= known[1]]
        self._adopt(*(agreeing or fitting)[0])

    def _adopt(self, shows: bool, takes: bool) -> None:  # noqa: FBT001 - a pair
        self.shows_local, self.takes_local = shows, takes
        if shows:
            self._found.note("The meter gives its clock as local time")
        if takes:
            self._note_taken()

    def note_signed(self, signed: float, offset: int, begun: float, now: float) -> None:
        """Learn from the record of a begin, before which the clock was set.

        Args:
            signed: the time in it, Unix time in s.
            offset: minutes to UTC, as it states them.
            begun: when the begin was asked for, Unix time in s.
            now: when the record was there, Unix time in s.
        """
        if begun - _SIGNED_TOLERANCE <= signed <= now + _SIGNED_TOLERANCE:
            self.signed_ahead = self.error = 0
            self.proved = self.proved or self._set_offset == 60 * offset != 0
            return
        ahead = signed - begun
        self.signed_ahead = self.error = round(ahead)
        quarters = round(ahead / _QUARTER)
        explained = abs(ahead - _QUARTER * quarters) <= _SIGNED_TOLERANCE
        if not explained or abs(quarters) > _MOST_QUARTERS:
            self._found.note("The meter signs another time than the one that it was set to")
            return
        self.signed_ahead = self.error = _QUARTER * quarters
        self.takes_local = not self._written
        self.proved = True
        if self.takes_local:
            self._note_taken()

    def _note_taken(self) -> None:
        self._found.note("The meter takes the time that it is set to as local time")
