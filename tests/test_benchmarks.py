"""The benchmarks still measure; what they measure is judged by hand."""

from benchmarks.__main__ import run
from benchmarks.case import Case
from benchmarks.values import BLOCKS
from benchmarks.ways import WayName


def test_the_smallest_case_yields_figures() -> None:
    seconds = 2
    figures = run(Case(way=WayName.DMED4, meters=1, seconds=seconds, changes=1))
    # The seconds may begin right before a poll and end right after one.
    assert 0 < figures.requests * seconds <= len(BLOCKS) * (seconds + 1)
    assert figures.bytes_received > figures.bytes_sent > 0
    assert figures.cpu > 0
    assert figures.memory > 0
    assert figures.latencies[0] > 0
