"""The page on Home Assistant's own health counts meters, displays and how they are reached."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from simulator import ModbusTcpServer, RemoteDisplay, RestServer, SimulatedMeter

from .helpers import add_entry, add_meter, entry_data, fingerprint, pass_time, set_up, unplug
from .plugin import MockConfigEntry, get_system_health_info

DOMAIN = "lovato_dmed4"


async def health(hass: HomeAssistant) -> dict[str, object]:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info: dict[str, object] = await get_system_health_info(hass, DOMAIN)
    return info


async def test_nothing_is_set_up_yet(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert await health(hass) == {"entries": 0, "loaded": 0, "reachable": 0, "transports": ""}


async def test_meters_and_displays(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, simulated: SimulatedMeter
) -> None:
    await add_meter(hass, modbus_server)
    async with RestServer(SimulatedMeter(seed=2)) as web, ModbusTcpServer(RemoteDisplay()) as port:
        over_rest = await add_meter(hass, web)
        display = MockConfigEntry(domain=DOMAIN, data={**entry_data(port), "kind": "display"})
        display.add_to_hass(hass)
        assert await set_up(hass, display)
        everything = {"transports": "modbus_tcp: 2, rest: 1", "entries": 3}
        assert await health(hass) == {**everything, "loaded": 3, "reachable": 3}

        await unplug(modbus_server)
        await pass_time(hass)
        assert await health(hass) == {**everything, "loaded": 3, "reachable": 2}
        await modbus_server.start()
        await pass_time(hass)
        assert await health(hass) == {**everything, "loaded": 3, "reachable": 3}

        for entry in (over_rest, display):
            await hass.config_entries.async_unload(entry.entry_id)
        assert await health(hass) == {**everything, "loaded": 1, "reachable": 1}


async def test_a_meter_that_could_not_be_set_up(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, simulated: SimulatedMeter
) -> None:
    await modbus_server.stop()
    entry = add_entry(hass, modbus_server, fingerprint(simulated))
    assert not await set_up(hass, entry)
    found = await health(hass)
    assert found == {"entries": 1, "loaded": 0, "reachable": 0, "transports": "modbus_tcp: 1"}
