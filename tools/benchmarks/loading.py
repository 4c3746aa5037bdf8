"""How long the entries of some meters take to be loaded, as after a restart of Home Assistant."""

import asyncio
import time

from homeassistant.config_entries import ConfigEntryState

from custom_components.lovato_dmed4.const import DOMAIN

from .meters import charging_meters
from .ways import add_meter, home_assistant


async def measure_loading(count: int) -> tuple[float, float]:
    """Load the entries of so many meters; return the seconds on the clock and of CPU time."""
    async with (
        charging_meters(count) as meters,
        home_assistant(asyncio.Queue(), "") as hass,
    ):
        for port in meters.ports:
            await add_meter(hass, port)
        entries = hass.config_entries.async_entries(DOMAIN)
        for entry in entries:
            await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()
        start, cpu = time.monotonic(), time.process_time()
        await asyncio.gather(
            *(hass.config_entries.async_setup(entry.entry_id) for entry in entries)
        )
        await hass.async_block_till_done()
        taken = time.monotonic() - start, time.process_time() - cpu
        if any(entry.state is not ConfigEntryState.LOADED for entry in entries):
            raise RuntimeError("not all meters were loaded")
    return taken
