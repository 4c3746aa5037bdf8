"""A line that Home Assistant's own Modbus holds is shared, and ports that only it can open are used."""

from collections.abc import Iterator
from typing import Any

from homeassistant.components.modbus import async_get_unit
from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from modbus_connection import ModbusSerialParams, ModbusTcpParams, ModbusUnit
import pytest

from custom_components.lovato_dmed4.dmed4 import links
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import (
    ModbusFault,
    ModbusTcpServer,
    Pty,
    SerialOverTcpServer,
    SerialServer,
    SimulatedMeter,
    open_pty,
)
from tests.driven_time import LoopClock
from tests.integration.flows import Browser
from tests.integration.helpers import (
    act,
    connections,
    impatient,
    is_available,
    pass_time,
    press,
    state_of,
    user_input,
)
from tests.integration.plugin import ClientSessionGenerator, MockConfigEntry

SERIAL = {
    "baudrate": "115200",
    "data_format": "8N",
    "stop_bits": "1",
    "framing": "rtu",
    "unit_id": 1,
}
# The request to save parameters (manual: parameters setup).
SAVE = b"\x06\x2f\x02\x00\x05"

# The total energy on the wire, of four registers.
ENERGY = 1, 4


@pytest.fixture(autouse=True)
async def browser(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Browser:
    assert await async_setup_component(hass, "modbus", {})
    return await Browser.open(hass, hass_client)


@pytest.fixture(autouse=True)
async def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch, 0.3)


@pytest.fixture
def pty() -> Iterator[Pty]:
    with open_pty() as pty:
        yield pty


@pytest.fixture
def other(hass: HomeAssistant) -> MockConfigEntry:
    """Another integration that uses Home Assistant's Modbus."""
    entry = MockConfigEntry(domain="sun", title="Another integration")
    entry.add_to_hass(hass)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    return entry


async def set_up(
    hass: HomeAssistant, browser: Browser, transport: str, answers: dict[str, Any]
) -> Dmed4ConfigEntry:
    form = await browser.choose(await browser.set_up(), transport)
    result = await browser.submit(form, answers)
    assert result["type"] == "create_entry", result
    entry = hass.config_entries.async_get_entry(result["result"]["entry_id"])
    assert entry is not None
    assert state_of(entry) is ConfigEntryState.LOADED
    return entry


def holders(hass: HomeAssistant) -> list[dict[str, list[int]]]:
    return [info.units for info in async_get_connection_info(hass)]


async def let_go(hass: HomeAssistant, other: MockConfigEntry) -> None:
    """Let the other integration unload: what it has registered for that is done."""
    await other._async_process_on_unload(hass)
    await hass.async_block_till_done()


async def check_sharing(
    hass: HomeAssistant, entry: Dmed4ConfigEntry, unit: ModbusUnit, meter: SimulatedMeter
) -> None:
    """Charge, read parameters and the logbook, while the other integration goes on asking."""
    assert await unit.read_input_registers(*ENERGY)
    await press(hass, entry, "start")
    assert meter.measurement_status == 2
    assert await unit.read_input_registers(*ENERGY)
    await pass_time(hass)
    ended = await act(hass, entry, "end_charge_cycle")
    assert (ended["archived"], meter.measurement_status) == (True, 0)
    assert is_available(hass, entry)


async def test_a_tcp_connection_is_shared(
    hass: HomeAssistant,
    browser: Browser,
    *,
    other: MockConfigEntry,
    modbus_server: ModbusTcpServer,
    simulated: SimulatedMeter,
) -> None:
    params = ModbusTcpParams(host=modbus_server.host, port=modbus_server.port)
    unit = async_get_unit(hass, other, params, 1)
    entry = await set_up(hass, browser, "modbus_tcp", user_input(modbus_server))
    await check_sharing(hass, entry, unit, simulated)
    await connections(modbus_server, 1)
    assert holders(hass) == [{other.entry_id: [1], entry.entry_id: [1]}]

    # Whoever goes first leaves the line to the other.
    await let_go(hass, other)
    assert holders(hass) == [{entry.entry_id: [1]}]
    await pass_time(hass)
    assert is_available(hass, entry)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    # Nobody else is there any more: the connection is ours again.
    assert holders(hass) == []
    assert is_available(hass, entry)
    await connections(modbus_server, 1)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await connections(modbus_server, 0)


async def test_a_meter_that_is_away_and_back(
    hass: HomeAssistant,
    browser: Browser,
    *,
    other: MockConfigEntry,
    modbus_server: ModbusTcpServer,
) -> None:
    params = ModbusTcpParams(host=modbus_server.host, port=modbus_server.port)
    async_get_unit(hass, other, params, 1)
    entry = await set_up(hass, browser, "modbus_tcp", user_input(modbus_server))
    await modbus_server.stop()
    await pass_time(hass)
    assert not is_available(hass, entry)
    assert state_of(entry) is ConfigEntryState.LOADED
    await modbus_server.start()
    # One that is away is asked less often where others wait for their turn.
    await pass_time(hass, 60)
    assert is_available(hass, entry)
    assert holders(hass) == [{other.entry_id: [1], entry.entry_id: [1]}]


