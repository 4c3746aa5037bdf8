"""What all tests share: a simulated meter behind real sockets on this machine."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import ExitStack
import gc
from inspect import iscoroutinefunction
import logging
from pathlib import Path
import threading
from typing import Any
from unittest.mock import patch

from hypothesis import settings
from mashumaro.config import BaseConfig
import pytest
from pytest_homeassistant_custom_component import common  # type: ignore[import-untyped]

# Before anything else looks for it: the test tools bring a package of the same name.
import custom_components  # noqa: F401
from simulator import ModbusTcpServer, RestServer, SimulatedMeter
from tests.databases import shared_servers
from tests.deprecations import deprecations

# An example may take as long as a busy machine needs for it.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

# Importing Home Assistant's `usb` would otherwise compile what reads each answer of a Supervisor.
BaseConfig.lazy_compilation = True

# The test tools switch it on: every statement to the archive, twice the time.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
# A line for each entity that each test adds.
logging.getLogger("homeassistant").setLevel(logging.WARNING)
# The whole registries each time they are written, of which a test has dozens.
logging.getLogger("pytest_homeassistant_custom_component").setLevel(logging.WARNING)
# Each frame in hexadecimal digits, of which a test has hundreds.
logging.getLogger("pymodbus").setLevel(logging.INFO)
# Set here: with `log_level`, pytest would set it for each test, which clears what all loggers know.
logging.getLogger().setLevel(logging.INFO)

# What the test tools do around every test, although only a Home Assistant needs it.
_FOR_HOME_ASSISTANT = {"configure_event_loop", "disable_http_server", "skip_stop_scripts"}
# As those, and of use to all that run in an event loop.
_FOR_EVENT_LOOPS = {
    *("driven_time", "enable_event_loop_debug", "verify_cleanup"),
    *("expected_lingering_tasks", "expected_lingering_timers"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be longer than one of the suite."""
    parser.addoption("--stride", type=int, default=199, help="steps between two interleavings")
    parser.addoption("--lossy-polls", type=int, default=90, help="over lossy lines, every 10 s")


def pytest_configure(config: pytest.Config) -> None:
    """Let the process that starts the workers, or is the only one, run what they share."""
    if not hasattr(config, "workerinput"):
        stack = ExitStack()
        stack.enter_context(shared_servers())
        config.add_cleanup(stack.close)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while what is collected only grows: a sixth of the time.

    Afterwards it is looked for less often than usual, and not among what has been imported. The test
    tools look through all of the rest between two modules anyway.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits long for processes: one worker would be alone with it at the end."""
    long = {"demo", "kill", "test_benchmarks.py", "test_release.py"}
    items.sort(key=lambda item: long.isdisjoint({item.path.name, item.path.parent.name}))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Spare a test what it does not need; it takes two thirds of the time of a short one."""
    if not isinstance(item, pytest.Function) or "hass" in item.fixturenames:
        return
    spared = set(_FOR_HOME_ASSISTANT)
    if not iscoroutinefunction(item.function):
        spared |= _FOR_EVENT_LOOPS
    item.fixturenames[:] = [name for name in item.fixturenames if name not in spared]


@pytest.fixture(autouse=True)
def _no_thread_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread behind, where the test tools do not look."""
    before = set(threading.enumerate())
    yield
    if "verify_cleanup" not in request.fixturenames:
        assert set(threading.enumerate()) <= before


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let tests talk to the simulator; other hosts stay out of reach."""


class Warnings(logging.Handler):
    """Keeps what is logged as a warning or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(scope="session")
def logged_warnings() -> Iterator[Warnings]:
    """Listen to the log: with `caplog`, each test would log down to the last detail."""
    handler = Warnings()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


@pytest.fixture(autouse=True)
def _nothing_deprecated(logged_warnings: Warnings) -> Iterator[None]:
    """Fail a test in which Home Assistant says of our code that it will stop working."""
    logged_warnings.records.clear()
    yield
    assert deprecations(logged_warnings.records, "lovato_dmed4") == []


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Leave the event loop's debug mode off: it notes a stack for each step, a fifth of the time."""


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Use a configuration folder of its own for each test: the archive of records is a file there."""
    return str(tmp_path)


@pytest.fixture
def hass_storage() -> Iterator[dict[str, Any]]:
    """Keep what Home Assistant stores in memory, as the test tools do.

    Theirs are mocks with the signature of what they stand for, the most expensive thing about a Home
    Assistant; here the same functions stand there themselves.
    """

    def put(target: str, *, side_effect: Callable[..., Any], autospec: bool) -> Any:
        return patch(target, side_effect)

    with ExitStack() as stack:
        with patch.object(common, "patch", put):
            stored = stack.enter_context(common.mock_storage())
        yield stored


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
