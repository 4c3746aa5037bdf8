"""One case in a process of its own: `python -m tools.benchmarks.case WAY METERS SECONDS CHANGES SETTLING`."""

import asyncio
from dataclasses import asdict, dataclass
import json
import os
from pathlib import Path
import random
import resource
import sys
import time
from typing import Final

from .meters import Meters, charging_meters
from .ways import WAYS, Changes, WayName

# Seconds until Home Assistant has written what the set-up changed in its registries.
SETTLING: Final = 12
_CHANGE_TIMEOUT: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What to measure.

    Attributes:
        way: what polls.
        meters: how many are polled.
        seconds: for how long CPU time and traffic are counted.
        changes: of a register, to be waited for afterwards.
        settling: seconds before that.
    """

    way: WayName
    meters: int
    seconds: int
    changes: int = 0
    settling: int = SETTLING


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured.

    Attributes:
        cpu: time of the polling process, in s for each second.
        memory: resident, in MiB.
        requests: for each meter and second.
        bytes_sent: by the client, for each meter and second, without TCP's own.
        bytes_received: as bytes_sent.
        latencies: from a register's change to the state's, in s.
    """

    cpu: float
    memory: float
    requests: float
    bytes_sent: float
    bytes_received: float
    latencies: list[float]


async def measure(case: Case) -> Figures:
    """Measure a case in this process."""
    changes: Changes = asyncio.Queue()
    async with (
        charging_meters(case.meters) as meters,
        WAYS[case.way](meters.ports, changes),
    ):
        await asyncio.sleep(case.settling)
        traffic, cpu, start = await meters.traffic(), time.process_time(), time.monotonic()
        await asyncio.sleep(case.seconds)
        cpu, seconds = time.process_time() - cpu, time.monotonic() - start
        traffic = await meters.traffic() - traffic
        memory = _resident()
        latencies = [await _latency(meters, changes) for _ in range(case.changes)]
    polls = max(1, case.meters) * seconds
    return Figures(
        cpu=cpu / seconds,
        memory=memory,
        requests=traffic.requests / polls,
        bytes_sent=traffic.bytes_in / polls,
        bytes_received=traffic.bytes_out / polls,
        latencies=latencies,
    )


async def _latency(meters: Meters, changes: Changes) -> float:
    # At any time between two polls.
    await asyncio.sleep(random.random())  # noqa: S311
    while not changes.empty():
        changes.get_nowait()
    changed_at = await meters.toggle_error()
    async with asyncio.timeout(_CHANGE_TIMEOUT):
        return await changes.get() - changed_at


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main(way: str, *numbers: str) -> None:
    """Measure the case of the command line and print its figures as JSON."""
    meters, seconds, changes, settling = map(int, numbers)
    case = Case(
        way=WayName(way), meters=meters, seconds=seconds, changes=changes, settling=settling
    )
    print(json.dumps(asdict(asyncio.run(measure(case)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
    # Letting go of all that was imported takes a while.
    sys.stdout.flush()
    os._exit(0)
