"""What every simulated device has: a source of time and a power supply that can fail."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Final

from .clock import Clock, SystemClock
from .readings import Readings


class Device(ABC):
    """A meter or a display.

    Args:
        clock: The source of time; by default the machine's.
        reboot_time: Seconds for which a reboot leaves it without an answer.
        readings: Open places of the manual with readings other than the default.
    """

    def __init__(
        self, clock: Clock | None, reboot_time: float, readings: Mapping[str, str] | None
    ) -> None:
        self.readings: Final = Readings(readings)
        self._clock = clock or SystemClock()
        self._reboot_time = reboot_time
        self._down_until = float("-inf")
        self._reboot_listeners: list[Callable[[], None]] = []

    @property
    @abstractmethod
    def name(self) -> str:
        """What the device calls itself."""

    @property
    def now(self) -> float:
        """Unix seconds by the clock source, which is not the device's own clock."""
        return self._clock.now()

    @property
    def rebooting(self) -> bool:
        """Whether the device is starting: it answers nothing."""
        return self.now < self._down_until

    @abstractmethod
    def update(self) -> None:
        """Catch up with the clock source: the measures, and whatever has become due."""

    def reboot(self) -> None:
        """Restart, as after the parameters have been saved: no answers for the reboot time."""
        self._down_until = self.now + self._reboot_time
        self._drop_connections()

    def on_reboot(self, listener: Callable[[], None]) -> None:
        """Call a server back when the device restarts, so that it drops its connections."""
        self._reboot_listeners.append(listener)

    def _drop_connections(self) -> None:
        for listener in self._reboot_listeners:
            listener()
