"""Keep the meter's clock and its time zone right while it is idle.

A charge is never started unsynchronised in any case: this keeps what the meter shows right between
charges, and the time zone of its records through the changes to and from daylight saving time.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..connection.names import device_name
from ..const import CONF_APPARENT_DRIFT, CONF_KEEP_CLOCK, DOMAIN, HOUSEKEEPING_INTERVAL, LOGGER
from ..coordinator import HousekeepingCoordinator, LiveCoordinator
from ..dmed4.charge_cycle import ChargeCycle
from ..dmed4.errors import CycleActiveError, MeterError
from ..dmed4.meter import Meter
from ..dmed4.model import Housekeeping, OperativeStatus, SignatureStatus

DRIFT_LIMIT: Final = 5
"""Seconds. Reading the clock is uncertain by up to two, and a record is legible to the second: what
is more is a clock that is off, and not worth a write to the meter before."""

DOUBT_LIMIT: Final = 600
"""Seconds by which a synchronised clock hardly ever drifts. The time of this machine is more likely
to be wrong, for example after a start without a network, and a person has to say which is right."""

FAILURES_LIMIT: Final = 3
"""Failures in a row, which take more than ten minutes, until a person is asked and it ends for a day."""

LOG_LIMIT: Final = 0.9
"""How full the log of events may be before commissioning is finished: when it is full, the meter is dead
(fatal error 11), and each setting of the clock may be an event."""

# Intervals to wait after a failure: whatever is wrong is not over in a minute.
_PAUSE: Final = 5

# Each write may be an entry in a log, and the relatives of this meter do not want more of them.
_WRITE_INTERVAL: Final = timedelta(days=1)

_OFFSET_LIMIT: Final = 900  # minutes
_OFFSET_STEP: Final = 15  # minutes


class ClockKeeper:
    """Looks at the clock once in each housekeeping interval.

    It is set at most once a day, besides the once before each charge.

    Attributes:
        failures: how often in a row the clock could not be put right.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        *,
        meter: Meter,
        cycle: ChargeCycle[Any],
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
        # By the event loop's clock, which is never set back as that of the machine may be.
        self._rests_until = 0.0
        self._work: asyncio.Task[None] | None = None
        self._stopping = False
        self.failures = 0

    @callback
    def async_start(self) -> None:
        """Look at the clock from now on, unless the user keeps it in another way."""
        if self._entry.options.get(CONF_KEEP_CLOCK, True):
            self._entry.async_on_unload(
                async_track_time_interval(self._hass, self._tick, HOUSEKEEPING_INTERVAL)
            )

    async def async_stop(self) -> None:
        """Look no more; a clock that is being set is set before this returns."""
        self._stopping = True
        if self._work is not None:
            await asyncio.wait([self._work])

    @callback
    def _tick(self, _: datetime) -> None:
        if not self._stopping and (self._work is None or self._work.done()):
            self._work = self._entry.async_create_background_task(
                self._hass, self._async_keep(), f"{device_name(self._hass, self._entry)} clock"
            )

    async def _async_keep(self) -> None:
        if not self._is_idle():
            return
        now = self._hass.loop.time()
        if self._pause:
            self._pause -= 1
            return
        if not self._steps():
            self.failures = 0
            return
        if now < self._rests_until:
            return
        try:
            written = await self._cycle.while_idle(self._async_put_right)
        except CycleActiveError:
            return
        except MeterError as err:
            LOGGER.debug("The clock could not be put right: %s", err)
            written = False
        if written is None:
            return
        await self._async_look()
        wrong = bool(self._steps())
        # A clock that is taken and stays wrong is the meter's reading of it: more of the same is in vain.
        self.failures = (FAILURES_LIMIT if written else self.failures + 1) if wrong else 0
        self._pause = _PAUSE - 1 if wrong else 0
        if written or self.failures >= FAILURES_LIMIT:
            self._rests_until = now + _WRITE_INTERVAL.total_seconds()

    async def _async_put_right(self) -> bool | None:
        """Put right what is wrong; return whether anything was written, None if all was right.

        What the last poll found may be put right already, by the start of a charge or a person for
        example. That is looked at when it is this one's turn, in which nothing else sets the clock.
        """
        await self._async_look()
        if not self._is_idle() or not (steps := self._steps()):
            return None
        written = False
        try:
            for step in steps:
                await step()
                written = True
        except MeterError as err:
            LOGGER.debug("The clock could not be put right: %s", err)
        return written

    async def async_set(self, context: Context | None) -> None:
        """Set the clock at once, as a person or an automation wants it.

        Args:
            context: of the request. Only a person can say that a clock that is far off is wrong, and
                what it appears to be off afterwards is how this meter states its time.

        Raises:
            ServiceValidationError: it is far off, and no person has asked.
            HomeAssistantError: it was not possible, in the user's words.
        """
        if context is None or context.user_id is None:
            await async_require_plausible_drift(self._entry, self._live, self._housekeeping)
        async with self._live.commanding():
            await self._cycle.synchronise_clock()
        await self._housekeeping.async_refresh()
        data = {key: value for key, value in self._entry.data.items() if key != CONF_APPARENT_DRIFT}
        drift = self._housekeeping.data.clock_drift
        fresh = self._live.last_update_success and self._housekeeping.last_update_success
        if fresh and drift is not None and abs(drift) > DOUBT_LIMIT:
            data[CONF_APPARENT_DRIFT] = drift
        if self._stopping:
            return
        self._hass.config_entries.async_update_entry(self._entry, data=data)

    async def _async_look(self) -> None:
        await self._live.async_refresh()
        await self._housekeeping.async_refresh()

    def _is_idle(self) -> bool:
        return (
            self._live.last_update_success
            and self._housekeeping.last_update_success
            and not self._live.data.status.measurement.charging
        )

    def _steps(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        """What there is to put right, as far as the last polls show, and may be."""
        steps: list[Callable[[], Coroutine[Any, Any, None]]] = []
        if self.doubt is not None or fills_up(self._housekeeping.data):
            return steps
        if self._is_off():
            steps.append(self._set_clock)
        offset = self._housekeeping.data.settings.time_offset
        wanted = time_offset()
        if wanted is not None and offset is not None and offset != wanted:
            steps.append(partial(self._meter.write_time_offset, wanted))
        return steps

    async def _set_clock(self) -> None:
        await self._cycle.clock.synchronise()

    def _is_off(self) -> bool:
        drift = clock_drift(self._entry, self._housekeeping)
        return not is_synchronised(self._live) or (drift is not None and abs(drift) > DRIFT_LIMIT)

    @property
    def doubt(self) -> int | None:
        """Seconds by which the meter is ahead, where that is so much that neither is believed."""
        return doubtful_drift(self._entry, self._live, self._housekeeping)


def is_synchronised(live: LiveCoordinator) -> bool:
    """Whether the meter says that its clock has been set and is still right."""
    return SignatureStatus.TIMESTAMP_SYNCHRONISED in live.data.status.signature


def clock_drift(entry: ConfigEntry[Any], housekeeping: HousekeepingCoordinator) -> int | None:
    """Get the seconds by which the meter is ahead, as far as that is no matter of how it states them."""
    drift = housekeeping.data.clock_drift
    return None if drift is None else drift - entry.data.get(CONF_APPARENT_DRIFT, 0)


def doubtful_drift(
    entry: ConfigEntry[Any], live: LiveCoordinator, housekeeping: HousekeepingCoordinator
) -> int | None:
    """Get the drift of a synchronised clock if it is so large that neither clock is believed, in seconds."""
    drift = clock_drift(entry, housekeeping)
    if drift is None or _is_local(drift, housekeeping.data):
        return None
    # A clock that has just been set for the first time was not set wrong before.
    believed = housekeeping.of_synchronised_clock and is_synchronised(live)
    return drift if believed and abs(drift) > DOUBT_LIMIT else None


def _is_local(drift: int, found: Housekeeping) -> bool:
    """Whether a clock is ahead by just its time offset: it shows local time, or was set to it.

    That says nothing against the time of this machine, and setting the clock once shows which it is.
    """
    local = 60 * (found.settings.time_offset or 0)
    return local != 0 and abs(drift - local) <= DRIFT_LIMIT


async def async_require_plausible_drift(
    entry: ConfigEntry[Any], live: LiveCoordinator, housekeeping: HousekeepingCoordinator
) -> None:
    """Write nothing while the meter's clock and that of this machine contradict each other.

    Raises:
        ServiceValidationError: they do; a person has to say which one is right.
    """
    if doubtful_drift(entry, live, housekeeping) is not None:
        # What the last poll found may have been put right since.
        await housekeeping.async_refresh()
    if (drift := doubtful_drift(entry, live, housekeeping)) is not None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="clock_doubtful",
            translation_placeholders={"minutes": str(round(abs(drift) / 60))},
        )


def fills_up(found: Housekeeping) -> bool:
    """Whether the log of events is nearly full before commissioning is finished."""
    saved, maximum = found.logbook.events_saved, found.logbook.events_maximum
    return (
        found.system.operative_status is OperativeStatus.READY
        and saved is not None
        and maximum is not None
        and saved >= LOG_LIMIT * maximum > 0
    )


def time_offset() -> int | None:
    """Home Assistant's offset to UTC in minutes; None where the meter can't take it."""
    offset = dt_util.now().utcoffset()
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    return None if minutes % _OFFSET_STEP or abs(minutes) > _OFFSET_LIMIT else minutes
