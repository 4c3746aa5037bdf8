"""Show a meter's measures as fast as it measures, only while a browser watches and only to it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
import time
from typing import Any, Final

from homeassistant.components.websocket_api import ActiveConnection, event_message
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .connection.names import device_name
from .coordinator import LiveCoordinator
from .dmed4.charge_cycle import ChargeCycle
from .dmed4.errors import MeterError
from .dmed4.meter import Meter
from .dmed4.model import FastMeasures

# Seconds after which a subscription ends; who still watches subscribes again. So a browser that is
# gone without a word is not polled for, and one that can't follow is sent 300 messages at most:
# Home Assistant itself throws a connection out at 1024.
LEASE: Final = 30

# Seconds between two looks whether the meter can be read again. Viewers get a message each time, so that
# they can send a meter that is away from a stream that is broken.
_RETRY: Final = 1

_ENDED: Final = {"ended": True}


@dataclass(frozen=True, slots=True)
class Viewer:
    """A browser that watches, until a time of the event loop's clock."""

    connection: ActiveConnection
    subscription: int
    until: float

    @callback
    def send(self, event: Mapping[str, Any]) -> None:
        """Send an event."""
        self.connection.send_message(event_message(self.subscription, event))

    @callback
    def dismiss(self) -> None:
        """End the subscription."""
        self.connection.subscriptions.pop(self.subscription, None)
        self.send(_ENDED)


class LiveStream:
    """Reads the fast measures of a meter while a browser watches, once for all of them."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        meter: Meter,
        cycle: ChargeCycle[Any],
        live: LiveCoordinator,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._meter = meter
        self._cycle = cycle
        self._live = live
        self._viewers: set[Viewer] = set()
        self._reader: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @callback
    def async_watch(self, connection: ActiveConnection, subscription: int) -> None:
        """Send what is read to a browser from now on."""
        viewer = Viewer(connection, subscription, self._hass.loop.time() + LEASE)
        self._viewers.add(viewer)
        connection.subscriptions[subscription] = lambda: self._viewers.discard(viewer)
        if self._reader is None or self._reader.done():
            self._reader = self._entry.async_create_background_task(
                self._hass, self._read_on(), f"{device_name(self._hass, self._entry)} live stream"
            )

    async def async_stop(self) -> None:
        """Dismiss all viewers; no request is under way afterwards."""
        self._stopping.set()
        if self._reader is not None:
            await asyncio.wait([self._reader])

    async def _read_on(self) -> None:
        loop = self._hass.loop
        while self._viewers and not self._stopping.is_set():
            start = loop.time()
            measures = await self._read()
            took = loop.time() - start
            self._send(measures)
            # For as long as a read takes, its wait for the line included, the line is left to others
            # afterwards: charges, live polls, other meters.
            await self._pause(max(self._meter.fast_interval - took, took) if measures else _RETRY)
        for viewer in self._viewers:
            viewer.dismiss()
        self._viewers.clear()

    async def _read(self) -> FastMeasures | None:
        """Read the measures unless something more urgent is under way.

        A lost meter is the live coordinator's to report, and to find again: who answers now may be
        another meter.
        """
        if self._live.in_doubt or self._cycle.busy:
            return None
        with suppress(MeterError):
            return await self._meter.read_fast()
        return None

    @callback
    def _send(self, measures: FastMeasures | None) -> None:
        now = self._hass.loop.time()
        for viewer in tuple(self._viewers):
            if viewer.until < now:
                self._viewers.discard(viewer)
                viewer.dismiss()
        event = _event(measures)
        for viewer in self._viewers:
            viewer.send(event)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


def _event(measures: FastMeasures | None) -> dict[str, Any]:
    """Make what browsers receive: without measures just that the stream is alive.

    The time is ours, in Unix seconds: that of a browser may be another, and the meter's is in whole
    seconds.
    """
    event: dict[str, Any] = {"time": round(time.time(), 3)}
    if measures is not None:
        event |= {
            "voltage": measures.voltage,
            "current": measures.current,
            "power": measures.power,
        }
    return event
