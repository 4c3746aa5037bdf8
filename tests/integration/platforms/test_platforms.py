"""Which entities a meter has, over which transport, and which are enabled."""

import json
from pathlib import Path
from typing import Any

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import list_statistic_ids
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lovato_dmed4 import PLATFORMS
from custom_components.lovato_dmed4.runtime_data import Dmed4ConfigEntry
from custom_components.lovato_dmed4.sensors.descriptions import LIVE_SENSORS
from simulator import ModbusTcpServer, RestServer
from tests.integration.helpers import add_meter, entities


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: object) -> None:
    """Make the recorder's part before Home Assistant."""


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
    # Lines of Activity that only an engineer reads.
    rare |= {"measurement_status", "signature_status"}
    rare |= {"read", "synchronise_clock", "metrological_event", "record", "last_session_end"}
    assert disabled == rare


PERSON = {
    *("charging", "charge_cycle", "start", "end"),
    *("voltage", "current", "power"),
    *("energy_imported", "cycle_energy_imported"),
    *("last_session_energy", "last_session_verdict"),
}
FLOWS_BACK = {"energy_exported", "cycle_energy_exported"}


def at_first_sight(hass: HomeAssistant, entry: Dmed4ConfigEntry) -> set[str]:
    """What the page of the device shows among sensors, controls and events."""
    return {
        key
        for key, entity in entities(hass, entry).items()
        if not entity.disabled and entity.entity_category is None
    }


async def test_the_page_of_a_device_shows_what_a_person_needs(
    hass: HomeAssistant, entry: Dmed4ConfigEntry
) -> None:
    """About a dozen entities. Over Modbus, models for one direction and for both share a code."""
    assert at_first_sight(hass, entry) == PERSON | FLOWS_BACK


@pytest.mark.parametrize("meter_settings", [{"model": "DMED404D0150"}])
async def test_nothing_flows_back_at_a_model_for_one_direction(
    hass: HomeAssistant, rest_entry: Dmed4ConfigEntry
) -> None:
    assert at_first_sight(hass, rest_entry) == PERSON


async def test_one_sensor_for_each_direction_is_called_total(
    recorder_mock: object, hass: HomeAssistant, entry: Dmed4ConfigEntry
) -> None:
    """Of those that the energy dashboard offers: the others are of sessions, and their names say so."""
    found = await get_instance(hass).async_add_executor_job(list_statistic_ids, hass, None, "sum")
    offered = {
        str(state.name).removeprefix(f"{entry.title} ")
        for item in found
        if item["unit_class"] == SensorDeviceClass.ENERGY
        and (state := hass.states.get(item["statistic_id"])) is not None
    }
    sessions = {"Session energy", "Session energy exported"}
    assert offered == {"Total imported energy", "Total exported energy"} | sessions


def test_no_icon_is_of_alternating_current() -> None:
    """Home Assistant's own for a voltage and a current are a sine wave: ours take their place."""
    folder = Path(__file__).parents[3] / "custom_components" / "lovato_dmed4"
    icons: dict[str, Any] = json.loads((folder / "icons.json").read_text())
    sensors = icons["entity"]["sensor"]
    for description in LIVE_SENSORS:
        if description.device_class in {SensorDeviceClass.VOLTAGE, SensorDeviceClass.CURRENT}:
            assert sensors[description.key]["default"].startswith("mdi:")
    assert sensors["current"]["default"] == "mdi:current-dc"
    for word in ("sine", "current-ac"):
        assert word not in json.dumps(icons)
        for file in (folder / "frontend").glob("*.js"):
            assert f"mdi:{word}" not in file.read_text()
