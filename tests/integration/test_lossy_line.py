"""A Home Assistant whose lines lose 3 % of all messages: for an hour, nothing is noticed.

All of them are set up at once while messages get lost; other programs ask the same meters, and
behind the gateway there are dead units. The losses are seeded, and time is driven: an hour of polls
passes in seconds. This is the command for a day:

    pytest tests/integration/test_lossy_line.py --lossy-hours 24
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
import random
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from modbus_connection import ModbusError, ModbusTcpParams
from modbus_connection.pymodbus import ModbusConnection
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from simulator import (
    GatewayServer,
    ManualClock,
    ModbusTcpServer,
    RestServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from simulator.faults import ModbusFault, RestFault
from simulator.framing import Frame
from simulator.servers import ModbusServer
from tests.driven_time import PSEUDO_TERMINALS, SOCKETS, drive_time

from .helpers import act, fingerprint, state_of
from .plugin import MockConfigEntry

LOCALHOST = "127.0.0.1"
LOSS = 0.03
HOUR = 3600.0
# A pseudo-terminal is carried by the kernel, whose time can't be driven: this part of an hour stands
# for it, with a tenth of its polls.
SERIAL = 1 / 10
# An hour's charges on each line, and seconds of each: so all lines together take 100 steps.
CHARGES = 17
CHARGING = 20.0
# Between two questions of the other program that reads the meter, in s.
OTHER_POLLER = 7.0

type Connection = dict[str, Any]


class Losses:
    """Decides what becomes of a message.

    Attributes:
        count: how many were lost.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - seeded, so that a run can be repeated
        self.count = 0

    def __call__(self, request: Frame | str) -> bool:
        lost = self._random.random() < LOSS
        self.count += lost
        return lost


def _lose(server: ModbusServer, losses: Losses) -> None:
    """Lose requests as often as answers."""
    for fault in (ModbusFault.SILENCE, ModbusFault.LOST_ANSWER):
        server.faults.inject(fault, only=losses)


@asynccontextmanager
async def _over_rest(meter: SimulatedMeter, losses: Losses) -> AsyncIterator[Connection]:
    async with RestServer(meter, response_time=0) as server, ClientSession() as session:
        for fault in (RestFault.SILENCE, RestFault.LOST_ANSWER):
            server.faults.inject(fault, only=losses)

        async def ask() -> None:
            with suppress(ClientError, TimeoutError):
                url = f"{server.url}/v1/measure"
                async with session.get(url, timeout=ClientTimeout(total=3)) as answer:
                    await answer.read()

        async with _polled_elsewhere(ask):
            address = {"host": LOCALHOST, "port": server.port}
            yield {"transport": "rest", **address, "tls": "off", "channel": 0}


@asynccontextmanager
async def _over_tcp(meter: SimulatedMeter, losses: Losses) -> AsyncIterator[Connection]:
    async with ModbusTcpServer(meter) as server, AsyncExitStack() as stack:
        _lose(server, losses)
        params = ModbusTcpParams(host=LOCALHOST, port=server.port)
        other = ModbusConnection(params, timeout=3)
        stack.push_async_callback(other.close)

        async def ask() -> None:
            with suppress(ModbusError):
                if not other.connected:
                    await other.connect()
                await other.for_unit(1).read_input_registers(0x0001, 2)

        async with _polled_elsewhere(ask):
            yield _modbus_tcp(server.port, 1)


@asynccontextmanager
async def _over_gateway(meter: SimulatedMeter, losses: Losses) -> AsyncIterator[Connection]:
    gateway = SimulatedMeter(seed=99, parameters={"P05_05": 1})
    async with GatewayServer(gateway, {3: meter}, silent=True) as server:
        _lose(server, losses)
        yield _modbus_tcp(server.port, 3)


@asynccontextmanager
async def _over_serial(meter: SimulatedMeter, losses: Losses) -> AsyncIterator[Connection]:
    with open_pty() as cable:
        async with SerialServer({3: meter}, cable, baudrate=115200) as server:
            _lose(server, losses)
            line = {"baudrate": 115200, "data_format": "8N", "stop_bits": 1, "framing": "rtu"}
            yield {"transport": "modbus_serial", "device": cable.path, **line, "unit_id": 3}


def _modbus_tcp(port: int, unit: int) -> Connection:
    address = {"host": LOCALHOST, "port": port}
    return {"transport": "modbus_tcp", **address, "unit_id": unit, "framing": "tcp"}


