"""A Home Assistant with a simulated meter, over each transport."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any
from unittest.mock import PropertyMock, patch

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant, callback
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.lovato_dmed4.archive import Archive
from custom_components.lovato_dmed4.charging.tracker import ChargeNews, ChargeTracker
from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4 import charge_cycle
from custom_components.lovato_dmed4.dmed4.watch import Timing
from custom_components.lovato_dmed4.intake.logbook_sync import LogbookSync
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.upkeep.clock import ClockKeeper
from simulator import ManualClock, ModbusTcpServer, RestServer, SimulatedMeter
from tests.logbooks import find_entries_at_once

from .archives import ready_made_archives
from .charges import News
from .helpers import Server, add_meter, add_usual_meter
from .home_assistants import (
    known_integrations,
    listening_nowhere,
    templates_compiled_once,
    threads_that_may_end,
)
from .plugin import HomeAssistantSnapshotExtension, MockUser

type SetUp = Callable[[Server], Awaitable[Dmed4ConfigEntry]]


@pytest.fixture(autouse=True, scope="session")
def _known_from_the_start() -> Iterator[None]:
    """Let Home Assistant know the integration, what it brings along, and the templates seen so far."""
    with (
        known_integrations(),
        listening_nowhere(),
        threads_that_may_end(),
        templates_compiled_once(),
    ):
        yield


@pytest.fixture
def disable_http_server() -> None:
    """Leave to `listening_nowhere` what the test tools do anew for each test."""


@pytest.fixture
async def hass(hass: HomeAssistant) -> AsyncIterator[HomeAssistant]:
    """Let go of all links at the end of a test."""
    yield hass
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture(autouse=True, scope="session")
def _archives_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Begin new archives as copies of an empty one, and compile their statements once for all.

    Making the tables, and compiling for each archive what it has to compile but once in the life of
    a Home Assistant, took a third of a test's time. How an archive comes to be is tested in
    `tests/archive`.
    """
    empty = tmp_path_factory.mktemp("empty") / "empty.db"
    archive = Archive(f"sqlite:///{empty}")
    archive.open()
    archive.close()
    with ready_made_archives(empty):
        yield


@pytest.fixture
def recorder_config() -> dict[str, Any]:
    """Let the recorder write what has come together, as it usually does, and not each event alone."""
    return {"commit_interval": 5}


@pytest.fixture
def recorder_db_url(hass_config_dir: str) -> str:
    """Let the recorder have a file, as it usually does.

    A database in memory has one connection: nobody reads before the recorder has committed.
    """
    return f"sqlite:///{hass_config_dir}/home-assistant_v2.db"


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare with snapshots as Home Assistant writes them; what newer ones add is left out."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension).with_defaults(
        exclude=props("compat_name")
    )


@pytest.fixture(autouse=True)
def _entries_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a meter whose time stands still find the entries of its logbooks."""
    find_entries_at_once(monkeypatch)


@pytest.fixture(autouse=True)
def _signatures_seen_at_once(
    monkeypatch: pytest.MonkeyPatch, meter_settings: dict[str, Any]
) -> None:
    """Look soon whether a command is carried out: the usual meter signs at once."""
    if not meter_settings.get("signing_time"):
        monkeypatch.setattr(charge_cycle, "Timing", partial(Timing, poll=0.01))


@pytest.fixture
def clock_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do without the automatic setting of the clock, which is an event of its own."""
    monkeypatch.setattr(ClockKeeper, "async_start", lambda _: None)


@pytest.fixture
def logbook_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do without the fetching of records, which makes requests and stores what is found."""
    monkeypatch.setattr(LogbookSync, "async_request", lambda _: None)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_760_000_000.0)


@pytest.fixture
def meter_settings() -> dict[str, Any]:
    """For tests that want another meter."""
    return {}


@pytest.fixture
def simulated(clock: ManualClock, meter_settings: dict[str, Any]) -> SimulatedMeter:
    """Make a meter whose time stands still and that signs at once."""
    settings: dict[str, Any] = {"seed": 1, "signing_time": 0, "checking_time": 0}
    return SimulatedMeter(clock=clock, **settings | meter_settings)


@pytest.fixture
async def rest_server(simulated: SimulatedMeter) -> AsyncIterator[RestServer]:
    """Serve the meter over REST without the time that a real one takes for an answer."""
    async with RestServer(simulated, response_time=0) as server:
        yield server


@pytest.fixture(params=["modbus_tcp", "rest"])
def server(
    request: pytest.FixtureRequest, modbus_server: ModbusTcpServer, rest_server: RestServer
) -> Server:
    """One of the two servers of the same meter."""
    return modbus_server if request.param == "modbus_tcp" else rest_server


@pytest.fixture
def set_up_meter(
    hass: HomeAssistant, simulated: SimulatedMeter, meter_settings: dict[str, Any]
) -> SetUp:
    """Set the meter up; one that is not as usual by the form, which looks at what it is.

    The form does not look at how long the logbooks can be.
    """

    async def set_up(server: Server) -> Dmed4ConfigEntry:
        if meter_settings.keys() <= {"max_records", "max_events"}:
            return await add_usual_meter(hass, server, simulated)
        return await add_meter(hass, server)

    return set_up


@pytest.fixture
async def entry(set_up_meter: SetUp, server: Server) -> Dmed4ConfigEntry:
    """Set the meter up over one of its transports."""
    return await set_up_meter(server)


@pytest.fixture
async def user(hass: HomeAssistant) -> Context:
    """Act as a user who may control everything, but is no administrator."""
    group = await hass.auth.async_get_group(GROUP_ID_USER)
    return Context(user_id=MockUser(groups=[group]).add_to_hass(hass).id)


@pytest.fixture
def admin(hass_admin_user: MockUser) -> Context:
    """Act as an administrator."""
    return Context(user_id=hass_admin_user.id)


@pytest.fixture
def entity_registry_enabled_by_default() -> Iterator[None]:
    """Enable the entities that are disabled by default, too."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new_callable=PropertyMock(return_value=True),
    ):
        yield


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> News:
    """What all trackers tell of charge cycles, the oldest first."""
    told: News = []
    start = ChargeTracker.async_start

    @callback
    def note(item: ChargeNews) -> None:
        told.append((item.event.value, item.attributes))

    @callback
    def listen_and_start(tracker: ChargeTracker) -> None:
        tracker.news.async_add(note)
        start(tracker)

    monkeypatch.setattr(ChargeTracker, "async_start", listen_and_start)
    return told


@pytest.fixture
async def rest_entry(set_up_meter: SetUp, rest_server: RestServer) -> Dmed4ConfigEntry:
    """Set the meter up over REST, where the transport makes no difference."""
    return await set_up_meter(rest_server)


@pytest.fixture
async def modbus_entry(set_up_meter: SetUp, modbus_server: ModbusTcpServer) -> Dmed4ConfigEntry:
    """Set the meter up over Modbus TCP, where the transport makes no difference."""
    return await set_up_meter(modbus_server)
