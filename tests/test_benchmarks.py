"""The benchmarks still measure; what they measure is judged by hand."""

from pathlib import Path
import re

import pytest

from tools.benchmarks import start, statements
from tools.benchmarks.archive import measure
from tools.benchmarks.case import Case
from tools.benchmarks.polls import run
from tools.benchmarks.shares import line
from tools.benchmarks.ways import WayName


def test_the_smallest_case_yields_figures() -> None:
    figures = run(Case(way=WayName.DMED4, meters=1, seconds=2, changes=1, settling=1))
    assert figures.requests > 0
    assert figures.bytes_received > figures.bytes_sent > 0
    assert figures.cpu > 0
    assert figures.memory > 0
    assert figures.latencies[0] > 0


def test_a_share_is_worked_out_run_by_run() -> None:
    """Without what Home Assistant takes alone, and for each meter."""
    found = {
        WayName.IDLE: [0.001, 0.001, 0.001],
        WayName.DMED4: [0.011, 0.021, 0.031],
        WayName.YAML: [0.041, 0.041, 0.051],
    }
    assert line("busy", 10, found) == (
        "| busy | 10 | 2.00 (1.00 to 3.00) ms | 4.00 (4.00 to 5.00) ms | 50% (25% to 60%) |"
    )


def test_the_archive_is_asked_what_a_user_asks(tmp_path: Path) -> None:
    timings = list(measure(f"sqlite:///{tmp_path / 'records.db'}", records=120, runs=2, length=4))
    assert [len(timing.times) for timing in timings[:-2]] == [120, *[2] * 9, 3]
    assert all(0 < time < 60 for timing in timings[:-2] for time in timing.times)
    assert all(len(timing.cpu) == len(timing.times) for timing in timings[:-3])
    delays, computing = (timing.times for timing in timings[-2:])
    assert delays
    assert all(part <= delay for part, delay in zip(computing, delays, strict=True))


def test_statements_are_made_of_many_sessions(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    timings = list(statements.measure(url, drivers=3, sessions=12, runs=2))
    assert [len(timing.times) for timing in timings] == [1, 2, 2, 2, 2, 1, 1, 2]
    assert all(time > 0 for timing in timings for time in timing.times)


def test_a_start_imports_what_polling_needs_and_loads_some_meters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What makes reports, downloads and examinations is imported when somebody wants one."""
    start.main("2", "1")
    imported, packages, early, loaded = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Importing: \d+ modules, CPU time \d+ ms", imported)
    assert packages == "Packages that come with it: modbus_connection, pymodbus, serial"
    assert early == "Too early: nothing"
    assert re.fullmatch(r"2 meters: loaded in \d+\.\d s, CPU time \d+\.\d s", loaded)
