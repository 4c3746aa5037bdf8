"""Which readings are left for each open place, after what has been seen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .place import Place, Transport
from .places import PLACES


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of an open place.

    Attributes:
        place: its name.
        readings: those that fit all that was seen: one where it is settled, and none where the meter
            follows another reading than those that are known.
        looked: whether anything was seen that bears on it.
    """

    place: str
    readings: tuple[str, ...]
    looked: bool

    @property
    def settled(self) -> bool:
        """Whether just one reading is left."""
        return len(self.readings) == 1


class Clues:
    """Rules readings out, place by place.

    Args:
        transport: that the meter was examined over.
    """

    def __init__(self, transport: Transport) -> None:
        self.places: Mapping[str, Place] = {
            name: place for name, place in PLACES.items() if transport in place.transports
        }
        self._left = {name: list(place.readings) for name, place in self.places.items()}
        self._looked: set[str] = set()

    def only(self, place: str, *readings: str) -> None:
        """Take note that only these readings fit what was seen."""
        self._looked.add(place)
        self._left[place] = [name for name in self._left[place] if name in readings]

    def fitting[T](
        self, place: str, seen: Iterable[T], fits: Mapping[str, Callable[[T], bool]]
    ) -> None:
        """Take note of several observations, each of which some readings fit."""
        for one in seen:
            self.only(place, *(reading for reading, check in fits.items() if check(one)))

    def findings(self) -> list[Finding]:
        """Get what is known of each place."""
        return [
            Finding(name, tuple(left), name in self._looked) for name, left in self._left.items()
        ]
