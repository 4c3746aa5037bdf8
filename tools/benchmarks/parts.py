"""Where the CPU time of a poll of one meter goes: `python -m tools.benchmarks.parts [POLLS]`.

Three things in turn, over and over: the four requests over a bare socket, the same by this integration, and a
whole poll with its entities. So whatever else the machine does meets all three.
"""

import asyncio
from collections.abc import Awaitable, Callable
import statistics
import sys
import time
from typing import Any, Final

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, callback

from custom_components.lovato_dmed4.const import DOMAIN

from .meters import charging_meters
from .ways import BareMeter, add_meter, home_assistant

# Seconds between two of the three, so that the values of each whole poll are new ones.
_PAUSE: Final = 1 / 3
# Seconds between polls of the integration itself: none is to come in between.
_NEVER: Final = 300


async def measure(polls: int) -> tuple[dict[str, list[float]], float]:
    """Measure each part so often; return the CPU times in s, and the states written for each poll."""
    async with charging_meters(1) as meters, home_assistant(asyncio.Queue(), "") as hass:
        (port,) = meters.ports
        await add_meter(hass, port, _NEVER)
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        parts: dict[str, Callable[[], Awaitable[Any]]] = {
            "four requests, bare socket": BareMeter(reader, writer, asyncio.Queue()).poll,
            "four requests, this integration": entry.runtime_data.meter.read_live,
            "whole poll": entry.runtime_data.live.async_refresh,
        }
        states = 0

        @callback
        def count(_: Event[Any]) -> None:
            nonlocal states
            states += 1

        stop = hass.bus.async_listen(EVENT_STATE_CHANGED, count)
        times: dict[str, list[float]] = {name: [] for name in parts}
        for _ in range(polls):
            for name, part in parts.items():
                await asyncio.sleep(_PAUSE)
                start = time.process_time()
                await part()
                times[name].append(time.process_time() - start)
        stop()
        writer.close()
    return times, states / polls


def main(polls: str = "60") -> None:
    """Print the medians, with the middle half of what was measured."""
    times, states = asyncio.run(measure(int(polls)))
    print(f"Medians of {polls} polls, with the middle half of them.\n")
    print("| of a poll of one meter | CPU time |")
    print("|---|---|")
    for name, each in times.items():
        low, median, high = (value * 1000 for value in statistics.quantiles(each, n=4))
        print(f"| {name} | {median:.2f} ({low:.2f} to {high:.2f}) ms |")
    print(f"\nStates written: {states:.1f} a poll.")


if __name__ == "__main__":
    main(*sys.argv[1:])
