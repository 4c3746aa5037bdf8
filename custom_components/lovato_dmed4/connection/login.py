"""The login with the meter's advanced password: tried once, and then the user is asked.

Three wrong passwords lock the meter's login for 15 minutes, for everyone. So an attempt is written
to disk before it is made, and a password whose attempt did not succeed is never tried again by
itself: not by a retry, nor after a reload, nor after a restart in the middle of the attempt.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final, TypedDict

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..dmed4.errors import LoginLockedError, MeterError, NotLoggedInError, PasswordMissingError
from ..dmed4.meter import Commissioning, Meter
from .storage import StoredFile, stored_file

LOGIN_ATTEMPTS: Final = 3
"""Wrong passwords that lock the login (manual: v1/login)."""

LOCK_TIME: Final = timedelta(minutes=15)


class _Stored(TypedDict):
    """What is kept of the attempts.

    ``attempts`` are Unix times of those that did not succeed, as far as it is known; ``refused``
    says that the password in the entry is one of them.
    """

    attempts: list[float]
    refused: bool


class Login:
    """Logs in when an operation needs it, and counts the attempts."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, meter: Meter) -> None:
        self._hass = hass
        self._entry = entry
        self._meter = meter
        self._commissioning = meter.commissioning
        self._lock = asyncio.Lock()
        self._store = stored_file(hass, entry.entry_id, StoredFile.LOGIN, _Stored)
        self._stored = _Stored(attempts=[], refused=False)

    async def async_load(self) -> None:
        """Recall the attempts before a restart."""
        if (stored := await self._store.async_load()) is not None:
            self._stored = stored

    @property
    def attempts_used(self) -> int:
        """How many attempts within the last 15 minutes did not succeed, as far as it is known."""
        return len(self._recent())

    @property
    def locked_until(self) -> datetime | None:
        """When the lock ends that three of them have brought about; None while there is none."""
        recent = self._recent()
        if len(recent) < LOGIN_ATTEMPTS:
            return None
        return dt_util.utc_from_timestamp(max(recent)) + LOCK_TIME

    async def async_ensure(self, given: str | None = None) -> None:
        """Log in unless that is done already, or the transport knows no login.

        Args:
            given: a password for this time only, instead of the one that is kept.

        Raises:
            PasswordMissingError: no password is kept and none was given; nothing was sent.
            NotLoggedInError: the one that is kept has failed before; the user is asked.
            WrongPasswordError: it has just failed; the user is asked for the one that is kept.
            LoginLockedError: the login is locked; nothing was sent.
        """
        if (commissioning := self._commissioning) is None:
            return
        async with self._lock:
            if (await self._meter.read_system()).logged_in:
                return
            kept = self._entry.data.get(CONF_PASSWORD)
            if given and given != kept:
                await self._async_attempt(commissioning, given, kept=False)
                return
            if kept is None:
                raise PasswordMissingError("the advanced password is needed")
            if self._stored["refused"]:
                self._entry.async_start_reauth(self._hass)
                raise NotLoggedInError("the advanced password has failed before")
            try:
                await self._async_attempt(commissioning, kept, kept=True)
            except LoginLockedError:
                raise
            except MeterError:
                self._entry.async_start_reauth(self._hass)
                raise

    async def async_try(self, password: str) -> None:
        """Make one attempt with a password that the user has just given.

        Raises:
            WrongPasswordError: the meter did not take it.
            LoginLockedError: the login is locked; nothing was sent.
            MeterError: its status can't be read, or it is not known whether it took it; in the latter
                case the attempt counts.
        """
        if (commissioning := self._commissioning) is None:
            return
        async with self._lock:
            logged_in = (await self._meter.read_system()).logged_in
            await self._async_attempt(commissioning, password, kept=True, logged_in=logged_in)

    async def _async_attempt(
        self,
        commissioning: Commissioning,
        password: str,
        *,
        kept: bool,
        logged_in: bool = False,
    ) -> None:
        """Make an attempt; it counts until it is known to have succeeded.

        Where somebody was logged in before, only the next login can show that it has.

        Args:
            commissioning: makes it.
            password: to try.
            kept: whether it is the entry's own, or will be.
            logged_in: whether the meter says that somebody is.
        """
        if (until := self.locked_until) is not None:
            raise LoginLockedError(until)
        now = dt_util.utcnow().timestamp()
        refused = self._stored["refused"]
        attempts = [*self._recent(), now]
        await self._async_save(_Stored(attempts=attempts, refused=kept or refused))
        await commissioning.log_in(password, logged_in=logged_in)
        unproved = attempts if logged_in else []
        await self._async_save(_Stored(attempts=unproved, refused=not kept and refused))

    async def _async_save(self, stored: _Stored) -> None:
        self._stored = stored
        await self._store.async_save(stored)

    def _recent(self) -> list[float]:
        """Return the attempts of the last 15 minutes.

        One of the future is from before the clock was set back: it counts as made when that is first
        seen, or the login would be locked until the clock is there again.
        """
        now = dt_util.utcnow().timestamp()
        attempts = [min(attempt, now) for attempt in self._stored["attempts"]]
        self._stored["attempts"] = attempts
        return [attempt for attempt in attempts if attempt > now - LOCK_TIME.total_seconds()]
