"""Timers that are due at once."""

from datetime import datetime, timedelta
import time
from typing import Final
from unittest.mock import patch

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import event
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles

_RESOLUTION: Final = time.get_clock_info("monotonic").resolution


@callback
def async_fire_time_changed(hass: HomeAssistant, moment: datetime) -> None:
    """Let all timers that are due by a moment fire now, at which it is that moment for them.

    As the test tools do it, without the two mocks that theirs make for each timer.
    """
    # What repeats is due up to half a second later, so that not all of it comes at once.
    moment = dt_util.as_utc(moment) + timedelta(microseconds=event.RANDOM_MICROSECOND_MAX)
    timestamp = moment.timestamp()
    for timer in list(get_scheduled_timer_handles(hass.loop)):
        ahead = timestamp - time.time()
        if timer.cancelled() or timer.when() > hass.loop.time() + _RESOLUTION + ahead:
            continue
        with (
            patch.object(event, "time_tracker_utcnow", lambda: moment),
            patch.object(event, "time_tracker_timestamp", lambda: timestamp),
        ):
            timer._run()
        timer.cancel()
