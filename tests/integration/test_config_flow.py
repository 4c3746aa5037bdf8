"""Setting a meter up in the browser."""

from contextlib import AbstractAsyncContextManager

from aiohttp import web
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lovato_dmed4.const import DOMAIN
from custom_components.lovato_dmed4.dmed4.modbus import ModbusMeter
from custom_components.lovato_dmed4.dmed4.rest import RestMeter
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, RestServer, SimulatedMeter

from .helpers import (
    TITLES,
    Server,
    add_meter,
    connections,
    entry_data,
    fingerprint,
    impatient,
    mute_server,
    open_form,
    other_modbus_server,
    transport_of,
    unused_port,
    user_input,
    web_server,
)
from .plugin import ClientSessionGenerator


async def submit(
    hass: HomeAssistant, flow_id: str, server: Server, **changes: object
) -> ConfigFlowResult:
    result = await hass.config_entries.flow.async_configure(flow_id, user_input(server, **changes))
    await hass.async_block_till_done()
    return result


async def check_error_and_recovery(
    hass: HomeAssistant,
    server: Server,
    errors: dict[str, str],
    **changes: object,
) -> None:
    """Submit a form that fails, then the right one in the same flow."""
    flow_id = await open_form(hass, transport_of(server))
    form = await submit(hass, flow_id, server, **changes)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == errors
    assert not hass.config_entries.async_entries(DOMAIN)

    result = await submit(hass, flow_id, server)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == entry_data(server)


async def test_creates_an_entry(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter
) -> None:
    flow_id = await open_form(hass, transport_of(server))
    result = await submit(hass, flow_id, server, host=" 127.0.0.1 ")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == TITLES[transport_of(server)]
    assert result["data"] == entry_data(server)
    assert result["options"] == {}
    assert result["result"].unique_id == fingerprint(simulated)


async def test_same_meter_over_the_other_transport(
    hass: HomeAssistant,
    entry: Dmed4ConfigEntry,
    server: Server,
    modbus_server: ModbusTcpServer,
    rest_server: RestServer,
) -> None:
    for each in (modbus_server, rest_server):
        flow_id = await open_form(hass, transport_of(each))
        result = await submit(hass, flow_id, each)
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"
    # Only the entry's own link is left open.
    await connections(modbus_server, int(server is modbus_server))


async def test_two_meters(hass: HomeAssistant, entry: Dmed4ConfigEntry, server: Server) -> None:
    async with type(server)(SimulatedMeter(seed=2)) as other_server:
        other = await add_meter(hass, other_server)
        assert other.unique_id != entry.unique_id
        assert await hass.config_entries.async_unload(other.entry_id)


async def test_cannot_connect(hass: HomeAssistant, server: Server) -> None:
    with unused_port() as port:
        await check_error_and_recovery(hass, server, {"base": "connection_refused"}, port=port)


async def test_silent(hass: HomeAssistant, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch)
    async with mute_server() as port:
        await check_error_and_recovery(hass, server, {"base": "silent"}, port=port)


async def test_wrong_unit_id(
    hass: HomeAssistant, simulated: SimulatedMeter, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch)
    async with ModbusTcpServer(simulated, unit_id=5, strict_unit=True) as server:
        await check_error_and_recovery(hass, server, {"base": "silent"}, unit_id=1)


OTHER_MODBUS_DEVICES = {
    "no function 0x11": {},
    "another model": {0x11: bytes([0x11, 2, 0x99, 0xFF])},
    "no public key": {0x11: bytes([0x11, 8, 0x48, 12, 3, 5, 2, 7, 0, 0])},
}


@pytest.mark.parametrize("answers", OTHER_MODBUS_DEVICES.values(), ids=OTHER_MODBUS_DEVICES)
async def test_other_modbus_device(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, answers: dict[int, bytes]
) -> None:
    async with other_modbus_server(answers) as port:
        await check_error_and_recovery(hass, modbus_server, {"base": "not_a_dmed4"}, port=port)


