"""A meter that is unloaded, reloaded or removed at any step of what somebody asks it for."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from http import HTTPStatus
from itertools import cycle
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from simulator import SimulatedMeter
from tests.logbooks import log_events, sign

from .flows import Browser
from .helpers import (
    HOUSEKEEPING,
    Server,
    act,
    add_entry,
    device_id,
    fingerprint,
    pass_time,
    press,
    set_up,
    state_of,
    transport_of,
)
from .plugin import ClientSessionGenerator, MockConfigEntry, WebSocketGenerator
from .steps import Traces, at_step, held
from .test_interleavings import wrong

# What an answer may be instead: that the meter is not there at the moment.
NOT_THERE = {
    "not_loaded",
    "service_config_entry_not_loaded",
    "service_device_not_found",
    "service_device_wrong_domain",
    "synchronisation_stopped",
    "no_archive",
    "not_a_meter",
}


class Person:
    """Asks for everything that a meter can be asked for, in all ways."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MockConfigEntry,
        client: Any,
        connect: WebSocketGenerator,
    ) -> None:
        self.hass = hass
        self.entry = entry
        self._client = client
        self._connect = connect
        self._device = device_id(hass, entry)

    async def act(self, action: str, **data: Any) -> None:
        """Call an action for the device that the meter had at first."""
        await self.hass.services.async_call(
            DOMAIN,
            action,
            {"device_id": self._device, **data},
            blocking=True,
            return_response=True,
        )

    async def press(self, key: str) -> None:
        await press(self.hass, self.entry, key)

    async def download(self, path: str) -> None:
        url = f"/api/{DOMAIN}/{self.entry.entry_id}/{path}"
        response = await self._client.get(url)
        allowed = {
            HTTPStatus.OK,
            HTTPStatus.SERVICE_UNAVAILABLE,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.BAD_GATEWAY,
        }
        assert response.status in allowed, await response.text()

    async def ask(self, command: str, **fields: Any) -> None:
        # A connection of its own: the time that passes meanwhile ends one.
        ws = await self._connect(self.hass)
        await ws.send_json_auto_id({"type": f"{DOMAIN}/{command}", **fields})
        answer = await ws.receive_json()
        await ws.close()
        assert answer["success"] or answer["error"]["code"] in {
            "not_found",
            "home_assistant_error",
        }, answer

    async def rights(self) -> None:
        await self.ask("rights", device_id=self._device)


type Way = Callable[[HomeAssistant, MockConfigEntry], Coroutine[Any, Any, None]]
type Request = Callable[[Person], Awaitable[object]]

REQUESTS: Mapping[str, Request] = {
    "start": lambda person: person.act("start_charge_cycle", identification_data="ANNA"),
    "read": lambda person: person.act("read_charge_cycle"),
    "end": lambda person: person.act("end_charge_cycle"),
    "press start": lambda person: person.press("start"),
    "last record": lambda person: person.act("get_last_record"),
    "one record": lambda person: person.act("get_record", position=1),
    "records": lambda person: person.act("list_records"),
    "events": lambda person: person.act("get_events"),
    "all records": lambda person: person.act("synchronise_records"),
    "parameters": lambda person: person.act("get_parameters", password="1000"),
    "clock": lambda person: person.act("synchronise_clock"),
    "errors": lambda person: person.act("reset_errors"),
    "display": lambda person: person.act("set_display", display_on=True, page="power"),
    "sessions": lambda person: person.act("list_sessions"),
    "download": lambda person: person.download("last_record.ocmf"),
    "rights": lambda person: person.rights(),
    "overview": lambda person: person.ask("archive/info"),
}
CHARGING = {"read", "end"}

# In a run of the suite, not every request is made over every transport.
_COARSE = 100


async def unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_reload(entry.entry_id)


async def remove(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_remove(entry.entry_id)


@pytest.fixture
def prepared(simulated: SimulatedMeter) -> SimulatedMeter:
    sign(simulated, 2)
    log_events(simulated, 1, 2)
    return simulated


def files_of(hass: HomeAssistant, entry: MockConfigEntry) -> list[Path]:
    return list(Path(hass.config.path(".storage")).glob(f"*{entry.entry_id}*"))


async def ask(request: Request, person: Person) -> None:
    """Ask; an error has to say in the user's words that the meter is not there."""
    try:
        await request(person)
    except HomeAssistantError as err:
        if err.translation_key not in NOT_THERE:
            raise


async def ask_while_leaving(request: Request, person: Person, way: Way, turn: int) -> bool:
    """Ask, and let the entry go at a step of that; return whether there was one with that number."""
    begun: list[asyncio.Task[None]] = []

    def leave() -> None:
        begun.append(person.hass.async_create_task(way(person.hass, person.entry)))

    with at_step(turn, leave) as steps:
        await ask(request, person)
    if not steps.done:
        leave()
    await asyncio.gather(*begun)
    return steps.done


async def remove_wholly(hass: HomeAssistant, entry: MockConfigEntry, way: Way) -> None:
    """Remove an entry, after what was done to it."""
    if way is reload:
        assert state_of(entry) is ConfigEntryState.LOADED
        await unload(hass, entry)
    if way is not remove:
        await remove(hass, entry)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_whatever_is_asked_of_a_meter_that_leaves(
    hass: HomeAssistant,
    server: Server,
    prepared: SimulatedMeter,
    *,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    """It is answered, or the answer says so; and nothing of the entry is left."""
    await Browser.open(hass, hass_client)
    await (await hass_ws_client(hass)).close()
    client = await hass_client()
    # Once without a trace: Home Assistant sets up the platforms.
    entry = add_entry(hass, server, fingerprint(prepared))
    assert await set_up(hass, entry)
    await remove_wholly(hass, entry, unload)
    before = Traces.of(hass)

    stride = request.config.getoption("--stride")
    # In a run of the suite, each is asked over one of the transports.
    first, step = (0, 1) if stride < _COARSE else (transport_of(server) == "rest", 2)
    ways = cycle((unload, remove, reload))
    for number, name in enumerate(list(REQUESTS)[first::step]):
        turn, there = 1 + 17 * number % stride, True
        while there:
            if prepared.charging:
                sign(prepared, 1)
            entry = add_entry(hass, server, fingerprint(prepared))
            assert await set_up(hass, entry)
            if name in CHARGING:
                await act(hass, entry, "start_charge_cycle")
            person, way = Person(hass, entry, client, hass_ws_client), next(ways)
            there = await ask_while_leaving(REQUESTS[name], person, way, turn)
            await remove_wholly(hass, entry, way)
            sent = len(server.requests)
            await pass_time(hass, 2 * HOUSEKEEPING)
            left = [*held(hass), *Traces.of(hass).since(before), *files_of(hass, entry)]
            case = f"{name}, {way.__name__} at step {turn}"
            assert (wrong(caplog), left, len(server.requests)) == ([], [], sent), case
            turn += stride