@asynccontextmanager
async def _polled_elsewhere(ask: Callable[[], Any]) -> AsyncIterator[None]:
    """Let another program ask the meter now and then."""

    async def poll() -> None:
        while True:
            await ask()
            await asyncio.sleep(OTHER_POLLER)

    poller = asyncio.create_task(poll())
    try:
        yield
    finally:
        poller.cancel()
        with suppress(asyncio.CancelledError):
            await poller


type Way = Callable[[SimulatedMeter, Losses], AbstractAsyncContextManager[Connection]]

WAYS: dict[str, Way] = {
    "rest": _over_rest,
    "tcp": _over_tcp,
    "gateway": _over_gateway,
    "serial": _over_serial,
}
# Behind the gateway, where nothing is connected.
DEAD_UNITS = (8, 9)


def _add(
    hass: HomeAssistant, connection: Connection, title: str, unique_id: str
) -> MockConfigEntry:
    entry = MockConfigEntry(domain=DOMAIN, title=title, unique_id=unique_id, data=connection)
    entry.add_to_hass(hass)
    return entry


async def _start(hass: HomeAssistant, entries: Iterable[MockConfigEntry]) -> None:
    """Set all up at once, as a start of Home Assistant does; what is lost is tried again."""
    await async_setup_component(hass, DOMAIN, {})
    for entry in entries:
        loaded = asyncio.Event()
        entry.async_on_state_change(
            lambda entry=entry, loaded=loaded: (
                loaded.set() if entry.state is ConfigEntryState.LOADED else None
            )
        )
        if state_of(entry) is not ConfigEntryState.LOADED:
            await loaded.wait()
    await hass.async_block_till_done()


async def _charge(
    hass: HomeAssistant, entry: MockConfigEntry, hours: float, failures: list[str]
) -> int:
    """Start and end charges for some hours; return how many."""
    charges = max(1, round(CHARGES * hours))
    idle = hours * HOUR / charges - CHARGING
    for number in range(charges):
        for pause, action in ((idle, "start_charge_cycle"), (CHARGING, "end_charge_cycle")):
            await asyncio.sleep(pause)
            try:
                await act(hass, entry, action)
            except HomeAssistantError as err:
                failures.append(f"{entry.title} {number} {action}: {err}")
    return charges


@pytest.mark.parametrize("ways", [("rest", "tcp", "gateway"), ("serial",)], ids=repr)
async def test_for_an_hour_nothing_is_noticed(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    pytestconfig: pytest.Config,
    ways: tuple[str, ...],
) -> None:
    """No entity becomes unavailable, 99 of 100 steps succeed, and none is taken twice."""
    serial = "serial" in ways
    hours: float = pytestconfig.getoption("--lossy-hours") * (SERIAL if serial else 1)
    drive_time(monkeypatch, PSEUDO_TERMINALS if serial else SOCKETS)
    failures: list[str] = []
    gone: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and state.domain != "button" and state.state == STATE_UNAVAILABLE:
            gone.append(state.entity_id)

    async with AsyncExitStack() as stack:
        meters: dict[str, SimulatedMeter] = {}
        entries: dict[str, MockConfigEntry] = {}
        losses = {way: Losses(seed) for seed, way in enumerate(ways)}
        for seed, way in enumerate(ways, 1):
            meters[way] = SimulatedMeter(
                seed=seed, clock=ManualClock(1_760_000_000), signing_time=0, checking_time=0
            )
            connection = await stack.enter_async_context(WAYS[way](meters[way], losses[way]))
            for unit in DEAD_UNITS if way == "gateway" else ():
                _add(hass, connection | {"unit_id": unit}, f"dead {unit}", f"{unit}" * 64)
            entries[way] = _add(hass, connection, way, fingerprint(meters[way]))
        await _start(hass, entries.values())
        hass.bus.async_listen(EVENT_STATE_CHANGED, note)
        charges = await asyncio.gather(
            *(_charge(hass, entry, hours, failures) for entry in entries.values())
        )
        for entry in hass.config_entries.async_entries(DOMAIN):
            assert (entry.title in entries) == (state_of(entry) is ConfigEntryState.LOADED)
            await hass.config_entries.async_unload(entry.entry_id)
    assert gone == []
    assert len(failures) <= sum(charges) // 50, failures
    assert [len(meter.records) for meter in meters.values()] == [2 * count for count in charges]
    assert all(loss.count > 20 for loss in losses.values())
