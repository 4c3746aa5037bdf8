"""Meters that are off and share a line: they are asked less and less often, and the others as always."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from itertools import pairwise

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.const import DEFAULT_INTERVAL_IDLE, DOMAIN
from custom_components.lovato_dmed4.dmed4.links import REQUEST_TIMEOUT
from custom_components.lovato_dmed4.dmed4.turns import LineTurns
from simulator import GatewayServer, SerialOverTcpServer, SimulatedMeter
from simulator.faults import ModbusFault
from simulator.framing import Frame
from tests.driven_time import LoopClock, drive_time
from tests.integration.helpers import fingerprint, is_available, state_of
from tests.integration.plugin import MockConfigEntry

LIVING, *DEAD = UNITS = (2, 3, 4, 5)
INTERVAL = DEFAULT_INTERVAL_IDLE


@dataclass
class Bus:
    """A line with four meters, of which some are off.

    Attributes:
        server: what is connected to.
        framing: of the line.
        meters: by their node numbers.
        off: those that do not answer.
        asked: when each was asked, in s.
    """

    server: SerialOverTcpServer | GatewayServer
    framing: str
    meters: dict[int, SimulatedMeter]
    off: set[int] = field(default_factory=set)
    asked: dict[int, list[float]] = field(default_factory=dict)

    def is_off(self, frame: Frame) -> bool:
        """Note a request; return whether nothing is there to answer it."""
        self.asked.setdefault(frame.unit, []).append(asyncio.get_running_loop().time())
        return frame.unit in self.off


@pytest.fixture
async def bus(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bus]:
    drive_time(monkeypatch)
    meters = {
        unit: SimulatedMeter(seed=unit, clock=LoopClock(), signing_time=0, checking_time=0)
        for unit in UNITS
    }
    if request.param == "serial":
        made = Bus(SerialOverTcpServer(meters), "rtu", meters)
    else:
        gateway = SimulatedMeter(seed=9, clock=LoopClock(), parameters={"P05_05": 1})
        made = Bus(GatewayServer(gateway, meters), "tcp", meters)
    async with made.server:
        made.server.faults.inject(ModbusFault.SILENCE, only=made.is_off)
        yield made


async def start(hass: HomeAssistant, bus: Bus) -> dict[int, MockConfigEntry]:
    """Start Home Assistant, in which all the meters were set up earlier."""
    entries = {}
    for unit, meter in bus.meters.items():
        data = {
            "transport": "modbus_tcp",
            "host": "127.0.0.1",
            "port": bus.server.port,
            "framing": bus.framing,
            "unit_id": unit,
        }
        entries[unit] = MockConfigEntry(
            domain=DOMAIN, title=f"meter {unit}", unique_id=fingerprint(meter), data=data
        )
        entries[unit].add_to_hass(hass)
    await async_setup_component(hass, DOMAIN, {})
    return entries


async def poll_for(entry: MockConfigEntry, seconds: float) -> list[float]:
    """Let time pass; return what passed between the polls of a meter, in s."""
    loop = asyncio.get_running_loop()
    times: list[float] = []
    stop = entry.runtime_data.live.async_add_poll_listener(lambda: times.append(loop.time()))
    await asyncio.sleep(seconds)
    stop()
    return [after - before for before, after in pairwise(times)]


def check_interval(gaps: list[float]) -> None:
    """Make sure that polls came as often as they should, each as soon as one other meter was given up."""
    assert max(gaps) < 2 * INTERVAL + REQUEST_TIMEOUT
    assert sum(gaps) / len(gaps) < 1.5 * INTERVAL


def check_pauses(times: list[float]) -> None:
    """Make sure that a meter is asked less and less often, within some minutes."""
    later = [time for time in times if time > times[0] + 200]
    # Up to five requests for two polls in a row, if they come just after these 200 s, and the next.
    assert 1 <= len(later) <= 6
    assert len(times) - len(later) >= 8


@pytest.mark.parametrize("bus", ["gateway"], indirect=True)
async def test_meters_that_answer_do_not_wait_for_the_line_to_be_quiet(
    hass: HomeAssistant, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither at the start nor when one of them is set up again, nor after an answer that was lost."""
    doubtful, waits = LineTurns.doubtful, []

    def take_turn(turns: LineTurns) -> AbstractAsyncContextManager[None]:
        waits.append(turns)
        return doubtful(turns)

    monkeypatch.setattr(LineTurns, "doubtful", take_turn)
    entries = await start(hass, bus)
    for lost in (0, 1):
        bus.server.faults.clear()
        bus.server.faults.inject(ModbusFault.SILENCE, times=lost)
        assert await hass.config_entries.async_reload(entries[LIVING].entry_id)
    assert not waits
    for entry in entries.values():
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("bus", ["gateway"], indirect=True)
async def test_meters_that_are_off_at_the_start_leave_the_line_to_the_others(
    hass: HomeAssistant, bus: Bus
) -> None:
    """Home Assistant sets them up less and less often; a user who reloads one does not wait for that."""
    bus.off = set(DEAD)
    entries = await start(hass, bus)
    assert state_of(entries[LIVING]) is ConfigEntryState.LOADED
    check_interval(await poll_for(entries[LIVING], 320))
    for unit in DEAD:
        assert state_of(entries[unit]) is ConfigEntryState.SETUP_RETRY
        check_pauses(bus.asked[unit])
    bus.off.clear()
    for unit in DEAD:
        assert await hass.config_entries.async_reload(entries[unit].entry_id)
    for entry in entries.values():
        assert is_available(hass, entry)
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("bus", ["serial"], indirect=True)
async def test_meters_that_go_off_are_asked_less_and_less_often(
    hass: HomeAssistant, bus: Bus
) -> None:
    """With three of four off, the fourth keeps its interval; what is back is polled as before."""
    entries = await start(hass, bus)
    check_interval(await poll_for(entries[LIVING], 4 * INTERVAL))
    bus.off = set(DEAD)
    bus.asked.clear()
    check_interval(await poll_for(entries[LIVING], 400))
    for unit in DEAD:
        check_pauses(bus.asked[unit])
    bus.off.clear()
    while not all(is_available(hass, entry) for entry in entries.values()):  # noqa: ASYNC110
        await asyncio.sleep(INTERVAL)
    assert not [gap for gap in await poll_for(entries[DEAD[0]], 60) if gap > 1.2 * INTERVAL]
    for entry in entries.values():
        assert await hass.config_entries.async_unload(entry.entry_id)
