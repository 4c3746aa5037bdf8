"""The login of the REST API (manual: v1/login)."""

from collections.abc import Callable

from .errors import LoginLockedError, WrongPasswordError

ATTEMPTS = 3
"""Wrong passwords until the login is locked."""

LOCK_TIME = 15 * 60
"""Seconds for which it is."""


class Login:
    """Who knows the advanced password.

    Args:
        password: The advanced password.
        now: Returns Unix seconds.

    Attributes:
        logged_in: Whether the password has been given since the meter started.
    """

    def __init__(self, password: str, now: Callable[[], float]) -> None:
        self._password = password
        self._now = now
        self._wrong = 0
        self._locked_until = float("-inf")
        self.logged_in = False

    @property
    def locked(self) -> bool:
        """Whether even the right password is refused."""
        return self._now() < self._locked_until

    @property
    def attempts_left(self) -> int:
        """Wrong passwords that are still free, 0 while the login is locked."""
        return 0 if self.locked else ATTEMPTS - self._wrong

    def log_in(self, password: str) -> None:
        """Try a password.

        Raises:
            LoginLockedError: There were three wrong ones less than 15 minutes ago.
            WrongPasswordError: This one is wrong.
        """
        if self.locked:
            raise LoginLockedError("login locked")
        if password == self._password:
            self._wrong = 0
            self.logged_in = True
            return
        self._wrong += 1
        if self._wrong == ATTEMPTS:
            self._wrong = 0
            self._locked_until = self._now() + LOCK_TIME
        raise WrongPasswordError("wrong password")
