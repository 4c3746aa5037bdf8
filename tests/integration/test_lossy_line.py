"""Lines that lose 3 % of all messages: no entity becomes unavailable, and charges succeed.

All lines are used at once, by one Home Assistant that is set up over them while they lose messages.
The losses are seeded, and time is driven. Each line carries the polls of a quarter of an hour; those
of a whole hour are in `tests/dmed4/test_lossy_line.py`, without Home Assistant around them. Commands
get lost as well, and other programs ask the same meters. For an hour with Home Assistant:

    pytest tests/integration/test_lossy_line.py --lossy-polls 360 --timeout 0
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any

from aiohttp import ClientError, ClientSession
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from simulator import (
    GatewayServer,
    ManualClock,
    ModbusTcpServer,
    RestServer,
    SerialOverTcpServer,
    SimulatedMeter,
)
from simulator.faults import ModbusFault, RestFault
from tests.dmed4.test_lossy_line import UNIT, Losses
from tests.driven_time import drive_time

from .helpers import IDLE, act, complaints, fingerprint, pass_time, state_of
from .plugin import MockConfigEntry

# Behind the gateway, where nothing is connected.
DEAD_UNIT = 9

type Server = ModbusTcpServer | GatewayServer | SerialOverTcpServer | RestServer


def _make(seed: int) -> SimulatedMeter:
    return SimulatedMeter(
        seed=seed, clock=ManualClock(1_760_000_000), signing_time=0, checking_time=0
    )


def _servers(meters: dict[str, SimulatedMeter]) -> dict[str, tuple[Server, dict[str, Any]]]:
    """Plug each meter in, and say how an entry names its line."""
    gateway = SimulatedMeter(seed=99, parameters={"P05_05": 1})
    over_modbus = {"transport": "modbus_tcp", "unit_id": UNIT}
    return {
        "tcp": (
            ModbusTcpServer(meters["tcp"], unit_id=UNIT),
            over_modbus | {"framing": "tcp"},
        ),
        "rtu": (
            SerialOverTcpServer({UNIT: meters["rtu"]}),
            over_modbus | {"framing": "rtu"},
        ),
        "gateway": (
            GatewayServer(gateway, {UNIT: meters["gateway"]}),
            over_modbus | {"framing": "tcp"},
        ),
        "rest": (
            RestServer(meters["rest"], response_time=0),
            {"transport": "rest", "tls": "off", "channel": 0},
        ),
    }


def _lose(server: Server, losses: Losses) -> None:
    if isinstance(server, RestServer):
        for fault in (RestFault.SILENCE, RestFault.LOST_ANSWER, RestFault.CUT):
            server.faults.inject(fault, only=losses)
    else:
        for kind in (ModbusFault.SILENCE, ModbusFault.LOST_ANSWER):
            server.faults.inject(kind, only=losses)


async def _poll_elsewhere(entries: dict[str, MockConfigEntry]) -> None:
    """Ask two of the meters as another program does, which takes an answer or none."""
    with suppress(ClientError, OSError, TimeoutError):
        async with ClientSession() as session, asyncio.timeout(2):
            port = entries["rest"].data["port"]
            async with session.get(f"http://127.0.0.1:{port}/v1/measure") as answer:
                await answer.read()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", entries["tcp"].data["port"])
            writer.write(bytes.fromhex("0001 0000 0006 03 04 0000 0002"))
            await reader.read(64)
            writer.close()


@pytest.fixture
def meters() -> dict[str, SimulatedMeter]:
    return {way: _make(seed) for seed, way in enumerate(("tcp", "rtu", "gateway", "rest"), 1)}


@pytest.fixture
def losses() -> Losses:
    return Losses(3)


@pytest.fixture
async def entries(
    hass: HomeAssistant,
    meters: dict[str, SimulatedMeter],
    losses: Losses,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[dict[str, MockConfigEntry]]:
    """Set a meter up over each line, which loses messages from the first one on."""
    drive_time(monkeypatch)
    async with AsyncExitStack() as running:
        found = {}
        for way, (server, data) in _servers(meters).items():
            await running.enter_async_context(server)
            _lose(server, losses)
            address = {"host": "127.0.0.1", "port": server.port}
            found[way] = MockConfigEntry(
                domain=DOMAIN,
                title=way,
                unique_id=fingerprint(meters[way]),
                data=address | data,
            )
            found[way].add_to_hass(hass)
        dead = MockConfigEntry(
            domain=DOMAIN,
            title="dead",
            unique_id="0" * 64,
            data=dict(found["gateway"].data) | {"unit_id": DEAD_UNIT},
        )
        dead.add_to_hass(hass)
        # All of them at once, as when Home Assistant starts.
        await async_setup_component(hass, DOMAIN, {})
        await hass.async_block_till_done(wait_background_tasks=True)
        assert state_of(dead) is ConfigEntryState.SETUP_RETRY
        yield found
        for entry in found.values():
            await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("clock_left_alone")
async def test_no_entity_becomes_unavailable(
    hass: HomeAssistant,
    entries: dict[str, MockConfigEntry],
    losses: Losses,
    caplog: pytest.LogCaptureFixture,
    pytestconfig: pytest.Config,
) -> None:
    polls = pytestconfig.getoption("lossy_polls")
    assert {state_of(entry) for entry in entries.values()} == {ConfigEntryState.LOADED}
    lost: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        if (new := event.data["new_state"]) is not None and new.state == "unavailable":
            lost.append(new.entity_id)

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    for number in range(1, polls + 1):
        await asyncio.gather(pass_time(hass, number * IDLE), _poll_elsewhere(entries))
    assert lost == []
    assert losses.count > polls // 10
    assert [line for line in complaints(caplog) if "dead" not in line] == []


@pytest.mark.usefixtures("clock_left_alone")
async def test_charges_succeed(
    hass: HomeAssistant,
    entries: dict[str, MockConfigEntry],
    meters: dict[str, SimulatedMeter],
    losses: Losses,
) -> None:
    for _ in range(3):
        for way, entry in entries.items():
            for action in ("start_charge_cycle", "read_charge_cycle", "end_charge_cycle"):
                made = await act(hass, entry, action)
                assert made["record"] == meters[way].records[-1]
    assert losses.count > 10
