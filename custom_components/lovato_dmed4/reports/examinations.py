"""Files of examinations: the last one of each meter, until Home Assistant ends."""

from dataclasses import dataclass, field
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN


@dataclass(slots=True)
class Examinations:
    """What there is of examinations.

    Attributes:
        files: by the ID of the meter's entry.
        running: IDs of entries whose meters are being examined.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)


_EXAMINATIONS: Final[HassKey[Examinations]] = HassKey(f"{DOMAIN}_examinations")


@callback
def async_examinations(hass: HomeAssistant) -> Examinations:
    """Get what there is of examinations."""
    return hass.data.setdefault(_EXAMINATIONS, Examinations())
