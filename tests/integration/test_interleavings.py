"""Several entries at once: one is set up, reloaded or removed at any step of what another one does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from simulator import GatewayServer, ManualClock, RestServer, SimulatedMeter
from tests.logbooks import sign

from .helpers import fingerprint, is_available, pass_time, state_of
from .plugin import MockConfigEntry
from .steps import at_step, held


@dataclass(frozen=True)
class Place:
    """Where a meter answers."""

    meter: SimulatedMeter
    data: dict[str, Any]

    def entry(self, hass: HomeAssistant) -> MockConfigEntry:
        """Get the entry of the meter, added anew if there is none."""
        unique_id = fingerprint(self.meter)
        found = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, unique_id)
        if found is not None:
            return found
        entry = MockConfigEntry(domain=DOMAIN, title="Meter", unique_id=unique_id, data=self.data)
        entry.add_to_hass(hass)
        return entry


type Work = Callable[[HomeAssistant, Place], Coroutine[Any, Any, None]]


@pytest.fixture
async def places(clock: ManualClock) -> AsyncIterator[dict[str, Place]]:
    """Two units behind one gateway, and a web server at the same host; all share the archive."""

    def meter(seed: int, **settings: Any) -> SimulatedMeter:
        made = SimulatedMeter(seed=seed, clock=clock, signing_time=0, checking_time=0, **settings)
        if not settings:
            sign(made, 2)
        return made

    first, second, web = (meter(seed) for seed in (1, 2, 3))
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(
            GatewayServer(meter(4, parameters={"P05_05": 1}), {2: first, 3: second})
        )
        server = await stack.enter_async_context(RestServer(web, response_time=0))
        modbus = {"transport": "modbus_tcp", "host": line.host, "port": line.port, "framing": "tcp"}
        rest = {"transport": "rest", "host": server.host, "port": server.port, "tls": "off"}
        yield {
            "unit": Place(first, {**modbus, "unit_id": 2}),
            "other unit": Place(second, {**modbus, "unit_id": 3}),
            "web": Place(web, rest),
        }


async def set_up(hass: HomeAssistant, place: Place) -> None:
    entry = place.entry(hass)
    if entry.state is ConfigEntryState.NOT_LOADED:
        await hass.config_entries.async_setup(entry.entry_id)


async def reload(hass: HomeAssistant, place: Place) -> None:
    await hass.config_entries.async_reload(place.entry(hass).entry_id)


async def unload(hass: HomeAssistant, place: Place) -> None:
    entry = place.entry(hass)
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)


async def remove(hass: HomeAssistant, place: Place) -> None:
    unique_id = fingerprint(place.meter)
    entry = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, unique_id)
    if entry is not None:
        await hass.config_entries.async_remove(entry.entry_id)


async def ask_archive(hass: HomeAssistant, place: Place) -> None:
    """Ask about all meters, of which the one that is not moved is always there."""
    answer = await hass.services.async_call(
        DOMAIN, "list_sessions", {}, blocking=True, return_response=True
    )
    assert answer is not None
    assert answer["sessions"]


async def remove_and_set_up_again(hass: HomeAssistant, place: Place) -> None:
    await remove(hass, place)
    await set_up(hass, place)


MOVES: dict[str, Work] = {"set up": set_up, "reload": reload, "remove": remove_and_set_up_again}
MEANWHILE: dict[str, Work] = {
    "set up": set_up,
    "reload": reload,
    "unload": unload,
    "remove": remove,
    "ask the archive": ask_archive,
}


def wrong(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is logged as wrong, by whatever part of Home Assistant; not by the simulated meter's server."""
    return [
        f"{record.name}: {record.getMessage()} {record.exc_info}"
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and record.name != "aiohttp.server"
        and "custom integration" not in record.getMessage()
    ]


WHERE = (("unit", "other unit"), ("unit", "web"), ("web", "unit"))


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("move", MOVES)
async def test_entries_do_not_get_into_each_other_s_way(
    hass: HomeAssistant,
    places: dict[str, Place],
    *,
    move: str,
    where: tuple[str, str],
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    """Whatever one of them is doing when something is done to the other."""
    mover, other = (places[name] for name in where)
    stride = request.config.getoption("--stride")
    # Not the same steps for all, so that few are enough in each run.
    start = 37 * (list(MOVES).index(move) + len(MOVES) * WHERE.index(where))
    for number, (name, meanwhile) in enumerate(MEANWHILE.items()):
        turn = 1 + (start + 101 * number) % stride
        while True:
            if move == "set up":
                await unload(hass, mover)
            await (unload if name == "set up" else set_up)(hass, other)
            await hass.async_block_till_done(wait_background_tasks=True)
            begun: list[asyncio.Task[None]] = []

            def begin() -> None:
                begun.append(hass.async_create_task(meanwhile(hass, other)))  # noqa: B023

            with at_step(turn, begin) as steps:
                await MOVES[move](hass, mover)
                await hass.async_block_till_done(wait_background_tasks=True)
            if not steps.done:
                break
            await asyncio.gather(*begun)
            await hass.async_block_till_done(wait_background_tasks=True)
            case = f"{name} at step {turn}"
            assert wrong(caplog) == [], case
            assert state_of(mover.entry(hass)) is ConfigEntryState.LOADED, case
            assert is_available(hass, mover.entry(hass)), case
            if name in {"set up", "reload", "ask the archive"}:
                assert state_of(other.entry(hass)) is ConfigEntryState.LOADED, case
                assert is_available(hass, other.entry(hass)), case
            turn += stride
    for place in (mover, other):
        await remove(hass, place)
    await hass.async_block_till_done(wait_background_tasks=True)
    await pass_time(hass)
    assert held(hass) == []
    assert not er.async_get(hass).entities
