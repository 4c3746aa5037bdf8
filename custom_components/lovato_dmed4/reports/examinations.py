"""Examinations: their files until Home Assistant ends, and where one is under way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

# Of meters that could not be set up there may be any number, and a file takes up to some megabytes.
_MOST_ATTEMPTS: Final = 3


@dataclass(slots=True)
class Examinations:
    """What there is of examinations.

    Attributes:
        files: the last one of each meter, by the ID of its entry.
        attempts: the last ones of meters that could not be set up, by the ID of the set-up.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    attempts: dict[str, bytes] = field(default_factory=dict)
    _running: set[str] = field(default_factory=set)

    def keep_attempt(self, flow_id: str, file: bytes) -> None:
        """Keep the file of a meter that could not be set up; older ones go."""
        self.attempts.pop(flow_id, None)
        self.attempts[flow_id] = file
        while len(self.attempts) > _MOST_ATTEMPTS:
            del self.attempts[next(iter(self.attempts))]

    @contextmanager
    def alone_at(self, address: str) -> Iterator[None]:
        """Examine what is at a host or a serial port, once at a time.

        Raises:
            ServiceValidationError: an examination is under way there.
        """
        if address in self._running:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="examination_running"
            )
        self._running.add(address)
        try:
            yield
        finally:
            self._running.remove(address)


_EXAMINATIONS: Final[HassKey[Examinations]] = HassKey(f"{DOMAIN}_examinations")


@callback
def async_examinations(hass: HomeAssistant) -> Examinations:
    """Get what there is of examinations."""
    return hass.data.setdefault(_EXAMINATIONS, Examinations())
