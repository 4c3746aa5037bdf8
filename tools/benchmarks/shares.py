"""CPU time of a poll next to the Modbus integration's: `python -m tools.benchmarks.shares [SECONDS [RUNS]]`.

For each number of meters, both poll at the same time, in processes of their own, and are measured over the
same seconds: whatever else the machine does meets both. First as the machine is, then with all cores busy.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from itertools import pairwise
import json
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

from .case import SETTLING
from .meters import charging_meters
from .ways import WAYS, WayName

_COMPARED: Final = (WayName.IDLE, WayName.DMED4, WayName.YAML)
_METERS: Final = (1, 10, 50)
_BUSY: Final = "while True: pass"


async def measure(way: WayName, meters: int, seconds: float, runs: int) -> None:
    """Print the CPU time of this process in s for each second, in runs that follow each other.

    It says when it is ready, and begins when a line comes in.
    """
    async with charging_meters(meters) as servers, WAYS[way](servers.ports, asyncio.Queue()):
        await asyncio.sleep(SETTLING)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        times = [time.process_time()]
        for _ in range(runs):
            await asyncio.sleep(seconds)
            times.append(time.process_time())
    print(json.dumps([(after - before) / seconds for before, after in pairwise(times)]))


def compare(meters: int, seconds: float, runs: int) -> dict[WayName, list[float]]:
    """Measure all ways at the same time; return the CPU times in s for each second by way.

    Raises:
        RuntimeError: a way failed, and said why before.
    """
    processes = {way: _start(way, meters, seconds, runs) for way in _COMPARED}
    for way, process in processes.items():
        if TYPE_CHECKING:
            assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{way} with {meters} meters failed")
    for process in processes.values():
        if TYPE_CHECKING:
            assert process.stdin is not None
        process.stdin.write("begin\n")
        process.stdin.flush()
    return {way: json.loads(process.communicate()[0]) for way, process in processes.items()}


def _start(way: WayName, meters: int, seconds: float, runs: int) -> subprocess.Popen[str]:
    asked = meters if way is not WayName.IDLE else 0
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", __spec__.name, way, str(asked), str(seconds), str(runs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def busy_machine() -> Iterator[None]:
    """Keep each core busy with a process that computes."""
    processes = [
        subprocess.Popen([sys.executable, "-c", _BUSY])  # noqa: S603
        for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def line(condition: str, meters: int, found: Mapping[WayName, list[float]]) -> str:
    """Write a line of the table: medians with the least and the most, the share run by run."""
    idle = statistics.median(found[WayName.IDLE])
    ours, theirs = (
        [(cpu - idle) / meters * 1000 for cpu in found[way]]
        for way in (WayName.DMED4, WayName.YAML)
    )
    shares = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return (
        f"| {condition} | {meters} | {_spread(ours, '.2f')} ms "
        f"| {_spread(theirs, '.2f')} ms | {_spread(shares, '.0%')} |"
    )


def _spread(values: list[float], form: str) -> str:
    median, least, most = statistics.median(values), min(values), max(values)
    return f"{median:{form}} ({least:{form}} to {most:{form}})"


def main(seconds: str = "5", runs: str = "5") -> None:
    """Print the table."""
    load = os.getloadavg()[0]
    print(f"Medians of {runs} runs of {seconds} s; load at the beginning: {load:.1f}.\n")
    print("| machine | meters | this integration | Modbus YAML, all 16 values | share |")
    print("|---|---|---|---|---|", flush=True)
    for condition, load_of in (("as it is", nullcontext), ("all cores busy", busy_machine)):
        with load_of():
            for meters in _METERS:
                print(
                    line(condition, meters, compare(meters, float(seconds), int(runs))), flush=True
                )


if __name__ == "__main__":
    if len(sys.argv) > 3:  # noqa: PLR2004
        asyncio.run(
            measure(WayName(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
        )
    else:
        main(*sys.argv[1:])