@pytest.mark.parametrize("clock", [LoopClock()])
@pytest.mark.parametrize("lost", [0, 1, 2])
async def test_parameters_are_saved_over_a_shared_connection(
    hass: HomeAssistant,
    browser: Browser,
    *,
    other: MockConfigEntry,
    modbus_server: ModbusTcpServer,
    simulated: SimulatedMeter,
    lost: int,
) -> None:
    params = ModbusTcpParams(host=modbus_server.host, port=modbus_server.port)
    async_get_unit(hass, other, params, 1)
    entry = await set_up(hass, browser, "modbus_tcp", user_input(modbus_server))
    modbus_server.faults.inject(
        ModbusFault.SILENCE, times=lost, only=lambda frame: frame.pdu == SAVE
    )
    change = act(hass, entry, "set_parameters", parameters={"P02_01": 1})
    if lost < 2:
        await change
    else:
        with pytest.raises(HomeAssistantError) as caught:
            await change
        assert caught.value.translation_key == "parameters_not_saved"
    assert modbus_server.requests.count(SAVE) == min(lost + 1, 2)
    simulated.power_failure()
    assert simulated.parameters["P02_01"] == (lost < 2)


@pytest.mark.parametrize("fault", [ModbusFault.LONGER, ModbusFault.SHORTER])
async def test_an_answer_of_another_length_is_not_taken(
    hass: HomeAssistant,
    browser: Browser,
    *,
    other: MockConfigEntry,
    modbus_server: ModbusTcpServer,
    fault: ModbusFault,
) -> None:
    params = ModbusTcpParams(host=modbus_server.host, port=modbus_server.port)
    async_get_unit(hass, other, params, 1)
    entry = await set_up(hass, browser, "modbus_tcp", user_input(modbus_server))
    modbus_server.faults.inject(fault)
    await pass_time(hass)
    assert not is_available(hass, entry)
    modbus_server.faults.clear()
    await pass_time(hass, 60)
    assert is_available(hass, entry)


@pytest.mark.parametrize("framing", ["rtu", "ascii"])
async def test_a_serial_device_server_is_shared(
    hass: HomeAssistant,
    browser: Browser,
    *,
    other: MockConfigEntry,
    simulated: SimulatedMeter,
    framing: Any,
) -> None:
    async with SerialOverTcpServer({1: simulated}, framing=framing) as server:
        device = f"socket://{server.host}:{server.port}"
        params = ModbusSerialParams(device=device, framer=framing, baudrate=115200)
        unit = async_get_unit(hass, other, params, 1)
        answers = {"host": server.host, "port": server.port, "unit_id": 1, "framing": framing}
        entry = await set_up(hass, browser, "modbus_tcp", answers)
        await check_sharing(hass, entry, unit, simulated)
        await connections(server, 1)
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert holders(hass) == [{other.entry_id: [1]}]
        await let_go(hass, other)


@pytest.mark.parametrize(
    ("framing", "said"),
    [
        ("tcp", "with a byte too few"),
        ("ascii", "with a byte too few"),
        # On an RTU line the last byte is waited for, and then what was written is read.
        ("rtu", "does not get through Home Assistant's Modbus"),
    ],
)
async def test_a_meter_that_answers_a_write_with_a_byte_too_few(
    hass: HomeAssistant, browser: Browser, *, other: MockConfigEntry, framing: Any, said: str
) -> None:
    meter = SimulatedMeter(
        signing_time=0, checking_time=0, readings={"write_answer": "one_byte"}, clock_error=100
    )
    tcp = framing == "tcp"
    server = ModbusTcpServer(meter) if tcp else SerialOverTcpServer({1: meter}, framing=framing)
    async with server:
        device = f"socket://{server.host}:{server.port}"
        params = (
            ModbusTcpParams(host=server.host, port=server.port)
            if tcp
            else ModbusSerialParams(device=device, framer=framing, baudrate=115200)
        )
        unit = async_get_unit(hass, other, params, 1)
        answers = {"host": server.host, "port": server.port, "unit_id": 1, "framing": framing}
        entry = await set_up(hass, browser, "modbus_tcp", answers)
        await check_sharing(hass, entry, unit, meter)
        assert abs(meter.time - meter.now) < 3
        assert (len(meter.records), meter.errors_1) == (2, 0)
        assert [text for text in entry.runtime_data.meter.found.texts if said in text]
        assert holders(hass) == [{other.entry_id: [1], entry.entry_id: [1]}]
        assert await hass.config_entries.async_unload(entry.entry_id)
        await let_go(hass, other)


