"""The benchmarks still measure; what they measure is judged by hand."""

from pathlib import Path

from tools.benchmarks.__main__ import run
from tools.benchmarks.archive import measure
from tools.benchmarks.case import Case
from tools.benchmarks.values import BLOCKS
from tools.benchmarks.ways import WayName


def test_the_smallest_case_yields_figures() -> None:
    seconds = 2
    figures = run(Case(way=WayName.DMED4, meters=1, seconds=seconds, changes=1))
    # The seconds may begin right before a poll and end right after one.
    assert 0 < figures.requests * seconds <= len(BLOCKS) * (seconds + 1)
    assert figures.bytes_received > figures.bytes_sent > 0
    assert figures.cpu > 0
    assert figures.memory > 0
    assert figures.latencies[0] > 0


def test_the_archive_is_asked_what_a_user_asks(tmp_path: Path) -> None:
    timings = list(measure(f"sqlite:///{tmp_path / 'records.db'}", records=120, runs=2))
    assert [len(timing.times) for timing in timings[:-1]] == [120, 2, 2, 2, 2, 2, 2, 2, 3]
    assert all(0 < time < 60 for timing in timings[:-1] for time in timing.times)
    assert timings[-1].times
