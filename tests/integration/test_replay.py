"""A stranger's report becomes a test: what the explorer saved, set up in Home Assistant."""

import json
from pathlib import Path

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from simulator import ManualClock, ModbusTcpServer, ReplayedMeter, RestServer, SimulatedMeter
from tests.driven_time import drive_time
from tools.explorer.__main__ import explore, parse_arguments

from .helpers import Server, add_meter, begin_charge, number, pass_time, state_of, value


@pytest.fixture
async def replay(
    server: Server,
    simulated: SimulatedMeter,
    clock: ManualClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> ReplayedMeter:
    """Explore a charging meter, and make another of what was saved."""
    drive_time(monkeypatch)
    begin_charge(simulated)
    clock.advance(60)
    way = "rest" if isinstance(server, RestServer) else "modbus-tcp"
    file = tmp_path / "dump.json"
    arguments = [way, server.host, "--port", str(server.port), "--file", str(file)]
    assert await explore(parse_arguments(arguments))
    return ReplayedMeter(json.loads(file.read_text()))


async def test_a_replay_is_set_up(
    hass: HomeAssistant, replay: ReplayedMeter, simulated: SimulatedMeter
) -> None:
    server_type = RestServer if replay.transport == "rest" else ModbusTcpServer
    async with server_type(replay) as server:
        entry = await add_meter(hass, server)
        assert state_of(entry) is ConfigEntryState.LOADED
        for _ in range(3):
            assert number(hass, entry, "voltage") == simulated.physics.slow.voltage / 100
            assert value(hass, entry, "charging") == "on"
            await pass_time(hass)
        await hass.config_entries.async_unload(entry.entry_id)
