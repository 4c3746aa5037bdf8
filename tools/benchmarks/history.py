"""What Home Assistant's recorder writes of one charging meter: `python -m tools.benchmarks.history [SECONDS]`.

Each polling interval is measured in a Home Assistant of its own, all at the same time: what counts is
what is written, and not how fast.
"""

import asyncio
from contextlib import closing
from pathlib import Path
import sqlite3
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final

from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import async_initialize_recorder

from .meters import charging_meters
from .ways import add_meter, home_assistant, set_up

_INTERVALS: Final = (1, 2, 20, 30)
_HOUR: Final = 3600
_ROWS: Final = "SELECT count(*) FROM states"
_BYTES: Final = "SELECT sum(pgsize) FROM dbstat"


async def measure(interval: int, seconds: int) -> tuple[float, float]:
    """Let a meter charge for some time; return the states and the MB that an hour writes."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "history.db")
        async with (
            charging_meters(1) as meters,
            home_assistant(asyncio.Queue(), "") as hass,
        ):
            async_initialize_recorder(hass)
            await set_up(hass, "recorder", {"recorder": {"db_url": f"sqlite:///{file}"}})
            await add_meter(hass, meters.ports[0], interval)
            rows, size = await _written(hass, file)
            await asyncio.sleep(seconds)
            rows_then, size_then = await _written(hass, file)
    share = _HOUR / seconds
    return (rows_then - rows) * share, (size_then - size) * share / 1e6


async def _written(hass: HomeAssistant, file: Path) -> tuple[int, int]:
    await get_instance(hass).async_block_till_done()
    return await hass.async_add_executor_job(_read, file)


def _read(file: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(file)) as database:
        return tuple(database.execute(each).fetchone()[0] for each in (_ROWS, _BYTES))


async def _main(interval: str, seconds: str) -> None:
    states, megabytes = await measure(int(interval), int(seconds))
    print(f"| {interval} s | {states:.0f} | {megabytes:.1f} MB |", flush=True)


def main(seconds: str = "300") -> None:
    """Print a line for each interval."""
    print("| polling interval (charging) | states in an hour | history in an hour |")
    print("|---|---|---|", flush=True)
    processes = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", __spec__.name, str(interval), seconds],
            stdout=subprocess.PIPE,
            text=True,
        )
        for interval in _INTERVALS
    ]
    for process in processes:
        print(process.communicate()[0], end="", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:  # noqa: PLR2004
        asyncio.run(_main(*sys.argv[1:]))
    else:
        main(*sys.argv[1:])