OTHER_PAGES: dict[str, tuple[int, str]] = {
    "other JSON": (200, '{"voltage": 230}'),
    "a JSON list": (200, "[1, 2]"),
    "HTML": (200, "<!doctype html><title>Router</title>"),
    "not found": (404, "Not Found"),
    "a redirect": (302, ""),
}


def other_web_server(status: int, text: str) -> AbstractAsyncContextManager[int]:
    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(status=status, text=text, headers={"Location": "/login"})

    return web_server(handle)


@pytest.mark.parametrize("page", OTHER_PAGES.values(), ids=OTHER_PAGES)
async def test_other_web_server(
    hass: HomeAssistant, rest_server: RestServer, page: tuple[int, str]
) -> None:
    async with other_web_server(*page) as port:
        await check_error_and_recovery(hass, rest_server, {"base": "not_a_dmed4"}, port=port)


@pytest.mark.parametrize("host", ["http://1.2.3.4/", "a b", "", "meter/v1"])
async def test_invalid_host(hass: HomeAssistant, server: Server, host: str) -> None:
    await check_error_and_recovery(hass, server, {"host": "invalid_host"}, host=host)


async def test_unknown_error(
    hass: HomeAssistant,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    kind = ModbusMeter if isinstance(server, ModbusTcpServer) else RestMeter
    patch = pytest.MonkeyPatch()

    async def fail_once(meter: object) -> None:
        patch.undo()
        raise RuntimeError("a bug")

    patch.setattr(kind, "identify", fail_once)
    await check_error_and_recovery(hass, server, {"base": "unknown"})
    assert "a bug" in caplog.text


async def test_link_is_let_go_of_after_an_error(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(meter: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(ModbusMeter, "identify", fail)
    flow_id = await open_form(hass, "modbus_tcp")
    form = await submit(hass, flow_id, modbus_server)
    assert form["errors"] == {"base": "unknown"}
    await connections(modbus_server, 0)


@pytest.mark.parametrize("meter_settings", [{"commissioned": False}])
async def test_unique_id_without_a_key(
    hass: HomeAssistant, server: Server, simulated: SimulatedMeter
) -> None:
    entry = await add_meter(hass, server)
    expected = (
        f"address_127.0.0.1_{server.port}_1"
        if isinstance(server, ModbusTcpServer)
        else f"serial_{simulated.serial_number}"
    )
    assert entry.unique_id == expected


async def test_forms_in_the_browser(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, server: Server
) -> None:
    """The forms can be sent to a browser, and what comes back from it is understood."""
    assert await async_setup_component(hass, "config", {})
    assert await async_setup_component(hass, "usb", {})
    client = await hass_client()
    url = "/api/config/config_entries/flow"
    menu = await (await client.post(url, json={"handler": DOMAIN})).json()
    transport = transport_of(server)
    url = f"{url}/{menu['flow_id']}"
    form = await (await client.post(url, json={"next_step_id": transport})).json()
    fields = {field["name"]: field for field in form["data_schema"]}
    optional = "timeout" if transport == "rest" else "serial_number"
    assert list(fields) == [*user_input(server), optional]
    assert "text" in fields["host"]["selector"]
    assert fields["port"]["selector"]["number"]["max"] == 65535
    assert fields["port"].get("default") == (None if transport == "rest" else 502)

    # A browser sends the values of number fields as JSON numbers, sometimes with a fraction.
    answer = await client.post(url, json=user_input(server, port=float(server.port)))
    result = await answer.json()
    await hass.async_block_till_done()
    assert result["type"] == "create_entry"
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.data == entry_data(server)
    assert isinstance(entry.data["port"], int)


async def test_two_keys_that_disagree(
    hass: HomeAssistant, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The meter shows the same point in two forms; whoever mixes them may not be the meter."""
    flow_id = await open_form(hass, transport_of(server))
    other = SimulatedMeter(seed=2).public_key_ocmf
    with monkeypatch.context() as patch:
        patch.setattr(SimulatedMeter, "public_key_ocmf", property(lambda _: other))
        form = await submit(hass, flow_id, server)
    assert form["errors"] == {"base": "keys_disagree"}
    assert (await submit(hass, flow_id, server))["type"] is FlowResultType.CREATE_ENTRY
