"""A stranger's report becomes a test: the file of an examination, set up in Home Assistant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.lovato_dmed4.examination.run import Wishes
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, ReplayedMeter, RestServer, SerialServer, open_pty
from tests.driven_time import drive_time
from tests.examination.helpers import (
    UNIT,
    Device,
    charged,
    examined,
    functions_of,
    readings_of,
    saved,
)

from .helpers import entities, open_form, pass_time, state_of

# Several readings at a time, none of them the default; all can be seen over the transport.
OVER_REST = {
    "names": "spaces",
    "measure_scale": "physical",
    "answer_end": "line",
    "ocmf_text": "unescaped",
    "key_text": "colons",
    "serial_number": "text",
    "logbook_index": "1",
    "frame": "spaces",
    "success": "201",
}
OVER_MODBUS = {
    "registers": "no_hours",
    "output_length": "window",
    "logbook_index": "1",
    "logbook_ready": "both",
    "event_ready": "count",
    "keys": "raw",
    "payload_spaces": "colons",
    "signature_der": "padded",
    "sample_time": "local",
}
OTHERS = {
    "output": "payload",
    "logbook_length": "with_nul",
    "logbook_ready": "bit_1",
    "keys": "ocmf",
    "pagination": "transaction",
}
CASES = [
    ("rest", OVER_REST),
    ("rest", {"numbers": "strings", "status_words": "hex", "answer_padding": "bom", "keys": "raw"}),
    ("modbus", OVER_MODBUS),
    ("modbus", {**OTHERS, "node_answer": "own"}),
    ("rtu", OVER_MODBUS),
    ("ascii", {**OTHERS, "registers": "no_fast"}),
]

# What depends on the time, and what the archive makes of a signature that is masked.
_CHANGING = ("clock_drift", "record", "session", "signature", "last_")


@pytest.fixture(autouse=True)
def _alone(clock_left_alone: None) -> None:
    """Let nothing write."""


@asynccontextmanager
async def served(device: Device, way: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Serve a meter; gives the step of the form, and what to fill in."""
    if way == "rest":
        async with RestServer(device) as web:
            yield "rest", {"host": web.host, "port": web.port, "tls": "off"}
    elif way == "modbus":
        unit = device.unit_id if isinstance(device, ReplayedMeter) else UNIT
        async with ModbusTcpServer(device, unit_id=unit) as server:
            where = {"host": server.host, "port": server.port}
            yield "modbus_tcp", {**where, "unit_id": unit, "framing": "tcp"}
    else:
        with open_pty() as pty:
            framing: Any = way
            async with SerialServer({UNIT: device}, pty, framing=framing, baudrate=115200):
                line = {"baudrate": "115200", "data_format": "8N", "stop_bits": "1"}
                port = {"device": pty.path, "framing": way, "unit_id": UNIT}
                yield "modbus_serial", {**line, **port}


@asynccontextmanager
async def set_up(hass: HomeAssistant, device: Device, way: str) -> AsyncIterator[Dmed4ConfigEntry]:
    """Set a meter up through the config flow, as a user does, and remove it again."""
    async with served(device, way) as (step, answers):
        flow_id = await open_form(hass, step)
        result: Any = await hass.config_entries.flow.async_configure(flow_id, answers)
        if result["type"] is FlowResultType.FORM and result["step_id"] == "serial_number":
            result = await hass.config_entries.flow.async_configure(flow_id, {})
        await hass.async_block_till_done(wait_background_tasks=True)
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        yield result["result"]
        assert await hass.config_entries.async_remove(result["result"].entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)


def values(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> dict[str, str]:
    """Get the states of what the meter shows."""
    return {
        key: found.state
        for key, entity in entities(hass, entry).items()
        if (found := hass.states.get(entity.entity_id)) is not None
        and not key.startswith(_CHANGING)
        and entity.domain in ("sensor", "binary_sensor", "number", "select")
    }


@pytest.mark.parametrize(("way", "readings"), CASES)
async def test_a_replay_is_the_meter_again(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, way: str, readings: dict[str, str]
) -> None:
    drive_time(monkeypatch)
    meter = charged(readings, stopped=True)
    first = await examined(meter, way)
    found = readings_of(first)
    assert {name: found[name] for name in readings} == {
        name: (reading,) for name, reading in readings.items()
    }

    content = json.loads(json.dumps(saved(first)))
    assert readings_of(await examined(ReplayedMeter(content), way)) == found

    async with set_up(hass, meter, way) as entry:
        assert state_of(entry) is ConfigEntryState.LOADED
        original = values(hass, entry)
        missing = entry.runtime_data.meter.missing
    async with set_up(hass, ReplayedMeter(content), way) as entry:
        assert state_of(entry) is ConfigEntryState.LOADED
        assert values(hass, entry) == original
        assert entry.runtime_data.meter.missing == missing
        await pass_time(hass)
        assert entry.runtime_data.live.last_update_success
        assert entry.runtime_data.meter.found.texts
    assert len(original) > 15
    assert {"unavailable"} & set(original.values()) == set()
    only_reading = await examined(ReplayedMeter(content), way, Wishes(ports=()))
    assert functions_of(first, way) > functions_of(only_reading, way)
