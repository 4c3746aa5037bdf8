"""What polling costs, from requests to memory: `python -m tools.benchmarks.polls`."""

import argparse
from dataclasses import astuple
from importlib.metadata import version
import json
import os
import platform
import statistics
import subprocess
import sys
from typing import Final

from .case import Case, Figures
from .ways import WayName

_NAMES: Final = {
    WayName.IDLE: "Home Assistant alone",
    WayName.DMED4: "this integration",
    WayName.YAML: "Modbus YAML, all 16 values",
    WayName.YAML_SHOWN: "Modbus YAML, the 14 shown by default",
    WayName.BARE: "bare socket",
    WayName.STREAM: "10 Hz stream",
}
_METERS: Final = (1, 10, 50)
# CPU time of one meter is too little to compare.
_COMPARED: Final = 10
_PACKAGES: Final = ("homeassistant", "modbus-connection", "pymodbus")

type Results = dict[Case, list[Figures]]


def cases(seconds: int, changes: int) -> list[Case]:
    """List what is measured."""
    grown = [
        Case(way=way, meters=meters, seconds=seconds, changes=changes if meters == 1 else 0)
        for meters in _METERS
        for way in (WayName.DMED4, WayName.YAML, WayName.BARE)
    ]
    return [
        Case(way=WayName.IDLE, meters=0, seconds=seconds),
        *grown,
        Case(way=WayName.YAML_SHOWN, meters=_COMPARED, seconds=seconds),
        Case(way=WayName.STREAM, meters=1, seconds=seconds, changes=changes),
    ]


def run(case: Case) -> Figures:
    """Measure a case in a process of its own.

    Raises:
        RuntimeError: it failed, and said why.
    """
    command = [sys.executable, "-m", "tools.benchmarks.case", *map(str, astuple(case))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{case} failed:\n{done.stderr}")
    return Figures(**json.loads(done.stdout))


def main() -> None:
    """Measure all cases in turn, several times, and print the medians."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks.polls", description=__doc__)
    parser.add_argument("--seconds", type=int, default=6, help="to count for in each run")
    parser.add_argument("--runs", type=int, default=3, help="of each case")
    parser.add_argument("--changes", type=int, default=7, help="of a register in each run")
    arguments = parser.parse_args()
    results = _run_all(cases(arguments.seconds, arguments.changes), arguments.runs)
    _print_conditions(arguments)
    idle = _median(results, WayName.IDLE, 0)
    _print_comparison(results, idle)
    _print_latencies(results)
    _print_growth(results, idle)


def _run_all(wanted: list[Case], runs: int) -> Results:
    """Measure the cases in turn, so that what changes on the machine changes for all of them."""
    results: Results = {case: [] for case in wanted}
    for number in range(1, runs + 1):
        for case in wanted:
            sys.stderr.write(f"run {number}: {_NAMES[case.way]}, {case.meters} meters\n")
            results[case].append(run(case))
    return results


def _print_conditions(arguments: argparse.Namespace) -> None:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    print(f"Python {platform.python_version()}, {packages}; {os.cpu_count()} cores.")
    print(f"Medians of {arguments.runs} runs of {arguments.seconds} s.\n")


def _of(results: Results, way: WayName, meters: int) -> list[Figures]:
    return next(
        figures for case, figures in results.items() if (case.way, case.meters) == (way, meters)
    )


def _median(results: Results, way: WayName, meters: int) -> Figures:
    """Get the median of each figure, and all latencies in order."""
    figures = _of(results, way, meters)
    return Figures(
        cpu=statistics.median(each.cpu for each in figures),
        memory=statistics.median(each.memory for each in figures),
        requests=statistics.median(each.requests for each in figures),
        bytes_sent=statistics.median(each.bytes_sent for each in figures),
        bytes_received=statistics.median(each.bytes_received for each in figures),
        latencies=sorted(latency for each in figures for latency in each.latencies),
    )


def _baseline(way: WayName, idle: Figures) -> float:
    return 0.0 if way in {WayName.BARE, WayName.STREAM} else idle.cpu


def _print_comparison(results: Results, idle: Figures) -> None:
    print(f"For each meter and second, {_COMPARED} meters (the stream: one meter):\n")
    print("| | requests | bytes sent | bytes received | CPU time |")
    print("|---|---|---|---|---|")
    for way in (WayName.DMED4, WayName.YAML, WayName.YAML_SHOWN, WayName.BARE, WayName.STREAM):
        meters = 1 if way is WayName.STREAM else _COMPARED
        found = _median(results, way, meters)
        cpu = (found.cpu - _baseline(way, idle)) / meters
        print(
            f"| {_NAMES[way]} | {found.requests:.1f} | {found.bytes_sent:.0f} "
            f"| {found.bytes_received:.0f} | {cpu * 1000:.2f} ms |"
        )


def _print_latencies(results: Results) -> None:
    print("\nFrom a register's change to the state's:\n")
    print("| | changes | median | longest |")
    print("|---|---|---|---|")
    for way in (WayName.DMED4, WayName.YAML, WayName.BARE, WayName.STREAM):
        latencies = _median(results, way, 1).latencies
        median, longest = statistics.median(latencies), latencies[-1]
        print(f"| {_NAMES[way]} | {len(latencies)} | {median:.2f} s | {longest:.2f} s |")


def _print_growth(results: Results, idle: Figures) -> None:
    print(f"\nHome Assistant alone: {idle.cpu:.2%} of a core, {idle.memory:.0f} MiB.\n")
    print("| | meters | of a core | memory | memory for each further meter |")
    print("|---|---|---|---|---|")
    for way in (WayName.DMED4, WayName.YAML, WayName.BARE):
        first = _median(results, way, _METERS[0])
        for meters in _METERS:
            found = _median(results, way, meters)
            more = (found.memory - first.memory) / max(1, meters - _METERS[0])
            print(
                f"| {_NAMES[way]} | {meters} | {found.cpu - _baseline(way, idle):.2%} "
                f"| {found.memory:.0f} MiB | {f'{more:.2f} MiB' if meters > 1 else ''} |"
            )


if __name__ == "__main__":
    main()
