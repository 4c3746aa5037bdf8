"""Unload means over: at whatever request of whatever work an entry is unloaded."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ManualClock, ModbusTcpServer, RestServer, SimulatedMeter
from tests.logbooks import log_events, sign

from .helpers import HOUSEKEEPING, Server, act, complaints, is_available, pass_time, state_of, value


class Requests(list[Any]):
    """A server's requests, that act when one of them comes."""

    def __init__(self, turn: int, act: Callable[[], None]) -> None:
        super().__init__()
        self._turn = turn
        self._act = act

    @override
    def append(self, item: Any) -> None:
        super().append(item)
        if len(self) == self._turn:
            self._act()


@dataclass(frozen=True)
class Work:
    """What an entry does, and how to let it begin."""

    prepare: Callable[[SimulatedMeter, ManualClock], None]
    begin: Callable[[HomeAssistant, Dmed4ConfigEntry], Awaitable[object]]


def _let_much_happen(meter: SimulatedMeter, clock: ManualClock) -> None:
    """Let there be new records and events, and a clock that is off."""
    sign(meter, 2)
    log_events(meter, 1, 2)
    meter.configure(datetime=int(clock.now()) - 60)


def _let_nothing_happen(meter: SimulatedMeter, clock: ManualClock) -> None:
    """Leave the meter as it is."""


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
}

# Requests from one turn to the next: over Modbus there are four times as many.
_STRIDES = {ModbusTcpServer: 7, RestServer: 2}


async def _unload_at(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server, work: Work, turn: int
) -> bool:
    """Unload at a request of the work; return whether there was one with that number."""
    unloading: list[Any] = []
    after: list[int] = []

    async def unload() -> None:
        while state_of(entry) is ConfigEntryState.SETUP_IN_PROGRESS:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert await hass.config_entries.async_unload(entry.entry_id)
        after.append(len(server.requests))

    server.requests = Requests(turn, lambda: unloading.append(hass.async_create_task(unload())))
    await work.begin(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    if not unloading:
        return False
    await unloading[0]
    await pass_time(hass, 2 * HOUSEKEEPING)
    assert state_of(entry) is ConfigEntryState.NOT_LOADED
    assert after == [len(server.requests)], f"unloaded at request {turn}"
    return True


@pytest.mark.parametrize("name", WORKS)
async def test_nothing_is_asked_after_an_unload(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    simulated: SimulatedMeter,
    *,
    clock: ManualClock,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither by what was under way, nor by what was due; and nothing of it is logged as wrong."""
    work = WORKS[name]
    turn, turns = 1, 0
    while True:
        work.prepare(simulated, clock)
        if not await _unload_at(hass, entry, server, work, turn):
            break
        server.requests = Requests(0, lambda: None)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert is_available(hass, entry)
        turn += _STRIDES[type(server)]
        turns += 1
    assert turns > 4
    assert complaints(caplog) == []
