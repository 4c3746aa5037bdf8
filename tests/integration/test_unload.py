"""Unload means over: at whatever step of whatever work an entry is unloaded."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.dmed4.watch import Timing
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, ModbusTcpServer, SimulatedMeter
from tests.logbooks import log_events, sign

from .helpers import (
    HOUSEKEEPING,
    Server,
    act,
    complaints,
    connections,
    is_available,
    pass_time,
    state_of,
    value,
)
from .steps import Traces, at_step, held


class TickingClock(ManualClock):
    """A time that moves a little whenever the meter looks at it.

    Attributes:
        tick: how far, in s.
    """

    tick = 0.0

    @override
    def now(self) -> float:
        self.advance(self.tick)
        return super().now()


@pytest.fixture
def clock() -> ManualClock:
    return TickingClock()


@dataclass(frozen=True)
class Work:
    """What an entry does, and how to let it begin."""

    prepare: Callable[[SimulatedMeter, ManualClock, Dmed4ConfigEntry], Awaitable[None]]
    begin: Callable[[HomeAssistant, Dmed4ConfigEntry], Awaitable[object]]


async def _let_much_happen(
    meter: SimulatedMeter, clock: ManualClock, entry: Dmed4ConfigEntry
) -> None:
    """Let there be new records and events, and a clock that is off."""
    sign(meter, 2)
    log_events(meter, 1, 2)
    meter.configure(datetime=int(clock.now()) - 60)


async def _let_nothing_happen(
    meter: SimulatedMeter, clock: ManualClock, entry: Dmed4ConfigEntry
) -> None:
    """Leave the meter as it is."""


async def _let_signatures_take_time(
    meter: SimulatedMeter, clock: ManualClock, entry: Dmed4ConfigEntry
) -> None:
    """Let a signature take a hundred looks at the time."""

    assert isinstance(clock, TickingClock)
    clock.tick = 0.02
    meter._signing_time = 2
    entry.runtime_data.cycle.watch.timing = Timing(poll=0)


async def _pass_a_minute(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    entry.runtime_data.sync.async_request()
    await pass_time(hass, HOUSEKEEPING)


async def _set_up(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Begin anew: what is looked for first goes on when the entry is loaded."""
    await hass.config_entries.async_reload(entry.entry_id)


async def _charge(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> None:
    """Start a charge, or end the one that the last time left; a step that has begun is finished."""
    charging = value(hass, entry, "charging") == "on"
    await act(hass, entry, "end_charge_cycle" if charging else "start_charge_cycle")


WORKS = {
    "a minute in which much has happened": Work(_let_much_happen, _pass_a_minute),
    "the first look at everything": Work(_let_much_happen, _set_up),
    "a step of a charge": Work(_let_nothing_happen, _charge),
    "a long signature": Work(_let_signatures_take_time, _charge),
}


async def _unload_at(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, work: Work, turn: int
) -> bool:
    """Unload at a step of the work; return whether there was one with that number."""
    unloading: list[asyncio.Task[None]] = []
    after: list[int] = []

    async def unload() -> None:
        while state_of(entry) is not ConfigEntryState.LOADED:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert await hass.config_entries.async_unload(entry.entry_id)
        after.append(len(server.requests))

    with at_step(turn, lambda: unloading.append(hass.async_create_task(unload()))) as steps:
        await work.begin(hass, entry)
        await hass.async_block_till_done(wait_background_tasks=True)
    if not steps.done:
        return False
    await asyncio.gather(*unloading)
    await pass_time(hass, 2 * HOUSEKEEPING)
    assert state_of(entry) is ConfigEntryState.NOT_LOADED
    assert after == [len(server.requests)], f"unloaded at step {turn}"
    return True


@pytest.mark.parametrize("name", WORKS)
async def test_nothing_goes_on_after_an_unload(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    *,
    clock: ManualClock,
    name: str,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    """Neither what was under way, nor what was due: no request, no task, no timer, no lock, no thread.

    And nothing of it is logged as wrong.
    """
    work = WORKS[name]
    assert await hass.config_entries.async_unload(entry.entry_id)
    await pass_time(hass)
    before = Traces.of(hass)
    stride = request.config.getoption("--stride")
    turn, turns = 1 + 37 * list(WORKS).index(name) % stride, 0
    while True:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert is_available(hass, entry)
        await work.prepare(simulated, clock, entry)
        if not await _unload_at(hass, entry, server, work, turn):
            break
        if isinstance(server, ModbusTcpServer):
            await connections(server, 0)
        left = [*held(hass), *Traces.of(hass).since(before)]
        assert left == [], f"unloaded at step {turn}"
        turn += stride
        turns += 1
    assert turns
    assert complaints(caplog) == []
