"""What it takes to start: `python -m tools.benchmarks.start [METERS [RUNS]]`.

The time in which the meters' entries are loaded, as after a restart of Home Assistant, and what importing
the integration takes besides what Home Assistant has imported anyway.
"""

from dataclasses import dataclass
import json
import subprocess
import sys


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What one start takes.

    Attributes:
        cpu: of importing the integration, in s.
        modules: how many are imported with it.
        packages: of others than us among them.
        later: modules among them that are needed later, if ever.
        loading: all entries, in s on the clock.
        loading_cpu: the same, in s of CPU time.
    """

    cpu: float
    modules: int
    packages: list[str]
    later: list[str]
    loading: float
    loading_cpu: float


def measure(meters: int) -> Start:
    """Measure in a process of its own, which nothing has been imported in."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tools.benchmarks.one_start", str(meters)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Start(**json.loads(done.stdout))


def main(meters: str = "50", runs: str = "3") -> None:
    """Print what was measured."""
    starts = [measure(int(meters)) for _ in range(int(runs))]
    times = ", ".join(f"{each.cpu * 1000:.0f} ms" for each in starts)
    print(f"Importing: {starts[0].modules} modules, CPU time {times}")
    print(f"Packages that come with it: {', '.join(starts[0].packages)}")
    print(f"Too early: {', '.join(starts[0].later) or 'nothing'}")
    for each in starts:
        print(f"{meters} meters: loaded in {each.loading:.1f} s, CPU time {each.loading_cpu:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
