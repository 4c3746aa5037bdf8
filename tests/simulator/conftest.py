"""A meter on a clock that the test moves."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from simulator import ManualClock, SimulatedMeter


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_760_000_000.0)


@pytest.fixture
def meter(clock: ManualClock) -> SimulatedMeter:
    return SimulatedMeter(seed=1, serial_number=12345678, clock=clock)


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session
