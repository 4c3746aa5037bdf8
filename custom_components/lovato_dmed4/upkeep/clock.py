"""Keep the meter's clock and its time zone right while it is idle.

A charge is never started unsynchronised in any case: this keeps what the meter shows right between
charges, and the time zone of its records through the changes to and from daylight saving time.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import CONF_KEEP_CLOCK, HOUSEKEEPING_INTERVAL, LOGGER
from ..coordinator import HousekeepingCoordinator, LiveCoordinator
from ..dmed4.charge_cycle import ChargeCycle
from ..dmed4.errors import CycleActiveError, MeterError
from ..dmed4.meter import Meter
from ..dmed4.model import SignatureStatus

DRIFT_LIMIT: Final = 5
"""Seconds. Reading the clock is uncertain by up to two, and a record is legible to the second: what
is more is a clock that is off, and not worth a write to the meter before."""

FAILURES_LIMIT: Final = 3
"""Failures in a row, which take more than ten minutes, until a person is told."""

# Intervals to wait after a failure: whatever is wrong is not over in a minute.
_PAUSE: Final = 5

_OFFSET_LIMIT: Final = 900  # minutes
_OFFSET_STEP: Final = 15  # minutes


class ClockKeeper:
    """Looks at the clock once in each housekeeping interval.

    Attributes:
        failures: how often in a row the clock could not be put right.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        meter: Meter,
        cycle: ChargeCycle,
        live: LiveCoordinator,
        housekeeping: HousekeepingCoordinator,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._meter = meter
        self._cycle = cycle
        self._live = live
        self._housekeeping = housekeeping
        self._pause = 0
        self.failures = 0

    @callback
    def async_start(self) -> None:
        """Look at the clock from now on, unless the user keeps it in another way."""
        if self._entry.options.get(CONF_KEEP_CLOCK, True):
            self._entry.async_on_unload(
                async_track_time_interval(self._hass, self._tick, HOUSEKEEPING_INTERVAL)
            )

    @callback
    def _tick(self, _: datetime) -> None:
        self._entry.async_create_background_task(
            self._hass, self._async_keep(), f"{self._entry.title} clock"
        )

    async def _async_keep(self) -> None:
        if not self._is_idle():
            return
        if self._pause:
            self._pause -= 1
            return
        steps = self._steps()
        try:
            for step in steps:
                await step()
        except CycleActiveError:
            return
        except MeterError as err:
            LOGGER.debug("The clock could not be put right: %s", err)
        if steps:
            await self._live.async_refresh()
            await self._housekeeping.async_refresh()
        self._count_failures(failed=bool(self._steps()))

    def _count_failures(self, *, failed: bool) -> None:
        self.failures = self.failures + 1 if failed else 0
        self._pause = _PAUSE - 1 if failed else 0

    def _is_idle(self) -> bool:
        return (
            self._live.last_update_success
            and self._housekeeping.last_update_success
            and not self._live.data.status.measurement.charging
        )

    def _steps(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        """What there is to put right, as far as the last polls tell."""
        steps: list[Callable[[], Coroutine[Any, Any, None]]] = []
        if self._is_off():
            steps.append(self._cycle.synchronise_clock)
        offset = self._housekeeping.data.settings.time_offset
        wanted = time_offset()
        if wanted is not None and offset is not None and offset != wanted:
            steps.append(
                partial(self._cycle.while_idle, partial(self._meter.write_time_offset, wanted))
            )
        return steps

    def _is_off(self) -> bool:
        drift = self._housekeeping.data.clock_drift
        signature = self._live.data.status.signature
        return SignatureStatus.TIMESTAMP_SYNCHRONISED not in signature or (
            drift is not None and abs(drift) > DRIFT_LIMIT
        )


def time_offset() -> int | None:
    """Home Assistant's offset to UTC in minutes; None where the meter can't take it."""
    offset = dt_util.now().utcoffset()
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    return None if minutes % _OFFSET_STEP or abs(minutes) > _OFFSET_LIMIT else minutes
