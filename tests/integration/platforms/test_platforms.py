"""Which entities a meter has, over which transport, and which are enabled."""

from pathlib import Path

from homeassistant.core import HomeAssistant

from custom_components.lovato_dmed4 import PLATFORMS
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from simulator import ModbusTcpServer, RestServer
from tests.integration.helpers import add_meter, entities


def test_each_platform_has_a_snapshot() -> None:
    files = {file.stem for file in (Path(__file__).parent / "snapshots").glob("*.ambr")}
    assert files == {f"test_{platform}" for platform in PLATFORMS}


ONLY_MODBUS = {"energy_exchanged", "hours_total", "hours_working", "last_sample"}


async def test_a_transport_offers_only_what_it_has(
    hass: HomeAssistant, modbus_server: ModbusTcpServer, rest_server: RestServer
) -> None:
    over_modbus = await add_meter(hass, modbus_server)
    everything = set(entities(hass, over_modbus))
    await hass.config_entries.async_remove(over_modbus.entry_id)
    over_rest = await add_meter(hass, rest_server)
    assert everything - set(entities(hass, over_rest)) == ONLY_MODBUS


async def test_disabled_by_default(hass: HomeAssistant, modbus_entry: Dmed4ConfigEntry) -> None:
    disabled = {key for key, entity in entities(hass, modbus_entry).items() if entity.disabled_by}
    rare = {"energy_exchanged", "records_maximum", "events_saved", "events_maximum"}
    rare |= {"last_sample", "sync_timeout", "signature_format", "measure_checksum", "roll_over"}
    assert disabled == rare
