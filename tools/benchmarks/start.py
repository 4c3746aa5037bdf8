"""What it takes to start: `python -m tools.benchmarks.start [METERS [RUNS]]`.

The time in which the meters' entries are loaded, as after a restart of Home Assistant, and what importing
the integration takes besides what Home Assistant has imported anyway.
"""

import asyncio
from dataclasses import dataclass
import json
import subprocess
import sys
import time

from homeassistant.config_entries import ConfigEntryState

from custom_components.lovato_dmed4.const import DOMAIN

from .meters import charging_meters
from .ways import add_meter, home_assistant


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """What importing the integration takes.

    Attributes:
        cpu: in s.
        modules: how many.
        packages: of others than us that come with them.
        later: modules among them that are needed later, if ever.
    """

    cpu: float
    modules: int
    packages: list[str]
    later: list[str]


def measure_imports() -> Imports:
    """Measure in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.benchmarks.imports"],
        capture_output=True,
        text=True,
        check=True,
    )
    return Imports(**json.loads(done.stdout))


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


def main(meters: str = "50", runs: str = "3") -> None:
    """Print what was measured."""
    imports = [measure_imports() for _ in range(int(runs))]
    times = ", ".join(f"{each.cpu * 1000:.0f} ms" for each in imports)
    print(f"Importing: {imports[0].modules} modules, CPU time {times}")
    print(f"Packages that come with it: {', '.join(imports[0].packages)}")
    print(f"Too early: {', '.join(imports[0].later) or 'nothing'}")
    for _ in range(int(runs)):
        seconds, cpu = asyncio.run(measure_loading(int(meters)))
        print(f"{meters} meters: loaded in {seconds:.1f} s, CPU time {cpu:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
