"""What all tests share: a simulated meter behind real sockets on this machine."""

from collections.abc import AsyncIterator, Iterator
import logging

import pytest

# Before anything else looks for it: the test tools bring a package of the same name.
import custom_components  # noqa: F401
from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from tests.deprecations import deprecations

# The test tools switch it on: every statement to the archive, twice the time.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
# A line for each entity that each test adds.
logging.getLogger("homeassistant").setLevel(logging.WARNING)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be longer than one of the suite."""
    parser.addoption("--stride", type=int, default=199, help="steps between two interleavings")
    parser.addoption("--lossy-polls", type=int, default=90, help="over lossy lines, every 10 s")


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let tests talk to the simulator; other hosts stay out of reach."""


@pytest.fixture(autouse=True)
def _nothing_deprecated(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which Home Assistant says of our code that it will stop working."""
    yield
    records = (
        record for when in ("setup", "call", "teardown") for record in caplog.get_records(when)
    )
    assert deprecations(records, "lovato_dmed4") == []


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Leave the event loop's debug mode off: it notes a stack for each step, a fifth of the time."""


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Use a configuration folder of its own for each test: the archive of records is a file there."""
    return hass_tmp_config_dir


@pytest.fixture
def simulated() -> SimulatedMeter:
    """Make a meter that signs quickly."""
    return SimulatedMeter(seed=1, signing_time=0.05, checking_time=0.01)


@pytest.fixture
async def modbus_server(simulated: SimulatedMeter) -> AsyncIterator[ModbusTcpServer]:
    """Serve the meter over Modbus TCP."""
    async with ModbusTcpServer(simulated, host="127.0.0.1", port=0) as server:
        yield server


@pytest.fixture
async def rest_server(simulated: SimulatedMeter) -> AsyncIterator[RestServer]:
    """Serve the same meter over REST."""
    async with RestServer(simulated, host="127.0.0.1", port=0) as server:
        yield server