async def test_what_was_not_written_is_written_again(
    hass: HomeAssistant, browser: Browser, *, other: MockConfigEntry
) -> None:
    """Silence is an answer that does not get through only where the meter has what was written."""
    meter = SimulatedMeter(signing_time=0, checking_time=0, clock_error=100)
    async with SerialOverTcpServer({1: meter}, framing="rtu") as server:
        device = f"socket://{server.host}:{server.port}"
        params = ModbusSerialParams(device=device, framer="rtu", baudrate=115200)
        unit = async_get_unit(hass, other, params, 1)
        answers = {"host": server.host, "port": server.port, "unit_id": 1, "framing": "rtu"}
        entry = await set_up(hass, browser, "modbus_tcp", answers)
        server.faults.inject(ModbusFault.SILENCE, times=1, only=lambda frame: frame.pdu[0] == 0x10)
        await check_sharing(hass, entry, unit, meter)
        assert abs(meter.time - meter.now) < 3
        # The clock twice, the prototype once.
        assert sum(pdu[:3] == b"\x10\x40\x7f" for pdu in server.requests) == 2
        assert not any("get through" in text for text in entry.runtime_data.meter.found.texts)
        assert await hass.config_entries.async_unload(entry.entry_id)
        await let_go(hass, other)


async def test_a_serial_port_is_shared(
    hass: HomeAssistant,
    browser: Browser,
    *,
    other: MockConfigEntry,
    simulated: SimulatedMeter,
    pty: Pty,
) -> None:
    async with SerialServer({1: simulated}, pty, framing="rtu", baudrate=115200):
        params = ModbusSerialParams(device=pty.path, baudrate=115200)
        unit = async_get_unit(hass, other, params, 1)
        # Two baud rates on one line are no way to share it.
        form = await browser.choose(await browser.set_up(), "modbus_serial")
        answers = {**SERIAL, "device": pty.path}
        form = await browser.submit(form, {**answers, "baudrate": "9600"})
        assert form["errors"] == {"base": "line_held"}
        result = await browser.submit(form, answers)
        entry = hass.config_entries.async_get_entry(result["result"]["entry_id"])
        assert entry is not None
        await check_sharing(hass, entry, unit, simulated)
        assert await hass.config_entries.async_unload(entry.entry_id)
        assert await unit.read_input_registers(*ENERGY)
        await let_go(hass, other)


async def test_a_port_that_is_no_device_of_this_machine(
    hass: HomeAssistant, browser: Browser, simulated: SimulatedMeter
) -> None:
    """As the port selector offers them: the address of a serial proxy."""
    async with SerialOverTcpServer({1: simulated}, framing="rtu") as server:
        device = f"socket://{server.host}:{server.port}"
        entry = await set_up(hass, browser, "modbus_serial", {**SERIAL, "device": device})
        assert entry.data["device"] == device
        assert entry.title == f"DMED404R/D0600 ({server.host}:{server.port}, 1)"
        await press(hass, entry, "start")
        assert simulated.measurement_status == 2
        assert await hass.config_entries.async_reload(entry.entry_id)
        await connections(server, 1)
        assert is_available(hass, entry)
        assert await hass.config_entries.async_unload(entry.entry_id)
        await connections(server, 0)
        assert not links._links


@pytest.mark.parametrize(
    ("device", "errors"),
    [
        # ESPHome has not loaded yet, or knows no such proxy.
        ("esphome-hass://esphome/0123?port_name=RS485", {"base": "cannot_connect"}),
        ("nonsense://somewhere", {"base": "cannot_connect"}),
        ("ttyUSB0", {"device": "invalid_device"}),
    ],
)
async def test_ports_that_cannot_be_opened(
    hass: HomeAssistant, browser: Browser, device: str, errors: dict[str, str]
) -> None:
    form = await browser.choose(await browser.set_up(), "modbus_serial")
    form = await browser.submit(form, {**SERIAL, "device": device})
    assert form["errors"] == errors
    assert holders(hass) == []
    assert not links._links


async def test_a_hub_of_the_configuration_file_is_named(
    hass: HomeAssistant, browser: Browser, simulated: SimulatedMeter, pty: Pty
) -> None:
    """It lends nothing, so that the user has to know who holds the port."""
    hub = {"name": "Cellar", "type": "serial", "port": pty.path, "baudrate": 115200}
    line = {"method": "rtu", "bytesize": 8, "parity": "N", "stopbits": 1}
    sensor = {"name": "Sample", "address": ENERGY[0], "slave": 1, "scan_interval": 0}
    config = {"modbus": [{**hub, **line, "sensors": [sensor]}]}
    hass.config.components.remove("modbus")
    async with SerialServer({1: simulated}, pty, framing="rtu", baudrate=115200):
        assert await async_setup_component(hass, "modbus", config)
        await hass.async_block_till_done(wait_background_tasks=True)
        form = await browser.choose(await browser.set_up(), "modbus_serial")
        form = await browser.submit(form, {**SERIAL, "device": pty.path})
        assert form["errors"] == {"base": "serial_in_use_by_hub"}
        assert form["description_placeholders"] == {"hub": "Cellar"}
        await hass.async_stop(force=True)
