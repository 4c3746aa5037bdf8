"""Setting meters up over every transport, and moving them from one to another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from homeassistant.components.usb.consumers import async_get_serial_port_consumers
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.lovato_dmed4.connection.forms import connection
from custom_components.lovato_dmed4.const import DOMAIN, Transport
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import (
    GatewayServer,
    ManualClock,
    ModbusTcpServer,
    Pty,
    RestServer,
    SerialOverTcpServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from tests.integration.helpers import (
    add_meter,
    fingerprint,
    impatient,
    is_available,
    open_form,
    pass_time,
    state_of,
    value,
)
from tests.integration.plugin import MockConfigEntry


@pytest.fixture
def pty() -> Iterator[Pty]:
    with open_pty() as pty:
        yield pty


@pytest.fixture(autouse=True)
async def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch, 0.3)


@pytest.fixture
def other(clock: ManualClock) -> SimulatedMeter:
    return SimulatedMeter(seed=2, clock=clock, signing_time=0, checking_time=0)


def serial_input(path: str, unit: int = 1, **changes: object) -> dict[str, Any]:
    return {
        "device": path,
        "baudrate": "115200",
        "data_format": "8N",
        "stop_bits": "1",
        "framing": "rtu",
        "unit_id": unit,
        **changes,
    }


def tcp_input(port: int, unit: int = 1, framing: str = "tcp") -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "unit_id": unit, "framing": framing}


async def submit(hass: HomeAssistant, flow_id: str, user_input: dict[str, Any]) -> dict[str, Any]:
    result = await hass.config_entries.flow.async_configure(flow_id, user_input)
    await hass.async_block_till_done()
    return dict(result)


async def create(
    hass: HomeAssistant, transport: str, user_input: dict[str, Any]
) -> Dmed4ConfigEntry:
    result = await submit(hass, await open_form(hass, transport), user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    entry: Dmed4ConfigEntry = result["result"]
    assert state_of(entry) is ConfigEntryState.LOADED
    return entry


async def reconfigure(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, transport: str
) -> dict[str, Any]:
    """Choose a transport in the menu; return the form."""
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": "reconfigure", "entry_id": entry.entry_id}
    )
    assert menu["type"] is FlowResultType.MENU
    # The present connection comes first.
    first, *others = list(cast("list[str]", menu["menu_options"]))
    assert first == entry.data["transport"]
    assert {first, *others} == {"rest", "rest_display", "modbus_tcp", "modbus_serial"}
    form = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": transport}
    )
    assert form["step_id"] == transport
    return dict(form)


def suggested(form: dict[str, Any]) -> dict[str, Any]:
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description
    }


# --- setting up ---------------------------------------------------------------------------------


@pytest.mark.parametrize("framing", ["rtu", "ascii"])
async def test_a_meter_on_a_serial_port(
    hass: HomeAssistant, simulated: SimulatedMeter, pty: Pty, framing: Any
) -> None:
    async with SerialServer({1: simulated}, pty, framing=framing, baudrate=115200):
        entry = await create(hass, "modbus_serial", serial_input(pty.path, framing=framing))
        connection_data = {
            "transport": "modbus_serial",
            "device": pty.path,
            "baudrate": 115200,
            "data_format": "8N",
            "stop_bits": 1,
            "framing": framing,
            "unit_id": 1,
        }
        # Besides, the set-up keeps what the meter is known by.
        assert connection_data.items() <= entry.data.items()
        assert entry.unique_id == fingerprint(simulated)
        assert is_available(hass, entry)
        consumers = await async_get_serial_port_consumers(hass, [])
        assert [user.config_entry_id for user in consumers[pty.path]] == [entry.entry_id]
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("framing", ["rtu", "ascii"])
async def test_a_meter_behind_a_serial_device_server(
    hass: HomeAssistant, simulated: SimulatedMeter, framing: Any
) -> None:
    async with SerialOverTcpServer({8: simulated}, framing=framing) as server:
        entry = await create(hass, "modbus_tcp", tcp_input(server.port, 8, framing))
        assert entry.unique_id == fingerprint(simulated)
        assert is_available(hass, entry)
        await hass.config_entries.async_unload(entry.entry_id)


async def test_meters_behind_a_gateway_share_a_connection(
    hass: HomeAssistant, simulated: SimulatedMeter, other: SimulatedMeter
) -> None:
    gateway = SimulatedMeter(seed=3, parameters={"P05_05": 1})
    async with GatewayServer(gateway, {2: simulated, 3: other}) as server:
        entries = [
            await create(hass, "modbus_tcp", tcp_input(server.port, unit)) for unit in (1, 2, 3)
        ]
        assert [entry.unique_id for entry in entries] == [
            fingerprint(meter) for meter in (gateway, simulated, other)
        ]
        assert server.connections == 1
        for entry in entries:
            await hass.config_entries.async_unload(entry.entry_id)


async def test_mistakes_on_the_serial_form_are_named_and_mended(
    hass: HomeAssistant, simulated: SimulatedMeter, other: SimulatedMeter, pty: Pty
) -> None:
    async with SerialServer({1: simulated, 2: other}, pty, baudrate=115200):
        await create(hass, "modbus_serial", serial_input(pty.path))
        flow_id = await open_form(hass, "modbus_serial")
        for wrong, errors in (
            ({"device": "COM1"}, {"device": "invalid_device"}),
            ({"data_format": "7E"}, {"data_format": "rtu_needs_eight_bits"}),
            ({"device": "/dev/no-such-port"}, {"base": "serial_missing"}),
            ({"baudrate": "9600"}, {"base": "line_in_use"}),
            ({"unit_id": 5}, {"base": "silent"}),
        ):
            form = await submit(hass, flow_id, serial_input(pty.path, 2) | wrong)
            assert form["errors"] == errors
            assert suggested(form).items() >= wrong.items()
        result = await submit(hass, flow_id, serial_input(pty.path, 2))
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["result"].unique_id == fingerprint(other)
        for entry in hass.config_entries.async_entries(DOMAIN):
            await hass.config_entries.async_unload(entry.entry_id)


async def test_an_entry_waits_for_a_line_that_others_use_otherwise(
    hass: HomeAssistant, simulated: SimulatedMeter, other: SimulatedMeter, pty: Pty
) -> None:
    async with SerialServer({1: simulated, 2: other}, pty, baudrate=115200):
        first = await create(hass, "modbus_serial", serial_input(pty.path))
        second = await create(hass, "modbus_serial", serial_input(pty.path, 2))
        await hass.config_entries.async_unload(second.entry_id)
        hass.config_entries.async_update_entry(second, data={**second.data, "stop_bits": 2})
        await hass.config_entries.async_setup(second.entry_id)
        assert state_of(second) is ConfigEntryState.SETUP_RETRY
        assert second.error_reason_translation_key == "line_in_use"
        assert second.error_reason_translation_placeholders == {
            "used": "115200 bit/s 8N1 RTU",
            "wanted": "115200 bit/s 8N2 RTU",
        }
        hass.config_entries.async_update_entry(second, data={**second.data, "stop_bits": 1})
        await hass.config_entries.async_reload(second.entry_id)
        assert state_of(second) is ConfigEntryState.LOADED
        for entry in (first, second):
            await hass.config_entries.async_unload(entry.entry_id)


async def test_a_slow_line_is_polled_less_often_than_asked_for(
    hass: HomeAssistant, simulated: SimulatedMeter, other: SimulatedMeter, pty: Pty
) -> None:
    async with SerialServer({1: simulated, 2: other}, pty, baudrate=1200):
        wanted = serial_input(pty.path, baudrate="1200")
        entry = await create(hass, "modbus_serial", wanted)
        hass.config_entries.async_update_entry(entry, options={"interval_idle": 1})
        await hass.config_entries.async_reload(entry.entry_id)
        live = entry.runtime_data.live
        assert live.update_interval is not None
        alone = live.update_interval.total_seconds()
        assert alone == pytest.approx(2 * (150 + 28) * 10 / 1200)
        second = await create(hass, "modbus_serial", {**wanted, "unit_id": 2})
        await live.async_refresh()
        assert live.update_interval.total_seconds() == pytest.approx(2 * alone)
        for each in (entry, second):
            await hass.config_entries.async_unload(each.entry_id)


@pytest.mark.parametrize(
    ("given", "port"),
    [({"tls": "off"}, 80), ({"tls": "pinned"}, 443), ({"tls": "verified", "port": 8443}, 8443)],
)
def test_the_usual_port_depends_on_tls(given: dict[str, Any], port: int) -> None:
    data = connection(Transport.REST, {"host": " METER ", **given})
    assert (data["host"], data["port"]) == ("meter", port)


# --- moving -------------------------------------------------------------------------------------


async def test_a_meter_moves_through_all_transports_and_stays_the_same(
    hass: HomeAssistant,
    simulated: SimulatedMeter,
    rest_server: RestServer,
    modbus_server: ModbusTcpServer,
    pty: Pty,
) -> None:
    entry = await add_meter(hass, rest_server)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "password": "kept"})
    registry = er.async_get(hass)
    before = {
        entity.entity_id: entity.unique_id
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
    }
    device = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)[0].id
    async with SerialServer({1: simulated}, pty, baudrate=115200):
        for transport, user_input in (
            ("modbus_serial", serial_input(pty.path)),
            ("modbus_tcp", tcp_input(modbus_server.port)),
            ("rest", {"host": "127.0.0.1", "port": rest_server.port, "tls": "off"}),
        ):
            form = await reconfigure(hass, entry, transport)
            result = await submit(hass, form["flow_id"], user_input)
            assert result["reason"] == "reconfigure_successful"
            assert state_of(entry) is ConfigEntryState.LOADED
            assert entry.data["transport"] == transport
            assert entry.data["password"] == "kept"
            assert ("device" in entry.data) == (transport == "modbus_serial")
            now = {
                entity.entity_id: entity.unique_id
                for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
            }
            assert now.items() >= before.items()
            devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
            assert [found.id for found in devices] == [device]
            await pass_time(hass)
            assert value(hass, entry, "voltage") not in ("unavailable", "unknown")


async def test_the_form_shows_what_is_known(
    hass: HomeAssistant, simulated: SimulatedMeter, pty: Pty
) -> None:
    async with SerialServer({1: simulated}, pty, baudrate=115200):
        entry = await create(hass, "modbus_serial", serial_input(pty.path))
        form = await reconfigure(hass, entry, "modbus_serial")
        assert suggested(form) == serial_input(pty.path)
        form = await reconfigure(hass, entry, "modbus_tcp")
        assert suggested(form) == {"unit_id": 1, "framing": "rtu"}
        await hass.config_entries.async_unload(entry.entry_id)


async def test_the_form_leaves_the_usual_port_out(hass: HomeAssistant) -> None:
    data = {"transport": "rest", "host": "192.0.2.1", "port": 443, "tls": "verified", "channel": 0}
    entry = MockConfigEntry(domain=DOMAIN, unique_id="a", data=data)
    entry.add_to_hass(hass)
    shown = suggested(await reconfigure(hass, entry, "rest"))
    assert shown == {"host": "192.0.2.1", "tls": "verified"}
    hass.config_entries.async_update_entry(entry, data={**data, "port": 8443})
    assert suggested(await reconfigure(hass, entry, "rest"))["port"] == 8443


async def test_another_meter_is_refused_and_nothing_changes(
    hass: HomeAssistant, rest_server: RestServer, other: SimulatedMeter, pty: Pty
) -> None:
    entry = await add_meter(hass, rest_server)
    before = dict(entry.data)
    async with ModbusTcpServer(other) as server:
        form = await reconfigure(hass, entry, "modbus_tcp")
        result = await submit(hass, form["flow_id"], tcp_input(server.port))
    assert result["reason"] == "wrong_meter"
    assert entry.data == before
    assert state_of(entry) is ConfigEntryState.LOADED
    assert is_available(hass, entry)


async def test_a_line_gets_other_settings(
    hass: HomeAssistant, simulated: SimulatedMeter, other: SimulatedMeter, pty: Pty
) -> None:
    """The probe needs the port, which the entry has open with the settings until now."""
    async with SerialServer({1: simulated, 2: other}, pty, baudrate=115200):
        entry = await create(hass, "modbus_serial", serial_input(pty.path))
        form = await reconfigure(hass, entry, "modbus_serial")
        silent = serial_input(pty.path, 7, stop_bits="2")
        form = await submit(hass, form["flow_id"], silent)
        assert form["errors"] == {"base": "silent"}
        assert state_of(entry) is ConfigEntryState.LOADED
        wrong = serial_input(pty.path, 2, stop_bits="2")
        result = await submit(hass, form["flow_id"], wrong)
        assert result["reason"] == "wrong_meter"
        assert state_of(entry) is ConfigEntryState.LOADED
        assert is_available(hass, entry)
        form = await reconfigure(hass, entry, "modbus_serial")
        result = await submit(hass, form["flow_id"], serial_input(pty.path, stop_bits="2"))
        assert result["reason"] == "reconfigure_successful"
        assert state_of(entry) is ConfigEntryState.LOADED
        assert entry.data["stop_bits"] == 2
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_meter_without_a_key_moves_at_the_users_word(
    hass: HomeAssistant, clock: ManualClock, tmp_path: Path
) -> None:
    nameless = SimulatedMeter(seed=4, clock=clock, commissioned=False)
    async with ModbusTcpServer(nameless) as here, ModbusTcpServer(nameless) as there:
        entry = await create(hass, "modbus_tcp", tcp_input(here.port))
        assert entry.unique_id == f"address_127.0.0.1_{here.port}_1"
        form = await reconfigure(hass, entry, "modbus_tcp")
        result = await submit(hass, form["flow_id"], tcp_input(there.port))
        assert result["reason"] == "reconfigure_successful"
        assert state_of(entry) is ConfigEntryState.LOADED
        assert entry.unique_id == f"address_127.0.0.1_{there.port}_1"
        assert is_available(hass, entry)
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_meter_without_a_key_does_not_become_one_that_is_there_already(
    hass: HomeAssistant, clock: ManualClock, modbus_server: ModbusTcpServer
) -> None:
    known = await add_meter(hass, modbus_server)
    nameless = SimulatedMeter(seed=4, clock=clock, commissioned=False)
    async with ModbusTcpServer(nameless) as here:
        entry = await create(hass, "modbus_tcp", tcp_input(here.port))
        form = await reconfigure(hass, entry, "modbus_tcp")
        result = await submit(hass, form["flow_id"], tcp_input(modbus_server.port))
        assert result["reason"] == "already_configured"
        assert is_available(hass, entry)
        assert is_available(hass, known)
        await hass.config_entries.async_unload(entry.entry_id)
