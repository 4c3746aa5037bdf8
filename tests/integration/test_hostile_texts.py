"""Whatever texts a meter sends, Home Assistant's stores, pages and log can hold them."""

from http import HTTPStatus
import json
import logging
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import save_json
from homeassistant.setup import async_setup_component
import pytest

from simulator import RestServer, SimulatedMeter
from tests.logbooks import rest_calls

from .helpers import HOUSEKEEPING, add_entry, fingerprint, pass_time, set_up
from .plugin import ClientSessionGenerator, WebSocketGenerator, get_diagnostics_for_config_entry

HOSTILE = [
    pytest.param("\udcff", id="not utf-8"),
    pytest.param("a\nWARNING forged\r\n", id="lines"),
    pytest.param("\u202egnp.exe\x1b[31m\0", id="controls"),
    pytest.param("x" * 2_000, id="long"),
    pytest.param("[a](https://evil.example)<img src=x onerror=alert(1)>{meter}%s", id="markup"),
]
# What the pages of Home Assistant ask for.
PAGES = (
    "get_states",
    "config_entries/get",
    "config/device_registry/list",
    "config/entity_registry/list",
    "repairs/list_issues",
    "system_log/list",
)


def spoil(value: Any, text: str) -> Any:
    """Put a text wherever a meter has one, also into names that are not in the manual."""
    match value:
        case dict():
            spoilt = {
                name: each if name.startswith("public_key") else spoil(each, text)
                for name, each in value.items()
            }
            return {**spoilt, text: text}
        case str():
            return text
    return value


def spoil_all(server: RestServer, text: str) -> None:
    """Let each answer of a web server hold nothing but a text where it holds any."""
    for answers in rest_calls(server).values():
        if (get := answers.get("GET")) is None:
            continue

        def spoilt(call: Any, get: Any = get) -> str:
            answer = get(call)
            try:
                return json.dumps(spoil(json.loads(answer), text))
            except ValueError:
                return json.dumps(text)

        answers["GET"] = spoilt


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.usefixtures("entity_registry_enabled_by_default")
async def test_no_text_of_a_meter_harms_home_assistant(
    hass: HomeAssistant,
    *,
    rest_server: RestServer,
    simulated: SimulatedMeter,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    text: str,
) -> None:
    for component in ("api", "config", "repairs", "system_log", "diagnostics"):
        assert await async_setup_component(hass, component, {})
    caplog.set_level(logging.DEBUG, "custom_components.lovato_dmed4")
    spoil_all(rest_server, text)
    entry = add_entry(hass, rest_server, fingerprint(simulated))
    await set_up(hass, entry)
    await pass_time(hass, HOUSEKEEPING)
    assert entry.state is ConfigEntryState.LOADED

    # What is stored.
    for number, store in enumerate((dr.async_get(hass), er.async_get(hass))):
        save_json(str(tmp_path / str(number)), store._data_to_save())
    # What is shown.
    client = await hass_client()
    assert (await client.get("/api/states")).status == HTTPStatus.OK
    socket = await hass_ws_client()
    for page in PAGES:
        await socket.send_json_auto_id({"type": page})
        assert (await socket.receive_json())["success"], page
    await get_diagnostics_for_config_entry(hass, hass_client, entry)
    # What is logged: no line of its own, and no page of text.
    for record in caplog.records:
        if record.name.startswith("custom_components.lovato_dmed4"):
            line = record.getMessage()
            assert "\nWARNING" not in line
            assert line.encode()
            assert len(line) < 1000
