"""A meter on a clock that the test moves."""

import pytest

from simulator import ManualClock, SimulatedMeter


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_760_000_000.0)


@pytest.fixture
def meter(clock: ManualClock) -> SimulatedMeter:
    return SimulatedMeter(seed=1, serial_number=12345678, clock=clock)
